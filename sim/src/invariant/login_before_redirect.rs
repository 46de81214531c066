//! An authorization server is nobody's redirector.

use grantlab_core::event::Event;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::{Entry, EntryId, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "login-before-redirect",
    property: "OPEN-REDIR",
    section: "RFC 9700 §4.11.2",
    about: "an authorization server redirects an error only after its owner logged in, or said no at a page, unless the request asked for silence",
    level: Level::Error,
    judge,
    woken_by: wakes!(ErrorRedirected),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    for (id, entry, event) in reading.events() {
        if let Event::ErrorRedirected {
            owner_authenticated,
            redirect_uri,
            ..
        } = event
            && !reading.trace.is_hostile(entry.party)
        {
            findings.exercise();
            if !owner_authenticated && !is_silent(reading, id) && !is_denial(reading, id, entry) {
                findings.violate(
                    [id],
                    format!(
                        "an error was redirected to {redirect_uri} before anybody had logged in"
                    ),
                );
            }
        }
    }
    findings.judgement()
}

/// Whether somebody had a page before him and said no there: nobody is redirected who did not want it.
fn is_denial(reading: &Reading<'_>, id: EntryId, redirected: &Entry) -> bool {
    reading
        .events()
        .take_while(|(earlier, _, _)| *earlier < id)
        .any(|(_, entry, event)| {
            entry.party == redirected.party
                && entry.cause == redirected.cause
                && matches!(event, Event::ConsentDenied { .. })
        })
}

/// OpenID Connect Core §3.1.2.1: whether no page may be shown. What was pushed cannot be seen here.
fn is_silent(reading: &Reading<'_>, id: EntryId) -> bool {
    reading.parameters_behind(id).is_none_or(|fields| {
        fields.first("request_uri").is_some() || fields.all("prompt").any(|word| word == "none")
    })
}
