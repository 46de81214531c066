//! How requests are written, for each provider's document.

use grantlab_core::client::configuration::{Provider, SendRedirectUri};
use grantlab_core::client::policy::ClientPolicy;
use grantlab_core::http::{Body, Fields, Method, Request, Status};
use grantlab_core::json::Json;
use grantlab_core::message::json_fields;
use grantlab_core::text::Text;
use grantlab_core::value::{ClientAuthenticationMethod, Scope};

use crate::driver::{Driver, configuration, error, fields, form_of, ok};

/// A client of one provider.
fn client_of(change: impl FnOnce(&mut Provider)) -> Driver {
    let mut configuration = configuration(ClientPolicy::secure());
    change(&mut configuration.providers[0]);
    Driver::new(configuration)
}

/// The token request of a whole login.
fn token_request(it: &mut Driver) -> Request {
    let session = it.visit();
    let asked = it.start(&session, "one");
    let state = asked.first("state").unwrap().clone();
    let response = [("code", "code"), ("state", state.as_str())];
    let done = it.callback(Some(&session), "one", &response);
    done.only_sent().1.clone()
}

#[test]
fn a_client_proves_itself_as_the_document_says() {
    use ClientAuthenticationMethod::{Basic, Form, Json, None};
    let table = [
        (Basic, true, false, false),
        (Form, false, true, true),
        (Json, false, true, true),
        (None, false, true, false),
    ];
    for (method, in_header, id_in_body, secret_in_body) in table {
        let mut it = client_of(|provider| provider.authentication = method);
        let request = token_request(&mut it);
        let authorization = request.headers.authorization().unwrap();
        assert_eq!(authorization.is_some(), in_header, "{method:?}");
        let body = if let Body::Json(json) = &request.body {
            json_fields(json).unwrap()
        } else {
            form_of(&request)
        };
        let is_json = matches!(&request.body, Body::Json(_));
        assert_eq!(is_json, method == Json);
        assert_eq!(body.first("client_id").is_some(), id_in_body, "{method:?}");
        assert_eq!(
            body.first("client_secret").is_some(),
            secret_in_body,
            "{method:?}"
        );
        assert_eq!(body.first("grant_type").unwrap(), &"authorization_code");
    }
}

#[test]
fn a_public_client_has_no_secret_to_show() {
    for method in [
        ClientAuthenticationMethod::Basic,
        ClientAuthenticationMethod::Form,
        ClientAuthenticationMethod::Json,
    ] {
        let mut policy = ClientPolicy::secure();
        policy.set("client.type", "public").unwrap();
        let mut configuration = configuration(policy);
        configuration.providers[0].authentication = method;
        let request = token_request(&mut Driver::new(configuration));
        assert_eq!(request.headers.authorization(), Ok(None));
        assert!(!format!("{:?}", request.body).contains("client_secret"));
    }
}

#[test]
fn the_redirection_uri_is_sent_where_the_document_wants_it() {
    let table = [
        (SendRedirectUri::Both, true, true),
        (SendRedirectUri::AuthorizationRequestOnly, true, false),
        (SendRedirectUri::Neither, false, false),
    ];
    for (send, first, second) in table {
        let mut it = client_of(|provider| provider.send_redirect_uri = send);
        let session = it.visit();
        let asked = it.start(&session, "one");
        assert_eq!(asked.first("redirect_uri").is_some(), first, "{send:?}");
        let request = token_request(&mut it);
        assert_eq!(
            form_of(&request).first("redirect_uri").is_some(),
            second,
            "{send:?}"
        );
    }
}

#[test]
fn the_words_of_the_response_type_keep_their_order() {
    let mut it = client_of(|provider| {
        provider.response_type_words = Some(Text::new("id_token code"));
        provider.scope = Some(Scope::new("openid").unwrap());
    });
    let session = it.visit();
    let asked = it.start(&session, "one");
    assert_eq!(asked.first("response_type").unwrap(), &"id_token code");
    assert!(asked.first("nonce").is_some());
    // The response comes in the fragment then (Multiple Response Types §5).
    let done = it.get(Some(&session), "/cb/one");
    assert!(done.facts().is_empty());
    assert_eq!(done.answer().status, Status::OK);
}

#[test]
fn an_authorization_request_may_be_a_form_that_sends_itself() {
    let mut it = client_of(|provider| {
        provider.authorization_method = Method::Post;
        provider.authorization_endpoint = Text::new("https://one.example/authorize?tenant=7");
    });
    let session = it.visit();
    let done = it.post(&session, "/login", fields(&[("provider", "one")]));
    assert_eq!(done.answer().status, Status::OK);
    let Body::Page(page) = &done.answer().body else {
        panic!("{done:?}");
    };
    let form = &page.forms[0];
    assert!(form.post && form.buttons == Fields::EMPTY);
    assert_eq!(form.action, "https://one.example/authorize?tenant=7");
    assert!(form.hides("client_id") && form.hides("state"));
}

/// A client that pushes its requests, up to the pushed one.
fn pushing(method: ClientAuthenticationMethod) -> Driver {
    client_of(|provider| {
        provider.pushed_requests_endpoint = Some(Text::new("https://one.example/par"));
        provider.authentication = method;
    })
}

#[test]
fn a_pushed_request_goes_first_and_the_browser_brings_its_name() {
    for method in [
        ClientAuthenticationMethod::Basic,
        ClientAuthenticationMethod::Form,
    ] {
        let mut it = pushing(method);
        let session = it.visit();
        let done = it.post(&session, "/login", fields(&[("provider", "one")]));
        assert_eq!(done.facts(), ["login_started"]);
        assert!(done.answers().is_empty());
        let (exchange, request) = done.only_sent();
        assert_eq!(request.url.endpoint(), "https://one.example/par");
        let form = form_of(request);
        assert_eq!(form.all("client_id").count(), 1, "{method:?}");
        let state = form.first("state").unwrap().clone();

        let mut kept = ok(vec![
            (Text::new("request_uri"), Json::from("urn:r:1")),
            (Text::new("expires_in"), Json::from(60)),
        ]);
        kept.status = Status::CREATED;
        let done = it.response(exchange, kept);
        let location = done.answer().headers.location().unwrap();
        let expected = fields(&[("client_id", "client-at-one"), ("request_uri", "urn:r:1")]);
        assert_eq!(location.query, expected);

        let response = [("code", "c"), ("state", state.as_str())];
        let done = it.callback(Some(&session), "one", &response);
        assert_eq!(done.facts(), ["callback_accepted", "token_requested"]);
    }
}

#[test]
fn a_pushed_request_that_is_refused_ends_the_login() {
    let no_name = ok(vec![(Text::new("expires_in"), Json::from(60))]);
    let not_created = ok(vec![(Text::new("request_uri"), Json::from("urn:r:1"))]);
    for answer in [error("invalid_request"), no_name, not_created] {
        let mut it = pushing(ClientAuthenticationMethod::Basic);
        let session = it.visit();
        let done = it.post(&session, "/login", fields(&[("provider", "one")]));
        let done = it.response(done.only_sent().0, answer);
        assert_eq!(done.facts(), ["login_failed"]);
        assert_eq!(done.refused_by(), Some("push-answered"));
        assert_eq!(done.answer().status, Status::BAD_GATEWAY);
    }
}

#[test]
fn an_endpoint_that_is_no_url_is_an_answer_that_does_not_come() {
    let settings = [("client.as_config", "free_endpoints")];
    let mut policy = ClientPolicy::secure();
    for (key, value) in settings {
        policy.set(key, value).unwrap();
    }
    let mut configuration = configuration(policy);
    configuration.providers[0].token_endpoint = Text::new("not a URL");
    let mut it = Driver::new(configuration);
    let session = it.visit();
    let asked = it.start(&session, "one");
    let state = asked.first("state").unwrap().clone();
    let response = [("code", "code"), ("state", state.as_str())];
    let done = it.callback(Some(&session), "one", &response);
    assert_eq!(done.facts(), ["callback_refused", "login_failed"]);
    assert_eq!(done.refused_by(), Some("answer-in-time"));
}
