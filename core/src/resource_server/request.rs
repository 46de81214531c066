//! What a request for the resource must be before anybody is asked about its token (RFC 6750 §2, §3).

use alloc::borrow::Cow;
use alloc::format;

use super::Configuration;
use super::possession::Sender;
use crate::http::{Body, Encoded, Fields, Method, Request};
use crate::message::{MessageError, ResourceRequest};
use crate::refusal::{Compared, Refusal, Rule};
use crate::value::AccessToken;
use crate::wire::form;

/// The token of a request for the resource, and what says who sent it.
///
/// # Errors
/// The first rule that the request breaks, in the order of the functions below.
pub(super) fn token(
    configuration: &Configuration,
    request: &Request,
) -> Result<(AccessToken, Sender), Refusal> {
    endpoint_exists(configuration, request)?;
    method_allowed(request)?;
    let asked = one_token_place(request)?;
    let sender = Sender::of(request, asked.scheme);
    token_present(asked).map(|token| (token, sender))
}

/// RFC 9110 §15.5.5 (MUST): there is one resource.
fn endpoint_exists(configuration: &Configuration, request: &Request) -> Result<(), Refusal> {
    if request.url.path == configuration.path {
        return Ok(());
    }
    Err(Refusal::new(
        Rule::EndpointExists,
        Compared::Shown(configuration.path.clone()),
        Compared::Shown(request.url.path.clone()),
    ))
}

/// RFC 9110 §9.1 (MUST): the resource can be read, and that is all.
fn method_allowed(request: &Request) -> Result<(), Refusal> {
    if request.method == Method::Get {
        return Ok(());
    }
    Err(Refusal::new(
        Rule::MethodAllowed,
        Compared::shown("GET"),
        Compared::shown(request.method.as_str()),
    ))
}

/// RFC 6750 §2 (MUST NOT): no second token. §2.2 (MUST NOT): none in the body of a `GET`.
/// RFC 9700 §4.3.2 (MUST NOT): none in the URL. So the header is the one place.
fn one_token_place(request: &Request) -> Result<ResourceRequest, Refusal> {
    let misplaced = |found: &str| {
        Refusal::new(
            Rule::OneTokenPlace,
            Compared::shown("one Authorization: Bearer"),
            Compared::shown(found),
        )
    };
    let authorization = request
        .headers
        .authorization()
        .map_err(|_| misplaced("Authorization twice"))?;
    let query = request
        .url
        .query
        .as_ref()
        .map_or(Ok(Cow::Owned(Fields::EMPTY)), fields)?;
    let body = match &request.body {
        Body::Form(content) => fields(content)?,
        Body::Empty | Body::Json(_) | Body::Page(_) | Body::Octets { .. } => {
            Cow::Owned(Fields::EMPTY)
        }
    };
    if body.first("access_token").is_some() {
        return Err(misplaced("access_token in the body of a GET"));
    }
    ResourceRequest::parse(authorization, &query, &body)
        .map_err(|error: MessageError| misplaced(&format!("{error}")))
}

/// RFC 6750 §3.1 (SHOULD): without a token the challenge says what is wanted, and nothing about errors.
fn token_present(request: ResourceRequest) -> Result<AccessToken, Refusal> {
    request.access_token.ok_or_else(|| {
        Refusal::new(
            Rule::TokenPresent,
            Compared::shown("Bearer"),
            Compared::Absent,
        )
    })
}

/// The fields of a query or form.
fn fields(content: &Encoded) -> Result<Cow<'_, Fields>, Refusal> {
    form::pairs(content).map_err(|error| {
        Refusal::new(
            Rule::ContentReadable,
            Compared::Absent,
            Compared::shown(&format!("{error}")),
        )
    })
}
