//! Reading single parameters out of ordered fields (RFC 6749 §3.1, §3.2).

use core::fmt;

use crate::http::Fields;
use crate::text::Text;
use crate::value::Malformed;

/// Which of several values of one parameter counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeats {
    /// None: the message is refused (RFC 6749 §3.1, §3.2).
    Refuse,
    /// The first.
    First,
    /// The last.
    Last,
}

/// What is wrong with a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageFault {
    /// It is required and not there (or empty, which is the same: RFC 6749 §3.1).
    Missing,
    /// It is there more than once.
    Repeated,
    /// Its value is outside its grammar.
    Malformed(Malformed),
}

/// Which parameter is wrong, and how. Values are not repeated here: they may be secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageError {
    /// The parameter's name.
    pub parameter: &'static str,
    /// What is wrong.
    pub fault: MessageFault,
}

impl MessageError {
    /// A required parameter that is not there.
    #[must_use]
    #[cold]
    pub const fn missing(parameter: &'static str) -> Self {
        Self {
            parameter,
            fault: MessageFault::Missing,
        }
    }

    /// A word that nobody defined.
    #[must_use]
    #[cold]
    pub(super) const fn unknown_word(parameter: &'static str, expected: &'static str) -> Self {
        Self::malformed(
            parameter,
            Malformed {
                position: 0,
                expected,
            },
        )
    }

    /// A value outside its grammar.
    #[must_use]
    #[cold]
    pub const fn malformed(parameter: &'static str, malformed: Malformed) -> Self {
        Self {
            parameter,
            fault: MessageFault::Malformed(malformed),
        }
    }
}

impl fmt::Display for MessageError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fault {
            MessageFault::Missing => write!(formatter, "{} is missing", self.parameter),
            MessageFault::Repeated => write!(formatter, "{} is repeated", self.parameter),
            MessageFault::Malformed(malformed) => {
                write!(formatter, "{}: {malformed}", self.parameter)
            }
        }
    }
}

/// The names that requests are asked for again and again: where they are is looked up once.
const KNOWN: usize = 24;

/// The number of a known name. Where the name is written in the program, so is its number.
#[inline(always)]
fn number(name: &[u8]) -> Option<usize> {
    Some(match name {
        b"response_type" => 0,
        b"client_id" => 1,
        b"redirect_uri" => 2,
        b"scope" => 3,
        b"state" => 4,
        b"code_challenge" => 5,
        b"code_challenge_method" => 6,
        b"nonce" => 7,
        b"response_mode" => 8,
        b"prompt" => 9,
        b"request_uri" => 10,
        b"web_message_uri" => 11,
        b"grant_type" => 12,
        b"code" => 13,
        b"code_verifier" => 14,
        b"refresh_token" => 15,
        b"client_secret" => 16,
        b"client_assertion" => 17,
        b"token" => 18,
        b"token_type_hint" => 19,
        b"request" => 20,
        b"max_age" => 21,
        b"id_token_hint" => 22,
        b"registration" => 23,
        _ => return None,
    })
}

/// Where a name is found first and last: places counted from one, zero where it is not.
#[derive(Clone, Copy, Debug)]
struct Places {
    first: u8,
    last: u8,
}

/// Fields read as parameters: by name, each at most once, an empty value as none.
#[derive(Clone, Copy, Debug)]
pub struct Parameters<'a> {
    fields: &'a Fields,
    repeats: Repeats,
    known: [Places; KNOWN],
}

impl<'a> Parameters<'a> {
    /// Reads `fields`.
    #[must_use]
    pub fn new(fields: &'a Fields, repeats: Repeats) -> Self {
        let mut known = [Places { first: 0, last: 0 }; KNOWN];
        for (place, (name, _)) in (1..=u8::MAX).zip(&fields.0) {
            if let Some(places) = number(name.as_bytes()).and_then(|number| known.get_mut(number)) {
                places.last = place;
                if places.first == 0 {
                    places.first = place;
                }
            }
        }
        Self {
            fields,
            repeats,
            known,
        }
    }

    /// What is read.
    #[must_use]
    pub const fn fields(&self) -> &'a Fields {
        self.fields
    }

    /// The first value of this name, and the last if there is another.
    #[inline(always)]
    fn first_and_last(&self, name: &'static str) -> (Option<&'a Text>, Option<&'a Text>) {
        let few = self.fields.0.len() <= usize::from(u8::MAX);
        let known = number(name.as_bytes()).filter(|_| few);
        let Some(places) = known.and_then(|number| self.known.get(number)) else {
            let mut values = self.fields.all(name);
            let first = values.next();
            return (first, values.last());
        };
        let at = |place: u8| {
            let (_, value) = self.fields.0.get(usize::from(place.checked_sub(1)?))?;
            Some(value)
        };
        let last = if places.last == places.first {
            None
        } else {
            at(places.last)
        };
        (at(places.first), last)
    }

    /// RFC 6749 §3.1 (MUST): a parameter without a value counts as omitted, and none may be there twice.
    ///
    /// # Errors
    /// [`MessageFault::Repeated`]
    #[inline(always)]
    pub fn optional(&self, name: &'static str) -> Result<Option<&'a Text>, MessageError> {
        let (first, last) = self.first_and_last(name);
        let value = match (self.repeats, last) {
            (Repeats::Refuse, Some(_)) => {
                return Err(MessageError {
                    parameter: name,
                    fault: MessageFault::Repeated,
                });
            }
            (Repeats::Last, Some(last)) => Some(last),
            (Repeats::First, Some(_)) | (_, None) => first,
        };
        Ok(value.filter(|value| !value.is_empty()))
    }

    /// A parameter that must be there.
    ///
    /// # Errors
    /// [`MessageFault::Missing`], [`MessageFault::Repeated`]
    #[inline(always)]
    pub fn required(&self, name: &'static str) -> Result<&'a Text, MessageError> {
        self.optional(name)?
            .ok_or_else(|| MessageError::missing(name))
    }

    /// An optional parameter, read by the constructor of its value.
    ///
    /// # Errors
    /// [`MessageFault::Repeated`], [`MessageFault::Malformed`]
    #[inline(always)]
    pub fn optional_value<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(Text) -> Result<T, Malformed>,
    ) -> Result<Option<T>, MessageError> {
        let Some(text) = self.optional(name)? else {
            return Ok(None);
        };
        read(text.clone())
            .map(Some)
            .map_err(|malformed| MessageError::malformed(name, malformed))
    }

    /// A required parameter, read by the constructor of its value.
    ///
    /// # Errors
    /// Every [`MessageFault`].
    #[inline(always)]
    pub fn required_value<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(Text) -> Result<T, Malformed>,
    ) -> Result<T, MessageError> {
        let text = self.required(name)?;
        read(text.clone()).map_err(|malformed| MessageError::malformed(name, malformed))
    }

    /// An optional parameter whose value is one of a closed list of words.
    ///
    /// # Errors
    /// [`MessageFault::Repeated`]; [`MessageFault::Malformed`] with what was `expected` for any other word.
    #[inline(always)]
    pub fn optional_word<T>(
        &self,
        name: &'static str,
        expected: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, MessageError> {
        self.optional(name)?
            .map(|word| {
                read(word.as_str()).ok_or_else(|| MessageError::unknown_word(name, expected))
            })
            .transpose()
    }

    /// Whether a parameter is there at all, even empty.
    #[must_use]
    #[inline(always)]
    pub fn mentions(&self, name: &'static str) -> bool {
        let (first, _) = self.first_and_last(name);
        first.is_some()
    }
}

/// Appends a parameter if there is a value for it. An empty value would mean none, and is not written.
pub(super) fn push_optional(fields: &mut Fields, name: &str, value: Option<&str>) {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        fields.push(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_value_is_no_value_and_a_repeat_is_refused() {
        let fields = Fields::EMPTY.with("a", "").with("b", "1").with("b", "2");
        let strict = Parameters::new(&fields, Repeats::Refuse);
        assert_eq!(strict.optional("a"), Ok(None));
        assert_eq!(
            strict.required("a").unwrap_err().fault,
            MessageFault::Missing
        );
        assert_eq!(
            strict.optional("b").unwrap_err().fault,
            MessageFault::Repeated
        );
        assert!(strict.mentions("a") && !strict.mentions("c"));
        for (repeats, expected) in [(Repeats::First, "1"), (Repeats::Last, "2")] {
            assert_eq!(
                Parameters::new(&fields, repeats).required("b").unwrap(),
                &expected
            );
        }
    }
}
