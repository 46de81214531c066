//! A code goes to a registered redirection URI, and is redeemed with the same.

use grantlab_core::event::Event;
use grantlab_core::http::{Body, Header, Response};
use grantlab_core::value::{AuthorizationCode, ClientId, RedirectionUri, TransactionId};

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::{EntryId, Payload, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "redirect-binding",
    property: "CODE-REDIR",
    section: "RFC 6749 §3.1.2.3, §4.1.3, §10.6; RFC 9700 §4.1.3; RFC 8252 §7.3",
    about: "a code is sent to the URI that was asked for, which its client registered octet for octet, the port of a loopback address aside; and a redirect_uri that comes with it to the token endpoint is that one",
    level: Level::Error,
    judge,
    woken_by: wakes!(CodeIssued | CodeRedeemed),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    for (id, entry, event) in reading.events() {
        if reading.trace.is_hostile(entry.party) {
            continue;
        }
        if let Event::CodeIssued {
            transaction,
            client_id,
            redirect_uri,
            redirect_registered,
            ..
        } = event
        {
            findings.exercise();
            if !redirect_registered && !is_loopback_port(reading, client_id, redirect_uri) {
                findings.violate(
                    [id],
                    format!(
                        "a code was sent to {}, which is not registered",
                        redirect_uri.as_str()
                    ),
                );
            }
            if let Some(elsewhere) = sent_elsewhere(reading, id, transaction, redirect_uri) {
                findings.violate(
                    elsewhere,
                    "a code was sent to another URI than was asked for",
                );
            }
        }
        if let Event::CodeRedeemed {
            code,
            redirect_uri: Some(redeemed_with),
            ..
        } = event
            && let Some((issue, issued_to)) = target_of(reading, code)
            && issued_to != redeemed_with
        {
            findings.violate(
                [issue, id],
                "a code was redeemed with another redirection URI than it was sent to",
            );
        }
    }
    findings.judgement()
}

fn target_of<'a>(
    reading: &Reading<'a>,
    code: &AuthorizationCode,
) -> Option<(EntryId, &'a RedirectionUri)> {
    reading.events().find_map(|(id, _, event)| {
        let Event::CodeIssued {
            code: issued,
            redirect_uri,
            ..
        } = event
        else {
            return None;
        };
        (issued == code).then_some((id, redirect_uri))
    })
}

/// What shows that a code goes elsewhere: the request, or the response itself.
fn sent_elsewhere(
    reading: &Reading<'_>,
    id: EntryId,
    transaction: &TransactionId,
    target: &RedirectionUri,
) -> Option<[EntryId; 2]> {
    if let Some((asked, _, Event::AuthorizationRequested { redirect_uri, .. })) =
        reading.request_of(transaction, id)
        && redirect_uri != target
    {
        return Some([asked, id]);
    }
    reading.sent_with(id).find_map(|(sent, _, payload)| {
        let Payload::Response(response) = payload else {
            return None;
        };
        (!leads_to(response, target)).then_some([id, sent])
    })
}

/// Whether a response leads to this URI, as far as it is a redirect or a form that sends itself.
fn leads_to(response: &Response, target: &RedirectionUri) -> bool {
    let location = response.headers.find(|header| {
        if let Header::Location(location) = header {
            Some(&location.uri)
        } else {
            None
        }
    });
    if let Some(uri) = location {
        return *uri == target.as_str();
    }
    match &response.body {
        Body::Page(page) => page.forms.iter().all(|form| form.action == target.as_str()),
        Body::Empty | Body::Form(_) | Body::Json(_) | Body::Octets { .. } => true,
    }
}

/// RFC 8252 §7.3 (MUST): the port of a loopback redirection URI is free; everything else is as registered.
fn is_loopback_port(reading: &Reading<'_>, client: &ClientId, target: &RedirectionUri) -> bool {
    let Some(target) = without_loopback_port(target.as_str()) else {
        return false;
    };
    reading.events().any(|(_, _, event)| {
        let Event::LoginStarted {
            client_id,
            redirect_uri: Some(own),
            ..
        } = event
        else {
            return false;
        };
        client_id == client && without_loopback_port(own.as_str()).as_ref() == Some(&target)
    })
}

/// Host and rest of a loopback URI by its literal address.
fn without_loopback_port(uri: &str) -> Option<(&str, &str)> {
    ["http://127.0.0.1", "http://[::1]"]
        .into_iter()
        .find_map(|host| {
            let rest = uri.strip_prefix(host)?;
            let port_and_path = rest.strip_prefix(':');
            let path = match port_and_path {
                Some(rest) => rest.trim_start_matches(|octet: char| octet.is_ascii_digit()),
                None => rest,
            };
            (path.is_empty() || path.starts_with('/')).then_some((host, path))
        })
}
