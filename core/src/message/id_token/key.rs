//! Keys of ID Tokens, and how they are published: as JSON Web Keys (RFC 7517) of type `OKP` (RFC 8037 §2).

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::json::Json;
use crate::message::members::{Members, Object};
use crate::text::Text;
use crate::value::Thumbprint;
use crate::wire::{base64url, json};

/// What an authorization server signs with.
#[derive(Clone)]
pub struct SigningKey {
    /// The key's name in the JWKS.
    pub kid: Text,
    pub(in crate::message) key: ed25519_dalek::SigningKey,
}

impl SigningKey {
    /// The key of 32 octets (RFC 8032 §5.1.5): the same octets give the same key.
    #[must_use]
    pub fn from_seed(kid: &str, seed: [u8; 32]) -> Self {
        Self {
            kid: Text::new(kid),
            key: ed25519_dalek::SigningKey::from_bytes(&seed),
        }
    }

    /// Its public half, under the same name.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey {
            kid: self.kid.clone(),
            key: self.key.verifying_key(),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SigningKey({})", self.kid)
    }
}

/// What everybody verifies with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey {
    /// The key's name in the JWKS; empty when it has none.
    pub kid: Text,
    pub(in crate::message) key: ed25519_dalek::VerifyingKey,
}

impl VerifyingKey {
    /// The key as a JSON Web Key (RFC 8037 §2).
    #[must_use]
    pub fn jwk(&self) -> Json {
        let kid = Some(&self.kid).filter(|kid| !kid.is_empty());
        Object::default()
            .with("kty", "OKP")
            .with("crv", "Ed25519")
            .with_optional("kid", kid.cloned())
            .with("use", "sig")
            .with("alg", "EdDSA")
            .with("x", base64url::encode(self.key.as_bytes()))
            .into_json()
    }

    /// The key without anything that is not the key itself, in the order of RFC 7638 §3.2 and RFC 8037 §2: how a
    /// DPoP proof carries it, and what its thumbprint is of.
    pub(in crate::message) fn bare_jwk(&self) -> Json {
        Object::default()
            .with("crv", "Ed25519")
            .with("kty", "OKP")
            .with("x", base64url::encode(self.key.as_bytes()))
            .into_json()
    }

    /// RFC 7638 §3, RFC 8037 §2: the name that follows from the key.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        let mut text = String::new();
        json::write(&self.bare_jwk(), &mut text);
        Thumbprint::of(text.as_bytes())
    }

    /// Reads a JSON Web Key. `None` for another type or curve, another `use` or `alg`, octets that are no point,
    /// and points of small order, for which anybody can sign.
    #[must_use]
    pub fn from_jwk(jwk: &Json) -> Option<Self> {
        let members = Members::new(jwk).ok()?;
        let text = |name| members.optional(name).ok();
        let is_or_absent = |name, word: &str| Some(text(name)?.is_none_or(|found| *found == *word));
        if *text("kty")?? != *"OKP"
            || *text("crv")?? != *"Ed25519"
            || !is_or_absent("use", "sig")?
            || !is_or_absent("alg", "EdDSA")?
        {
            return None;
        }
        let octets = base64url::decode(text("x")??.as_str())?;
        let octets: [u8; 32] = octets.try_into().ok()?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(&octets).ok()?;
        let kid = text("kid")?.cloned().unwrap_or_default();
        (!key.is_weak()).then_some(Self { kid, key })
    }
}

/// Keys as a JSON Web Key Set (RFC 7517 §5).
#[must_use]
pub fn jwks(keys: &[VerifyingKey]) -> Json {
    let keys = keys.iter().map(VerifyingKey::jwk).collect();
    Object::default()
        .with("keys", Json::Array(keys))
        .into_json()
}

/// Reads a JSON Web Key Set. RFC 7517 §5 (SHOULD): keys of kinds that are not understood are passed over.
/// `None` when it is no such set.
#[must_use]
pub fn read_jwks(set: &Json) -> Option<Vec<VerifyingKey>> {
    match Members::new(set).ok()?.find("keys")? {
        Json::Array(keys) => Some(keys.iter().filter_map(VerifyingKey::from_jwk).collect()),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8037 appendix A.3.
    #[test]
    fn the_thumbprint_of_the_standard() {
        let jwk =
            br#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        let key = VerifyingKey::from_jwk(&json::parse(jwk).unwrap()).unwrap();
        assert_eq!(
            key.thumbprint().as_str(),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
    }
}
