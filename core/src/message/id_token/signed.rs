//! The JSON Web Signature around an ID Token, in its compact form (RFC 7515 §3.1, §7.1; RFC 8037 §3.1).

use alloc::string::String;
use core::fmt;

use ed25519_dalek::{Signature, Signer};

use super::{IdToken, IdTokenFault, SigningKey, VerifyingKey};
use crate::json::Json;
use crate::message::MessageError;
use crate::message::members::{Members, Object};
use crate::text::Text;
use crate::value::{Malformed, printable};
use crate::wire::{base64url, json};

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

impl SigningKey {
    /// Signs `token`. Times are cut to whole seconds (RFC 7519 §2, `NumericDate`).
    #[must_use]
    pub fn sign(&self, token: &IdToken) -> SignedIdToken {
        let kid = Some(&self.kid).filter(|kid| !kid.is_empty());
        let header = Object::default()
            .with("alg", "EdDSA")
            .with_optional("kid", kid.cloned())
            .with("typ", "JWT")
            .into_json();
        let mut out = segment(&header);
        out.push('.');
        out.push_str(&segment(&token.write()));
        let signature = self.key.sign(out.as_bytes());
        out.push('.');
        out.push_str(base64url::encode(&signature.to_bytes()).as_str());
        SignedIdToken(out.into())
    }
}

fn segment(part: &Json) -> String {
    let mut text = String::new();
    json::write(part, &mut text);
    base64url::encode(text.as_bytes()).as_str().into()
}

impl SignedIdToken {
    /// Takes any printable text: whether it is a token to believe is the question of [`Self::read`].
    ///
    /// # Errors
    /// [`Malformed`] for an empty text or an octet that is not printable ASCII.
    pub fn new(text: impl Into<Text>) -> Result<Self, Malformed> {
        printable(text.into()).map(Self)
    }

    /// Verifies the signature with one of `keys` and reads the claims. Whom they are from, for whom and until when
    /// is for the client to compare (OpenID Connect Core §3.1.3.7).
    ///
    /// # Errors
    /// The first [`IdTokenFault`] in the order of its variants.
    pub fn read(&self, keys: &[VerifyingKey]) -> Result<IdToken, IdTokenFault> {
        let parts = Parts::split(self.0.as_str()).ok_or(IdTokenFault::Malformed)?;
        let header = Members::new(&parts.header).map_err(|_| IdTokenFault::Malformed)?;
        check_algorithm(&header)?;
        let key = pick(keys, &header)?;
        let signature = base64url::decode(parts.signature).ok_or(IdTokenFault::Malformed)?;
        let signature = Signature::from_slice(&signature).map_err(|_| IdTokenFault::Signature)?;
        key.key
            .verify_strict(parts.signed.as_bytes(), &signature)
            .map_err(|_| IdTokenFault::Signature)?;
        IdToken::parse(&parts.claims).map_err(|_| IdTokenFault::Claims)
    }
}

/// The parts of a compact serialisation (RFC 7515 §7.1).
struct Parts<'a> {
    /// What the signature is of: the first two segments and the dot between them.
    signed: &'a str,
    header: Json,
    claims: Json,
    signature: &'a str,
}

impl<'a> Parts<'a> {
    fn split(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        Some(Self {
            signed,
            header: object(header)?,
            claims: object(claims)?,
            signature,
        })
    }
}

fn object(segment: &str) -> Option<Json> {
    let json = json::parse(&base64url::decode(segment)?).ok()?;
    Members::new(&json).is_ok().then_some(json)
}

/// RFC 8725 §3.1 (MUST): the verifier knows which algorithm it wants and takes no other from the token.
fn check_algorithm(header: &Members<'_>) -> Result<(), IdTokenFault> {
    let word = |name| {
        header
            .optional(name)
            .map_err(|_: MessageError| IdTokenFault::Malformed)
    };
    let algorithm = word("alg")?.ok_or(IdTokenFault::Algorithm)?;
    let kind = word("typ")?;
    let is_jwt = kind.is_none_or(|kind| kind.as_str().eq_ignore_ascii_case("JWT"));
    if *algorithm == *"EdDSA" && is_jwt && header.find("crit").is_none() {
        Ok(())
    } else {
        Err(IdTokenFault::Algorithm)
    }
}

/// OpenID Connect Core §10.1 (MUST): the key that the header names; without a name, the only one. Keys that the
/// header itself brings (`jwk`, `jku`, `x5c`, `x5u`) are not looked at (RFC 8725 §3.10).
fn pick<'a>(
    keys: &'a [VerifyingKey],
    header: &Members<'_>,
) -> Result<&'a VerifyingKey, IdTokenFault> {
    let name = header
        .optional("kid")
        .map_err(|_: MessageError| IdTokenFault::Malformed)?;
    match (name, keys) {
        (Some(name), _) => keys
            .iter()
            .find(|key| key.kid == *name)
            .ok_or(IdTokenFault::UnknownKey),
        (None, [only]) => Ok(only),
        (None, _) => Err(IdTokenFault::UnknownKey),
    }
}
