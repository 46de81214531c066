//! The canonical octets of a server that waits for its store: a search takes two states for one when these are the same.

use std::collections::BTreeMap;

use grantlab_core::http::{Fields, Request};

use crate::driver::{
    CALLBACK, CHALLENGE, CLIENT, Rig, SECRET, code_called, post, redeem, refresh_with, tokens,
};

/// A server that issued tokens, and has another code.
fn issued() -> (Rig, String, String) {
    let mut rig = Rig::set(&["as.par=optional"]);
    let (access, refresh) = tokens(&rig.send(redeem()));
    rig.save(code_called("another"));
    (rig, access, refresh)
}

fn with_token(path: &str, token: &str) -> Request {
    let fields = Fields::EMPTY.with("token", token);
    post(path, fields, Some((CLIENT, SECRET)))
}

fn push() -> Request {
    let fields = Fields::EMPTY
        .with("response_type", "code")
        .with("client_id", CLIENT)
        .with("redirect_uri", CALLBACK)
        .with("code_challenge", CHALLENGE)
        .with("code_challenge_method", "S256");
    post("/par", fields, Some((CLIENT, SECRET)))
}

/// Requests that the server treats differently from the first store request on.
fn requests() -> Vec<(&'static str, Request)> {
    let (_, access, refresh) = issued();
    let introspect = Fields::EMPTY.with("token", access.as_str());
    vec![
        ("redeem", redeem()),
        ("refresh", refresh_with(&refresh)),
        ("refresh a guess", refresh_with("guess")),
        ("revoke the access token", with_token("/revoke", &access)),
        ("revoke the refresh token", with_token("/revoke", &refresh)),
        ("revoke a guess", with_token("/revoke", "guess")),
        (
            "introspect",
            post("/introspect", introspect, Some(("rs", "rs-secret"))),
        ),
        ("push", push()),
    ]
}

/// Tickets and exchanges are the same for each: what differs is what the server means to do.
#[test]
fn servers_that_wait_for_different_things_have_different_octets() {
    let mut seen = BTreeMap::new();
    for (name, request) in requests() {
        let (mut rig, _, _) = issued();
        rig.start(request);
        let mut steps = 0;
        while rig.held_back().is_some() {
            let moment = format!("{name}, {steps} steps on");
            if let Some(earlier) = seen.insert(rig.octets(), moment.clone()) {
                panic!("{earlier} and {moment} have the same octets");
            }
            rig.step();
            steps += 1;
        }
        assert!(steps > 0, "{name} asks no store");
    }
}

/// Whose request it is that waits makes a difference too.
#[test]
fn the_exchange_that_waits_is_in_the_octets() {
    let waiting = |requests_before: usize| {
        let (mut rig, access, refresh) = issued();
        for _ in 0..requests_before {
            rig.send(post("/nowhere", Fields::EMPTY, None));
        }
        rig.start(with_token("/revoke", &access));
        let loading = rig.octets();
        rig.step();
        let revoking = rig.octets();
        rig.finish();
        rig.start(with_token("/revoke", &refresh));
        rig.step();
        (loading, revoking, rig.octets())
    };
    let (one, other) = (waiting(0), waiting(1));
    assert_ne!(one.0, other.0);
    assert_ne!(one.1, other.1);
    assert_ne!(one.2, other.2);
}
