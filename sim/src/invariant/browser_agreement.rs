//! Who logged in at the server is who is logged in at the client.

use grantlab_core::event::Event;
use grantlab_core::value::SessionId;

use super::reading::{Issue, Reading};
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::party::{PartyId, Role};
use crate::trace::{EntryId, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "browser-agreement",
    property: "B-AGREE",
    section: "RFC 6749 §10.12; RFC 9700 §4.5, §4.7",
    about: "a login that completes in a browser comes of a code that was issued to the same browser, for the same client, and for a request that this client had made there",
    level: Level::Error,
    judge,
    woken_by: wakes!(LoginCompleted),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    for (id, entry, event) in reading.events() {
        if let Event::LoginCompleted { session, code, .. } = event
            && reading.trace.role(entry.party) == Some(Role::Client)
            && let Some(issue) = reading.issue_of(code)
        {
            findings.exercise();
            if let Some(words) = disagreement(reading, entry.party, session, &issue) {
                findings.violate([issue.id, id], words);
            }
        }
    }
    findings.judgement()
}

fn disagreement(
    reading: &Reading<'_>,
    client: PartyId,
    session: &SessionId,
    issue: &Issue<'_>,
) -> Option<String> {
    let completed_in = reading.holder(session)?;
    let issued_in = reading.holder(issue.session)?;
    let hostile = |party| reading.trace.is_hostile(party);
    if hostile(completed_in) && hostile(issued_in) {
        // The attacker with his own code in his own browser: nobody is deceived.
        return None;
    }
    let name = |party| reading.trace.name(party);
    if completed_in != issued_in {
        return Some(format!(
            "a login completed in the browser of {} with the code of {}",
            name(completed_in),
            name(issued_in)
        ));
    }
    if !reading.answers_to(client, issue.client_id) {
        return Some(format!(
            "a login completed at {} with a code for {}",
            name(client),
            issue.client_id
        ));
    }
    (!was_asked(reading, client, completed_in, issue)).then(|| {
        format!(
            "a login of {} completed with a code for a request that {} had not made there",
            name(completed_in),
            name(client)
        )
    })
}

/// Whether the client had started a login in this browser with the very request that the code answers. A server
/// that issues a code without saying for which request is believed.
fn was_asked(reading: &Reading<'_>, client: PartyId, browser: PartyId, issue: &Issue<'_>) -> bool {
    let Some((asked, _, event)) = reading.request_of(issue.transaction, issue.id) else {
        return true;
    };
    let Event::AuthorizationRequested {
        state: received,
        code_challenge: challenge,
        ..
    } = event
    else {
        return true;
    };
    let before = |id: EntryId| id < asked;
    reading.events().any(|(id, entry, event)| {
        let Event::LoginStarted {
            session,
            state,
            code_challenge,
            ..
        } = event
        else {
            return false;
        };
        before(id)
            && entry.party == client
            && state == received
            && code_challenge == challenge
            && reading.holder(session) == Some(browser)
    })
}
