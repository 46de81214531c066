//! The pushed authorization request endpoint (RFC 9126 §2): a client hands its request in by itself and gets a
//! reference to send through the browser. What becomes of the reference is in `request_uri`.

use alloc::boxed::Box;
use alloc::sync::Arc;

use super::AuthorizationServer;
use super::authorization_endpoint::{Acceptable, Arrival};
use super::back_channel::{self, malformed};
use super::client_authentication::ActingClient;
use super::policy::PushedRequests;
use super::session::Visit;
use super::store_replies;
use super::waiting::Waiting;
use crate::entropy::Fresh;
use crate::event::Event;
use crate::http::{Fields, Request, Status};
use crate::json::Json;
use crate::machine::{Context, ExchangeId};
use crate::message::store::{PushedRecord, StoreReply, StoreRequest};
use crate::message::{ClientCredentials, Parameters};
use crate::refusal::{Compared, Refusal, Rule};
use crate::text::Text;
use crate::time::Timestamp;
use crate::value::{RequestUri, SecretDigest};
use crate::wire::base64url;

/// What proves the client and is no part of its request.
const CREDENTIALS: [&str; 3] = ["client_secret", "client_assertion", "client_assertion_type"];

/// A request that the store is asked to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Push {
    exchange: ExchangeId,
    client: ActingClient,
    request_uri: RequestUri,
}

crate::canonical_struct!(Push {
    exchange,
    client,
    request_uri
});

impl AuthorizationServer {
    /// RFC 9126 §2.1 (MUST), in this order: the client proves itself, refers to nothing that was pushed before,
    /// and asks for nothing that the authorization endpoint would refuse.
    fn push_rules(
        &self,
        exchange: ExchangeId,
        request: &Request,
        now: Timestamp,
    ) -> Result<(ActingClient, Fields, Acceptable), Refusal> {
        let posted = self.posted(request)?;
        let repeats = self.configuration.policy.dup_params.repeats();
        let parameters = Parameters::new(&posted.fields, repeats);
        let credentials = ClientCredentials::parse(posted.authorization, &parameters);
        let credentials = credentials.map_err(malformed)?;
        let client = self.authenticate(credentials.as_ref(), posted.spelling)?;
        if parameters.mentions("request_uri") {
            return Err(Refusal::new(
                Rule::TokenParameters,
                Compared::Absent,
                Compared::shown("request_uri"),
            ));
        }
        let fields = pushed_fields(&posted.fields, &client);
        let acceptable = self.acceptable(exchange, &fields, now)?;
        Ok((client, fields, acceptable))
    }

    /// The rules of the authorization endpoint, without a browser: whether pages may be shown is seen later.
    fn acceptable(
        &self,
        exchange: ExchangeId,
        fields: &Fields,
        now: Timestamp,
    ) -> Result<Acceptable, Refusal> {
        let mut fields = fields.clone();
        fields.remove("prompt");
        let nobody = Visit {
            exchange,
            by_form: false,
            browser: None,
            sets_cookie: false,
        };
        let fields = self.considered(&fields);
        self.rules(&self.parameters(&fields), Arrival::Pushed, &nobody, now)
            .map_err(|refused| refused.refusal)
    }

    /// A request to the endpoint, where there is one.
    pub(super) fn pushed_requests_endpoint(
        &mut self,
        exchange: ExchangeId,
        request: &Request,
        ctx: &mut Context<'_>,
    ) {
        match self.configuration.policy.par {
            PushedRequests::Off => return self.no_endpoint(exchange, request, ctx),
            PushedRequests::Optional | PushedRequests::Required => {}
        }
        let kept =
            self.push_rules(exchange, request, ctx.now)
                .and_then(|(client, fields, allowed)| {
                    self.keep_pushed(exchange, client, fields, allowed, ctx)
                });
        if let Err(refusal) = kept {
            back_channel::refuse(exchange, refusal, ctx);
        }
    }

    fn keep_pushed(
        &mut self,
        exchange: ExchangeId,
        client: ActingClient,
        parameters: Fields,
        _: Acceptable,
        ctx: &mut Context<'_>,
    ) -> Result<(), Refusal> {
        let request_uri = fresh_request_uri(ctx)?;
        let record = PushedRecord {
            client_id: client.client_id().clone(),
            parameters,
            expires_at: self.pushed_until(ctx.now),
        };
        let digest = SecretDigest::of(request_uri.as_str());
        let push = Box::new(Push {
            exchange,
            client,
            request_uri,
        });
        let request = StoreRequest::SavePushed(digest, Arc::new(record));
        self.ask_store(request, Waiting::Pushing(push), ctx)
    }

    fn pushed_until(&self, now: Timestamp) -> Timestamp {
        now.after(self.configuration.options.pushed_lifetime)
    }

    /// The store has replied.
    pub(super) fn pushed_saved(&self, push: Push, reply: &StoreReply, ctx: &mut Context<'_>) {
        if let Err(refusal) = store_replies::done(reply) {
            return back_channel::refuse(push.exchange, refusal, ctx);
        }
        ctx.note(Event::RequestPushed {
            client_id: push.client.client_id().clone(),
        });
        let lifetime = self.configuration.options.pushed_lifetime;
        let json = Json::Object(alloc::vec![
            (
                Text::new("request_uri"),
                Json::from(push.request_uri.as_str())
            ),
            (Text::new("expires_in"), Json::from(lifetime.seconds())),
        ]);
        ctx.respond(push.exchange, back_channel::json(Status::CREATED, json));
    }
}

/// What is kept: the request without the proof of who sent it, under the name of who proved it.
fn pushed_fields(fields: &Fields, client: &ActingClient) -> Fields {
    let mut kept = fields.clone();
    for name in CREDENTIALS {
        kept.remove(name);
    }
    kept.set("client_id", client.client_id().text().clone());
    kept
}

fn fresh_request_uri(ctx: &mut Context<'_>) -> Result<RequestUri, Refusal> {
    let octets = ctx.entropy.fresh(Fresh::RequestUri);
    let text = alloc::format!("{}{}", RequestUri::PREFIX, base64url::encode(&octets));
    RequestUri::new(text).map_err(|_| Refusal::unreachable("base64url is printable"))
}
