//! Who is believed (RFC 6749 §2.3, §3.2.1).

use grantlab_core::http::{Body, Encoded, Fields, Header, Request};
use grantlab_core::message::fields_json;
use grantlab_core::message::store::CodeRecord;
use grantlab_core::text::Text;
use grantlab_core::value::{ClientId, ClientSecret};
use grantlab_core::wire::bearer::Challenge;
use grantlab_core::wire::{basic, form};

use crate::driver::{CLIENT, Rig, SECRET, code, post, redeem, redemption};

/// A request with this `Authorization`.
fn with_header(fields: Fields, authorization: &str) -> Request {
    let mut request = post("/token", fields, None);
    let header = Header::Authorization(Text::new(authorization));
    request.headers.push(header);
    request
}

fn basic(client_id: &str, client_secret: &str) -> String {
    basic::write(client_id, client_secret).as_str().to_owned()
}

fn json_body(fields: &Fields) -> Body {
    Body::Json(fields_json(fields))
}

/// A server where the code belongs to the client that asks.
fn rig_for(client_id: &str, settings: &[&str]) -> Rig {
    let mut rig = Rig::empty(
        |configuration| {
            configuration.options.json_token_requests = true;
            for setting in settings {
                let (key, value) = setting.split_once('=').unwrap();
                configuration.policy.set(key, value).unwrap();
            }
        },
        10,
    );
    rig.save(CodeRecord {
        client_id: ClientId::new(client_id).unwrap(),
        ..code()
    });
    rig
}

struct Case {
    name: &'static str,
    client: &'static str,
    request: Request,
}

fn case(name: &'static str, client: &'static str, request: Request) -> Case {
    Case {
        name,
        client,
        request,
    }
}

/// The form of a client that names itself in it.
fn body(client_id: &str, secret: Option<&str>) -> Fields {
    let fields = redemption().with("client_id", client_id);
    match secret {
        Some(secret) => fields.with("client_secret", secret),
        None => fields,
    }
}

fn cases() -> Vec<Case> {
    [by_header(), by_both(), by_form(), by_json(), by_nothing()]
        .into_iter()
        .flatten()
        .collect()
}

fn by_header() -> Vec<Case> {
    let right = basic(CLIENT, SECRET);
    [
        ("Basic", right.clone()),
        ("basic in lower case", right.replacen("Basic", "basic", 1)),
        ("Basic, wrong secret", basic(CLIENT, "guess")),
        ("Basic, empty secret", basic(CLIENT, "")),
        ("Basic, unknown client", basic("nobody", SECRET)),
        ("no base64", "Basic ****".to_owned()),
        ("no colon", "Basic YWJj".to_owned()),
        ("another scheme", "Bearer YWJj".to_owned()),
    ]
    .into_iter()
    .map(|(name, header)| case(name, CLIENT, with_header(redemption(), &header)))
    .collect()
}

fn by_both() -> Vec<Case> {
    let right = basic(CLIENT, SECRET);
    let mut twice = with_header(redemption(), &right);
    let second = twice.headers.0.clone();
    twice.headers.0.extend(second);
    let with = |name: &str, value: &str| with_header(redemption().with(name, value), &right);
    vec![
        case("two headers", CLIENT, twice),
        case(
            "Basic and a secret in the body",
            CLIENT,
            with("client_secret", SECRET),
        ),
        case(
            "Basic and the same client_id",
            CLIENT,
            with("client_id", CLIENT),
        ),
        case(
            "Basic and another client_id",
            "form",
            with("client_id", "form"),
        ),
    ]
}

fn by_form() -> Vec<Case> {
    let assertion = |secret| body("form", secret).with("client_assertion", "a.b.c");
    [
        ("form", "form", body("form", Some("form-secret"))),
        ("form, wrong secret", "form", body("form", Some("guess"))),
        ("form, empty secret", "form", body("form", Some(""))),
        ("form, no secret", "form", body("form", None)),
        ("form, not registered", CLIENT, body(CLIENT, Some(SECRET))),
        (
            "an assertion and a secret",
            "form",
            assertion(Some("form-secret")),
        ),
        ("an assertion", "form", assertion(None)),
        (
            "a client_id outside ASCII",
            "form",
            body("fo\u{f6}", Some("x")),
        ),
    ]
    .into_iter()
    .map(|(name, client, fields)| case(name, client, post("/token", fields, None)))
    .collect()
}

fn by_json() -> Vec<Case> {
    let json = |client: &str, secret: &str| Request {
        body: json_body(&body(client, Some(secret))),
        ..post("/token", Fields::EMPTY, None)
    };
    let header = basic("form", "form-secret");
    vec![
        case("JSON", "json", json("json", "json-secret")),
        case("JSON, not registered", "form", json("form", "form-secret")),
        case(
            "Basic, not registered",
            "form",
            with_header(redemption(), &header),
        ),
    ]
}

fn by_nothing() -> Vec<Case> {
    let form = |fields| post("/token", fields, None);
    vec![
        case("public", "app", form(body("app", None))),
        case("public, empty secret", "app", form(body("app", Some("")))),
        case(
            "public, some secret",
            "app",
            form(body("app", Some("secret"))),
        ),
        case(
            "public, Basic",
            "app",
            with_header(redemption(), &basic("app", "")),
        ),
        case("nobody", "app", form(redemption())),
        case(
            "a secret of nobody",
            "app",
            form(redemption().with("client_secret", "x")),
        ),
    ]
}

#[test]
fn who_is_believed() {
    let mut table = String::new();
    for case in cases() {
        let outcome = rig_for(case.client, &[]).outcome(case.request);
        table += &format!("{}: {outcome}\n", case.name);
    }
    insta::assert_snapshot!(table, @"
    Basic: 200
    basic in lower case: 200
    Basic, wrong secret: 401 invalid_client (client-authenticated)
    Basic, empty secret: 401 invalid_client (client-authenticated)
    Basic, unknown client: 401 invalid_client (client-authenticated)
    no base64: 401 invalid_client (client-authenticated)
    no colon: 401 invalid_client (client-authenticated)
    another scheme: 401 invalid_client (client-authenticated)
    two headers: 400 invalid_request (one-authentication-method)
    Basic and a secret in the body: 400 invalid_request (one-authentication-method)
    Basic and the same client_id: 200
    Basic and another client_id: 400 invalid_request (client-id-consistent)
    form: 200
    form, wrong secret: 401 invalid_client (client-authenticated)
    form, empty secret: 401 invalid_client (client-authenticated)
    form, no secret: 401 invalid_client (client-authenticated)
    form, not registered: 401 invalid_client (authentication-method-registered)
    an assertion and a secret: 400 invalid_request (one-authentication-method)
    an assertion: 401 invalid_client (client-authenticated)
    a client_id outside ASCII: 400 invalid_request (token-parameters)
    JSON: 200
    JSON, not registered: 401 invalid_client (authentication-method-registered)
    Basic, not registered: 401 invalid_client (authentication-method-registered)
    public: 200
    public, empty secret: 200
    public, some secret: 401 invalid_client (authentication-method-registered)
    public, Basic: 401 invalid_client (authentication-method-registered)
    nobody: 401 invalid_client (client-authenticated)
    a secret of nobody: 400 invalid_request (token-parameters)
    ");
}

/// What each weak value believes that the secure one does not.
#[test]
fn who_is_believed_for_the_wrong_reason() {
    let mut table = String::new();
    for setting in [
        "as.client_auth=skip_if_absent",
        "as.client_auth=empty_ok",
        "as.client_id_consistency=body_wins",
    ] {
        for case in cases() {
            let secure = rig_for(case.client, &[]).outcome(case.request.clone());
            let weak = rig_for(case.client, &[setting]).outcome(case.request);
            if secure != weak {
                table += &format!("{setting}, {}: {weak}\n", case.name);
            }
        }
    }
    insta::assert_snapshot!(table, @"
    as.client_auth=skip_if_absent, form, no secret: 200
    as.client_auth=skip_if_absent, an assertion: 200
    as.client_auth=empty_ok, Basic, empty secret: 200
    as.client_auth=empty_ok, form, empty secret: 200
    as.client_id_consistency=body_wins, Basic and another client_id: 200
    ");
}

/// RFC 6749 §5.2, RFC 9110 §15.5.2 (MUST): 401 says how to do better.
#[test]
fn a_failed_authentication_is_challenged() {
    for case in cases() {
        let response = rig_for(case.client, &[]).send(case.request);
        let challenge = response.headers.find(|header| {
            if let Header::WwwAuthenticate(field) = header {
                return Challenge::read(field.as_str()).ok();
            }
            None
        });
        assert_eq!(
            challenge.is_some(),
            response.status.0 == 401,
            "{}",
            case.name
        );
        assert!(challenge.is_none_or(|one| one.scheme == "Basic"));
    }
}

#[test]
fn json_is_read_only_where_a_profile_takes_it() {
    let request = Request {
        body: json_body(&redemption()),
        ..redeem()
    };
    assert_eq!(
        Rig::new().outcome(request),
        "400 invalid_request (content-readable)"
    );
}

/// RFC 6749 §2.3.1, Appendix B: both halves are form-encoded.
#[test]
fn special_characters_are_encoded() {
    let (name, secret) = ("a client:1", "p%ss w+rd:\u{7e}");
    let mut rig = Rig::empty(
        |configuration| {
            let mut client = configuration.clients[0].clone();
            client.client_id = ClientId::new(name).unwrap();
            client.client_secret = Some(ClientSecret::new(secret).unwrap());
            configuration.clients.push(client);
        },
        10,
    );
    rig.save(CodeRecord {
        client_id: ClientId::new(name).unwrap(),
        ..code()
    });
    let request = with_header(redemption(), &basic(name, secret));
    assert_eq!(rig.outcome(request), "200");
    let raw = basic::write_raw(name, secret).as_str().to_owned();
    let request = with_header(redemption(), &raw);
    assert_eq!(
        rig.outcome(request),
        "401 invalid_client (client-authenticated)"
    );
}

/// Octets and fields are the same request.
#[test]
fn octets_are_read_like_fields() {
    let mut text = String::new();
    form::write(&redemption(), &mut text);
    let request = Request {
        body: Body::Form(Encoded::Octets(Text::from(text))),
        ..redeem()
    };
    assert_eq!(Rig::new().outcome(request), "200");
}
