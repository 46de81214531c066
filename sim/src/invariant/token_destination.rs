//! A token goes to its own server, and to the resource servers of that one.

use std::borrow::Cow;

use grantlab_core::event::Event;
use grantlab_core::http::{Body, Header, Request};
use grantlab_core::text::Text;
use grantlab_core::wire::form;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level};
use crate::party::{PartyId, Role};
use crate::trace::{EntryId, Payload, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "token-destination",
    property: "ISS-AGREE",
    section: "RFC 9700 §4.9.1; RFC 6749 §10.3, §10.4",
    about: "a client sends an access token or refresh token to nobody but the server that issued it and its resource servers",
    level: Level::Error,
    judge,
    woken_by: |what| request_of(what).is_some_and(|(_, request)| has_token(request)),
};

/// Parameters that hold tokens.
const PARAMETERS: [&str; 3] = ["access_token", "refresh_token", "token"];

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    for (id, entry) in reading.new_entries() {
        let honest = reading.trace.role(entry.party) == Some(Role::Client)
            && !reading.trace.is_hostile(entry.party);
        let Some((to, request)) = request_of(&entry.what).filter(|_| honest) else {
            continue;
        };
        let mut tokens = tokens_in(request).into_iter();
        let Some((issue, server)) = tokens.find_map(|token| issue_of(reading, token.as_str()))
        else {
            continue;
        };
        findings.exercise();
        if !reading.belong_together(server, to) {
            findings.violate(
                [issue, id],
                format!(
                    "a client sent a token of {} to {}",
                    reading.trace.name(server),
                    reading.trace.name(to)
                ),
            );
        }
    }
    findings.judgement()
}

fn request_of(what: &What) -> Option<(PartyId, &Request)> {
    let What::Sent { to, payload } = what else {
        return None;
    };
    match payload {
        Payload::Request(request) => Some((*to, request)),
        Payload::Response(_)
        | Payload::Failure(_)
        | Payload::StoreRequest(_)
        | Payload::StoreReply(_) => None,
    }
}

/// Whether it is worth a closer look.
fn has_token(request: &Request) -> bool {
    presented(request).is_some() || matches!(request.body, Body::Form(_))
}

fn presented(request: &Request) -> Option<&str> {
    request.headers.find(|header| {
        if let Header::Authorization(text) = header {
            let mut schemes = ["Bearer ", "DPoP "].into_iter();
            schemes.find_map(|scheme| text.as_str().strip_prefix(scheme))
        } else {
            None
        }
    })
}

fn tokens_in(request: &Request) -> Vec<Text> {
    let mut tokens: Vec<Text> = presented(request).map(Text::new).into_iter().collect();
    if let Body::Form(encoded) = &request.body
        && let Ok(fields) = form::pairs(encoded).map(Cow::into_owned)
    {
        let named = fields.0.into_iter();
        let held = named.filter(|(name, _)| PARAMETERS.iter().any(|held| name == held));
        tokens.extend(held.map(|(_, value)| value));
    }
    tokens
}

/// Where an honest server issued a token, and which.
fn issue_of(reading: &Reading<'_>, token: &str) -> Option<(EntryId, PartyId)> {
    reading.events().find_map(|(id, entry, event)| {
        let issued = if let Event::AccessTokenIssued { access_token, .. } = event {
            access_token.as_str() == token
        } else if let Event::RefreshTokenIssued { refresh_token, .. } = event {
            refresh_token.as_str() == token
        } else {
            false
        };
        (issued && !reading.trace.is_hostile(entry.party)).then_some((id, entry.party))
    })
}
