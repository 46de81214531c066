//! Attacks on where things are sent: redirection URIs, transactions, redirects.

use grantlab_core::event::Event;
use grantlab_core::http::{Body, Header};

use super::Witness;
use super::facts::{Facts, Issued, parameters};
use crate::party::Role;
use crate::trace::{EntryId, Leak, Payload, What};

/// Hosts that mean the device itself (RFC 8252 §7.3).
const LOOPBACK: [&str; 3] = ["127.0.0.1", "[::1]", "localhost"];

/// How a path is written that looks like another: dots, escapes, path parameters.
const CONFUSING: [&str; 5] = ["%2e", "%2f", "%5c", "%25", ";/"];

/// A code that went to a URI which nobody registered, and the attacker has it.
fn astray<'f, 't>(
    facts: &'f Facts<'t>,
) -> impl Iterator<Item = (&'f Issued<'t>, EntryId, EntryId)> {
    facts.issued.iter().filter_map(|issued| {
        let learned = facts.leak(issued.code.as_str())?;
        let stolen = facts.theft(issued)?;
        (!issued.redirect_registered).then_some((issued, learned.entry, stolen))
    })
}

/// The authority of a URI: what stands between `//` and the next delimiter.
fn authority(uri: &str) -> &str {
    let rest = uri.split_once("//").map_or("", |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or("")
}

/// RU-01: the code goes to an unregistered URI and from there to the attacker.
pub(super) fn unregistered(facts: &Facts<'_>) -> Witness {
    let (issued, learned, stolen) = astray(facts).next()?;
    Some(vec![issued.entry, learned, stolen])
}

/// RU-03: that URI is at a sub-domain of an honest client's.
pub(super) fn sub_domain(facts: &Facts<'_>) -> Witness {
    let clients: Vec<&str> = facts
        .trace
        .cast()
        .iter()
        .filter(|cast| cast.role == Role::Client && !cast.hostile)
        .map(|cast| cast.name.as_str())
        .collect();
    let below_client = |uri: &str| {
        let parent = authority(uri).split('.').nth(1);
        parent.is_some_and(|label| clients.contains(&label))
    };
    let mut astray = astray(facts);
    let (issued, learned, stolen) =
        astray.find(|(issued, _, _)| below_client(issued.redirect_uri.as_str()))?;
    Some(vec![issued.entry, learned, stolen])
}

/// RU-12: that URI is on the device itself.
pub(super) fn loopback(facts: &Facts<'_>) -> Witness {
    let on_device = |uri: &str| LOOPBACK.iter().any(|host| authority(uri).starts_with(host));
    let mut astray = astray(facts);
    let (issued, learned, stolen) =
        astray.find(|(issued, _, _)| on_device(issued.redirect_uri.as_str()))?;
    Some(vec![issued.entry, learned, stolen])
}

/// RU-06: that URI is written so that two readers see two paths.
pub(super) fn path_confusion(facts: &Facts<'_>) -> Witness {
    let confusing = |uri: &str| {
        let uri = uri.to_ascii_lowercase();
        CONFUSING.iter().any(|mark| uri.contains(mark))
    };
    let mut astray = astray(facts);
    let (issued, learned, stolen) =
        astray.find(|(issued, _, _)| confusing(issued.redirect_uri.as_str()))?;
    Some(vec![issued.entry, learned, stolen])
}

/// RU-08: that URI is written so that two readers see two hosts.
pub(super) fn host_confusion(facts: &Facts<'_>) -> Witness {
    let confusing = |uri: &str| authority(uri).contains(['@', '\\', '\t']);
    let mut astray = astray(facts);
    let (issued, learned, stolen) =
        astray.find(|(issued, _, _)| confusing(issued.redirect_uri.as_str()))?;
    Some(vec![issued.entry, learned, stolen])
}

/// RU-04: the code comes to an honest client, whose open redirector sends it on to the attacker.
pub(super) fn redirector(facts: &Facts<'_>) -> Witness {
    redirected_code(facts).map(|(witness, _)| witness)
}

/// RU-05: as RU-04, and the code is in a fragment that only the browser carries.
pub(super) fn fragment_at_redirector(facts: &Facts<'_>) -> Witness {
    redirected_code(facts)
        .filter(|(_, in_fragment)| *in_fragment)
        .map(|(witness, _)| witness)
}

fn redirected_code(facts: &Facts<'_>) -> Option<(Vec<EntryId>, bool)> {
    facts.issued.iter().find_map(|issued| {
        let learned = facts.leak(issued.code.as_str())?;
        let redirected = facts.find(|id, entry, event| {
            let open = matches!(event, Event::OpenRedirected { .. });
            let led = facts
                .chain(learned.entry)
                .any(|(at, _)| Some(at) == entry.cause);
            (open && led && facts.is_honest(Some(entry.party))).then_some(id)
        })?;
        let stolen = facts.theft(issued)?;
        let seen = facts
            .request_of(redirected)
            .and_then(|at| facts.request(at));
        let in_query = seen.is_some_and(|request| {
            let fields = parameters(request);
            let mut fields = fields.iter().flat_map(|fields| &fields.0);
            fields.any(|(_, value)| value.as_str().contains(issued.code.as_str()))
        });
        Some((
            vec![issued.entry, redirected, learned.entry, stolen],
            !in_query,
        ))
    })
}

/// RU-07: an honest client gets a response with two codes, and one of them is the attacker's to use or to read.
pub(super) fn two_codes(facts: &Facts<'_>) -> Witness {
    facts.sent.iter().find_map(|sent| {
        let to_client = facts.trace.role(sent.to) == Some(Role::Client);
        if !to_client || facts.trace.is_hostile(sent.to) {
            return None;
        }
        let fields = parameters(sent.request);
        let codes: Vec<&str> = fields
            .iter()
            .flat_map(|fields| fields.all("code"))
            .map(|code| code.as_str())
            .collect();
        if codes.len() < 2 {
            return None;
        }
        let stolen = facts.issued.iter().find_map(|issued| {
            let there = codes.contains(&issued.code.as_str());
            there.then(|| facts.theft(issued)).flatten()
        });
        let forced = facts.forced().find_map(|(accepted, issued)| {
            codes
                .contains(&issued.code.as_str())
                .then_some(accepted.entry)
        });
        Some(vec![sent.entry, stolen.or(forced)?])
    })
}

/// RU-09: a yes to one client's page becomes a code for another client or another URI.
pub(super) fn poisoned_transaction(facts: &Facts<'_>) -> Witness {
    facts.issued.iter().find_map(|issued| {
        let flow = facts.trace.entry(issued.entry)?.flow;
        let shown = facts.find(|id, entry, event| {
            if let Event::ConsentPageShown {
                transaction,
                client_id,
                ..
            } = event
                && id < issued.entry
                && entry.flow == flow
            {
                return Some((id, transaction, client_id));
            }
            None
        })?;
        let (page, transaction, client_id) = shown;
        let asked = facts
            .requested
            .iter()
            .find(|asked| asked.transaction == transaction && asked.entry < page);
        let other_uri = asked.is_some_and(|asked| asked.redirect_uri != issued.redirect_uri);
        let no_later_page = facts.find(|id, entry, event| {
            let is_page = matches!(event, Event::ConsentPageShown { .. });
            (is_page && id > page && id < issued.entry && entry.flow == flow).then_some(())
        });
        let other = client_id != issued.client_id || other_uri;
        (other && no_later_page.is_none() && facts.is_honest_browser(issued.browser))
            .then(|| vec![page, issued.entry])
    })
}

/// RD-01: a browser sends a password on to the attacker because a redirect keeps its request.
pub(super) fn password_travels(facts: &Facts<'_>) -> Witness {
    password(facts, true)
}

/// RD-07: the owner types his password into a page of the attacker's.
pub(super) fn password_typed(facts: &Facts<'_>) -> Witness {
    password(facts, false)
}

fn password(facts: &Facts<'_>, redirected: bool) -> Witness {
    let mut learned = facts.learned.iter();
    learned.find_map(|learned| {
        let mut chain = facts.chain(learned.entry);
        let answer = chain.find(|(at, entry)| {
            matches!(entry.what, What::Arrived { .. })
                && matches!(facts.trace.payload(*at), Some(Payload::Response(_)))
        });
        let kept = answer.is_some_and(|(at, _)| keeps_body(facts, at));
        (learned.kind == "password" && learned.leak == Leak::Received && kept == redirected)
            .then(|| vec![learned.entry])
    })
}

/// Whether a response sends its reader on with the same body: 307, 308, or an old reading of 302.
fn keeps_body(facts: &Facts<'_>, arrived: EntryId) -> bool {
    let kept = |payload: &Payload| matches!(payload, Payload::Response(response) if response.status.is_redirect());
    facts.trace.payload(arrived).is_some_and(kept)
}

/// RD-02: an honest server redirects an error to a URI that nobody registered.
pub(super) fn server_redirects(facts: &Facts<'_>) -> Witness {
    facts.find(|id, entry, event| {
        if let Event::ErrorRedirected {
            redirect_registered: false,
            ..
        } = event
            && facts.is_honest(Some(entry.party))
        {
            return Some(vec![id]);
        }
        None
    })
}

/// RD-04: an honest client redirects to wherever the request says.
pub(super) fn client_redirects(facts: &Facts<'_>) -> Witness {
    facts.find(|id, entry, event| {
        let open = matches!(event, Event::OpenRedirected { .. });
        (open && facts.is_honest(Some(entry.party))).then(|| vec![id])
    })
}

/// RU-11: an honest server sends a browser to a URI that is a script.
pub(super) fn script(facts: &Facts<'_>) -> Witness {
    (0..).zip(facts.trace.entries()).find_map(|(id, entry)| {
        let What::Sent { payload, .. } = &entry.what else {
            return None;
        };
        let Payload::Response(response) = payload else {
            return None;
        };
        let mut targets: Vec<&str> = Vec::new();
        for header in &response.headers.0 {
            if let Header::Location(location) = header {
                targets.push(location.uri.as_str());
            }
        }
        if let Body::Page(page) = &response.body {
            targets.extend(page.forms.iter().map(|form| form.action.as_str()));
        }
        let is_script = |target: &&str| {
            let scheme = target.split(':').next().unwrap_or("");
            scheme.eq_ignore_ascii_case("javascript") || scheme.eq_ignore_ascii_case("data")
        };
        let server = facts.trace.role(entry.party) == Some(Role::AuthorizationServer);
        (server && targets.iter().any(is_script)).then(|| vec![id])
    })
}

/// PR-01: an honest server takes a request on in which a parameter is there twice with two values.
pub(super) fn parameter_twice(facts: &Facts<'_>) -> Witness {
    let requested = facts.requested.iter().map(|asked| asked.entry);
    let redeemed = facts.redeemed.iter().map(|redeemed| redeemed.entry);
    requested.chain(redeemed).find_map(|taken| {
        let sent = facts.request_of(taken)?;
        let fields = parameters(facts.request(sent)?);
        let pairs: Vec<_> = fields.iter().flat_map(|fields| &fields.0).collect();
        let twice = pairs.iter().any(|(name, value)| {
            let mut others = pairs.iter();
            others.any(|(other, differs)| other == name && differs != value)
        });
        twice.then(|| vec![sent, taken])
    })
}
