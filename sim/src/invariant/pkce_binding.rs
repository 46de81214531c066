//! A challenge, once sent, is enforced.

use grantlab_core::event::Event;
use grantlab_core::refusal::Rule;
use grantlab_core::value::{
    AuthorizationCode, ClientId, CodeChallenge, CodeChallengeMethod, CodeVerifier,
};

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::party::PartyId;
use crate::trace::{EntryId, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "pkce-binding",
    property: "PKCE",
    section: "RFC 7636 §4.1, §4.6; RFC 9700 §2.1.1, §4.8",
    about: "a code with a challenge is redeemed with its verifier of 43 to 128 characters, and a code without one without; and not at all by a server that demands challenges of this client",
    level: Level::Error,
    judge,
    woken_by: wakes!(CodeRedeemed),
};

/// Characters of a verifier (RFC 7636 §4.1).
const VERIFIER_CHARACTERS: std::ops::RangeInclusive<usize> = 43..=128;

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    for (id, entry, event) in reading.events() {
        if let Event::CodeRedeemed {
            code,
            client_id,
            code_verifier,
            ..
        } = event
            && !reading.trace.is_hostile(entry.party)
            && let Some((issue, challenge)) = challenge_of(reading, code)
        {
            if challenge.is_some() {
                findings.exercise();
            }
            if let Some(words) = mismatch(challenge, code_verifier.as_ref()) {
                findings.violate([issue, id], words);
            }
            if challenge.is_none()
                && let Some(refusal) = demanded(reading, entry.party, client_id, id)
            {
                findings.violate(
                    [refusal, id],
                    "a server that demands challenges redeemed a code that had none",
                );
            }
        }
    }
    findings.judgement()
}

fn challenge_of<'a>(
    reading: &Reading<'a>,
    code: &AuthorizationCode,
) -> Option<(EntryId, Option<&'a CodeChallenge>)> {
    reading.events().find_map(|(id, _, event)| {
        let Event::CodeIssued {
            code: issued,
            code_challenge,
            ..
        } = event
        else {
            return None;
        };
        (issued == code).then_some((id, code_challenge.as_ref()))
    })
}

fn mismatch(
    challenge: Option<&CodeChallenge>,
    verifier: Option<&CodeVerifier>,
) -> Option<&'static str> {
    match (challenge, verifier) {
        (None, None) => None,
        (Some(challenge), Some(verifier)) if !makes(verifier, challenge) => {
            Some("a code was redeemed with a wrong verifier")
        }
        (Some(_), Some(verifier)) => (!VERIFIER_CHARACTERS.contains(&verifier.as_str().len()))
            .then_some("a code was redeemed with a verifier that can be guessed"),
        (Some(_), None) => Some("a code with a challenge was redeemed without verifier"),
        (None, Some(_)) => Some("a verifier came with a code that had no challenge"),
    }
}

fn makes(verifier: &CodeVerifier, challenge: &CodeChallenge) -> bool {
    [CodeChallengeMethod::S256, CodeChallengeMethod::Plain]
        .into_iter()
        .any(|method| verifier.challenge(method) == *challenge)
}

/// Where the server had refused a request of this client because it had no challenge.
fn demanded(
    reading: &Reading<'_>,
    server: PartyId,
    client: &ClientId,
    before: EntryId,
) -> Option<EntryId> {
    reading.events().find_map(|(id, entry, event)| {
        let Event::AuthorizationRefused {
            client_id: Some(refused),
            refusal,
        } = event
        else {
            return None;
        };
        let demands = refusal.rule == Rule::ChallengePresent
            && refused == client
            && reading.belong_together(entry.party, server);
        (demands && id < before).then_some(id)
    })
}
