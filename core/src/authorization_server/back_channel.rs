//! What the endpoints that clients call by themselves have in common: a `POST` in, JSON out.

use alloc::borrow::Cow;

use super::AuthorizationServer;
use super::content;
use crate::event::Event;
use crate::http::{Body, Fields, Header, Method, Request, Response, Status};
use crate::json::Json;
use crate::machine::{Context, ExchangeId};
use crate::message::{ErrorCode, MessageError, MessageFault, TokenError, json_fields};
use crate::refusal::{Answer, Compared, Destination, Refusal, Rule};
use crate::text::Text;
use crate::wire::bearer::Challenge;
use crate::wire::form::Memory;

/// How the body spells its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// As a form (RFC 6749 Appendix B).
    Form,
    /// As a JSON object, as some providers want it.
    Json,
}

/// A `POST` that can be read.
#[derive(Debug)]
pub(super) struct Posted<'a> {
    /// The `Authorization`, if there is one.
    pub(super) authorization: Option<&'a Text>,
    /// The parameters of the body.
    pub(super) fields: Cow<'a, Fields>,
    /// How they were spelled.
    pub(super) spelling: Spelling,
}

impl AuthorizationServer {
    /// RFC 6749 §3.2, §2.3.1 (MUST): parameters come by `POST`, in the body and never in the URL.
    ///
    /// # Errors
    /// [`Rule::MethodAllowed`], [`Rule::TokenParameters`], [`Rule::OneAuthenticationMethod`],
    /// [`Rule::ContentReadable`], [`Rule::WithinLimits`]
    pub(super) fn posted<'a>(&self, request: &'a Request) -> Result<Posted<'a>, Refusal> {
        self.posted_in(request, &mut Memory::default())
    }

    /// The same, in memory that the caller lends.
    pub(super) fn posted_in<'a>(
        &self,
        request: &'a Request,
        memory: &mut Memory,
    ) -> Result<Posted<'a>, Refusal> {
        content::method(request, &[Method::Post])?;
        if request.url.query.is_some()
            && let Some((name, _)) = content::query_fields(request)?.0.first()
        {
            return Err(Refusal::new(
                Rule::TokenParameters,
                Compared::shown("nothing in the URL"),
                Compared::Shown(name.clone()),
            ));
        }
        let authorization = request.headers.authorization().map_err(|_| {
            Refusal::new(
                Rule::OneAuthenticationMethod,
                Compared::shown("one Authorization"),
                Compared::shown("several"),
            )
        })?;
        let (fields, spelling) = self.posted_fields(&request.body, memory)?;
        let posted = Posted {
            authorization,
            fields,
            spelling,
        };
        posted.one_method()?;
        Ok(posted)
    }

    fn posted_fields<'a>(
        &self,
        body: &'a Body,
        memory: &mut Memory,
    ) -> Result<(Cow<'a, Fields>, Spelling), Refusal> {
        match body {
            Body::Json(json) if self.configuration.options.json_token_requests => {
                let fields = json_fields(json).map_err(malformed)?;
                content::within_limits(&fields)?;
                Ok((Cow::Owned(fields), Spelling::Json))
            }
            Body::Empty | Body::Form(_) | Body::Json(_) | Body::Page(_) | Body::Octets { .. } => {
                Ok((content::form_fields_in(body, memory)?, Spelling::Form))
            }
        }
    }
}

/// RFC 6749 §3.2, §5.2 (MUST): a request whose parameters cannot be read is `invalid_request`; credentials in a
/// header that cannot be read are a failed authentication, and a malformed scope is `invalid_scope`.
pub(super) fn malformed(error: MessageError) -> Refusal {
    let rule = match (error.parameter, error.fault) {
        ("Authorization", _) => Rule::ClientAuthenticated,
        ("scope", MessageFault::Malformed(_)) => Rule::RefreshScopeWithin,
        (_, MessageFault::Missing | MessageFault::Repeated | MessageFault::Malformed(_)) => {
            Rule::TokenParameters
        }
    };
    Refusal::new(
        rule,
        Compared::shown(error.parameter),
        Compared::shown(&alloc::format!("{error}")),
    )
}

/// RFC 6749 §5.1, §5.2 (MUST): JSON that no cache keeps.
pub(super) fn json(status: Status, body: Json) -> Response {
    uncached(Response::new(status, Body::Json(body)))
}

/// A response that no cache keeps. `Pragma` is for those that only know HTTP/1.0.
pub(super) fn uncached(response: Response) -> Response {
    response
        .with(Header::CacheControl(Text::new("no-store")))
        .with(Header::Pragma(Text::new("no-cache")))
}

/// RFC 6749 §5.2 (MUST): the error as JSON; with 401, how to authenticate (RFC 9110 §15.5.2).
///
/// Why a client or a grant is not believed is left out, so that the answer tells an attacker nothing about
/// whether a code was right, used or expired. The trace has it all.
#[cold]
pub(super) fn refused(refusal: &Refusal) -> Response {
    let answer = refusal.answer();
    let error_description = match answer.error {
        ErrorCode::InvalidClient | ErrorCode::InvalidGrant => None,
        ErrorCode::InvalidRequest
        | ErrorCode::UnauthorizedClient
        | ErrorCode::AccessDenied
        | ErrorCode::UnsupportedResponseType
        | ErrorCode::InvalidScope
        | ErrorCode::ServerError
        | ErrorCode::TemporarilyUnavailable
        | ErrorCode::UnsupportedGrantType
        | ErrorCode::InvalidToken
        | ErrorCode::InsufficientScope
        | ErrorCode::UnsupportedTokenType
        | ErrorCode::LoginRequired
        | ErrorCode::ConsentRequired
        | ErrorCode::InvalidRequestUri
        | ErrorCode::InvalidRedirectUri
        | ErrorCode::InvalidClientMetadata
        | ErrorCode::RequestNotSupported
        | ErrorCode::RegistrationNotSupported
        | ErrorCode::InvalidDpopProof => Some(refusal.description()),
    };
    let error = TokenError {
        error: Text::new(answer.error.as_str()),
        error_description,
        error_uri: None,
    };
    // What the authorization endpoint would redirect, a client that asks by itself reads (RFC 9126 §2.3).
    let status = match answer.destination {
        Destination::Redirect => Status::BAD_REQUEST,
        Destination::Page
        | Destination::Body
        | Destination::Challenge
        | Destination::ClientPage => answer.status,
    };
    let response = json(status, error.write());
    match status {
        Status::UNAUTHORIZED => response.with(Header::WwwAuthenticate(challenge(answer))),
        Status::METHOD_NOT_ALLOWED => response.with(Header::Allow(Text::new("POST"))),
        _ => response,
    }
}

/// How to authenticate: with a secret, or with a token where one was asked for (RFC 7617 §2, RFC 6750 §3).
fn challenge(answer: Answer) -> Text {
    let (scheme, parameters) = match answer.destination {
        Destination::Challenge => (
            "Bearer",
            [
                ("realm", "registration endpoint"),
                ("error", answer.error.as_str()),
            ],
        ),
        Destination::Page | Destination::Redirect | Destination::Body | Destination::ClientPage => {
            ("Basic", [("realm", "token endpoint"), ("charset", "UTF-8")])
        }
    };
    let parameters = parameters.map(|(name, value)| (Text::new(name), Text::new(value)));
    Challenge {
        scheme: Text::new(scheme),
        parameters: parameters.into(),
    }
    .write()
}

/// Refuses a request to an endpoint beside the token endpoint.
#[cold]
pub(super) fn refuse(exchange: ExchangeId, refusal: Refusal, ctx: &mut Context<'_>) {
    let response = refused(&refusal);
    ctx.note(Event::RequestRefused { refusal });
    ctx.respond(exchange, response);
}
