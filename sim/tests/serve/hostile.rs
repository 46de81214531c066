//! Dialers that mean no good: they are answered or hung up on, and others are served meanwhile.

use std::io::Write as _;

use grantlab_sim::live::serve::{Plan, Serving};

use crate::dialer::{connect, get, raw, send};

fn serving() -> Serving {
    Serving::start(Plan::usual().unwrap()).unwrap()
}

fn is_alive(serving: &Serving) {
    let keys = get(serving.address(), "/jwks.json");
    assert_eq!(keys.status, 200);
}

#[test]
fn what_is_no_request_is_refused() {
    let serving = serving();
    let long = format!(
        "GET /{} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "x".repeat(70_000)
    );
    let many = format!(
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{}\r\n",
        "x: y\r\n".repeat(1_000)
    );
    for octets in [
        "\0\0\0\0".repeat(100).as_str(),
        "GET / HTTP/9.9\r\n\r\n",
        "GET  / HTTP/1.1\r\n\r\n",
        "POST /token HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        "POST /token HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        &long,
        &many,
    ] {
        let answer = raw(serving.address(), octets.as_bytes());
        let answer = String::from_utf8_lossy(&answer);
        let is_refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
        assert!(
            is_refused,
            "{:.60}: {answer}",
            octets.escape_debug().to_string()
        );
        is_alive(&serving);
    }
}

#[test]
fn content_without_end_is_not_kept() {
    let serving = serving();
    let mut stream = connect(serving.address());
    let head = "POST /token HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = format!("{:x}\r\n{}\r\n", 65_536, "a".repeat(65_536));
    let mut sent = 0_usize;
    while sent < 64 << 20 && stream.write_all(chunk.as_bytes()).is_ok() {
        sent += chunk.len();
    }
    assert!(sent < 64 << 20, "it was still read after {sent} octets");
    is_alive(&serving);
}

#[test]
fn those_who_only_wait_hold_nobody_up() {
    let serving = serving();
    let idle: Vec<_> = (0..100)
        .map(|_| {
            let mut stream = connect(serving.address());
            stream.write_all(b"GET / HT").unwrap();
            stream
        })
        .collect();
    is_alive(&serving);
    drop(idle);
}

#[test]
fn a_page_from_elsewhere_reaches_nothing() {
    let serving = serving();
    let octets = b"GET /jwks.json HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    assert!(raw(serving.address(), octets).starts_with(b"HTTP/1.1 421"));
    let octets = b"GET /clock HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    assert!(raw(serving.admin(), octets).starts_with(b"HTTP/1.1 421"));
    let origin = [("Origin", "http://evil.example")];
    let answer = send(serving.admin(), "POST", "/reset", &origin, "{}").unwrap();
    assert_eq!(answer.status, 421);
}

#[test]
fn the_administrator_is_told_what_was_wrong() {
    let serving = serving();
    let post = |target, body| send(serving.admin(), "POST", target, &[], body).unwrap();
    assert!(
        post("/clock/advance", "{\"s\": 1}")
            .text()
            .contains("unknown field")
    );
    assert!(post("/clock/set", "nonsense").text().contains("line 1"));
    let lost = post("/clok", "{}");
    assert_eq!(lost.status, 404);
    assert!(lost.text().contains("there is /clock"), "{}", lost.text());
}
