//! Revocation (RFC 7009), introspection (RFC 7662), metadata (RFC 8414) and pushed requests (RFC 9126).

use grantlab_core::http::{Encoded, Fields, Origin, Request, Status, Url};
use grantlab_core::message::store::TokenStage;
use grantlab_core::message::{IntrospectionResponse, Metadata, read_jwks};
use grantlab_core::text::Text;
use grantlab_core::time::{Span, Timestamp};
use grantlab_core::value::{ClientId, Issuer, Subject};

use crate::driver::{
    CALLBACK, CHALLENGE, CLIENT, Rig, SECRET, get, json, member, post, redeem, refresh_with, scope,
    tokens,
};

fn issued() -> (Rig, String, String) {
    let mut rig = Rig::new();
    let (access, refresh) = tokens(&rig.send(redeem()));
    rig.events.clear();
    (rig, access, refresh)
}

fn revoke(token: &str) -> Request {
    post(
        "/revoke",
        Fields::EMPTY.with("token", token),
        Some((CLIENT, SECRET)),
    )
}

#[test]
fn revoking_an_access_token_leaves_the_refresh_token() {
    let (mut rig, access, refresh) = issued();
    assert_eq!(rig.send(revoke(&access)).status, Status::OK);
    assert_eq!(rig.happened(), ["token_revoked"]);
    assert!(!rig.is_active(&access));
    assert_eq!(rig.outcome(refresh_with(&refresh)), "200");
}

/// RFC 7009 §2.1: with a refresh token goes all that came of its grant.
#[test]
fn revoking_a_refresh_token_revokes_its_family() {
    let (mut rig, access, refresh) = issued();
    assert_eq!(rig.send(revoke(&refresh)).status, Status::OK);
    assert_eq!(rig.happened(), ["grant_ended", "family_revoked"]);
    assert!(!rig.is_active(&access));
    let outcome = rig.outcome(refresh_with(&refresh));
    assert_eq!(outcome, "400 invalid_grant (grant-live)");
}

#[test]
fn what_revocation_refuses_and_what_not() {
    let (_, access, _) = issued();
    let fields = || Fields::EMPTY.with("token", access.as_str());
    let hinted = |hint| fields().with("token_type_hint", hint);
    let mut in_url = revoke(&access);
    in_url.url = in_url.url.with_query(Encoded::Fields(fields()));
    let own = Some((CLIENT, SECRET));
    let requests: Vec<(&str, Request)> = vec![
        ("unknown", revoke("guess")),
        ("wrong hint", post("/revoke", hinted("refresh_token"), own)),
        ("unknown hint", post("/revoke", hinted("cookie"), own)),
        (
            "another client's",
            post("/revoke", fields(), Some(("rs", "rs-secret"))),
        ),
        ("nobody", post("/revoke", fields(), None)),
        (
            "wrong secret",
            post("/revoke", fields(), Some((CLIENT, "guess"))),
        ),
        ("GET", get("/revoke")),
        ("in the URL", in_url),
        ("no token", post("/revoke", Fields::EMPTY, own)),
    ];
    let mut table = String::new();
    for (name, request) in requests {
        let (mut rig, access, _) = issued();
        let outcome = rig.outcome(request);
        let alive = if rig.is_active(&access) {
            "alive"
        } else {
            "dead"
        };
        table += &format!("{name}: {outcome}, {alive}\n");
    }
    insta::assert_snapshot!(table, @"
    unknown: 200, alive
    wrong hint: 200, dead
    unknown hint: 200, dead
    another client's: 400 invalid_client (revokes-its-own), alive
    nobody: 401 invalid_client (client-authenticated), alive
    wrong secret: 401 invalid_client (client-authenticated), alive
    GET: 405 invalid_request (method-allowed), alive
    in the URL: 400 invalid_request (token-parameters), alive
    no token: 400 invalid_request (token-parameters), alive
    ");
}

#[test]
fn a_good_token_is_described() {
    let (mut rig, access, _) = issued();
    assert_eq!(
        rig.introspect(&access),
        IntrospectionResponse::Active {
            client_id: ClientId::new(CLIENT).unwrap(),
            sub: Subject::new("sub-alice").unwrap(),
            scope: scope("read write"),
            exp: Some(Timestamp(3_601_000)),
            iss: Issuer::new("https://as.example").unwrap(),
            cnf: None,
        }
    );
}

/// RFC 7662 §2.2 (MUST): `active: false` and not a word more.
#[test]
fn a_bad_token_is_not_described() {
    let (mut rig, access, refresh) = issued();
    let ask = |token: &str| {
        let fields = Fields::EMPTY.with("token", token);
        post("/introspect", fields, Some(("rs", "rs-secret")))
    };
    for (token, now) in [
        (access.as_str(), 3_601_000),
        ("guess", 1_000),
        (refresh.as_str(), 1_000),
    ] {
        rig.now = Timestamp(now);
        let response = rig.send(ask(token));
        let mut text = String::new();
        grantlab_core::wire::json::write(json(&response), &mut text);
        assert_eq!(text, r#"{"active":false}"#);
    }
    rig.now = Timestamp(3_600_999);
    assert!(rig.is_active(&access));
}

#[test]
fn who_may_introspect() {
    let (_, access, _) = issued();
    let fields = || Fields::EMPTY.with("token", access.as_str());
    let requests: Vec<(&str, Request)> = vec![
        (
            "a resource server",
            post("/introspect", fields(), Some(("rs", "rs-secret"))),
        ),
        (
            "a client",
            post("/introspect", fields(), Some((CLIENT, SECRET))),
        ),
        (
            "a public client",
            post("/introspect", fields().with("client_id", "app"), None),
        ),
        ("nobody", post("/introspect", fields(), None)),
        (
            "wrong secret",
            post("/introspect", fields(), Some(("rs", "guess"))),
        ),
        ("GET", get("/introspect")),
    ];
    let mut table = String::new();
    for (name, request) in requests {
        let (mut rig, _, _) = issued();
        table += &format!("{name}: {}\n", rig.outcome(request));
    }
    insta::assert_snapshot!(table, @"
    a resource server: 200
    a client: 401 invalid_client (introspection-authorized)
    a public client: 401 invalid_client (introspection-authorized)
    nobody: 401 invalid_client (client-authenticated)
    wrong secret: 401 invalid_client (client-authenticated)
    GET: 405 invalid_request (method-allowed)
    ");
}

#[test]
fn metadata_in_full() {
    let response =
        Rig::set(&["as.par=optional"]).send(get("/.well-known/oauth-authorization-server"));
    assert_eq!(response.status, Status::OK);
    Metadata::parse(json(&response)).unwrap();
    let mut text = String::new();
    grantlab_core::wire::json::write(json(&response), &mut text);
    insta::assert_snapshot!(text.replace(",\"", ",\n\""), @r#"
    {"issuer":"https://as.example",
    "authorization_endpoint":"https://as.example/authorize",
    "token_endpoint":"https://as.example/token",
    "revocation_endpoint":"https://as.example/revoke",
    "introspection_endpoint":"https://as.example/introspect",
    "pushed_authorization_request_endpoint":"https://as.example/par",
    "jwks_uri":"https://as.example/jwks.json",
    "scopes_supported":["read",
    "write",
    "openid",
    "email",
    "offline_access"],
    "response_types_supported":["code"],
    "response_modes_supported":["query"],
    "grant_types_supported":["authorization_code",
    "refresh_token"],
    "token_endpoint_auth_methods_supported":["client_secret_basic",
    "client_secret_post",
    "client_secret_json",
    "none"],
    "code_challenge_methods_supported":["S256"],
    "authorization_response_iss_parameter_supported":true}
    "#);
}

/// PK-18 and RFC 9207 §3: what is published follows the policy.
#[test]
fn metadata_follows_the_policy() {
    let published = |settings: &[&str]| {
        let response = Rig::set(settings).send(get("/.well-known/oauth-authorization-server"));
        Metadata::parse(json(&response)).unwrap()
    };
    let methods = |settings: &[&str]| published(settings).code_challenge_methods_supported;
    assert_eq!(methods(&[]), [Text::new("S256")]);
    assert_eq!(methods(&["as.pkce=ignored"]), [Text::EMPTY; 0]);
    assert_eq!(
        methods(&["as.pkce_methods=S256+plain"]),
        [Text::new("S256"), Text::new("plain")]
    );
    let off = published(&["as.iss_param=off"]);
    assert!(!off.authorization_response_iss_parameter_supported);
    assert_eq!(off.pushed_authorization_request_endpoint, None);
}

#[test]
fn keys_are_published_if_there_are_any() {
    let response = Rig::new().send(get("/jwks.json"));
    assert_eq!(read_jwks(json(&response)).unwrap().len(), 1);
    let mut rig = Rig::with(|configuration| configuration.signing_key = None);
    assert_eq!(rig.send(get("/jwks.json")).status, Status::NOT_FOUND);
    let request = post("/jwks.json", Fields::EMPTY, None);
    assert_eq!(Rig::new().send(request).status, Status::METHOD_NOT_ALLOWED);
}

fn pushed() -> Fields {
    Fields::EMPTY
        .with("response_type", "code")
        .with("client_id", CLIENT)
        .with("redirect_uri", CALLBACK)
        .with("scope", "read")
        .with("state", "af0ifjsldkj")
        .with("code_challenge", CHALLENGE)
        .with("code_challenge_method", "S256")
}

fn push(fields: Fields) -> Request {
    post("/par", fields, Some((CLIENT, SECRET)))
}

fn with(name: &str, value: &str) -> Request {
    let mut fields = pushed();
    fields.set(name, value);
    push(fields)
}

#[test]
fn what_can_be_pushed() {
    let mut without_challenge = pushed();
    without_challenge.remove("code_challenge");
    let requests: Vec<(&str, Request)> = vec![
        ("all right", push(pushed())),
        ("prompt=none", with("prompt", "none")),
        ("a reference", with("request_uri", "urn:x")),
        (
            "another redirect_uri",
            with("redirect_uri", "https://evil.example/"),
        ),
        ("unknown scope", with("scope", "admin")),
        ("unknown response_type", with("response_type", "token")),
        ("no challenge", push(without_challenge)),
        ("another client's name", with("client_id", "form")),
        ("nobody", post("/par", Fields::EMPTY, None)),
        ("no secret", post("/par", pushed(), None)),
        ("GET", get("/par")),
    ];
    let mut table = String::new();
    for (name, request) in requests {
        let outcome = Rig::set(&["as.par=optional"]).outcome(request);
        table += &format!("{name}: {outcome}\n");
    }
    insta::assert_snapshot!(table, @"
    all right: 201
    prompt=none: 201
    a reference: 400 invalid_request (token-parameters)
    another redirect_uri: 400 invalid_request (redirect-registered)
    unknown scope: 400 invalid_scope (scope-known)
    unknown response_type: 400 unsupported_response_type (response-type-known)
    no challenge: 400 invalid_request (challenge-present)
    another client's name: 400 invalid_request (client-id-consistent)
    nobody: 401 invalid_client (client-authenticated)
    no secret: 401 invalid_client (client-authenticated)
    GET: 405 invalid_request (method-allowed)
    ");
}

#[test]
fn nothing_can_be_pushed_where_the_policy_is_off() {
    assert_eq!(Rig::new().send(push(pushed())).status, Status::NOT_FOUND);
}

/// RFC 9126 §2.2, §4: the reference opens the login page, once, and not for long.
#[test]
fn a_reference_is_good_once_and_for_its_time() {
    for (setting, later, expected) in [
        ("as.request_uri_once=on", [0, 0], [200, 400]),
        ("as.request_uri_once=off", [0, 0], [200, 200]),
        ("as.request_uri_once=off", [59_999, 1], [200, 400]),
    ] {
        let mut rig = Rig::set(&["as.par=required", setting]);
        let response = rig.send(push(pushed()));
        assert_eq!(response.status, Status::CREATED);
        let reference = member(&response, "request_uri").unwrap();
        assert!(reference.starts_with("urn:ietf:params:oauth:request_uri:"));
        let url = Url::new(&Origin::https("as.example"), "/authorize").with_query(Encoded::Fields(
            Fields::EMPTY
                .with("client_id", CLIENT)
                .with("request_uri", reference.as_str()),
        ));
        let statuses = later.map(|later| {
            rig.advance(Span(later));
            rig.send(Request::get(url.clone())).status.0
        });
        assert_eq!(statuses, expected, "{setting}");
    }
}

/// A secret that was pushed with the request is not kept with it.
#[test]
fn a_pushed_secret_is_not_kept() {
    let mut rig = Rig::set(&["as.par=optional"]);
    let mut fields = pushed().with("client_secret", "form-secret");
    fields.set("client_id", "form");
    rig.start(post("/par", fields, None));
    let request = format!("{:?}", rig.held_back());
    assert!(
        request.contains("SavePushed") && !request.contains("form-secret"),
        "{request}"
    );
}

#[test]
fn the_stage_of_a_token_is_seen_by_all_endpoints() {
    let (mut rig, access, _) = issued();
    rig.send(revoke(&access));
    assert_eq!(rig.token_stage(&access), Some(TokenStage::Revoked));
    assert_eq!(rig.send(revoke(&access)).status, Status::OK);
}
