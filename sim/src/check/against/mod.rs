//! A simulated run, carried to a real server: its requests are sent again, with the server's own values, and the
//! answers are compared until they part.
//!
//! What one browser does between an authorization request and its way back is carried as one: a real server has its
//! own pages. So runs in which two browsers take turns on those pages are carried one browser after the other.

mod legs;
mod values;

use grantlab_core::http::{Body, Fields, Header, Request};
use grantlab_core::wire::{basic, bearer, form};
use schemars::JsonSchema;
use serde::Serialize;

use legs::{Kind, Leg};
use values::Values;

use super::Choice;
use super::resolved::Target;
use super::run::{Run, Stopped};
use super::seen::Seen;
use super::step::{Advance, Authorize, Back, Bearer, Step};
use super::subject::Subject;
use super::words::{Authentication, Outcome, Role};
use crate::setup::Setup;
use crate::trace::{EntryId, Trace};

/// A run that was carried to a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Carried {
    /// The server.
    pub target: String,
    /// The requests, in their order, up to the one where the runs part.
    pub requests: Vec<CarriedRequest>,
    /// The place in `requests` where the server does something else; nothing, when it does the same to the end.
    pub parted: Option<usize>,
}

impl Carried {
    /// Whether anything was sent at all.
    #[must_use]
    pub fn was_carried(&self) -> bool {
        let mut requests = self.requests.iter();
        requests.any(|request| request.comparison != Comparison::NotCarried)
    }
}

/// A request of the simulation, and what it comes to in both worlds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CarriedRequest {
    /// The entry of the trace where it is sent.
    pub entry: EntryId,
    /// Which request.
    pub request: String,
    /// What it came to in the simulation.
    pub simulation: String,
    /// What it comes to at the server.
    pub server: String,
    /// How the two compare.
    pub comparison: Comparison,
}

/// How two answers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// They are the same.
    Same,
    /// They mean the same, and differ in an error code, a status or a parameter.
    Differs,
    /// One side goes on and the other does not.
    Parted,
    /// The request was not sent: `server` says why.
    NotCarried,
}

/// Carries a run to a server.
pub fn against(
    trace: &Trace,
    setup: &Setup,
    subject: &mut dyn Subject,
    target: &Target,
) -> Carried {
    let mut carried = Carried {
        target: target.name.clone(),
        requests: Vec::new(),
        parted: None,
    };
    let mut carrier = Carrier {
        run: Run::new(subject, target, Role::Main, &Choice::default(), "against"),
        target,
        values: Values::new(setup, target),
    };
    for leg in legs::legs(trace, setup) {
        if let Kind::Wait(span) = leg.kind {
            // Where no clock can be moved the next answers show it.
            let _ = carrier.run.steps(&[Step::Advance(Advance {
                lifetime: None,
                seconds: span.seconds(),
                less_seconds: 0,
                note: None,
            })]);
            continue;
        }
        let request = carrier.carry(&leg);
        let is_over = request.comparison == Comparison::Parted;
        carried.requests.push(request);
        if is_over {
            carried.parted = Some(carried.requests.len() - 1);
            break;
        }
    }
    carried
}

struct Carrier<'a> {
    run: Run<'a>,
    target: &'a Target,
    values: Values,
}

impl Carrier<'_> {
    fn carry(&mut self, leg: &Leg) -> CarriedRequest {
        let simulated = leg.seen(self.target);
        let mut carried = CarriedRequest {
            entry: leg.at,
            request: leg.word().to_owned(),
            simulation: simulated.as_ref().map(Seen::line).unwrap_or_default(),
            server: String::new(),
            comparison: Comparison::NotCarried,
        };
        if let (Kind::Authorize, Some(request)) = (&leg.kind, leg.request()) {
            self.values.know_scope(&fields(request), self.target);
        }
        let step = match self.step(leg) {
            Ok(step) => step,
            Err(why) => {
                carried.server = why;
                return carried;
            }
        };
        if let Err(Stopped { says, .. }) = self.run.steps(&[step]) {
            carried.server = says;
            return carried;
        }
        if let (Some(simulated), Some(live)) = (simulated, self.run.seen.last()) {
            carried.server = live.line();
            carried.comparison = compared(&simulated, live);
            carried.simulation = self.values.live(&carried.simulation);
            self.values.learn(&simulated, live);
        }
        carried
    }

    /// The step of a check that sends the same.
    fn step(&self, leg: &Leg) -> Result<Step, String> {
        let request = leg.request().ok_or("it has no request")?;
        match &leg.kind {
            Kind::Authorize => self.authorize(leg, request),
            Kind::Token => {
                let back = self.back(request)?;
                let refreshes = fields(request)
                    .first("grant_type")
                    .map(|word| word.as_str())
                    == Some("refresh_token");
                Ok(match refreshes {
                    true => Step::Refresh(Box::new(back)),
                    false => Step::Redeem(Box::new(back)),
                })
            }
            Kind::Introspect => Ok(Step::Introspect(Box::new(self.back(request)?))),
            Kind::Revoke => Ok(Step::Revoke(Box::new(self.back(request)?))),
            Kind::Resource => {
                let shown = request.headers.find(authorization);
                let token = shown.and_then(|text| bearer::read(text).ok());
                let token = token.ok_or("no token in the header field is shown to the resource")?;
                Ok(Step::Resource(Box::new(Bearer {
                    token: Some(escaped(&self.values.live(token))),
                    ..Bearer::default()
                })))
            }
            Kind::Other(path) => Err(format!("{path} of the simulated server is not carried")),
            Kind::Wait(_) => Err("time passes".to_owned()),
        }
    }

    fn authorize(&self, leg: &Leg, request: &Request) -> Result<Step, String> {
        let fields = fields(request);
        if let Some(id) = fields.first("client_id") {
            self.values.has_client(id.as_str(), self.target)?;
        }
        if fields.first("request_uri").is_some() || fields.first("request").is_some() {
            return Err("requests by reference are not carried".to_owned());
        }
        let (owner, wrong_passwords) = leg.owner(self.target);
        let mut step = Authorize {
            client: self.role(&fields),
            browser: Some(format!("party {}", leg.by.0)),
            owner,
            wrong_passwords,
            user: self.user(leg),
            ..Authorize::default()
        };
        let mut live = Fields::EMPTY;
        for (name, value) in self.values.live_fields(&fields) {
            live.push(&name, value);
        }
        for (name, value) in &self.target.request.authorization {
            live.push(name, value.as_str());
        }
        let mut raw = String::new();
        form::write(&live, &mut raw);
        step.with.raw = Some(escaped(&raw));
        if request.method.as_str() != "GET" {
            step.method = Some(request.method.as_str().to_owned());
        }
        Ok(Step::Authorize(Box::new(step)))
    }

    fn user(&self, leg: &Leg) -> u8 {
        let name = leg.username().map(|name| self.values.live(&name));
        let place = name.and_then(|name| {
            let mut users = self.target.users.iter();
            users.position(|user| user.username == name)
        });
        place.and_then(|place| place.try_into().ok()).unwrap_or(0)
    }

    fn role(&self, fields: &Fields) -> Option<Role> {
        let id = fields.first("client_id")?;
        self.values.role(id.as_str())
    }

    /// A request of a client: the same parameters, and the same client proves itself in its own way.
    fn back(&self, request: &Request) -> Result<Back, String> {
        let mut fields = fields(request);
        let header = request.headers.find(authorization);
        let basic = header.and_then(|text| basic::read(text).ok());
        let id = basic
            .as_ref()
            .map(|credentials| credentials.client_id.to_string())
            .or_else(|| fields.first("client_id").map(ToString::to_string));
        if let Some(id) = &id {
            self.values.has_client(id, self.target)?;
        }
        let role = id.as_ref().and_then(|id| self.values.role(id));
        let proves = basic.is_some() || fields.first("client_secret").is_some();
        let mut back = Back {
            client: role,
            authentication: match (&id, proves) {
                (None, _) => Some(Authentication::Nothing),
                (Some(_), false) => Some(Authentication::Id),
                (Some(_), true) => None,
            },
            ..Back::default()
        };
        for own in ["client_id", "client_secret"] {
            fields.remove(own);
        }
        for (name, value) in self.values.live_fields(&fields) {
            back.with.set.0.push((name, escaped(&value)));
        }
        let honest = [
            "code",
            "redirect_uri",
            "code_verifier",
            "refresh_token",
            "token",
        ];
        let absent = honest.iter().filter(|name| fields.first(name).is_none());
        back.with.remove = absent.map(|name| (*name).to_owned()).collect();
        Ok(back)
    }
}

fn authorization(header: &Header) -> Option<&str> {
    if let Header::Authorization(text) = header {
        Some(text.as_str())
    } else {
        None
    }
}

/// The parameters of a request, wherever they are.
fn fields(request: &Request) -> Fields {
    let encoded = match &request.body {
        Body::Form(encoded) => Some(encoded),
        Body::Empty | Body::Json(_) | Body::Page(_) | Body::Octets { .. } => {
            request.url.query.as_ref()
        }
    };
    let pairs = encoded.and_then(|encoded| form::pairs(encoded).ok());
    pairs.map(|pairs| pairs.into_owned()).unwrap_or_default()
}

/// A text as a template that means just it.
fn escaped(text: &str) -> String {
    text.replace("${", "$${")
}

/// What an answer comes to: the first of these that it is.
const KINDS: [&[Outcome]; 7] = [
    &[Outcome::Code],
    &[Outcome::Tokens],
    &[Outcome::LoginPage, Outcome::ConsentPage],
    &[Outcome::Refused, Outcome::ErrorPage],
    &[Outcome::OtherRedirect],
    &[Outcome::Success],
    &[Outcome::Crash],
];

fn compared(simulated: &Seen, live: &Seen) -> Comparison {
    let kind = |seen: &Seen| {
        let outcomes = seen.outcomes();
        let is = |kind: &&[Outcome]| outcomes.iter().any(|outcome| kind.contains(outcome));
        KINDS.iter().position(is)
    };
    if kind(simulated) != kind(live) {
        Comparison::Parted
    } else if simulated.line() == live.line() || simulated.error() == live.error() {
        Comparison::Same
    } else {
        Comparison::Differs
    }
}
