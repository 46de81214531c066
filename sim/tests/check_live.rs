//! Checks over HTTP: against our own server on loopback, as somebody's own test would do it, and against peers who
//! answer without end, too slowly or not in HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use grantlab_core::http::Request;
use grantlab_core::wire::location;
use grantlab_sim::check::target::TargetFile;
use grantlab_sim::check::words::Verdict;
use grantlab_sim::check::{Answer, Choice, NoAnswer, Snapshot, Subject, check, shelf};
use grantlab_sim::input_error::SourceText;
use grantlab_sim::live::HttpSubject;
use grantlab_sim::live::serve::{Plan, Serving};

fn target_file(issuer: &str, more: &str) -> TargetFile {
    let text = format!(
        "{{\"name\": \"ours\", \"issuer\": \"{issuer}\", {more}\n\
         \"clients\": [{{\"name\": \"web\", \"client_id\": \"web\", \"client_secret\": \"secret-of-web\", \
         \"redirect_uris\": [\"http://127.0.0.1:8085/cb\"]}},\n\
         {{\"name\": \"odd\", \"client_id\": \"odd/id+1\", \"client_secret\": \"s%25:a+b c&d=e/x\", \
         \"redirect_uris\": [\"http://127.0.0.1:8085/cb\"]}}],\n\
         \"users\": [{{\"username\": \"alice\", \"password\": \"password-of-alice-at-as\"}}],\n\
         \"request\": {{\"scope\": \"openid\"}}}}"
    );
    TargetFile::read(SourceText::new("ours.json", &text))
        .unwrap()
        .1
}

fn choice(only: &[&str]) -> Choice {
    Choice {
        only: only.iter().map(|id| (*id).to_owned()).collect(),
        ..Choice::default()
    }
}

/// What somebody writes who wants to know when his server behaves differently.
#[test]
fn a_server_behaves_as_reviewed() {
    let serving = Serving::start(Plan::usual().unwrap()).unwrap();
    let (mut subject, target) = HttpSubject::running(target_file(serving.issuer(), "")).unwrap();
    let groups = shelf::groups().unwrap();
    let choice = choice(&[
        "AE-01", "CL-01", "CL-02", "CL-14", "CA-04", "PK-02", "RU-01",
    ]);
    let report = check(&mut subject, &target, &groups, &choice, &mut |_| {});
    insta::assert_json_snapshot!(Snapshot::of(&report));
    let again = check(&mut subject, &target, &groups, &choice, &mut |_| {});
    let changes = Snapshot::of(&report).changes(&again, false);
    assert_eq!(changes, [], "the same server, the same behaviour");
}

/// A server with a clock of its own: its port for administrators moves it, and makes it forget.
#[test]
fn hooks_move_a_clock_and_make_a_server_forget() {
    let serving = Serving::start(Plan::usual().unwrap()).unwrap();
    let hook = |name: &str, path: &str, json: &str| {
        let url = format!("http://{}{path}", serving.admin());
        format!("\"{name}\": {{\"post\": \"{url}\", \"json\": \"{json}\"}}")
    };
    let advance = hook("advance", "/clock/advance", "{\\\"ms\\\": ${ms}}");
    let more = format!(
        "\"hooks\": {{{advance}, {}}},",
        hook("reset", "/reset", "{}")
    );
    let groups = shelf::groups().unwrap();
    let expired = |more: &str| {
        let (mut subject, target) =
            HttpSubject::running(target_file(serving.issuer(), more)).unwrap();
        let report = check(
            &mut subject,
            &target,
            &groups,
            &choice(&["CL-05"]),
            &mut |_| {},
        );
        (subject, report.checks[0].verdict)
    };
    assert_eq!(expired("").1, Verdict::Skipped, "nobody waits");
    let (mut subject, verdict) = expired(&more);
    assert_eq!(verdict, Verdict::Pass);
    assert!(subject.restart().unwrap().is_some(), "it forgot");
    let broken = more.replace("/clock/advance", "/no-such-path");
    assert_eq!(expired(&broken).1, Verdict::CouldNotRun);
}

/// Eight at once on connections of their own: one of them gets tokens.
#[test]
fn a_code_is_redeemed_once_however_many_ask() {
    let serving = Serving::start(Plan::usual().unwrap()).unwrap();
    let (mut subject, target) = HttpSubject::running(target_file(serving.issuer(), "")).unwrap();
    let groups = shelf::groups().unwrap();
    let report = check(
        &mut subject,
        &target,
        &groups,
        &choice(&["CL-09"]),
        &mut |_| {},
    );
    let verdicts: Vec<Verdict> = report.checks.iter().map(|one| one.verdict).collect();
    assert_eq!(verdicts, [Verdict::Pass], "{:?}", report.checks);
    assert!(
        Snapshot::of(&report).checks.is_empty(),
        "races are not kept"
    );
}

/// Somebody's server in this process: whatever answers a request is a subject.
struct AlwaysBusy;

impl Subject for AlwaysBusy {
    fn send(&mut self, _: &Request) -> Result<Answer, NoAnswer> {
        Ok(Answer::new(503).with_body("text/plain", "busy"))
    }
}

#[test]
fn a_subject_needs_no_socket() {
    let more =
        "\"discover\": false, \"endpoints\": {\"authorization\": \"/a\", \"token\": \"/t\"},";
    let file = target_file("https://as.example", more);
    let target = grantlab_sim::check::arrive(&file, &mut AlwaysBusy).unwrap();
    let groups = shelf::groups().unwrap();
    let report = check(
        &mut AlwaysBusy,
        &target,
        &groups,
        &choice(&["AE-01", "CL-02"]),
        &mut |_| {},
    );
    let verdicts: Vec<Verdict> = report.checks.iter().map(|one| one.verdict).collect();
    assert_eq!(verdicts, [Verdict::Fail, Verdict::CouldNotRun]);
    assert_eq!(
        report.checks[1].says,
        "`authorize` had to come to code, and came to: 503 page"
    );
}

/// Serves every connection in the same way, until the test is over.
#[expect(clippy::disallowed_methods, reason = "a peer on loopback, port 0")]
fn peer(behave: fn(&mut TcpStream) -> io::Result<()>) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for connection in listener.incoming() {
            thread::spawn(move || {
                let mut connection = connection.unwrap();
                let mut asked = [0; 4096];
                let _ = connection.read(&mut asked);
                // The dialer hangs up when it has enough: that is the point.
                let _ = behave(&mut connection);
            });
        }
    });
    url
}

fn answer_of(behave: fn(&mut TcpStream) -> io::Result<()>) -> Result<Answer, NoAnswer> {
    let issuer = peer(behave);
    let more = "\"discover\": false, \"endpoints\": {\"authorization\": \"/a\", \"token\": \"/t\"}, \
                \"limits\": {\"answer_ms\": 400, \"body_octets\": 65536},";
    let (mut subject, _) = HttpSubject::running(target_file(&issuer, more)).unwrap();
    subject.send(&Request::get(
        location::parse(&format!("{issuer}/a")).unwrap(),
    ))
}

/// Writes one octet now and then: reading with a time limit is what takes the time.
fn drip(connection: &mut TcpStream, octets: &[u8]) -> io::Result<()> {
    connection.set_read_timeout(Some(Duration::from_millis(20)))?;
    for octet in octets.iter().cycle() {
        connection.write_all(&[*octet])?;
        let _ = connection.read(&mut [0]);
    }
    Ok(())
}

#[test]
fn a_hostile_peer_gets_the_octets_and_the_time_that_the_file_allows() {
    let endless_body = answer_of(|peer| {
        peer.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
        loop {
            peer.write_all(&[b'a'; 4096])?;
        }
    });
    assert_eq!(endless_body, Err(NoAnswer::TooLong));
    let endless_head = answer_of(|peer| {
        peer.write_all(b"HTTP/1.1 200 OK\r\n")?;
        loop {
            peer.write_all(b"x: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n")?;
        }
    });
    assert!(
        matches!(endless_head, Err(NoAnswer::TooLong | NoAnswer::NotHttp)),
        "{endless_head:?}"
    );
    let slow_head = answer_of(|peer| drip(peer, b"HTTP/1.1 200 OK\r\nx: a"));
    assert_eq!(slow_head, Err(NoAnswer::TooSlow));
    let slow_body = answer_of(|peer| {
        peer.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
        drip(peer, b"a")
    });
    assert_eq!(slow_body, Err(NoAnswer::TooSlow));
    let silent = answer_of(|peer| peer.read_to_end(&mut Vec::new()).map(|_| ()));
    assert_eq!(silent, Err(NoAnswer::TooSlow));
}

#[test]
fn what_is_no_http_is_no_answer() {
    for behave in [
        (|peer| peer.write_all(b"\0\xff garbage\r\n\r\n")) as fn(&mut TcpStream) -> io::Result<()>,
        |peer| peer.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nab\r\n"),
        |peer| peer.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"),
        |peer| peer.write_all(b"HTTP/1.1 2"),
        |_| Ok(()),
    ] {
        let answer = answer_of(behave);
        assert!(
            matches!(answer, Err(NoAnswer::NotHttp | NoAnswer::ConnectionLost)),
            "{answer:?}"
        );
    }
    let unreachable = HttpSubject::running(target_file("http://127.0.0.1:1", "")).unwrap_err();
    assert!(unreachable.contains("no metadata"), "{unreachable}");
}
