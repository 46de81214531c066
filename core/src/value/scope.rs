//! What an access token may be used for.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::Malformed;
use crate::text::Text;
use crate::wire::octets::{Is, Places};

/// A set of scope tokens (RFC 6749 §3.3). The order in which they were written is kept for writing back, and
/// means nothing.
#[derive(Clone, Default)]
pub struct Scope(Text);

crate::canonical_tuple!(Scope);

impl Scope {
    /// No scope at all: nothing asked for, or nothing left.
    pub const NONE: Self = Self(Text::EMPTY);

    /// Reads tokens separated by single blanks (RFC 6749 A.4). Repeats are kept and mean nothing.
    ///
    /// # Errors
    /// [`Malformed`] for a character outside the grammar and for an empty token.
    pub fn new(text: impl Into<Text>) -> Result<Self, Malformed> {
        const EXPECTED: &str = "scope tokens separated by single blanks";
        let text = text.into();
        let mut at_token_start = true;
        for (position, octet) in text.as_bytes().iter().enumerate() {
            let allowed = match *octet {
                b' ' => !at_token_start,
                0x21 | 0x23..=0x5b | 0x5d..=0x7e => true,
                _ => false,
            };
            if !allowed {
                return Err(Malformed {
                    position,
                    expected: EXPECTED,
                });
            }
            at_token_start = *octet == b' ';
        }
        if at_token_start {
            return Err(Malformed {
                position: text.len(),
                expected: EXPECTED,
            });
        }
        Ok(Self(text))
    }

    /// A text that was taken before.
    pub(crate) const fn kept(text: Text) -> Self {
        Self(text)
    }

    /// The tokens in their order.
    pub fn tokens(&self) -> impl Iterator<Item = &str> {
        self.0.as_str().split(' ').filter(|token| !token.is_empty())
    }

    /// Whether `token` is in it.
    #[must_use]
    pub fn contains(&self, token: &str) -> bool {
        self.has(token.as_bytes())
    }

    fn has(&self, token: &[u8]) -> bool {
        let octets = self.0.as_bytes();
        let mut start = 0;
        let ends = Places::of(octets, Is(b' ')).chain([octets.len()]);
        !token.is_empty()
            && ends.into_iter().any(|end| {
                let mine = octets.get(start..end);
                start = end.saturating_add(1);
                mine == Some(token)
            })
    }

    /// The tokens as octets.
    fn words(&self) -> impl Iterator<Item = &[u8]> {
        let words = self.0.as_bytes().split(|octet| *octet == b' ');
        words.filter(|word| !word.is_empty())
    }

    /// Whether every token of this is in `other`.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.0 == other.0 || self.words().all(|token| other.has(token))
    }

    /// The tokens that are in both, in this order.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let kept: Vec<&str> = self
            .tokens()
            .filter(|token| other.contains(token))
            .collect();
        Self(Text::from(kept.join(" ") as String))
    }

    /// Whether there is no token in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As it is written, to be kept.
    #[must_use]
    pub const fn text(&self) -> &Text {
        &self.0
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// Sets are equal when each is within the other.
impl PartialEq for Scope {
    fn eq(&self, other: &Self) -> bool {
        self.is_within(other) && other.is_within(self)
    }
}

impl Eq for Scope {}

impl From<Scope> for Text {
    fn from(value: Scope) -> Self {
        value.0
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Scope({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(text: &str) -> Scope {
        Scope::new(text).unwrap()
    }

    #[test]
    fn order_and_repeats_mean_nothing() {
        assert_eq!(scope("a b"), scope("b a b"));
        assert_ne!(scope("a b"), scope("a"));
        assert!(Scope::NONE.is_within(&scope("a")));
        assert_eq!(scope("c a b").intersection(&scope("b c")).as_str(), "c b");
    }

    #[test]
    fn the_grammar_of_appendix_a_4() {
        for (bad, position) in [
            ("", 0),
            (" a", 0),
            ("a ", 2),
            ("a  b", 2),
            ("a\"b", 1),
            ("a\\b", 1),
            ("é", 0),
        ] {
            assert_eq!(Scope::new(bad).unwrap_err().position, position, "{bad}");
        }
    }
}
