//! The answer to a pushed authorization request (RFC 9126 §2.2). The request itself is an
//! [`AuthorizationRequest`](crate::message::AuthorizationRequest) next to
//! [`ClientCredentials`](crate::message::ClientCredentials).

use crate::json::Json;
use crate::message::MessageError;
use crate::message::members::{Members, Object};
use crate::time::Span;
use crate::value::RequestUri;

/// Where a pushed authorization request can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushedAuthorizationResponse {
    /// What the client sends to the authorization endpoint instead of the request.
    pub request_uri: RequestUri,
    /// How long it is good for, in whole seconds on the wire.
    pub expires_in: Span,
}

impl PushedAuthorizationResponse {
    /// RFC 9126 §2.2 (MUST): both members are there, and the time is a positive whole number.
    ///
    /// # Errors
    /// The first member that is missing, repeated, or of another type or grammar.
    pub fn parse(json: &Json) -> Result<Self, MessageError> {
        let members = Members::new(json)?;
        Ok(Self {
            request_uri: members.required_value("request_uri", RequestUri::new)?,
            expires_in: members
                .optional_number("expires_in")?
                .filter(|seconds| *seconds > 0)
                .map(Span::from_seconds)
                .ok_or_else(|| MessageError::missing("expires_in"))?,
        })
    }

    /// The members in the order of RFC 9126 §2.2.
    #[must_use]
    pub fn write(&self) -> Json {
        Object::default()
            .with("request_uri", self.request_uri.as_str())
            .with("expires_in", self.expires_in.seconds())
            .into_json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;

    fn parse(text: &str) -> Result<PushedAuthorizationResponse, MessageError> {
        PushedAuthorizationResponse::parse(&json::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn the_example_of_rfc_9126() {
        let read =
            parse(r#"{"request_uri":"urn:example:bwc4JK-ESC0w8acc191e-Y1LTC2","expires_in":90}"#);
        let response = PushedAuthorizationResponse {
            request_uri: RequestUri::new("urn:example:bwc4JK-ESC0w8acc191e-Y1LTC2").unwrap(),
            expires_in: Span::from_seconds(90),
        };
        assert_eq!(PushedAuthorizationResponse::parse(&response.write()), read);
        assert_eq!(read, Ok(response));
    }

    #[test]
    fn both_members_are_there() {
        for (text, parameter) in [
            (r#"{"expires_in":90}"#, "request_uri"),
            (r#"{"request_uri":"","expires_in":90}"#, "request_uri"),
            (r#"{"request_uri":"urn:x"}"#, "expires_in"),
            (r#"{"request_uri":"urn:x","expires_in":0}"#, "expires_in"),
            (r#"{"request_uri":"urn:x","expires_in":"90"}"#, "expires_in"),
        ] {
            assert_eq!(parse(text).unwrap_err().parameter, parameter, "{text}");
        }
    }
}
