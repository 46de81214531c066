//! Pushing the authorization request to the server before the browser goes there (RFC 9126).

use super::Client;
use super::back_channel::{self, Answer};
use super::configuration::Provider;
use super::login::{LoginId, Turn};
use crate::http::{Body, Fields, Request, Response, Status};
use crate::machine::Context;
use crate::message::{Members, MessageError, TokenError};
use crate::proof::proof;
use crate::refusal::{Compared, Refusal, Rule};
use crate::value::RequestUri;

proof! {
    /// The server keeps the request.
    PushAnswered
}

impl PushAnswered {
    /// RFC 9126 §2.2, §2.3 (MUST): 201 and a `request_uri`; anything else is a no.
    fn check(response: &Response) -> Result<(RequestUri, Self), Refusal> {
        let refused = |found| {
            let expected = Compared::shown("a request_uri");
            Refusal::new(Rule::PushAnswered, expected, found)
        };
        let Body::Json(json) = &response.body else {
            return Err(refused(super::access_token::status_of(response)));
        };
        if let Ok(error) = TokenError::parse(json) {
            return Err(refused(Compared::Shown(error.error)));
        }
        if response.status != Status::CREATED {
            return Err(refused(super::access_token::status_of(response)));
        }
        let read = Members::new(json)
            .and_then(|members| members.required_value("request_uri", RequestUri::new));
        read.map(|uri| (uri, Self(())))
            .map_err(|fault: MessageError| refused(Compared::shown(&alloc::format!("{fault}"))))
    }
}

impl Client {
    /// RFC 9126 §2.1: the same parameters, and the client proves itself as at the token endpoint.
    /// `None` when the server has no endpoint for that.
    pub(super) fn pushed_request(
        &self,
        provider: &Provider,
        fields: &Fields,
    ) -> Result<Option<Request>, Refusal> {
        let Some(endpoint) = &provider.pushed_requests_endpoint else {
            return Ok(None);
        };
        let mut fields = fields.clone();
        let credentials = self.credentials(provider);
        let authorization = credentials.write_authorization();
        if authorization.is_none() {
            fields.remove("client_id");
        }
        credentials.write_fields(&mut fields);
        back_channel::post(provider, endpoint, fields, authorization).map(Some)
    }

    /// RFC 9126 §4: the browser brings the name of what was pushed.
    pub(super) fn push_answered(&mut self, id: LoginId, answer: Answer, ctx: &mut Context<'_>) {
        let request_uri = match answer.and_then(|response| PushAnswered::check(&response)) {
            Ok((request_uri, PushAnswered(()))) => request_uri,
            Err(refusal) => return self.give_up(id, refusal, ctx),
        };
        let Some((login, visitor)) = self.waiting_login(id) else {
            return;
        };
        let Ok(provider) = self.configuration.provider(login.provider) else {
            return;
        };
        let fields = Fields::EMPTY
            .with("client_id", provider.client_id.as_str())
            .with("request_uri", request_uri.as_str());
        let response = self.to_authorization_endpoint(provider, fields);
        let session = login.session.clone();
        self.answer(visitor, &session, response, ctx);
        self.turn(id, Turn::Pushed, ctx);
    }
}
