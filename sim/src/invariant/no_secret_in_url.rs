//! What opens something is not written where it leaks.

use grantlab_core::http::{Header, Request, Url};
use grantlab_core::wire;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level};
use crate::trace::{Payload, Trace, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "no-secret-in-url",
    property: "NO-LEAK",
    section: "RFC 9700 §4.2, §4.3; RFC 6749 §2.3.1",
    about: "no access token, refresh token, verifier, client secret or password is in the query of a URL, and no other party gets a code or state in a Referer",
    level: Level::Warning,
    judge,
    woken_by: |_| true,
};

/// Kinds of minted values that no URL may hold.
const NEVER_IN_URL: [&str; 3] = ["access_token", "refresh_token", "code_verifier"];

/// Parameters that hold configured secrets.
const SECRET_PARAMETERS: [&str; 2] = ["client_secret", "password"];

fn judge(reading: &Reading<'_>) -> Judgement {
    let trace = reading.trace;
    let mut findings = Findings::default();
    for (id, entry) in (0..).zip(trace.entries()) {
        let What::Sent { payload, .. } = &entry.what else {
            continue;
        };
        let Payload::Request(request) = payload else {
            continue;
        };
        findings.exercise();
        if let Some(what) = leak(trace, request) {
            findings.violate([id], what);
        }
    }
    findings.judgement()
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
    let own = request.url.origin.to_string();
    let referer = referer.filter(|referer| !is_at(referer, &own));
    trace.provenance().minted().iter().find_map(|minted| {
        let value = minted.text.as_str();
        if NEVER_IN_URL.contains(&minted.kind) && query.contains(value) {
            return Some(format!(
                "a URL holds {}",
                trace.provenance().label_of(minted)
            ));
        }
        let in_referer =
            minted.kind == "code" || minted.kind == "state" || NEVER_IN_URL.contains(&minted.kind);
        let leaks = in_referer && referer.is_some_and(|referer| referer.contains(value));
        leaks.then(|| format!("a Referer holds {}", trace.provenance().label_of(minted)))
    })
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
