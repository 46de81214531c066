//! What a client expects of the login: how old it may be, and whose it is (OpenID Connect Core §3.1.2.1).

use grantlab_core::http::{Fields, Response};
use grantlab_core::message::{IdToken, SignedIdToken, SigningKey};
use grantlab_core::refusal::Rule;
use grantlab_core::time::Span;

use crate::driver::{Browser, Rig, page, parameter, redirected, web};

/// A request whose answer has an ID Token in its fragment.
fn hybrid() -> Fields {
    let mut fields = web().with("nonce", "n-0S6");
    fields.set("response_type", "code id_token");
    fields.set("scope", "openid read write");
    fields
}

fn id_token(response: &Response) -> SignedIdToken {
    let (_, fields) = redirected(response);
    SignedIdToken::new(fields.first("id_token").unwrap().clone()).unwrap()
}

fn claims(response: &Response) -> IdToken {
    let keys = [SigningKey::from_seed("k", [7; 32]).verifying_key()];
    id_token(response).read(&keys).unwrap()
}

fn asks_for_password(response: &Response) -> bool {
    response.headers.location().is_none() && page(response).title == "Log in"
}

#[test]
fn auth_time_is_when_the_password_was_right_and_only_said_when_asked() {
    let mut rig = Rig::new();
    let mut browser = Browser::default();
    let logged_in = rig.now;
    let first = browser.grant(&mut rig, &hybrid(), "alice");
    assert_eq!(claims(&first).auth_time, None);
    rig.advance(Span::from_seconds(50));
    let again = browser.authorize(&mut rig, &hybrid().with("max_age", "60"));
    let claims = claims(&again);
    assert_eq!(claims.auth_time.unwrap().seconds(), logged_in.seconds());
    assert_eq!(claims.iat.seconds(), logged_in.seconds() + 50);
}

#[test]
fn a_login_counts_as_long_as_max_age_says_and_not_at_all_with_zero() {
    for (waited_s, max_age, counts) in [
        (60, "60", true),
        (61, "60", false),
        (0, "1", true),
        (0, "0", false),
    ] {
        let mut rig = Rig::new();
        let mut browser = Browser::default();
        browser.grant(&mut rig, &web(), "alice");
        rig.advance(Span::from_seconds(waited_s));
        let answer = browser.authorize(&mut rig, &web().with("max_age", max_age));
        assert_eq!(asks_for_password(&answer), !counts, "{waited_s} {max_age}");
        let silently = web().with("max_age", max_age).with("prompt", "none");
        let answer = browser.authorize(&mut rig, &silently);
        let error = parameter(&answer, "error");
        let expected = (!counts).then_some("login_required");
        assert_eq!(error.as_deref(), expected, "{waited_s} {max_age}");
    }
}

/// A new login within the same request is fresh, however old the one before.
#[test]
fn who_logs_in_again_has_a_new_auth_time() {
    let mut rig = Rig::new();
    let mut browser = Browser::default();
    browser.grant(&mut rig, &hybrid(), "alice");
    rig.advance(Span::from_seconds(3_000));
    let now = rig.now;
    let answer = browser.grant(&mut rig, &hybrid().with("max_age", "60"), "alice");
    assert_eq!(claims(&answer).auth_time.unwrap().seconds(), now.seconds());
}

#[test]
fn a_hint_of_who_is_there_changes_nothing() {
    let mut rig = Rig::new();
    let mut browser = Browser::default();
    let first = browser.grant(&mut rig, &hybrid(), "alice");
    let hint = id_token(&first).0;
    for prompt in ["", "none"] {
        let fields = web()
            .with("id_token_hint", hint.clone())
            .with("prompt", prompt);
        let answer = browser.authorize(&mut rig, &fields);
        assert!(parameter(&answer, "code").is_some(), "{prompt}");
    }
}

#[test]
fn somebody_else_than_the_hint_names_gets_no_code() {
    for switch in ["as.login=post_then_redirect", "as.login=separate_pages"] {
        let mut rig = Rig::set(&[switch]);
        let first = Browser::default().grant(&mut rig, &hybrid(), "alice");
        let hinting = web().with("id_token_hint", id_token(&first).0);

        let mut of_bob = Browser::default();
        of_bob.grant(&mut rig, &web(), "bob");
        let silently = of_bob.authorize(&mut rig, &hinting.clone().with("prompt", "none"));
        assert_eq!(
            parameter(&silently, "error").as_deref(),
            Some("login_required")
        );
        let shown = of_bob.authorize(&mut rig, &hinting);
        assert!(asks_for_password(&shown), "{switch}");

        let answer = of_bob.grant(&mut rig, &hinting, "bob");
        assert_eq!(
            parameter(&answer, "error").as_deref(),
            Some("login_required"),
            "{switch}"
        );
        assert_eq!(rig.rule(), Some(Rule::HintedOwner));
        let answer = of_bob.grant(&mut rig, &hinting, "alice");
        assert!(parameter(&answer, "code").is_some(), "{switch}");
    }
}

#[test]
fn a_hint_that_was_not_signed_here_is_refused() {
    let mut rig = Rig::set(&["as.error_redirect=registered_immediate"]);
    let first = Browser::default().grant(&mut rig, &hybrid(), "alice");
    let signed = id_token(&first).0;
    let (unsigned, _) = signed.as_str().rsplit_once('.').unwrap();
    for hint in [format!("{unsigned}."), "x".to_owned()] {
        let answer = Browser::default().authorize(&mut rig, &web().with("id_token_hint", hint));
        assert_eq!(
            parameter(&answer, "error").as_deref(),
            Some("invalid_request")
        );
        assert_eq!(rig.rule(), Some(Rule::HintOurs));
    }
}
