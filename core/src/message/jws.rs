//! JSON Web Signatures in their compact form (RFC 7515 §3.1, §7.1), signed with Ed25519 (RFC 8037 §3.1).

use alloc::string::String;

use ed25519_dalek::{Signature, Signer};

use super::id_token::{SigningKey, VerifyingKey};
use super::members::Members;
use crate::json::Json;
use crate::text::Text;
use crate::wire::{base64url, json};

/// The parts of a compact serialisation (RFC 7515 §7.1). Nothing says yet who signed it.
pub(super) struct Compact<'a> {
    /// What the signature is of: the first two segments and the dot between them.
    signed: &'a str,
    /// What it says about itself.
    pub(super) header: Json,
    /// What it says.
    pub(super) claims: Json,
    signature: &'a str,
}

/// The signature is not the key's, or none at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SignatureFault {
    /// It is not base64url.
    Malformed,
    /// Somebody else made it, or nobody.
    Wrong,
}

impl<'a> Compact<'a> {
    /// Three base64url segments with JSON objects, whose names are unique, in the first two.
    pub(super) fn split(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        Some(Self {
            signed,
            header: object(header)?,
            claims: object(claims)?,
            signature,
        })
    }

    /// RFC 8037 §3.1: whether `key` made the signature.
    pub(super) fn verify(&self, key: &VerifyingKey) -> Result<(), SignatureFault> {
        let signature = base64url::decode(self.signature).ok_or(SignatureFault::Malformed)?;
        let signature = Signature::from_slice(&signature).map_err(|_| SignatureFault::Wrong)?;
        key.key
            .verify_strict(self.signed.as_bytes(), &signature)
            .map_err(|_| SignatureFault::Wrong)
    }
}

/// Signs `claims` under `header`.
pub(super) fn sign(key: &SigningKey, header: &Json, claims: &Json) -> Text {
    let mut out = segment(header);
    out.push('.');
    out.push_str(&segment(claims));
    let signature = key.key.sign(out.as_bytes());
    out.push('.');
    out.push_str(base64url::encode(&signature.to_bytes()).as_str());
    out.into()
}

fn segment(part: &Json) -> String {
    let mut text = String::new();
    json::write(part, &mut text);
    base64url::encode(text.as_bytes()).as_str().into()
}

fn object(segment: &str) -> Option<Json> {
    let json = json::parse(&base64url::decode(segment)?).ok()?;
    Members::new(&json).is_ok().then_some(json)
}
