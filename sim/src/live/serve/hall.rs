//! All issuers of a server, and who is asked what.

use std::collections::BTreeMap;
use std::sync::Arc;

use grantlab_core::http::{Body, Location, Method, Origin, Request, Response, Status};
use grantlab_core::text::Text;
use grantlab_core::value::Malformed;
use grantlab_core::wire::location;

use super::Plan;
use super::cases::{Case, Forge};
use super::clock::Clock;
use super::configuration::{Configurations, KEY_ID, METADATA, OPENID, Place};
use super::entropy::{Fountain, Root};
use super::lane::{Lane, Pace};
use super::listener::Step;
use super::report::Report;
use super::room::{Room, Underway};
use super::translation::Draft;
use super::visitor::{self, Decision, Site, Visited, Visitor};

/// Names under which this machine is reached without leaving it.
const LOOPBACK_NAMES: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// Everything behind the port.
pub(super) struct Hall {
    plan: Plan,
    root: Root,
    origin: Origin,
    pub(super) clock: Clock,
    /// The cases inside the binary, and those that were injected.
    cases: BTreeMap<String, Arc<Case>>,
    rooms: BTreeMap<String, Room>,
}

/// A request whose question to the store takes time.
pub(super) struct Paused {
    segment: String,
    request: Request,
    underway: Underway,
}

/// A name that was given is not one of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unknown {
    pub(super) what: &'static str,
    pub(super) allowed: Vec<String>,
}

impl Hall {
    /// A hall in which nothing has happened. It is reached at `origin`.
    ///
    /// # Errors
    /// The profile does not make an authorization server.
    pub(super) fn new(
        plan: Plan,
        root: Root,
        origin: Origin,
        cases: Vec<Case>,
    ) -> Result<Self, Malformed> {
        let cases = cases.into_iter();
        let mut hall = Self {
            plan,
            root,
            origin,
            clock: Clock::REAL,
            cases: cases
                .map(|case| (case.id.clone(), Arc::new(case)))
                .collect(),
            rooms: BTreeMap::new(),
        };
        hall.reset()?;
        Ok(hall)
    }

    /// Forgets everything that happened, and sets the clock right.
    ///
    /// # Errors
    /// None after the first time: the configuration is the same.
    pub(super) fn reset(&mut self) -> Result<(), Malformed> {
        self.clock = Clock::REAL;
        let mut rooms = BTreeMap::from([(String::new(), self.furnished("", None)?)]);
        for (segment, case) in &self.cases {
            let room = self.furnished(segment, Some(case))?;
            rooms.insert(segment.clone(), room);
        }
        self.rooms = rooms;
        Ok(())
    }

    /// Makes an issuer of a case, in the place of the one of its name if there is one.
    ///
    /// # Errors
    /// A difference that the case states is none that an authorization server can have.
    pub(super) fn inject(&mut self, case: Case) -> Result<(), Malformed> {
        let (segment, case) = (case.id.clone(), Arc::new(case));
        let room = self.furnished(&segment, Some(&case))?;
        self.cases.insert(segment.clone(), case);
        self.rooms.insert(segment, room);
        Ok(())
    }

    fn furnished(&self, segment: &str, case: Option<&Arc<Case>>) -> Result<Room, Malformed> {
        let fountain = Fountain::new(self.root, segment);
        let key = fountain.key(KEY_ID);
        let forge = Forge::new(KEY_ID, key, fountain.key("another"));
        let place = Place {
            origin: &self.origin,
            segment,
        };
        let mut profile = self.plan.profile.clone();
        if let Some(case) = case {
            profile.change(&case.change);
            // The names were looked up when the case was read.
            let _ = profile.set(&case.set);
        }
        let configurations = Configurations::new(&profile, place, &self.plan.clients, key)?;
        let lane = Lane::new(configurations, fountain);
        let origin = self.origin.to_string();
        Ok(Room::new(segment, origin, lane, forge, case.cloned()))
    }

    /// Answers a request that came in over a socket.
    pub(super) fn answer(&mut self, mut request: Request) -> Step<Paused> {
        if !self.is_reached_at(request.url.origin.host.as_str()) {
            return Step::Done(plain(421, "this is served under its own name alone").into());
        }
        request.url.origin = self.origin.clone();
        if let Some(username) = self.plan.auto_approve.clone()
            && self.is_authorization_request(&request)
        {
            return Step::Done(self.approved(request, &username).into());
        }
        let (segment, path) = self.addressed(request.url.path.as_str());
        request.url.path = Text::from(path);
        if !self.plan.store_delay.is_zero() {
            return self.begin(segment, request);
        }
        let response = self.respond(request.clone());
        let now = self.clock.now();
        Step::Done(match self.rooms.get_mut(&segment) {
            Some(room) => room.outgoing(&request, &response, now),
            None => Draft::of(&response).into(),
        })
    }

    /// Begins to answer a request whose questions to the store take time.
    fn begin(&mut self, segment: String, request: Request) -> Step<Paused> {
        let now = self.clock.now();
        let Some(room) = self.rooms.get_mut(&segment) else {
            return Step::Done(Draft::of(&no_such_issuer(&segment)).into());
        };
        let underway = room.begin(request.clone(), now);
        self.resume(Paused {
            segment,
            request,
            underway,
        })
    }

    /// Goes on with a request once the store has had its time.
    pub(super) fn resume(&mut self, mut paused: Paused) -> Step<Paused> {
        let now = self.clock.now();
        let origin = self.origin.clone();
        let Some(room) = self.rooms.get_mut(&paused.segment) else {
            return Step::Done(Draft::of(&no_such_issuer(&paused.segment)).into());
        };
        if !room.advance(&mut paused.underway, now, Pace::StopsAtStore) {
            return Step::Paused(self.plan.store_delay, paused);
        }
        let response = room.finish(paused.underway, now, |request| is_at(&origin, request));
        Step::Done(room.outgoing(&paused.request, &response, now))
    }

    fn is_reached_at(&self, host: &str) -> bool {
        LOOPBACK_NAMES.contains(&host) || self.origin.host == host
    }

    fn is_authorization_request(&self, request: &Request) -> bool {
        self.rooms.values().any(|room| {
            let endpoints = &room.lane().configurations().server.endpoints;
            endpoints.authorization == request.url.path
        })
    }

    /// Lets the visitor decide, and answers with where that leads.
    fn approved(&mut self, request: Request, username: &str) -> Draft {
        if request.method != Method::Get {
            return Draft::of(&self.respond(request));
        }
        match self.visit(&location::text(&request.url), username, Decision::Approve) {
            Ok(Visited::Callback { url, form: None }) => {
                Draft::of(&Response::redirect(Status::SEE_OTHER, Location::to(url)))
            }
            Ok(Visited::Callback { form: Some(_), .. } | Visited::Stopped { .. }) | Err(_) => {
                Draft::of(&self.respond(request))
            }
        }
    }

    /// Lets a user open an authorization URL and decide.
    ///
    /// # Errors
    /// There is no such user.
    pub(super) fn visit(
        &mut self,
        url: &str,
        username: &str,
        decision: Decision,
    ) -> Result<Visited, Unknown> {
        let accounts = self.accounts();
        let Some((username, password)) = accounts.iter().find(|(name, _)| name == username) else {
            return Err(Unknown {
                what: "user",
                allowed: accounts.into_iter().map(|(name, _)| name).collect(),
            });
        };
        let visitor = Visitor {
            username: username.clone(),
            password: password.clone(),
            decision,
            browser: self.plan.profile.policies.user_agent,
            now: self.clock.now(),
        };
        Ok(visitor::visit(self, &visitor, url))
    }

    /// Login names and passwords.
    pub(super) fn accounts(&self) -> Vec<(String, String)> {
        let room = self.rooms.values().next();
        let accounts = room.map(|room| &room.lane().configurations().server.accounts);
        let accounts = accounts.into_iter().flatten();
        accounts
            .map(|account| {
                let name = account.username.as_str().to_owned();
                (name, account.password.text().as_str().to_owned())
            })
            .collect()
    }

    /// The issuers' segments and what happened there.
    pub(super) fn rooms(&self) -> impl Iterator<Item = (&str, &Room)> {
        let rooms = self.rooms.iter();
        rooms.map(|(segment, room)| (segment.as_str(), room))
    }

    /// The issuer of a segment.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn room(&mut self, segment: &str) -> Result<&mut Room, Unknown> {
        let allowed: Vec<String> = self.rooms.keys().cloned().collect();
        let what = "case";
        self.rooms.get_mut(segment).ok_or(Unknown { what, allowed })
    }

    /// How many cases there are.
    pub(super) fn case_count(&self) -> usize {
        self.cases.len()
    }

    /// What the client made of the cases.
    pub(super) fn report(&self) -> Report {
        let judged: Vec<_> = self.rooms.values().filter_map(Room::judged).collect();
        Report::of(&judged)
    }

    /// Where this is reached.
    pub(super) const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The segment of the issuer that a path belongs to, and the path under which that issuer's machines know it.
    fn addressed(&self, path: &str) -> (String, String) {
        for known in [METADATA, OPENID] {
            if let Some(rest) = path.strip_prefix(known) {
                let segment = rest.strip_prefix('/').unwrap_or(rest);
                return (segment.to_owned(), format!("{METADATA}{rest}"));
            }
        }
        let first = path.trim_start_matches('/').split('/').next();
        let first = first.filter(|first| self.rooms.contains_key(*first));
        let segment = first.unwrap_or_default().to_owned();
        match path.strip_suffix(OPENID) {
            Some(before) => (segment, format!("{METADATA}{before}")),
            None => (segment, path.to_owned()),
        }
    }
}

impl Site for Hall {
    fn has(&self, request: &Request) -> bool {
        is_at(&self.origin, request)
    }

    fn respond(&mut self, mut request: Request) -> Arc<Response> {
        let now = self.clock.now();
        let (segment, path) = self.addressed(request.url.path.as_str());
        request.url.path = Text::from(path);
        let origin = self.origin.clone();
        let Some(room) = self.rooms.get_mut(&segment) else {
            return Arc::new(no_such_issuer(&segment));
        };
        let mut underway = room.begin(request, now);
        room.advance(&mut underway, now, Pace::AtOnce);
        room.finish(underway, now, |request| is_at(&origin, request))
    }
}

/// Whether a request goes to `origin`, by one of the names that this machine has.
fn is_at(origin: &Origin, request: &Request) -> bool {
    let asked = &request.url.origin;
    let is_same = (&asked.scheme, asked.port) == (&origin.scheme, origin.port);
    is_same && (asked.host == origin.host || LOOPBACK_NAMES.contains(&asked.host.as_str()))
}

fn no_such_issuer(segment: &str) -> Response {
    Response::new(
        Status::NOT_FOUND,
        Body::Octets {
            content_type: Text::new("text/plain; charset=utf-8"),
            octets: format!("there is no issuer under /{segment}").into_bytes(),
        },
    )
}

/// An answer that no machine gives.
pub(super) fn plain(status: u16, words: &str) -> Draft {
    Draft {
        status,
        headers: vec![(
            "content-type".to_owned(),
            "text/plain; charset=utf-8".to_owned(),
        )],
        content: words.as_bytes().to_vec(),
    }
}
