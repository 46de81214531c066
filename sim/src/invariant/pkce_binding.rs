//! A challenge, once sent, is enforced.

use grantlab_core::event::Event;
use grantlab_core::value::{CodeChallenge, CodeChallengeMethod, CodeVerifier};

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::What;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "pkce-binding",
    property: "PKCE",
    section: "RFC 7636 §4.6; RFC 9700 §2.1.1, §4.8",
    about: "a code with a challenge is redeemed with its verifier, and a code without one without",
    level: Level::Error,
    judge,
    woken_by: wakes!(CodeRedeemed),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    let mut codes = Vec::new();
    for (id, _, event) in reading.events() {
        if let Event::CodeIssued {
            code,
            code_challenge,
            ..
        } = event
        {
            codes.push((code, code_challenge, id));
        }
        if let Event::CodeRedeemed {
            code,
            code_verifier,
            ..
        } = event
            && let Some((_, code_challenge, issue)) =
                codes.iter().find(|(earlier, _, _)| *earlier == code)
        {
            match (code_challenge, code_verifier) {
                (None, None) => {}
                (Some(challenge), Some(verifier)) if makes(verifier, challenge) => {
                    findings.exercise()
                }
                (Some(_), Some(_)) => {
                    findings.violate([*issue, id], "a code was redeemed with a wrong verifier")
                }
                (Some(_), None) => findings.violate(
                    [*issue, id],
                    "a code with a challenge was redeemed without verifier",
                ),
                (None, Some(_)) => findings.violate(
                    [*issue, id],
                    "a verifier came with a code that had no challenge",
                ),
            }
        }
    }
    findings.judgement()
}

fn makes(verifier: &CodeVerifier, challenge: &CodeChallenge) -> bool {
    [CodeChallengeMethod::S256, CodeChallengeMethod::Plain]
        .into_iter()
        .any(|method| verifier.challenge(method) == *challenge)
}
