//! One issuer as it is seen from outside: its machines, what is done to their answers, and what was seen there.

use std::sync::Arc;
use std::time::Duration;

use grantlab_core::authorization_server::Command;
use grantlab_core::http::{Body, Fields, Header, Headers, Location, Request, Response};
use grantlab_core::json::Json;
use grantlab_core::text::Text;
use grantlab_core::time::Timestamp;
use grantlab_core::wire::location;
use serde_json::json;

use super::cases::{
    AnswerChange, Case, Change, Forge, Known, change_answer, change_callback, change_id_token,
};
use super::journal::{Exchange, Journal, body_fields};
use super::lane::{Lane, Pace, Pending};
use super::listener::Outgoing;
use super::report::{Judged, Trial};
use super::translation::{Draft, Ending};
use super::witness::{Paths, Witness};

/// Characters that are kept of what somebody says about a trial.
const DETAIL_CHARACTERS_MAX: usize = 2_000;

/// An issuer and what happened there.
pub(super) struct Room {
    segment: String,
    origin: String,
    lane: Lane,
    forge: Forge,
    case: Option<Arc<Case>>,
    /// How often each change of the case was made.
    made: Vec<u32>,
    pub(super) journal: Journal,
    witness: Witness,
    trial: Option<Trial>,
}

/// A request that is being answered.
pub(super) struct Underway {
    exchange: Exchange,
    pending: Pending,
    request: Request,
}

/// Which of the changes of a case can be made to an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Metadata,
    Keys,
    Token,
    Refresh,
    Resource,
    Userinfo,
    Revocation,
}

impl Room {
    pub(super) fn new(
        segment: &str,
        origin: String,
        lane: Lane,
        forge: Forge,
        case: Option<Arc<Case>>,
    ) -> Self {
        let count = case.as_ref().map_or(0, |case| case.changes.len());
        Self {
            segment: segment.to_owned(),
            origin,
            lane,
            forge,
            case,
            made: vec![0; count],
            journal: Journal::default(),
            witness: Witness::default(),
            trial: None,
        }
    }

    pub(super) const fn lane(&self) -> &Lane {
        &self.lane
    }

    pub(super) fn case(&self) -> Option<&Case> {
        self.case.as_deref()
    }

    /// Keeps what whoever ran the client says about it; the last word counts.
    pub(super) fn tried(&mut self, now: Timestamp, mut trial: Trial) {
        trial.detail = trial.detail.chars().take(DETAIL_CHARACTERS_MAX).collect();
        let said = json!({ "outcome": trial.outcome });
        self.journal.said(now, "trial", said);
        self.trial = Some(trial);
    }

    /// Lets the administrator of the authorization server act.
    pub(super) fn command(&mut self, command: Command, now: Timestamp) {
        let events = self.lane.command(command, now);
        self.journal.noted(now, &events);
    }

    /// The case with what is known about it.
    pub(super) fn judged(&self) -> Option<Judged<'_>> {
        Some(Judged {
            case: self.case.as_deref()?,
            witness: &self.witness,
            trial: self.trial.as_ref(),
        })
    }

    /// Lets the machines begin to answer.
    pub(super) fn begin(&mut self, request: Request, now: Timestamp) -> Underway {
        Underway {
            exchange: Exchange::of(&request),
            pending: self.lane.begin(request.clone(), now),
            request,
        }
    }

    /// Lets the machines go on, and says whether they are done.
    pub(super) fn advance(&mut self, underway: &mut Underway, now: Timestamp, pace: Pace) -> bool {
        self.lane.advance(&mut underway.pending, now, pace)
    }

    /// What the machines answered; what leaves for the client is changed as the case says.
    pub(super) fn finish(
        &mut self,
        underway: Underway,
        now: Timestamp,
        is_here: impl Fn(&Request) -> bool,
    ) -> Arc<Response> {
        let Underway {
            exchange,
            mut pending,
            request,
        } = underway;
        self.journal.noted(now, &pending.events);
        let mut response = pending.answer();
        self.see(&request, &response);
        if request.url.path == self.lane.configurations().server.endpoints.metadata {
            self.complete(Arc::make_mut(&mut response));
        }
        if !self.segment.is_empty() {
            keep_cookies_apart(Arc::make_mut(&mut response), &self.segment);
        }
        if leaves(&response, is_here) {
            self.change_redirect(Arc::make_mut(&mut response), now);
        }
        let exchange = exchange.answered(Some(response.status.0));
        self.journal.exchange(now, exchange);
        response
    }

    fn see(&mut self, request: &Request, response: &Response) {
        let configurations = self.lane.configurations();
        let paths = Paths {
            server: &configurations.server,
            resource: &configurations.resource,
            userinfo: &configurations.userinfo,
        };
        self.witness.see(&paths, request, response);
    }

    /// What placeholders stand for now.
    fn known(&self, now: Timestamp) -> Known {
        Known {
            issuer: self.lane.configurations().server.issuer.as_str().to_owned(),
            origin: self.origin.clone(),
            client_id: self.witness.client_id.clone(),
            now: now.seconds(),
            another_jwk: self.forge.another_jwk().clone(),
        }
    }

    fn change_redirect(&mut self, response: &mut Response, now: Timestamp) {
        let known = self.known(now);
        let Headers(headers) = &mut response.headers;
        for header in headers {
            let Header::Location(location) = header else {
                continue;
            };
            let left = parameters(location);
            for change in self.case.iter().flat_map(|case| &case.changes) {
                if let Change::Callback(change) = change {
                    let first = self.witness.first_callback.as_ref();
                    change_callback(change, location, &known, first);
                }
            }
            self.witness.see_callback(&left);
        }
    }

    /// The answer as it goes out, changed as the case says.
    pub(super) fn outgoing(
        &mut self,
        request: &Request,
        response: &Response,
        now: Timestamp,
    ) -> Outgoing {
        let mut outgoing = Outgoing::from(Draft::of(response));
        let (Some(kind), Some(case)) = (self.kind(request), self.case.clone()) else {
            return outgoing;
        };
        let known = self.known(now);
        for (place, change) in case.changes.iter().enumerate() {
            if let Change::IdToken(change) = change {
                if kind == Kind::Token {
                    let secret = self.secret_of(&known.client_id);
                    change_id_token(change, &mut outgoing.draft, &known, &self.forge, secret);
                }
                continue;
            }
            if let Some(change) = of_kind(change, kind)
                && self.is_due(place, change)
            {
                change_answer(change, &mut outgoing.draft, &known);
                outgoing.delay = outgoing.delay.max(Duration::from_millis(change.delay_ms));
                outgoing.lost |= change.lost;
                outgoing.mischief = outgoing.mischief.or(change.mischief);
                if change.cut {
                    outgoing.ending = Ending::Cut;
                }
            }
        }
        outgoing
    }

    /// Counts a change, and says whether it is still to be made.
    fn is_due(&mut self, place: usize, change: &AnswerChange) -> bool {
        let Some(made) = self.made.get_mut(place) else {
            return false;
        };
        *made = made.saturating_add(1);
        change.first.is_none_or(|first| *made <= first)
    }

    fn secret_of(&self, client_id: &str) -> Option<&str> {
        let mut clients = self.lane.configurations().server.clients.iter();
        let client = clients.find(|client| client.client_id.as_str() == client_id)?;
        client.client_secret.as_ref().map(|secret| secret.as_str())
    }

    fn kind(&self, request: &Request) -> Option<Kind> {
        let configurations = self.lane.configurations();
        let endpoints = &configurations.server.endpoints;
        let refreshes = || {
            let form = body_fields(&request.body);
            form.first("refresh_token").is_some()
        };
        let kinds = [
            (&endpoints.metadata, Kind::Metadata),
            (&endpoints.jwks, Kind::Keys),
            (&endpoints.token, Kind::Token),
            (&endpoints.revocation, Kind::Revocation),
            (&configurations.resource.path, Kind::Resource),
            (&configurations.userinfo.path, Kind::Userinfo),
        ];
        let mut kinds = kinds.into_iter();
        let (_, kind) = kinds.find(|(path, _)| **path == request.url.path)?;
        let refresh = kind == Kind::Token && refreshes();
        Some(if refresh { Kind::Refresh } else { kind })
    }

    /// What OpenID Connect Discovery §3 asks for beside RFC 8414, and what RFC 8414 has no member for.
    fn complete(&self, response: &mut Response) {
        let Body::Json(Json::Object(members)) = &mut response.body else {
            return;
        };
        let userinfo = format!(
            "{}{}",
            self.origin,
            self.lane.configurations().userinfo.path
        );
        let words =
            |words: &[&str]| Json::Array(words.iter().map(|word| Json::from(*word)).collect());
        let claims = [
            "iss", "sub", "aud", "exp", "iat", "nonce", "at_hash", "email",
        ];
        for (name, value) in [
            ("userinfo_endpoint", Json::from(userinfo.as_str())),
            ("subject_types_supported", words(&["public"])),
            ("id_token_signing_alg_values_supported", words(&["EdDSA"])),
            ("claims_supported", words(&claims)),
        ] {
            members.push((Text::new(name), value));
        }
    }
}

/// The change, if it is one of answers of this kind.
const fn of_kind(change: &Change, kind: Kind) -> Option<&AnswerChange> {
    match (change, kind) {
        (Change::Metadata(change), Kind::Metadata)
        | (Change::Keys(change), Kind::Keys)
        | (Change::Token(change), Kind::Token)
        | (Change::Refresh(change), Kind::Refresh)
        | (Change::Resource(change), Kind::Resource)
        | (Change::Userinfo(change), Kind::Userinfo)
        | (Change::Revocation(change), Kind::Revocation) => Some(change),
        (
            Change::Callback(_)
            | Change::Metadata(_)
            | Change::Keys(_)
            | Change::Token(_)
            | Change::Refresh(_)
            | Change::IdToken(_)
            | Change::Resource(_)
            | Change::Userinfo(_)
            | Change::Revocation(_),
            _,
        ) => None,
    }
}

/// Whether a response is a redirect to somebody else.
fn leaves(response: &Response, is_here: impl Fn(&Request) -> bool) -> bool {
    let target = response
        .headers
        .location()
        .filter(|_| response.status.is_redirect());
    let target = target.and_then(|target| location::parse(&location::join(target)).ok());
    target.is_some_and(|url| !is_here(&Request::get(url)))
}

/// The parameters that an authorization response adds.
fn parameters(location: &Location) -> Fields {
    match location.fragment.0.as_slice() {
        [] => location.query.clone(),
        _ => location.fragment.clone(),
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
