//! What an honest owner gave an honest client is not the attacker's to use.

use grantlab_core::event::Event;
use grantlab_core::message::store::GrantId;
use grantlab_core::time::Timestamp;

use super::reading::{Learned, Reading};
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::{EntryId, Leak, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "authorization",
    property: "AUTHZ",
    section: "RFC 6749 §10.3, §10.5; RFC 9700 §3, §4.10",
    about: "no access token that an honest server issued to an honest client for an honest owner is usable by the attacker, and no resource of such a token is served to him",
    level: Level::Error,
    judge,
    woken_by: |what| {
        matches!(what, What::Learned { .. }) || wakes!(AccessTokenIssued | ResourceServed)(what)
    },
};

/// An access token of honest people.
struct Token<'a> {
    text: &'a str,
    grant: &'a GrantId,
    issue: EntryId,
    bound: bool,
    expires_at: Option<Timestamp>,
}

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    let tokens = tokens(reading);
    if !tokens.is_empty() {
        findings.exercise();
    }
    for learned in reading.learned() {
        let token = tokens
            .iter()
            .find(|token| learned.kind == "access_token" && *learned.value == token.text);
        if let Some(token) = token
            && is_usable(reading, token, learned)
        {
            findings.violate(
                [token.issue, learned.id],
                "the attacker has an access token that an owner gave to an honest client",
            );
        }
    }
    for (id, entry, event) in reading.events() {
        if let Event::ResourceServed { access_token, .. } = event
            && let Some(token) = tokens
                .iter()
                .find(|token| token.text == access_token.as_str())
            && !reading.trace.is_hostile(entry.party)
            && reading
                .asker(id)
                .is_some_and(|asker| reading.trace.is_hostile(asker))
        {
            findings.violate(
                [token.issue, id],
                "the attacker was served the resource of an owner who gave it to an honest client",
            );
        }
    }
    findings.judgement()
}

fn tokens<'a>(reading: &Reading<'a>) -> Vec<Token<'a>> {
    let issued = reading.events().filter_map(|(id, entry, event)| {
        let Event::AccessTokenIssued {
            access_token,
            grant,
            client_id,
            subject,
            bound_to,
            expires_at,
            ..
        } = event
        else {
            return None;
        };
        let honest = !reading.trace.is_hostile(entry.party)
            && reading.is_honest_name(client_id.as_str())
            && reading.is_honest_name(subject.as_str());
        honest.then_some(Token {
            text: access_token.as_str(),
            grant,
            issue: id,
            bound: bound_to.is_some(),
            expires_at: *expires_at,
        })
    });
    issued.collect()
}

/// Whether a token that he learned opens anything. That tokens leak to him is what A5 is about: what counts
/// against him there is their use.
fn is_usable(reading: &Reading<'_>, token: &Token<'_>, learned: &Learned<'_>) -> bool {
    let now = reading.entry(learned.id).map(|entry| entry.at);
    let expired = matches!((token.expires_at, now), (Some(end), Some(now)) if now >= end);
    let ended = reading.events().any(|(id, _, event)| {
        id < learned.id && matches!(event, Event::GrantEnded { grant } if grant == token.grant)
    });
    // A token is bound to the key of whoever asked for it.
    let foreign_key = token.bound
        && !reading
            .asker(token.issue)
            .is_some_and(|asker| reading.trace.is_hostile(asker));
    learned.leak != Leak::Token && !expired && !ended && !foreign_key
}
