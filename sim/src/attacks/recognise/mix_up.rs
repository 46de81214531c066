//! Attacks on which authorization server is asked: an honest client sends to one what belongs to another.

use super::Witness;
use super::facts::{Accepted, Facts, Issued, Learned, Started, parameter};
use crate::party::Role;
use crate::trace::{EntryId, Leak, What};

/// A code of an honest server that an honest client handed to the attacker's.
#[derive(Clone, Copy)]
struct Handed<'f, 't> {
    issued: &'f Issued<'t>,
    accepted: &'f Accepted<'t>,
    /// The login that the client took it for.
    login: &'f Started<'t>,
    learned: &'f Learned<'t>,
}

impl Handed<'_, '_> {
    fn witness(&self) -> Vec<EntryId> {
        let (login, issued) = (self.login.entry, self.issued.entry);
        vec![login, issued, self.accepted.entry, self.learned.entry]
    }
}

fn handed<'f, 't>(facts: &'f Facts<'t>) -> impl Iterator<Item = Handed<'f, 't>> {
    facts.issued.iter().filter_map(|issued| {
        let mut accepted = facts.accepted.iter();
        let accepted = accepted.find(|accepted| accepted.code == issued.code)?;
        let mut logins = facts.logins_of(accepted.session, accepted.entry);
        let login = logins.find(|login| login.client == accepted.client)?;
        let mut learned = facts.learned.iter();
        let learned = learned.find(|learned| {
            learned.value == issued.code.as_str() && is_from_client(facts, learned)
        })?;
        let honest = !facts.is_his(issued.subject.as_str());
        honest.then_some(Handed {
            issued,
            accepted,
            login,
            learned,
        })
    })
}

/// Whether an honest client sent it to the attacker by itself.
fn is_from_client(facts: &Facts<'_>, learned: &Learned<'_>) -> bool {
    let mut chain = facts.chain(learned.entry);
    let sent = chain.find(|(_, entry)| matches!(entry.what, What::Sent { .. }));
    learned.leak == Leak::Received
        && sent.is_some_and(|(_, entry)| {
            facts.trace.role(entry.party) == Some(Role::Client)
                && !facts.trace.is_hostile(entry.party)
        })
}

/// Whether the attacker had a hand in the authorization request that a code answers.
fn passed_on(facts: &Facts<'_>, issued: &Issued<'_>) -> bool {
    let Some(asked) = facts.request_for(issued) else {
        return false;
    };
    let mut chain = facts.chain(asked.entry);
    chain.any(|(_, entry)| facts.trace.is_hostile(entry.party))
}

/// The authorization server that the user of a login wanted.
fn wanted<'f>(facts: &'f Facts<'_>, login: &Started<'_>) -> Option<(EntryId, &'f str)> {
    facts.chain(login.entry).find_map(|(id, entry)| {
        if let What::Intended { server, .. } = &entry.what {
            Some((id, server.as_str()))
        } else {
            None
        }
    })
}

/// Whether `name` is what users call an honest authorization server.
fn is_honest_server(facts: &Facts<'_>, name: &str) -> bool {
    facts.trace.cast().iter().any(|cast| {
        let node = cast.name.as_str().strip_prefix(name);
        cast.role == Role::AuthorizationServer
            && !cast.hostile
            && node.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// MX-01: the owner starts with the attacker's server, and the code of the honest one goes there.
pub(super) fn web_attacker(facts: &Facts<'_>) -> Witness {
    let handed = handed(facts).find(|handed| passed_on(facts, handed.issued))?;
    Some(handed.witness())
}

/// MX-03: as MX-01, and the owner wanted the honest server.
pub(super) fn first_request(facts: &Facts<'_>) -> Witness {
    handed(facts).find_map(|handed| {
        let (intended, server) = wanted(facts, handed.login)?;
        let changed = is_honest_server(facts, server) && facts.is_his(handed.login.issuer.as_str());
        changed.then(|| [intended].into_iter().chain(handed.witness()).collect())
    })
}

/// MX-05: the client itself asks the honest server, because the attacker's names its endpoint.
pub(super) fn metadata(facts: &Facts<'_>) -> Witness {
    let mut handed = handed(facts);
    let handed = handed.find(|handed| !passed_on(facts, handed.issued))?;
    Some(handed.witness())
}

/// MX-04: as MX-05, and a token or ID Token came through the browser.
pub(super) fn hybrid(facts: &Facts<'_>) -> Witness {
    handed(facts).find_map(|handed| {
        let request = facts.request(handed.accepted.request?)?;
        let tokens = ["id_token", "access_token"];
        let mut there = tokens.iter().filter_map(|name| parameter(request, name));
        there.next().map(|_| handed.witness())
    })
}

/// MX-07: mix-up and injection: the response arrives at the redirection URI of another server than the session is
/// with, and its code ends in a session of the attacker's.
pub(super) fn cross_tool(facts: &Facts<'_>) -> Witness {
    facts.issued.iter().find_map(|issued| {
        let injected = facts.injection(issued)?;
        let crossed = facts
            .accepted
            .iter()
            .find(|accepted| accepted.code == issued.code && arrives_elsewhere(facts, accepted))?;
        let learned = facts.learned.iter().find(|learned| {
            learned.value == issued.code.as_str() && is_from_client(facts, learned)
        })?;
        let honest = !facts.is_his(issued.subject.as_str());
        honest.then(|| vec![issued.entry, crossed.entry, learned.entry, injected])
    })
}

/// Whether a response arrives at another redirection URI than its session's login named.
fn arrives_elsewhere(facts: &Facts<'_>, accepted: &Accepted<'_>) -> bool {
    let at = accepted
        .request
        .and_then(|sent| facts.request(sent))
        .map(|request| request.url.endpoint());
    let mut logins = facts.logins_of(accepted.session, accepted.entry);
    let told = logins.find_map(|login| login.redirect_uri);
    match (at, told) {
        (Some(at), Some(told)) => !told.as_str().starts_with(&at),
        (Some(_) | None, Some(_) | None) => false,
    }
}

/// MX-08: a session that started with the attacker's server is completed at the honest one, with a code of the
/// attacker's.
pub(super) fn session_integrity(facts: &Facts<'_>) -> Witness {
    facts.forced().find_map(|(accepted, issued)| {
        let mut logins = facts.logins_of(accepted.session, accepted.entry);
        let login = logins.find(|login| facts.is_his(login.issuer.as_str()))?;
        let honest = !facts.is_his(accepted.issuer.as_str());
        honest.then(|| vec![login.entry, issued.entry, accepted.entry])
    })
}

/// MX-10: an honest client shows the token of an honest server to the attacker.
pub(super) fn token_sent_away(facts: &Facts<'_>) -> Witness {
    facts.tokens.iter().find_map(|token| {
        let mut learned = facts.learned.iter();
        let shown = learned.find(|learned| {
            learned.value == token.token.as_str() && is_from_client(facts, learned)
        })?;
        let honest =
            !facts.is_his(token.subject.as_str()) && !facts.is_his(token.client_id.as_str());
        honest.then(|| vec![token.entry, shown.entry])
    })
}

/// MX-12: a server of the attacker's says who logs in, and the client opens an honest owner's account.
pub(super) fn account_without_issuer(facts: &Facts<'_>) -> Witness {
    let honest = |account: &str| {
        facts.trace.cast().iter().any(|cast| {
            cast.role == Role::UserAgent
                && !cast.hostile
                && cast.identities.iter().any(|own| {
                    let rest = account.strip_prefix(own.as_str());
                    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('@'))
                })
        })
    };
    let mut completed = facts.completed.iter();
    let stolen = completed.find(|completed| {
        facts.is_his(completed.issuer.as_str())
            && facts.is_hostile(completed.browser)
            && honest(completed.account)
    })?;
    Some(vec![stolen.entry])
}

/// MX-13: a login goes on with the verifier of another login.
pub(super) fn overwritten(facts: &Facts<'_>) -> Witness {
    facts.accepted.iter().find_map(|accepted| {
        let issued = facts.issue(accepted.code)?;
        let asked = facts.request_for(issued)?;
        let other = facts.started.iter().find(|started| {
            started.state.is_some()
                && started.state == asked.state
                && started.session != accepted.session
        })?;
        let both = facts.is_honest_browser(other.browser) && facts.is_hostile(accepted.browser)
            || facts.is_hostile(other.browser) && facts.is_honest_browser(accepted.browser);
        let own = issued.browser == other.browser;
        (both && own && accepted.state.is_none())
            .then(|| vec![other.entry, issued.entry, accepted.entry])
    })
}
