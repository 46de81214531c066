//! Requests per second of `grantlab serve`, beside a bare server of the same HTTP library in the same run.
//!
//! `cargo bench -p grantlab-benches --bench serve`; medians of rounds in turns. Each server has one thread of its own; two threads of this process
//! ask, each on connections that stay open, so two cores are shared by those who ask and the one who answers.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a bench has sockets and a clock, and ends when something is wrong"
)]

use std::convert::Infallible;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use grantlab_core::value::{CodeChallengeMethod, CodeVerifier};
use grantlab_core::wire::{basic, form, location};
use grantlab_sim::live::serve::{Plan, Serving};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};

/// How long each kind of request is asked for in one round.
const DURATION: Duration = Duration::from_millis(500);

/// Every kind of request has a turn in every round, so that what else happens on the machine falls on all alike.
const ROUNDS: usize = 7;

/// Threads that ask.
const ASKERS: usize = 2;

const VERIFIER: &str = "a-code-verifier-of-forty-three-characters-0";

fn main() {
    // Under `cargo test` there is nothing to be measured.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let serving = Serving::start(Plan::usual().unwrap()).unwrap();
    let metadata = get("/.well-known/openid-configuration", &[]);
    let length = one(&mut connected(serving.address()), &metadata).1.len();
    let bare = bare(length);
    let token = token(&serving);
    let authorization = format!("Bearer {token}");
    let basic = basic::write("web", "secret-of-web");
    let asked = [
        (
            "bare hyper, as many octets as the metadata",
            bare,
            get("/", &[]),
        ),
        ("metadata", serving.address(), metadata),
        (
            "resource, with introspection",
            serving.address(),
            get("/resource", &[("Authorization", &authorization)]),
        ),
        (
            "token request that is refused",
            serving.address(),
            post(
                "/token",
                basic.as_str(),
                "grant_type=authorization_code&code=nobody-issued-this",
            ),
        ),
    ];
    let mut rates = vec![Vec::new(); asked.len()];
    let mut logins_rates = Vec::new();
    for _ in 0..ROUNDS {
        for ((_, address, request), rates) in asked.iter().zip(&mut rates) {
            rates.push(rate(*address, request));
        }
        logins_rates.push(logins(&serving));
    }
    let medians: Vec<f64> = rates.into_iter().map(median).collect();
    for ((name, ..), rate) in asked.iter().zip(&medians) {
        let ratio = rate / medians[0];
        println!("{name:44} {rate:>8.0} requests/s  {ratio:>5.2} of bare");
    }
    println!(
        "{:44} {:>8.0} logins/s",
        "whole logins: visit, code, token",
        median(logins_rates)
    );
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn get(target: &str, headers: &[(&str, &str)]) -> String {
    let mut request = format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    request + "\r\n"
}

fn post(target: &str, authorization: &str, body: &str) -> String {
    let content_type = match body.starts_with('{') {
        true => "application/json",
        false => "application/x-www-form-urlencoded",
    };
    format!(
        "POST {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {authorization}\r\nContent-Type: {content_type}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// A server that does nothing but answer with so many octets.
fn bare(length: usize) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let content = Bytes::from(vec![b' '; length]);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    thread::spawn(move || {
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                let content = content.clone();
                let answer = service_fn(move |_| {
                    let content = content.clone();
                    async move { Ok::<_, Infallible>(hyper::Response::new(Full::new(content))) }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
            }
        });
    });
    address
}

fn connected(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// One request and its answer, on a connection that stays open.
fn one(stream: &mut TcpStream, request: &str) -> (u16, Vec<u8>) {
    stream.write_all(request.as_bytes()).unwrap();
    let mut octets = Vec::with_capacity(4_096);
    let mut piece = [0; 16_384];
    loop {
        let count = stream.read(&mut piece).unwrap();
        assert_ne!(count, 0, "the connection was closed");
        octets.extend_from_slice(&piece[..count]);
        let Some(end) = octets.windows(4).position(|end| end == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&octets[..end]).to_ascii_lowercase();
        let length = head.split("content-length: ").nth(1);
        let length: usize = length
            .and_then(|rest| rest.lines().next()?.parse().ok())
            .unwrap_or(0);
        if octets.len() >= end + 4 + length {
            let status = head[9..12].parse().unwrap();
            return (status, octets.split_off(end + 4));
        }
    }
}

fn rate(address: SocketAddr, request: &str) -> f64 {
    let askers: Vec<_> = (0..ASKERS)
        .map(|_| {
            let request = request.to_owned();
            thread::spawn(move || {
                let mut stream = connected(address);
                let began = Instant::now();
                let mut count = 0_u32;
                while began.elapsed() < DURATION {
                    one(&mut stream, &request);
                    count += 1;
                }
                count
            })
        })
        .collect();
    let total: u32 = askers.into_iter().map(|asker| asker.join().unwrap()).sum();
    f64::from(total) / DURATION.as_secs_f64()
}

fn authorization_url(serving: &Serving) -> String {
    let challenge = CodeVerifier::new(VERIFIER)
        .unwrap()
        .challenge(CodeChallengeMethod::S256);
    format!(
        "{}/authorize?response_type=code&client_id=web&redirect_uri=http%3A%2F%2F127.0.0.1%3A8085%2Fcb&scope=openid+read\
         &state=s&nonce=n&code_challenge={}&code_challenge_method=S256",
        serving.issuer(),
        challenge.as_str()
    )
}

/// One whole login on two connections that stay open: the visitor's, and the client's.
fn login(serving: &Serving, admin: &mut TcpStream, stream: &mut TcpStream) -> Value {
    let wanted = json!({ "url": authorization_url(serving) }).to_string();
    let (_, visited) = one(admin, &post("/visit", "-", &wanted));
    let visited: Value = serde_json::from_slice(&visited).unwrap();
    let callback = location::parse(visited["callback"].as_str().unwrap()).unwrap();
    let fields = form::pairs(callback.query.as_ref().unwrap())
        .unwrap()
        .into_owned();
    let code = fields.first("code").unwrap().as_str();
    let body = format!(
        "grant_type=authorization_code&code={code}&code_verifier={VERIFIER}\
         &redirect_uri=http%3A%2F%2F127.0.0.1%3A8085%2Fcb"
    );
    let authorization = basic::write("web", "secret-of-web");
    let (status, tokens) = one(stream, &post("/token", authorization.as_str(), &body));
    assert_eq!(status, 200);
    serde_json::from_slice(&tokens).unwrap()
}

fn token(serving: &Serving) -> String {
    let tokens = login(
        serving,
        &mut connected(serving.admin()),
        &mut connected(serving.address()),
    );
    tokens["access_token"].as_str().expect("a token").to_owned()
}

fn logins(serving: &Serving) -> f64 {
    let (mut admin, mut stream) = (connected(serving.admin()), connected(serving.address()));
    let began = Instant::now();
    let mut count = 0_u32;
    // The store keeps 4,096 grants.
    let most = 4_000 / u32::try_from(ROUNDS).unwrap();
    while began.elapsed() < DURATION && count < most {
        login(serving, &mut admin, &mut stream);
        count += 1;
    }
    f64::from(count) / began.elapsed().as_secs_f64()
}
