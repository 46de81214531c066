//! Logins by hand, as a person with `curl` would do them.

use std::thread;
use std::time::Duration;

use grantlab_core::value::{CodeChallengeMethod, CodeVerifier};
use grantlab_core::wire::{basic, form, location};
use grantlab_sim::live::serve::{Plan, Serving};
use serde_json::{Value, json};

use crate::dialer::{Answer, get, post_form, post_json, send};

const VERIFIER: &str = "a-code-verifier-of-forty-three-characters-0";
const REDIRECT_URI: &str = "http://127.0.0.1:8085/cb";

fn challenge() -> String {
    let verifier = CodeVerifier::new(VERIFIER).unwrap();
    let challenge = verifier.challenge(CodeChallengeMethod::S256);
    challenge.as_str().to_owned()
}

/// The target of a usual authorization request.
pub(crate) fn authorize(prefix: &str) -> String {
    format!(
        "{prefix}/authorize?response_type=code&client_id=web&redirect_uri=http%3A%2F%2F127.0.0.1%3A8085%2Fcb&scope=openid+read\
         &state=a-state-of-mine&nonce=a-nonce-of-mine&code_challenge={}&code_challenge_method=S256",
        challenge()
    )
}

pub(crate) fn redeem(serving: &Serving, prefix: &str, code: &str) -> Answer {
    let authorization = basic::write("web", "secret-of-web");
    post_form(
        serving.address(),
        &format!("{prefix}/token"),
        &[("Authorization", authorization.as_str())],
        &format!(
            "grant_type=authorization_code&code={code}&redirect_uri=http%3A%2F%2F127.0.0.1%3A8085%2Fcb&code_verifier={VERIFIER}"
        ),
    )
}

/// The parameter of a callback.
pub(crate) fn parameter(callback: &str, name: &str) -> Option<String> {
    let url = location::parse(callback).ok()?;
    let fields = form::pairs(url.query.as_ref()?).ok()?.into_owned();
    fields.first(name).map(|text| text.as_str().to_owned())
}

/// The value of an input of a page.
fn input(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let rest = page.split_once(&start).expect(name).1;
    rest.split_once('"').unwrap().0.to_owned()
}

fn visit(serving: &Serving, body: &Value) -> Value {
    post_json(serving.admin(), "/visit", body).json()
}

#[test]
fn a_login_by_hand_ends_at_the_resource() {
    let serving = Serving::start(Plan::usual().unwrap()).unwrap();
    let page = get(serving.address(), &authorize(""));
    assert_eq!(page.status, 200, "{}", page.text());
    let cookie = page.header("set-cookie").unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let typed = format!(
        "transaction={}&form_token={}&username=alice&password=password-of-alice-at-as&scope=openid+read&decision=approve",
        input(&page.text(), "transaction"),
        input(&page.text(), "form_token"),
    );
    let answer = post_form(serving.address(), "/login", &[("Cookie", &cookie)], &typed);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let callback = answer.header("location").unwrap();
    assert!(callback.starts_with(REDIRECT_URI), "{callback}");
    assert_eq!(parameter(callback, "state").unwrap(), "a-state-of-mine");
    assert_eq!(parameter(callback, "iss").unwrap(), serving.issuer());
    reaches_the_resource(&serving, "", callback);
}

fn reaches_the_resource(serving: &Serving, prefix: &str, callback: &str) {
    let code = parameter(callback, "code").unwrap();
    let answer = redeem(serving, prefix, &code);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    assert!(answer.json()["id_token"].is_string());
    for path in ["/resource", "/userinfo"] {
        let authorization = format!("Bearer {token}");
        let headers = [("Authorization", authorization.as_str())];
        let path = format!("{prefix}{path}");
        let answer = send(serving.address(), "GET", &path, &headers, "").unwrap();
        assert_eq!(answer.json()["sub"], "alice", "{path}: {}", answer.text());
    }
    assert_eq!(
        redeem(serving, prefix, &code).json()["error"],
        "invalid_grant"
    );
    let refused = get(serving.address(), &format!("{prefix}/resource"));
    assert_eq!(refused.status, 401);
    assert!(
        refused
            .header("www-authenticate")
            .unwrap()
            .starts_with("Bearer")
    );
}

#[test]
fn the_visitor_logs_in_for_those_who_have_no_browser() {
    let serving = Serving::start(Plan::usual().unwrap()).unwrap();
    let url = format!("{}{}", serving.issuer(), authorize(""));
    let visited = visit(&serving, &json!({ "url": url }));
    reaches_the_resource(&serving, "", visited["callback"].as_str().unwrap());
    let denied = visit(
        &serving,
        &json!({ "url": url, "user": "bob", "decision": "deny" }),
    );
    assert_eq!(
        parameter(denied["callback"].as_str().unwrap(), "error").unwrap(),
        "access_denied"
    );
    let posted = visit(
        &serving,
        &json!({ "url": format!("{url}&response_mode=form_post") }),
    );
    assert_eq!(
        (&posted["method"], &posted["callback"]),
        (&json!("POST"), &json!(REDIRECT_URI))
    );
    let stopped = visit(
        &serving,
        &json!({ "url": url.replace("client_id=web", "client_id=x") }),
    );
    assert!(stopped["stopped"].is_string(), "{stopped}");
    let unknown = visit(&serving, &json!({ "url": url, "user": "alicia" }));
    assert_eq!(unknown["allowed"], json!(["alice", "bob"]));
}

#[test]
fn auto_approve_answers_with_the_callback_at_once() {
    let plan = Plan {
        auto_approve: Some("alice".to_owned()),
        ..Plan::usual().unwrap()
    };
    let serving = Serving::start(plan).unwrap();
    let answer = get(serving.address(), &authorize(""));
    assert_eq!(answer.status, 303);
    reaches_the_resource(&serving, "", answer.header("location").unwrap());
    let plan = Plan {
        auto_approve: Some("alicia".to_owned()),
        ..Plan::usual().unwrap()
    };
    assert!(Serving::start(plan).is_err());
}

#[test]
fn metadata_says_where_everything_is() {
    let serving = Serving::start(Plan::usual().unwrap()).unwrap();
    let documents = [
        "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration",
    ];
    for path in documents {
        let metadata = get(serving.address(), path).json();
        assert_eq!(metadata["issuer"], serving.issuer(), "{path}");
        for member in ["jwks_uri", "token_endpoint", "userinfo_endpoint"] {
            let endpoint = metadata[member].as_str().unwrap();
            let target = endpoint.strip_prefix(serving.issuer()).unwrap();
            assert_ne!(get(serving.address(), target).status, 404, "{endpoint}");
        }
    }
    let keys = get(serving.address(), "/jwks.json").json();
    assert_eq!(keys["keys"][0]["kty"], "OKP");
    assert_eq!(
        get(
            serving.address(),
            "/.well-known/openid-configuration/nobody"
        )
        .status,
        404
    );
}

#[test]
fn the_same_seed_gives_the_same_octets() {
    let callback = || {
        let serving = Serving::start(Plan::usual().unwrap()).unwrap();
        let url = format!("{}{}", serving.issuer(), authorize(""));
        let visited = visit(&serving, &json!({ "url": url }));
        parameter(visited["callback"].as_str().unwrap(), "code").unwrap()
    };
    assert_eq!(callback(), callback());
}

#[test]
fn the_clock_goes_where_the_administrator_wants() {
    let serving = Serving::start(Plan::usual().unwrap()).unwrap();
    let url = format!("{}{}", serving.issuer(), authorize(""));
    let code = |visited: Value| parameter(visited["callback"].as_str().unwrap(), "code").unwrap();
    let late = code(visit(&serving, &json!({ "url": url })));
    let before = get(serving.admin(), "/clock").json();
    post_json(serving.admin(), "/clock/freeze", &json!({}));
    post_json(
        serving.admin(),
        "/clock/advance",
        &json!({ "ms": 3_600_000 }),
    );
    assert_eq!(redeem(&serving, "", &late).json()["error"], "invalid_grant");
    let now = get(serving.admin(), "/clock").json();
    assert!(now["now_ms"].as_u64() >= before["now_ms"].as_u64().map(|ms| ms + 3_600_000));
    assert_eq!(now["frozen"], true);
    post_json(serving.admin(), "/reset", &json!({}));
    assert_eq!(get(serving.admin(), "/clock").json()["frozen"], false);
    let fresh = code(visit(&serving, &json!({ "url": url })));
    assert_eq!(redeem(&serving, "", &fresh).status, 200);
    let events = get(serving.admin(), "/events").json();
    let entries = events["entries"].as_array().unwrap();
    assert!(entries.iter().any(|entry| entry["name"] == "code_redeemed"));
}

/// Two requests at once with one code: how many of them get tokens.
fn redeemed_at_once(code_use: &str) -> usize {
    let mut plan = Plan::usual().unwrap();
    plan.profile.policies.set("as.code_use", code_use).unwrap();
    plan.store_delay = Duration::from_millis(30);
    let serving = Serving::start(plan).unwrap();
    let url = format!("{}{}", serving.issuer(), authorize(""));
    let visited = visit(&serving, &json!({ "url": url }));
    let code = parameter(visited["callback"].as_str().unwrap(), "code").unwrap();
    thread::scope(|scope| {
        let asked: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| redeem(&serving, "", &code).status == 200))
            .collect();
        let good = asked
            .into_iter()
            .map(|one| usize::from(one.join().unwrap()));
        good.sum()
    })
}

#[test]
fn a_race_is_lost_where_looking_and_writing_are_two_steps() {
    assert_eq!(redeemed_at_once("atomic_once"), 1);
    assert!(redeemed_at_once("check_then_set") > 1);
}
