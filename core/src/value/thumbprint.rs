//! Names of keys and certificates, and what a token is bound to (RFC 7638, RFC 8705 §3.1, RFC 9449 §6).

use core::fmt;

use sha2::{Digest, Sha256};

use super::{Malformed, checked};
use crate::text::Text;
use crate::wire::base64url;

/// SHA-256 of a key or certificate, in base64url. It is no secret: it says whose proof is expected.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Thumbprint(Text);

crate::canonical_tuple!(Thumbprint);

impl Thumbprint {
    /// The thumbprint of `octets`: of a key's canonical JSON (RFC 7638 §3), or of a certificate in DER.
    #[must_use]
    pub fn of(octets: &[u8]) -> Self {
        Self(base64url::encode(&Sha256::digest(octets)))
    }

    /// Takes `text` if it is the base64url of 32 octets.
    ///
    /// # Errors
    /// [`Malformed`] names the octet that is not, or the end.
    pub fn new(text: impl Into<Text>) -> Result<Self, Malformed> {
        let expected = "43 characters of base64url";
        let text = checked(text.into(), expected, |octet| {
            octet.is_ascii_alphanumeric() || b"-_".contains(&octet)
        })?;
        match base64url::decode(text.as_str()) {
            Some(octets) if octets.len() == 32 => Ok(Self(text)),
            Some(_) | None => Err(Malformed {
                position: text.len(),
                expected,
            }),
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

impl fmt::Debug for Thumbprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Thumbprint({})", self.0)
    }
}

/// Who alone can use a token: whoever has this key or this certificate (RFC 7800 §3.1, `cnf`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// The key of DPoP proofs: `jkt` (RFC 9449 §6.1).
    Key(Thumbprint),
    /// The certificate of the TLS connection: `x5t#S256` (RFC 8705 §3.1).
    Certificate(Thumbprint),
}

impl Confirmation {
    /// What is expected.
    #[must_use]
    pub const fn thumbprint(&self) -> &Thumbprint {
        match self {
            Self::Key(thumbprint) | Self::Certificate(thumbprint) => thumbprint,
        }
    }
}

impl crate::canonical::Canonical for Confirmation {
    fn encode(&self, out: &mut crate::canonical::Encoder) {
        out.tag(match self {
            Self::Key(_) => 0,
            Self::Certificate(_) => 1,
        });
        self.thumbprint().encode(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbprint_is_the_base64url_of_32_octets() {
        let good = Thumbprint::of(b"x");
        assert_eq!(Thumbprint::new(good.text().clone()), Ok(good));
        for bad in ["", "abc", "A+w=", &"A".repeat(44)] {
            assert!(Thumbprint::new(bad).is_err(), "{bad}");
        }
    }
}
