//! The redirection endpoint (RFC 6749 §3.1.2): which authorization responses the client believes.
//!
//! [`Client::believable`] asks the rules in their order. A response that is refused before its `state` was
//! recognised changes nothing. After that it ends its login, because a `state` is good once (RFC 9700 §4.7.1).

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::Client;
use super::authorization_request::IssuerTrusted;
use super::configuration::Provider;
use super::login::{Login, LoginId, ProviderId, Sent, Stage, Turn};
use super::policy::{BurnOnMismatch, ClientPkce, FrontTokens, StateUse, Tracking};
use super::response_rules::{
    ContextMatches, Granted, IssuerMatches, LoginUnderWay, MessageSourceMatches, ResponseGranted,
    ResponseReadable, StateMatches,
};
use super::session::Visitor;
use crate::event::Event;
use crate::http::{Body, Fields, Method, Request};
use crate::machine::{Context, ExchangeId};
use crate::message::AccessTokenResponse;
use crate::refusal::{Refusal, Rule};
use crate::text::Text;
use crate::time::Timestamp;
use crate::value::{AuthorizationCode, RefreshToken, ResponseMode, SessionId, Subject, TokenType};
use crate::wire::{form, location};

/// A request to a redirection endpoint.
pub(super) struct Arrival {
    /// The path at which it arrived.
    pub(super) path: Text,
    /// The server whose redirection URI that is; none when several share it.
    pub(super) called: Option<ProviderId>,
    /// The browser session that it came with, if the client knows it.
    pub(super) session: Option<SessionId>,
    /// What it carries; nothing when it came in another way than this server was told, or cannot be read.
    pub(super) fields: Option<Fields>,
}

impl Arrival {
    /// The first parameter called `name`.
    pub(super) fn first(&self, name: &str) -> Option<&Text> {
        self.fields.as_ref()?.first(name)
    }
}

/// A response that every rule let through. Nothing else lets the client redeem a code.
struct Believed {
    response: Granted,
    /// The login that it answers; none where the policy needs none.
    login: Option<Login>,
    provider: ProviderId,
    /// Who logged in, by the ID Token that came with it.
    front: Option<Subject>,
    proofs: Proofs,
}

/// Every rule is kept, or the policy let it go.
#[expect(dead_code, reason = "a proof is held, not read")]
pub(super) struct Proofs {
    readable: ResponseReadable,
    under_way: LoginUnderWay,
    state: StateMatches,
    trusted: IssuerTrusted,
    context: ContextMatches,
    source: MessageSourceMatches,
    issuer: IssuerMatches,
    granted: ResponseGranted,
}

/// A response that is not believed, and the login that it ends by that.
struct Turned {
    refusal: Box<Refusal>,
    ends: Option<LoginId>,
}

impl Turned {
    fn new(refusal: Refusal, ends: Option<LoginId>) -> Self {
        Self {
            refusal: Box::new(refusal),
            ends,
        }
    }
}

impl From<Refusal> for Turned {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal, None)
    }
}

impl Client {
    /// A request to one of the redirection URIs. Says no when the path is none of theirs.
    pub(super) fn redirected(
        &mut self,
        exchange: ExchangeId,
        request: &Request,
        ctx: &mut Context<'_>,
    ) -> bool {
        let Some((provider, called)) = self.called_at(&request.url.path) else {
            return false;
        };
        let mode = self.response_mode(provider);
        if mode == ResponseMode::Fragment && asks_for_page(request) {
            let response = self.fragment_relay(&request.url.path);
            ctx.respond(exchange, response);
            return true;
        }
        let arrival = Arrival {
            path: request.url.path.clone(),
            called,
            session: self.session_of(request).cloned(),
            fields: carried(mode, request),
        };
        self.arrived(exchange, &arrival, ctx);
        true
    }

    /// The server whose redirection URI has this path, and its name if no other's has it too.
    fn called_at(&self, path: &Text) -> Option<(&Provider, Option<ProviderId>)> {
        let mut owners = (0_u16..).zip(self.providers()).filter(|(_, provider)| {
            path_of(self.redirect_uri(provider).text()).as_ref() == Some(path)
        });
        let (id, provider) = owners.next()?;
        let alone = owners.next().is_none();
        Some((provider, alone.then_some(ProviderId(id))))
    }

    fn arrived(&mut self, exchange: ExchangeId, arrival: &Arrival, ctx: &mut Context<'_>) {
        let judged = self.believable(arrival, ctx.now);
        let judged = judged.and_then(|believed| {
            let login = believed.login.as_ref();
            let ends = login
                .filter(|login| login.stage.is_started())
                .map(|login| login.id);
            let (session, visitor) = self.acting_session(exchange, arrival, login, ctx);
            self.believe(believed, arrival, session, visitor, ctx)
                .map_err(|refusal| Turned::new(refusal, ends))
        });
        if let Err(turned) = judged {
            self.turn_away(exchange, arrival, turned, ctx);
        }
    }

    /// Every rule, in order. What is refused once a login was recognised by its `state` ends that login.
    fn believable(&self, arrival: &Arrival, now: Timestamp) -> Result<Believed, Turned> {
        let policy = self.policy();
        let (response, readable) = ResponseReadable::check(policy.dup_params, arrival)?;
        let under_way = LoginUnderWay::check(self, arrival)?;
        let (login, state) = StateMatches::check(self, arrival, response.state.as_ref())?;
        let ends = login
            .filter(|login| self.is_good_once() && login.stage.is_started())
            .map(|login| login.id);
        let turned = |refusal| Turned::new(refusal, ends);

        let id = self.answering(arrival, login);
        let provider = self.configuration.provider(id).map_err(turned)?;
        let trusted = IssuerTrusted::check(self, id).map_err(turned)?;
        let context =
            ContextMatches::check(policy.context_check, arrival, login).map_err(turned)?;
        let mode = self.response_mode(provider);
        let source =
            MessageSourceMatches::check(policy.postmessage_source, mode, provider, arrival)
                .map_err(turned)?;
        let issuer = IssuerMatches::check(policy.iss_check, provider, response.iss.as_ref())
            .map_err(turned)?;
        let (response, granted) = ResponseGranted::check(response).map_err(turned)?;
        let sent = login.map(|login| &login.sent);
        let front = self
            .front_owner(provider, sent, &response, now)
            .map_err(turned)?;
        Ok(Believed {
            response,
            login: login.cloned(),
            provider: id,
            front,
            proofs: Proofs {
                readable,
                under_way,
                state,
                trusted,
                context,
                source,
                issuer,
                granted,
            },
        })
    }

    /// The session that a believed response acts for, and how its browser is answered.
    fn acting_session(
        &mut self,
        exchange: ExchangeId,
        arrival: &Arrival,
        login: Option<&Login>,
        ctx: &mut Context<'_>,
    ) -> (SessionId, Visitor) {
        match (self.policy().state, login) {
            (StateUse::SessionFromState, Some(login)) => {
                let is_new = false;
                (login.session.clone(), Visitor { exchange, is_new })
            }
            (
                StateUse::SessionFromState
                | StateUse::BoundOnce
                | StateUse::BoundMulti
                | StateUse::UnboundStore
                | StateUse::Static
                | StateUse::SentNotChecked
                | StateUse::Absent,
                _,
            ) => self.enter(exchange, arrival.session.clone(), ctx),
        }
    }

    /// Acts on a response: its code goes to the token endpoint.
    fn believe(
        &mut self,
        believed: Believed,
        arrival: &Arrival,
        session: SessionId,
        visitor: Visitor,
        ctx: &mut Context<'_>,
    ) -> Result<(), Refusal> {
        let Believed {
            response,
            login,
            provider: id,
            front,
            proofs,
        } = believed;
        let configuration = Arc::clone(&self.configuration);
        let provider = configuration.provider(id)?;
        let asked_here = login
            .as_ref()
            .is_some_and(|login| Some(&login.session) == arrival.session.as_ref());
        let sent = self.sent_for(login.as_ref(), provider, arrival);
        let redemption = self.redemption(provider, &response.code, Some(&sent), ctx)?;
        let answered = self.answered_login(login.as_ref(), &session, id, sent, ctx)?;
        ctx.note(Event::CallbackAccepted {
            session: session.clone(),
            issuer: provider.issuer.clone(),
            state: response.state.clone(),
            code: response.code.clone(),
            asked_here,
        });
        self.take_front_tokens(&session, id, &response, arrival, ctx);
        let wait = self.redeem(redemption, proofs, ctx);
        let turn = Turn::Believed {
            wait,
            visitor,
            code: response.code,
            front,
        };
        self.turn(answered, turn, ctx);
        Ok(())
    }

    /// What the response is taken to answer. A client that goes by the redirection URI that was called takes that
    /// for the one it sent.
    fn sent_for(&self, login: Option<&Login>, provider: &Provider, arrival: &Arrival) -> Sent {
        let Some(login) = login else {
            return self.nothing_sent(provider);
        };
        let sent = login.sent.clone();
        match (self.policy().as_tracking, arrival.called) {
            (Tracking::RedirectUri, Some(_)) => Sent {
                redirect_uri: self.redirect_uri(provider),
                ..sent
            },
            (Tracking::RedirectUri, None) | (Tracking::Session, _) => sent,
        }
    }

    /// What stands for a login that nobody started here.
    fn nothing_sent(&self, provider: &Provider) -> Sent {
        let constant = || self.configuration.constant_verifier.clone();
        Sent {
            state: None,
            nonce: None,
            code_verifier: (self.policy().pkce == ClientPkce::Constant).then(constant),
            redirect_uri: self.redirect_uri(provider),
        }
    }

    /// The login that goes on: the one that was found, if it is this session's, with this server, and still
    /// waits for a response. Anything else is a new login, and uses up a `state` that is good once.
    fn answered_login(
        &mut self,
        found: Option<&Login>,
        session: &SessionId,
        provider: ProviderId,
        sent: Sent,
        ctx: &Context<'_>,
    ) -> Result<LoginId, Refusal> {
        let started = found.filter(|login| login.stage.is_started());
        if let Some(login) = started {
            if login.session == *session && login.provider == provider {
                return Ok(login.id);
            }
            if self.is_good_once() {
                self.logins.turn(login.id, Turn::GivenUp);
            }
        }
        let opened = self
            .logins
            .open(session, provider, sent, ctx.now, Stage::Started);
        opened.map_err(Refusal::from)
    }

    /// RFC 9700 §2.1.2 (SHOULD NOT): tokens from the front channel may be anybody's. A client that takes them
    /// has them before its code is redeemed, and whether or not it can be.
    fn take_front_tokens(
        &mut self,
        session: &SessionId,
        provider: ProviderId,
        response: &Granted,
        arrival: &Arrival,
        ctx: &mut Context<'_>,
    ) {
        let (FrontTokens::Accepted, Some(access_token)) =
            (self.policy().front_tokens, &response.access_token)
        else {
            return;
        };
        let refresh_token = arrival.first("refresh_token");
        let refresh_token = refresh_token.and_then(|text| RefreshToken::new(text.clone()).ok());
        let response = AccessTokenResponse {
            access_token: access_token.clone(),
            token_type: TokenType(Text::new("Bearer")),
            expires_in: None,
            refresh_token,
            scope: None,
            id_token: None,
            extra: Vec::new(),
        };
        self.keep_tokens(session, provider, response, ctx);
    }

    /// Refuses a response: no token request, unless the policy wants its code used up.
    fn turn_away(
        &mut self,
        exchange: ExchangeId,
        arrival: &Arrival,
        turned: Turned,
        ctx: &mut Context<'_>,
    ) {
        let Turned { refusal, ends } = turned;
        let response = self.refused(&refusal);
        ctx.respond(exchange, response);
        if self.policy().burn_on_mismatch == BurnOnMismatch::On {
            self.burn_codes(arrival, ends, ctx);
        }
        // A denial is a response like any other: it is believed, and ends its login.
        if refusal.rule != Rule::ResponseGranted || ends.is_none() {
            ctx.note(Event::CallbackRefused {
                session: arrival.session.clone(),
                refusal: Refusal::clone(&refusal),
            });
        }
        if let Some(login) = ends {
            self.give_up(login, *refusal, ctx);
        }
    }

    /// Redeems every code of a refused response, as the login that it ends would have, or as nobody's.
    fn burn_codes(&mut self, arrival: &Arrival, ends: Option<LoginId>, ctx: &mut Context<'_>) {
        let login = ends.and_then(|id| self.logins.find(id)).cloned();
        let configuration = Arc::clone(&self.configuration);
        let Ok(provider) = configuration.provider(self.answering(arrival, login.as_ref())) else {
            return;
        };
        let sent = login.map(|login| login.sent);
        let codes = arrival.fields.iter().flat_map(|fields| fields.all("code"));
        for code in codes.filter_map(|code| AuthorizationCode::new(code.clone()).ok()) {
            if let Ok(redemption) = self.redemption(provider, &code, sent.as_ref(), ctx) {
                self.burn(redemption, ctx);
            }
        }
    }
}

/// The parameters of a request, read where this response mode has them: in the query, or in a form. `None` when
/// there is no form, or when they cannot be read. A query may come with any method: a `POST` that was redirected
/// by 307 stays one (RFC 9110 §15.4.8).
fn carried(mode: ResponseMode, request: &Request) -> Option<Fields> {
    let encoded = match (mode, &request.body) {
        (ResponseMode::Query, _) => request.url.query.as_ref(),
        (_, Body::Form(form)) if request.method == Method::Post => Some(form),
        (
            ResponseMode::Fragment | ResponseMode::FormPost | ResponseMode::WebMessage,
            Body::Empty | Body::Form(_) | Body::Json(_) | Body::Page(_) | Body::Octets { .. },
        ) => return None,
    };
    match encoded {
        Some(encoded) => form::pairs(encoded).ok().map(Cow::into_owned),
        None => Some(Fields::EMPTY),
    }
}

/// Whether a page is asked for, and nothing of a response comes with that: the response may be in the fragment.
fn asks_for_page(request: &Request) -> bool {
    let query = request.url.query.as_ref().map(form::pairs);
    let says_nothing = |fields: Cow<'_, Fields>| {
        let mut names = ["code", "error", "state"].into_iter();
        names.all(|name| fields.first(name).is_none())
    };
    request.method == Method::Get && query.is_none_or(|query| query.is_ok_and(says_nothing))
}

/// The path of a redirection URI.
pub(super) fn path_of(redirect_uri: &Text) -> Option<Text> {
    let url = location::parse(redirect_uri.as_str()).ok()?;
    Some(url.path)
}
