//! One check under way: what it knows by name, and how its steps are carried out.

mod back;
mod front;
mod other;

use std::borrow::Cow;
use std::collections::BTreeMap;

use grantlab_core::http::{Body, Encoded, Header, Headers, Method, Request, Url};
use grantlab_core::text::Text;
use grantlab_core::time::Span;
use grantlab_core::wire::{base64url, location};
use sha2::{Digest as _, Sha256};

use back::Kind;

use crate::check::Choice;
use crate::check::browser::{Browser, Exchange};
use crate::check::names::Names;
use crate::check::resolved::{Client, Target};
use crate::check::seen::{Seen, text_of};
use crate::check::step::{Advance, Back, Collect, Step};
use crate::check::subject::Subject;
use crate::check::template::Template;
use crate::check::words::{Endpoint, Lifetime, Outcome, Role, Verdict};

/// Why a check went no further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::check) struct Stopped {
    /// `not applicable`, `could not run` or `skipped`.
    pub(in crate::check) verdict: Verdict,
    /// In one sentence.
    pub(in crate::check) says: String,
}

/// An authorization request that was sent, and what its client knows.
#[derive(Clone, Debug)]
struct Flow {
    name: Option<String>,
    client: Role,
    redirect_uri: Option<String>,
    verifier: Option<String>,
}

/// One check under way.
pub(in crate::check) struct Run<'a> {
    subject: &'a mut dyn Subject,
    target: &'a Target,
    client: Role,
    /// From this, and the count of what was made, fresh values derive. Other checks have another: servers may
    /// remember a `nonce` and refuse it the second time.
    seed: String,
    made: u64,
    values: BTreeMap<String, String>,
    pub(in crate::check) lists: BTreeMap<String, Vec<String>>,
    flows: Vec<Flow>,
    browsers: BTreeMap<String, Browser>,
    /// What the steps saw, in order.
    pub(in crate::check) seen: Vec<Seen>,
    /// What the values of this run are called.
    pub(in crate::check) names: Names,
    /// Whether checks may wait in real time.
    waits: bool,
}

type Done = Result<(), Stopped>;

fn could_not(says: impl Into<String>) -> Stopped {
    Stopped {
        verdict: Verdict::CouldNotRun,
        says: says.into(),
    }
}

fn not_applicable(says: impl Into<String>) -> Stopped {
    Stopped {
        verdict: Verdict::NotApplicable,
        says: says.into(),
    }
}

impl<'a> Run<'a> {
    /// A check that has not begun. `about` is its id, or what else tells it from others.
    pub(in crate::check) fn new(
        subject: &'a mut dyn Subject,
        target: &'a Target,
        client: Role,
        choice: &Choice,
        about: &str,
    ) -> Self {
        let mut run = Self {
            subject,
            target,
            client,
            seed: format!("{} {about}", choice.seed),
            made: 0,
            values: BTreeMap::new(),
            lists: BTreeMap::new(),
            flows: Vec::new(),
            browsers: BTreeMap::new(),
            seen: Vec::new(),
            names: Names::of(target),
            waits: choice.waits,
        };
        run.know_target();
        run
    }

    /// What is known before anything happens.
    fn know_target(&mut self) {
        for role in Role::ALL {
            if let Some(client) = self.target.client(*role) {
                self.know_client(role.word(), &client);
            }
        }
        if let Some(client) = self.target.client(self.client) {
            for (name, value) in client_values(&client) {
                self.values.insert(name, value);
            }
        }
        let values = &mut self.values;
        values.insert("issuer".to_owned(), self.target.issuer.clone());
        for (endpoint, url) in &self.target.endpoints {
            values.insert(format!("{}_endpoint", endpoint.word()), url.clone());
        }
        let request = &self.target.request;
        if let Some(narrow) = &request.narrow_scope
            && request.scope.as_ref() != Some(narrow)
        {
            values.insert("narrow_scope".to_owned(), narrow.clone());
        }
        if let Some(user) = self.target.users.first() {
            values.insert("username".to_owned(), user.username.clone());
            values.insert("password".to_owned(), user.password.clone());
        }
    }

    fn know_client(&mut self, role: &str, client: &Client) {
        for (name, value) in client_values(client) {
            self.values.insert(format!("{role}.{name}"), value);
        }
    }

    /// A text with its values.
    ///
    /// # Errors
    /// The name that has no value, or what is wrong with the text.
    pub(in crate::check) fn filled(&self, text: &str) -> Result<String, String> {
        if !text.contains("${") {
            return Ok(text.to_owned());
        }
        Template::read(text)?.fill(&|name| self.values.get(name).cloned())
    }

    fn fill(&self, text: &str) -> Result<String, Stopped> {
        self.filled(text).map_err(|name| {
            if name == "narrow_scope" {
                return not_applicable("the target file says no scope that is narrower");
            }
            let word = name.split('.').next().unwrap_or_default();
            let absent = |role: &&Role| role.word() == word && self.target.client(**role).is_none();
            match Role::ALL.iter().find(absent) {
                Some(role) => not_applicable(format!(
                    "the target has no client that is `{}`",
                    role.word()
                )),
                None => could_not(format!("there is no value called `{name}` at this point")),
            }
        })
    }

    /// A fresh value, as a client makes it: 32 octets in base64url.
    fn fresh(&mut self, kind: &str) -> String {
        self.made = self.made.saturating_add(1);
        let digest = Sha256::digest(format!("{} {kind} {}", self.seed, self.made));
        let value = base64url::encode(&digest).to_string();
        self.names.learn(kind, &value);
        value
    }

    fn role(&self, role: Role) -> Result<Cow<'a, Client>, Stopped> {
        self.target.client(role).ok_or_else(|| {
            not_applicable(format!(
                "the target has no client that is `{}`",
                role.word()
            ))
        })
    }

    fn url(&self, endpoint: Endpoint) -> Result<Url, Stopped> {
        let url = self.target.endpoints.get(&endpoint).ok_or_else(|| {
            not_applicable(format!("the target has no {} endpoint", endpoint.word()))
        })?;
        location::parse(url).map_err(|error| could_not(format!("{url}: {error}")))
    }

    /// Carries out steps, in order.
    ///
    /// # Errors
    /// Why it went no further.
    pub(in crate::check) fn steps(&mut self, steps: &[Step]) -> Done {
        steps.iter().try_for_each(|step| self.step(step))
    }

    fn step(&mut self, step: &Step) -> Done {
        match step {
            Step::Authorize(step) => self.authorize(step, &[]),
            Step::Code(step) => self.authorize(step, &[Outcome::Code]),
            Step::Tokens(step) => {
                self.authorize(step, &[Outcome::Code])?;
                let redeem = Back {
                    name: step.name.clone(),
                    must: vec![Outcome::Tokens],
                    ..Back::default()
                };
                self.back(&redeem, Kind::Redeem)
            }
            Step::Redeem(step) => self.back(step, Kind::Redeem),
            Step::Refresh(step) => self.back(step, Kind::Refresh),
            Step::Introspect(step) => self.back(step, Kind::Introspect),
            Step::Revoke(step) => self.back(step, Kind::Revoke),
            Step::Push(step) => self.back(step, Kind::Push),
            Step::Resource(step) => self.bearer(step, Endpoint::Resource),
            Step::Userinfo(step) => self.bearer(step, Endpoint::Userinfo),
            Step::Request(step) => self.plain(step),
            Step::Octets(step) => self.octets(step),
            Step::Advance(step) => self.advance(step),
            Step::Remember(step) => {
                let value = self.fill(&step.value)?;
                self.values.insert(step.name.clone(), value);
                Ok(())
            }
            Step::Collect(step) => self.collect(step),
            Step::Race(step) => self.race(step),
        }
    }

    fn headers(&self, parameters: &[(String, String)]) -> Result<Headers, Stopped> {
        let mut headers = Headers::EMPTY;
        for (name, value) in parameters {
            let value = Text::from(self.fill(value)?);
            headers.push(match name.to_ascii_lowercase().as_str() {
                "authorization" => Header::Authorization(value),
                "accept" => Header::Accept(value),
                "origin" => Header::Origin(value),
                lower => Header::Other {
                    name: Text::new(lower),
                    value,
                },
            });
        }
        Ok(headers)
    }

    fn exchange(
        &mut self,
        name: Option<&str>,
        word: &'static str,
        request: Request,
        must: &[Outcome],
    ) -> Done {
        let answer = self.subject.send(&request);
        let exchange = Exchange { request, answer };
        self.keep(Seen::of_exchange(name, word, exchange), must)
    }

    /// Learns from what came, and sees whether it is what had to come.
    fn keep(&mut self, seen: Seen, must: &[Outcome]) -> Done {
        let mut learned: Vec<(String, String)> = Vec::new();
        if let Some(callback) = &seen.callback {
            learned.extend(callback.parameters.iter().cloned());
            learned.push(("location".to_owned(), callback.uri.clone()));
        }
        let object = seen.object().filter(|_| !seen.by_browser);
        if let Some(members) = object.as_ref().and_then(|object| object.members()) {
            let pairs = members
                .iter()
                .map(|(name, value)| (name.to_string(), text_of(value)));
            learned.extend(pairs);
        }
        if let Some(subject) = seen.member("id_token.claims.sub") {
            learned.push(("id_token.claims.sub".to_owned(), text_of(&subject)));
        }
        if let Ok(answer) = seen.answer() {
            learned.push(("status".to_owned(), answer.status.to_string()));
        }
        learned.extend(seen.stuck_at().map(|page| ("page".to_owned(), page)));
        for (key, value) in learned {
            self.names.learn(&key, &value);
            if let Some(name) = &seen.name {
                self.values.insert(format!("{name}.{key}"), value.clone());
            }
            // What a client sent stays what it is, whatever comes back under its name.
            if !matches!(
                key.as_str(),
                "state" | "client_id" | "client_secret" | "redirect_uri" | "issuer"
            ) {
                self.values.insert(key, value);
            }
        }
        if let (Some(name), true) = (&seen.name, seen.by_browser) {
            for key in ["state", "nonce", "verifier", "challenge"] {
                if let Some(value) = self.values.get(key).cloned() {
                    self.values.entry(format!("{name}.{key}")).or_insert(value);
                }
            }
        }
        let outcomes = seen.outcomes();
        let word = seen.word;
        let mut line = self.names.told(&seen.line());
        if let Some(page) = seen.stuck_at() {
            line.push_str("; ");
            line.push_str(&page);
        }
        self.seen.push(seen);
        if must.iter().all(|wanted| outcomes.contains(wanted)) {
            return Ok(());
        }
        let wanted: Vec<&str> = must.iter().map(|wanted| wanted.word()).collect();
        let wanted = wanted.join(" and ");
        Err(could_not(format!(
            "`{word}` had to come to {wanted}, and came to: {line}"
        )))
    }

    fn advance(&mut self, step: &Advance) -> Done {
        let lifetimes = &self.target.lifetimes;
        let lifetime = match step.lifetime {
            None => Some(0),
            Some(Lifetime::Code) => lifetimes.code_s,
            Some(Lifetime::AccessToken) => {
                let said = self
                    .values
                    .get("expires_in")
                    .and_then(|text| text.parse().ok());
                lifetimes.access_token_s.or(said)
            }
            Some(Lifetime::RefreshToken) => lifetimes.refresh_token_s,
        };
        let seconds = lifetime.ok_or_else(|| {
            not_applicable(
                "nothing says how long that is good for: `lifetimes` of the target file can",
            )
        })?;
        let seconds = seconds
            .saturating_add(step.seconds)
            .saturating_sub(step.less_seconds);
        if !self.subject.has_clock() && !self.waits {
            return Err(Stopped {
                verdict: Verdict::Skipped,
                says: format!(
                    "it would have to wait {seconds} s: the clock of the target cannot be moved"
                ),
            });
        }
        self.subject
            .advance(Span::from_seconds(seconds))
            .map_err(could_not)
    }

    fn collect(&mut self, step: &Collect) -> Done {
        for _ in 0..step.times {
            self.steps(&step.steps)?;
            let value = self.fill(&step.value)?;
            self.lists.entry(step.name.clone()).or_default().push(value);
        }
        Ok(())
    }
}

fn client_values(client: &Client) -> Vec<(String, String)> {
    let mut values = vec![("client_id".to_owned(), client.client_id.clone())];
    let secret = client.client_secret.iter();
    values.extend(secret.map(|secret| ("client_secret".to_owned(), secret.clone())));
    let scope = client.scope.iter();
    values.extend(scope.map(|scope| ("scope".to_owned(), scope.clone())));
    for (nth, uri) in (1..).zip(&client.redirect_uris) {
        values.push((format!("redirect_uri.{nth}"), uri.clone()));
    }
    let uri = client.redirect_uri();
    values.extend(uri.map(|uri| ("redirect_uri".to_owned(), uri.to_owned())));
    values
}

fn method(word: Option<&str>, usual: Method) -> Method {
    match word {
        None => usual,
        Some("GET") => Method::Get,
        Some("POST") => Method::Post,
        Some(other) => Method::Other(Text::new(other)),
    }
}

fn content(content_type: Option<&str>, text: String) -> Body {
    match content_type {
        None | Some("application/x-www-form-urlencoded") => {
            Body::Form(Encoded::Octets(Text::from(text)))
        }
        Some(other) => Body::Octets {
            content_type: Text::new(other),
            octets: text.into_bytes(),
        },
    }
}
