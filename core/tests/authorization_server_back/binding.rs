//! Tokens that are bound to whoever asked for them (RFC 9449, RFC 8705).

use grantlab_core::authorization_server::registration::Configuration;
use grantlab_core::http::{Fields, Origin, Request, Url};
use grantlab_core::message::{
    DpopProof, IntrospectionResponse, Proved, SigningKey, attach_proof, set_client_certificate,
};
use grantlab_core::text::Text;
use grantlab_core::time::{Span, Timestamp};
use grantlab_core::value::{ClientId, Confirmation, Thumbprint};

use crate::driver::{
    Rig, as_client, code, member, post, redeem, redemption, refresh_fields, tokens,
};

const NOW: Timestamp = Timestamp(1_000);

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed("", [seed; 32])
}

/// The same request with a proof by the key of this seed.
fn proved(mut request: Request, seed: u8, jti: &str) -> Request {
    let proof = DpopProof::of(
        &Proved {
            method: request.method.as_str(),
            url: &request.url,
            access_token: None,
            now: NOW,
        },
        Text::new(jti),
    );
    attach_proof(&mut request.headers, key(seed).prove(&proof));
    request
}

/// The same request over a connection with this certificate.
fn certified(mut request: Request, certificate: &str) -> Request {
    let thumbprint = Thumbprint::of(certificate.as_bytes());
    set_client_certificate(&mut request.headers, Some(&thumbprint));
    request
}

/// A server whose code is that of a client without a secret.
fn public(setting: &str) -> Rig {
    let set = |configuration: &mut Configuration| {
        let (key, value) = setting.split_once('=').unwrap();
        configuration.policy.set(key, value).unwrap();
    };
    let mut rig = Rig::empty(set, 100);
    let mut record = code();
    record.client_id = ClientId::new("app").unwrap();
    rig.save(record);
    rig
}

fn as_app(fields: Fields) -> Request {
    post("/token", fields.with("client_id", "app"), None)
}

fn confirmation(rig: &mut Rig, token: &str) -> Option<Confirmation> {
    match rig.introspect(token) {
        IntrospectionResponse::Active { cnf, .. } => cnf,
        IntrospectionResponse::Inactive => panic!("inactive"),
    }
}

#[test]
fn a_token_is_bound_to_the_key_of_its_proof() {
    let mut rig = Rig::set(&["as.token_bind=dpop"]);
    let response = rig.send(proved(redeem(), 1, "a"));
    let (access, refresh) = tokens(&response);
    assert_eq!(member(&response, "token_type").as_deref(), Some("DPoP"));
    let bound_to = key(1).verifying_key().thumbprint();
    assert_eq!(
        confirmation(&mut rig, &access),
        Some(Confirmation::Key(bound_to))
    );
    // RFC 9449 §5: the refresh token of a confidential client is bound to the client, not to the key.
    let other = proved(as_client(refresh_fields(&refresh)), 2, "b");
    let (access, _) = tokens(&rig.send(other));
    let bound_to = key(2).verifying_key().thumbprint();
    assert_eq!(
        confirmation(&mut rig, &access),
        Some(Confirmation::Key(bound_to))
    );
}

#[test]
fn a_proof_is_there_and_for_this_request() {
    let elsewhere = || {
        let url = Url::new(&Origin::https("evil.example"), "/token");
        let mut request = proved(Request { url, ..redeem() }, 1, "a");
        request.url = redeem().url;
        request
    };
    let twice = || proved(proved(redeem(), 1, "a"), 1, "b");
    let broken = || {
        let mut request = redeem();
        attach_proof(&mut request.headers, Text::new("a.b.c"));
        request
    };
    for (request, later) in [
        (redeem(), 0),
        (elsewhere(), 0),
        (twice(), 0),
        (broken(), 0),
        (proved(redeem(), 1, "a"), 120),
    ] {
        let mut rig = Rig::set(&["as.token_bind=dpop"]);
        rig.advance(Span::from_seconds(later));
        assert_eq!(rig.outcome(request), "400 invalid_dpop_proof (proof-good)");
    }
}

#[test]
fn a_proof_is_used_once_and_a_refused_request_uses_it_too() {
    let mut rig = Rig::set(&["as.token_bind=dpop"]);
    let wrong = as_client(redemption().with("code", "guess"));
    assert_eq!(
        rig.outcome(proved(wrong, 1, "a")),
        "400 invalid_request (token-parameters)"
    );
    let unknown = as_client(refresh_fields("guess"));
    for expected in [
        "400 invalid_grant (refresh-token-known)",
        "400 invalid_dpop_proof (proof-good)",
    ] {
        assert_eq!(rig.outcome(proved(unknown.clone(), 1, "a")), expected);
    }
    // Nobody uses up what is somebody else's.
    assert_eq!(
        rig.outcome(proved(unknown, 2, "a")),
        "400 invalid_grant (refresh-token-known)"
    );
}

#[test]
fn a_refresh_token_without_a_client_secret_needs_its_key() {
    let mut rig = public("as.token_bind=dpop");
    let (_, refresh) = tokens(&rig.send(proved(as_app(redemption()), 1, "a")));
    let again = || as_app(refresh_fields(&refresh));
    assert_eq!(
        rig.outcome(proved(again(), 2, "b")),
        "400 invalid_grant (refresh-bound-to-sender)"
    );
    assert_eq!(rig.outcome(proved(again(), 1, "c")), "200");
}

#[test]
fn a_token_is_bound_to_the_certificate_of_its_connection() {
    let mut rig = public("as.token_bind=mtls");
    assert_eq!(
        rig.outcome(as_app(redemption())),
        "400 invalid_request (certificate-present)"
    );
    let response = rig.send(certified(as_app(redemption()), "mine"));
    let (access, refresh) = tokens(&response);
    assert_eq!(member(&response, "token_type").as_deref(), Some("Bearer"));
    assert_eq!(
        confirmation(&mut rig, &access),
        Some(Confirmation::Certificate(Thumbprint::of(b"mine")))
    );
    let again = || as_app(refresh_fields(&refresh));
    assert_eq!(
        rig.outcome(certified(again(), "other")),
        "400 invalid_grant (refresh-bound-to-sender)"
    );
    assert_eq!(rig.outcome(certified(again(), "mine")), "200");
}
