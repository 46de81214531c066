//! Attacks that read or write what passes a browser: `Referer`, histories, messages between windows, apps.

use grantlab_core::event::Event;
use grantlab_core::value::State;

use super::Witness;
use super::facts::{Facts, Issued, Learned, parameter, referer};
use crate::party::{PartyId, Role};
use crate::trace::{EntryId, Leak};

/// Whose page told the attacker a value: the party at the URL that a `Referer` named.
fn told_by(facts: &Facts<'_>, learned: &Learned<'_>) -> Option<PartyId> {
    let mut chain = facts.chain(learned.entry);
    let from = chain.find_map(|(id, _)| facts.request(id).and_then(referer))?;
    let page = from.split(['?', '#']).next().unwrap_or(from);
    let mut sent = facts.sent.iter();
    sent.find(|sent| sent.request.url.endpoint() == page)
        .map(|sent| sent.to)
}

fn role_that_told(facts: &Facts<'_>, learned: &Learned<'_>) -> Option<Role> {
    facts.trace.role(told_by(facts, learned)?)
}

/// A code that leaked in this way and was then stolen.
fn stolen<'f, 't>(facts: &'f Facts<'t>, leak: Leak) -> Option<(&'f Issued<'t>, EntryId, EntryId)> {
    facts.issued.iter().find_map(|issued| {
        let learned = facts.leak_by(issued.code.as_str(), leak)?;
        let stolen = facts.theft(issued)?;
        Some((issued, learned.entry, stolen))
    })
}

/// RU-10: an app with the same scheme gets the code and redeems it.
pub(super) fn app(facts: &Facts<'_>) -> Witness {
    let (issued, learned, stolen) = stolen(facts, Leak::App)?;
    Some(vec![issued.entry, learned, stolen])
}

/// CS-10: a public client gets a code that nobody was asked for, and the attacker gets it.
pub(super) fn silent_app(facts: &Facts<'_>) -> Witness {
    facts.issued.iter().find_map(|issued| {
        let learned = facts.leak(issued.code.as_str())?;
        let skipped = facts.find(|id, _, event| {
            if let Event::ConsentSkipped { transaction, .. } = event
                && transaction == issued.transaction
            {
                return Some(id);
            }
            None
        })?;
        let his = facts.is_his(issued.subject.as_str()) || facts.is_his(issued.client_id.as_str());
        let mut proved = facts.redeemed.iter();
        let proved = proved
            .any(|redeemed| redeemed.client_id == issued.client_id && redeemed.client_confidential);
        (!his && !proved).then(|| vec![skipped, issued.entry, learned.entry])
    })
}

/// LK-05: an honest server's page posts the response to a window of the attacker's.
pub(super) fn posted_away(facts: &Facts<'_>) -> Witness {
    facts.issued.iter().find_map(|issued| {
        let learned = facts.leak(issued.code.as_str())?;
        let posted = facts.find(|id, entry, event| {
            if let Event::MessagePosted {
                source,
                delivered: true,
                ..
            } = event
                && id > issued.entry
                && id < learned.entry
                && Some(entry.party) == issued.browser
                && is_server(facts, source.as_str())
            {
                return Some(id);
            }
            None
        })?;
        (!facts.is_his(issued.subject.as_str())).then(|| {
            let stolen = facts.theft(issued);
            let shown = [issued.entry, posted, learned.entry];
            shown.into_iter().chain(stolen).collect()
        })
    })
}

/// Whether an honest authorization server lives at an origin.
fn is_server(facts: &Facts<'_>, origin: &str) -> bool {
    facts.sent.iter().any(|sent| {
        sent.request.url.origin.to_string() == origin
            && facts.trace.role(sent.to) == Some(Role::AuthorizationServer)
    })
}

/// LK-06: an honest client believes a message that a page of somebody else's posted.
pub(super) fn posted_in(facts: &Facts<'_>) -> Witness {
    facts.forced().find_map(|(accepted, issued)| {
        let request = accepted.request?;
        let source = parameter(facts.request(request)?, "message_source")?;
        (!is_server(facts, &source)).then(|| vec![issued.entry, request, accepted.entry])
    })
}

/// LK-04: a client refuses a response, its page leaks the code, and the code goes into a session of the attacker's.
pub(super) fn broken_path(facts: &Facts<'_>) -> Witness {
    facts.issued.iter().find_map(|issued| {
        let learned = facts.leak_by(issued.code.as_str(), Leak::Referer)?;
        let injected = facts.injection(issued)?;
        let refused = facts.find(|id, _, event| {
            let is_refusal = matches!(
                event,
                Event::CallbackRefused { .. } | Event::LoginFailed { .. }
            );
            let before = id > issued.entry && id < learned.entry;
            let here = facts.browser(id) == issued.browser;
            (is_refusal && before && here).then_some(id)
        })?;
        let honest = facts.is_honest_browser(issued.browser);
        honest.then(|| vec![issued.entry, refused, learned.entry, injected])
    })
}

/// LK-07: a code is read on its way, over plain http, and stolen.
pub(super) fn clear_text(facts: &Facts<'_>) -> Witness {
    let (issued, learned, stolen) = stolen(facts, Leak::Network)?;
    Some(vec![issued.entry, learned, stolen])
}

/// LK-03: a code is read in a place where the URLs of responses are kept, and used again or elsewhere.
pub(super) fn history(facts: &Facts<'_>) -> Witness {
    let (issued, learned, stolen) = stolen(facts, Leak::Response)?;
    Some(vec![issued.entry, learned, stolen])
}

/// A response that an honest browser brought with a code of the attacker's and a `state` that leaked before.
fn with_leaked_state(
    facts: &Facts<'_>,
    leaked: impl Fn(&Learned<'_>) -> bool,
) -> Option<Vec<EntryId>> {
    facts.forced().find_map(|(accepted, issued)| {
        let state: &State = accepted.state?;
        let mut learned = facts.learned.iter();
        let learned = learned.find(|learned| {
            learned.value == state.as_str() && learned.entry < accepted.entry && leaked(learned)
        })?;
        let mut logins = facts.logins_of(accepted.session, accepted.entry);
        let own = logins.find(|login| login.state == Some(state))?;
        Some(vec![own.entry, learned.entry, issued.entry, accepted.entry])
    })
}

/// LK-01: the `state` leaked from a page of the client's, after the response that it came with.
pub(super) fn state_from_client(facts: &Facts<'_>) -> Witness {
    with_leaked_state(facts, |learned| {
        learned.leak == Leak::Referer && role_that_told(facts, learned) == Some(Role::Client)
    })
}

/// LK-02: the `state` leaked from a page of the server's, before the owner answered.
pub(super) fn state_from_server(facts: &Facts<'_>) -> Witness {
    with_leaked_state(facts, |learned| {
        learned.leak == Leak::Referer
            && role_that_told(facts, learned) == Some(Role::AuthorizationServer)
    })
}

/// CS-04: the `state` leaked from a response.
pub(super) fn state_from_response(facts: &Facts<'_>) -> Witness {
    with_leaked_state(facts, |learned| learned.leak == Leak::Response)
}
