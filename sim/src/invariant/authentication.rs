//! Nobody but an honest owner acts for him at an honest client.

use grantlab_core::event::Event;
use grantlab_core::value::{AccessToken, Issuer, SessionId, Subject};

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::party::PartyId;
use crate::trace::{EntryId, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "authentication",
    property: "AUTHN",
    section: "RFC 9700 §4.5; RFC 6749 §10.16; OpenID Connect Core §5.7",
    about: "no session that the attacker holds at an honest client acts for an honest owner: neither by his account nor by his tokens",
    level: Level::Error,
    judge,
    woken_by: wakes!(LoginCompleted | TokensReceived | ResourceRead),
};

/// A session that acts for an honest owner from now on.
struct Opening<'a> {
    session: &'a SessionId,
    /// Where the server gave what opened it.
    issue: Option<EntryId>,
    words: &'static str,
}

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    for (id, entry, event) in reading.events() {
        if reading.trace.is_hostile(entry.party) {
            continue;
        }
        let opening = by_account(reading, event)
            .or_else(|| by_tokens(reading, id, entry.party, event))
            .or_else(|| by_resource(reading, id, event));
        let Some(Opening {
            session,
            issue,
            words,
        }) = opening
        else {
            continue;
        };
        findings.exercise();
        let holder = reading.holder(session);
        if holder.is_some_and(|holder| reading.trace.is_hostile(holder)) {
            findings.violate(
                issue.into_iter().chain([id]),
                format!("a session of the attacker {words} of an honest owner"),
            );
        }
    }
    findings.judgement()
}

fn by_account<'a>(reading: &Reading<'a>, event: &'a Event) -> Option<Opening<'a>> {
    let Event::LoginCompleted {
        session,
        issuer,
        subject,
        account,
        code,
    } = event
    else {
        return None;
    };
    let issue = reading.issue_of(code);
    let given_by_owner = || issue.is_some_and(|issue| reading.is_honest_name(issue.subject));
    let owned = match subject {
        Some(subject) => is_owned(reading, issuer, subject, account.as_str()),
        None => given_by_owner(),
    };
    owned.then(|| Opening {
        session,
        issue: issue.map(|issue| issue.id),
        words: "is logged in to the account",
    })
}

/// Whether an account is an honest owner's: by the word of an honest server, or by a name that he alone should
/// have, whoever says it.
fn is_owned(reading: &Reading<'_>, issuer: &Issuer, subject: &Subject, account: &str) -> bool {
    let said = reading.is_honest_name(issuer.as_str()) && reading.is_honest_name(subject.as_str());
    said || reading.is_honest_owner(account)
}

fn by_tokens<'a>(
    reading: &Reading<'a>,
    id: EntryId,
    client: PartyId,
    event: &Event,
) -> Option<Opening<'a>> {
    let Event::TokensReceived { access_token, .. } = event else {
        return None;
    };
    Some(Opening {
        session: session_of(reading, id, client)?,
        issue: Some(issue_to_owner(reading, access_token)?),
        words: "has a token",
    })
}

/// The session that a client got tokens for: the one of the response that it believed on the way there.
fn session_of<'a>(reading: &Reading<'a>, id: EntryId, client: PartyId) -> Option<&'a SessionId> {
    let inputs: Vec<EntryId> = reading.causes(id).map(|(cause, _)| cause).collect();
    reading.events().rev().find_map(|(_, entry, event)| {
        let Event::CallbackAccepted { session, .. } = event else {
            return None;
        };
        let on_the_way = entry.cause.is_some_and(|cause| inputs.contains(&cause));
        (entry.party == client && on_the_way).then_some(session)
    })
}

/// Where an honest server issued a token for an honest owner.
fn issue_to_owner(reading: &Reading<'_>, token: &AccessToken) -> Option<EntryId> {
    reading.events().find_map(|(id, entry, event)| {
        let Event::AccessTokenIssued {
            access_token,
            subject,
            ..
        } = event
        else {
            return None;
        };
        let honest =
            !reading.trace.is_hostile(entry.party) && reading.is_honest_name(subject.as_str());
        (honest && access_token == token).then_some(id)
    })
}

fn by_resource<'a>(reading: &Reading<'a>, id: EntryId, event: &'a Event) -> Option<Opening<'a>> {
    let Event::ResourceRead { session, owner } = event else {
        return None;
    };
    let says = reading.answerer(id)?;
    let honest = !reading.trace.is_hostile(says) && reading.is_honest_owner(owner.as_str());
    honest.then_some(Opening {
        session,
        issue: None,
        words: "reads the resource",
    })
}
