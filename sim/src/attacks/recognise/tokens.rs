//! Attacks on tokens, after the code.

use grantlab_core::event::Event;
use grantlab_core::http::{Header, Request};
use grantlab_core::wire::bearer;

use super::Witness;
use super::facts::{Facts, Refreshed, Token, parameter};
use crate::party::Role;
use crate::trace::{EntryId, Leak, Payload, What};

/// A token that was given to an honest client through a browser of the attacker's.
fn given<'f, 't>(
    facts: &'f Facts<'t>,
    name: &str,
    is_it: impl Fn(&str) -> bool,
) -> Option<(EntryId, String)> {
    facts.sent.iter().find_map(|sent| {
        let honest_client =
            facts.trace.role(sent.to) == Some(Role::Client) && !facts.trace.is_hostile(sent.to);
        let value = parameter(sent.request, name)?;
        (honest_client && facts.trace.is_hostile(sent.from) && is_it(&value))
            .then_some((sent.entry, value))
    })
}

/// The access token called `text`.
fn token<'f, 't>(facts: &'f Facts<'t>, text: &str) -> Option<&'f Token<'t>> {
    facts
        .tokens
        .iter()
        .find(|token| token.token.as_str() == text)
}

/// When an honest client used a token after `entry`: at a resource server that served it.
fn served(facts: &Facts<'_>, text: &str, entry: EntryId) -> Option<EntryId> {
    facts.find(|id, _, event| {
        if let Event::ResourceServed { access_token, .. } = event
            && access_token.as_str() == text
            && id > entry
        {
            return Some(id);
        }
        None
    })
}

/// TK-01: an honest client keeps a token of an honest owner's that the attacker added to his own response.
pub(super) fn injected(facts: &Facts<'_>) -> Witness {
    let honest =
        |text: &str| token(facts, text).is_some_and(|token| !facts.is_his(token.subject.as_str()));
    let (given, text) = given(facts, "access_token", honest)?;
    let kept = facts.find(|id, _, event| {
        let Event::TokensReceived { access_token, .. } = event else {
            return None;
        };
        (id > given && access_token.as_str() == text).then_some(id)
    })?;
    let issued = token(facts, &text)?.entry;
    Some(vec![issued, given, kept])
}

/// TK-02: as TK-01, with a token that was issued to a client of the attacker's.
pub(super) fn other_clients_token(facts: &Facts<'_>) -> Witness {
    let his = |text: &str| {
        token(facts, text).is_some_and(|token| {
            facts.is_his(token.client_id.as_str()) && !facts.is_his(token.subject.as_str())
        })
    };
    let (given, text) = given(facts, "access_token", his)?;
    let used = served(facts, &text, given)?;
    Some(vec![token(facts, &text)?.entry, given, used])
}

/// TK-03: an honest client refreshes with a token that the attacker added to his own response.
pub(super) fn refresh_token_injected(facts: &Facts<'_>) -> Witness {
    let (given, text) = given(facts, "refresh_token", |_| true)?;
    let mut refreshed = facts.refreshed.iter();
    let used = refreshed.find(|refreshed| refreshed.token.as_str() == text)?;
    Some(vec![given, used.entry])
}

/// Tokens of honest owners for honest clients that are served to the attacker, with how he learned them.
fn served_to_him(
    facts: &Facts<'_>,
    learned_by: impl Fn(&Facts<'_>, EntryId, Leak) -> bool,
) -> Witness {
    facts.find(|id, _, event| {
        let Event::ResourceServed {
            access_token,
            owner,
            client_id,
            ..
        } = event
        else {
            return None;
        };
        let honest = !facts.is_his(owner.as_str()) && !facts.is_his(client_id.as_str());
        let mut learned = facts.learned.iter();
        let learned = learned.find(|learned| {
            learned.value == access_token.as_str()
                && learned.entry < id
                && learned_by(facts, learned.entry, learned.leak)
        })?;
        (honest && facts.is_hostile(facts.presenter(id))).then(|| vec![learned.entry, id])
    })
}

/// TK-04: a client presents its token to the attacker, who presents it to the honest resource server.
pub(super) fn phished(facts: &Facts<'_>) -> Witness {
    served_to_him(facts, |facts, learned, leak| {
        let mut chain = facts.chain(learned);
        let sent = chain.find_map(|(id, _)| facts.request(id));
        leak == Leak::Received && sent.and_then(bearer_token).is_some()
    })
}

/// TK-05: a token leaks and is presented by whoever holds it.
pub(super) fn replayed(facts: &Facts<'_>) -> Witness {
    served_to_him(facts, |_, _, leak| leak == Leak::Token)
}

/// RD-06: a client follows a redirect in the back channel and shows its token at the end of it.
pub(super) fn followed(facts: &Facts<'_>) -> Witness {
    facts.sent.iter().find_map(|sent| {
        let client = facts.trace.role(sent.from) == Some(Role::Client);
        bearer_token(sent.request)?;
        let mut chain = facts.chain(sent.entry);
        let redirect = chain.find_map(|(id, entry)| {
            if !matches!(entry.what, What::Arrived { .. }) || entry.party != sent.from {
                return None;
            }
            let payload = facts.trace.payload(id)?;
            Some(matches!(payload, Payload::Response(response) if response.status.is_redirect()))
        })?;
        (client && redirect && facts.trace.is_hostile(sent.to)).then(|| vec![sent.entry])
    })
}

fn bearer_token(request: &Request) -> Option<&str> {
    request.headers.0.iter().find_map(|header| {
        if let Header::Authorization(text) = header {
            return bearer::read(text.as_str()).ok();
        }
        None
    })
}

/// Two uses of one refresh token, the first before the second.
fn used_twice<'f, 't>(
    facts: &'f Facts<'t>,
) -> impl Iterator<Item = (&'f Refreshed<'t>, &'f Refreshed<'t>)> {
    facts.refreshed.iter().filter_map(|second| {
        let mut earlier = facts.refreshed.iter();
        let first =
            earlier.find(|first| first.token == second.token && first.entry < second.entry)?;
        Some((first, second))
    })
}

/// RT-03: two refreshes with one token overlap, and both are answered with tokens.
pub(super) fn refresh_race(facts: &Facts<'_>) -> Witness {
    let (first, second) = used_twice(facts)
        .find(|(first, second)| second.arrived.is_some_and(|arrived| arrived < first.entry))?;
    Some(vec![first.entry, second.entry])
}

/// RT-01: the attacker refreshes with the token of an honest client.
pub(super) fn refresh_stolen(facts: &Facts<'_>) -> Witness {
    let mut refreshed = facts.refreshed.iter();
    let his = refreshed.find(|refreshed| {
        facts.is_hostile(refreshed.presenter) && !facts.is_his(refreshed.client_id.as_str())
    })?;
    let learned = facts.leak(his.token.as_str()).map(|learned| learned.entry);
    Some(learned.into_iter().chain([his.entry]).collect())
}

/// RT-02: a rotated token is used again, and the family lives on.
pub(super) fn reuse_without_consequence(facts: &Facts<'_>) -> Witness {
    facts.find(|replay, _, event| {
        let Event::ReplayDetected { grant, .. } = event else {
            return None;
        };
        let refresh = facts
            .request_of(replay)
            .and_then(|sent| facts.request(sent))
            .and_then(|request| parameter(request, "refresh_token"));
        refresh?;
        let revoked = facts.find(|_, _, event| {
            let ended =
                matches!(event, Event::FamilyRevoked { grant: ended, .. } if ended == grant);
            ended.then_some(())
        });
        let lives = facts.find(|id, _, event| {
            let used =
                matches!(event, Event::RefreshTokenUsed { grant: used, .. } if used == grant);
            (used && (id > replay || facts.is_hostile(facts.presenter(id)))).then_some(id)
        });
        let shown = [replay].into_iter().chain(lives);
        revoked.is_none().then(|| shown.collect())
    })
}

/// RT-05: a token opens more than the owner granted.
pub(super) fn widened(facts: &Facts<'_>) -> Witness {
    facts.find(|id, _, event| {
        let Event::AccessTokenIssued { grant, scope, .. } = event else {
            return None;
        };
        let (issued, granted) = facts.find(|issued, _, event| {
            if let Event::CodeIssued {
                grant: of, scope, ..
            } = event
                && of == grant
            {
                return Some((issued, scope));
            }
            None
        })?;
        let granted: Vec<&str> = granted.as_str().split(' ').collect();
        let wider = scope
            .as_str()
            .split(' ')
            .any(|word| !granted.contains(&word));
        wider.then(|| vec![issued, id])
    })
}

/// RT-06: a refresh token works although its owner is gone or took his yes back.
pub(super) fn refresh_after_end(facts: &Facts<'_>) -> Witness {
    facts.find(|used, _, event| {
        let Event::RefreshTokenUsed { grant, .. } = event else {
            return None;
        };
        let subject = facts.find(|_, _, event| {
            if let Event::CodeIssued {
                grant: of, subject, ..
            } = event
                && of == grant
            {
                return Some(subject.as_str());
            }
            None
        })?;
        let ended = facts.find(|id, _, event| {
            let gone = if let Event::ConsentWithdrawn { subject: who, .. } = event {
                who.as_str() == subject
            } else if let Event::OwnerDisabled { subject: who } = event {
                who.as_str() == subject
            } else {
                false
            };
            (gone && id < used).then_some(id)
        })?;
        Some(vec![ended, used])
    })
}

/// PR-02: a party stopped, or a run went on without bound.
pub(super) fn crashed(facts: &Facts<'_>) -> Witness {
    (0..)
        .zip(facts.trace.entries())
        .find_map(|(id, entry)| matches!(entry.what, What::BoundReached(_)).then(|| vec![id]))
}
