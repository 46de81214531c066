//! Proof Key for Code Exchange (RFC 7636 §4).

use core::fmt;

use subtle::ConstantTimeEq as _;

use super::secret::sha256;
use super::{Malformed, printable, redacted};
use crate::entropy::FRESH_OCTETS;
use crate::text::Text;
use crate::wire::base64url;
use crate::wire::octets::{self, Alphanumeric, Is, Not, Wanted as _};

/// Characters of a verifier or challenge: 43 to 128 (RFC 7636 §4.1, §4.2).
pub(super) const PKCE_CHARACTERS: core::ops::RangeInclusive<usize> = 43..=128;

/// What the client keeps until it redeems the code (RFC 7636 §4.1).
/// Any printable text is carried; whether it obeys the grammar is the question of [`CodeVerifier::is_well_formed`].
#[derive(Clone, PartialEq, Eq)]
pub struct CodeVerifier(Text);

/// What the client shows in the authorization request (RFC 7636 §4.2).
#[derive(Clone, PartialEq, Eq)]
pub struct CodeChallenge(Text);

crate::canonical_tuple!(CodeVerifier, CodeChallenge);
redacted!(CodeVerifier, CodeChallenge);

/// How a challenge is made from its verifier (RFC 7636 §4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeChallengeMethod {
    /// The verifier itself.
    Plain,
    /// Its SHA-256 in base64url.
    S256,
}

crate::canonical_unit_enum!(CodeChallengeMethod { Plain = 0, S256 = 1 });

impl CodeVerifier {
    /// Takes any printable text.
    ///
    /// # Errors
    /// [`Malformed`] for an empty text or an octet that is not printable ASCII.
    pub fn new(text: impl Into<Text>) -> Result<Self, Malformed> {
        printable(text.into()).map(Self)
    }

    /// The verifier of 32 fresh octets, as RFC 7636 §7.1 suggests: 43 characters.
    #[must_use]
    pub fn from_fresh(octets: [u8; FRESH_OCTETS]) -> Self {
        Self(base64url::encode(&octets))
    }

    /// RFC 7636 §4.1: 43 to 128 unreserved characters.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        is_well_formed(self.as_str())
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether `challenge` is what `method` makes of it. The content does not show in how long it takes; the length
    /// of a challenge is no secret.
    #[must_use]
    pub fn makes(&self, challenge: &CodeChallenge, method: CodeChallengeMethod) -> bool {
        let same = match method {
            CodeChallengeMethod::Plain => self.0.as_bytes().ct_eq(challenge.0.as_bytes()),
            CodeChallengeMethod::S256 => {
                let made = sha256(self.0.as_bytes());
                // Only one text spells a digest, so that octets are as good as text.
                match base64url::decode_32(challenge.as_str()) {
                    Some(spelled) => spelled.ct_eq(&made),
                    None => return false,
                }
            }
        };
        same.into()
    }

    /// The challenge that `method` makes of it.
    #[must_use]
    pub fn challenge(&self, method: CodeChallengeMethod) -> CodeChallenge {
        CodeChallenge(match method {
            CodeChallengeMethod::Plain => self.0.clone(),
            CodeChallengeMethod::S256 => base64url::encode(&sha256(self.0.as_bytes())),
        })
    }
}

impl CodeChallenge {
    /// Takes any printable text.
    ///
    /// # Errors
    /// [`Malformed`] for an empty text or an octet that is not printable ASCII.
    pub fn new(text: impl Into<Text>) -> Result<Self, Malformed> {
        printable(text.into()).map(Self)
    }

    /// RFC 7636 §4.2: 43 to 128 unreserved characters.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        is_well_formed(self.as_str())
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl CodeChallengeMethod {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::S256 => "S256",
        }
    }

    /// Reads the word; `None` for a method that nobody defined.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        match word {
            "plain" => Some(Self::Plain),
            "S256" => Some(Self::S256),
            _ => None,
        }
    }
}

impl From<CodeVerifier> for Text {
    fn from(value: CodeVerifier) -> Self {
        value.0
    }
}

impl From<CodeChallenge> for Text {
    fn from(value: CodeChallenge) -> Self {
        value.0
    }
}

fn is_well_formed(text: &str) -> bool {
    let octets = text.as_bytes();
    let marks = Is(b'-').or(Is(b'.')).or(Is(b'_')).or(Is(b'~'));
    PKCE_CHARACTERS.contains(&octets.len()) && !octets::meets(octets, Not(Alphanumeric.or(marks)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_7636_appendix_b() {
        let verifier = CodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").unwrap();
        let challenge = verifier.challenge(CodeChallengeMethod::S256);
        assert_eq!(
            challenge.as_str(),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
        assert!(verifier.is_well_formed() && challenge.is_well_formed());
        let other = CodeChallenge::new("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN").unwrap();
        assert!(verifier.makes(&challenge, CodeChallengeMethod::S256));
        assert!(!verifier.makes(&other, CodeChallengeMethod::S256));
        assert!(!verifier.makes(&challenge, CodeChallengeMethod::Plain));
    }

    #[test]
    fn the_grammar_has_both_ends() {
        for (length, well_formed) in [(42, false), (43, true), (128, true), (129, false)] {
            assert_eq!(
                CodeVerifier::new("a".repeat(length))
                    .unwrap()
                    .is_well_formed(),
                well_formed,
                "{length}"
            );
        }
        assert!(
            !CodeVerifier::new("a".repeat(42) + "=")
                .unwrap()
                .is_well_formed()
        );
    }
}
