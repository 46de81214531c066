//! Every other switch: what each value changes.

use grantlab_core::client::policy::ClientPolicy;
use grantlab_core::event::Event;
use grantlab_core::http::{Body, ReferrerPolicy, Response, Status};
use grantlab_core::text::Text;
use grantlab_core::value::{CodeChallengeMethod, CodeVerifier};

use crate::driver::{Done, Driver, configuration, fields, form_of, issuer, ok, tokens};

/// Where the pictures of a page come from.
fn pictures(response: &Response) -> Vec<&str> {
    let Body::Page(page) = &response.body else {
        return Vec::new();
    };
    let resources = page.resources.iter();
    resources.map(|resource| resource.url.as_str()).collect()
}

const PICTURE: &str = "https://third.example/picture.png";

#[test]
fn pkce() {
    let table = [
        ("S256_per_txn", Some("S256"), 43),
        ("plain", Some("plain"), 43),
        ("constant", Some("S256"), 48),
        ("short", Some("S256"), 8),
        ("none", None, 0),
    ];
    for (value, method, length) in table {
        let mut it = Driver::with("client.pkce", value);
        let session = it.visit();
        let asked = it.start(&session, "one");
        let again = it.start(&session, "one");
        let challenge = asked.first("code_challenge");
        assert_eq!(
            asked.first("code_challenge_method"),
            method.map(Text::new).as_ref()
        );
        let repeated = challenge == again.first("code_challenge");
        assert_eq!(repeated, matches!(value, "constant" | "none"), "{value}");

        let state = asked.first("state").unwrap().clone();
        let response = [("code", "c"), ("state", state.as_str())];
        let done = it.callback(Some(&session), "one", &response);
        let form = form_of(done.only_sent().1);
        let verifier = form.first("code_verifier");
        assert_eq!(verifier.map_or(0, Text::len), length, "{value}");
        if let (Some(verifier), Some(method)) = (verifier, method) {
            let verifier = CodeVerifier::new(verifier.clone()).unwrap();
            let method = CodeChallengeMethod::read(method).unwrap();
            let made = verifier.challenge(method);
            assert_eq!(challenge.unwrap(), &made.as_str());
        }
    }
}

#[test]
fn states_are_fresh_unless_the_policy_says_otherwise() {
    for (value, fresh) in [("bound_once", true), ("static", false), ("absent", false)] {
        let mut it = Driver::with("client.state", value);
        let session = it.visit();
        let first = it.start(&session, "one").first("state").cloned();
        let second = it.start(&session, "one").first("state").cloned();
        assert_eq!(first != second, fresh, "{value}");
        assert_eq!(first.is_none(), value == "absent");
    }
}

#[test]
fn response_types_and_modes() {
    for (key, value, name, word) in [
        ("flow.response_type", "code", "response_type", Some("code")),
        (
            "flow.response_type",
            "code_id_token",
            "response_type",
            Some("code id_token"),
        ),
        (
            "flow.response_type",
            "code_token",
            "response_type",
            Some("code token"),
        ),
        ("flow.response_mode", "query", "response_mode", None),
        (
            "flow.response_mode",
            "form_post",
            "response_mode",
            Some("form_post"),
        ),
    ] {
        let mut it = Driver::with(key, value);
        let session = it.visit();
        let asked = it.start(&session, "one");
        assert_eq!(asked.first(name), word.map(Text::new).as_ref(), "{value}");
    }
}

/// A callback that succeeds, and one that does not: their answers.
fn answers(settings: &[(&str, &str)]) -> (Response, Response) {
    let mut it = Driver::with_all(settings);
    let (session, exchange) = it.redeeming("one");
    let good = it.response(exchange, ok(tokens())).answer().clone();
    let bad = it.callback(Some(&session), "one", &[("code", "c")]);
    (good, bad.answer().clone())
}

#[test]
fn what_callback_and_error_pages_load() {
    let (good, bad) = answers(&[]);
    assert_eq!(good.status, Status::SEE_OTHER);
    assert!(pictures(&good).is_empty() && pictures(&bad).is_empty());
    let (good, _) = answers(&[("client.callback_page", "third_party_content")]);
    assert_eq!((good.status, pictures(&good)), (Status::OK, vec![PICTURE]));
    let (_, bad) = answers(&[("client.error_page", "third_party_content")]);
    assert_eq!(pictures(&bad), [PICTURE]);
}

#[test]
fn what_pages_let_others_know() {
    for (value, policy) in [
        ("no-referrer", Some(ReferrerPolicy::NoReferrer)),
        ("default", None),
        ("unsafe-url", Some(ReferrerPolicy::UnsafeUrl)),
    ] {
        let (good, bad) = answers(&[("client.referrer", value)]);
        assert_eq!(good.headers.referrer_policy(), policy);
        assert_eq!(bad.headers.referrer_policy(), policy);
    }
    // Under no-referrer the browser would hide the origin of the home page's own forms.
    let mut it = Driver::secure();
    let home = it.get(None, "/").answer().headers.referrer_policy();
    assert_eq!(home, Some(ReferrerPolicy::StrictOriginWhenCrossOrigin));
}

#[test]
fn an_open_redirector_sends_everything_anywhere() {
    let target = "/go?to=https%3A%2F%2Fevil.example%2Fx&code=c&state=s";
    let mut it = Driver::with("client.open_redirector", "present");
    let done = it.get(None, target);
    assert_eq!(done.facts(), ["open_redirected"]);
    let location = done.answer().headers.location().unwrap();
    assert_eq!(done.answer().status, Status::FOUND);
    assert_eq!(location.uri, "https://evil.example/x");
    assert_eq!(location.query, fields(&[("code", "c"), ("state", "s")]));
    let done = it.get(None, "/go?code=c");
    assert_eq!(done.answer().status, Status::NOT_FOUND);
}

#[test]
fn a_link_starts_a_login_where_the_policy_lets_it() {
    let mut it = Driver::with("client.init", "get");
    let done = it.get(None, "/login?provider=one");
    assert_eq!(done.facts(), ["login_started"]);
    let mut it = Driver::secure();
    let done = it.get(None, "/login?provider=one");
    assert_eq!(done.refused_by(), Some("login-started-here"));
}

#[test]
fn a_client_of_one_server_knows_no_other() {
    let mut it = Driver::with("client.as_set", "single");
    let session = it.visit();
    let form = || fields(&[("provider", "two")]);
    let done = it.post(&session, "/login", form());
    assert_eq!(done.answer().status, Status::NOT_FOUND);
    let done = it.get(Some(&session), "/cb/two?code=c");
    assert_eq!(done.answer().status, Status::NOT_FOUND);
}

/// A login with the second server, once it is spoiled.
fn with_spoiled(
    settings: &[(&str, &str)],
    spoil: impl FnOnce(&mut grantlab_core::client::configuration::Provider),
) -> Done {
    let mut policy = ClientPolicy::secure();
    for (key, value) in settings {
        policy.set(key, value).unwrap();
    }
    let mut configuration = configuration(policy);
    spoil(&mut configuration.providers[1]);
    let mut it = Driver::new(configuration);
    let session = it.visit();
    it.post(&session, "/login", fields(&[("provider", "two")]))
}

#[test]
fn a_server_with_foreign_endpoints_is_not_used_unless_the_policy_takes_any() {
    let foreign = Text::new("https://one.example/authorize");
    for (value, facts) in [
        ("validated_metadata", ["login_failed"]),
        ("free_endpoints", ["login_started"]),
    ] {
        let done = with_spoiled(&[("client.as_config", value)], |two| {
            two.authorization_endpoint = foreign.clone();
        });
        assert_eq!(done.facts(), facts, "{value}");
    }
}

#[test]
fn two_servers_claim_one_issuer_only_where_the_policy_lets_them() {
    for (value, facts) in [("on", ["login_failed"]), ("off", ["login_started"])] {
        let settings = [
            ("client.issuer_unique", value),
            ("client.as_config", "free_endpoints"),
        ];
        let done = with_spoiled(&settings, |two| two.issuer = issuer("one"));
        assert_eq!(done.facts(), facts, "{value}");
        if value == "on" {
            assert_eq!(done.refused_by(), Some("issuer-trusted"));
        }
    }
}

#[test]
fn a_response_for_a_server_that_is_not_trusted_is_not_believed() {
    let settings = [("client.absent_check", "skip")];
    let mut policy = ClientPolicy::secure();
    for (key, value) in settings {
        policy.set(key, value).unwrap();
    }
    let mut configuration = configuration(policy);
    configuration.providers[1].token_endpoint = Text::new("https://evil.example/token");
    let mut it = Driver::new(configuration);
    let session = it.visit();
    let done = it.callback(Some(&session), "two", &[("code", "c")]);
    assert_eq!(done.refused_by(), Some("issuer-trusted"));
}

#[test]
fn logins_that_never_end_do_not_fill_the_memory() {
    let mut it = Driver::secure();
    let session = it.visit();
    let login = || fields(&[("provider", "one")]);
    for _ in 0..grantlab_core::limits::LOGINS_MAX {
        let done = it.post(&session, "/login", login());
        assert_eq!(done.facts(), ["login_started"]);
    }
    let done = it.post(&session, "/login", login());
    assert_eq!(done.facts(), ["login_failed"]);
    assert_eq!(done.answer().status, Status::SERVICE_UNAVAILABLE);
    let Some(Event::LoginFailed { refusal, .. }) = done.events().pop() else {
        panic!("{done:?}");
    };
    assert_eq!(refusal.rule.text().id, "logins-bounded");
}
