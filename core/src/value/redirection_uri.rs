//! Redirection URIs: their syntax. Which of them is acceptable is a rule of the authorization endpoint.

use core::fmt;

use super::Malformed;
use crate::text::Text;
use crate::wire::octets::{self, Is};

/// Where the user-agent is sent back to (RFC 6749 §3.1.2): an absolute URI without fragment, kept octet for
/// octet, because it is compared as a string (RFC 3986 §6.2.1, RFC 9700 §4.1.3).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RedirectionUri(Text);

crate::canonical_tuple!(RedirectionUri);

impl RedirectionUri {
    /// Takes `text` if it has a scheme, something behind it, and no fragment.
    /// Other octets are left alone: what strange ones mean is decided by comparing, not by reading.
    ///
    /// # Errors
    /// [`Malformed`] when the scheme is missing or a fragment is there.
    pub fn new(text: impl Into<Text>) -> Result<Self, Malformed> {
        let text = text.into();
        let octets = text.as_bytes();
        let colon = octets::find(octets, Is(b':'));
        let has_scheme = colon < octets.len() && is_scheme(octets.get(..colon).unwrap_or_default());
        if !has_scheme {
            return Err(Malformed {
                position: 0,
                expected: "an absolute URI, which starts with a scheme",
            });
        }
        if colon + 1 == text.len() {
            return Err(Malformed {
                position: text.len(),
                expected: "something after the scheme",
            });
        }
        let position = octets::find(octets, Is(b'#'));
        if position < octets.len() {
            return Err(Malformed {
                position,
                expected: "no fragment",
            });
        }
        Ok(Self(text))
    }

    /// A text that was taken before.
    pub(crate) const fn kept(text: Text) -> Self {
        Self(text)
    }

    /// Its octets.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Its text, to be kept.
    #[must_use]
    pub const fn text(&self) -> &Text {
        &self.0
    }
}

impl From<RedirectionUri> for Text {
    fn from(value: RedirectionUri) -> Self {
        value.0
    }
}

impl fmt::Debug for RedirectionUri {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RedirectionUri({})", self.0)
    }
}

/// RFC 3986 §3.1.
fn is_scheme(octets: &[u8]) -> bool {
    octets.first().is_some_and(u8::is_ascii_alphabetic)
        && octets
            .iter()
            .all(|octet| octet.is_ascii_alphanumeric() || b"+-.".contains(octet))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_and_without_fragment() {
        for good in [
            "https://client.example/cb",
            "com.example.app:/cb",
            "http://127.0.0.1:8/cb?x=1",
            "a:b",
        ] {
            assert!(RedirectionUri::new(good).is_ok(), "{good}");
        }
        for (bad, position) in [
            ("", 0),
            ("/cb", 0),
            ("//host/cb", 0),
            ("https:", 6),
            ("https://c/#x", 10),
            ("1a:b", 0),
        ] {
            assert_eq!(
                RedirectionUri::new(bad).unwrap_err().position,
                position,
                "{bad}"
            );
        }
    }
}
