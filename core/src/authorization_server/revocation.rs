//! The revocation endpoint (RFC 7009): a client takes its own tokens back.

use alloc::boxed::Box;

use super::AuthorizationServer;
use super::back_channel::{self, malformed};
use super::client_authentication::ActingClient;
use super::proof::proof;
use super::store_replies;
use super::waiting::Waiting;
use crate::canonical::{Canonical, Encoder};
use crate::event::Event;
use crate::http::{Body, Request, Response, Status};
use crate::machine::{Context, ExchangeId};
use crate::message::RevocationRequest;
use crate::message::store::{StoreReply, StoreRequest, TokenKind, TokenRecord};
use crate::refusal::{Compared, Refusal, Rule};
use crate::value::SecretDigest;

proof! {
    /// The token was issued to the client that takes it back.
    RevokesItsOwn
}

impl RevokesItsOwn {
    /// RFC 7009 §2.1 (MUST): a client revokes the tokens that were issued to it, and no others.
    fn check(token: &TokenRecord, client: &ActingClient) -> Result<Self, Refusal> {
        if token.client_id == *client.client_id() {
            return Ok(Self(()));
        }
        Err(Refusal::new(
            Rule::RevokesItsOwn,
            Compared::shown(token.client_id.as_str()),
            Compared::shown(client.client_id().as_str()),
        ))
    }
}

/// A revocation between two steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RevocationStep {
    /// The token is being looked at.
    Loading {
        exchange: ExchangeId,
        client: ActingClient,
        digest: SecretDigest,
    },
    /// It is being revoked; then this is so.
    Revoking {
        exchange: ExchangeId,
        fact: Box<Event>,
    },
}

impl RevocationStep {
    const fn exchange(&self) -> ExchangeId {
        match self {
            Self::Loading { exchange, .. } | Self::Revoking { exchange, .. } => *exchange,
        }
    }
}

impl Canonical for RevocationStep {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Loading {
                exchange,
                client,
                digest,
            } => {
                out.tag(0);
                exchange.encode(out);
                client.encode(out);
                digest.encode(out);
            }
            Self::Revoking { exchange, fact } => {
                out.tag(1);
                exchange.encode(out);
                fact.encode(out);
            }
        }
    }
}

impl AuthorizationServer {
    /// A request to the revocation endpoint.
    pub(super) fn revocation_endpoint(
        &mut self,
        exchange: ExchangeId,
        request: &Request,
        ctx: &mut Context<'_>,
    ) {
        if let Err(refusal) = self.revocation_request(exchange, request, ctx) {
            back_channel::refuse(exchange, refusal, ctx);
        }
    }

    /// RFC 7009 §2.1 (MUST): a `POST` of an authenticated client. What kind of token it hints at does not matter.
    fn revocation_request(
        &mut self,
        exchange: ExchangeId,
        request: &Request,
        ctx: &mut Context<'_>,
    ) -> Result<(), Refusal> {
        let posted = self.posted(request)?;
        let asked = RevocationRequest::parse(
            posted.authorization,
            &posted.fields,
            self.configuration.policy.dup_params.repeats(),
        )
        .map_err(malformed)?;
        let client = self.authenticate(asked.client.as_ref(), posted.spelling)?;
        let digest = SecretDigest::of(asked.token.as_str());
        let step = RevocationStep::Loading {
            exchange,
            client,
            digest,
        };
        self.ask_store(
            StoreRequest::LoadToken(digest),
            Waiting::Revocation(step),
            ctx,
        )
    }

    /// The store has replied.
    pub(super) fn go_on_with_revocation(
        &mut self,
        step: RevocationStep,
        reply: StoreReply,
        ctx: &mut Context<'_>,
    ) {
        let exchange = step.exchange();
        let gone_on = match step {
            RevocationStep::Loading { client, digest, .. } => {
                self.revocation_loaded(exchange, (client, digest), reply, ctx)
            }
            RevocationStep::Revoking { fact, .. } => {
                store_replies::revoked(&reply).map(|()| revoked(exchange, *fact, ctx))
            }
        };
        if let Err(refusal) = gone_on {
            back_channel::refuse(exchange, refusal, ctx);
        }
    }

    /// RFC 7009 §2.2 (MUST): a token that nobody knows is as good as revoked.
    fn revocation_loaded(
        &mut self,
        exchange: ExchangeId,
        (client, digest): (ActingClient, SecretDigest),
        reply: StoreReply,
        ctx: &mut Context<'_>,
    ) -> Result<(), Refusal> {
        let Some(token) = store_replies::token(reply)? else {
            ctx.respond(exchange, done());
            return Ok(());
        };
        let own = RevokesItsOwn::check(&token, &client)?;
        self.revoke(exchange, &token, digest, own, ctx)
    }

    /// RFC 7009 §2.1 (SHOULD): with a refresh token go all tokens of its grant; an access token goes alone.
    fn revoke(
        &mut self,
        exchange: ExchangeId,
        token: &TokenRecord,
        digest: SecretDigest,
        _: RevokesItsOwn,
        ctx: &mut Context<'_>,
    ) -> Result<(), Refusal> {
        let (request, fact) = match token.kind {
            TokenKind::Access => {
                let client_id = token.client_id.clone();
                let fact = Event::TokenRevoked { client_id };
                (StoreRequest::RevokeToken(digest), fact)
            }
            TokenKind::Refresh => {
                let fact = Event::FamilyRevoked {
                    grant: token.grant,
                    by_replay: false,
                };
                (StoreRequest::RevokeFamily(token.grant), fact)
            }
        };
        let fact = Box::new(fact);
        let step = RevocationStep::Revoking { exchange, fact };
        self.ask_store(request, Waiting::Revocation(step), ctx)
    }
}

fn revoked(exchange: ExchangeId, fact: Event, ctx: &mut Context<'_>) {
    ctx.note(fact);
    ctx.respond(exchange, done());
}

/// RFC 7009 §2.2 (MUST): 200, for a token that is revoked and for one that nobody knows.
fn done() -> Response {
    back_channel::uncached(Response::new(Status::OK, Body::Empty))
}
