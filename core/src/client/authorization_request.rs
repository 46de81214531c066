//! Starting a login: step (A) of RFC 6749 figure 1, the authorization request of §4.1.1.

use alloc::sync::Arc;

use super::Client;
use super::configuration::{Provider, SendRedirectUri};
use super::login::{ProviderId, Sent, Stage};
use super::logins::Full;
use super::policy::{
    AskedResponseMode, AskedResponseType, ClientPkce, IssuerUnique, LoginStart, NonceUse,
    RedirectUris, ServerConfiguration, StateUse, TransactionStore,
};
use super::session::Visitor;
use crate::entropy::Fresh;
use crate::event::Event;
use crate::http::{Body, Fields, Location, Method, Origin, Request, Response, Status};
use crate::machine::{Context, ExchangeId};
use crate::message::AuthorizationRequest;
use crate::proof::proof;
use crate::refusal::{Compared, Refusal, Rule};
use crate::text::Text;
use crate::time::Timestamp;
use crate::value::{
    CodeChallengeMethod, CodeVerifier, RedirectionUri, ResponseMode, ResponseType, SessionId,
};
use crate::wire::{form, location};

/// Characters of a verifier where `client.pkce` is `short`: RFC 7636 §4.1 asks for 43 at least.
const SHORT_VERIFIER_CHARACTERS: usize = 8;

proof! {
    /// A page of the client asked for this login.
    waivable LoginStartedHere
}
proof! {
    /// The server is who it says it is.
    waivable IssuerTrusted
}
proof! {
    /// There is room for another login.
    LoginsBounded
}

impl LoginStartedHere {
    /// OpenID Connect Core §4: a login that another site starts is that site's choice, not the user's.
    fn check(policy: LoginStart, own: &Origin, request: &Request) -> Result<Self, Refusal> {
        match policy {
            LoginStart::Get => return Ok(Self::waived()),
            LoginStart::PostWithOriginCheck => {}
        }
        let refused = |expected: &str, found| {
            let expected = Compared::shown(expected);
            Refusal::new(Rule::LoginStartedHere, expected, found)
        };
        if request.method != Method::Post {
            let found = Compared::shown(request.method.as_str());
            return Err(refused("POST", found));
        }
        same_origin(own, request)
            .map(|()| Self(()))
            .map_err(|(expected, found)| refused(expected.as_str(), found))
    }
}

/// RFC 6454 §7: a form says which origin its page has. On the other side: what was expected, what was there.
pub(super) fn same_origin(own: &Origin, request: &Request) -> Result<(), (Text, Compared)> {
    let own = Text::from(alloc::format!("{own}"));
    match request.headers.origin() {
        Some(origin) if *origin == own => Ok(()),
        Some(origin) => Err((own, Compared::Shown(origin.clone()))),
        None => Err((own, Compared::Absent)),
    }
}

impl IssuerTrusted {
    /// RFC 8414 §3.3, RFC 9207 §4 (MUST): no two servers claim one issuer, and a server's endpoints are its own.
    pub(super) fn check(client: &Client, provider: ProviderId) -> Result<Self, Refusal> {
        let asked = client.configuration.provider(provider)?;
        let policy = client.policy();
        if policy.issuer_unique == IssuerUnique::On {
            let mut before = client.providers().take(usize::from(provider.0));
            if let Some(other) = before.find(|other| other.issuer == asked.issuer) {
                return Err(Refusal::new(
                    Rule::IssuerTrusted,
                    Compared::Shown(other.name.clone()),
                    Compared::Shown(asked.name.clone()),
                ));
            }
        }
        match policy.as_config {
            ServerConfiguration::FreeEndpoints => Ok(Self::waived()),
            ServerConfiguration::ValidatedMetadata => endpoints_at_issuer(asked).map(|()| Self(())),
        }
    }
}

fn endpoints_at_issuer(provider: &Provider) -> Result<(), Refusal> {
    let home = location::parse(provider.issuer.as_str()).map(|url| url.origin);
    let endpoints = [
        Some(&provider.authorization_endpoint),
        Some(&provider.token_endpoint),
        provider.revocation_endpoint.as_ref(),
        provider.pushed_requests_endpoint.as_ref(),
    ];
    for endpoint in endpoints.into_iter().flatten() {
        if location::parse(endpoint.as_str()).map(|url| url.origin) != home {
            return Err(Refusal::new(
                Rule::IssuerTrusted,
                Compared::shown(provider.issuer.as_str()),
                Compared::Shown(endpoint.clone()),
            ));
        }
    }
    Ok(())
}

impl LoginsBounded {
    /// RFC 6749 §10.12 (hardening): logins that never end do not fill the memory.
    pub(super) fn check(client: &Client, now: Timestamp) -> Result<Self, Refusal> {
        if client.logins.has_room(now) {
            Ok(Self(()))
        } else {
            Err(Full.into())
        }
    }
}

/// What lets a login start.
struct Startable {
    started_here: LoginStartedHere,
    trusted: IssuerTrusted,
    bounded: LoginsBounded,
}

impl Client {
    /// `/login`: a form of the home page, or a link where the policy lets one do.
    pub(super) fn login_asked(
        &mut self,
        exchange: ExchangeId,
        request: &Request,
        ctx: &mut Context<'_>,
    ) {
        let own = &self.configuration.origin;
        let started_here = match LoginStartedHere::check(self.policy().init, own, request) {
            Ok(proof) => proof,
            Err(refusal) => return self.refuse_form(exchange, refusal, ctx),
        };
        let Some(provider) = self.asked_provider(request) else {
            return self.refuse_path(exchange, ctx);
        };
        let known = self.session_of(request).cloned();
        let (session, visitor) = self.enter(exchange, known, ctx);
        let started = self
            .startable(started_here, provider, ctx.now)
            .and_then(|it| self.start_login(it, provider, session.clone(), visitor, ctx));
        if let Err(refusal) = started {
            let response = self.refused(&refusal);
            self.answer(visitor, &session, response, ctx);
            ctx.note(Event::LoginFailed { session, refusal });
        }
    }

    fn startable(
        &self,
        started_here: LoginStartedHere,
        provider: ProviderId,
        now: Timestamp,
    ) -> Result<Startable, Refusal> {
        Ok(Startable {
            started_here,
            trusted: IssuerTrusted::check(self, provider)?,
            bounded: LoginsBounded::check(self, now)?,
        })
    }

    /// The provider that the form or the link names.
    fn asked_provider(&self, request: &Request) -> Option<ProviderId> {
        let fields = match &request.body {
            Body::Form(fields) => Some(fields),
            Body::Empty | Body::Json(_) | Body::Page(_) | Body::Octets { .. } => {
                request.url.query.as_ref()
            }
        };
        let fields = form::pairs(fields?).ok()?;
        let name = fields.first("provider")?;
        let place = self
            .providers()
            .position(|provider| provider.name == *name)?;
        u16::try_from(place).ok().map(ProviderId)
    }

    /// Asks, and keeps what the answer will be compared with.
    fn start_login(
        &mut self,
        startable: Startable,
        id: ProviderId,
        session: SessionId,
        visitor: Visitor,
        ctx: &mut Context<'_>,
    ) -> Result<(), Refusal> {
        let Startable {
            started_here: LoginStartedHere(()),
            trusted: IssuerTrusted(()),
            bounded: LoginsBounded(()),
        } = startable;
        let configuration = Arc::clone(&self.configuration);
        let provider = configuration.provider(id)?;
        let (request, sent) = self.authorization_request(provider, ctx);
        let fields = written(&request, provider);
        let pushed = self.pushed_request(provider, &fields)?;
        ctx.note(login_started(&session, provider, request));
        if self.policy().txn_store == TransactionStore::ProcessGlobal {
            self.logins.overwrite(id, &sent);
        }
        match pushed {
            None => {
                self.logins
                    .open(&session, id, sent, ctx.now, Stage::Started)?;
                let response = self.to_authorization_endpoint(provider, fields);
                self.answer(visitor, &session, response, ctx);
            }
            Some(request) => {
                let wait = self.send(request, ctx);
                let stage = Stage::Pushing { wait, visitor };
                self.logins.open(&session, id, sent, ctx.now, stage)?;
            }
        }
        Ok(())
    }

    /// RFC 6749 §4.1.1; RFC 7636 §4.3; OpenID Connect Core §3.1.2.1: what is asked, and what to keep of it.
    fn authorization_request(
        &self,
        provider: &Provider,
        ctx: &mut Context<'_>,
    ) -> (AuthorizationRequest, Sent) {
        let policy = self.policy();
        let state = match policy.state {
            StateUse::Absent => None,
            StateUse::Static => Some(self.configuration.static_state.clone()),
            StateUse::BoundOnce
            | StateUse::BoundMulti
            | StateUse::UnboundStore
            | StateUse::SentNotChecked
            | StateUse::SessionFromState => Some(ctx.fresh_state()),
        };
        let nonce = match policy.nonce {
            NonceUse::None => None,
            NonceUse::TokenEndpoint | NonceUse::FrontOnly | NonceUse::SentNotChecked => {
                self.expects_id_token(provider).then(|| ctx.fresh_nonce())
            }
        };
        let (code_verifier, method) = self.proof_key(ctx);
        let redirect_uri = self.redirect_uri(provider);
        let request = AuthorizationRequest {
            response_type: self.response_type(provider),
            client_id: provider.client_id.clone(),
            redirect_uri: match provider.send_redirect_uri {
                SendRedirectUri::Both | SendRedirectUri::AuthorizationRequestOnly => {
                    Some(redirect_uri.clone())
                }
                SendRedirectUri::Neither => None,
            },
            scope: provider.scope.clone(),
            state: state.clone(),
            code_challenge: code_verifier
                .as_ref()
                .map(|verifier| verifier.challenge(method)),
            code_challenge_method: code_verifier.is_some().then_some(method),
            nonce: nonce.clone(),
            response_mode: asked_mode(policy.response_mode),
            prompt: None,
            max_age: None,
            id_token_hint: None,
            request_uri: None,
        };
        let sent = Sent {
            state,
            nonce,
            code_verifier,
            redirect_uri,
        };
        (request, sent)
    }

    /// RFC 7636 §4.1, §7.1 (SHOULD): a verifier of its own for each login, and `S256`.
    fn proof_key(&self, ctx: &mut Context<'_>) -> (Option<CodeVerifier>, CodeChallengeMethod) {
        let mut fresh = || CodeVerifier::from_fresh(ctx.entropy.fresh(Fresh::CodeVerifier));
        let verifier = match self.policy().pkce {
            ClientPkce::None => None,
            ClientPkce::S256PerTransaction | ClientPkce::Plain => Some(fresh()),
            ClientPkce::Constant => Some(self.configuration.constant_verifier.clone()),
            ClientPkce::Short => Some(shortened(fresh())),
        };
        let method = match self.policy().pkce {
            ClientPkce::Plain => CodeChallengeMethod::Plain,
            ClientPkce::S256PerTransaction
            | ClientPkce::Constant
            | ClientPkce::Short
            | ClientPkce::None => CodeChallengeMethod::S256,
        };
        (verifier, method)
    }

    /// Where the responses of this server are told to go (RFC 9700 §4.4.2.2).
    pub(super) fn redirect_uri(&self, provider: &Provider) -> RedirectionUri {
        let owner = match self.policy().redirect_uris {
            RedirectUris::PerContext => provider,
            RedirectUris::Shared => self.providers().next().unwrap_or(provider),
        };
        owner.redirect_uri.clone()
    }

    /// What this server is asked for: its document's words, or else the policy's.
    pub(super) fn response_type(&self, provider: &Provider) -> ResponseType {
        let written = provider.response_type_words.as_ref();
        written
            .and_then(|words| ResponseType::read(words.as_str()))
            .unwrap_or(match self.policy().response_type {
                AskedResponseType::Code => ResponseType::CODE,
                AskedResponseType::CodeIdToken => ResponseType::CODE_ID_TOKEN,
                AskedResponseType::CodeToken => ResponseType::CODE_TOKEN,
            })
    }

    /// OpenID Connect Core §3.1.2.1: `openid` asks for an ID Token, and so does the response type.
    pub(super) fn expects_id_token(&self, provider: &Provider) -> bool {
        let scope = provider.scope.as_ref();
        scope.is_some_and(|scope| scope.contains("openid")) || self.response_type(provider).id_token
    }

    /// How the response is told to travel; without a word, as its type wants (Multiple Response Types §2.1).
    pub(super) fn response_mode(&self, provider: &Provider) -> ResponseMode {
        asked_mode(self.policy().response_mode).unwrap_or(
            if self.response_type(provider).needs_fragment() {
                ResponseMode::Fragment
            } else {
                ResponseMode::Query
            },
        )
    }

    /// Sends the browser on its way (RFC 6749 §3.1: `GET` always does, `POST` may).
    pub(super) fn to_authorization_endpoint(
        &self,
        provider: &Provider,
        fields: Fields,
    ) -> Response {
        let endpoint = &provider.authorization_endpoint;
        if provider.authorization_method == Method::Post {
            return self.form_that_sends_itself(endpoint, fields);
        }
        let location = Location {
            query: fields,
            ..Location::to(endpoint.clone())
        };
        if self.response_mode(provider) == ResponseMode::WebMessage {
            return self.window_opener(provider, &location);
        }
        self.redirect(Status::SEE_OTHER, location)
    }
}

/// The parameters as the provider wants them spelled.
fn written(request: &AuthorizationRequest, provider: &Provider) -> Fields {
    let mut fields = request.write();
    if let Some(words) = &provider.response_type_words {
        fields.set("response_type", words.clone());
    }
    fields
}

fn login_started(session: &SessionId, provider: &Provider, request: AuthorizationRequest) -> Event {
    Event::LoginStarted {
        session: session.clone(),
        issuer: provider.issuer.clone(),
        client_id: request.client_id,
        redirect_uri: request.redirect_uri,
        scope: request.scope,
        state: request.state,
        nonce: request.nonce,
        code_challenge: request.code_challenge,
    }
}

const fn asked_mode(policy: AskedResponseMode) -> Option<ResponseMode> {
    match policy {
        AskedResponseMode::Query => None,
        AskedResponseMode::FormPost => Some(ResponseMode::FormPost),
        AskedResponseMode::Fragment => Some(ResponseMode::Fragment),
        AskedResponseMode::WebMessage => Some(ResponseMode::WebMessage),
    }
}

/// RFC 7636 §4.1 is broken here on purpose.
fn shortened(verifier: CodeVerifier) -> CodeVerifier {
    let short = verifier.as_str().get(..SHORT_VERIFIER_CHARACTERS);
    short
        .and_then(|short| CodeVerifier::new(short).ok())
        .unwrap_or(verifier)
}
