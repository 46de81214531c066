//! Short text that needs no heap: the stuff that protocol values are made of.

use alloc::string::String;
use alloc::sync::Arc;
use core::borrow::Borrow;
use core::cmp::Ordering;
use core::fmt;

/// The longest text kept inside the value itself, in octets: names, methods, most scopes and paths.
/// A text takes three machine words like this. Longer ones, such as codes and URLs, are made once and then shared
/// by the facts, messages and records that hold them, which would all be half as large again otherwise.
pub const INLINE_OCTETS_MAX: usize = 22;

/// Immutable UTF-8 text.
/// Up to [`INLINE_OCTETS_MAX`] octets live inline, longer text is shared: a copy never copies a heap.
#[derive(Clone)]
pub struct Text(Repr);

#[derive(Clone)]
enum Repr {
    Inline {
        length: u8,
        octets: [u8; INLINE_OCTETS_MAX],
    },
    Shared(Arc<str>),
}

impl Text {
    /// The empty text.
    pub const EMPTY: Self = Self(Repr::Inline {
        length: 0,
        octets: [0; INLINE_OCTETS_MAX],
    });

    /// Copies `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        match u8::try_from(text.len()) {
            Ok(length) if text.len() <= INLINE_OCTETS_MAX => {
                let mut octets = [0; INLINE_OCTETS_MAX];
                if let Some(slots) = octets.get_mut(..text.len()) {
                    slots.copy_from_slice(text.as_bytes());
                }
                Self(Repr::Inline { length, octets })
            }
            Ok(_) | Err(_) => Self(Repr::Shared(Arc::from(text))),
        }
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Inline { length, octets } => octets
                .get(..usize::from(*length))
                .and_then(|octets| core::str::from_utf8(octets).ok())
                .unwrap_or_default(),
            Repr::Shared(text) => text,
        }
    }

    /// Its UTF-8 octets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Inline { length, octets } => {
                octets.get(..usize::from(*length)).unwrap_or_default()
            }
            Repr::Shared(text) => text.as_bytes(),
        }
    }

    /// Length in octets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<&String> for Text {
    fn from(text: &String) -> Self {
        Self::new(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Text {}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl core::hash::Hash for Text {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn inline_and_shared_text_are_the_same_text() {
        for length in [
            0,
            1,
            INLINE_OCTETS_MAX - 1,
            INLINE_OCTETS_MAX,
            INLINE_OCTETS_MAX + 1,
            300,
        ] {
            let plain = "é".repeat(length / 2) + &"x".repeat(length % 2);
            let text = Text::new(&plain);
            assert_eq!(text, plain.as_str());
            assert_eq!(text.len(), plain.len());
            assert_eq!(text.clone(), text);
            assert_eq!(format!("{text}|{text:?}"), format!("{plain}|{plain:?}"));
        }
    }
}
