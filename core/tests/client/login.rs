//! Logins from end to end.

use grantlab_core::client::policy::ClientPolicy;
use grantlab_core::event::Event;
use grantlab_core::http::{Encoded, Form, Header, Press, Response, SameSite, Status};
use grantlab_core::json::Json;
use grantlab_core::machine::{ExchangeId, Failure, Machine};
use grantlab_core::text::Text;
use grantlab_core::time::Span;
use grantlab_core::value::{CodeChallengeMethod, CodeVerifier, SessionId};

use crate::driver::{
    Driver, PATIENCE, configuration, cookie, fields, form_of, form_request, ok, page,
    session_cookie, tokens,
};

fn redirect(response: &Response) -> (Status, &str) {
    let location = response.headers.location().unwrap();
    (response.status, location.uri.as_str())
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
    assert_eq!(
        asked.first("code_challenge").unwrap().as_str(),
        verifier.challenge(CodeChallengeMethod::S256).as_str()
    );
    assert_eq!(form.first("redirect_uri"), asked.first("redirect_uri"));
    assert_eq!(form.first("code").unwrap(), &"code-1");

    let done = it.response(exchange, ok(tokens()));
    assert_eq!(done.facts(), ["tokens_received", "login_completed"]);
    assert_eq!(redirect(done.answer()), (Status::SEE_OTHER, "/"));
    assert_eq!(it.client.sessions().collect::<Vec<_>>(), [&session]);
    assert_eq!(it.client.next_deadline(), None);
}

#[test]
fn the_home_page_has_a_form_for_each_provider_and_says_who_is_logged_in() {
    let mut it = Driver::secure();
    let first = it.get(None, "/");
    let cookie = cookie(first.answer()).unwrap();
    assert_eq!(cookie.name, "__Host-session");
    assert!(cookie.secure && cookie.http_only && cookie.domain.is_none());
    assert_eq!(cookie.same_site, SameSite::Lax);
    let buttons = |response: &Response| -> Vec<String> {
        let forms = page(response).forms.iter();
        forms
            .flat_map(|form| form.buttons.0.iter())
            .map(|(name, value)| format!("{name}={value}"))
            .collect()
    };
    assert_eq!(buttons(first.answer()), ["login=one", "login=two"]);
    assert_eq!(page(first.answer()).title, "Home");
    assert_eq!(page(first.answer()).text, "Nobody is logged in.");

    let session = it.logged_in("one");
    let again = it.get(Some(&session), "/");
    assert_eq!(session_cookie(again.answer()), None);
    assert_eq!(
        buttons(again.answer()),
        [
            "login=one",
            "login=two",
            "read=resource",
            "refresh=tokens",
            "logout=session"
        ]
    );
    assert_eq!(page(again.answer()).text, "Logged in: session.");
}

#[test]
fn a_cookie_that_the_client_did_not_make_is_no_session() {
    let mut it = Driver::secure();
    let foreign = SessionId::new("chosen-by-somebody").unwrap();
    let done = it.get(Some(&foreign), "/");
    assert_ne!(session_cookie(done.answer()), Some(foreign));
    assert!(session_cookie(done.answer()).is_some());
}

#[test]
fn a_login_may_be_the_first_thing_that_a_browser_does() {
    let mut it = Driver::secure();
    let mut request = form_request("/login", fields(&[("provider", "one")]));
    let origin = Text::new("https://client.example");
    request.headers.push(Header::Origin(origin));
    let done = it.request(None, request);
    assert_eq!(done.facts(), ["login_started"]);
    assert!(session_cookie(done.answer()).is_some());
}

#[test]
fn only_its_own_pages_press_its_buttons() {
    for path in ["/login", "/read", "/refresh", "/logout"] {
        let mut it = Driver::secure();
        let session = it.logged_in("one");
        let form = || form_request(path, fields(&[("provider", "one")]));
        for origin in [None, Some("null"), Some("https://evil.example")] {
            let mut request = form();
            let origin = origin.map(|origin| Header::Origin(Text::new(origin)));
            request.headers.0.extend(origin);
            let done = it.request(Some(&session), request);
            assert_eq!(done.facts(), ["form_refused"], "{path}");
            assert_eq!(done.answer().status, Status::FORBIDDEN);
        }
        let done = it.get(Some(&session), &format!("{path}?provider=one"));
        assert_eq!(done.facts(), ["form_refused"], "{path}");
        assert_eq!(it.client.sessions().count(), 1);
    }
}

#[test]
fn there_is_nothing_at_other_paths_and_other_providers() {
    let mut it = Driver::secure();
    let session = it.visit();
    for target in ["/nothing", "/cb/three", "/go?to=https://evil.example"] {
        let done = it.get(Some(&session), target);
        assert_eq!(done.answer().status, Status::NOT_FOUND, "{target}");
        assert!(done.facts().is_empty());
    }
    let done = it.post(&session, "/login", fields(&[("provider", "three")]));
    assert_eq!(done.answer().status, Status::NOT_FOUND);
}

#[test]
fn two_tabs_log_in_side_by_side() {
    let mut it = Driver::secure();
    let session = it.visit();
    let first = it.start(&session, "one");
    let second = it.start(&session, "two");
    for (asked, provider) in [(first, "one"), (second, "two")] {
        let state = asked.first("state").unwrap().clone();
        let response = [("code", "code"), ("state", state.as_str())];
        let done = it.callback(Some(&session), provider, &response);
        assert_eq!(done.facts(), ["callback_accepted", "token_requested"]);
        let exchange = done.only_sent().0;
        let done = it.response(exchange, ok(tokens()));
        assert_eq!(done.facts(), ["tokens_received", "login_completed"]);
    }
}

#[test]
fn a_response_that_comes_twice_is_redeemed_once() {
    let mut it = Driver::secure();
    let session = it.visit();
    let asked = it.start(&session, "one");
    let state = asked.first("state").unwrap().clone();
    let response = [("code", "code"), ("state", state.as_str())];
    let first = it.callback(Some(&session), "one", &response);
    let second = it.callback(Some(&session), "one", &response);
    assert_eq!(second.facts(), ["callback_refused"]);
    assert!(second.sent().is_empty());
    let done = it.response(first.only_sent().0, ok(tokens()));
    assert_eq!(done.facts(), ["tokens_received", "login_completed"]);
}

#[test]
fn waiting_has_an_end_and_what_comes_later_is_ignored() {
    let mut it = Driver::secure();
    let (session, exchange) = it.redeeming("one");
    let deadline = it.now.after(PATIENCE);
    assert_eq!(it.client.next_deadline(), Some(deadline));
    it.now = deadline;
    let done = it.tell(grantlab_core::client::Input::Deadline);
    assert_eq!(done.facts(), ["login_failed"]);
    assert_eq!(done.refused_by(), Some("answer-in-time"));
    assert_eq!(done.answer().status, Status::BAD_GATEWAY);
    assert_eq!(it.client.next_deadline(), None);

    it.now = it.now.after(Span(1));
    let done = it.response(exchange, ok(tokens()));
    assert_eq!(done.facts(), ["late_answer_ignored"]);
    assert!(done.answers().is_empty());
    assert_eq!(it.client.sessions().count(), 0);
    assert_eq!(it.get(Some(&session), "/").answer().status, Status::OK);
}

#[test]
fn a_deadline_that_comes_early_changes_nothing() {
    let mut it = Driver::secure();
    let (_, exchange) = it.redeeming("one");
    let done = it.tell(grantlab_core::client::Input::Deadline);
    assert!(done.facts().is_empty() && done.answers().is_empty());
    let done = it.response(exchange, ok(tokens()));
    assert_eq!(done.facts(), ["tokens_received", "login_completed"]);
}

#[test]
fn a_request_that_fails_ends_its_login() {
    for failure in [Failure::Unreachable, Failure::ConnectionLost] {
        let mut it = Driver::secure();
        let (_, exchange) = it.redeeming("one");
        let done = it.failed(exchange, failure);
        assert_eq!(done.facts(), ["login_failed"]);
        assert_eq!(done.answer().status, Status::BAD_GATEWAY);
        assert!(it.failed(exchange, failure).facts().is_empty());
        assert!(it.failed(ExchangeId(77), failure).facts().is_empty());
    }
}

#[test]
fn a_crash_loses_sessions_logins_and_what_was_under_way() {
    let mut it = Driver::secure();
    let (session, exchange) = it.redeeming("one");
    it.client.restart();
    assert_eq!(it.client.next_deadline(), None);
    let done = it.response(exchange, ok(tokens()));
    assert_eq!(done.facts(), ["late_answer_ignored"]);
    assert!(session_cookie(it.get(Some(&session), "/").answer()).is_some());
}

#[test]
fn a_denial_ends_the_login_and_is_shown() {
    let mut it = Driver::secure();
    let session = it.visit();
    let asked = it.start(&session, "one");
    let state = asked.first("state").unwrap().clone();
    let response = [("error", "access_denied"), ("state", state.as_str())];
    let done = it.callback(Some(&session), "one", &response);
    assert_eq!(done.facts(), ["login_failed"]);
    assert_eq!(done.refused_by(), Some("response-granted"));
    assert_eq!(done.answer().status, Status::FORBIDDEN);
    assert!(done.sent().is_empty());
    let response = [("code", "code"), ("state", state.as_str())];
    let done = it.callback(Some(&session), "one", &response);
    assert_eq!(done.facts(), ["callback_refused"]);
}

fn reading_at_once() -> Driver {
    let mut configuration = configuration(ClientPolicy::secure());
    configuration.providers[0].reads_resource_at_once = true;
    Driver::new(configuration)
}

fn resource(owner: &str) -> Response {
    ok(vec![
        (Text::new("sub"), Json::from(owner)),
        (Text::new("email"), Json::from("bob@mail.example")),
    ])
}

#[test]
fn where_the_resource_is_read_at_once_it_says_who_logged_in() {
    let mut it = reading_at_once();
    let (_, exchange) = it.redeeming("one");
    let done = it.response(exchange, ok(tokens()));
    assert_eq!(done.facts(), ["tokens_received"]);
    let (exchange, request) = done.only_sent();
    let authorization = request.headers.authorization().unwrap();
    assert_eq!(authorization.unwrap(), &"Bearer at-1");
    let done = it.response(exchange, resource("bob"));
    assert_eq!(done.facts(), ["resource_read", "login_completed"]);
    let Some(Event::LoginCompleted {
        account, subject, ..
    }) = done.events().pop()
    else {
        panic!("{done:?}");
    };
    assert_eq!(*account, "https://one.example|bob");
    assert_eq!(subject.as_ref().unwrap().as_str(), "bob");
}

#[test]
fn a_resource_that_cannot_be_read_leaves_a_session_without_owner() {
    let mut it = reading_at_once();
    let (_, exchange) = it.redeeming("one");
    let exchange = it.response(exchange, ok(tokens())).only_sent().0;
    let done = it.failed(exchange, Failure::ConnectionLost);
    assert_eq!(done.facts(), ["resource_unread", "login_completed"]);
    let Some(Event::LoginCompleted { account, .. }) = done.events().pop() else {
        panic!("{done:?}");
    };
    assert_eq!(*account, "session");
}

#[test]
fn a_response_in_the_query_may_come_with_a_form_that_was_redirected() {
    let mut it = Driver::secure();
    let session = it.visit();
    let asked = it.start(&session, "one");
    let state = asked.first("state").unwrap().clone();
    let mut request = form_request("/cb/one", fields(&[("password", "meant for another")]));
    let response = fields(&[("code", "c")]).with("state", state);
    request.url.query = Some(Encoded::Fields(response));
    let done = it.request(Some(&session), request);
    assert_eq!(done.facts(), ["callback_accepted", "token_requested"]);
}

#[test]
fn responses_in_the_fragment_are_relayed_by_the_page() {
    let mut it = Driver::with("flow.response_mode", "fragment");
    let session = it.visit();
    let asked = it.start(&session, "one");
    assert_eq!(asked.first("response_mode").unwrap(), &"fragment");
    let done = it.get(Some(&session), "/cb/one");
    assert!(done.facts().is_empty());
    let form = &page(done.answer()).forms[0];
    assert!(form.hides(Form::FRAGMENT_READER) && form.press == Press::OnLoad && form.post);
    assert_eq!(form.action, "/cb/one");

    let state = asked.first("state").unwrap().clone();
    let pairs = [("code", "c"), ("state", state.as_str())];
    let done = it.callback(Some(&session), "one", &pairs);
    assert_eq!(done.refused_by(), Some("response-readable"));
    let done = it.post(&session, "/cb/one", fields(&pairs).with("url_fragment", ""));
    assert_eq!(done.facts(), ["callback_accepted", "token_requested"]);
}

#[test]
fn responses_by_form_come_with_a_cookie_that_other_sites_may_send() {
    let mut it = Driver::with("flow.response_mode", "form_post");
    let done = it.get(None, "/");
    let same_site = cookie(done.answer()).map(|cookie| cookie.same_site);
    assert_eq!(same_site, Some(SameSite::None));
    let session = session_cookie(done.answer()).unwrap();
    let asked = it.start(&session, "one");
    let state = asked.first("state").unwrap().clone();
    let pairs = [("code", "c"), ("state", state.as_str())];
    let done = it.callback(Some(&session), "one", &pairs);
    assert_eq!(done.refused_by(), Some("response-readable"));
    let done = it.request(Some(&session), form_request("/cb/one", fields(&pairs)));
    assert_eq!(done.facts(), ["callback_accepted", "token_requested"]);
}

#[test]
fn responses_in_messages_count_if_the_right_window_sent_them() {
    for (value, believed) in [("checked", false), ("any", true)] {
        let settings = [
            ("flow.response_mode", "web_message"),
            ("client.postmessage_source", value),
        ];
        let mut it = Driver::with_all(&settings);
        let session = it.visit();
        let done = it.post(&session, "/login", fields(&[("provider", "one")]));
        let shown = page(done.answer());
        assert_eq!(shown.title, "Log in");
        assert_eq!(shown.text, "Log in at one in its own window.");
        assert!(shown.forms[0].hides(Form::MESSAGE_LISTENER));
        assert!(
            shown.links[0]
                .as_str()
                .starts_with("https://one.example/authorize?")
        );
        let Some(Event::LoginStarted { state, .. }) = done.events().pop() else {
            panic!("{done:?}");
        };
        let home = it.get(Some(&session), "/");
        let listener = |form: &Form| form.hides(Form::MESSAGE_LISTENER) && form.action == "/cb/one";
        assert!(page(home.answer()).forms.iter().any(listener));

        let state = state.as_ref().unwrap().text().clone();
        let message = fields(&[("code", "c")]).with("state", state);
        let foreign = message
            .clone()
            .with("message_source", "https://evil.example");
        let done = it.post(&session, "/cb/one", foreign);
        let refused = done.facts()[0] == "callback_refused";
        assert_eq!(refused, !believed);
        if refused {
            assert_eq!(done.refused_by(), Some("message-source-matches"));
        }
    }
    let mut it = Driver::with("flow.response_mode", "web_message");
    let session = it.visit();
    let done = it.post(&session, "/login", fields(&[("provider", "one")]));
    let Some(Event::LoginStarted { state, .. }) = done.events().pop() else {
        panic!("{done:?}");
    };
    let message = fields(&[("code", "c"), ("message_source", "https://one.example")]);
    let message = message.with("state", state.as_ref().unwrap().text().clone());
    let done = it.post(&session, "/cb/one", message);
    assert_eq!(done.facts(), ["callback_accepted", "token_requested"]);
}
