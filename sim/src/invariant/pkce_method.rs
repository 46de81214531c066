//! A challenge tells nobody its verifier.

use grantlab_core::event::Event;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::What;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "pkce-method",
    property: "PKCE",
    section: "RFC 9700 §2.1.1 (SHOULD); RFC 7636 §7.2",
    about: "no code is redeemed whose challenge shows its verifier to whoever reads the request",
    level: Level::Warning,
    judge,
    woken_by: wakes!(CodeRedeemed),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    for (id, _, event) in reading.events() {
        let Event::CodeRedeemed {
            code,
            code_verifier: Some(verifier),
            ..
        } = event
        else {
            continue;
        };
        findings.exercise();
        let issue = reading.events().find_map(|(id, _, event)| {
            let Event::CodeIssued {
                code: issued,
                code_challenge: Some(challenge),
                ..
            } = event
            else {
                return None;
            };
            (issued == code && challenge.as_str() == verifier.as_str()).then_some(id)
        });
        if let Some(issue) = issue {
            findings.violate([issue, id], "a challenge was its own verifier");
        }
    }
    findings.judgement()
}
