//! Clients that register themselves (RFC 7591): who may, with what, and what they are then.

use grantlab_core::authorization_server::registration::Developer;
use grantlab_core::event::Event;
use grantlab_core::http::{Body, Fields, Header, Origin, Request, Response, Status};
use grantlab_core::limits::REGISTERED_CLIENTS_MAX;
use grantlab_core::message::ClientInformation;
use grantlab_core::refusal::Rule;
use grantlab_core::value::{AccessToken, ClientAuthenticationMethod, Scope};
use grantlab_core::wire::json::parse;

use crate::driver::{CALLBACK, CHALLENGE, Rig, get, json, member, post, redemption, scope};

const DEVELOPERS_TOKEN: &str = "initial-token-of-one-developer";

fn rig(dcr: &str) -> Rig {
    Rig::with(|configuration| {
        configuration.policy.set("as.dcr", dcr).unwrap();
        configuration.policy.set("as.par", "optional").unwrap();
        configuration.developers = vec![Developer {
            initial_access_token: AccessToken::new(DEVELOPERS_TOKEN).unwrap(),
            origins: vec![Origin::https("client.example.com")],
        }];
    })
}

/// A registration of a client with this metadata.
fn register(metadata: &str) -> Request {
    let mut request = post("/register", Fields::EMPTY, None);
    request.body = Body::Json(parse(metadata.as_bytes()).unwrap());
    request
}

fn shown(mut request: Request, authorizations: &[&str]) -> Request {
    for authorization in authorizations {
        let header = Header::Authorization((*authorization).into());
        request.headers.push(header);
    }
    request
}

fn with_uris(uris: &[&str]) -> Request {
    register(&format!(r#"{{"redirect_uris":{uris:?}}}"#))
}

fn told(response: &Response) -> ClientInformation {
    assert_eq!(response.status, Status::CREATED);
    ClientInformation::parse(json(response)).unwrap()
}

#[test]
fn what_can_be_registered() {
    let uris = |count: usize| vec![CALLBACK; count];
    let requests: Vec<(&str, Request)> = vec![
        ("one", with_uris(&[CALLBACK])),
        ("GET", get("/register")),
        (
            "a form",
            post(
                "/register",
                Fields::EMPTY.with("redirect_uris", CALLBACK),
                None,
            ),
        ),
        ("nothing", with_uris(&[])),
        ("a list", register("[]")),
        (
            "two Authorization",
            shown(with_uris(&[CALLBACK]), &["Bearer a", "Bearer b"]),
        ),
        ("no TLS", with_uris(&["http://client.example.com/cb"])),
        ("loopback", with_uris(&["http://127.0.0.1/cb"])),
        (
            "one good, one bad",
            with_uris(&[CALLBACK, "javascript:alert(1)"]),
        ),
        ("as many as can be", with_uris(&uris(16))),
        ("one more", with_uris(&uris(17))),
    ];
    let mut table = String::new();
    for (name, request) in requests {
        table += &format!("{name}: {}\n", rig("open").outcome(request));
    }
    insta::assert_snapshot!(table, @"
    one: 201
    GET: 405 invalid_request (method-allowed)
    a form: 400 invalid_client_metadata (registration-well-formed)
    nothing: 400 invalid_client_metadata (registration-well-formed)
    a list: 400 invalid_client_metadata (registration-well-formed)
    two Authorization: 401 invalid_token (registration-authorized)
    no TLS: 400 invalid_redirect_uri (registration-redirects)
    loopback: 201
    one good, one bad: 400 invalid_redirect_uri (registration-redirects)
    as many as can be: 201
    one more: 400 invalid_redirect_uri (registration-redirects)
    ");
}

#[test]
fn where_clients_are_typed_in_there_is_no_endpoint() {
    let mut rig = rig("closed");
    assert_eq!(rig.send(with_uris(&[CALLBACK])).status, Status::NOT_FOUND);
    assert!(!rig.happened().contains(&"client_registered"));
}

/// RFC 7591 §3, §5: an initial access token, and origins of the developer who was given it.
#[test]
fn where_ownership_is_checked_it_is_shown() {
    let good = format!("Bearer {DEVELOPERS_TOKEN}");
    let basic = format!("Basic {DEVELOPERS_TOKEN}");
    let own = || with_uris(&[CALLBACK]);
    let requests: Vec<(&str, Request)> = vec![
        ("his own", shown(own(), &[&good])),
        ("nothing shown", own()),
        ("a guess", shown(own(), &["Bearer guess"])),
        ("another scheme", shown(own(), &[&basic])),
        (
            "another's origin",
            shown(with_uris(&["https://evil.example/cb"]), &[&good]),
        ),
        (
            "the same host at another port",
            shown(with_uris(&["https://client.example.com:8443/cb"]), &[&good]),
        ),
        (
            "no origin at all",
            shown(with_uris(&["com.example.app:/cb"]), &[&good]),
        ),
    ];
    let mut table = String::new();
    for (name, request) in requests {
        let mut rig = rig("ownership_checked");
        let outcome = rig.outcome(request);
        if let Some(refusal) = rig.refusal() {
            assert!(!format!("{refusal:?}").contains(DEVELOPERS_TOKEN));
        }
        table += &format!("{name}: {outcome}\n");
    }
    insta::assert_snapshot!(table, @"
    his own: 201
    nothing shown: 401 invalid_token (registration-authorized)
    a guess: 401 invalid_token (registration-authorized)
    another scheme: 401 invalid_token (registration-authorized)
    another's origin: 400 invalid_redirect_uri (registration-redirects)
    the same host at another port: 400 invalid_redirect_uri (registration-redirects)
    no origin at all: 400 invalid_redirect_uri (registration-redirects)
    ");
}

/// RFC 7591 §3.2.1: the client is told what was registered, which may be less than was asked for.
#[test]
fn a_client_is_told_what_it_is() {
    let mut rig = rig("open");
    let asked = format!(
        r#"{{"redirect_uris":["{CALLBACK}"],"scope":"read admin write",
            "grant_types":["authorization_code","password"]}}"#
    );
    let response = rig.send(register(&asked));
    let client = told(&response);
    assert!(client.client_secret.is_some());
    assert_eq!(
        client.metadata.token_endpoint_auth_method,
        ClientAuthenticationMethod::Basic
    );
    assert_eq!(client.metadata.scope, Some(scope("read write")));
    assert_eq!(client.metadata.grant_types.len(), 1);
    assert!(rig.events.contains(&Event::ClientRegistered {
        client_id: client.client_id,
        client_confidential: true,
        redirect_uris: CALLBACK.into(),
    }));
}

#[test]
fn a_client_without_authentication_has_no_secret() {
    let mut rig = rig("open");
    let asked = format!(
        r#"{{"redirect_uris":["{CALLBACK}","{CALLBACK}2"],"token_endpoint_auth_method":"none"}}"#
    );
    let response = rig.send(register(&asked));
    let client = told(&response);
    assert_eq!(client.client_secret, None);
    assert_eq!(member(&response, "client_secret"), None);
    assert_eq!(client.metadata.scope, Some(scope("read")));
    assert!(rig.events.contains(&Event::ClientRegistered {
        client_id: client.client_id,
        client_confidential: false,
        redirect_uris: format!("{CALLBACK} {CALLBACK}2").into(),
    }));
}

/// Who asks for a scope that nobody here has gets none, and not the usual one.
#[test]
fn a_scope_that_nobody_has_is_not_registered() {
    let mut rig = rig("open");
    let asked = format!(r#"{{"redirect_uris":["{CALLBACK}"],"scope":"admin"}}"#);
    let client = told(&rig.send(register(&asked)));
    assert_eq!(client.metadata.scope.unwrap_or(Scope::NONE), Scope::NONE);
}

/// What was registered counts: the client pushes a request as itself, and is refused what it did not register.
#[test]
fn a_registered_client_is_a_client() {
    let mut rig = rig("open");
    let client = told(&rig.send(with_uris(&[CALLBACK])));
    let secret = client.client_secret.unwrap();
    let credentials = Some((client.client_id.as_str(), secret.as_str()));
    let request = |redirect_uri: &str| {
        Fields::EMPTY
            .with("response_type", "code")
            .with("client_id", client.client_id.as_str())
            .with("redirect_uri", redirect_uri)
            .with("code_challenge", CHALLENGE)
            .with("code_challenge_method", "S256")
    };
    let outcome = rig.outcome(post("/par", request(CALLBACK), credentials));
    assert_eq!(outcome, "201");
    let other = format!("{CALLBACK}2");
    rig.send(post("/par", request(&other), credentials));
    assert_eq!(rig.rule(), Some(Rule::RedirectRegistered));
    // The code is another client's, and so is every refresh token: this one asked for no refresh.
    rig.send(post("/token", redemption(), credentials));
    assert_eq!(rig.rule(), Some(Rule::CodeBoundToClient));
    let refresh = Fields::EMPTY
        .with("grant_type", "refresh_token")
        .with("refresh_token", "guess");
    rig.send(post("/token", refresh, credentials));
    assert_eq!(rig.rule(), Some(Rule::GrantTypeAllowed));
}

/// RFC 7591 §5: not without end.
#[test]
fn there_is_room_for_so_many() {
    let mut rig = rig("open");
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..REGISTERED_CLIENTS_MAX {
        let client = told(&rig.send(with_uris(&[CALLBACK])));
        assert!(seen.insert(client.client_id), "two of the same name");
    }
    let before = rig.octets();
    let outcome = rig.outcome(with_uris(&[CALLBACK]));
    assert_eq!(outcome, "503 temporarily_unavailable (clients-bounded)");
    assert_eq!(rig.octets(), before);
}
