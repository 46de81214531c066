//! Refreshing (RFC 6749 §6, RFC 9700 §4.14.2).

use grantlab_core::authorization_server::Command;
use grantlab_core::event::Event;
use grantlab_core::http::{Fields, Request};
use grantlab_core::message::store::TokenStage;
use grantlab_core::time::Timestamp;
use grantlab_core::value::{ClientId, Subject};

use crate::driver::{
    CLIENT, Rig, as_client, member, post, redeem, refresh_fields, refresh_with, tokens,
};

/// A server that has issued tokens: access token and refresh token.
fn issued(settings: &[&str]) -> (Rig, String, String) {
    let mut rig = Rig::set(settings);
    let (access, refresh) = tokens(&rig.send(redeem()));
    rig.events.clear();
    (rig, access, refresh)
}

fn asking(token: &str, scope: &str) -> Request {
    as_client(refresh_fields(token).with("scope", scope))
}

/// Another client, with its own credentials.
fn stranger(fields: Fields) -> Request {
    let fields = fields
        .with("client_id", "form")
        .with("client_secret", "form-secret");
    post("/token", fields, None)
}

#[test]
fn one_thing_wrong_breaks_one_rule() {
    let (_, access, refresh) = issued(&[]);
    let fields = || refresh_fields(&refresh);
    let requests: Vec<(&str, Request)> = vec![
        ("all right", refresh_with(&refresh)),
        (
            "no token",
            as_client(Fields::EMPTY.with("grant_type", "refresh_token")),
        ),
        (
            "twice",
            as_client(fields().with("refresh_token", refresh.as_str())),
        ),
        ("scope twice", {
            as_client(fields().with("scope", "read").with("scope", "write"))
        }),
        ("unknown", refresh_with("guess")),
        ("unprintable", refresh_with("a\u{7f}")),
        ("an access token", refresh_with(&access)),
        ("another client", stranger(fields())),
        ("nobody", post("/token", fields(), None)),
        (
            "no secret",
            post("/token", fields().with("client_id", CLIENT), None),
        ),
        (
            "a client without the grant",
            post("/token", fields(), Some(("rs", "rs-secret"))),
        ),
        ("less scope", asking(&refresh, "read")),
        ("the same scope", asking(&refresh, "write read")),
        ("more scope", asking(&refresh, "read write openid")),
        ("no scope in the field", asking(&refresh, "")),
        ("a scope of another grammar", asking(&refresh, "read\"")),
    ];
    let mut table = String::new();
    for (name, request) in requests {
        let (mut rig, _, same) = issued(&[]);
        assert_eq!(same, refresh);
        table += &format!("{name}: {}\n", rig.outcome(request));
    }
    insta::assert_snapshot!(table, @"
    all right: 200
    no token: 400 invalid_request (token-parameters)
    twice: 400 invalid_request (token-parameters)
    scope twice: 400 invalid_request (token-parameters)
    unknown: 400 invalid_grant (refresh-token-known)
    unprintable: 400 invalid_request (token-parameters)
    an access token: 400 invalid_grant (refresh-token-known)
    another client: 400 invalid_grant (refresh-bound-to-client)
    nobody: 401 invalid_client (client-authenticated)
    no secret: 401 invalid_client (client-authenticated)
    a client without the grant: 400 unauthorized_client (grant-type-allowed)
    less scope: 200
    the same scope: 200
    more scope: 400 invalid_scope (refresh-scope-within)
    no scope in the field: 200
    a scope of another grammar: 400 invalid_scope (refresh-scope-within)
    ");
}

/// RFC 9700 §4.14.2: each refresh replaces the token; the old one ends the family.
#[test]
fn an_old_refresh_token_ends_its_family() {
    let (mut rig, first_access, first) = issued(&[]);
    let (second_access, second) = tokens(&rig.send(refresh_with(&first)));
    let (third_access, third) = tokens(&rig.send(refresh_with(&second)));
    assert_ne!(first, second);
    assert!(rig.is_active(&first_access));
    let outcome = rig.outcome(refresh_with(&first));
    assert_eq!(outcome, "400 invalid_grant (refresh-newest)");
    assert_eq!(
        rig.happened(),
        [
            "replay_detected",
            "grant_ended",
            "family_revoked",
            "token_refused"
        ]
    );
    for access in [first_access, second_access, third_access] {
        assert!(!rig.is_active(&access));
    }
    let outcome = rig.outcome(refresh_with(&third));
    assert_eq!(outcome, "400 invalid_grant (grant-live)");
}

#[test]
fn an_old_refresh_token_in_wrong_hands_ends_nothing() {
    let (mut rig, access, first) = issued(&[]);
    rig.send(refresh_with(&first));
    let outcome = rig.outcome(stranger(refresh_fields(&first)));
    assert_eq!(outcome, "400 invalid_grant (refresh-bound-to-client)");
    assert_eq!(rig.happened(), ["replay_detected", "token_refused"]);
    assert!(rig.is_active(&access));
}

#[test]
fn rotation_without_revocation_leaves_the_family() {
    let (mut rig, access, first) = issued(&["as.rt_rotation=rotate_only"]);
    let (_, second) = tokens(&rig.send(refresh_with(&first)));
    let outcome = rig.outcome(refresh_with(&first));
    assert_eq!(outcome, "400 invalid_grant (refresh-newest)");
    assert!(rig.is_active(&access));
    assert_eq!(rig.outcome(refresh_with(&second)), "200");
}

#[test]
fn without_rotation_the_token_stays() {
    let (mut rig, _, refresh) = issued(&["as.rt_rotation=none"]);
    for _ in 0..3 {
        let response = rig.send(refresh_with(&refresh));
        assert_eq!(member(&response, "refresh_token"), None);
    }
    assert_eq!(rig.token_stage(&refresh), Some(TokenStage::Live));
}

/// RFC 6749 §6: less for this access token, and all of it again with the next.
#[test]
fn a_narrower_scope_narrows_one_access_token() {
    let (mut rig, _, refresh) = issued(&[]);
    let response = rig.send(asking(&refresh, "read"));
    assert_eq!(member(&response, "scope").as_deref(), Some("read"));
    let (_, refresh) = tokens(&response);
    let response = rig.send(refresh_with(&refresh));
    assert_eq!(member(&response, "scope").as_deref(), Some("read write"));
}

#[test]
fn every_weak_value_lets_something_through() {
    let disable = Command::DisableOwner(Subject::new("sub-alice").unwrap());
    let withdraw = Command::RevokeConsent {
        subject: Subject::new("sub-alice").unwrap(),
        client_id: ClientId::new(CLIENT).unwrap(),
    };
    let ask: [fn(&str) -> Request; 3] = [
        |token| stranger(refresh_fields(token)),
        |token| asking(token, "read admin"),
        refresh_with,
    ];
    for (setting, command, request) in [
        ("as.rt_bind_client=off", None, ask[0]),
        ("as.rt_scope=unchecked", None, ask[1]),
        ("as.rt_recheck=none", Some(disable), ask[2]),
        ("as.rt_recheck=none", Some(withdraw), ask[2]),
    ] {
        let run = |settings: &[&str]| {
            let (mut rig, _, refresh) = issued(settings);
            if let Some(command) = command.clone() {
                rig.command(command);
            }
            rig.outcome(request(&refresh))
        };
        assert_ne!(run(&[]), "200", "{setting}");
        assert_eq!(run(&[setting]), "200", "{setting}");
    }
}

#[test]
fn a_refresh_token_expires_at_its_moment() {
    let end = 1_000 + 86_400_000;
    for (now, expected) in [
        (end - 1, "200"),
        (end, "400 invalid_grant (refresh-fresh)"),
        (end + 1, "400 invalid_grant (refresh-fresh)"),
    ] {
        let (mut rig, _, refresh) = issued(&[]);
        rig.now = Timestamp(now);
        assert_eq!(rig.outcome(refresh_with(&refresh)), expected, "{now}");
    }
}

/// Rotation slides: what is used is good for another lifetime.
#[test]
fn a_successor_has_a_lifetime_of_its_own() {
    let (mut rig, _, first) = issued(&[]);
    rig.now = Timestamp(86_000_000);
    let (_, second) = tokens(&rig.send(refresh_with(&first)));
    rig.now = Timestamp(170_000_000);
    assert_eq!(rig.outcome(refresh_with(&second)), "200");
}

#[test]
fn a_refresh_is_a_fact_with_its_grant() {
    let (mut rig, _, refresh) = issued(&[]);
    rig.send(refresh_with(&refresh));
    let used = rig.events.iter().any(|event| {
        matches!(event, Event::RefreshTokenUsed { refresh_token, .. } if refresh_token.as_str() == refresh)
    });
    assert!(used);
    assert_eq!(
        rig.happened(),
        [
            "consumed",
            "tokens_kept",
            "refresh_token_used",
            "access_token_issued",
            "refresh_token_issued"
        ]
    );
}
