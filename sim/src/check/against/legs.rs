//! What of a run concerns the authorization server: its requests, in the order in which they began, with their answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use grantlab_core::http::{Body, Method, Origin, Request, Response};
use grantlab_core::time::Span;
use grantlab_core::wire::{form, location};

use crate::check::answer::{Answer, NoAnswer};
use crate::check::browser::{Exchange, Way};
use crate::check::callback::Callback;
use crate::check::filling::filling;
use crate::check::page::ForeignPage;
use crate::check::resolved::Target;
use crate::check::seen::Seen;
use crate::check::step::Owner;
use crate::check::target::Purpose;
use crate::party::{PartyId, Role};
use crate::setup::Setup;
use crate::trace::{EntryId, Payload, Trace, What};

/// What a leg is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A browser takes an authorization request to the server, and stays until it is sent back.
    Authorize,
    /// The token endpoint.
    Token,
    /// The introspection endpoint.
    Introspect,
    /// The revocation endpoint.
    Revoke,
    /// The resource server is shown a token.
    Resource,
    /// Nobody does anything for so long.
    Wait(Span),
    /// Something that is not carried: its path.
    Other(String),
}

/// A request with its answer, or several of a browser that belong together.
#[derive(Clone, Debug)]
pub(super) struct Leg {
    /// The entry where it begins.
    pub(super) at: EntryId,
    /// Whose it is.
    pub(super) by: PartyId,
    /// What it is for.
    pub(super) kind: Kind,
    asked: Vec<(Arc<Request>, Option<Arc<Response>>)>,
    callback: Option<Callback>,
}

impl Leg {
    /// Its first request.
    pub(super) fn request(&self) -> Option<&Request> {
        self.asked.first().map(|(request, _)| &**request)
    }

    /// The words that were typed as a user's name.
    pub(super) fn username(&self) -> Option<String> {
        let mut forms = self.asked.iter().filter_map(|(request, _)| typed(request));
        forms.find_map(|fields| fields.first("username").map(ToString::to_string))
    }

    /// How often a password was typed.
    fn passwords(&self) -> usize {
        let forms = self.asked.iter().filter_map(|(request, _)| typed(request));
        forms
            .filter(|fields| fields.first("password").is_some())
            .count()
    }

    /// What it came to, as a check would have seen it.
    pub(super) fn seen(&self, target: &Target) -> Option<Seen> {
        let exchange = |(request, response): &(Arc<Request>, Option<Arc<Response>>)| Exchange {
            request: (**request).clone(),
            answer: response
                .as_deref()
                .map(Answer::from)
                .ok_or(NoAnswer::ConnectionLost),
        };
        let exchanges: Vec<Exchange> = self.asked.iter().map(exchange).collect();
        if self.kind != Kind::Authorize {
            let first = exchanges.into_iter().next()?;
            return Some(Seen::of_exchange(None, self.word(), first));
        }
        let last = exchanges
            .last()
            .and_then(|exchange| exchange.answer.as_ref().ok());
        let page = last
            .filter(|answer| answer.is_page() && self.callback.is_none())
            .map(|answer| ForeignPage::read(&answer.text()));
        let user = target.users.first();
        let filling = page
            .as_ref()
            .zip(user)
            .and_then(|(page, user)| filling(page, "", &[], user));
        let way = Way {
            exchanges,
            callback: self.callback.clone(),
            purpose: filling.map(|filling| filling.purpose),
            page,
        };
        Some(Seen::of_way(None, way))
    }

    /// What the owner did, as far as it shows. Where a server stopped him, he meant to go on.
    pub(super) fn owner(&self, target: &Target) -> (Owner, u8) {
        let seen = self.seen(target);
        let error = seen.as_ref().and_then(Seen::error);
        let purpose = seen.and_then(|seen| seen.purpose);
        let passwords = self.passwords();
        let owner = match (purpose, error.as_deref()) {
            (_, Some("access_denied")) => Owner::Denies,
            (Some(Purpose::Login), _) if passwords == 0 => Owner::LooksAtLogin,
            (Some(Purpose::Consent), _) => Owner::LooksAtConsent,
            (Some(Purpose::Login | Purpose::Other) | None, _) => Owner::Approves,
        };
        let wrong = passwords.saturating_sub(1).try_into().unwrap_or(u8::MAX);
        (owner, wrong)
    }

    /// What it is, in a word.
    pub(super) const fn word(&self) -> &'static str {
        match self.kind {
            Kind::Authorize => "authorize",
            Kind::Token => "token",
            Kind::Introspect => "introspect",
            Kind::Revoke => "revoke",
            Kind::Resource => "resource",
            Kind::Wait(_) => "wait",
            Kind::Other(_) => "other",
        }
    }
}

fn typed(request: &Request) -> Option<grantlab_core::http::Fields> {
    match &request.body {
        Body::Form(encoded) if request.method == Method::Post => {
            form::pairs(encoded).ok().map(|fields| fields.into_owned())
        }
        Body::Form(_) | Body::Empty | Body::Json(_) | Body::Page(_) | Body::Octets { .. } => None,
    }
}

/// The legs of a run.
pub(super) fn legs(trace: &Trace, setup: &Setup) -> Vec<Leg> {
    let mut reader = Reader {
        trace,
        setup,
        legs: Vec::new(),
        places: BTreeMap::new(),
        open: BTreeMap::new(),
    };
    for (id, entry) in (0..).zip(trace.entries()) {
        if let What::TimePassed(span) = &entry.what
            && span.seconds() > 0
        {
            reader.begin(id, entry.party, Kind::Wait(*span), None);
        } else if let What::Sent { payload, .. } = &entry.what {
            match payload {
                Payload::Request(request) => reader.request(id, entry.party, request),
                Payload::Response(response) => reader.response(id, response),
                Payload::Failure(_) | Payload::StoreRequest(_) | Payload::StoreReply(_) => {}
            }
        }
    }
    reader.legs
}

struct Reader<'a> {
    trace: &'a Trace,
    setup: &'a Setup,
    legs: Vec<Leg>,
    /// Which leg a request belongs to, and its place there.
    places: BTreeMap<EntryId, (usize, usize)>,
    /// The leg of a browser that is still with the server.
    open: BTreeMap<PartyId, usize>,
}

impl Reader<'_> {
    fn begin(&mut self, at: EntryId, by: PartyId, kind: Kind, request: Option<&Arc<Request>>) {
        if request.is_some() {
            self.places.insert(at, (self.legs.len(), 0));
        }
        self.legs.push(Leg {
            at,
            by,
            kind,
            asked: request
                .map(|request| (Arc::clone(request), None))
                .into_iter()
                .collect(),
            callback: None,
        });
    }

    fn request(&mut self, id: EntryId, by: PartyId, request: &Arc<Request>) {
        let url = &request.url;
        let Some(server) = self.setup.servers.first() else {
            return;
        };
        let configuration = &server.configuration;
        let mut resources = self.setup.resources.iter();
        if resources.any(|resource| resource.configuration.origin == url.origin) {
            self.begin(id, by, Kind::Resource, Some(request));
        } else if url.origin == configuration.origin {
            let endpoints = &configuration.endpoints;
            let path = &url.path;
            if *path == endpoints.authorization {
                self.open.insert(by, self.legs.len());
                self.begin(id, by, Kind::Authorize, Some(request));
            } else if *path == endpoints.token {
                self.begin(id, by, Kind::Token, Some(request));
            } else if self.trace.role(by) == Some(Role::ResourceServer) {
                // What a resource server asks is its own business: the real one asks for itself.
            } else if *path == endpoints.introspection {
                self.begin(id, by, Kind::Introspect, Some(request));
            } else if *path == endpoints.revocation {
                self.begin(id, by, Kind::Revoke, Some(request));
            } else if let Some(place) = self.open.get(&by).copied() {
                if let Some(leg) = self.legs.get_mut(place) {
                    self.places.insert(id, (place, leg.asked.len()));
                    leg.asked.push((Arc::clone(request), None));
                }
            } else if *path != endpoints.metadata && *path != endpoints.jwks {
                self.begin(id, by, Kind::Other(path.to_string()), Some(request));
            }
        } else if let Some(leg) = self.open.remove(&by)
            && let Some(leg) = self.legs.get_mut(leg)
            && leg.callback.is_none()
            && typed(request).is_some()
        {
            leg.callback = Some(Callback::of_form(request));
        }
    }

    fn response(&mut self, id: EntryId, response: &Arc<Response>) {
        let Some((leg, place)) = self.answered(id).and_then(|asked| self.places.get(&asked)) else {
            return;
        };
        let Some(leg) = self.legs.get_mut(*leg) else {
            return;
        };
        let mut from: Option<Origin> = None;
        if let Some((request, answer)) = leg.asked.get_mut(*place) {
            from = Some(request.url.origin.clone());
            *answer = Some(Arc::clone(response));
        }
        let Some(to) = response.headers.location().map(location::join) else {
            return;
        };
        let stays = match location::parse(&to) {
            Ok(url) => Some(url.origin) == from,
            // A relative reference.
            Err(_) => !to.contains(':'),
        };
        if leg.kind == Kind::Authorize && !stays && leg.callback.is_none() {
            leg.callback = Some(Callback::of_location(&to, response.status.0));
        }
    }

    /// The request that is answered: the nearest among the causes that came to whoever answers.
    fn answered(&self, id: EntryId) -> Option<EntryId> {
        let answer = self.trace.entry(id)?;
        let mut cause = answer.cause;
        while let Some(above) = cause {
            let entry = self.trace.entry(above)?;
            if let What::Arrived { sent } = entry.what
                && entry.party == answer.party
                && matches!(self.trace.payload(sent), Some(Payload::Request(_)))
            {
                return Some(sent);
            }
            cause = entry.cause;
        }
        None
    }
}
