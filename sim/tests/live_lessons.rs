//! Live lessons over sockets: what is asked is answered, and nobody holds anybody else up.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "the test is a dialer, and fails by panicking"
)]

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::sync::{LazyLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use grantlab_sim::live::lessons;

/// The listener of all tests, on a port that the system chose.
fn address() -> SocketAddr {
    static ADDRESS: LazyLock<SocketAddr> = LazyLock::new(|| {
        let (tell, told) = mpsc::channel();
        thread::spawn(move || lessons::serve(0, |address| tell.send(address).unwrap()));
        told.recv().unwrap()
    });
    *ADDRESS
}

fn dial() -> TcpStream {
    let stream = TcpStream::connect(address()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream
}

/// Everything that comes back until the connection is closed.
fn ask(octets: &[u8]) -> String {
    let mut stream = dial();
    // What is refused early may be closed before all of it was sent.
    let _ = stream.write_all(octets);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

#[test]
fn it_listens_on_this_machine_alone() {
    assert_eq!(address().ip(), IpAddr::V4(Ipv4Addr::LOCALHOST));
}

#[test]
fn a_lesson_is_a_whole_response() {
    let answer = ask(b"GET /lesson?scenario=flows/login HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert_eq!(status(head), "200");
    let length = format!("Content-Length: {}", body.len());
    assert!(head.contains(&length), "{head}");
    for field in ["Cache-Control: no-store", "X-Frame-Options: SAMEORIGIN"] {
        assert!(head.contains(field), "{head}");
    }
    assert!(body.contains("id=\"lesson\""));
}

#[test]
fn bad_requests_are_answered_or_hung_up_on() {
    let long = format!("GET /{} HTTP/1.1\r\n", "x".repeat(40_000));
    let many = format!("GET / HTTP/1.1\r\n{}", "A: b\r\n".repeat(5_000));
    for (request, statuses) in [
        (
            &b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"[..],
            ["421"; 2],
        ),
        (
            b"GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            ["400", "421"],
        ),
        (b"GET / HTTP/1.1\r\n\r\n", ["400"; 2]),
        (
            b"GET / HTTP/1.1\r\nHost: a\r\nHost: 127.0.0.1\r\n\r\n",
            ["400", "421"],
        ),
        (
            b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n",
            ["405"; 2],
        ),
        (b"\xff\xfe\x00\r\n\r\n", ["400"; 2]),
        (b"\r\n\r\n", ["400"; 2]),
        (
            b"GET /../../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            ["400", "404"],
        ),
        (long.as_bytes(), ["400", "none"]),
        (many.as_bytes(), ["400", "none"]),
    ] {
        let answer = ask(request);
        let shown = String::from_utf8_lossy(request.get(..request.len().min(60)).unwrap());
        assert!(statuses.contains(&status(&answer)), "{shown}: {answer:.80}");
    }
    assert_eq!(
        status(&ask(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")),
        "200"
    );
}

/// Browsers open connections ahead of time, and say nothing on them.
#[test]
fn whoever_says_nothing_holds_nobody_up() {
    let began = Instant::now();
    let silent: Vec<TcpStream> = (0..8).map(|_| dial()).collect();
    let answer = ask(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    assert_eq!(status(&answer), "200");
    assert!(began.elapsed() < Duration::from_secs(4));
    drop(silent);
}

/// A dialer that sends an octet now and then is hung up on in the end.
#[test]
fn slow_dialers_are_not_waited_for() {
    let began = Instant::now();
    let mut stream = dial();
    stream
        .set_read_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    let mut answer = [0; 16];
    while began.elapsed() < Duration::from_secs(15) {
        if stream.write_all(b"x").is_err() {
            return;
        }
        if let Ok(0) = stream.read(&mut answer) {
            assert!(began.elapsed() > Duration::from_secs(3));
            return;
        }
    }
    unreachable!("the connection is still open");
}
