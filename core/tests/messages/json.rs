//! Messages that travel as JSON, and ID Tokens.

use grantlab_core::json::Json;
use grantlab_core::message::{
    AccessTokenResponse, IntrospectionResponse, Metadata, PushedAuthorizationResponse,
    SignedIdToken, SigningKey, TokenError, VerifyingKey, json_fields, jwks, read_jwks,
};
use grantlab_core::wire::json;
use proptest::prelude::*;

use crate::strategies;

/// The same JSON after a trip over the wire.
fn carried(value: &Json) -> Json {
    let mut text = String::new();
    json::write(value, &mut text);
    json::parse(text.as_bytes()).unwrap()
}

const MEMBERS: &[&str] = &[
    "access_token",
    "token_type",
    "expires_in",
    "refresh_token",
    "scope",
    "id_token",
    "error",
    "error_description",
    "error_uri",
    "active",
    "client_id",
    "sub",
    "exp",
    "iss",
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "scopes_supported",
    "kty",
    "crv",
    "x",
    "keys",
];

proptest! {
    #[test]
    fn access_token_responses(response in strategies::access_token_response()) {
        let read = AccessTokenResponse::parse(&carried(&response.write()));
        prop_assert_eq!(read, Ok(response));
    }

    #[test]
    fn token_errors(error in strategies::token_error()) {
        prop_assert_eq!(TokenError::parse(&carried(&error.write())), Ok(error));
    }

    #[test]
    fn introspection_responses(response in strategies::introspection_response()) {
        let read = IntrospectionResponse::parse(&carried(&response.write()));
        prop_assert_eq!(read, Ok(response));
    }

    #[test]
    fn pushed_authorization_responses(response in strategies::pushed_authorization_response()) {
        let read = PushedAuthorizationResponse::parse(&carried(&response.write()));
        prop_assert_eq!(read, Ok(response));
    }

    #[test]
    fn metadata(metadata in strategies::metadata()) {
        prop_assert_eq!(Metadata::parse(&carried(&metadata.write())), Ok(metadata));
    }

    /// Whatever the JSON is there is an answer, and what was read can be written and read again.
    #[test]
    fn any_json_has_an_answer(value in strategies::any_object(MEMBERS)) {
        if let Ok(response) = AccessTokenResponse::parse(&value) {
            prop_assert_eq!(AccessTokenResponse::parse(&response.write()), Ok(response));
        }
        if let Ok(error) = TokenError::parse(&value) {
            prop_assert_eq!(TokenError::parse(&error.write()), Ok(error));
        }
        if let Ok(response) = IntrospectionResponse::parse(&value) {
            prop_assert_eq!(IntrospectionResponse::parse(&response.write()), Ok(response));
        }
        if let Ok(metadata) = Metadata::parse(&value) {
            prop_assert_eq!(Metadata::parse(&metadata.write()), Ok(metadata));
        }
        let _ = PushedAuthorizationResponse::parse(&value);
        let _ = (VerifyingKey::from_jwk(&value), read_jwks(&value), json_fields(&value));
    }
}

proptest! {
    // Signatures take milliseconds without optimisation.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn id_tokens(
        token in strategies::id_token(),
        seed in any::<[u8; 32]>(),
        kid in prop::sample::select(vec!["", "k"]),
    ) {
        let key = SigningKey::from_seed(kid, seed);
        let signed = key.sign(&token);
        prop_assert_eq!(&key.sign(&token), &signed);
        prop_assert_eq!(signed.read(&[key.verifying_key()]), Ok(token));
    }

    #[test]
    fn keys(seeds in prop::collection::vec(any::<[u8; 32]>(), 0..4)) {
        let keys: Vec<VerifyingKey> = seeds
            .into_iter()
            .map(|seed| SigningKey::from_seed("k", seed).verifying_key())
            .collect();
        prop_assert_eq!(read_jwks(&carried(&jwks(&keys))), Some(keys));
    }

    /// No octet of a signed token can be changed without anybody noticing.
    #[test]
    fn a_changed_token_is_not_believed(
        token in strategies::id_token(),
        place in any::<prop::sample::Index>(),
        octet in prop::sample::select(b"A0_-.=Zq".to_vec()),
    ) {
        let key = SigningKey::from_seed("k", [7; 32]);
        let signed = key.sign(&token);
        let mut octets = signed.0.as_bytes().to_vec();
        let place = place.index(octets.len());
        prop_assume!(octets[place] != octet);
        octets[place] = octet;
        let changed = SignedIdToken::new(String::from_utf8(octets).unwrap()).unwrap();
        prop_assert!(changed.read(&[key.verifying_key()]).is_err());
    }

    #[test]
    fn any_text_has_an_answer_as_a_token(text in "\\PC{0,200}|[A-Za-z0-9_.-]{0,200}") {
        let key = SigningKey::from_seed("k", [7; 32]);
        if let Ok(token) = SignedIdToken::new(text) {
            prop_assert!(token.read(&[key.verifying_key()]).is_err());
        }
    }
}
