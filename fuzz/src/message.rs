//! The message layer: a message that is well-formed is written and read again to the same message.

use grantlab_core::http::Fields;
use grantlab_core::json::Json;
use grantlab_core::message::{
    AccessTokenRequest, AccessTokenResponse, AuthorizationRequest, AuthorizationResponse, Repeats,
};
use grantlab_core::text::Text;
use grantlab_core::wire;

/// What a repeated parameter may mean.
const REPEATS: [Repeats; 3] = [Repeats::Refuse, Repeats::First, Repeats::Last];

fn fields(octets: &[u8]) -> Option<Fields> {
    wire::form::parse(octets).ok()
}

fn json(octets: &[u8]) -> Option<Json> {
    wire::json::parse(octets).ok()
}

/// An authorization request (RFC 6749 §4.1.1), as the query that carries it.
pub fn authorization_request(octets: &[u8]) {
    let Some(fields) = fields(octets) else { return };
    for repeats in REPEATS {
        if let Ok(request) = AuthorizationRequest::parse(&fields, repeats) {
            let again = AuthorizationRequest::parse(&request.write(), Repeats::Refuse);
            assert_eq!(again, Ok(request));
        }
    }
}

/// An authorization response (RFC 6749 §4.1.2), as the query that carries it.
pub fn authorization_response(octets: &[u8]) {
    let Some(fields) = fields(octets) else { return };
    for repeats in REPEATS {
        if let Ok(response) = AuthorizationResponse::parse(&fields, repeats) {
            let again = AuthorizationResponse::parse(&response.write(), Repeats::Refuse);
            assert_eq!(again, Ok(response));
        }
    }
}

/// An access token request (RFC 6749 §4.1.3, §6): the `Authorization`, which may be empty, a line feed, and the body.
pub fn access_token_request(octets: &[u8]) {
    let Ok(text) = str::from_utf8(octets) else {
        return;
    };
    let (authorization, body) = text.split_once('\n').unwrap_or(("", text));
    let authorization = Some(Text::new(authorization)).filter(|text| !text.is_empty());
    let Some(fields) = fields(body.as_bytes()) else {
        return;
    };
    for repeats in REPEATS {
        let read = AccessTokenRequest::parse(authorization.as_ref(), &fields, repeats);
        if let Ok(request) = read {
            let authorization = request.write_authorization();
            let again = AccessTokenRequest::parse(
                authorization.as_ref(),
                &request.write_fields(),
                Repeats::Refuse,
            );
            assert_eq!(again, Ok(request));
        }
    }
}

/// An access token response (RFC 6749 §5.1), as the JSON that carries it.
pub fn access_token_response(octets: &[u8]) {
    let Some(json) = json(octets) else { return };
    if let Ok(response) = AccessTokenResponse::parse(&json) {
        let again = AccessTokenResponse::parse(&response.write());
        assert_eq!(again, Ok(response));
    }
}
