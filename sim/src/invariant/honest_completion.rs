//! When nothing goes wrong, an owner who wants to log in is logged in.

use grantlab_core::event::Event;
use grantlab_core::value::SessionId;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level};
use crate::trace::{EntryId, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "honest-completion",
    property: "AVAIL",
    section: "RFC 6749 §4.1",
    about: "a code that reaches the session that asked for it is redeemed, unless something was lost, late or broken",
    level: Level::Error,
    judge,
    woken_by: |_| true,
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let trace = reading.trace;
    let mut findings = Findings::default();
    if trace
        .entries()
        .iter()
        .any(|entry| is_disturbance(&entry.what))
    {
        return Judgement::NotExercised;
    }
    for (id, _, event) in trace.events() {
        if let Event::LoginFailed { session, .. } = event
            && let Some(asked) = spoilt(reading, session, id)
        {
            findings.violate(
                [asked, id],
                "a login failed whose code was good and whose owner was right",
            );
        }
    }
    for (id, entry, event) in trace.events() {
        let Event::TokenRequested { .. } = event else {
            continue;
        };
        findings.exercise();
        let mut later = trace
            .events()
            .filter(|(later, other, _)| *later > id && other.party == entry.party);
        let settled = later.any(|(_, _, event)| {
            matches!(
                event,
                Event::TokensReceived { .. }
                    | Event::CallbackRefused { .. }
                    | Event::LoginFailed { .. }
                    | Event::LoginCompleted { .. }
            )
        });
        let still_going =
            trace.entries().len() < usize::try_from(id).unwrap_or(usize::MAX).saturating_add(2);
        if !settled && !still_going {
            findings.violate(
                [id],
                "a client asked for a token and never heard of it, though nothing was lost",
            );
        }
    }
    findings.judgement()
}

/// When a client asked for tokens with a code that an honest server had issued for it to the browser of this very
/// session, and no attacker's code or server had a part in it.
fn spoilt(reading: &Reading<'_>, session: &SessionId, before: EntryId) -> Option<EntryId> {
    let browser = reading.holder(session)?;
    if reading.trace.is_hostile(browser) {
        return None;
    }
    let (id, issuer, code) = reading.events().rev().find_map(|(id, _, event)| {
        if let Event::CallbackAccepted {
            session: of,
            issuer,
            code,
            ..
        } = event
            && of == session
            && id < before
        {
            return Some((id, issuer, code));
        }
        None
    })?;
    let issue = reading.issue_of(code)?;
    let own = reading.holder(issue.session) == Some(browser);
    (own && reading.answers_to(issue.server, issuer.as_str())).then_some(id)
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
