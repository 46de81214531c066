//! A code is redeemed where it was issued.

use grantlab_core::event::Event;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::What;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "issuer-agreement",
    property: "ISS-AGREE",
    section: "RFC 9207 §2.4; RFC 9700 §4.4",
    about: "a client takes a code to the server that this session had asked",
    level: Level::Error,
    judge,
    woken_by: wakes!(CallbackAccepted),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    let mut started = Vec::new();
    for (id, entry, event) in reading.events() {
        if let Event::LoginStarted {
            session,
            issuer,
            state,
            ..
        } = event
        {
            started.push((entry.party, session, issuer, state, id));
        }
        if let Event::CallbackAccepted {
            session,
            issuer,
            state,
            ..
        } = event
        {
            let mine = started.iter().rev().find(|(party, owner, _, sent, _)| {
                *party == entry.party && *owner == session && *sent == state
            });
            if let Some((_, _, asked, _, start)) = mine {
                findings.exercise();
                if *asked != issuer {
                    findings.violate(
                        [*start, id],
                        "a client took a response to come from another server than it had asked",
                    );
                }
            }
        }
    }
    findings.judgement()
}
