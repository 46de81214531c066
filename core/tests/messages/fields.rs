//! Messages that travel as parameters.

use grantlab_core::http::Fields;
use grantlab_core::message::{
    AccessTokenRequest, AuthorizationRequest, AuthorizationResponse, IntrospectionRequest, Repeats,
    ResourceRequest, RevocationRequest, fields_json, json_fields,
};
use grantlab_core::wire::form;
use proptest::prelude::*;

use crate::strategies;

/// The same fields after a trip over the wire.
fn carried(fields: &Fields) -> Fields {
    let mut octets = String::new();
    form::write(fields, &mut octets);
    form::parse(octets.as_bytes()).unwrap()
}

const AUTHORIZATION: &[&str] = &[
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "response_mode",
    "prompt",
    "request_uri",
];
const ANSWER: &[&str] = &[
    "code",
    "id_token",
    "access_token",
    "token_type",
    "error",
    "error_description",
    "error_uri",
    "state",
    "iss",
];
const TOKEN: &[&str] = &[
    "grant_type",
    "code",
    "redirect_uri",
    "code_verifier",
    "refresh_token",
    "scope",
    "client_id",
    "client_secret",
    "token",
    "token_type_hint",
    "access_token",
];

proptest! {
    #[test]
    fn authorization_requests(request in strategies::authorization_request()) {
        let read = AuthorizationRequest::parse(&carried(&request.write()), Repeats::Refuse);
        prop_assert_eq!(read, Ok(request));
    }

    #[test]
    fn authorization_responses(response in strategies::authorization_response()) {
        let read = AuthorizationResponse::parse(&carried(&response.write()), Repeats::Refuse);
        prop_assert_eq!(read, Ok(response));
    }

    #[test]
    fn access_token_requests(request in strategies::access_token_request()) {
        let authorization = request.write_authorization();
        let fields = request.write_fields();
        for fields in [carried(&fields), json_fields(&fields_json(&fields)).unwrap()] {
            let read =
                AccessTokenRequest::parse(authorization.as_ref(), &fields, Repeats::Refuse);
            prop_assert_eq!(read, Ok(request.clone()));
        }
    }

    #[test]
    fn revocation_requests(request in strategies::revocation_request()) {
        let authorization = request.write_authorization();
        let fields = carried(&request.write_fields());
        let read = RevocationRequest::parse(authorization.as_ref(), &fields, Repeats::Refuse);
        prop_assert_eq!(read, Ok(request));
    }

    #[test]
    fn introspection_requests(request in strategies::introspection_request()) {
        let authorization = request.write_authorization();
        let fields = carried(&request.write_fields());
        let read = IntrospectionRequest::parse(authorization.as_ref(), &fields, Repeats::Refuse);
        prop_assert_eq!(read, Ok(request));
    }

    #[test]
    fn resource_requests(request in strategies::resource_request()) {
        let authorization = request.write_authorization();
        let read = ResourceRequest::parse(authorization.as_ref(), &Fields::EMPTY, &Fields::EMPTY);
        prop_assert_eq!(read, Ok(request));
    }

    /// Whatever the fields are there is an answer, and what was read can be written and read again.
    #[test]
    fn any_authorization_message_has_an_answer(
        request in strategies::any_fields(AUTHORIZATION),
        response in strategies::any_fields(ANSWER),
    ) {
        for repeats in [Repeats::Refuse, Repeats::First, Repeats::Last] {
            if let Ok(request) = AuthorizationRequest::parse(&request, repeats) {
                let again = AuthorizationRequest::parse(&request.write(), Repeats::Refuse);
                prop_assert_eq!(again, Ok(request));
            }
            if let Ok(response) = AuthorizationResponse::parse(&response, repeats) {
                let again = AuthorizationResponse::parse(&response.write(), Repeats::Refuse);
                prop_assert_eq!(again, Ok(response));
            }
        }
    }

    #[test]
    fn any_back_channel_message_has_an_answer(
        authorization in strategies::any_authorization(),
        fields in strategies::any_fields(TOKEN),
        query in strategies::any_fields(TOKEN),
    ) {
        let authorization = authorization.as_ref();
        for repeats in [Repeats::Refuse, Repeats::First, Repeats::Last] {
            if let Ok(request) = AccessTokenRequest::parse(authorization, &fields, repeats) {
                let header = request.write_authorization();
                let again = AccessTokenRequest::parse(
                    header.as_ref(),
                    &request.write_fields(),
                    Repeats::Refuse,
                );
                prop_assert_eq!(again, Ok(request));
            }
            let revocation = RevocationRequest::parse(authorization, &fields, repeats);
            let introspection = IntrospectionRequest::parse(authorization, &fields, repeats);
            prop_assert_eq!(revocation.is_ok(), introspection.is_ok());
        }
        let _ = ResourceRequest::parse(authorization, &query, &fields);
    }
}
