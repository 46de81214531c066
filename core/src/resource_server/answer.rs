//! What the resource server answers (RFC 6750 §3).

use alloc::format;
use alloc::vec;

use super::Configuration;
use crate::http::{Body, Header, Response, Status};
use crate::json::Json;
use crate::message::{ErrorCode, TokenScheme};
use crate::refusal::{Destination, Refusal, Rule};
use crate::text::Text;
use crate::value::Subject;
use crate::wire::bearer::Challenge;

/// The resource. It is somebody's own, so nobody on the way may keep it (RFC 9111 §5.2.2.5, §5.2.2.7).
pub(super) fn resource(owner: &Subject) -> Response {
    let body = Json::Object(vec![
        (Text::new("sub"), Json::from(owner.as_str())),
        (
            Text::new("data"),
            Json::from(format!("what belongs to {}", owner.as_str()).as_str()),
        ),
    ]);
    Response::new(Status::OK, Body::Json(body))
        .with(Header::CacheControl(Text::new("private, no-store")))
}

/// A refusal, with a challenge where one is due.
pub(super) fn refusal(configuration: &Configuration, refusal: &Refusal) -> Response {
    let answer = refusal.answer();
    let mut response =
        Response::new(answer.status, Body::Empty).with(Header::CacheControl(Text::new("no-store")));
    match answer.destination {
        Destination::Challenge => {
            let challenge = challenge(configuration, refusal).write();
            response.headers.push(Header::WwwAuthenticate(challenge));
        }
        Destination::Page | Destination::Redirect | Destination::Body | Destination::ClientPage => {
        }
    }
    // RFC 9110 §15.5.6 (MUST): 405 says what is allowed.
    if answer.status == Status::METHOD_NOT_ALLOWED {
        response.headers.push(Header::Allow(Text::new("GET")));
    }
    response
}

/// RFC 6750 §3, RFC 9449 §7.1: realm; why, unless there was no token (§3.1, SHOULD NOT); and which scope would be enough.
fn challenge(configuration: &Configuration, refusal: &Refusal) -> Challenge {
    let mut parameters = vec![(Text::new("realm"), configuration.realm.clone())];
    if refusal.rule != Rule::TokenPresent {
        let error = Text::new(refusal.answer().error.as_str());
        parameters.push((Text::new("error"), error));
        parameters.push((Text::new("error_description"), refusal.description()));
    }
    if refusal.rule == Rule::TokenScopeCovers
        && let Some(scope) = &configuration.required_scope
    {
        parameters.push((Text::new("scope"), scope.clone()));
    }
    let mut scheme = TokenScheme::Bearer;
    if refusal.answer().error == ErrorCode::InvalidDpopProof {
        parameters.push((Text::new("algs"), Text::new("EdDSA")));
        scheme = TokenScheme::Dpop;
    }
    Challenge {
        scheme: Text::new(scheme.as_str()),
        parameters,
    }
}
