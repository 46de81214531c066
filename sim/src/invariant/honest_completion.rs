//! When nothing goes wrong, an owner who wants to log in is logged in.

use grantlab_core::event::Event;
use grantlab_core::value::AuthorizationCode;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::party::{PartyId, Role};
use crate::trace::{EntryId, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "honest-completion",
    property: "AVAIL",
    section: "RFC 6749 §4.1, §10.14",
    about: "a code that reaches the session that asked for it is redeemed, unless something was lost, late or broken; the attacker cannot spoil it",
    level: Level::Error,
    judge,
    woken_by: wakes!(TokenRequested | LoginFailed | LateAnswerIgnored),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    let mut entries = reading.trace.entries().iter();
    if entries.any(|entry| is_disturbance(&entry.what)) {
        return Judgement::NotExercised;
    }
    for (id, entry, event) in reading.events() {
        if let Event::TokenRequested { .. } = event {
            findings.exercise();
            if is_never_heard_of(reading, id, entry.party) {
                findings.violate(
                    [id],
                    "a client asked for a token and never heard of it, though nothing was lost",
                );
            }
        }
        if let Event::LoginFailed { .. } = event
            && let Some((requested, spoiler)) = spoiled(reading, id, entry.party)
        {
            findings.violate(
                [requested, spoiler, id],
                "a login failed though its code was good, and nobody but the attacker had come between",
            );
        }
    }
    findings.judgement()
}

/// Whether something happened that excuses a login from completing.
const fn is_disturbance(what: &What) -> bool {
    matches!(
        what,
        What::Lost { .. }
            | What::Duplicated { .. }
            | What::Delayed { .. }
            | What::Crashed
            | What::BoundReached(_)
    )
}

/// Whether a token request came to nothing: everything arrived, and the client says nothing about it.
fn is_never_heard_of(reading: &Reading<'_>, id: EntryId, client: PartyId) -> bool {
    let settled = reading
        .events()
        .any(|(later, entry, event)| later > id && entry.party == client && is_outcome(event));
    !settled && !is_anything_under_way(reading)
}

const fn is_outcome(event: &Event) -> bool {
    matches!(
        event,
        Event::TokensReceived { .. }
            | Event::CallbackRefused { .. }
            | Event::LoginFailed { .. }
            | Event::LoginCompleted { .. }
    )
}

/// Whether something was sent and has not arrived. What is awaited after that is not here yet.
fn is_anything_under_way(reading: &Reading<'_>) -> bool {
    let (mut sent, mut arrived) = (0_usize, 0_usize);
    for entry in reading.trace.entries() {
        match entry.what {
            What::Sent { .. } => sent = sent.saturating_add(1),
            What::Arrived { .. } => arrived = arrived.saturating_add(1),
            What::Acted(_)
            | What::Lost { .. }
            | What::Duplicated { .. }
            | What::Delayed { .. }
            | What::Noted(_)
            | What::TimePassed(_)
            | What::DeadlineCame
            | What::Crashed
            | What::Restarted
            | What::WireDiffers { .. }
            | What::NobodyThere { .. }
            | What::BoundReached(_)
            | What::Intended { .. }
            | What::Learned { .. } => {}
        }
    }
    sent > arrived
}

/// The token request that failed, and what the attacker did before it did: where a browser brought the code that
/// an honest server had issued to it, for the client's own request, and nobody else gave a reason to refuse it.
fn spoiled(reading: &Reading<'_>, failed: EntryId, client: PartyId) -> Option<(EntryId, EntryId)> {
    let inputs: Vec<EntryId> = reading.causes(failed).map(|(id, _)| id).collect();
    let (requested, code) = reading.events().rev().find_map(|(id, entry, event)| {
        let Event::TokenRequested { code, .. } = event else {
            return None;
        };
        let its_own = entry.cause.is_some_and(|cause| inputs.contains(&cause));
        (its_own && entry.party == client).then_some((id, code))
    })?;
    let asked = own_request(reading, code, client)?;
    let mut between = reading.trace.entries().iter().zip(0..);
    let spoiler = between.find_map(|(entry, id)| {
        let acts = reading.trace.is_hostile(entry.party)
            && matches!(entry.what, What::Acted(_) | What::Sent { .. });
        (acts && id > asked && id < failed).then_some(id)
    })?;
    (!has_other_reasons(reading, asked, failed))
        .then_some((requested.min(spoiler), requested.max(spoiler)))
}

/// Where the client had started the login that a code answers, in the browser that the code was issued to.
fn own_request(
    reading: &Reading<'_>,
    code: &AuthorizationCode,
    client: PartyId,
) -> Option<EntryId> {
    let issue = reading.issue_of(code)?;
    let browser = reading.holder(issue.session)?;
    let (asked, _, request) = reading.request_of(issue.transaction, issue.id)?;
    let Event::AuthorizationRequested {
        state: received,
        code_challenge: challenge,
        ..
    } = request
    else {
        return None;
    };
    reading.events().find_map(|(id, entry, event)| {
        let Event::LoginStarted {
            session,
            state,
            code_challenge,
            ..
        } = event
        else {
            return None;
        };
        let own = id < asked
            && entry.party == client
            && state == received
            && code_challenge == challenge
            && !reading.trace.is_hostile(browser)
            && reading.holder(session) == Some(browser)
            && reading.answers_to(client, issue.client_id);
        own.then_some(id)
    })
}

/// Whether time, an administrator or the tester may have made the login fail.
fn has_other_reasons(reading: &Reading<'_>, from: EntryId, to: EntryId) -> bool {
    let meddles = |what: &What| {
        matches!(what, What::TimePassed(_) | What::DeadlineCame)
            || wakes!(OwnerDisabled | ConsentWithdrawn)(what)
    };
    let between = reading.trace.entries().iter().zip(0..);
    between
        .filter(|(_, id)| *id > from && *id < to)
        .any(|(entry, _)| {
            meddles(&entry.what) || reading.trace.role(entry.party) == Some(Role::Tester)
        })
}
