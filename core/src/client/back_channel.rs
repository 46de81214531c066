//! Requests of the client's own: how it proves itself, and how long it waits for an answer.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::Client;
use super::configuration::{Configuration, Provider};
use super::login::{ProviderId, Stage, Wait};
use super::policy::ClientType;
use super::session::Visitor;
use crate::canonical::{Canonical, Encoder};
use crate::event::Event;
use crate::http::{Body, Encoded, Fields, Header, Request, Response};
use crate::limits::WAITING_MAX;
use crate::machine::{Context, ExchangeId, Failure};
use crate::message::{ClientCredentials, fields_json};
use crate::refusal::{Compared, Refusal, Rule};
use crate::text::Text;
use crate::time::Timestamp;
use crate::value::{ClientAuthenticationMethod, SessionId};
use crate::wire::location;

/// What came of a back-channel request: a response, or why there is none.
pub(super) type Answer = Result<Arc<Response>, Refusal>;

/// What a back-channel request is for that belongs to no login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Reading the resource.
    Read {
        /// For which session.
        session: SessionId,
        /// Who waits for it; nobody, when the client reads by itself.
        visitor: Option<Visitor>,
    },
    /// Renewing tokens.
    Refresh {
        /// Of which session.
        session: SessionId,
        /// Who waits for it; nobody, when the client renews by itself.
        visitor: Option<Visitor>,
    },
    /// Taking a token back. Nothing depends on the answer (RFC 7009 §2.2).
    Revoke,
    /// Using up the code of a refused response. The answer is thrown away.
    Burn,
}

impl Canonical for Purpose {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Read { session, visitor } => {
                out.tag(0);
                session.encode(out);
                visitor.encode(out);
            }
            Self::Refresh { session, visitor } => {
                out.tag(1);
                session.encode(out);
                visitor.encode(out);
            }
            Self::Revoke => out.tag(2),
            Self::Burn => out.tag(3),
        }
    }
}

/// A request under way that belongs to no login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Errand {
    /// How long.
    pub(super) wait: Wait,
    /// What for.
    pub(super) purpose: Purpose,
}

crate::canonical_struct!(Errand { wait, purpose });

impl Configuration {
    /// The server at this place of the list.
    pub(super) fn provider(&self, id: ProviderId) -> Result<&Provider, Refusal> {
        self.providers
            .get(usize::from(id.0))
            .ok_or_else(|| Refusal::unreachable("a login names a provider that is not configured"))
    }
}

impl Client {
    /// RFC 6749 §2.3.1, §3.2.1: how the client proves itself, or says who it is when it has no secret.
    pub(super) fn credentials(&self, provider: &Provider) -> ClientCredentials {
        let client_id = provider.client_id.clone();
        let secret = match self.policy().client_type {
            ClientType::Confidential => provider.client_secret.clone(),
            ClientType::Public => None,
        };
        match (provider.authentication, secret) {
            (ClientAuthenticationMethod::Basic, Some(secret)) => {
                ClientCredentials::basic(client_id, secret)
            }
            (ClientAuthenticationMethod::Form | ClientAuthenticationMethod::Json, secret) => {
                ClientCredentials::body(client_id, secret)
            }
            (ClientAuthenticationMethod::Basic, None) | (ClientAuthenticationMethod::None, _) => {
                ClientCredentials::body(client_id, None)
            }
        }
    }

    /// Sends a request and remembers until when its answer is welcome.
    pub(super) fn send(&self, request: Request, ctx: &mut Context<'_>) -> Wait {
        Wait {
            until: ctx.now.after(self.configuration.patience),
            exchange: ctx.send(request),
        }
    }

    /// Sends a request that belongs to no login. More than [`WAITING_MAX`] are never under way.
    pub(super) fn send_errand(
        &mut self,
        request: Request,
        purpose: Purpose,
        ctx: &mut Context<'_>,
    ) -> Result<(), Refusal> {
        if self.errands.len() >= WAITING_MAX {
            return Err(unanswered("too many requests are under way"));
        }
        let wait = self.send(request, ctx);
        self.errands.push(Errand { wait, purpose });
        Ok(())
    }

    /// An answer came.
    pub(super) fn response_came(
        &mut self,
        exchange: ExchangeId,
        response: Arc<Response>,
        ctx: &mut Context<'_>,
    ) {
        if self.waits().any(|wait| wait.exchange == exchange) {
            self.answered(exchange, Ok(response), ctx);
        } else {
            ctx.note(Event::LateAnswerIgnored {});
        }
    }

    /// No answer will come.
    pub(super) fn request_failed(
        &mut self,
        exchange: ExchangeId,
        failure: Failure,
        ctx: &mut Context<'_>,
    ) {
        let refusal = unanswered(match failure {
            Failure::Unreachable => "nobody there",
            Failure::ConnectionLost => "connection lost",
        });
        self.answered(exchange, Err(refusal), ctx);
    }

    /// Gives up every request whose time is over.
    pub(super) fn stop_waiting(&mut self, ctx: &mut Context<'_>) {
        let over: Vec<Wait> = self.waits().filter(|wait| wait.until <= ctx.now).collect();
        for wait in over {
            self.answered(wait.exchange, Err(unanswered("no answer")), ctx);
        }
    }

    /// When the first wait is over.
    pub(super) fn first_deadline(&self) -> Option<Timestamp> {
        self.waits().map(|wait| wait.until).min()
    }

    fn waits(&self) -> impl Iterator<Item = Wait> {
        let errands = self.errands.iter().map(|errand| errand.wait);
        self.logins.waits().chain(errands)
    }

    fn answered(&mut self, exchange: ExchangeId, answer: Answer, ctx: &mut Context<'_>) {
        if let Some(login) = self.logins.awaiting(exchange) {
            let id = login.id;
            match &login.stage {
                Stage::Pushing { .. } => self.push_answered(id, answer, ctx),
                Stage::AwaitingToken { .. } => self.tokens_answered(id, answer, ctx),
                Stage::AwaitingResource { .. } => self.owner_answered(id, answer, ctx),
                Stage::Started | Stage::Done | Stage::Failed => {}
            }
            return;
        }
        let mut errands = self.errands.iter();
        let Some(place) = errands.position(|errand| errand.wait.exchange == exchange) else {
            return;
        };
        match self.errands.remove(place).purpose {
            Purpose::Read { session, visitor } => {
                self.resource_answered(&session, visitor, answer, ctx);
            }
            Purpose::Refresh { session, visitor } => {
                self.refresh_answered(&session, visitor, answer, ctx);
            }
            Purpose::Revoke | Purpose::Burn => {}
        }
    }
}

/// RFC 9110 §15.6.5 (hardening): there is no answer, and waiting has an end.
fn unanswered(found: &str) -> Refusal {
    Refusal::new(
        Rule::AnswerInTime,
        Compared::shown("an answer"),
        Compared::shown(found),
    )
}

/// A `POST` to one of a server's endpoints, in the way in which it reads bodies.
pub(super) fn post(
    provider: &Provider,
    endpoint: &Text,
    fields: Fields,
    authorization: Option<Text>,
) -> Result<Request, Refusal> {
    let body = match provider.authentication {
        ClientAuthenticationMethod::Json => Body::Json(fields_json(&fields)),
        ClientAuthenticationMethod::Basic
        | ClientAuthenticationMethod::Form
        | ClientAuthenticationMethod::None => Body::Form(Encoded::Fields(fields)),
    };
    let url = location::parse(endpoint.as_str()).map_err(|_| unanswered("no URL"))?;
    Ok(authorized(Request::post(url, body), authorization))
}

/// A `GET` of a resource.
pub(super) fn get(resource: &Text, authorization: Option<Text>) -> Result<Request, Refusal> {
    let url = location::parse(resource.as_str()).map_err(|_| unanswered("no URL"))?;
    Ok(authorized(Request::get(url), authorization))
}

fn authorized(mut request: Request, authorization: Option<Text>) -> Request {
    request.url.fragment = None;
    let json = Header::Accept(Text::new("application/json"));
    request.headers.push(json);
    if let Some(authorization) = authorization {
        request.headers.push(Header::Authorization(authorization));
    }
    request
}
