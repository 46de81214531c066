//! What each party knows, step by step: a fold over what it received, minted and noted.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a party learns from some facts; from a new one, once somebody says what"
)]

use grantlab_core::event::Event;
use grantlab_core::http::{Fields, Header, Request, Response, SetCookie};

use super::cut::{Cut, Cuts};
use super::model::{Delta, DeltaSign};
use super::places::{self, Exchange};
use super::run::Told;
use super::values::Values;
use crate::party::{PartyId, Role};
use crate::provenance::FlowId;
use crate::trace::{Entry, EntryId, Payload, Trace, What};

/// One thing that a party knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Who.
    pub party: PartyId,
    /// What it is called there.
    pub path: String,
    /// What it is.
    pub text: String,
}

/// Everything that everybody knows at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Knowledge {
    facts: Vec<Fact>,
}

/// A change that is still without the number of its value.
type Change = (DeltaSign, Fact);

impl Knowledge {
    /// All facts, in the order in which they were learned.
    #[must_use]
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    fn learn(&mut self, party: PartyId, path: String, text: &str) -> Option<Change> {
        let fact = Fact {
            party,
            path,
            text: text.to_owned(),
        };
        let known = self
            .facts
            .iter_mut()
            .find(|known| known.party == party && known.path == fact.path);
        match known {
            Some(known) if known.text == text => None,
            Some(known) => {
                known.clone_from(&fact);
                Some((DeltaSign::Changed, fact))
            }
            None => {
                self.facts.push(fact.clone());
                Some((DeltaSign::Added, fact))
            }
        }
    }

    /// Forgets what is called so, and what is below it.
    fn forget(&mut self, party: PartyId, path: &str) -> Vec<Change> {
        let (gone, kept) = self.facts.drain(..).partition(|fact| {
            let below = fact.path.strip_prefix(path);
            fact.party == party
                && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        });
        self.facts = kept;
        let gone: Vec<Fact> = gone;
        gone.into_iter()
            .map(|fact| (DeltaSign::Removed, fact))
            .collect()
    }
}

/// Folds a run into knowledge.
pub struct Learning<'a> {
    told: &'a Told<'a>,
    trace: &'a Trace,
    cuts: &'a Cuts,
    values: &'a Values,
    /// The attacker's machines and his browser, as far as they are seen in this run.
    attackers: Vec<PartyId>,
    knowledge: Knowledge,
    changes: Vec<Change>,
}

impl<'a> Learning<'a> {
    /// Nobody knows anything yet.
    #[must_use]
    pub fn new(told: &'a Told<'a>, values: &'a Values) -> Self {
        let mut attackers = told.parties();
        attackers.retain(|party| told.is_attacker(*party));
        Self {
            told,
            trace: told.trace,
            cuts: told.cuts(),
            values,
            attackers,
            knowledge: Knowledge::default(),
            changes: Vec::new(),
        }
    }

    /// What is known now.
    #[must_use]
    pub const fn knowledge(&self) -> &Knowledge {
        &self.knowledge
    }

    /// What a step changes.
    pub fn step(&mut self, cut: &Cut) -> Vec<Delta> {
        for id in &cut.entries {
            if let Some(entry) = self.trace.entry(*id) {
                self.entry(*id, entry);
            }
        }
        let changes = std::mem::take(&mut self.changes);
        changes
            .into_iter()
            .map(|(sign, fact)| self.delta(sign, fact))
            .collect()
    }

    fn delta(&self, sign: DeltaSign, fact: Fact) -> Delta {
        Delta {
            party: self.trace.name(fact.party).to_owned(),
            sign,
            value: self.values.find(&fact.text),
            path: fact.path,
            text: fact.text,
        }
    }

    fn entry(&mut self, id: EntryId, entry: &Entry) {
        match &entry.what {
            What::Sent { payload, .. } => self.sent(entry, payload),
            What::Arrived { sent } => self.arrived(*sent, entry),
            What::Noted(event) => self.noted(id, entry, event),
            What::Crashed if self.trace.role(entry.party) == Some(Role::Client) => {
                self.forget_all(entry.party)
            }
            What::Learned { kind, value, .. } => {
                let label = self.trace.provenance().label(value.as_str());
                let path = label.unwrap_or_else(|| (*kind).to_owned());
                self.learn(self.learner(entry), path, value.as_str());
            }
            _ => {}
        }
    }

    /// Who of the attacker's side gets to know what the attacker learns: whoever received it, or anybody who is seen.
    fn learner(&self, entry: &Entry) -> PartyId {
        let cause = entry.cause.and_then(|cause| self.trace.entry(cause));
        let receiver = cause.and_then(|cause| match cause.what {
            What::Sent { to, .. } => Some(to),
            What::Arrived { .. } => Some(cause.party),
            _ => None,
        });
        let seen = |party: &PartyId| self.attackers.contains(&self.told.seen_as(*party));
        receiver
            .filter(seen)
            .or_else(|| Some(entry.party).filter(seen))
            .or_else(|| self.attackers.first().copied())
            .unwrap_or(entry.party)
    }

    fn learn(&mut self, party: PartyId, path: String, text: &str) {
        let change = self.knowledge.learn(self.told.seen_as(party), path, text);
        self.changes.extend(change);
    }

    fn learn_maybe(&mut self, party: PartyId, path: String, text: Option<&str>) {
        if let Some(text) = text {
            self.learn(party, path, text);
        }
    }

    fn forget(&mut self, party: PartyId, path: &str) {
        let changes = self.knowledge.forget(party, path);
        self.changes.extend(changes);
    }

    fn forget_all(&mut self, party: PartyId) {
        let mut facts = self.knowledge.facts.iter();
        let paths: Vec<String> = facts
            .by_ref()
            .filter(|fact| fact.party == party)
            .map(|fact| fact.path.clone())
            .collect();
        for path in paths {
            self.forget(party, &path);
        }
    }

    /// The name of a thing that there is one of per flow: `login`, or `login(bob)` where several people log in.
    fn of_flow(&self, word: &str, flow: FlowId) -> String {
        let provenance = self.trace.provenance();
        let mut flows: Vec<&str> = self
            .trace
            .events()
            .filter(|(_, _, event)| {
                matches!(
                    event,
                    Event::LoginStarted { .. } | Event::AuthorizationRequested { .. }
                )
            })
            .map(|(_, entry, _)| provenance.flow_name(entry.flow))
            .collect();
        flows.sort_unstable();
        flows.dedup();
        let name = provenance.flow_name(flow);
        if flows.len() < 2 || flow_is_only(&flows, name) {
            return word.to_owned();
        }
        let (user, tab) = name.split_once('.').unwrap_or((name, ""));
        let same_user = flows
            .iter()
            .filter(|other| other.split('.').next() == Some(user));
        if same_user.count() > 1 {
            return format!("{word}({user} {tab})");
        }
        format!("{word}({user})")
    }

    /// What somebody who answers with cookies has minted for it.
    fn sent(&mut self, entry: &Entry, payload: &Payload) {
        let role = self.trace.role(entry.party);
        if let Payload::Response(response) = payload {
            if matches!(role, Some(Role::Client | Role::AuthorizationServer)) {
                for cookie in cookies(response) {
                    let minted = self.trace.provenance().find(cookie.value.as_str());
                    if minted.is_some_and(|minted| minted.kind == "session") {
                        let path = format!("{}.id", self.of_flow("session", entry.flow));
                        self.learn(entry.party, path, cookie.value.as_str());
                    }
                }
            }
            if role == Some(Role::ResourceServer) {
                self.forget(entry.party, "request");
            }
        }
    }

    /// What a message brings its receiver.
    fn arrived(&mut self, sent: EntryId, entry: &Entry) {
        let role = self.trace.role(entry.party);
        match self.trace.payload(sent) {
            Some(Payload::Request(request)) if self.cuts.exchange(sent) == Exchange::Callback => {
                self.callback(entry, request);
            }
            Some(Payload::Request(request)) if role == Some(Role::ResourceServer) => {
                let token = request.headers.authorization().ok().flatten();
                let token = token.and_then(|text| text.as_str().rsplit(' ').next());
                self.learn_maybe(entry.party, "request.token".to_owned(), token);
            }
            Some(Payload::Response(response)) if role == Some(Role::UserAgent) => {
                for cookie in cookies(response) {
                    self.cookie(sent, entry, cookie);
                }
            }
            _ => {}
        }
    }

    fn callback(&mut self, entry: &Entry, request: &Request) {
        if self.trace.role(entry.party) != Some(Role::Client) {
            return;
        }
        let both: Vec<Fields> = places::parameters(request);
        for name in ["code", "state", "iss", "error"] {
            let found = both.iter().find_map(|fields| fields.first(name));
            self.learn_maybe(
                entry.party,
                format!("callback.{name}"),
                found.map(|text| text.as_str()),
            );
        }
    }

    /// A cookie that the browser keeps, if it says so.
    fn cookie(&mut self, sent: EntryId, entry: &Entry, cookie: &SetCookie) {
        let host = self
            .trace
            .entry(sent)
            .map_or("", |entry| self.trace.name(entry.party));
        let name = cookie.name.as_str();
        let short = name
            .strip_prefix("__Host-")
            .or_else(|| name.strip_prefix("__Secure-"))
            .unwrap_or(name);
        let path = format!("cookie.{short}@{}", host.split('/').next().unwrap_or(host));
        let kept = self.trace.events().any(|(_, noted, event)| {
            let arrived = noted.cause.and_then(|cause| self.trace.entry(cause));
            let here = arrived.is_some_and(|cause| cause.what == What::Arrived { sent });
            here && matches!(event, Event::CookieKept { name: kept, .. } if *kept == cookie.name)
        });
        if cookie.max_age.is_some_and(|age| age.0 == 0) {
            self.forget(entry.party, &path);
        } else if kept {
            self.learn(entry.party, path, cookie.value.as_str());
        }
    }

    fn noted(&mut self, id: EntryId, entry: &Entry, event: &Event) {
        match self.trace.role(entry.party) {
            Some(Role::Client) => self.client(id, entry, event),
            Some(Role::AuthorizationServer | Role::GrantStore) => self.server(entry, event),
            _ => {}
        }
    }

    fn client(&mut self, id: EntryId, entry: &Entry, event: &Event) {
        let party = entry.party;
        let login = self.of_flow("login", entry.flow);
        let session = self.of_flow("session", entry.flow);
        match event {
            Event::LoginStarted { state, nonce, .. } => {
                self.learn_maybe(
                    party,
                    format!("{login}.state"),
                    state.as_ref().map(|text| text.as_str()),
                );
                self.learn_maybe(
                    party,
                    format!("{login}.nonce"),
                    nonce.as_ref().map(|text| text.as_str()),
                );
                let verifier = self.minted_before("code_verifier", id, entry);
                self.learn_maybe(party, format!("{login}.code_verifier"), verifier.as_deref());
            }
            Event::CallbackAccepted { code, .. } => {
                self.forget(party, "callback");
                self.learn(party, format!("{login}.code"), code.as_str());
            }
            Event::CallbackRefused { .. } => self.forget(party, "callback"),
            Event::TokensReceived {
                access_token,
                refresh_token,
                ..
            } => {
                self.learn(
                    party,
                    format!("{session}.access_token"),
                    access_token.as_str(),
                );
                let refresh_token = refresh_token.as_ref().map(|text| text.as_str());
                self.learn_maybe(party, format!("{session}.refresh_token"), refresh_token);
            }
            Event::LoginCompleted { account, .. } => {
                self.forget(party, &format!("{login}.code"));
                self.learn(party, format!("{session}.account"), account.as_str());
            }
            Event::LoginFailed { .. } => self.forget(party, &login),
            _ => {}
        }
    }

    /// The fresh value of a kind that a party made for what it notes here.
    fn minted_before(&self, kind: &str, id: EntryId, entry: &Entry) -> Option<String> {
        let minted = self.trace.provenance().minted().iter().rev();
        let mut mine = minted.filter(|minted| {
            minted.kind == kind
                && minted.party == entry.party
                && minted.flow == entry.flow
                && minted.entry <= id
        });
        mine.next().map(|minted| minted.text.to_string())
    }

    /// Who keeps codes and tokens: the node itself, unless it shares a store that is seen.
    fn keeper(&self, node: PartyId) -> PartyId {
        let mut seen = self.told.parties().into_iter();
        let store = seen.find(|party| self.trace.role(*party) == Some(Role::GrantStore));
        store.filter(|_| self.cuts.with_stores).unwrap_or(node)
    }

    fn server(&mut self, entry: &Entry, event: &Event) {
        let party = entry.party;
        let request = self.of_flow("request", entry.flow);
        let code_path = self.of_flow("code", entry.flow);
        match event {
            Event::AuthorizationRequested {
                client_id,
                redirect_uri,
                state,
                code_challenge,
                ..
            } => {
                self.learn(party, format!("{request}.client"), client_id.as_str());
                self.learn(
                    party,
                    format!("{request}.redirect_uri"),
                    redirect_uri.as_str(),
                );
                self.learn_maybe(
                    party,
                    format!("{request}.state"),
                    state.as_ref().map(|text| text.as_str()),
                );
                let challenge = code_challenge.as_ref().map(|text| text.as_str());
                self.learn_maybe(party, format!("{request}.code_challenge"), challenge);
            }
            Event::OwnerAuthenticated { subject, .. } => {
                let session = self.of_flow("session", entry.flow);
                self.learn(party, format!("{session}.user"), subject.as_str());
            }
            Event::CodeIssued {
                code,
                client_id,
                subject,
                redirect_uri,
                code_challenge,
                ..
            } => {
                self.forget(party, &request);
                let party = self.keeper(party);
                self.learn(party, code_path.clone(), code.as_str());
                self.learn(party, format!("{code_path}.client"), client_id.as_str());
                self.learn(
                    party,
                    format!("{code_path}.redirect_uri"),
                    redirect_uri.as_str(),
                );
                let challenge = code_challenge.as_ref().map(|text| text.as_str());
                self.learn_maybe(party, format!("{code_path}.code_challenge"), challenge);
                self.learn(party, format!("{code_path}.user"), subject.as_str());
                self.learn(party, format!("{code_path}.used"), "no");
            }
            Event::ErrorRedirected { .. } | Event::ConsentDenied { .. } => {
                self.forget(party, &request)
            }
            _ => self.tokens(entry, event),
        }
    }

    fn tokens(&mut self, entry: &Entry, event: &Event) {
        let party = self.keeper(entry.party);
        match event {
            Event::CodeRedeemed { code, .. } => {
                let path = self.path_of(party, code.as_str(), "code");
                self.learn(party, format!("{path}.used"), "yes");
            }
            Event::AccessTokenIssued {
                access_token,
                subject,
                ..
            } => {
                let token = self.of_flow("token", entry.flow);
                self.learn(party, token.clone(), access_token.as_str());
                self.learn(party, format!("{token}.user"), subject.as_str());
            }
            Event::RefreshTokenIssued { refresh_token, .. } => {
                let refresh = self.of_flow("refresh_token", entry.flow);
                self.learn(party, refresh, refresh_token.as_str());
            }
            Event::FamilyRevoked { .. } => {
                for word in ["token", "refresh_token"] {
                    self.forget(party, &self.of_flow(word, entry.flow));
                    self.forget(party, word);
                }
            }
            _ => {}
        }
    }

    /// Where a party has a value, or else `word`.
    fn path_of(&self, party: PartyId, text: &str, word: &str) -> String {
        let mut facts = self.knowledge.facts.iter();
        facts
            .find(|fact| fact.party == party && fact.text == text)
            .map_or_else(|| word.to_owned(), |fact| fact.path.clone())
    }
}

/// Whether the other flows are no logins at all, such as that of the scenario's own requests.
fn flow_is_only(flows: &[&str], name: &str) -> bool {
    !flows.contains(&name)
}

fn cookies(response: &Response) -> Vec<&SetCookie> {
    let cookies = response.headers.0.iter().filter_map(|header| {
        if let Header::SetCookie(cookie) = header {
            Some(cookie)
        } else {
            None
        }
    });
    cookies.collect()
}
