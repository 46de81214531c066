//! Authorization responses (RFC 6749 §4.1.2): those that were seen, and those that pair a known code with a known
//! `state`.

use grantlab_core::authorization_server::policy::IssParameter;
use grantlab_core::client::configuration::Provider;
use grantlab_core::client::policy::AskedResponseMode;
use grantlab_core::http::{Body, Encoded, Fields, Request, Url};
use grantlab_core::text::Text;
use grantlab_core::wire::location;

use super::{Table, get};
use crate::attacker::knowledge::Kind;
use crate::attacker::moves::{Bait, Move, Pause};
use crate::attacker::site::Attacker;
use crate::hunt::play::shared;

/// A code that nobody issued.
const JUNK: &str = "junk";

impl Table<'_> {
    /// Responses, delivered in the attacker's own browser and in those of others.
    pub(super) fn responses(&self, moves: &mut Vec<Move>) {
        for provider in self.contexts() {
            for fields in self.response_fields(provider) {
                self.deliver(provider, &fields, moves);
            }
        }
    }

    /// One server for each redirection URI of the client.
    fn contexts(&self) -> Vec<&Provider> {
        let mut contexts: Vec<&Provider> = Vec::new();
        for provider in self.providers() {
            if !contexts
                .iter()
                .any(|known| known.redirect_uri == provider.redirect_uri)
            {
                contexts.push(provider);
            }
        }
        contexts
    }

    fn deliver(&self, provider: &Provider, fields: &Fields, moves: &mut Vec<Move>) {
        let Ok(url) = location::parse(provider.redirect_uri.as_str()) else {
            return;
        };
        match self.client.configuration.policy.response_mode {
            AskedResponseMode::Query => {
                let request = get(&url, merged(&url, fields));
                self.lures(Bait::Link, Pause::Never, &request, moves);
                moves.push(Move::Browse {
                    request: shared(request),
                });
            }
            AskedResponseMode::Fragment => {
                let url = Url {
                    fragment: Some(Encoded::Fields(fields.clone())),
                    ..url
                };
                let request = Request::get(url);
                self.lures(Bait::Link, Pause::Never, &request, moves);
                moves.push(Move::Browse {
                    request: shared(request),
                });
            }
            AskedResponseMode::FormPost => {
                let request = Request::post(url, Body::Form(Encoded::Fields(fields.clone())));
                self.lures(Bait::Form, Pause::Never, &request, moves);
                moves.push(Move::Browse {
                    request: shared(request),
                });
            }
            AskedResponseMode::WebMessage => self.post(fields, moves),
        }
    }

    /// A message to a window of the client's that the attacker's page opens (RFC 9700 §4.17).
    fn post(&self, fields: &Fields, moves: &mut Vec<Move>) {
        let home = shared(Request::get(Url::new(
            &self.client.configuration.origin,
            "/",
        )));
        moves.extend(self.victims().map(|user| Move::Lure {
            user,
            bait: Bait::Popup,
            request: home.clone(),
            message: Some(fields.clone()),
            pause: Pause::Never,
        }));
    }

    /// What a response to `provider`'s redirection URI can carry.
    pub(super) fn response_fields(&self, provider: &Provider) -> Vec<Fields> {
        let mut all = Vec::new();
        for seen in self.knowledge().responses() {
            let there = location::parse(provider.redirect_uri.as_str());
            if there.is_ok_and(|url| {
                url.origin == seen.endpoint.origin && url.path == seen.endpoint.path
            }) {
                all.push(seen.fields.clone());
            }
        }
        let states: Vec<Option<&Text>> = std::iter::once(None)
            .chain(self.knowledge().all(Kind::State).map(Some))
            .collect();
        for (code, issuer) in self.codes(provider) {
            for state in &states {
                all.push(response(&code, *state, issuer.as_ref()));
            }
        }
        self.with_tokens(&states, &mut all);
        all
    }

    /// Codes that he knows, with the issuer that goes with them.
    pub(super) fn codes(&self, provider: &Provider) -> Vec<(Text, Option<Text>)> {
        let says_iss = self.server.configuration.policy.iss_param == IssParameter::On;
        let honest = self
            .honest()
            .map(|honest| Text::new(honest.issuer.as_str()));
        let honest = honest.filter(|_| says_iss);
        let mut codes: Vec<(Text, Option<Text>)> = self
            .knowledge()
            .all(Kind::Code)
            .filter(|code| !code.as_str().starts_with("evil"))
            .map(|code| (code.clone(), honest.clone()))
            .collect();
        let own_context = self
            .own_provider()
            .filter(|own| own.redirect_uri == provider.redirect_uri);
        if let Some(own) = own_context {
            let issuer = says_iss.then(|| Text::new(own.issuer.as_str()));
            let subjects = self.setup.users.iter().map(|user| user.name.as_str());
            codes.extend(subjects.map(|subject| (Attacker::code_about(subject), issuer.clone())));
        }
        codes
    }

    /// RFC 9700 §4.6: a response that brings a token which was issued to somebody else.
    fn with_tokens(&self, states: &[Option<&Text>], all: &mut Vec<Fields>) {
        for kind in [Kind::AccessToken, Kind::RefreshToken] {
            for token in self.knowledge().all(kind) {
                for state in states {
                    let junk = Text::new(JUNK);
                    let issuer = self
                        .honest()
                        .map(|honest| Text::new(honest.issuer.as_str()));
                    let fields = response(&junk, *state, issuer.as_ref());
                    let typed = fields.with(kind.as_str(), token.clone());
                    all.push(typed.with("token_type", "Bearer"));
                }
            }
        }
    }
}

/// A response with its parameters in the usual order.
pub(super) fn response(code: &Text, state: Option<&Text>, issuer: Option<&Text>) -> Fields {
    let mut fields = Fields::EMPTY.with("code", code.clone());
    if let Some(state) = state {
        fields.push("state", state.clone());
    }
    if let Some(issuer) = issuer {
        fields.push("iss", issuer.clone());
    }
    fields
}

/// The query of a redirection URI with a response's parameters behind it.
pub(super) fn merged(url: &Url, fields: &Fields) -> Fields {
    let own = url
        .query
        .as_ref()
        .and_then(|query| grantlab_core::wire::form::pairs(query).ok());
    let mut all = own.map(std::borrow::Cow::into_owned).unwrap_or_default();
    all.0.extend(fields.0.iter().cloned());
    all
}
