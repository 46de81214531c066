//! A finding as a scenario file: the moves of a search as steps, with every value by the name of its provenance, so
//! that the file says the same when searches change.

use grantlab_core::http::{Body, Encoded, Fields, Header, Request};
use grantlab_core::wire::{cookie, form, location};

use super::Told;
use super::ordered::{Members, Ordered};
use super::quarry::Quarry;
use crate::attacker::{Move, Pause};
use crate::choices::Key;
use crate::hunt::Granularity;
use crate::profile::Profile;
use crate::provenance::Provenance;
use crate::scenario::placeholder::MINTED;
use crate::setup::Setup;

/// The scenario of a finding, as its file says it. `base` is the profile that the file names.
#[must_use]
pub fn scenario(told: &Told, quarry: &Quarry, base: &Profile, setup: &Setup) -> Members {
    let finding = &told.finding;
    let writer = Writer {
        setup,
        provenance: told.trace.provenance(),
    };
    let moves = told.before.iter().chain(&told.moves);
    let steps: Vec<Ordered> = moves.map(|one| writer.step(one).into()).collect();
    let title = match finding.recognised.first() {
        Some(named) => format!("{}: {}", named.id, named.name),
        None => format!("{} is violated", finding.property),
    };
    let powers = quarry.arena.powers.iter();
    let powers: Vec<Ordered> = powers.map(|power| power.as_str().into()).collect();
    let mut file = Members::default()
        .with("title", title)
        .with("note", finding.words.as_str())
        .with("profile", base.name.as_str())
        .with("set", differing(quarry, base));
    if let Some(change) = &quarry.change {
        file.put("change", Ordered::Any(change.clone()));
    }
    file.put("seed", quarry.seed.to_string());
    if quarry.arena.nodes > 1 {
        file.put("nodes", u64::from(quarry.arena.nodes));
    }
    file.put("attacker", Members::default().with("powers", powers));
    if quarry.granularity == Granularity::Event {
        file.put("granularity", "event");
    }
    file.put("steps", steps);
    let violated = vec![Ordered::from(finding.property.as_str())];
    let verdicts = Members::default().with("violated", violated);
    let expected = Members::default().with("invariant", verdicts);
    file.with("expect", vec![expected.into()])
}

/// The switches that differ from the profile that the file names.
fn differing(quarry: &Quarry, base: &Profile) -> Members {
    let now = quarry.profile.policies.settings().into_iter();
    let before = base.policies.settings();
    let mut set = Members::default();
    for (key, value) in now.filter(|setting| !before.contains(setting)) {
        set.put(key, value);
    }
    set
}

struct Writer<'a> {
    setup: &'a Setup,
    provenance: &'a Provenance,
}

impl Writer<'_> {
    /// A move as a step.
    fn step(&self, one: &Move) -> Members {
        let (word, parts) = match one {
            Move::Start {
                user,
                client,
                server,
                instead,
                pause,
            } => {
                let mut parts = self.login(*user, *client, server.as_str());
                if let Some(instead) = instead {
                    parts.put("instead", instead.as_str());
                }
                put_pause(*pause, &mut parts);
                ("begin", parts)
            }
            Move::Begin { client, server } => {
                let own = self.setup.attacker.as_ref().map_or(0, |own| own.user);
                ("begin", self.login(own, *client, server.as_str()))
            }
            Move::GoOn { user, tab } => {
                let parts = Members::default().with("user", self.user(*user));
                ("go_on", parts.with("tab", tab.as_str()))
            }
            Move::Lure {
                user,
                bait,
                request,
                message,
                pause,
            } => {
                let mut parts = Members::default()
                    .with("user", self.user(*user))
                    .with("how", bait.as_str())
                    .with("request", self.request(request));
                if let Some(message) = message {
                    parts.put("message", self.parameters(message));
                }
                put_pause(*pause, &mut parts);
                ("lure", parts)
            }
            Move::Browse { request } => {
                let parts = Members::default().with("request", self.request(request));
                ("browse", parts)
            }
            Move::Send { request, times } => {
                let mut parts = Members::default().with("request", self.request(request));
                if *times != 1 {
                    parts.put("times", u64::from(*times));
                }
                ("forge", parts)
            }
            Move::Answer { waiting, location } => {
                let waiting = u64::try_from(*waiting).unwrap_or(u64::MAX);
                let url = self.named(&location::text(location));
                let parts = Members::default().with("waiting", waiting);
                ("answer", parts.with("url", url))
            }
            Move::Refresh { client, user } => ("renew", self.for_user(*client, *user)),
            Move::Withdraw { user, client } => ("withdraw", self.for_user(*client, *user)),
            Move::Event(action) => {
                let key = format!("{:016x}", Key::of(action).0);
                ("happen", Members::default().with("key", key))
            }
        };
        Members::default().with(word, parts)
    }

    fn login(&self, user: usize, client: usize, server: &str) -> Members {
        self.for_user(client, user).with("server", server)
    }

    fn for_user(&self, client: usize, user: usize) -> Members {
        Members::default()
            .with("user", self.user(user))
            .with("client", self.client(client))
    }

    fn user(&self, place: usize) -> &str {
        let user = self.setup.users.get(place);
        user.map_or("alice", |user| user.name.as_str())
    }

    fn client(&self, place: usize) -> &str {
        let client = self.setup.clients.get(place);
        client.map_or("client", |client| client.name.as_str())
    }

    fn request(&self, request: &Request) -> Members {
        let mut parts = Members::default();
        let method = request.method.as_str();
        if method != "GET" {
            parts.put("method", method);
        }
        let fields = request.url.query.as_ref().and_then(readable);
        let url = match &fields {
            Some(_) => request.url.endpoint(),
            None => location::text(&request.url),
        };
        parts.put("url", self.named(&url));
        if let Some(fields) = fields {
            parts.put("query", self.parameters(&fields));
        }
        let mut headers = Fields::EMPTY;
        for header in &request.headers.0 {
            if let Some((name, value)) = written(header) {
                headers.push(name, value);
            }
        }
        if !headers.0.is_empty() {
            parts.put("headers", self.parameters(&headers));
        }
        if let Body::Form(encoded) = &request.body
            && let Some(fields) = readable(encoded)
        {
            parts.put("form", self.parameters(&fields));
        }
        parts
    }

    /// Names and values in their order; a name that is there more than once has a list.
    fn parameters(&self, fields: &Fields) -> Members {
        let mut parts = Members::default();
        for (name, _) in &fields.0 {
            if parts.has(name.as_str()) {
                continue;
            }
            let values = fields.all(name.as_str());
            let mut values: Vec<Ordered> = values
                .map(|value| self.named(value.as_str()).into())
                .collect();
            match (values.len(), values.pop()) {
                (1, Some(one)) => parts.put(name.as_str(), one),
                (_, last) => {
                    values.extend(last);
                    parts.put(name.as_str(), values);
                }
            }
        }
        parts
    }

    /// A text with every fresh value as `${…}`.
    fn named(&self, text: &str) -> String {
        let mut named = text.replace("${", "$${");
        for minted in self.provenance.minted() {
            if MINTED.contains(&minted.kind) && named.contains(minted.text.as_str()) {
                let label = format!("${{{}}}", self.provenance.label_of(minted));
                named = named.replace(minted.text.as_str(), &label);
            }
        }
        named
    }
}

/// The pairs of form content, if writing them gives the same octets.
fn readable(encoded: &Encoded) -> Option<Fields> {
    let fields = form::pairs(encoded).ok()?.into_owned();
    let grouped = fields.0.windows(2).all(|pair| {
        let [(one, _), (other, _)] = pair else {
            return true;
        };
        one == other || fields.all(other.as_str()).count() == 1
    });
    let same = Encoded::Fields(fields.clone()) == *encoded;
    (same && grouped && !fields.0.is_empty()).then_some(fields)
}

/// A header field that an attacker writes, by name and value.
fn written(header: &Header) -> Option<(&str, String)> {
    match header {
        Header::Authorization(value) => Some(("authorization", value.to_string())),
        Header::Origin(value) => Some(("origin", value.to_string())),
        Header::Referer(value) => Some(("referer", value.to_string())),
        Header::Accept(value) => Some(("accept", value.to_string())),
        Header::Cookie(cookies) => Some(("cookie", cookie::write_cookie(cookies))),
        Header::Other { name, value } => Some((name.as_str(), value.to_string())),
        Header::Location(_)
        | Header::SetCookie(_)
        | Header::CacheControl(_)
        | Header::Pragma(_)
        | Header::WwwAuthenticate(_)
        | Header::ReferrerPolicy(_)
        | Header::FrameDeny
        | Header::Allow(_) => None,
    }
}

fn put_pause(pause: Pause, parts: &mut Members) {
    if pause != Pause::Never {
        parts.put("pause", pause.as_str());
    }
}
