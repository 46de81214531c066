//! A JSON value as it was written: members in order, duplicates kept. Reading and writing is `wire::json`.

use alloc::vec::Vec;

use crate::canonical::{Canonical, Encoder};
use crate::text::Text;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as its digits were written.
    Number(Text),
    /// A string, unescaped.
    String(Text),
    /// An array.
    Array(Vec<Self>),
    /// An object: pairs in their order, with repeats.
    Object(Vec<(Text, Self)>),
}

impl Json {
    /// The text of a string.
    #[must_use]
    pub const fn as_text(&self) -> Option<&Text> {
        match self {
            Self::String(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Array(_) | Self::Object(_) => None,
        }
    }

    /// A whole number that is not negative, written without fraction or exponent.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Number(digits) => digits.as_str().parse().ok(),
            Self::Null | Self::Bool(_) | Self::String(_) | Self::Array(_) | Self::Object(_) => None,
        }
    }

    /// The pairs of an object.
    #[must_use]
    pub fn members(&self) -> Option<&[(Text, Self)]> {
        match self {
            Self::Object(members) => Some(members),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Array(_) => None,
        }
    }

    /// The first member called `name`, of an object.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Self> {
        self.members()?
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::String(Text::new(text))
    }
}

impl From<Text> for Json {
    fn from(text: Text) -> Self {
        Self::String(text)
    }
}

impl From<u64> for Json {
    fn from(number: u64) -> Self {
        Self::Number(Text::digits(number))
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl Canonical for Json {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Null => out.tag(0),
            Self::Bool(value) => {
                out.tag(1);
                value.encode(out);
            }
            Self::Number(digits) => {
                out.tag(2);
                digits.encode(out);
            }
            Self::String(text) => {
                out.tag(3);
                text.encode(out);
            }
            Self::Array(values) => {
                out.tag(4);
                values.encode(out);
            }
            Self::Object(members) => {
                out.tag(5);
                members.encode(out);
            }
        }
    }
}
