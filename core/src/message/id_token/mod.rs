//! The ID Token (OpenID Connect Core §2): a JSON Web Token (RFC 7519) signed with Ed25519 (RFC 8037).
//!
//! Signatures are deterministic: the same claims and key give the same octets.

mod key;
mod signed;

pub use key::{SigningKey, VerifyingKey, jwks, read_jwks};
pub use signed::SignedIdToken;

use sha2::{Digest, Sha512};

use crate::json::Json;
use crate::message::MessageError;
use crate::message::members::{Members, Object};
use crate::text::Text;
use crate::time::Timestamp;
use crate::value::{ClientId, Issuer, Malformed, Nonce, Subject};
use crate::wire::base64url;

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
    /// When the owner logged in; there when the request had a `max_age` (§2, §3.1.2.1).
    pub auth_time: Option<Timestamp>,
    /// The `nonce` of the request.
    pub nonce: Option<Nonce>,
    /// Left half of the hash of the code (OpenID Connect Core §3.3.2.11).
    pub c_hash: Option<Text>,
    /// Left half of the hash of the access token (§3.1.3.6).
    pub at_hash: Option<Text>,
    /// The owner's e-mail address.
    pub email: Option<Text>,
}

/// Why a signed ID Token is not believed, in the order in which it is checked (OpenID Connect Core §3.1.3.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdTokenFault {
    /// It is not three base64url segments with JSON objects, whose names are unique, in the first two.
    Malformed,
    /// Its header asks for something else than `EdDSA` (`none` is something else), for another kind of token
    /// (`typ`, RFC 8725 §3.11), or for an extension (`crit`, RFC 7515 §4.1.11).
    Algorithm,
    /// It names a key that is not known, or none where several are.
    UnknownKey,
    /// The signature is not the key's.
    Signature,
    /// A required claim is missing or of the wrong type.
    Claims,
}

impl IdToken {
    fn parse(json: &Json) -> Result<Self, MessageError> {
        let claims = Members::new(json)?;
        let moment = |name| {
            claims
                .optional_number(name)?
                .map(Timestamp::from_seconds)
                .ok_or_else(|| MessageError::missing(name))
        };
        Ok(Self {
            iss: claims.required_value("iss", Issuer::new)?,
            sub: claims.required_value("sub", Subject::new)?,
            aud: audience(&claims)?,
            exp: moment("exp")?,
            iat: moment("iat")?,
            auth_time: claims
                .optional_number("auth_time")?
                .map(Timestamp::from_seconds),
            nonce: claims.optional_value("nonce", Nonce::new)?,
            c_hash: claims.optional("c_hash")?.cloned(),
            at_hash: claims.optional("at_hash")?.cloned(),
            email: claims.optional("email")?.cloned(),
        })
    }

    fn write(&self) -> Json {
        Object::default()
            .with("iss", self.iss.as_str())
            .with("sub", self.sub.as_str())
            .with("aud", self.aud.as_str())
            .with("exp", self.exp.seconds())
            .with("iat", self.iat.seconds())
            .with_optional("auth_time", self.auth_time.map(Timestamp::seconds))
            .with_optional("nonce", self.nonce.as_ref().map(Nonce::as_str))
            .with_optional("c_hash", self.c_hash.clone())
            .with_optional("at_hash", self.at_hash.clone())
            .with_optional("email", self.email.clone())
            .into_json()
    }
}

/// OpenID Connect Core §2, §3.1.3.7 (MUST): one audience, as a string or as the only element of an array. A token
/// for others as well is not read: nobody here trusts those others.
fn audience(claims: &Members<'_>) -> Result<Audience, MessageError> {
    match claims.find("aud") {
        Some(Json::Array(values)) => match values.as_slice() {
            [Json::String(only)] => ClientId::new(only.clone()).map_err(not_one_audience),
            _ => Err(not_one_audience(Malformed {
                position: 0,
                expected: "one audience",
            })),
        },
        Some(Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_))
        | None => claims.required_value("aud", ClientId::new),
    }
}

const fn not_one_audience(malformed: Malformed) -> MessageError {
    MessageError::malformed("aud", malformed)
}

/// `c_hash` of a code and `at_hash` of an access token: the left half of a hash of the text, in base64url
/// (OpenID Connect Core §3.1.3.6, §3.3.2.11).
///
/// Which hash is that of the signature's algorithm, and `EdDSA` names none. The hash inside Ed25519 is SHA-512
/// (RFC 8032 §5.1), and that is what the OpenID Connect working group agreed on (its issue 1125) and what
/// implementations take: 32 octets are left, 43 characters.
#[must_use]
pub fn half_hash(text: &str) -> Text {
    let hash: [u8; 64] = Sha512::digest(text.as_bytes()).into();
    let (left, _) = hash.split_at(32);
    base64url::encode(left)
}
