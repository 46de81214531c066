//! What opens something is not written where it leaks.

use grantlab_core::event::Event;
use grantlab_core::http::{Header, Request, Url};
use grantlab_core::wire;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::{Payload, Trace, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "no-secret-in-url",
    property: "NO-LEAK",
    section: "RFC 9700 §4.2, §4.3; RFC 6749 §2.3.1",
    about: "no access token, refresh token, verifier, client secret or password is in the query of a URL, and no other party gets a code or state in a Referer",
    level: Level::Warning,
    judge,
    woken_by: |what| {
        let sent = matches!(
            what,
            What::Sent {
                payload: Payload::Request(_),
                ..
            }
        );
        sent || wakes!(ResourceLoaded)(what)
    },
};

/// Kinds of minted values that no URL may hold.
const NEVER_IN_URL: [&str; 3] = ["access_token", "refresh_token", "code_verifier"];

/// Parameters that hold configured secrets.
const SECRET_PARAMETERS: [&str; 2] = ["client_secret", "password"];

fn judge(reading: &Reading<'_>) -> Judgement {
    let trace = reading.trace;
    let mut findings = Findings::default();
    for (id, entry) in reading.new_entries() {
        let found = match &entry.what {
            What::Sent { payload, .. } => {
                let Payload::Request(request) = payload else {
                    continue;
                };
                findings.exercise();
                leak(trace, request)
            }
            What::Noted(event) => {
                told(event).and_then(|(url, referer)| in_referer(trace, url, referer))
            }
            What::Acted(_)
            | What::Arrived { .. }
            | What::Lost { .. }
            | What::Duplicated { .. }
            | What::Delayed { .. }
            | What::TimePassed(_)
            | What::DeadlineCame
            | What::Crashed
            | What::Restarted
            | What::WireDiffers { .. }
            | What::NobodyThere { .. }
            | What::BoundReached(_)
            | What::Intended { .. }
            | What::Learned { .. } => None,
        };
        if let Some(words) = found {
            findings.violate([id], words);
        }
    }
    findings.judgement()
}

/// What a browser loads, even where nobody answers, and what it says there about where it comes from.
fn told(event: &Event) -> Option<(&str, &str)> {
    if let Event::ResourceLoaded {
        url,
        referer: Some(referer),
    } = event
    {
        return Some((url.as_str(), referer.as_str()));
    }
    None
}

fn leak(trace: &Trace, request: &Request) -> Option<String> {
    let query = query(&request.url);
    let named = SECRET_PARAMETERS.into_iter().find(|name| {
        query
            .split('&')
            .any(|pair| pair.split('=').next() == Some(name))
    });
    if let Some(name) = named {
        return Some(format!("a URL has a parameter {name}"));
    }
    let referer = request.headers.find(|header| {
        if let Header::Referer(text) = header {
            Some(text.as_str())
        } else {
            None
        }
    });
    let in_query =
        trace.provenance().minted().iter().find(|minted| {
            NEVER_IN_URL.contains(&minted.kind) && query.contains(minted.text.as_str())
        });
    if let Some(minted) = in_query {
        let label = trace.provenance().label_of(minted);
        return Some(format!("a URL holds {label}"));
    }
    in_referer(trace, &request.url.endpoint(), referer?)
}

/// A value in a `Referer` that another origin gets.
fn in_referer(trace: &Trace, url: &str, referer: &str) -> Option<String> {
    let origin = referer.split('/').take(3).collect::<Vec<_>>().join("/");
    if is_at(url, &origin) {
        return None;
    }
    let minted = trace.provenance().minted().iter().find(|minted| {
        let tells = ["code", "state"].contains(&minted.kind) || NEVER_IN_URL.contains(&minted.kind);
        tells && referer.contains(minted.text.as_str())
    })?;
    let label = trace.provenance().label_of(minted);
    Some(format!("a Referer holds {label}"))
}

/// Whether a URL is at an origin.
fn is_at(url: &str, origin: &str) -> bool {
    url.strip_prefix(origin)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn query(url: &Url) -> String {
    url.query
        .as_ref()
        .map(|query| wire::form::octets(query).into_owned())
        .unwrap_or_default()
}
