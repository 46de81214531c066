//! Who an honest owner logs in as is who he is.

use grantlab_core::event::Event;
use grantlab_core::value::{Issuer, SessionId};

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::party::{PartyId, Role};
use crate::trace::{Entry, EntryId, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "own-identity",
    property: "SI-b",
    section: "RFC 6749 §10.12; RFC 9700 §4.5, §4.7",
    about: "whoever logs in at an honest client with an honest server logs in as the owner that he authenticated as at that server in the same browser, and reads that owner's resource",
    level: Level::Error,
    judge,
    woken_by: wakes!(LoginCompleted | ResourceRead),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    for (id, entry, event) in reading.events() {
        if !reading.trace.is_hostile(entry.party)
            && let Some(shown) = login(reading, event).or_else(|| resource(reading, id, event))
            && let Some(browser) = reading.holder(shown.session)
            && !reading.trace.is_hostile(browser)
        {
            findings.exercise();
            if !is_own(reading, browser, &shown, id) {
                findings.violate(
                    shown.issue.into_iter().chain([id]),
                    format!(
                        "{} {} {}, who never authenticated there",
                        reading.trace.name(browser),
                        shown.words,
                        shown.owner
                    ),
                );
            }
        }
    }
    findings.judgement()
}

/// Whom a session stands for.
struct Shown<'a> {
    session: &'a SessionId,
    owner: &'a str,
    /// The server that says so, where that is known.
    issuer: Option<&'a Issuer>,
    issue: Option<EntryId>,
    words: &'static str,
}

fn login<'a>(reading: &Reading<'a>, event: &'a Event) -> Option<Shown<'a>> {
    let Event::LoginCompleted {
        session,
        issuer,
        subject,
        code,
        ..
    } = event
    else {
        return None;
    };
    let issue = reading.issue_of(code);
    let consented = issue.map(|issue| issue.subject);
    let owner = subject
        .as_ref()
        .map(|subject| subject.as_str())
        .or(consented)?;
    reading.is_honest_name(issuer.as_str()).then(|| Shown {
        session,
        owner,
        issuer: Some(issuer),
        issue: issue.map(|issue| issue.id),
        words: "is logged in as",
    })
}

fn resource<'a>(reading: &Reading<'a>, id: EntryId, event: &'a Event) -> Option<Shown<'a>> {
    let Event::ResourceRead { session, owner } = event else {
        return None;
    };
    let says = reading.answerer(id)?;
    (!reading.trace.is_hostile(says)).then(|| Shown {
        session,
        owner: owner.as_str(),
        issuer: None,
        issue: None,
        words: "is shown the resource of",
    })
}

/// Whether somebody authenticated as this owner in this browser before, by his own doing.
fn is_own(reading: &Reading<'_>, browser: PartyId, shown: &Shown<'_>, before: EntryId) -> bool {
    reading.events().any(|(id, entry, event)| {
        let Event::OwnerAuthenticated {
            subject, session, ..
        } = event
        else {
            return false;
        };
        id < before
            && subject.as_str() == shown.owner
            && is_server(reading, entry, shown.issuer)
            && reading.holder(session) == Some(browser)
            && reading.press(id).is_none_or(|press| press.by_user)
    })
}

fn is_server(reading: &Reading<'_>, entry: &Entry, issuer: Option<&Issuer>) -> bool {
    reading.trace.role(entry.party) == Some(Role::AuthorizationServer)
        && !reading.trace.is_hostile(entry.party)
        && issuer.is_none_or(|issuer| reading.answers_to(entry.party, issuer.as_str()))
}
