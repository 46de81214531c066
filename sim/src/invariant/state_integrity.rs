//! A client goes on with responses that it asked for, once.

use grantlab_core::event::Event;
use grantlab_core::value::{SessionId, State};

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::party::PartyId;
use crate::trace::{EntryId, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "state-integrity",
    property: "STATE",
    section: "RFC 6749 §10.12; RFC 9700 §4.7",
    about: "a client believes a response only if this browser session asked for it with this state, which was made for that login alone, and only once",
    level: Level::Error,
    judge,
    woken_by: wakes!(CallbackAccepted),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    let mut started: Vec<Start<'_>> = Vec::new();
    let mut accepted = Vec::new();
    for (id, entry, event) in reading.events() {
        if reading.trace.is_hostile(entry.party) {
            continue;
        }
        if let Event::LoginStarted { session, state, .. } = event {
            started.push((entry.party, session, state.as_ref(), id));
        }
        if let Event::CallbackAccepted { session, state, .. } = event {
            findings.exercise();
            let state = state.as_ref();
            let earlier = accepted
                .iter()
                .find(|(party, seen, _)| *party == entry.party && *seen == state)
                .map(|(_, _, first)| *first);
            let acceptance = (entry.party, session, state, id);
            if let Some((also, words)) = objection(&started, acceptance, earlier) {
                findings.violate(also.into_iter().chain([id]), words);
            }
            accepted.push((entry.party, state, id));
        }
    }
    findings.judgement()
}

/// A start of a login, or the acceptance of a response: at which client, in which session, with which state, where.
type Start<'a> = (PartyId, &'a SessionId, Option<&'a State>, EntryId);

/// What is wrong with believing a response, and the entry that shows it too.
fn objection(
    started: &[Start<'_>],
    (client, session, state, _): Start<'_>,
    earlier: Option<EntryId>,
) -> Option<(Option<EntryId>, &'static str)> {
    let same_state = || {
        started
            .iter()
            .filter(move |(party, _, sent, _)| *party == client && *sent == state)
    };
    if !same_state().any(|(_, mine, _, _)| *mine == session) {
        let words =
            "a client believed a response that this session had not asked for with this state";
        return Some((same_state().next().map(|(_, _, _, id)| *id), words));
    }
    let start = started
        .iter()
        .rfind(|(party, mine, _, _)| *party == client && *mine == session)
        .map(|(_, _, _, id)| *id);
    if state.is_none() {
        let words = "a client believed a response that no state ties to its session";
        return Some((start, words));
    }
    if earlier.is_some() {
        return Some((earlier, "a client believed two responses with one state"));
    }
    if same_state().count() > 1 {
        let words = "a client believed a response with a state that it had made for two logins";
        return Some((start, words));
    }
    None
}
