//! How secrets rest: as digests.

use core::fmt;

use sha2::{Digest, Sha256};

use crate::wire::base64url;

/// SHA-256 of a code or token. A store keeps this and cannot give away what it does not have.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretDigest(pub [u8; 32]);

crate::canonical_tuple!(SecretDigest);

impl SecretDigest {
    /// The digest of `secret`.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }
}

impl fmt::Debug for SecretDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = base64url::encode(&self.0);
        write!(
            formatter,
            "SecretDigest({}…)",
            super::first_characters(text.as_str())
        )
    }
}
