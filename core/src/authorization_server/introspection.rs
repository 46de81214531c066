//! The introspection endpoint (RFC 7662): a resource server asks about an access token.

use super::AuthorizationServer;
use super::back_channel::{self, malformed};
use super::client_authentication::ActingClient;
use super::code_rules::not_expired;
use super::proof::proof;
use super::store_replies;
use super::waiting::Waiting;
use crate::event::Event;
use crate::http::{Request, Status};
use crate::machine::{Context, ExchangeId};
use crate::message::store::{StoreReply, StoreRequest, TokenKind, TokenRecord, TokenStage};
use crate::message::{IntrospectionRequest, IntrospectionResponse};
use crate::refusal::{Compared, Refusal, Rule};
use crate::time::Timestamp;
use crate::value::SecretDigest;

proof! {
    /// Whoever asks may.
    IntrospectionAuthorized
}

impl AuthorizationServer {
    /// RFC 7662 §2.1 (MUST): whoever asks about tokens proves itself, and is somebody whom tokens are shown to.
    fn may_introspect(&self, client: &ActingClient) -> Result<IntrospectionAuthorized, Refusal> {
        let registered = self
            .client(client.client_id())
            .is_some_and(|client| client.introspects);
        if registered && client.proved() {
            return Ok(IntrospectionAuthorized(()));
        }
        Err(Refusal::new(
            Rule::IntrospectionAuthorized,
            Compared::shown("a resource server that proves itself"),
            Compared::shown(client.client_id().as_str()),
        ))
    }

    /// A request to the introspection endpoint.
    pub(super) fn introspection_endpoint(
        &mut self,
        exchange: ExchangeId,
        request: &Request,
        ctx: &mut Context<'_>,
    ) {
        let asked = self
            .introspection_request(request)
            .and_then(|(digest, authorized)| self.look_up(exchange, digest, authorized, ctx));
        if let Err(refusal) = asked {
            back_channel::refuse(exchange, refusal, ctx);
        }
    }

    /// RFC 7662 §2.1 (MUST): a `POST` with a token. What kind of token it hints at does not matter.
    fn introspection_request(
        &self,
        request: &Request,
    ) -> Result<(SecretDigest, IntrospectionAuthorized), Refusal> {
        let posted = self.posted(request)?;
        let repeats = self.configuration.policy.dup_params.repeats();
        let asked = IntrospectionRequest::parse(posted.authorization, &posted.fields, repeats)
            .map_err(malformed)?;
        let client = self.authenticate(asked.client.as_ref(), posted.spelling)?;
        let authorized = self.may_introspect(&client)?;
        Ok((SecretDigest::of(asked.token.as_str()), authorized))
    }

    fn look_up(
        &mut self,
        exchange: ExchangeId,
        digest: SecretDigest,
        _: IntrospectionAuthorized,
        ctx: &mut Context<'_>,
    ) -> Result<(), Refusal> {
        self.ask_store(
            StoreRequest::LoadToken(digest),
            Waiting::Introspection(exchange),
            ctx,
        )
    }

    /// The store has replied.
    pub(super) fn go_on_with_introspection(
        &self,
        exchange: ExchangeId,
        reply: StoreReply,
        ctx: &mut Context<'_>,
    ) {
        let token = match store_replies::token(reply) {
            Ok(token) => token,
            Err(refusal) => return back_channel::refuse(exchange, refusal, ctx),
        };
        let active = token.filter(|token| is_active(token, ctx.now));
        ctx.note(Event::TokenIntrospected {
            active: active.is_some(),
        });
        let answer = active.map_or(IntrospectionResponse::Inactive, |token| self.active(&token));
        ctx.respond(exchange, back_channel::json(Status::OK, answer.write()));
    }

    fn active(&self, token: &TokenRecord) -> IntrospectionResponse {
        IntrospectionResponse::Active {
            client_id: token.client_id.clone(),
            sub: token.subject.clone(),
            scope: token.scope.clone(),
            exp: token.expires_at,
            iss: self.configuration.issuer.clone(),
            cnf: token.bound_to.clone(),
        }
    }
}

/// RFC 7662 §2.2 (MUST): good now. A refresh token is never good at a resource server.
fn is_active(token: &TokenRecord, now: Timestamp) -> bool {
    token.kind == TokenKind::Access
        && token.stage == TokenStage::Live
        && not_expired(Rule::TokenGood, token.expires_at, now).is_ok()
}
