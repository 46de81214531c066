//! What a code was asked for with is said again when it is redeemed.

use grantlab_core::event::Event;
use grantlab_core::value::AuthorizationCode;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::{EntryId, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "redirect-uri-repeated",
    property: "CODE-REDIR",
    section: "RFC 6749 §4.1.3, §10.6; OAuth 2.1 §10.2",
    about: "a code whose request had a redirect_uri is redeemed with one, unless a code challenge does the work",
    level: Level::Error,
    judge,
    woken_by: wakes!(CodeRedeemed),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    for (id, entry, event) in reading.events() {
        if let Event::CodeRedeemed {
            code, redirect_uri, ..
        } = event
            && !reading.trace.is_hostile(entry.party)
            && let Some((asked, challenged)) = asked_with_uri(reading, code)
        {
            findings.exercise();
            if redirect_uri.is_none() && !challenged {
                findings.violate(
                    [asked, id],
                    "a code was redeemed without the redirection URI of its request",
                );
            }
        }
    }
    findings.judgement()
}

/// The request of a code, if it had a `redirect_uri`, and whether it had a challenge.
fn asked_with_uri(reading: &Reading<'_>, code: &AuthorizationCode) -> Option<(EntryId, bool)> {
    let issue = reading.issue_of(code)?;
    let (asked, _, event) = reading.request_of(issue.transaction, issue.id)?;
    let Event::AuthorizationRequested { code_challenge, .. } = event else {
        return None;
    };
    let had_uri = reading
        .parameters_behind(asked)?
        .first("redirect_uri")
        .is_some();
    had_uri.then_some((asked, code_challenge.is_some()))
}
