//! The canonical octets of a client: a search takes two states for one when these are the same.

use std::collections::BTreeMap;

use grantlab_core::canonical::{Canonical, Encoder};
use grantlab_core::json::Json;
use grantlab_core::text::Text;
use grantlab_core::value::SessionId;

use crate::driver::{Driver, ok, page, tokens};

fn octets(it: &Driver) -> Vec<u8> {
    let mut encoder = Encoder::default();
    it.client.encode(&mut encoder);
    encoder.into_octets()
}

/// A client at which somebody began to log in.
fn begun(provider: &str) -> Driver {
    let mut it = Driver::secure();
    let session = it.visit();
    it.start(&session, provider);
    it
}

fn asking_for_tokens(code: &str) -> Driver {
    let mut it = Driver::secure();
    let session = it.visit();
    let asked = it.start(&session, "one");
    let state = asked.first("state").unwrap().as_str().to_owned();
    let response = [("code", code), ("state", state.as_str())];
    let done = it.callback(Some(&session), "one", &response);
    assert_eq!(done.facts(), ["callback_accepted", "token_requested"]);
    it
}

fn logged_in(access_token: &str) -> (Driver, SessionId) {
    let mut it = Driver::secure();
    let (session, exchange) = it.redeeming("one");
    let mut members = tokens();
    members[0] = (Text::new("access_token"), Json::from(access_token));
    it.response(exchange, ok(members));
    (it, session)
}

#[test]
fn clients_at_different_points_have_different_octets() {
    let mut visited = Driver::secure();
    visited.visit();
    let states = [
        ("nothing happened", Driver::secure()),
        ("a login with one", begun("one")),
        ("a login with two", begun("two")),
        ("tokens are asked for", asking_for_tokens("code-1")),
        ("logged in", logged_in("at-1").0),
        ("logged in with another token", logged_in("at-2").0),
    ];
    let mut seen = BTreeMap::new();
    for (name, it) in &states {
        if let Some(earlier) = seen.insert(octets(it), name) {
            panic!("{earlier} and {name} have the same octets");
        }
    }
}

/// With a `state` of its own for each login, nobody can tell which browser began first; without one it matters.
#[test]
fn who_began_first_matters_only_without_state() {
    let begun_in_order = |state: &str, first: usize| {
        let mut it = Driver::with("client.state", state);
        let sessions = [it.visit(), it.visit()];
        let before = octets(&it);
        it.start(&sessions[first], "one");
        it.start(&sessions[1 - first], "one");
        assert_ne!(octets(&it), before);
        octets(&it)
    };
    for state in ["absent", "static"] {
        assert_ne!(
            begun_in_order(state, 0),
            begun_in_order(state, 1),
            "{state}"
        );
    }
}

/// Where the redirection endpoint shows a page of its own, the page says so.
#[test]
fn a_login_may_end_on_a_page() {
    let mut it = Driver::with("client.callback_page", "third_party_content");
    let (_, exchange) = it.redeeming("one");
    let done = it.response(exchange, ok(tokens()));
    let shown = page(done.answer());
    assert_eq!(shown.title, "Logged in");
    assert_eq!(shown.text, "You are logged in.");
    assert_eq!(shown.resources.len(), 1);
}
