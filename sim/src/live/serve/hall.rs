//! All issuers of a server, and who is asked what.

use std::collections::BTreeMap;
use std::sync::Arc;

use grantlab_core::http::{
    Body, Header, Headers, Location, Method, Origin, Request, Response, Status,
};
use grantlab_core::json::Json;
use grantlab_core::text::Text;
use grantlab_core::value::Malformed;
use grantlab_core::wire::location;

use super::Plan;
use super::clock::Clock;
use super::configuration::{Configurations, METADATA, OPENID, Place};
use super::entropy::{Fountain, Root};
use super::journal::{Exchange, Journal};
use super::lane::Lane;
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
    rooms: BTreeMap<String, Room>,
}

/// An issuer and what happened there.
pub(super) struct Room {
    pub(super) lane: Lane,
    pub(super) journal: Journal,
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
    pub(super) fn new(plan: Plan, root: Root, origin: Origin) -> Result<Self, Malformed> {
        let mut hall = Self {
            plan,
            root,
            origin,
            clock: Clock::REAL,
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
        self.rooms = BTreeMap::new();
        let room = self.furnished("")?;
        self.rooms.insert(String::new(), room);
        Ok(())
    }

    fn furnished(&self, segment: &str) -> Result<Room, Malformed> {
        let fountain = Fountain::new(self.root, segment);
        let key = fountain.key(super::configuration::KEY_ID);
        let place = Place {
            origin: &self.origin,
            segment,
        };
        let configurations =
            Configurations::new(&self.plan.profile, place, &self.plan.clients, key)?;
        Ok(Room {
            lane: Lane::new(configurations, fountain),
            journal: Journal::default(),
        })
    }

    /// Answers a request that came in over a socket.
    pub(super) fn answer(&mut self, mut request: Request) -> Draft {
        if !self.is_reached_at(request.url.origin.host.as_str()) {
            return plain(421, "this is served under its own name alone");
        }
        request.url.origin = self.origin.clone();
        if let Some(username) = self.plan.auto_approve.clone()
            && self.is_authorization_request(&request)
        {
            return self.approved(request, &username);
        }
        Draft::of(&self.respond(request))
    }

    fn is_reached_at(&self, host: &str) -> bool {
        LOOPBACK_NAMES.contains(&host) || self.origin.host == host
    }

    fn is_authorization_request(&self, request: &Request) -> bool {
        self.rooms.values().any(|room| {
            let endpoints = &room.lane.configurations().server.endpoints;
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
        let accounts = room.map(|room| &room.lane.configurations().server.accounts);
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
        let origin = &request.url.origin;
        let is_same = (&origin.scheme, origin.port) == (&self.origin.scheme, self.origin.port);
        is_same && self.is_reached_at(origin.host.as_str())
    }

    fn respond(&mut self, mut request: Request) -> Arc<Response> {
        let now = self.clock.now();
        let (segment, path) = self.addressed(request.url.path.as_str());
        let Some(room) = self.rooms.get_mut(&segment) else {
            return Arc::new(no_such_issuer(&segment));
        };
        let exchange = Exchange::of(&request);
        request.url.path = Text::from(path);
        let path = request.url.path.clone();
        let answered = room.lane.answer(request, now);
        room.journal.noted(now, &answered.events);
        let mut response = answered.response;
        let told = &room.lane.configurations().server;
        if path == told.endpoints.metadata {
            let userinfo = &room.lane.configurations().userinfo.path;
            let userinfo = format!("{}{userinfo}", self.origin);
            complete(Arc::make_mut(&mut response), &userinfo);
        }
        if !segment.is_empty() {
            keep_cookies_apart(Arc::make_mut(&mut response), &segment);
        }
        room.journal
            .exchange(now, exchange.answered(Some(response.status.0)));
        response
    }
}

/// What OpenID Connect Discovery §3 asks for beside RFC 8414, and what RFC 8414 has no member for.
fn complete(response: &mut Response, userinfo: &str) {
    let Body::Json(Json::Object(members)) = &mut response.body else {
        return;
    };
    let words = |words: &[&str]| Json::Array(words.iter().map(|word| Json::from(*word)).collect());
    let claims = [
        "iss", "sub", "aud", "exp", "iat", "nonce", "at_hash", "email",
    ];
    for (name, value) in [
        ("userinfo_endpoint", Json::from(userinfo)),
        ("subject_types_supported", words(&["public"])),
        ("id_token_signing_alg_values_supported", words(&["EdDSA"])),
        ("claims_supported", words(&claims)),
    ] {
        members.push((Text::new(name), value));
    }
}

/// A browser that visits two issuers is logged in at both: their cookies have paths of their own.
fn keep_cookies_apart(response: &mut Response, segment: &str) {
    let Headers(headers) = &mut response.headers;
    for header in headers {
        if let Header::SetCookie(cookie) = header {
            cookie.path = Some(Text::from(format!("/{segment}/")));
        }
    }
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
