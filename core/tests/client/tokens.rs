//! Using, renewing and giving back tokens.

use grantlab_core::client::Command;
use grantlab_core::event::Event;
use grantlab_core::http::{Fields, Status};
use grantlab_core::json::Json;
use grantlab_core::machine::Failure;
use grantlab_core::text::Text;
use grantlab_core::value::SessionId;

use crate::driver::{Driver, error, form_of, ok, tokens};

fn refresh(session: &SessionId) -> Command {
    Command::Refresh {
        session: session.clone(),
    }
}

fn renewed(refresh_token: Option<&str>) -> Vec<(Text, Json)> {
    let mut members = tokens();
    members.truncate(2);
    members[0].1 = Json::from("at-2");
    members.extend(refresh_token.map(|token| (Text::new("refresh_token"), Json::from(token))));
    members
}

#[test]
fn a_refresh_replaces_the_tokens_that_it_gets() {
    for (answered, next) in [(Some("rt-2"), "rt-2"), (None, "rt-1")] {
        let mut it = Driver::secure();
        let session = it.logged_in("one");
        let done = it.command(refresh(&session));
        assert_eq!(done.facts(), ["refresh_requested"]);
        let (exchange, request) = done.only_sent();
        let form = form_of(request);
        assert_eq!(form.first("grant_type").unwrap(), &"refresh_token");
        assert_eq!(form.first("refresh_token").unwrap(), &"rt-1");
        let done = it.response(exchange, ok(renewed(answered)));
        assert_eq!(done.facts(), ["tokens_received"]);

        let done = it.command(refresh(&session));
        let form = form_of(done.only_sent().1);
        assert_eq!(form.first("refresh_token").unwrap(), &next);
    }
}

#[test]
fn one_refresh_of_a_session_is_under_way_at_a_time() {
    let mut it = Driver::secure();
    let session = it.logged_in("one");
    let first = it.command(refresh(&session));
    let second = it.post(&session, "/refresh", Fields::EMPTY);
    assert!(second.sent().is_empty());
    assert_eq!(second.answer().status, Status::SEE_OTHER);
    it.response(first.only_sent().0, ok(renewed(Some("rt-2"))));
    assert_eq!(it.command(refresh(&session)).sent().len(), 1);
}

#[test]
fn only_invalid_grant_ends_the_tokens() {
    let answers = [
        (error("invalid_grant"), 0),
        (error("temporarily_unavailable"), 1),
        (error("invalid_client"), 1),
        (ok(Vec::new()), 1),
    ];
    for (answer, left) in answers {
        let mut it = Driver::secure();
        let session = it.logged_in("one");
        let done = it.post(&session, "/refresh", Fields::EMPTY);
        let done = it.response(done.only_sent().0, answer);
        assert_eq!(done.facts(), ["refresh_failed"]);
        assert_eq!(done.answer().status, Status::BAD_GATEWAY);
        assert_eq!(it.client.sessions().count(), left);
    }
    let mut it = Driver::secure();
    let session = it.logged_in("one");
    let exchange = it.command(refresh(&session)).only_sent().0;
    let done = it.failed(exchange, Failure::ConnectionLost);
    assert_eq!(done.facts(), ["refresh_failed"]);
    assert_eq!(it.client.sessions().count(), 1);
}

#[test]
fn who_logged_out_meanwhile_gets_no_new_tokens() {
    let mut it = Driver::secure();
    let session = it.logged_in("one");
    let exchange = it.command(refresh(&session)).only_sent().0;
    it.post(&session, "/logout", Fields::EMPTY);
    let done = it.response(exchange, ok(renewed(Some("rt-2"))));
    assert!(done.facts().is_empty());
    assert_eq!(it.client.sessions().count(), 0);
}

#[test]
fn a_logout_forgets_at_once_and_asks_the_server_to_forget() {
    let mut it = Driver::secure();
    let session = it.logged_in("one");
    let done = it.post(&session, "/logout", Fields::EMPTY);
    assert_eq!(done.facts(), ["revocation_requested"]);
    assert_eq!(done.answer().status, Status::SEE_OTHER);
    assert_eq!(it.client.sessions().count(), 0);
    let (exchange, request) = done.only_sent();
    assert_eq!(request.url.endpoint(), "https://one.example/revoke");
    assert_eq!(form_of(request).first("token").unwrap(), &"rt-1");
    assert!(it.failed(exchange, Failure::Unreachable).facts().is_empty());
    let again = it.command(Command::Revoke { session });
    assert!(again.sent().is_empty() && again.facts().is_empty());
}

#[test]
fn the_resource_is_read_with_the_token_in_the_header() {
    let mut it = Driver::secure();
    let session = it.logged_in("one");
    let done = it.post(&session, "/read", Fields::EMPTY);
    let (exchange, request) = done.only_sent();
    let authorization = request.headers.authorization().unwrap();
    assert_eq!(authorization.unwrap(), &"Bearer at-1");
    assert_eq!(request.url.query, None);
    let resource = ok(vec![(Text::new("sub"), Json::from("alice"))]);
    let done = it.response(exchange, resource);
    assert_eq!(done.answer().status, Status::SEE_OTHER);
    assert!(matches!(
        done.events().as_slice(),
        [Event::ResourceRead { owner, .. }] if owner.as_str() == "alice"
    ));

    let command = Command::ReadResource { session };
    let exchange = it.command(command).only_sent().0;
    let done = it.response(exchange, error("invalid_token"));
    assert_eq!(done.facts(), ["resource_unread"]);
    assert_eq!(done.refused_by(), Some("resource-granted"));
}

#[test]
fn a_session_without_tokens_has_nothing_to_do() {
    let mut it = Driver::secure();
    let session = it.visit();
    for path in ["/read", "/refresh", "/logout"] {
        let done = it.post(&session, path, Fields::EMPTY);
        assert_eq!(done.answer().status, Status::SEE_OTHER, "{path}");
        assert!(done.sent().is_empty() && done.facts().is_empty());
    }
}
