//! Requests that nobody honest would send: each has one answer of the kind that it may have.

use grantlab_core::http::{Body, Encoded, Fields, Header, Method, Request};
use grantlab_core::message::ErrorCode;
use grantlab_core::text::Text;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::driver::{CALLBACK, CLIENT, CODE, Rig, SECRET, VERIFIER, member, post};

const PATHS: [&str; 6] = [
    "/token",
    "/revoke",
    "/introspect",
    "/par",
    "/jwks.json",
    "/.well-known/oauth-authorization-server",
];

const NAMES: [&str; 14] = [
    "grant_type",
    "code",
    "redirect_uri",
    "code_verifier",
    "client_id",
    "client_secret",
    "client_assertion",
    "refresh_token",
    "scope",
    "token",
    "token_type_hint",
    "request_uri",
    "response_type",
    "",
];

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "authorization_code",
            "refresh_token",
            CODE,
            CALLBACK,
            VERIFIER,
            CLIENT,
            SECRET,
            "app",
            "code",
            "read",
            "",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ]
}

fn fields() -> impl Strategy<Value = Fields> {
    vec((prop::sample::select(NAMES.to_vec()), value()), 0..8).prop_map(|pairs| {
        pairs
            .into_iter()
            .fold(Fields::EMPTY, |fields, (name, value)| {
                fields.with(name, value)
            })
    })
}

fn body() -> impl Strategy<Value = Body> {
    prop_oneof![
        4 => fields().prop_map(|fields| Body::Form(Encoded::Fields(fields))),
        1 => any::<String>().prop_map(|text| Body::Form(Encoded::Octets(text.into()))),
        1 => fields().prop_map(|fields| Body::Json(grantlab_core::message::fields_json(&fields))),
        1 => (any::<String>(), any::<Vec<u8>>()).prop_map(|(content_type, octets)| Body::Octets {
            content_type: content_type.into(),
            octets,
        }),
        1 => Just(Body::Empty),
    ]
}

fn authorization() -> impl Strategy<Value = Option<String>> {
    let good = post("", Fields::EMPTY, Some((CLIENT, SECRET)));
    let good = match good.headers.0.first() {
        Some(Header::Authorization(text)) => text.as_str().to_owned(),
        _ => String::new(),
    };
    prop_oneof![
        Just(None),
        Just(Some(good)),
        any::<String>().prop_map(Some),
        any::<String>().prop_map(|text| Some(format!("Basic {text}"))),
    ]
}

fn request() -> impl Strategy<Value = Request> {
    let method = prop_oneof![4 => Just(Method::Post), 1 => Just(Method::Get), 1 => Just(Method::Other("PUT".into()))];
    let path = prop::sample::select(PATHS.to_vec());
    (method, path, body(), authorization(), any::<bool>()).prop_map(
        |(method, path, body, authorization, in_url)| {
            let mut request = post(path, Fields::EMPTY, None);
            request.method = method;
            request.body = body;
            if let Some(text) = authorization {
                let header = Header::Authorization(Text::from(text));
                request.headers.push(header);
            }
            if in_url {
                let query = Encoded::Fields(Fields::EMPTY.with("x", "y"));
                request.url = request.url.with_query(query);
            }
            request
        },
    )
}

proptest! {
    #[test]
    fn every_request_has_one_answer(requests in vec(request(), 1..4), json in any::<bool>()) {
        let mut rig = Rig::with(|configuration| {
            configuration.options.json_token_requests = json;
            configuration.policy.set("as.par", "optional").unwrap();
        });
        for request in requests {
            let response = rig.send(request);
            if response.status.0 >= 400 && matches!(response.body, Body::Json(_)) {
                let error = member(&response, "error").unwrap();
                prop_assert!(ErrorCode::read(&error).is_some());
            }
            prop_assert!(
                matches!(response.status.0, 200 | 201 | 400 | 401 | 405 | 413),
                "{response:?}"
            );
        }
    }
}
