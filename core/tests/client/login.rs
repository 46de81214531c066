//! Logins from end to end.

use grantlab_core::http::Status;
use grantlab_core::machine::Machine;
use grantlab_core::value::CodeVerifier;

use crate::driver::{Driver, form_of, ok, tokens};

fn home(status: Status, location: &str) -> (Status, String) {
    (status, location.into())
}

fn redirect(response: &grantlab_core::http::Response) -> (Status, String) {
    let location = response.headers.location().unwrap();
    home(response.status, location.uri.as_str())
}

#[test]
fn a_login_from_button_to_home() {
    let mut it = Driver::secure();
    let session = it.visit();
    let asked = it.start(&session, "one");
    let names: Vec<&str> = asked.0.iter().map(|(name, _)| name.as_str()).collect();
    insta::assert_snapshot!(names.join(" "), @"response_type client_id redirect_uri scope state code_challenge code_challenge_method");

    let state = asked.first("state").unwrap().clone();
    let response = [("code", "code-1"), ("state", state.as_str())];
    let done = it.callback(Some(&session), "one", &response);
    assert_eq!(done.facts(), ["callback_accepted", "token_requested"]);
    let (exchange, request) = done.only_sent();
    assert_eq!(request.url.endpoint(), "https://one.example/token");
    assert!(request.headers.authorization().unwrap().is_some());
    let form = form_of(request);
    let verifier = CodeVerifier::new(form.first("code_verifier").unwrap().clone()).unwrap();
    let method = grantlab_core::value::CodeChallengeMethod::S256;
    assert_eq!(
        asked.first("code_challenge").unwrap().as_str(),
        verifier.challenge(method).as_str()
    );
    assert_eq!(form.first("redirect_uri"), asked.first("redirect_uri"));
    assert_eq!(form.first("code").unwrap().as_str(), "code-1");

    let done = it.response(exchange, ok(tokens()));
    assert_eq!(done.facts(), ["tokens_received", "login_completed"]);
    assert_eq!(redirect(done.answer()), home(Status::SEE_OTHER, "/"));
    assert_eq!(it.client.sessions().collect::<Vec<_>>(), [&session]);
    assert_eq!(it.client.next_deadline(), None);
}
