//! When errors are redirected, and what happens when something is full.

use grantlab_core::http::{Fields, Request, Status};
use grantlab_core::limits::{EXCHANGE_TIMEOUT_MS, PENDING_TRANSACTIONS_MAX};
use grantlab_core::machine::Machine as _;
use grantlab_core::refusal::Rule;
use grantlab_core::time::Span;
use grantlab_core::wire::location;

use crate::driver::{Browser, CALLBACK, Rig, asked, filled, page, parameter, web};

/// RFC 9700 §4.11.2, RU-43: an error waits until the owner has logged in.
#[test]
fn an_error_is_redirected_after_the_login() {
    let mut bad = web();
    bad.set("scope", "admin");
    for login in ["post_then_redirect", "separate_pages"] {
        let mut rig = Rig::switched("as.login", login);
        let mut browser = Browser::default();
        let login = page(&browser.authorize(&mut rig, &bad));
        assert_eq!(
            login.forms[0].buttons,
            Fields::EMPTY.with("action", "login")
        );
        assert_eq!(
            rig.happened(),
            ["authorization_refused", "login_page_shown"]
        );

        let again = browser.submit(
            &mut rig,
            &login,
            &[("username", "alice"), ("password", "x")],
            ("action", "login"),
        );
        assert_eq!(rig.happened(), ["password_refused", "login_page_shown"]);
        let mut answer = browser.log_in(&mut rig, &page(&again), "alice");
        if parameter(&answer, "error").is_none() {
            let own = location::join(answer.headers.location().unwrap());
            let url = location::parse(&own).unwrap();
            answer = browser.send(&mut rig, Request::get(url));
        }
        assert_eq!(
            parameter(&answer, "error").as_deref(),
            Some("invalid_scope")
        );
        assert_eq!(rig.happened(), ["owner_authenticated", "error_redirected"]);
    }
}

#[test]
fn silence_gets_its_error_at_once() {
    let mut rig = Rig::new();
    let fields = web().with("prompt", "none");
    let response = Browser::default().authorize(&mut rig, &fields);
    assert_eq!(
        parameter(&response, "error").as_deref(),
        Some("login_required")
    );
    assert_eq!(rig.rule(), Some(Rule::PromptSatisfiable));
}

#[test]
fn the_policy_says_where_and_when_errors_are_redirected() {
    let mut bad_scope = web();
    bad_scope.set("scope", "admin");
    let evil = asked("web", "https://evil.example/x");
    let nobody = asked("nobody", "https://evil.example/x");
    let goes = |policy: &str, fields: &Fields| {
        let mut rig = Rig::switched("as.error_redirect", policy);
        let response = Browser::default().authorize(&mut rig, fields);
        response
            .headers
            .location()
            .map(|location| location.uri.as_str().to_owned())
    };
    let callback = Some(CALLBACK.to_owned());
    let evil_uri = Some("https://evil.example/x".to_owned());
    assert_eq!(goes("only_registered_after_auth", &bad_scope), None);
    assert_eq!(goes("registered_immediate", &bad_scope), callback);
    assert_eq!(goes("any", &bad_scope), callback);
    for fields in [&evil, &nobody] {
        assert_eq!(goes("only_registered_after_auth", fields), None);
        assert_eq!(goes("registered_immediate", fields), None);
        assert_eq!(goes("any", fields), evil_uri);
    }
}

/// AE-24: when no more can be kept, the request is answered at once.
#[test]
fn pending_requests_are_bounded_and_expire() {
    let mut rig = Rig::new();
    for _ in 0..PENDING_TRANSACTIONS_MAX {
        assert_eq!(
            Browser::default().authorize(&mut rig, &web()).status,
            Status::OK
        );
    }
    let response = Browser::default().authorize(&mut rig, &web());
    assert_eq!(rig.rule(), Some(Rule::TransactionsBounded));
    assert_eq!(
        parameter(&response, "error").as_deref(),
        Some("temporarily_unavailable")
    );

    rig.advance(Span::from_seconds(1_800));
    assert_eq!(
        Browser::default().authorize(&mut rig, &web()).status,
        Status::OK
    );
}

/// AE-23.
#[test]
fn a_full_store_is_a_server_error() {
    let mut rig = Rig::with_store(|_| {}, 0);
    let answer = Browser::default().grant(&mut rig, &web(), "alice");
    assert_eq!(parameter(&answer, "error").as_deref(), Some("server_error"));
    assert_eq!(parameter(&answer, "state").as_deref(), Some("af0ifjsldkj"));
    assert_eq!(rig.rule(), Some(Rule::StoreHasRoom));
    assert!(!rig.happened().contains(&"code_issued"));
}

/// A store that does not reply is given up, and what it was asked to keep is not sent.
#[test]
fn a_store_that_is_silent_is_a_server_error() {
    let mut rig = Rig::new();
    let mut browser = Browser::default();
    let shown = page(&browser.authorize(&mut rig, &web()));
    let typed = [("username", "alice"), ("password", "alice-password")];
    let form = filled(&shown.forms[0], &typed, ("decision", "approve"));
    rig.store_requests_left = 0;
    let request = browser.request("/login", form);
    assert_eq!(rig.begin(request.clone()), None);
    // A second click while the first is under way finds nothing to approve.
    assert!(rig.begin(request).is_some());
    assert_eq!(rig.rule(), Some(Rule::TransactionOpen));

    let deadline = rig.server.next_deadline().unwrap();
    assert_eq!(deadline.since(rig.now), Span(EXCHANGE_TIMEOUT_MS));
    let answer = rig.advance(Span(EXCHANGE_TIMEOUT_MS)).unwrap();
    assert_eq!(parameter(&answer, "error").as_deref(), Some("server_error"));
    assert!(!rig.happened().contains(&"code_issued"));
}
