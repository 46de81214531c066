//! What `serde` says, as a mistake with its parts: its message is all that it gives.

use std::ops::Range;

use crate::input_error::{InputError, SourceText};

/// A mistake that `serde` found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mistake {
    /// An object has a member that nobody knows.
    UnknownMember {
        /// Its name.
        name: String,
        /// The names that are known.
        allowed: Vec<String>,
    },
    /// There is one of several words, and it is none of them.
    UnknownWord {
        /// The word.
        name: String,
        /// The words that are known.
        allowed: Vec<String>,
    },
    /// An object lacks a member.
    MissingMember {
        /// Its name.
        name: String,
    },
    /// Anything else.
    Other {
        /// What `serde` says.
        message: String,
    },
}

impl Mistake {
    /// Takes a message apart. In a text that is known to be JSON, `expected value` has one reason: `serde_json`
    /// wants an object with one member for a variant that has parts.
    pub(super) fn read(message: &str) -> Self {
        let (what, allowed) = match message.split_once(", expected ") {
            Some((what, allowed)) => (what, quoted(allowed)),
            None => (
                message
                    .split_once(", there are no ")
                    .map_or(message, |(what, _)| what),
                Vec::new(),
            ),
        };
        let name = || quoted(what).into_iter().next().unwrap_or_default();
        if what.starts_with("unknown field ") {
            Self::UnknownMember {
                name: name(),
                allowed,
            }
        } else if what.starts_with("unknown variant ") {
            Self::UnknownWord {
                name: name(),
                allowed,
            }
        } else if what.starts_with("missing field ") {
            Self::MissingMember { name: name() }
        } else if message == "expected value" {
            Self::Other {
                message: "exactly one member is expected here, named after what it is".to_owned(),
            }
        } else {
            Self::Other {
                message: without_rust(message),
            }
        }
    }

    /// The mistake at its place.
    pub(super) fn at(self, source: &SourceText, place: Range<usize>) -> InputError {
        match self {
            Self::UnknownMember { name, allowed } => {
                InputError::at(source, place, format!("unknown member `{name}`"))
                    .instead_of(&name, allowed.iter().map(String::as_str))
            }
            Self::UnknownWord { name, allowed } => {
                InputError::at(source, place, format!("unknown word `{name}`"))
                    .instead_of(&name, allowed.iter().map(String::as_str))
            }
            Self::MissingMember { name } => {
                InputError::at(source, place, format!("member `{name}` is missing"))
            }
            Self::Other { message } => InputError::at(source, place, message),
        }
    }
}

/// The message with the names of Rust's types in plain words.
fn without_rust(message: &str) -> String {
    for unsigned in ["u8", "u16", "u32", "u64", "usize"] {
        if let Some(what) = message.strip_suffix(unsigned) {
            return format!("{what}a whole number that is not negative");
        }
    }
    match message.strip_suffix("i64") {
        Some(what) => format!("{what}a whole number"),
        None => message.to_owned(),
    }
}

/// The words between backquotes.
fn quoted(text: &str) -> Vec<String> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_taken_apart() {
        for (message, expected) in [
            (
                "unknown field `x`, expected `a` or `b`",
                Mistake::UnknownMember {
                    name: "x".into(),
                    allowed: vec!["a".into(), "b".into()],
                },
            ),
            (
                "unknown field `x`, there are no fields",
                Mistake::UnknownMember {
                    name: "x".into(),
                    allowed: vec![],
                },
            ),
            (
                "unknown variant `x`, expected one of `a`, `b`, `c`",
                Mistake::UnknownWord {
                    name: "x".into(),
                    allowed: vec!["a".into(), "b".into(), "c".into()],
                },
            ),
            (
                "missing field `x`",
                Mistake::MissingMember { name: "x".into() },
            ),
            (
                "invalid type: map, expected a string",
                Mistake::Other {
                    message: "invalid type: map, expected a string".into(),
                },
            ),
        ] {
            assert_eq!(Mistake::read(message), expected);
        }
    }
}
