//! The rules for a code challenge (RFC 7636 §4.3, §4.4.1; RFC 9700 §2.1.1).

use super::policy::{AuthorizationServerPolicy, Pkce, PkceAbnf, PkceMethods};
use super::proof::proof;
use super::registration::Registration;
use crate::message::AuthorizationRequest;
use crate::refusal::{Compared, Refusal, Rule};
use crate::value::{CodeChallenge, CodeChallengeMethod};

proof! {
    /// There is a challenge that the server can compare with, or none is required.
    waivable ChallengeSound
}

/// What a verifier will be compared with.
pub(super) type Challenge = (CodeChallenge, CodeChallengeMethod);

impl ChallengeSound {
    /// RFC 7636 §4.4.1, RFC 9700 §2.1.1 (MUST): there where required, by a method that is taken, well-formed.
    pub(super) fn check(
        policy: &AuthorizationServerPolicy,
        request: &AuthorizationRequest,
        client: &Registration,
    ) -> Result<(Option<Challenge>, Self), Refusal> {
        let Some(challenge) = &request.code_challenge else {
            return absent(policy.pkce, request.code_challenge_method, client)
                .map(|()| (None, Self::waived()));
        };
        // RFC 7636 §4.3: without a method it is the plain one.
        let method = request
            .code_challenge_method
            .unwrap_or(CodeChallengeMethod::Plain);
        match (policy.pkce_methods, method) {
            (PkceMethods::S256, CodeChallengeMethod::S256) | (PkceMethods::S256AndPlain, _) => {}
            (PkceMethods::S256, CodeChallengeMethod::Plain) => {
                return Err(Refusal::new(
                    Rule::ChallengeMethodSupported,
                    Compared::shown(CodeChallengeMethod::S256.as_str()),
                    Compared::shown(method.as_str()),
                ));
            }
        }
        match policy.pkce_abnf {
            PkceAbnf::Enforced if !challenge.is_well_formed() => Err(Refusal::new(
                Rule::ChallengeWellFormed,
                Compared::shown("43 to 128 unreserved characters"),
                Compared::secret(challenge.as_str()),
            )),
            PkceAbnf::Enforced | PkceAbnf::Off => Ok((Some((challenge.clone(), method)), Self(()))),
        }
    }
}

/// RFC 9700 §2.1.1 (MUST): no challenge only where none is required, and then no method either.
fn absent(
    policy: Pkce,
    method: Option<CodeChallengeMethod>,
    client: &Registration,
) -> Result<(), Refusal> {
    let required = match policy {
        Pkce::Required => true,
        Pkce::RequiredPublic => !client.is_confidential(),
        Pkce::Optional | Pkce::Ignored => false,
    };
    let expected = || Compared::shown("code_challenge");
    match method {
        _ if required => Err(Refusal::new(
            Rule::ChallengePresent,
            expected(),
            Compared::Absent,
        )),
        Some(_) => Err(Refusal::new(
            Rule::ChallengeMethodSupported,
            expected(),
            Compared::Absent,
        )),
        None => Ok(()),
    }
}
