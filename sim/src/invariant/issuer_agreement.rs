//! A code is redeemed where it was issued.

use grantlab_core::event::Event;
use grantlab_core::http::{Body, Request};
use grantlab_core::value::{AuthorizationCode, Issuer, SessionId, State};
use grantlab_core::wire::form;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::party::PartyId;
use crate::trace::{Entry, EntryId, Payload, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "issuer-agreement",
    property: "ISS-AGREE",
    section: "RFC 9207 §2.4; RFC 9700 §4.4",
    about: "a client takes a code to the server that issued it, and takes it to come from the one that this session had asked",
    level: Level::Error,
    judge,
    woken_by: wakes!(CallbackAccepted | TokenRequested),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    for (id, entry, event) in reading.events() {
        if reading.trace.is_hostile(entry.party) {
            continue;
        }
        if let Event::CallbackAccepted {
            session,
            issuer,
            state,
            ..
        } = event
            && let Some((start, asked)) = asked_server(reading, entry, session, state.as_ref(), id)
        {
            findings.exercise();
            if asked != issuer {
                findings.violate(
                    [start, id],
                    "a client took a response to come from another server than it had asked",
                );
            }
        }
        if let Event::TokenRequested { code, .. } = event
            && let Some(issue) = reading.issue_of(code)
            && let Some(receiver) = receiver(reading, id, code)
        {
            findings.exercise();
            if !reading.belong_together(issue.server, receiver) {
                findings.violate(
                    [issue.id, id],
                    format!(
                        "a client took a code of {} to {}",
                        reading.trace.name(issue.server),
                        reading.trace.name(receiver)
                    ),
                );
            }
        }
    }
    findings.judgement()
}

/// The server that the session had asked with this state.
fn asked_server<'a>(
    reading: &Reading<'a>,
    client: &Entry,
    session: &SessionId,
    state: Option<&State>,
    before: EntryId,
) -> Option<(EntryId, &'a Issuer)> {
    let mut earlier = reading
        .events()
        .rev()
        .skip_while(|(id, _, _)| *id >= before);
    earlier.find_map(|(id, entry, event)| {
        let Event::LoginStarted {
            session: owner,
            issuer,
            state: sent,
            ..
        } = event
        else {
            return None;
        };
        let same = entry.party == client.party && owner == session && sent.as_ref() == state;
        same.then_some((id, issuer))
    })
}

/// Who got the token request.
fn receiver(reading: &Reading<'_>, asked: EntryId, code: &AuthorizationCode) -> Option<PartyId> {
    reading.sent_with(asked).find_map(|(_, to, payload)| {
        let Payload::Request(request) = payload else {
            return None;
        };
        carries(request, code).then_some(to)
    })
}

fn carries(request: &Request, code: &AuthorizationCode) -> bool {
    let Body::Form(encoded) = &request.body else {
        return matches!(request.body, Body::Json(_));
    };
    form::pairs(encoded).is_ok_and(|fields| fields.all("code").any(|sent| sent == code.as_str()))
}
