//! The resource server: it serves its one resource to whoever has a good access token (RFC 6749 §7).
//!
//! It knows nothing about tokens itself and asks the authorization server about each (RFC 7662).

mod answer;
mod asking;
pub mod policy;
mod possession;
mod request;
mod rules;

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::canonical::{Canonical, Encoder};
use crate::event::Event;
use crate::http::{Origin, Request, Response};
use crate::machine::{Context, ExchangeId, Failure, Machine};
use crate::message::ProofsSeen;
use crate::refusal::Refusal;
use crate::text::Text;
use crate::time::{Span, Timestamp};
use crate::value::{ClientId, ClientSecret, Issuer};
use asking::{Pending, no_verdict};
use policy::ResourceServerPolicy;

/// What a resource server is told before it starts.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// Where it listens.
    pub origin: Origin,
    /// At which path.
    pub path: Text,
    /// What its challenges call it (RFC 9110 §11.5).
    pub realm: Text,
    /// Where it asks about tokens, as a URL (RFC 7662 §2).
    pub introspection_endpoint: Text,
    /// As whom.
    pub client_id: ClientId,
    /// With which secret.
    pub client_secret: ClientSecret,
    /// How well it keeps the rules.
    pub policy: ResourceServerPolicy,
    /// What a token must be good for.
    pub required_scope: Option<Text>,
    /// Who must have issued it.
    pub issuer: Issuer,
    /// How long it waits for an answer about a token.
    pub patience: Span,
}

/// What a resource server can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Somebody asks for the resource.
    Request {
        /// The name of the exchange.
        exchange: ExchangeId,
        /// The request.
        request: Arc<Request>,
    },
    /// The authorization server answers about a token.
    Response {
        /// The request that it answers.
        exchange: ExchangeId,
        /// The response.
        response: Arc<Response>,
    },
    /// The authorization server will not answer.
    Failed {
        /// The request.
        exchange: ExchangeId,
        /// Why.
        failure: Failure,
    },
    /// Time has passed.
    Deadline,
}

/// A resource server with one resource.
#[derive(Clone, Debug)]
pub struct ResourceServer {
    configuration: Arc<Configuration>,
    pending: Vec<Pending>,
    /// Which proofs of possession were used.
    proofs: ProofsSeen,
}

impl Canonical for ResourceServer {
    /// The configuration never changes and is left out.
    fn encode(&self, out: &mut Encoder) {
        self.pending.encode(out);
        self.proofs.encode(out);
    }
}

impl ResourceServer {
    /// A resource server that nobody has asked yet.
    #[must_use]
    pub const fn new(configuration: Arc<Configuration>) -> Self {
        Self {
            configuration,
            pending: Vec::new(),
            proofs: ProofsSeen::NONE,
        }
    }

    /// A crash and a new start: whoever waited waits in vain, answers that come are ignored, and which proofs were used
    /// is forgotten.
    pub fn restart(&mut self) {
        self.pending.clear();
        self.proofs.clear();
    }

    fn requested(&mut self, exchange: ExchangeId, request: &Request, ctx: &mut Context<'_>) {
        let asked = request::token(&self.configuration, request)
            .and_then(|(token, sender)| self.ask(exchange, token, sender, ctx));
        if let Err(refusal) = asked {
            self.refuse(exchange, refusal, ctx);
        }
    }

    /// Serves the resource, or says why not. An answer that nobody waits for any more is ignored.
    fn answered(&mut self, asked: ExchangeId, response: &Response, ctx: &mut Context<'_>) {
        let Some(pending) = self.take(asked) else {
            return;
        };
        match self.servable(&pending, response, ctx.now) {
            Ok(servable) => {
                self.use_up(&servable.possession, ctx.now);
                serve(pending, servable, ctx);
            }
            Err(refusal) => self.refuse(pending.exchange, refusal, ctx),
        }
    }

    fn failed(&mut self, asked: ExchangeId, failure: Failure, ctx: &mut Context<'_>) {
        let why = match failure {
            Failure::Unreachable => "nobody answers",
            Failure::ConnectionLost => "the connection broke",
        };
        if let Some(pending) = self.take(asked) {
            self.refuse(pending.exchange, no_verdict(why), ctx);
        }
    }

    fn time_passed(&mut self, ctx: &mut Context<'_>) {
        let now = ctx.now;
        let late: Vec<Pending> = self
            .pending
            .extract_if(.., |pending| pending.deadline <= now)
            .collect();
        for pending in late {
            self.refuse(pending.exchange, no_verdict("no answer in time"), ctx);
        }
    }

    fn refuse(&self, exchange: ExchangeId, refusal: Refusal, ctx: &mut Context<'_>) {
        ctx.respond(exchange, answer::refusal(&self.configuration, &refusal));
        ctx.note(Event::ResourceRefused { refusal });
    }
}

/// Serves the resource. The rules have been kept: that is what `servable` proves.
fn serve(pending: Pending, servable: rules::Servable, ctx: &mut Context<'_>) {
    ctx.respond(pending.exchange, answer::resource(&servable.owner));
    ctx.note(Event::ResourceServed {
        access_token: pending.access_token,
        owner: servable.owner,
        client_id: servable.client_id,
        sender: servable.possession.thumbprint,
    });
}

impl Machine for ResourceServer {
    type Input = Input;

    fn handle(&mut self, input: Input, ctx: &mut Context<'_>) {
        match input {
            Input::Request { exchange, request } => self.requested(exchange, &request, ctx),
            Input::Response { exchange, response } => self.answered(exchange, &response, ctx),
            Input::Failed { exchange, failure } => self.failed(exchange, failure, ctx),
            Input::Deadline => self.time_passed(ctx),
        }
    }

    fn next_deadline(&self) -> Option<Timestamp> {
        self.pending.iter().map(|pending| pending.deadline).min()
    }
}
