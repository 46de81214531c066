//! Proof Key for Code Exchange at the token endpoint (RFC 7636 §4.6, RFC 9700 §2.1.1, §4.8).

use super::policy::{AuthorizationServerPolicy, Pkce, PkceAbnf, PkceDowngrade, PkceVerify};
use super::proof::proof;
use crate::message::store::CodeRecord;
use crate::refusal::{Compared, Refusal, Rule};
use crate::value::{CodeChallenge, CodeVerifier};

/// What the client sends to show that the code is its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verifier {
    /// The verifier.
    pub(super) code_verifier: Option<CodeVerifier>,
    /// Whether an empty one was sent, which the RFC takes for none.
    pub(super) empty: bool,
}

crate::canonical_struct!(Verifier {
    code_verifier,
    empty
});

proof! {
    /// The verifier has the form of one, or is not there.
    waivable VerifierWellFormed
}
proof! {
    /// The verifier makes the challenge, where there was one.
    waivable VerifierMatches
}
proof! {
    /// There is no verifier where there was no challenge.
    waivable VerifierExpected
}

/// All that PKCE asks of a redemption.
#[derive(Debug)]
pub(super) struct VerifierGood {
    _well_formed: VerifierWellFormed,
    _matches: VerifierMatches,
    _expected: VerifierExpected,
}

impl VerifierGood {
    /// RFC 7636 §4.6: its rules, in order.
    ///
    /// # Errors
    /// [`Rule::VerifierWellFormed`], [`Rule::VerifierMatches`], [`Rule::VerifierExpected`]
    pub(super) fn check(
        policy: &AuthorizationServerPolicy,
        code: &CodeRecord,
        sent: &Verifier,
    ) -> Result<Self, Refusal> {
        match policy.pkce {
            Pkce::Ignored => Ok(Self {
                _well_formed: VerifierWellFormed::waived(),
                _matches: VerifierMatches::waived(),
                _expected: VerifierExpected::waived(),
            }),
            Pkce::Required | Pkce::RequiredPublic | Pkce::Optional => Ok(Self {
                _well_formed: VerifierWellFormed::decide(policy.pkce_abnf, sent)?,
                _matches: VerifierMatches::decide(policy.pkce_verify, code, sent)?,
                _expected: VerifierExpected::decide(policy.pkce_downgrade, code, sent)?,
            }),
        }
    }
}

impl VerifierWellFormed {
    fn decide(policy: PkceAbnf, sent: &Verifier) -> Result<Self, Refusal> {
        match policy {
            PkceAbnf::Enforced => Self::check(sent),
            PkceAbnf::Off => Ok(Self::waived()),
        }
    }

    /// RFC 7636 §4.1 (MUST): 43 to 128 unreserved characters.
    fn check(sent: &Verifier) -> Result<Self, Refusal> {
        match &sent.code_verifier {
            Some(verifier) if !verifier.is_well_formed() => Err(Refusal::new(
                Rule::VerifierWellFormed,
                Compared::shown("43 to 128 unreserved characters"),
                Compared::secret(verifier.as_str()),
            )),
            Some(_) | None => Ok(Self(())),
        }
    }
}

impl VerifierMatches {
    fn decide(policy: PkceVerify, code: &CodeRecord, sent: &Verifier) -> Result<Self, Refusal> {
        let skipped = match policy {
            PkceVerify::IffChallenge => false,
            PkceVerify::OnlyIfVerifierPresent => sent.code_verifier.is_none(),
            PkceVerify::EmptyIsAbsent => sent.code_verifier.is_none() && sent.empty,
            PkceVerify::Never => true,
        };
        if skipped {
            return Ok(Self::waived());
        }
        Self::check(code, sent)
    }

    /// RFC 7636 §4.6 (MUST): the verifier makes the challenge that came with the authorization request.
    fn check(code: &CodeRecord, sent: &Verifier) -> Result<Self, Refusal> {
        let Some((challenge, method)) = &code.challenge else {
            return Ok(Self(()));
        };
        let Some(verifier) = &sent.code_verifier else {
            return Err(mismatch(challenge, Compared::Absent));
        };
        if verifier.makes(challenge, *method) {
            return Ok(Self(()));
        }
        let made = verifier.challenge(*method);
        Err(mismatch(challenge, Compared::secret(made.as_str())))
    }
}

impl VerifierExpected {
    fn decide(policy: PkceDowngrade, code: &CodeRecord, sent: &Verifier) -> Result<Self, Refusal> {
        match policy {
            PkceDowngrade::RejectVerifierWithoutChallenge => Self::check(code, sent),
            PkceDowngrade::Accept => Ok(Self::waived()),
        }
    }

    /// RFC 9700 §2.1.1, §4.8.2 (MUST): a verifier without a challenge means that somebody took the challenge away.
    fn check(code: &CodeRecord, sent: &Verifier) -> Result<Self, Refusal> {
        match (&code.challenge, &sent.code_verifier) {
            (None, Some(verifier)) => Err(Refusal::new(
                Rule::VerifierExpected,
                Compared::Absent,
                Compared::secret(verifier.as_str()),
            )),
            (Some(_), _) | (None, None) => Ok(Self(())),
        }
    }
}

fn mismatch(challenge: &CodeChallenge, found: Compared) -> Refusal {
    Refusal::new(
        Rule::VerifierMatches,
        Compared::secret(challenge.as_str()),
        found,
    )
}
