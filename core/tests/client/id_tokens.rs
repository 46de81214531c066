//! Which ID Tokens the client believes (OpenID Connect Core §3.1.3.7, §3.3.2.12).

use grantlab_core::client::policy::ClientPolicy;
use grantlab_core::event::Event;
use grantlab_core::http::Fields;
use grantlab_core::json::Json;
use grantlab_core::message::{IdToken, half_hash};
use grantlab_core::text::Text;
use grantlab_core::time::Span;
use grantlab_core::value::{ClientId, Nonce, Scope, Subject};

use crate::driver::{Done, Driver, START, configuration, id_token, issuer, key, ok, tokens};

/// A client that asks for `openid`, with these settings.
fn open_id(settings: &[(&str, &str)]) -> Driver {
    let mut policy = ClientPolicy::secure();
    for (key, value) in settings {
        policy.set(key, value).unwrap();
    }
    let mut configuration = configuration(policy);
    for provider in &mut configuration.providers {
        provider.scope = Some(Scope::new("openid email").unwrap());
    }
    Driver::new(configuration)
}

fn nonce(asked: &Fields) -> Option<Nonce> {
    let nonce = asked.first("nonce")?;
    Some(Nonce::new(nonce.clone()).unwrap())
}

/// A login whose token response has what `make` makes of a good ID Token.
fn login(settings: &[(&str, &str)], make: impl FnOnce(IdToken) -> Option<Text>) -> Done {
    let mut it = open_id(settings);
    let session = it.visit();
    let asked = it.start(&session, "one");
    let state = asked.first("state").unwrap().clone();
    let response = [("code", "code"), ("state", state.as_str())];
    let done = it.callback(Some(&session), "one", &response);
    let good = IdToken {
        nonce: nonce(&asked),
        ..id_token("one")
    };
    let mut members = tokens();
    let token = make(good).map(|token| (Text::new("id_token"), Json::from(token)));
    members.extend(token);
    it.response(done.only_sent().0, ok(members))
}

fn signed(token: &IdToken) -> Option<Text> {
    Some(key("one").sign(token).0)
}

fn account(done: &Done) -> String {
    match done.events().last() {
        Some(Event::LoginCompleted { account, .. }) => account.to_string(),
        _ => panic!("{done:?}"),
    }
}

#[test]
fn a_good_id_token_says_who_logged_in() {
    let done = login(&[], |token| signed(&token));
    assert_eq!(done.facts(), ["tokens_received", "login_completed"]);
    assert_eq!(account(&done), "https://one.example|alice");
}

#[test]
fn the_account_is_looked_up_as_the_policy_says() {
    for (value, expected) in [
        ("iss+sub", "https://one.example|alice"),
        ("sub", "alice"),
        ("email", "alice@mail.example"),
    ] {
        let done = login(&[("client.account_key", value)], |token| signed(&token));
        assert_eq!(account(&done), expected);
    }
}

#[test]
fn what_is_wrong_with_an_id_token_is_found() {
    type Change = fn(&mut IdToken);
    let valid = Some("id-token-valid");
    let table: [(&str, Change, Option<&str>); 9] = [
        ("issuer", |it| it.iss = issuer("two"), valid),
        (
            "audience",
            |it| it.aud = ClientId::new("somebody").unwrap(),
            valid,
        ),
        ("expired", |it| it.exp = START.after(Span(0)), None),
        (
            "long expired",
            |it| it.exp = grantlab_core::time::Timestamp(START.0 - 61_000),
            valid,
        ),
        (
            "from the future",
            |it| it.iat = START.after(Span::from_seconds(61)),
            valid,
        ),
        ("no nonce", |it| it.nonce = None, Some("nonce-matches")),
        (
            "another nonce",
            |it| it.nonce = Some(Nonce::new("n").unwrap()),
            Some("nonce-matches"),
        ),
        (
            "a wrong hash",
            |it| it.at_hash = Some(half_hash("at-2")),
            valid,
        ),
        (
            "a right hash",
            |it| it.at_hash = Some(half_hash("at-1")),
            None,
        ),
    ];
    for (name, change, expected) in table {
        let done = login(&[], |mut token| {
            change(&mut token);
            signed(&token)
        });
        assert_eq!(done.refused_by(), expected, "{name}");
    }
}

#[test]
fn a_signature_of_somebody_else_is_none() {
    let done = login(&[], |token| Some(key("two").sign(&token).0));
    assert_eq!(done.refused_by(), Some("id-token-valid"));
    let done = login(&[], |_| Some(Text::new("not.a.token")));
    assert_eq!(done.refused_by(), Some("id-token-valid"));
    let done = login(&[], |_| None);
    assert_eq!(done.refused_by(), Some("id-token-expected"));
}

#[test]
fn nonces_are_compared_where_the_policy_compares_them() {
    for (value, sent, refused) in [
        ("token_endpoint", true, true),
        ("front_only", true, false),
        ("sent_not_checked", true, false),
        ("none", false, false),
    ] {
        let mut it = open_id(&[("client.nonce", value)]);
        let session = it.visit();
        assert_eq!(it.start(&session, "one").first("nonce").is_some(), sent);
        let done = login(&[("client.nonce", value)], |mut token| {
            token.nonce = Some(Nonce::new("another").unwrap());
            signed(&token)
        });
        assert_eq!(done.refused_by().is_some(), refused, "{value}");
    }
}

/// A login with `code id_token`, whose front-channel ID Token is what `make` makes of a good one.
fn hybrid(value: &str, make: impl FnOnce(IdToken) -> Option<Text>) -> (Driver, Done) {
    let settings = [
        ("flow.response_type", "code_id_token"),
        ("client.nonce", value),
    ];
    let mut it = open_id(&settings);
    let session = it.visit();
    let asked = it.start(&session, "one");
    let good = IdToken {
        nonce: nonce(&asked),
        c_hash: Some(half_hash("code")),
        ..id_token("one")
    };
    let mut response = Fields::EMPTY
        .with("code", "code")
        .with("state", asked.first("state").unwrap().clone());
    if let Some(token) = make(good) {
        response.push("id_token", token);
    }
    let done = it.post(&session, "/cb/one", response);
    (it, done)
}

#[test]
fn a_front_channel_id_token_belongs_to_this_login_and_this_code() {
    type Change = fn(&mut IdToken);
    let table: [(&str, &str, Change, Option<&str>); 6] = [
        ("good", "token_endpoint", |_| {}, None),
        (
            "no hash of the code",
            "token_endpoint",
            |it| it.c_hash = None,
            Some("id-token-valid"),
        ),
        (
            "of another code",
            "token_endpoint",
            |it| it.c_hash = Some(half_hash("other")),
            Some("id-token-valid"),
        ),
        (
            "another nonce",
            "token_endpoint",
            |it| it.nonce = None,
            Some("nonce-matches"),
        ),
        (
            "another nonce, compared here",
            "front_only",
            |it| it.nonce = None,
            Some("nonce-matches"),
        ),
        (
            "another nonce, not compared",
            "sent_not_checked",
            |it| it.nonce = None,
            None,
        ),
    ];
    for (name, value, change, expected) in table {
        let (_, done) = hybrid(value, |mut token| {
            change(&mut token);
            signed(&token)
        });
        assert_eq!(done.refused_by(), expected, "{name}");
        assert_eq!(done.sent().is_empty(), expected.is_some(), "{name}");
    }
    let (_, done) = hybrid("token_endpoint", |_| None);
    assert_eq!(done.refused_by(), Some("id-token-expected"));
}

#[test]
fn both_id_tokens_are_about_one_owner() {
    let (mut it, done) = hybrid("none", |token| signed(&token));
    let other = IdToken {
        sub: Subject::new("mallory").unwrap(),
        ..id_token("one")
    };
    let mut members = tokens();
    members.push((Text::new("id_token"), Json::from(key("one").sign(&other).0)));
    let done = it.response(done.only_sent().0, ok(members));
    assert_eq!(done.refused_by(), Some("id-token-valid"));
}

#[test]
fn an_id_token_that_nobody_asked_for_is_passed_over() {
    let mut it = Driver::secure();
    let (_, exchange) = it.redeeming("one");
    let mut members = tokens();
    members.push((Text::new("id_token"), Json::from("not.a.token")));
    let done = it.response(exchange, ok(members));
    assert_eq!(done.facts(), ["tokens_received", "login_completed"]);
    assert_eq!(account(&done), "session");
}
