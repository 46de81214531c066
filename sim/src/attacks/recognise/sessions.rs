//! Attacks on whose session it is: who logs in, in whose browser, and whether he wanted to.

use grantlab_core::event::Event;
use grantlab_core::http::{Header, Method};

use super::Witness;
use super::facts::{Accepted, Facts, Sent, parameter};
use crate::party::{PartyId, Role};
use crate::trace::{EntryId, What};

/// BS-01: an honest browser carries the request of a login that the attacker's browser started, and the attacker
/// finishes that login with the code.
pub(super) fn swapped(facts: &Facts<'_>) -> Witness {
    facts.issued.iter().find_map(|issued| {
        let asked = facts.request_for(issued)?;
        let his = facts.login_of_his(asked)?;
        let injected = facts.injection(issued)?;
        facts
            .is_honest_browser(asked.browser)
            .then(|| vec![his.entry, asked.entry, issued.entry, injected])
    })
}

/// NO-01: a code is believed with an ID Token that was issued for another code.
pub(super) fn other_id_token(facts: &Facts<'_>) -> Witness {
    facts.issued.iter().find_map(|issued| {
        let injected = facts.injection(issued)?;
        let accepted = facts
            .accepted
            .iter()
            .find(|accepted| accepted.entry == injected)?;
        let sent = accepted.request?;
        parameter(facts.request(sent)?, "id_token")?;
        Some(vec![issued.entry, sent, injected])
    })
}

/// NO-02: two authorization requests have one nonce, the second being the attacker's.
pub(super) fn leaked_nonce(facts: &Facts<'_>) -> Witness {
    facts.forced().find_map(|(accepted, issued)| {
        let own = nonce(facts, facts.request_for(issued)?.entry)?;
        let mut honest = facts.requested.iter();
        let first = honest.find(|asked| {
            facts.is_honest_browser(asked.browser)
                && asked.transaction != issued.transaction
                && nonce(facts, asked.entry).as_ref() == Some(&own)
        })?;
        Some(vec![first.entry, issued.entry, accepted.entry])
    })
}

fn nonce(facts: &Facts<'_>, asked: EntryId) -> Option<String> {
    let sent = facts.request_of(asked)?;
    parameter(facts.request(sent)?, "nonce")
}

/// CS-02: a `state` of another session is believed.
pub(super) fn foreign_state(facts: &Facts<'_>) -> Witness {
    facts.forced().find_map(|(accepted, issued)| {
        let started = facts.login_with_state(accepted.state?)?;
        let foreign = started.browser != accepted.browser;
        foreign.then(|| vec![started.entry, issued.entry, accepted.entry])
    })
}

/// Whether the browser of a response had a login under way at that client.
fn has_login(facts: &Facts<'_>, accepted: &Accepted<'_>) -> bool {
    facts.started.iter().any(|started| {
        started.client == accepted.client
            && started.browser == accepted.browser
            && started.entry < accepted.entry
    })
}

/// CS-01: a response with a code of the attacker's is believed in an honest browser.
pub(super) fn forged_response(facts: &Facts<'_>) -> Witness {
    let (accepted, issued) = facts.forced().next()?;
    Some(vec![issued.entry, accepted.entry])
}

/// PK-07: as CS-01, at a client that compares things, in a browser that has nothing to compare them with.
pub(super) fn nothing_to_compare(facts: &Facts<'_>) -> Witness {
    facts.forced().find_map(|(accepted, issued)| {
        let compares = facts.started.iter().all(|started| {
            started.client != accepted.client
                || started.state.is_some()
                || started.code_challenge.is_some()
        });
        (compares && !has_login(facts, accepted)).then(|| vec![issued.entry, accepted.entry])
    })
}

/// CS-07: an honest browser is logged in with its owner's own code, at a client that he never asked.
pub(super) fn forced_by_link(facts: &Facts<'_>) -> Witness {
    facts.accepted.iter().find_map(|accepted| {
        let issued = facts.issue(accepted.code)?;
        let own = !facts.is_his(issued.subject.as_str());
        let unasked = facts.is_honest_browser(accepted.browser) && !has_login(facts, accepted);
        (own && unasked).then(|| vec![issued.entry, accepted.entry])
    })
}

/// CS-06: a login starts in an honest browser whose user wants none, and is completed.
pub(super) fn forced_start(facts: &Facts<'_>) -> Witness {
    facts.started.iter().find_map(|started| {
        let browser = started.browser?;
        let wanted = wanted(facts, browser, started.entry);
        let completed = facts.completed.iter().find(|completed| {
            completed.browser == started.browser && completed.entry > started.entry
        })?;
        (facts.is_honest_browser(Some(browser)) && !wanted)
            .then(|| vec![started.entry, completed.entry])
    })
}

/// Whether the user's own wish led to a login.
fn wanted(facts: &Facts<'_>, browser: PartyId, started: EntryId) -> bool {
    facts
        .chain(started)
        .any(|(_, entry)| entry.party == browser && matches!(entry.what, What::Intended { .. }))
}

/// The form in which a browser said yes: what was sent, and what the browser noted about it.
fn consent_form<'f>(facts: &'f Facts<'_>, consent: EntryId) -> Option<&'f Sent<'f>> {
    let sent = facts.request_of(consent)?;
    facts.sent.iter().find(|form| form.entry == sent)
}

/// CS-08: the yes of an honest owner comes in a form that he did not send.
pub(super) fn foreign_form(facts: &Facts<'_>) -> Witness {
    facts.find(|id, _, event| {
        if !matches!(event, Event::ConsentGiven { .. }) {
            return None;
        }
        let form = consent_form(facts, id)?;
        if form.request.method != Method::Post || !facts.is_honest_browser(Some(form.from)) {
            return None;
        }
        let origin = form.request.url.origin.to_string();
        let foreign = form
            .request
            .headers
            .0
            .iter()
            .any(|header| matches!(header, Header::Origin(text) if *text != origin.as_str()));
        foreign.then(|| vec![form.entry, id])
    })
}

/// CS-09: an honest owner says yes in a page that a page of somebody else's frames.
pub(super) fn framed(facts: &Facts<'_>) -> Witness {
    facts.find(|id, _, event| {
        if !matches!(event, Event::ConsentGiven { .. }) {
            return None;
        }
        let form = consent_form(facts, id)?;
        let pressed = facts.find(|noted, entry, event| {
            if let Event::FormSent {
                framed_by: Some(_), ..
            } = event
                && entry.party == form.from
                && noted < id
                && facts.trace.entry(form.entry)?.cause == entry.cause
            {
                return Some(noted);
            }
            None
        })?;
        facts
            .is_honest_browser(Some(form.from))
            .then(|| vec![pressed, form.entry, id])
    })
}

/// CS-11: a session that the attacker's browser had is logged in by an honest one.
pub(super) fn fixation(facts: &Facts<'_>) -> Witness {
    facts.accepted.iter().find_map(|accepted| {
        let mut learned = facts.learned.iter();
        let known = learned.find(|learned| learned.value == accepted.session.as_str())?;
        let before = known.entry < accepted.entry;
        (before && facts.is_honest_browser(accepted.browser))
            .then(|| vec![known.entry, accepted.entry])
    })
}

/// CS-12: an owner logs in for a request that another browser opened.
pub(super) fn handle_in_url(facts: &Facts<'_>) -> Witness {
    facts.find(|id, _, event| {
        let Event::OwnerAuthenticated { transaction, .. } = event else {
            return None;
        };
        let mut requested = facts.requested.iter();
        let opened = requested.find(|asked| asked.transaction == transaction)?;
        let here = facts.browser(id);
        (facts.is_hostile(opened.browser) && facts.is_honest_browser(here))
            .then(|| vec![opened.entry, id])
    })
}

/// CA-02: two authorization requests have one `request_uri`, in two browsers.
pub(super) fn request_uri_twice(facts: &Facts<'_>) -> Witness {
    let pushed = |asked: EntryId| {
        let sent = facts.request_of(asked)?;
        let request = facts.request(sent)?;
        let browser = facts.trace.entry(sent)?.party;
        Some((parameter(request, "request_uri")?, browser))
    };
    facts.requested.iter().find_map(|second| {
        let (uri, browser) = pushed(second.entry)?;
        let first = facts.requested.iter().find(|first| {
            let earlier = first.entry < second.entry;
            earlier
                && pushed(first.entry).is_some_and(|(same, other)| same == uri && other != browser)
        })?;
        let role = facts.trace.role(browser);
        (role == Some(Role::UserAgent)).then(|| vec![first.entry, second.entry])
    })
}
