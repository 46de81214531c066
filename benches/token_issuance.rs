//! Our server from octets to octets, every rule on: the steps of a flow, refusals of what was used before, more and
//! more codes outstanding, two threads, facts noted, and fresh values from the operating system.
//! Criterion takes words of names: `-- 1e7` asks for the largest store, which is left out else.

#![expect(
    dead_code,
    reason = "not everything that can be measured is measured here"
)]
#![expect(clippy::expect_used, reason = "a subject that fails has no figure")]
#![expect(clippy::panic, reason = "a subject that fails has no figure")]
#![expect(
    clippy::disallowed_methods,
    reason = "criterion is handed what two threads took by the clock"
)]

mod flow;
mod subjects;

use std::time::Instant;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use grantlab_core::entropy::Entropy;
use grantlab_core::limits::STORE_RECORDS_MAX;
use grantlab_core::machine::Notes;
use subjects::Subject;
use subjects::grantlab::{Grantlab, OperatingSystem, Stream};
use subjects::requests::{authorization, code, redemption, refresh, refresh_token};

fn steps(criterion: &mut Criterion) {
    let with = |notes, entropy: fn() -> Box<dyn Entropy + Send>| {
        move || -> Box<dyn Subject> {
            Box::new(Grantlab::with(STORE_RECORDS_MAX, notes, entropy()))
        }
    };
    let stream: fn() -> Box<dyn Entropy + Send> = || Box::new(Stream::new(1));
    let system: fn() -> Box<dyn Entropy + Send> = || Box::new(OperatingSystem::new());
    // The first session is drawn from the stream, and the same for every server that draws from it.
    let session = Grantlab::new().session;
    flow::bench(criterion, "plain", &session, with(Notes::Unread, stream));
    flow::bench(
        criterion,
        "facts noted",
        &session,
        with(Notes::Read, stream),
    );
    let mut group = criterion.benchmark_group("operating system");
    let mut subject = Grantlab::with(STORE_RECORDS_MAX, Notes::Unread, system());
    group.bench_function("flow", |bencher| {
        bencher.iter(|| flow_through(&mut subject))
    });
    group.finish();
}

/// One flow; what is left is the response with the tokens.
fn flow_through(subject: &mut Grantlab) -> Vec<u8> {
    let mut response = Vec::with_capacity(1_024);
    let mut request = String::new();
    subject.answer(&authorization(&subject.session.clone()), &mut response);
    redemption(code(&response), &mut request);
    response.clear();
    subject.answer(request.as_bytes(), &mut response);
    response
}

/// A store with so many outstanding codes.
fn filled(codes: usize) -> Grantlab {
    let mut subject = Grantlab::new();
    let authorization = authorization(&subject.session);
    let mut response = Vec::with_capacity(1_024);
    for _ in 0..codes {
        response.clear();
        subject.answer(&authorization, &mut response);
    }
    subject
}

fn outstanding(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("outstanding");
    let wants_largest = std::env::args().any(|argument| argument == "1e7");
    for (name, codes) in [
        ("1e3", 1_000),
        ("1e5", 100_000),
        ("1e6", 1_000_000),
        ("1e7", 10_000_000),
    ] {
        if codes > 1_000_000 && !wants_largest {
            continue;
        }
        let mut subject = filled(codes);
        group.bench_function(BenchmarkId::new("flow", name), |bencher| {
            bencher.iter(|| flow_through(&mut subject));
        });
    }
    group.finish();
}

/// A used code and a used refresh token of one grant, which is dead after the first refusal.
fn refusals(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("refused");
    let mut subject = filled(100_000);
    let mut fresh = |rotated: bool| {
        let mut response = Vec::new();
        let (mut redeem, mut renew) = (String::new(), String::new());
        subject.answer(&authorization(&subject.session.clone()), &mut response);
        redemption(code(&response), &mut redeem);
        response.clear();
        subject.answer(redeem.as_bytes(), &mut response);
        refresh(refresh_token(&response), &mut renew);
        if rotated {
            subject.answer(renew.as_bytes(), &mut response);
            return renew;
        }
        redeem
    };
    let codes: Vec<String> = (0..50_000).map(|_| fresh(false)).collect();
    let tokens: Vec<String> = (0..50_000).map(|_| fresh(true)).collect();
    for (name, requests) in [("replayed code", codes), ("reused refresh token", tokens)] {
        let mut requests = requests.iter().cycle();
        let mut response = Vec::with_capacity(1_024);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let request = requests.next().expect("a cycle has no end");
                response.clear();
                subject.answer(request.as_bytes(), &mut response);
            });
        });
        let said = String::from_utf8_lossy(&response).into_owned();
        // Empty when criterion was asked for something else.
        assert!(said.is_empty() || said.contains("invalid_grant"), "{said}");
    }
    group.finish();
}

fn threads(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("threads, nothing shared");
    for threads in [1_u64, 2] {
        let mut subjects: Vec<Grantlab> = (0..threads).map(|_| filled(1_000)).collect();
        group.throughput(criterion::Throughput::Elements(threads));
        group.bench_function(BenchmarkId::new("flow", threads), |bencher| {
            bencher.iter_custom(|flows| {
                let start = Instant::now();
                std::thread::scope(|scope| {
                    for subject in &mut subjects {
                        scope.spawn(move || (0..flows).for_each(|_| drop(flow_through(subject))));
                    }
                });
                start.elapsed()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, steps, outstanding, refusals, threads);
criterion_main!(benches);
