//! The issuer identifier of an authorization server.

use core::fmt;

use super::Malformed;
use crate::text::Text;

/// Names an authorization server (RFC 8414 §2): an `https` URL without query and fragment.
/// `http` is taken too: a server under test lives on loopback. Issuers are equal as strings (RFC 9207 §2.4).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Issuer(Text);

crate::canonical_tuple!(Issuer);

impl Issuer {
    /// Takes `text` if it looks like an issuer identifier.
    ///
    /// # Errors
    /// [`Malformed`] when the scheme is another or there is a query or fragment.
    pub fn new(text: impl Into<Text>) -> Result<Self, Malformed> {
        let text = text.into();
        let rest = text
            .as_str()
            .strip_prefix("https://")
            .or_else(|| text.as_str().strip_prefix("http://"));
        let Some(rest) = rest else {
            return Err(Malformed {
                position: 0,
                expected: "https://",
            });
        };
        if rest.is_empty() {
            return Err(Malformed {
                position: text.len(),
                expected: "a host",
            });
        }
        let allowed = |octet: u8| octet.is_ascii_graphic() && octet != b'?' && octet != b'#';
        match text.as_str().bytes().position(|octet| !allowed(octet)) {
            Some(position) => Err(Malformed {
                position,
                expected: "a URL without query, fragment or blanks",
            }),
            None => Ok(Self(text)),
        }
    }

    /// Its text.
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

impl From<Issuer> for Text {
    fn from(value: Issuer) -> Self {
        value.0
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Issuer({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_has_neither_query_nor_fragment() {
        assert!(Issuer::new("https://as.example/tenant").is_ok());
        for bad in [
            "as.example",
            "ftp://as.example",
            "https://",
            "https://a?b",
            "https://a#b",
            "https://a b",
        ] {
            assert!(Issuer::new(bad).is_err(), "{bad}");
        }
    }
}
