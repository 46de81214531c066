//! What a token endpoint may answer, and what of it the client believes (RFC 6749 §5).

use grantlab_core::http::{Body, Header, Location, Response, Status};
use grantlab_core::json::Json;
use grantlab_core::text::Text;

use crate::driver::{Driver, error, ok, tokens};

/// What the client makes of an answer: the rule that refuses it, or nothing.
fn verdict(answer: Response) -> Option<&'static str> {
    let mut it = Driver::secure();
    let (_, exchange) = it.redeeming("one");
    let done = it.response(exchange, answer);
    assert_eq!(done.answers().len(), 1);
    let refused = done.refused_by();
    assert_eq!(it.client.sessions().count(), usize::from(refused.is_none()));
    assert_eq!(refused.is_some(), done.facts() == ["login_failed"]);
    refused
}

fn changed(name: &str, value: Option<Json>) -> Response {
    let mut members = tokens();
    members.retain(|(key, _)| *key != name);
    members.extend(value.map(|value| (Text::new(name), value)));
    ok(members)
}

fn with_status(status: u16, mut response: Response) -> Response {
    response.status = Status(status);
    response
}

#[test]
fn a_token_and_its_type_are_needed_and_everything_has_its_type() {
    let readable = Some("token-response-readable");
    let table = [
        ("access_token", None, readable),
        ("access_token", Some(Json::Null), readable),
        ("access_token", Some(Json::from(7)), readable),
        ("access_token", Some(Json::from("")), readable),
        ("token_type", None, readable),
        (
            "token_type",
            Some(Json::from("mac")),
            Some("token-type-understood"),
        ),
        ("token_type", Some(Json::from("BEARER")), None),
        ("expires_in", Some(Json::from(3600)), None),
        ("expires_in", Some(Json::from("3600")), readable),
        ("expires_in", Some(Json::Number(Text::new("-1"))), readable),
        ("expires_in", Some(Json::Number(Text::new("1.5"))), readable),
        ("expires_in", Some(Json::from(u64::MAX)), None),
        ("scope", Some(Json::Array(Vec::new())), readable),
        ("refresh_token", None, None),
        ("refresh_token", Some(Json::Bool(true)), readable),
        ("user_data", Some(Json::Object(Vec::new())), None),
        (
            "error",
            Some(Json::from("invalid_grant")),
            Some("token-response-granted"),
        ),
        ("error", Some(Json::Null), Some("token-response-granted")),
    ];
    for (name, value, expected) in table {
        let text = format!("{name}: {value:?}");
        assert_eq!(verdict(changed(name, value)), expected, "{text}");
    }
}

#[test]
fn every_error_is_a_no() {
    for word in [
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
        "never_heard_of",
    ] {
        assert_eq!(verdict(error(word)), Some("token-response-granted"));
    }
}

#[test]
fn what_is_no_json_of_status_200_is_not_read() {
    let octets = |content_type: &str, text: &str| {
        Response::new(
            Status::OK,
            Body::Octets {
                content_type: Text::new(content_type),
                octets: text.as_bytes().to_vec(),
            },
        )
    };
    let answers = [
        Response::new(Status::OK, Body::Empty),
        octets("text/html", "<html>"),
        octets(
            "text/plain",
            "{\"access_token\":\"a\",\"token_type\":\"bearer\"}",
        ),
        octets("application/json", "{"),
        Response::new(Status::INTERNAL_SERVER_ERROR, Body::Empty),
        with_status(201, ok(tokens())),
        with_status(503, ok(tokens())),
        Response::new(Status::OK, Body::Json(Json::Array(Vec::new()))),
    ];
    for answer in answers {
        assert_eq!(verdict(answer), Some("token-response-readable"));
    }
}

#[test]
fn a_redirect_is_not_followed() {
    for status in [302, 303, 307, 308] {
        let mut it = Driver::secure();
        let (_, exchange) = it.redeeming("one");
        let to = Location::to("https://evil.example/token");
        let answer = Response::new(Status(status), Body::Empty).with(Header::Location(to));
        let done = it.response(exchange, answer);
        assert_eq!(done.refused_by(), Some("token-response-readable"));
        assert!(done.sent().is_empty());
    }
}

#[test]
fn a_repeated_member_is_refused() {
    let mut members = tokens();
    members.push((Text::new("access_token"), Json::from("at-2")));
    assert_eq!(verdict(ok(members)), Some("token-response-readable"));
}

#[test]
fn tokens_that_were_there_stay_when_another_login_fails() {
    let mut it = Driver::secure();
    let session = it.logged_in("one");
    let asked = it.start(&session, "two");
    let state = asked.first("state").unwrap().clone();
    let response = [("code", "c"), ("state", state.as_str())];
    let done = it.callback(Some(&session), "two", &response);
    it.response(done.only_sent().0, error("invalid_grant"));
    assert_eq!(it.client.sessions().collect::<Vec<_>>(), [&session]);
}

#[test]
fn no_secret_is_on_an_error_page_or_in_a_refusal() {
    let mut it = Driver::secure();
    let session = it.visit();
    it.start(&session, "one");
    let response = [
        ("code", "a-very-secret-code"),
        ("state", "a-very-secret-state"),
    ];
    let done = it.callback(Some(&session), "one", &response);
    assert!(!format!("{done:?}").contains("very-secret"));
}
