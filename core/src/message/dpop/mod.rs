//! Demonstrating Proof of Possession (RFC 9449): a small signed text beside each request, which says for which
//! request it was made. Signatures are Ed25519, as those of ID Tokens are.

mod seen;

pub use seen::{ProofsSeen, SeenFault};

use core::fmt;

use crate::http::{Header, Headers, RepeatedHeader, Url};
use crate::json::Json;
use crate::limits::PROOF_AGE_MAX_MS;
use crate::message::MessageError;
use crate::message::id_token::{SigningKey, VerifyingKey};
use crate::message::jws::{self, Compact};
use crate::message::members::{Members, Object};
use crate::text::Text;
use crate::time::{Span, Timestamp};
use crate::value::{AccessToken, SecretDigest, Thumbprint, printable};
use crate::wire::base64url;

/// The name of the header field (RFC 9449 §4.1), in lower case.
pub const DPOP: &str = "dpop";

/// What a proof says (RFC 9449 §4.2).
#[derive(Clone, PartialEq, Eq)]
pub struct DpopProof {
    /// Its own name; it is used once.
    pub jti: Text,
    /// The method of the request.
    pub htm: Text,
    /// The URL of the request, without query and fragment.
    pub htu: Text,
    /// When it was made.
    pub iat: Timestamp,
    /// The hash of the access token that goes with it.
    pub ath: Option<Text>,
}

impl fmt::Debug for DpopProof {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "DpopProof({} {})", self.htm, self.htu)
    }
}

/// The request that a proof has to be made for.
#[derive(Clone, Copy, Debug)]
pub struct Proved<'a> {
    /// Its method.
    pub method: &'a str,
    /// Its URL.
    pub url: &'a Url,
    /// The access token that it carries, if it carries one.
    pub access_token: Option<&'a AccessToken>,
    /// When it arrived.
    pub now: Timestamp,
}

/// Why a proof proves nothing: what was expected, and what was there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofFault {
    /// What would have been right.
    pub expected: &'static str,
    /// What was there; nothing, when it is not worth being shown.
    pub found: Option<Text>,
}

impl ProofFault {
    const fn new(expected: &'static str) -> Self {
        Self {
            expected,
            found: None,
        }
    }

    fn found(expected: &'static str, found: &Text) -> Self {
        Self {
            expected,
            found: Some(found.clone()),
        }
    }
}

impl DpopProof {
    /// RFC 9449 §4.2: the proof for a request, under the name `jti`.
    #[must_use]
    pub fn of(proved: &Proved<'_>, jti: Text) -> Self {
        Self {
            jti,
            htm: Text::new(proved.method),
            htu: proved.url.endpoint().into(),
            iat: proved.now,
            ath: proved.access_token.map(access_token_hash),
        }
    }

    /// RFC 9449 §4.3, points 2 to 7: one compact signature of the right type and algorithm, made with the key that it
    /// carries, which is no private one. Says whose key that is.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn read(text: &Text) -> Result<(Self, Thumbprint), ProofFault> {
        let malformed = ProofFault::new("a signed proof");
        let compact = Compact::split(text.as_str()).ok_or(malformed.clone())?;
        let key = key_of(&compact.header)?;
        compact
            .verify(&key)
            .map_err(|_| ProofFault::new("a signature by its own key"))?;
        let proof = Self::parse(&compact.claims).map_err(|_| ProofFault::new("all its claims"))?;
        Ok((proof, key.thumbprint()))
    }

    /// RFC 9449 §4.3, points 8 to 12: it was made for this request and this token, a moment ago.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn fits(&self, proved: &Proved<'_>) -> Result<(), ProofFault> {
        if self.htm != proved.method {
            return Err(ProofFault::found("this method", &self.htm));
        }
        let place = self.htu.as_str().split(['?', '#']).next();
        if place != Some(proved.url.endpoint().as_str()) {
            return Err(ProofFault::found("this URL", &self.htu));
        }
        let window = Span(PROOF_AGE_MAX_MS);
        if proved.now.since(self.iat) > window || self.iat.since(proved.now) > window {
            return Err(ProofFault::new("a proof made just now"));
        }
        match proved.access_token.map(access_token_hash) {
            Some(hash) if self.ath.as_ref() != Some(&hash) => {
                Err(ProofFault::new("the hash of this access token"))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// From when on nobody can use it any more, used or not.
    #[must_use]
    pub const fn useless_from(&self) -> Timestamp {
        self.iat.after(Span(PROOF_AGE_MAX_MS)).after(Span(1))
    }

    fn parse(json: &Json) -> Result<Self, MessageError> {
        let claims = Members::new(json)?;
        Ok(Self {
            jti: claims.required_value("jti", printable)?,
            htm: claims.required_value("htm", printable)?,
            htu: claims.required_value("htu", printable)?,
            iat: claims
                .optional_number("iat")?
                .map(Timestamp::from_seconds)
                .ok_or_else(|| MessageError::missing("iat"))?,
            ath: claims.optional("ath")?.cloned(),
        })
    }

    fn write(&self) -> Json {
        Object::default()
            .with("jti", self.jti.clone())
            .with("htm", self.htm.clone())
            .with("htu", self.htu.clone())
            .with("iat", self.iat.seconds())
            .with_optional("ath", self.ath.clone())
            .into_json()
    }
}

impl SigningKey {
    /// Signs a proof (RFC 9449 §4.2). Times are cut to whole seconds.
    #[must_use]
    pub fn prove(&self, proof: &DpopProof) -> Text {
        let header = Object::default()
            .with("typ", "dpop+jwt")
            .with("alg", "EdDSA")
            .with("jwk", self.verifying_key().bare_jwk())
            .into_json();
        jws::sign(self, &header, &proof.write())
    }
}

/// The one proof of a request, as it was written.
///
/// # Errors
/// [`RepeatedHeader`] when there are several (RFC 9449 §4.3, point 1).
pub fn proof_of(headers: &Headers) -> Result<Option<&Text>, RepeatedHeader> {
    headers.other(DPOP)
}

/// Puts a proof beside a request.
pub fn attach_proof(headers: &mut Headers, proof: Text) {
    headers.push(Header::Other {
        name: Text::new(DPOP),
        value: proof,
    });
}

/// RFC 9449 §4.2: the hash of the token, in base64url.
fn access_token_hash(token: &AccessToken) -> Text {
    base64url::encode(&SecretDigest::of(token.as_str()).0)
}

/// RFC 9449 §4.3 (MUST): `typ`, `alg` and `jwk` are there and right, and the key is a public one.
fn key_of(header: &Json) -> Result<VerifyingKey, ProofFault> {
    let typed = ProofFault::new("typ dpop+jwt, alg EdDSA and a public jwk");
    let read = || -> Result<Option<VerifyingKey>, MessageError> {
        let members = Members::new(header)?;
        let is = |name, word: &str| {
            members
                .optional(name)
                .map(|found| found.is_some_and(|found| *found == *word))
        };
        let right = is("typ", "dpop+jwt")? && is("alg", "EdDSA")? && members.find("crit").is_none();
        let key = members.find("jwk").filter(|_| right);
        Ok(key
            .filter(|key| key.member("d").is_none())
            .and_then(VerifyingKey::from_jwk))
    };
    read().ok().flatten().ok_or(typed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Origin;

    const NOW: Timestamp = Timestamp(1_000_000_500);

    fn url() -> Url {
        Url::new(&Origin::https("rs.example"), "/resource")
    }

    fn proved<'a>(url: &'a Url, token: &'a AccessToken) -> Proved<'a> {
        Proved {
            method: "GET",
            url,
            access_token: Some(token),
            now: NOW,
        }
    }

    #[test]
    fn what_is_proved_is_read_back_and_fits_this_request_alone() {
        let (url, token) = (url(), AccessToken::new("token").unwrap());
        let key = SigningKey::from_seed("", [7; 32]);
        let request = proved(&url, &token);
        let text = key.prove(&DpopProof::of(&request, Text::new("1")));
        let (proof, thumbprint) = DpopProof::read(&text).unwrap();
        assert_eq!(thumbprint, key.verifying_key().thumbprint());
        assert_eq!(proof.fits(&request), Ok(()));

        let elsewhere = Url::new(&Origin::https("evil.example"), "/resource");
        let other = AccessToken::new("other").unwrap();
        let late = NOW.after(Span(PROOF_AGE_MAX_MS)).after(Span(1_000));
        for wrong in [
            Proved {
                method: "POST",
                ..request
            },
            Proved {
                url: &elsewhere,
                ..request
            },
            Proved {
                access_token: Some(&other),
                ..request
            },
            Proved {
                now: late,
                ..request
            },
            Proved {
                now: Timestamp(0),
                ..request
            },
        ] {
            assert!(proof.fits(&wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_proof_of_another_kind_or_with_another_key_is_none() {
        let (url, token) = (url(), AccessToken::new("token").unwrap());
        let key = SigningKey::from_seed("", [7; 32]);
        let claims = DpopProof::of(&proved(&url, &token), Text::new("1")).write();
        let jwk = |seed| {
            SigningKey::from_seed("", [seed; 32])
                .verifying_key()
                .bare_jwk()
        };
        let header = |typ: &str, alg: &str, jwk: Json| {
            Object::default()
                .with("typ", typ)
                .with("alg", alg)
                .with("jwk", jwk)
                .into_json()
        };
        let private = Object::default()
            .with("crv", "Ed25519")
            .with("kty", "OKP")
            .with("d", "x")
            .with("x", jwk(7).member("x").unwrap().as_text().unwrap().clone())
            .into_json();
        let read = |header: &Json| DpopProof::read(&jws::sign(&key, header, &claims));
        assert!(read(&header("dpop+jwt", "EdDSA", jwk(7))).is_ok());
        for wrong in [
            header("JWT", "EdDSA", jwk(7)),
            header("dpop+jwt", "none", jwk(7)),
            header("dpop+jwt", "EdDSA", jwk(8)),
            header("dpop+jwt", "EdDSA", private),
            header("dpop+jwt", "EdDSA", Json::Null),
        ] {
            assert!(read(&wrong).is_err(), "{wrong:?}");
        }
    }
}
