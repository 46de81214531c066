//! What ties a flow together reaches those alone who need it.

use grantlab_core::event::Event;

use super::reading::{Learned, Reading};
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::party::{PartyId, Role};
use crate::trace::{EntryId, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "no-leak",
    property: "NO-LEAK",
    section: "RFC 9700 §4.2, §4.3; RFC 6749 §10.3, §10.4, §10.5",
    about: "the attacker learns no code, token, state, nonce, verifier or session of honest people, and nothing that an owner typed",
    level: Level::Warning,
    judge,
    woken_by: |what| matches!(what, What::Learned { .. }) || wakes!(CodeIssued)(what),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    for (_, entry, event) in reading.events() {
        if let Event::CodeIssued { session, .. } = event
            && !reading.trace.is_hostile(entry.party)
            && is_honest_holder(reading, reading.holder(session))
        {
            findings.exercise();
        }
    }
    for learned in reading.learned() {
        if let Some(origin) = origin(reading, learned) {
            findings.violate(
                [origin, learned.id],
                format!(
                    "the attacker learned a {} of honest people ({})",
                    learned.kind.replace('_', " "),
                    learned.leak.as_str()
                ),
            );
        }
    }
    findings.judgement()
}

/// Where a value of honest people comes from; `None` when the attacker may know it.
fn origin(reading: &Reading<'_>, learned: &Learned<'_>) -> Option<EntryId> {
    match learned.kind {
        "code" => code(reading, learned.value.as_str()),
        "access_token" | "refresh_token" => token(reading, learned.value.as_str()),
        "state" | "nonce" | "code_verifier" => start(reading, learned.value.as_str()),
        "session" => session(reading, learned.value.as_str()),
        "password" => typed(reading, learned.id),
        _ => None,
    }
}

fn code(reading: &Reading<'_>, value: &str) -> Option<EntryId> {
    reading.events().find_map(|(id, entry, event)| {
        let Event::CodeIssued {
            code,
            client_id,
            subject,
            session,
            ..
        } = event
        else {
            return None;
        };
        let honest = !reading.trace.is_hostile(entry.party)
            && reading.is_honest_name(client_id.as_str())
            && reading.is_honest_name(subject.as_str())
            && is_honest_holder(reading, reading.holder(session));
        (honest && code.as_str() == value).then_some(id)
    })
}

fn token(reading: &Reading<'_>, value: &str) -> Option<EntryId> {
    reading.events().find_map(|(id, entry, event)| {
        let (token, client_id, subject) = if let Event::AccessTokenIssued {
            access_token,
            client_id,
            subject,
            ..
        } = event
        {
            (access_token.as_str(), client_id, Some(subject))
        } else if let Event::RefreshTokenIssued {
            refresh_token,
            client_id,
            ..
        } = event
        {
            (refresh_token.as_str(), client_id, None)
        } else {
            return None;
        };
        let honest = !reading.trace.is_hostile(entry.party)
            && reading.is_honest_name(client_id.as_str())
            && subject.is_none_or(|subject| reading.is_honest_name(subject.as_str()));
        (honest && token == value).then_some(id)
    })
}

/// What an honest client made for a login of an honest browser with an honest server.
fn start(reading: &Reading<'_>, value: &str) -> Option<EntryId> {
    let minted = reading.trace.provenance().find(value)?;
    reading.events().find_map(|(id, entry, event)| {
        let Event::LoginStarted {
            session, issuer, ..
        } = event
        else {
            return None;
        };
        let made_for_it = entry.party == minted.party && entry.cause == Some(minted.entry);
        let honest = !reading.trace.is_hostile(entry.party)
            && reading.is_honest_name(issuer.as_str())
            && is_honest_holder(reading, reading.holder(session));
        (made_for_it && honest).then_some(id)
    })
}

fn session(reading: &Reading<'_>, value: &str) -> Option<EntryId> {
    let minted = reading.trace.provenance().find(value)?;
    let honest = !reading.trace.is_hostile(minted.party)
        && is_honest_holder(reading, reading.asker(minted.entry));
    honest.then_some(minted.entry)
}

fn typed(reading: &Reading<'_>, learned: EntryId) -> Option<EntryId> {
    let mut sent = reading.causes(learned).filter(|(_, entry)| {
        matches!(entry.what, What::Sent { .. }) && is_honest_holder(reading, Some(entry.party))
    });
    sent.next().map(|(id, _)| id)
}

fn is_honest_holder(reading: &Reading<'_>, holder: Option<PartyId>) -> bool {
    holder.is_some_and(|holder| {
        reading.trace.role(holder) == Some(Role::UserAgent) && !reading.trace.is_hostile(holder)
    })
}
