//! The JSON Web Signature around an ID Token, in its compact form (RFC 7515 §3.1, §7.1; RFC 8037 §3.1).

use core::fmt;

use super::{IdToken, IdTokenFault, SigningKey, VerifyingKey};
use crate::message::MessageError;
use crate::message::jws::{self, Compact, SignatureFault};
use crate::message::members::{Members, Object};
use crate::text::Text;
use crate::value::{Malformed, printable};

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
        SignedIdToken(jws::sign(self, &header, &token.write()))
    }
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
        let compact = Compact::split(self.0.as_str()).ok_or(IdTokenFault::Malformed)?;
        let header = Members::new(&compact.header).map_err(|_| IdTokenFault::Malformed)?;
        check_algorithm(&header)?;
        let key = pick(keys, &header)?;
        compact.verify(key).map_err(|fault| match fault {
            SignatureFault::Malformed => IdTokenFault::Malformed,
            SignatureFault::Wrong => IdTokenFault::Signature,
        })?;
        IdToken::parse(&compact.claims).map_err(|_| IdTokenFault::Claims)
    }
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
