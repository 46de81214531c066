//! A code means that its owner said yes, to what it is for.

use grantlab_core::event::Event;
use grantlab_core::value::{RedirectionUri, Scope, TransactionId};

use super::reading::{Press, Reading};
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::party::{PartyId, Role};
use crate::trace::{Entry, EntryId, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "consent-integrity",
    property: "CONSENT",
    section: "RFC 6749 §10.2, §10.12, §10.13; RFC 9700 §4.16; RFC 8252 §8.6",
    about: "a code for an honest owner was allowed by his own press in an unframed page of the server that showed client, scope and redirection URI; or he allowed the same earlier, to a client that can prove who it is",
    level: Level::Error,
    judge,
    woken_by: wakes!(CodeIssued),
};

/// A code that an honest server issued for an honest owner.
struct Grant<'a> {
    id: EntryId,
    server: PartyId,
    transaction: &'a TransactionId,
    client_id: &'a str,
    subject: &'a str,
    scope: &'a Scope,
    redirect_uri: &'a RedirectionUri,
}

/// Why a code should not be: the entries that show it besides its issue, and what they show.
type Objection = (Option<EntryId>, &'static str);

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    for (id, entry, event) in reading.events() {
        let Some((grant, holder)) = grant(reading, id, entry, event) else {
            continue;
        };
        findings.exercise();
        let objection = if reading.trace.is_hostile(holder) {
            Some((None, "in a browser of the attacker"))
        } else {
            objection(reading, &grant, holder)
        };
        if let Some((because, words)) = objection {
            findings.violate(
                because.into_iter().chain([id]),
                format!("a code was issued for {} {words}", grant.subject),
            );
        }
    }
    findings.judgement()
}

fn grant<'a>(
    reading: &Reading<'a>,
    id: EntryId,
    entry: &Entry,
    event: &'a Event,
) -> Option<(Grant<'a>, PartyId)> {
    let Event::CodeIssued {
        transaction,
        client_id,
        subject,
        scope,
        redirect_uri,
        session,
        ..
    } = event
    else {
        return None;
    };
    let honest = !reading.trace.is_hostile(entry.party) && reading.is_honest_name(subject.as_str());
    let holder = reading.holder(session)?;
    honest.then_some((
        Grant {
            id,
            server: entry.party,
            transaction,
            client_id: client_id.as_str(),
            subject: subject.as_str(),
            scope,
            redirect_uri,
        },
        holder,
    ))
}

fn objection(reading: &Reading<'_>, grant: &Grant<'_>, browser: PartyId) -> Option<Objection> {
    let mut earlier = reading
        .events()
        .rev()
        .skip_while(|(id, _, _)| *id > grant.id);
    let decision = earlier.find_map(|(id, entry, event)| {
        if entry.party != grant.server {
            return None;
        }
        let given = given(reading, grant, browser, id, event);
        given.or_else(|| skipped(reading, grant, id, event))
    });
    decision.unwrap_or(Some((None, "and nobody was asked")))
}

/// What is wrong with a yes; `None` when this is no yes in this transaction, `Some(None)` when it is a good one.
fn given(
    reading: &Reading<'_>,
    grant: &Grant<'_>,
    browser: PartyId,
    id: EntryId,
    event: &Event,
) -> Option<Option<Objection>> {
    let Event::ConsentGiven {
        transaction,
        subject,
        client_id,
        scope,
    } = event
    else {
        return None;
    };
    if transaction != grant.transaction {
        return None;
    }
    let same = subject.as_str() == grant.subject
        && client_id.as_str() == grant.client_id
        && grant.scope.is_within(scope);
    if !same {
        return Some(Some((Some(id), "who had said yes to something else")));
    }
    Some(pressed(reading, grant, browser, id))
}

fn pressed(
    reading: &Reading<'_>,
    grant: &Grant<'_>,
    browser: PartyId,
    decision: EntryId,
) -> Option<Objection> {
    let asker = reading.asker(decision)?;
    if reading.trace.role(asker) == Some(Role::Tester) {
        return None;
    }
    if asker != browser {
        return Some((Some(decision), "and somebody else had said yes"));
    }
    let Some(press) = reading.press(decision) else {
        return Some((Some(decision), "who had pressed nothing"));
    };
    if !press.by_user {
        return Some((Some(press.id), "and a page had said yes by itself"));
    }
    if press.framed_by.is_some() {
        return Some((
            Some(press.id),
            "who saw another site around what he pressed",
        ));
    }
    let page = press.request.headers.origin();
    if page.is_some_and(|page| *page != press.request.url.origin.to_string().as_str()) {
        return Some((Some(press.id), "who pressed a button of another site"));
    }
    shown(reading, grant, &press)
}

/// Whether the page of that button had shown what the code is for.
fn shown(reading: &Reading<'_>, grant: &Grant<'_>, press: &Press<'_>) -> Option<Objection> {
    let response = page_of(reading, press)?;
    let asked = reading.noted_with(response).find_map(|(id, event)| {
        if let Event::ConsentPageShown {
            transaction,
            client_id,
            scope,
        } = event
        {
            return Some((id, transaction, client_id, scope));
        }
        None
    });
    let Some((id, transaction, client_id, scope)) = asked else {
        return Some((
            Some(press.id),
            "who pressed a button that asked for nothing",
        ));
    };
    if client_id.as_str() != grant.client_id {
        return Some((Some(id), "who had been asked about another client"));
    }
    if !grant.scope.is_within(scope) {
        return Some((Some(id), "who had been asked for less"));
    }
    let (_, _, request) = reading.request_of(transaction, id)?;
    let Event::AuthorizationRequested { redirect_uri, .. } = request else {
        return None;
    };
    let elsewhere = redirect_uri != grant.redirect_uri;
    elsewhere.then_some((Some(id), "who had been asked about another redirection URI"))
}

/// The response that brought the page in which a button was pressed; none when the browser had it already.
fn page_of(reading: &Reading<'_>, press: &Press<'_>) -> Option<EntryId> {
    let mut before = reading
        .events()
        .rev()
        .skip_while(|(id, _, _)| *id > press.id);
    let (_, entry, _) = before.find(|(_, entry, event)| {
        entry.party == press.browser
            && matches!(event, Event::PageShown { tab, .. } if tab == press.tab)
    })?;
    let arrived = reading.entry(entry.cause?)?;
    if let What::Arrived { sent } = arrived.what {
        Some(sent)
    } else {
        None
    }
}

/// What is wrong with not asking; `None` when this is no such decision in this transaction.
fn skipped(
    reading: &Reading<'_>,
    grant: &Grant<'_>,
    id: EntryId,
    event: &Event,
) -> Option<Option<Objection>> {
    let Event::ConsentSkipped {
        transaction,
        remembered,
        client_confidential,
        ..
    } = event
    else {
        return None;
    };
    if transaction != grant.transaction {
        return None;
    }
    let because = |words| Some(Some((Some(id), words)));
    if !remembered {
        return because("and nobody was asked");
    }
    if !client_confidential {
        return because("who was not asked, though anybody can call himself that client");
    }
    if !was_given(reading, grant, id) {
        return because("who had never said yes to that");
    }
    Some(None)
}

/// Whether the owner had said yes to all of it before, at once or bit by bit.
fn was_given(reading: &Reading<'_>, grant: &Grant<'_>, before: EntryId) -> bool {
    let given = |token: &str| {
        reading.events().any(|(id, _, event)| {
            let Event::ConsentGiven {
                subject,
                client_id,
                scope,
                ..
            } = event
            else {
                return false;
            };
            id < before
                && subject.as_str() == grant.subject
                && client_id.as_str() == grant.client_id
                && scope.contains(token)
        })
    };
    grant.scope.tokens().all(given)
}
