//! Asking the authorization server about a token (RFC 7662 §2.1), and who waits for its answers.

use super::ResourceServer;
use super::possession::Sender;
use crate::http::{Body, Encoded, Header, Request};
use crate::limits::WAITING_MAX;
use crate::machine::{Context, ExchangeId};
use crate::message::{ClientCredentials, CredentialsIn, IntrospectionRequest};
use crate::refusal::{Compared, Refusal, Rule};
use crate::text::Text;
use crate::time::Timestamp;
use crate::value::AccessToken;
use crate::wire::location;

/// A request that waits for what the authorization server says about its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pending {
    /// The request to the authorization server.
    pub(super) asked: ExchangeId,
    /// The request for the resource.
    pub(super) exchange: ExchangeId,
    pub(super) access_token: AccessToken,
    /// Who sent it, as far as he says.
    pub(super) sender: Sender,
    pub(super) deadline: Timestamp,
}

crate::canonical_struct!(Pending {
    asked,
    exchange,
    access_token,
    sender,
    deadline
});

impl ResourceServer {
    /// Asks the authorization server about a token (RFC 7662 §2.1).
    pub(super) fn ask(
        &mut self,
        exchange: ExchangeId,
        access_token: AccessToken,
        sender: Sender,
        ctx: &mut Context<'_>,
    ) -> Result<(), Refusal> {
        if self.pending.len() >= WAITING_MAX {
            return Err(no_verdict("too many requests wait already"));
        }
        let endpoint = location::parse(self.configuration.introspection_endpoint.as_str())
            .map_err(|_| no_verdict("the introspection endpoint is no URL"))?;
        let asked = self.introspection(&access_token);
        let body = Body::Form(Encoded::Fields(asked.write_fields()));
        let mut request = Request::post(endpoint, body);
        if let Some(authorization) = asked.write_authorization() {
            request.headers.push(Header::Authorization(authorization));
        }
        request
            .headers
            .push(Header::Accept(Text::new("application/json")));
        self.pending.push(Pending {
            asked: ctx.send(request),
            exchange,
            access_token,
            sender,
            deadline: ctx.now.after(self.configuration.patience),
        });
        Ok(())
    }

    fn introspection(&self, access_token: &AccessToken) -> IntrospectionRequest {
        IntrospectionRequest {
            client: Some(ClientCredentials {
                client_id: self.configuration.client_id.clone(),
                client_secret: Some(self.configuration.client_secret.clone()),
                via: CredentialsIn::Header,
                client_id_in_body: None,
                client_secret_in_body: None,
                empty_secret: false,
            }),
            token: access_token.text().clone(),
            token_type_hint: Some(Text::new("access_token")),
        }
    }

    /// The request that waited for this answer.
    pub(super) fn take(&mut self, asked: ExchangeId) -> Option<Pending> {
        let place = self
            .pending
            .iter()
            .position(|pending| pending.asked == asked)?;
        Some(self.pending.remove(place))
    }
}

/// RFC 7662 §2 (fail closed): nobody says whether the token is good.
pub(super) fn no_verdict(why: &str) -> Refusal {
    Refusal::new(
        Rule::VerdictReachable,
        Compared::shown("an answer about the token"),
        Compared::shown(why),
    )
}
