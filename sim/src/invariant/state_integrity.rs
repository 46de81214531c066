//! A client goes on with responses that it asked for, once.

use grantlab_core::event::Event;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::What;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "state-integrity",
    property: "STATE",
    section: "RFC 6749 §10.12; RFC 9700 §4.7",
    about: "a client believes a response only if this browser session asked for it with this state, and only once",
    level: Level::Error,
    judge,
    woken_by: wakes!(CallbackAccepted),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    let mut started = Vec::new();
    let mut accepted = Vec::new();
    for (id, entry, event) in reading.events() {
        if let Event::LoginStarted { session, state, .. } = event {
            started.push((entry.party, session, state));
        }
        if let Event::CallbackAccepted { session, state, .. } = event {
            findings.exercise();
            let asked = started.iter().any(|(party, mine, sent)| {
                *party == entry.party && *mine == session && *sent == state
            });
            if !asked {
                findings.violate([id], "a client believed a response that this session had not asked for with this state");
            } else if state.is_none() {
                findings.violate(
                    [id],
                    "a client believed a response that no state ties to its session",
                );
            } else if let Some((_, _, first)) = accepted
                .iter()
                .find(|(party, seen, _)| *party == entry.party && *seen == state)
            {
                findings.violate(
                    [*first, id],
                    "a client believed two responses with one state",
                );
            }
            accepted.push((entry.party, state, id));
        }
    }
    findings.judgement()
}
