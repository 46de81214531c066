//! What opens something is not written where it leaks.

use grantlab_core::event::Event;
use grantlab_core::http::{Header, Request, Url};
use grantlab_core::text::Text;
use grantlab_core::wire;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::party::Role;
use crate::trace::{Entry, EntryId, Payload, What};

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
    let mut findings = Findings::default();
    for (id, entry) in reading.new_entries() {
        if reading.trace.is_hostile(entry.party) {
            continue;
        }
        if let What::Sent {
            payload: Payload::Request(request),
            ..
        } = &entry.what
        {
            findings.exercise();
            let found = named(reading, id, entry, request)
                .or_else(|| in_query(reading, id, &request.url))
                .or_else(|| in_referer(reading, id, &request.url.endpoint(), referer(request)?));
            if let Some(words) = found {
                findings.violate([id], words);
            }
        }
        if let What::Noted(event) = &entry.what
            && let Some((url, referer)) = told(event)
            && let Some(words) = in_referer(reading, id, url, referer)
        {
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

/// A parameter that holds a configured secret, in a URL that a client or a form made: what is in a link is the
/// choice of whoever made the link.
fn named(reading: &Reading<'_>, id: EntryId, sender: &Entry, request: &Request) -> Option<String> {
    request.url.query.as_ref()?;
    let own_doing = match reading.trace.role(sender.party)? {
        Role::UserAgent => reading.form_of(id).is_some(),
        Role::Client
        | Role::AuthorizationServer
        | Role::GrantStore
        | Role::ResourceServer
        | Role::Attacker
        | Role::Tester => true,
    };
    let query = query(&request.url);
    let mut pairs = query.split('&').map(|pair| pair.split('=').next());
    let name = pairs.find_map(|name| {
        let mut secret = SECRET_PARAMETERS.into_iter();
        secret.find(|secret| name == Some(secret))
    })?;
    own_doing.then(|| format!("a URL has a parameter {name}"))
}

fn in_query(reading: &Reading<'_>, id: EntryId, url: &Url) -> Option<String> {
    url.query.as_ref()?;
    let query = query(url);
    label(reading, id, |kind, value| {
        NEVER_IN_URL.contains(&kind) && query.contains(value)
    })
    .map(|label| format!("a URL holds {label}"))
}

/// A value in a `Referer` that another origin gets.
fn in_referer(reading: &Reading<'_>, id: EntryId, url: &str, referer: &str) -> Option<String> {
    let origin = referer.split('/').take(3).collect::<Vec<_>>().join("/");
    if is_at(url, &origin) {
        return None;
    }
    label(reading, id, |kind, value| {
        let tells = ["code", "state"].contains(&kind) || NEVER_IN_URL.contains(&kind);
        tells && referer.contains(value)
    })
    .map(|label| format!("a Referer holds {label}"))
}

/// The name of a value like this, unless it is the attacker's, or he knew it before: then he made the URL.
fn label(
    reading: &Reading<'_>,
    before: EntryId,
    is_there: impl Fn(&str, &str) -> bool,
) -> Option<String> {
    let provenance = reading.trace.provenance();
    let known = |value: &Text| {
        let mut learned = reading.learned().iter();
        learned.any(|learned| learned.id < before && learned.value == value)
    };
    let mut minted = provenance.minted().iter();
    minted
        .find(|minted| {
            is_there(minted.kind, minted.text.as_str())
                && !reading.trace.is_hostile(minted.party)
                && !known(&minted.text)
        })
        .map(|minted| provenance.label_of(minted))
}

fn referer(request: &Request) -> Option<&str> {
    request.headers.find(|header| {
        if let Header::Referer(text) = header {
            Some(text.as_str())
        } else {
            None
        }
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
