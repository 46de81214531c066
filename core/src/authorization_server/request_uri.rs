//! An authorization request by reference: the parameters were pushed before (RFC 9126 §4).

use alloc::sync::Arc;

use super::AuthorizationServer;
use super::authorization_endpoint::Arrival;
use super::authorization_error::Refused;
use super::policy::{PushedRequests, RequestUriOnce};
use super::session::Visit;
use super::waiting::Waiting;
use crate::http::Fields;
use crate::machine::Context;
use crate::message::Parameters;
use crate::message::store::{PushedRecord, StoreReply, StoreRequest};
use crate::refusal::{Compared, Refusal, Rule};
use crate::time::Timestamp;
use crate::value::{ClientId, RequestUri, SecretDigest};

/// A request that refers to pushed parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    visit: Visit,
    /// Who says that it pushed them.
    client_id: ClientId,
    request_uri: RequestUri,
}

crate::canonical_struct!(Reference {
    visit,
    client_id,
    request_uri
});

impl AuthorizationServer {
    /// RFC 9126 §4: what the request refers to, if it refers to anything.
    ///
    /// # Errors
    /// [`Rule::AuthorizationParameters`], [`Rule::ClientKnown`], [`Rule::RequestUriGood`]
    pub(super) fn reference(
        &self,
        visit: &Visit,
        parameters: &Parameters<'_>,
    ) -> Result<Option<Reference>, Refusal> {
        let unreadable = |error| {
            Refusal::new(
                Rule::AuthorizationParameters,
                Compared::Absent,
                Compared::shown(&alloc::format!("{error}")),
            )
        };
        let request_uri = parameters
            .optional_value("request_uri", RequestUri::new)
            .map_err(unreadable)?;
        let Some(request_uri) = request_uri else {
            return Ok(None);
        };
        let client_id = parameters
            .required_value("client_id", ClientId::new)
            .map_err(unreadable)?;
        self.known_client(&client_id)?;
        match self.configuration.policy.par {
            PushedRequests::Off => Err(not_good("no request can be pushed here")),
            PushedRequests::Optional | PushedRequests::Required => Ok(Some(Reference {
                visit: visit.clone(),
                client_id,
                request_uri,
            })),
        }
    }

    /// Asks the store for the pushed parameters.
    pub(super) fn load_pushed(&mut self, reference: Reference, ctx: &mut Context<'_>) {
        if let Err(refusal) = self.room_to_wait() {
            return self.refuse_reference(reference, refusal, ctx);
        }
        let digest = SecretDigest::of(reference.request_uri.as_str());
        let request = match self.configuration.policy.request_uri_once {
            RequestUriOnce::On => StoreRequest::TakePushed(digest),
            RequestUriOnce::Off => StoreRequest::LoadPushed(digest),
        };
        self.wait_for_store(
            request,
            Waiting::LoadingPushed(alloc::boxed::Box::new(reference)),
            ctx,
        );
    }

    /// The store has replied: the pushed parameters are the request, and nothing of the URL is.
    pub(super) fn pushed_loaded(
        &mut self,
        reference: Reference,
        reply: StoreReply,
        ctx: &mut Context<'_>,
    ) {
        match usable(reply, &reference.client_id, ctx.now) {
            Ok(fields) => {
                let fields = self.considered(&fields);
                let parameters = self.parameters(&fields);
                self.decide(reference.visit, &parameters, Arrival::Pushed, ctx);
            }
            Err(refusal) => self.refuse_reference(reference, refusal, ctx),
        }
    }

    fn refuse_reference(&mut self, reference: Reference, refusal: Refusal, ctx: &mut Context<'_>) {
        let refused = Refused {
            client_id: Some(reference.client_id),
            refusal,
            channel: None,
            silent: false,
        };
        self.refuse_authorization(reference.visit, refused, ctx);
    }
}

/// RFC 9126 §4 (MUST): pushed by this client, and not expired.
fn usable(reply: StoreReply, client_id: &ClientId, now: Timestamp) -> Result<Fields, Refusal> {
    let record = match reply {
        StoreReply::Pushed(record) => Arc::unwrap_or_clone(record),
        StoreReply::Unknown => return Err(not_good("an unknown request_uri, or a used one")),
        StoreReply::Done
        | StoreReply::Full
        | StoreReply::GrantRevoked
        | StoreReply::Code(_)
        | StoreReply::CodeConsumed(_)
        | StoreReply::CodeAlreadyUsed(_)
        | StoreReply::Token(_)
        | StoreReply::RefreshConsumed(_)
        | StoreReply::RefreshAlreadyUsed(_) => {
            return Err(Refusal::new(
                Rule::StoreHasRoom,
                Compared::Absent,
                Compared::shown("the store did not answer"),
            ));
        }
    };
    let PushedRecord {
        client_id: pushed_by,
        parameters,
        expires_at,
    } = record;
    if pushed_by != *client_id {
        return Err(Refusal::new(
            Rule::RequestUriGood,
            Compared::Shown(pushed_by.into()),
            Compared::Shown(client_id.text().clone()),
        ));
    }
    if expires_at <= now {
        return Err(not_good("an expired request_uri"));
    }
    Ok(parameters)
}

fn not_good(found: &str) -> Refusal {
    Refusal::new(
        Rule::RequestUriGood,
        Compared::Absent,
        Compared::shown(found),
    )
}
