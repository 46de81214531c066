//! Who logged in at the server is who is logged in at the client.

use grantlab_core::event::Event;
use grantlab_core::value::{AuthorizationCode, SessionId};

use super::{Findings, Invariant, Judgement};
use crate::party::{PartyId, Role};
use crate::trace::{EntryId, Trace, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "browser-agreement",
    property: "B-AGREE",
    section: "RFC 6749 §10.12; RFC 9700 §4.5, §4.7",
    about: "a login that completes in a browser comes of a code that was issued to the same browser",
    judge,
};

fn judge(trace: &Trace) -> Judgement {
    let mut findings = Findings::default();
    for (id, _, event) in trace.events() {
        if let Event::LoginCompleted { session, code, .. } = event
            && let Some((issue, owner_session)) = issue_of(trace, code)
        {
            findings.exercise();
            let completed_in = holder(trace, session);
            let issued_in = holder(trace, owner_session);
            if let (Some(completed_in), Some(issued_in)) = (completed_in, issued_in)
                && completed_in != issued_in
            {
                let (here, there) = (trace.name(completed_in), trace.name(issued_in));
                findings.violate(
                    [issue, id],
                    format!("a login completed in the browser of {here} with the code of {there}"),
                );
            }
        }
    }
    findings.judgement()
}

fn issue_of<'a>(trace: &'a Trace, code: &AuthorizationCode) -> Option<(EntryId, &'a SessionId)> {
    trace.events().find_map(|(id, _, event)| {
        if let Event::CodeIssued {
            code: issued,
            session,
            ..
        } = event
            && issued == code
        {
            return Some((id, session));
        }
        None
    })
}

/// The browser to which a session cookie was first given.
fn holder(trace: &Trace, session: &SessionId) -> Option<PartyId> {
    let minted = trace.provenance().find(session.as_str())?;
    let mut cause = Some(minted.entry);
    while let Some(id) = cause {
        let entry = trace.entry(id)?;
        if trace.role(entry.party) == Some(Role::UserAgent)
            && matches!(entry.what, What::Acted(_) | What::Sent { .. })
        {
            return Some(entry.party);
        }
        cause = entry.cause;
    }
    None
}
