//! Authorization requests (RFC 6749 §4.1.1): those that were seen, and those that anybody can make up.

use grantlab_core::authorization_server::policy::{AuthorizationCsrf, Framing};
use grantlab_core::client::policy::AskedResponseMode;
use grantlab_core::http::{Body, Encoded, Fields, Request, Url};
use grantlab_core::text::Text;
use grantlab_core::value::{CodeChallengeMethod, RedirectionUri};

use super::receivers::Reception;
use super::{Table, get};
use crate::attacker::knowledge::{Kind, Sighting};
use crate::attacker::moves::{Bait, Move, Pause};
use crate::hunt::play::shared;

impl Table<'_> {
    /// The honest server's authorization endpoint.
    pub(super) fn authorization_endpoint(&self) -> Url {
        let known = &self.server.configuration;
        Url::new(&known.origin, known.endpoints.authorization.as_str())
    }

    /// Authorization requests, opened by the attacker or by those whom he lures, and what else starts a flow.
    pub(super) fn authorizations(&self, moves: &mut Vec<Move>) {
        let endpoint = self.authorization_endpoint();
        let mut errors: Vec<Text> = Vec::new();
        for fields in self.as_client() {
            let request = get(&endpoint, fields);
            match self.receivers.server_says(self.server, &request) {
                Reception::GoesOn => {}
                // One error is as good as another that goes to the same place.
                Reception::RedirectsError(to) if !errors.contains(&to) => errors.push(to),
                Reception::RedirectsError(_) | Reception::Refuses => continue,
            }
            let popup = names(&request, "response_mode", "web_message");
            let bait = if popup { Bait::Popup } else { Bait::Link };
            self.lures(bait, Pause::Never, &request, moves);
        }
        for fields in self.in_own_browser() {
            let request = get(&endpoint, fields);
            if self.receivers.server_says(self.server, &request) == Reception::GoesOn {
                moves.push(Move::Browse {
                    request: shared(request),
                });
            }
        }
        for fields in self.as_own_client() {
            let request = get(&endpoint, fields.clone());
            if self.receivers.server_says(self.server, &request) == Reception::GoesOn {
                self.lures(Bait::Link, Pause::Never, &request, moves);
                self.lures(Bait::Link, Pause::AtPage, &request, moves);
                if self.server.configuration.policy.frame == Framing::Any {
                    self.lures(Bait::Frame, Pause::Never, &request, moves);
                }
            }
            self.forged_consent(fields, moves);
        }
        self.client_pages(moves);
    }

    /// A consent form that nobody filled in (RFC 6749 §10.12).
    fn forged_consent(&self, fields: Fields, moves: &mut Vec<Move>) {
        let known = &self.server.configuration;
        let url = Url::new(&known.origin, known.endpoints.consent.as_str());
        let fields = fields.with("decision", "approve");
        let request = Request::post(url, Body::Form(Encoded::Fields(fields)));
        if self.server.configuration.policy.authz_csrf == AuthorizationCsrf::None {
            self.lures(Bait::Form, Pause::Never, &request, moves);
        }
    }

    /// Pages of the client that lead somewhere by themselves: a login that a link starts, an open redirector.
    fn client_pages(&self, moves: &mut Vec<Move>) {
        let origin = &self.client.configuration.origin;
        let login = Url::new(origin, "/login");
        let starts = self.providers().map(|provider| {
            get(
                &login,
                Fields::EMPTY.with("provider", provider.name.clone()),
            )
        });
        let away = Fields::EMPTY.with("to", self.own().at("/"));
        let pages = starts.chain([get(&Url::new(origin, "/go"), away)]);
        for request in pages {
            if self.receivers.client_goes_on(self.client, &request) {
                for bait in [Bait::Link, Bait::Image, Bait::Frame] {
                    self.lures(bait, Pause::Never, &request, moves);
                }
            }
        }
    }

    /// Requests in the client's name: seen or made up, as they are or with one parameter replaced.
    fn as_client(&self) -> Vec<Fields> {
        let endpoint = self.authorization_endpoint();
        let at_honest = |seen: &&Sighting| seen.endpoint == endpoint;
        let seen = self.knowledge().requests().iter().filter(at_honest);
        let seen = seen.map(|seen| seen.fields.clone());
        let mut bases: Vec<Fields> = seen.collect();
        bases.extend(self.made_up());
        let mut all = Vec::new();
        for base in bases {
            let is_own = base.first("client_id").map(Text::as_str)
                == Some(self.own().client.client_id.as_str());
            if !is_own {
                self.variants(&base, &mut all);
            }
            all.push(base);
        }
        all
    }

    /// What the attacker asks in his own name, to get codes of his own: his browser shows him the response, so that
    /// only what the code is bound to makes a difference.
    fn in_own_browser(&self) -> Vec<Fields> {
        let endpoint = self.authorization_endpoint();
        let at_honest = |seen: &&Sighting| seen.endpoint == endpoint;
        let seen = self.knowledge().requests().iter().filter(at_honest);
        let own = &self.own().client.client_id;
        let is_own =
            |fields: &Fields| fields.first("client_id").map(Text::as_str) == Some(own.as_str());
        let mut all: Vec<Fields> = seen
            .map(|seen| seen.fields.clone())
            .filter(|fields| !is_own(fields))
            .collect();
        for base in self.made_up() {
            let contexts = self
                .providers()
                .map(|provider| provider.redirect_uri.as_str());
            let nonces = self.knowledge().all(Kind::Nonce);
            for (name, value) in contexts
                .map(|uri| ("redirect_uri", uri))
                .chain(nonces.map(|nonce| ("nonce", nonce.as_str())))
            {
                let mut fields = base.clone();
                fields.set(name, value);
                all.push(fields);
            }
        }
        all.retain(|fields| !self.attacker.has_browsed(fields));
        all
    }

    /// What the client itself would ask, without secrets of its own.
    fn made_up(&self) -> Vec<Fields> {
        let Some(honest) = self.honest() else {
            return Vec::new();
        };
        let mut base = Fields::EMPTY
            .with("response_type", self.response_type())
            .with("client_id", honest.client_id.as_str())
            .with("redirect_uri", honest.redirect_uri.as_str());
        if let Some(scope) = &honest.scope {
            base.push("scope", scope.as_str());
        }
        let mode = self.client.configuration.policy.response_mode;
        if mode != AskedResponseMode::Query {
            base.push("response_mode", mode.as_str());
        }
        self.with_challenges(&base)
    }

    fn response_type(&self) -> Text {
        let mut registered = self.server.configuration.clients.iter();
        let client = self.honest().map(|honest| honest.client_id.clone());
        let registered = registered.find(|one| Some(&one.client_id) == client.as_ref());
        registered
            .and_then(|one| one.response_types.first())
            .map_or_else(|| Text::new("code"), |kind| Text::new(kind.as_str()))
    }

    /// Requests in the name of the attacker's own client.
    fn as_own_client(&self) -> Vec<Fields> {
        let own = &self.own().client;
        let Some(redirect_uri) = self.own().redirect_uri() else {
            return Vec::new();
        };
        let mut base = Fields::EMPTY
            .with("response_type", "code")
            .with("client_id", own.client_id.as_str())
            .with("redirect_uri", redirect_uri.as_str());
        if let Some(scope) = self.honest().and_then(|honest| honest.scope.as_ref()) {
            base.push("scope", scope.as_str());
        }
        self.with_challenges(&base)
    }

    /// The same without a challenge, with the attacker's own, and with each that he saw (RFC 7636 §4.3).
    fn with_challenges(&self, base: &Fields) -> Vec<Fields> {
        let with = |challenge: &str, method: &str| {
            base.clone()
                .with("code_challenge", challenge)
                .with("code_challenge_method", method)
        };
        let own = self.own().verifier.challenge(CodeChallengeMethod::S256);
        let mut all = vec![base.clone(), with(own.as_str(), "S256")];
        for seen in self.knowledge().requests() {
            if let Some(challenge) = seen.fields.first("code_challenge") {
                let method = seen.fields.first("code_challenge_method");
                all.push(with(
                    challenge.as_str(),
                    method.map_or("plain", Text::as_str),
                ));
            }
        }
        all
    }

    /// One parameter replaced by something that he knows or that anybody could write, or left out.
    fn variants(&self, base: &Fields, all: &mut Vec<Fields>) {
        let mut replace = |name: &str, value: &str| {
            if base.first(name).map(Text::as_str) != Some(value) {
                let mut fields = base.clone();
                fields.set(name, value);
                all.push(fields);
            }
        };
        for uri in self.redirect_family() {
            replace("redirect_uri", &uri);
        }
        for state in self.knowledge().all(Kind::State) {
            replace("state", state.as_str());
        }
        for nonce in self.knowledge().all(Kind::Nonce) {
            replace("nonce", nonce.as_str());
        }
        for mode in ["query", "fragment", "form_post", "web_message"] {
            replace("response_mode", mode);
        }
        for kind in ["code", "code id_token", "code token"] {
            replace("response_type", kind);
        }
        replace("scope", "a-scope-that-is-unknown");
        replace("prompt", "none");
        if base
            .first("response_mode")
            .is_some_and(|mode| mode == "web_message")
        {
            replace("web_message_uri", self.own().at("/").as_str());
        }
        for name in ["state", "code_challenge"] {
            if base.first(name).is_some() {
                let mut fields = base.clone();
                fields.remove(name);
                if name == "code_challenge" {
                    fields.remove("code_challenge_method");
                }
                all.push(fields);
            }
        }
    }

    /// Redirection URIs that somebody might take for the registered one (RFC 9700 §4.1): the attacker's own, with
    /// the registered one hidden in it; the client's, with another path, a sub-domain, or more in the query.
    pub(super) fn redirect_family(&self) -> Vec<String> {
        let Some(honest) = self.honest() else {
            return Vec::new();
        };
        let registered = honest.redirect_uri.as_str();
        let origin = &self.client.configuration.origin;
        let own = self.own().at("/cb");
        let path = registered.strip_prefix(&origin.to_string()).unwrap_or("/");
        let mark = if registered.contains('?') { '&' } else { '?' };
        let away = format!("go?to={}", self.own().at("/"));
        let mut family = vec![
            own.to_string(),
            format!("{own}?{registered}"),
            format!("https://{}.{}{path}", origin.host, self.own().site.host),
            format!("https://taken.{}{path}", origin.host),
            format!("{origin}/{away}"),
            format!(
                "{registered}/../{}{away}",
                "../".repeat(path.matches('/').count().saturating_sub(1))
            ),
            format!("{registered}{mark}code=junk"),
        ];
        family.extend(
            self.providers()
                .map(|provider| provider.redirect_uri.as_str().to_owned()),
        );
        family.retain(|uri| uri != registered && RedirectionUri::new(uri.as_str()).is_ok());
        family
    }
}

fn names(request: &Request, name: &str, value: &str) -> bool {
    match &request.url.query {
        Some(Encoded::Fields(fields)) => fields.first(name).is_some_and(|found| found == value),
        Some(Encoded::Octets(_)) | None => false,
    }
}
