//! The ID Token (OpenID Connect Core §2): a JSON Web Token (RFC 7519) signed with Ed25519 (RFC 8037).
//!
//! Signatures are deterministic: the same claims and key give the same octets.

use core::fmt;

use crate::text::Text;
use crate::time::Timestamp;
use crate::value::{ClientId, Issuer, Nonce, Subject};

/// For whom a token is.
pub type Audience = ClientId;

/// The claims of an ID Token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdToken {
    /// Who says so.
    pub iss: Issuer,
    /// About whom.
    pub sub: Subject,
    /// To whom.
    pub aud: Audience,
    /// Until when.
    pub exp: Timestamp,
    /// Since when.
    pub iat: Timestamp,
    /// The `nonce` of the request.
    pub nonce: Option<Nonce>,
    /// Left half of the hash of the code (OpenID Connect Core §3.3.2.11).
    pub c_hash: Option<Text>,
    /// Left half of the hash of the access token (§3.1.3.6).
    pub at_hash: Option<Text>,
    /// The owner's e-mail address.
    pub email: Option<Text>,
}

/// A signed ID Token as it travels: three base64url segments.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIdToken(pub Text);

crate::canonical_tuple!(SignedIdToken);

impl fmt::Debug for SignedIdToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "SignedIdToken({}…)",
            crate::value::first_characters(self.0.as_str())
        )
    }
}

/// What an authorization server signs with.
#[derive(Clone)]
pub struct SigningKey {
    /// The key's name in the JWKS.
    pub kid: Text,
    pub(crate) key: ed25519_dalek::SigningKey,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SigningKey({})", self.kid)
    }
}

/// What everybody verifies with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey {
    /// The key's name in the JWKS.
    pub kid: Text,
    pub(crate) key: ed25519_dalek::VerifyingKey,
}

/// Why a signed ID Token is not believed, in the order in which it is checked (OpenID Connect Core §3.1.3.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdTokenFault {
    /// It is not three base64url segments with JSON objects in the first two.
    Malformed,
    /// Its `alg` is not `EdDSA` (`none` is not either).
    Algorithm,
    /// It names a key that is not known.
    UnknownKey,
    /// The signature is not the key's.
    Signature,
    /// A required claim is missing or of the wrong type.
    Claims,
}
