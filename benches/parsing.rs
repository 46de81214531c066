//! Reading and writing octets, beside the crates that others use for it.
//!
//! The inputs are an honest message and one that was made to be slow; throughput is in octets of input.

#![expect(clippy::expect_used, reason = "the inputs are known")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use grantlab_core::http::Scheme;
use grantlab_core::wire;

/// The token request of RFC 6749 §4.1.3, with a verifier.
const TOKEN_REQUEST: &str = "grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA\
    &redirect_uri=https%3A%2F%2Fclient%2Eexample%2Ecom%2Fcb&client_id=s6BhdRkqt3\
    &code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// The token response of RFC 6749 §5.1.
const TOKEN_RESPONSE: &str = r#"{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"example","expires_in":3600,"refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA","example_parameter":"example_value"}"#;

/// The authorization request of RFC 6749 §4.1.1 as octets on a connection.
const AUTHORIZATION_REQUEST: &str = "GET /authorize?response_type=code&client_id=s6BhdRkqt3&state=xyz\
    &redirect_uri=https%3A%2F%2Fclient%2Eexample%2Ecom%2Fcb HTTP/1.1\r\nHost: server.example.com\r\n\
    Cookie: session=0123456789abcdef\r\n\r\n";

/// Form content in which every octet of one value is escaped.
fn escaped_form() -> String {
    format!("state={}", "%41".repeat(2_000))
}

fn form(criterion: &mut Criterion) {
    let escaped = escaped_form();
    let inputs = [("honest", TOKEN_REQUEST), ("escaped", escaped.as_str())];
    let mut group = criterion.benchmark_group("form");
    for (name, input) in inputs {
        group.throughput(Throughput::Bytes(input.len() as u64));
        group.bench_function(format!("read/{name}"), |bencher| {
            bencher.iter(|| wire::form::parse(black_box(input.as_bytes())));
        });
        group.bench_function(format!("read/{name}/form_urlencoded"), |bencher| {
            bencher.iter(|| {
                url::form_urlencoded::parse(black_box(input.as_bytes()))
                    .into_owned()
                    .collect::<Vec<_>>()
            });
        });
    }
    let fields = wire::form::parse(TOKEN_REQUEST.as_bytes()).expect("an honest form");
    group.throughput(Throughput::Bytes(TOKEN_REQUEST.len() as u64));
    group.bench_function("write/honest", |bencher| {
        bencher.iter(|| {
            let mut out = String::new();
            wire::form::write(black_box(&fields), &mut out);
            out
        });
    });
    group.bench_function("write/honest/form_urlencoded", |bencher| {
        bencher.iter(|| {
            let pairs = black_box(&fields).0.iter();
            url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(pairs.map(|(name, value)| (name.as_str(), value.as_str())))
                .finish()
        });
    });
    group.finish();
}

fn json(criterion: &mut Criterion) {
    let nested = format!("[{}]", vec!["[[1]]"; 300].join(","));
    let inputs = [("honest", TOKEN_RESPONSE), ("nested", nested.as_str())];
    let mut group = criterion.benchmark_group("json");
    for (name, input) in inputs {
        group.throughput(Throughput::Bytes(input.len() as u64));
        group.bench_function(format!("read/{name}"), |bencher| {
            bencher.iter(|| wire::json::parse(black_box(input.as_bytes())));
        });
        group.bench_function(format!("read/{name}/serde_json"), |bencher| {
            bencher.iter(|| serde_json::from_str::<serde_json::Value>(black_box(input)));
        });
    }
    group.finish();
}

fn message(criterion: &mut Criterion) {
    let octets = AUTHORIZATION_REQUEST.as_bytes();
    let request = wire::http::read_request(&Scheme::Https, octets).expect("an honest request");
    let mut group = criterion.benchmark_group("http");
    group.throughput(Throughput::Bytes(octets.len() as u64));
    group.bench_function("read/request", |bencher| {
        bencher.iter(|| wire::http::read_request(&Scheme::Https, black_box(octets)));
    });
    group.bench_function("write/request", |bencher| {
        bencher.iter(|| wire::http::write_request(black_box(&request)));
    });
    group.finish();
}

criterion_group!(benches, form, json, message);
criterion_main!(benches);
