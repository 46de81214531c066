//! The canonical octets of a server whose store is silent: a search takes two states for one when these are the same.

use std::collections::BTreeMap;

use grantlab_core::http::{Encoded, Fields, Origin, Request, Url};

use crate::driver::{Browser, Rig, filled, page, web};

/// A server that takes any response type.
fn rig() -> Rig {
    Rig::set(&["as.response_types=any", "as.par=optional"])
}

fn asking_for(name: &str, value: &str) -> Fields {
    let mut fields = web();
    fields.set(name, value);
    fields
}

/// What the server is after an owner approved this request, when that many requests reached the store.
fn approved(fields: &Fields, owner: &str, store_requests: usize) -> Vec<u8> {
    let mut rig = rig();
    let mut browser = Browser::default();
    let shown = page(&browser.authorize(&mut rig, fields));
    let password = format!("{owner}-password");
    let typed = [("username", owner), ("password", password.as_str())];
    let form = filled(&shown.forms[0], &typed, ("decision", "approve"));
    rig.store_requests_left = store_requests;
    assert_eq!(rig.begin(browser.request("/login", form)), None);
    rig.state()
}

/// What the server is while it waits for parameters that were pushed.
fn referred(client_id: &str, request_uri: &str) -> Vec<u8> {
    let mut rig = rig();
    rig.store_requests_left = 0;
    let fields = Fields::EMPTY
        .with("client_id", client_id)
        .with("request_uri", request_uri);
    let url = Url::new(&Origin::https("as.example"), "/authorize");
    let request = Request::get(url.with_query(Encoded::Fields(fields)));
    assert_eq!(rig.begin(request), None);
    rig.state()
}

/// Tickets, exchanges and fresh values are the same for each: what differs is what the server means to do.
#[test]
fn servers_that_wait_for_different_things_have_different_octets() {
    let with_token = asking_for("response_type", "code token");
    let states = [
        ("a code", approved(&web(), "alice", 0)),
        ("another owner", approved(&web(), "bob", 0)),
        (
            "less scope",
            approved(&asking_for("scope", "read"), "alice", 0),
        ),
        (
            "another state",
            approved(&asking_for("state", "x"), "alice", 0),
        ),
        ("a code and a token", approved(&with_token, "alice", 0)),
        (
            "the token, the code is kept",
            approved(&with_token, "alice", 1),
        ),
        ("pushed parameters", referred("web", "urn:x")),
        ("other pushed parameters", referred("web", "urn:y")),
        ("those of another client", referred("app", "urn:x")),
    ];
    let mut seen = BTreeMap::new();
    for (name, octets) in states {
        if let Some(earlier) = seen.insert(octets, name) {
            panic!("{earlier} and {name} have the same octets");
        }
    }
}
