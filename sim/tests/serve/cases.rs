//! Every case, served to a client that believes everything: the report must say so.

use grantlab_core::wire::{basic, location};
use grantlab_sim::live::serve::report::Verdict;
use grantlab_sim::live::serve::{Plan, Serving};
use serde_json::{Value, json};

use crate::dialer::{Answer, get, post_form, post_json, send};
use crate::login::{authorize, redeem};

fn serving() -> Serving {
    Serving::start(Plan::usual().unwrap()).unwrap()
}

fn cases(serving: &Serving) -> Vec<Value> {
    let cases = get(serving.admin(), "/cases").json();
    cases["cases"].as_array().unwrap().clone()
}

/// The authorization URL of a login: every login has a `state` and a `nonce` of its own.
fn login_url(serving: &Serving, prefix: &str, login: u64) -> String {
    let target = authorize(prefix);
    let target = target.replace(
        "a-state-of-mine",
        &format!("a-state-of-mine-{prefix}-{login}"),
    );
    let target = target.replace(
        "a-nonce-of-mine",
        &format!("a-nonce-of-mine-{prefix}-{login}"),
    );
    format!("{}{target}", serving.issuer())
}

/// A client that takes whatever looks like a code to the token endpoint, and whatever looks like a token to the
/// resource.
fn believe(serving: &Serving, case: &Value) -> Result<(), String> {
    let prefix = format!("/{}", case["case"].as_str().unwrap());
    let well_known = format!("{prefix}/.well-known/openid-configuration");
    let metadata = get(serving.address(), &well_known).body;
    let metadata: Value = serde_json::from_slice(&metadata).unwrap_or_default();
    get(serving.address(), &format!("{prefix}/jwks.json"));
    let mut visited = Value::Null;
    for login in 0..case["logins"].as_u64().unwrap() {
        let mut url = login_url(serving, &prefix, login);
        if let Some(endpoint) = metadata["authorization_endpoint"].as_str() {
            let (_, query) = url.split_once('?').unwrap();
            url = format!("{endpoint}?{query}");
        }
        visited = post_json(serving.admin(), "/visit", &json!({ "url": url })).json();
    }
    let parameters = visited["parameters"].as_array().ok_or("no callback")?;
    let code = parameters.iter().find(|pair| pair[0] == "code");
    let code = code.and_then(|pair| pair[1].as_str()).ok_or("no code")?;
    let answer = redeem_for_all_it_is_worth(serving, &prefix, code)?;
    let token = token_in(&answer).ok_or("no token")?;
    for path in ["/userinfo", "/resource"] {
        let authorization = format!("Bearer {token}");
        let headers = [("Authorization", authorization.as_str())];
        send(
            serving.address(),
            "GET",
            &format!("{prefix}{path}"),
            &headers,
            "",
        );
    }
    after(serving, &prefix, case, &answer);
    Ok(())
}

fn redeem_for_all_it_is_worth(
    serving: &Serving,
    prefix: &str,
    code: &str,
) -> Result<Answer, String> {
    let authorization = basic::write("web", "secret-of-web");
    let form = format!(
        "grant_type=authorization_code&code={code}&redirect_uri=http%3A%2F%2F127.0.0.1%3A8085%2Fcb\
         &code_verifier=a-code-verifier-of-forty-three-characters-0"
    );
    let headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Authorization", authorization.as_str()),
    ];
    let target = format!("{prefix}/token");
    let answer = send(serving.address(), "POST", &target, &headers, &form).ok_or("no answer")?;
    match answer.header("location") {
        Some(location) => {
            let target = location::parse(location).unwrap().path;
            Ok(post_form(
                serving.address(),
                target.as_str(),
                &headers[1..],
                &form,
            ))
        }
        None => Ok(answer),
    }
}

/// Anything that could be a token: a member, a parameter, a number.
fn token_in(answer: &Answer) -> Option<String> {
    let text = answer.text();
    let (_, rest) = text.split_once("access_token")?;
    let rest = rest.trim_start_matches(['"', ':', '=', ' ']);
    let token: String = rest
        .chars()
        .take_while(|next| next.is_ascii_alphanumeric() || "-_".contains(*next))
        .collect();
    Some(token).filter(|token| !token.is_empty())
}

fn after(serving: &Serving, prefix: &str, case: &Value, answer: &Answer) {
    let tokens: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let authorization = basic::write("web", "secret-of-web");
    let headers = [("Authorization", authorization.as_str())];
    if let (Some(token), true) = (tokens["refresh_token"].as_str(), case["refresh"] == true) {
        let form = format!("grant_type=refresh_token&refresh_token={token}");
        post_form(
            serving.address(),
            &format!("{prefix}/token"),
            &headers,
            &form,
        );
    }
    if let (Some(token), true) = (tokens["access_token"].as_str(), case["revoke"] == true) {
        let form = format!("token={token}");
        post_form(
            serving.address(),
            &format!("{prefix}/revoke"),
            &headers,
            &form,
        );
    }
}

#[test]
fn whoever_believes_everything_is_told_so() {
    let serving = serving();
    for case in cases(&serving) {
        // Nobody waits for them here.
        if case["case"] == "token-slow" || case["case"] == "token-slow-head" {
            continue;
        }
        let (outcome, detail) = match believe(&serving, &case) {
            Ok(()) => ("accepted", String::new()),
            Err(why) => ("refused", why),
        };
        let said = json!({ "case": case["case"], "outcome": outcome, "detail": detail });
        assert_eq!(post_json(serving.admin(), "/trial", &said).status, 200);
    }
    let report = serving.report();
    assert!(report.checks_exercised >= 50, "{}", report.checks_exercised);
    insta::assert_snapshot!("believes_everything", report.table());
    let text = get(serving.admin(), "/report.txt").text();
    assert!(text.contains("iss-wrong"), "{text}");
    let json = get(serving.admin(), "/report").json();
    assert_eq!(
        json["accepted_wrongly"].as_array().unwrap().len(),
        report.accepted_wrongly.len()
    );
}

#[test]
fn without_a_word_from_the_trial_what_was_seen_counts() {
    let serving = serving();
    let all = cases(&serving);
    let find = |name: &str| all.iter().find(|case| case["case"] == name).unwrap();
    believe(&serving, find("iss-wrong")).unwrap();
    believe(&serving, find("nonce-wrong")).unwrap();
    let url = login_url(&serving, "/state-wrong", 0);
    post_json(serving.admin(), "/visit", &json!({ "url": url }));
    let report = serving.report();
    let verdict = |name: &str| {
        let mut cases = report.cases.iter();
        cases.find(|case| case.case == name).unwrap().verdict
    };
    assert_eq!(verdict("iss-wrong"), Verdict::Fail);
    assert_eq!(verdict("nonce-wrong"), Verdict::Fail);
    assert_eq!(verdict("state-wrong"), Verdict::Pass);
    assert_eq!(verdict("iss-missing"), Verdict::NotExercised);
}

#[test]
fn a_secret_in_what_a_client_says_is_noticed() {
    let serving = serving();
    let url = login_url(&serving, "/token-html", 0);
    let visited = post_json(serving.admin(), "/visit", &json!({ "url": url })).json();
    let callback = visited["callback"].as_str().unwrap();
    let said = json!({ "case": "token-html", "outcome": "refused", "detail": format!("cannot read {callback}") });
    post_json(serving.admin(), "/trial", &said);
    let report = serving.report();
    let check = report
        .checks
        .iter()
        .find(|check| check.check == "CR-20")
        .unwrap();
    assert_eq!(check.verdict, Verdict::Fail);
}

#[test]
fn a_case_can_be_injected() {
    let serving = serving();
    let case = json!({
        "id": "my-own", "title": "The code is called c0de", "level": "must", "reference": "none", "careful": "refuse",
        "at": "callback", "do": [{ "callback": { "set": { "code": "c0de" } } }], "set": { "as.iss_param": "off" },
    });
    let injected = post_json(serving.admin(), "/inject", &case).json();
    assert_eq!(injected["issuer"], format!("{}/my-own", serving.issuer()));
    let url = login_url(&serving, "/my-own", 0);
    let visited = post_json(serving.admin(), "/visit", &json!({ "url": url })).json();
    let callback = visited["callback"].as_str().unwrap();
    assert!(
        callback.contains("code=c0de") && !callback.contains("iss="),
        "{callback}"
    );
    let mut wrong = case.clone();
    wrong["do"] = json!([{ "callback": { "sett": {} } }]);
    let refused = post_json(serving.admin(), "/inject", &wrong);
    assert_eq!(refused.status, 400);
    assert!(
        refused.json()["allowed"]
            .as_array()
            .unwrap()
            .contains(&json!("set")),
        "{}",
        refused.text()
    );
    let nobody = post_json(
        serving.admin(),
        "/trial",
        &json!({ "case": "no-such", "outcome": "refused" }),
    );
    assert!(
        nobody.json()["allowed"]
            .as_array()
            .unwrap()
            .contains(&json!("iss-wrong"))
    );
}

#[test]
fn the_issuer_that_does_everything_right_is_not_disturbed() {
    let serving = serving();
    let url = login_url(&serving, "/all-right", 0);
    let visited = post_json(serving.admin(), "/visit", &json!({ "url": url })).json();
    let code = crate::login::parameter(visited["callback"].as_str().unwrap(), "code").unwrap();
    assert_eq!(redeem(&serving, "/all-right", &code).status, 200);
    assert_eq!(
        redeem(&serving, "/iss-wrong", &code).json()["error"],
        "invalid_grant"
    );
}
