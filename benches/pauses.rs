//! The longest single request: while a store grows, while its records expire, and while it is full of good ones.
//!
//! The same requests are answered by [`RUNS`] servers, one after the other. What a request costs by itself it costs
//! each time; what the machine does in between falls on another request each time. So the least of the times of each
//! request is what it costs, and the largest of these is the longest pause. Time by the clock is shown beside CPU time:
//! a thread that waits for its turn spends none. `-- 1e7` grows to ten million codes and as many grants, which takes
//! minutes and gigabytes.

#![expect(
    dead_code,
    reason = "not everything that can be measured is measured here"
)]
#![expect(clippy::expect_used, reason = "a store that fails has no figure")]
#![expect(clippy::panic, reason = "a store that fails has no figure")]
#![expect(clippy::disallowed_methods, reason = "a pause is told by the clock")]

mod clock;
mod subjects;

use std::time::Instant;

use clock::cpu_ns;
use subjects::Subject;
use subjects::grantlab::Grantlab;
use subjects::requests::{authorization, code, redemption};

/// Servers that answer the same.
const RUNS: usize = 3;
/// Records of each kind without being asked for more.
const RECORDS: usize = 1_000_000;
/// Records of each kind for `1e7`.
const RECORDS_MOST: usize = 10_000_000;
/// Records of a store that is full.
const FULL: usize = 300_000;
/// Requests that a full store refuses.
const REFUSED: usize = 1_000;
/// How long codes are good for, and refresh tokens, and one second more.
const CODES_OVER_MS: u64 = 61_000;
const TOKENS_OVER_MS: u64 = 1_209_601_000;

/// The times of the requests of one phase, in nanoseconds.
#[derive(Default)]
struct Phase {
    name: &'static str,
    wall: Times,
    cpu: Times,
    place: usize,
}

#[derive(Default)]
struct Times {
    /// The least of all runs, for each request.
    least: Vec<u32>,
    /// The longest of the first run.
    longest: u32,
}

impl Times {
    fn note(&mut self, place: usize, ns: u64) {
        let ns = u32::try_from(ns).unwrap_or(u32::MAX);
        match self.least.get_mut(place) {
            Some(least) => *least = ns.min(*least),
            None => {
                self.least.push(ns);
                self.longest = self.longest.max(ns);
            }
        }
    }

    fn show(&self, name: &str) {
        let mut sorted: Vec<(u32, usize)> = self.least.iter().copied().zip(0..).collect();
        sorted.sort_unstable();
        let us = |place: usize| f64::from(sorted.get(place).map_or(0, |one| one.0)) / 1_000.0;
        let all = sorted.len();
        let most: Vec<String> = sorted
            .iter()
            .rev()
            .take(3)
            .map(|(ns, place)| format!("{:.1} (request {place})", f64::from(*ns) / 1_000.0))
            .collect();
        println!(
            "  {name}: median {:.2}, 99.99 % {:.1}, longest {}; in one run alone {:.1}",
            us(all / 2),
            us(all - all / 10_000 - 1),
            most.join(", "),
            f64::from(self.longest) / 1_000.0
        );
    }
}

impl Phase {
    fn named(name: &'static str) -> Self {
        Self {
            name,
            ..Self::default()
        }
    }

    /// Times one request.
    fn answer(&mut self, subject: &mut Grantlab, request: &[u8], response: &mut Vec<u8>) {
        response.clear();
        let wall = Instant::now();
        let cpu = cpu_ns();
        subject.answer(request, response);
        let cpu = cpu_ns() - cpu;
        let wall = wall.elapsed().as_nanos();
        self.cpu.note(self.place, cpu);
        self.wall
            .note(self.place, u64::try_from(wall).unwrap_or(u64::MAX));
        self.place += 1;
    }

    fn show(&self) {
        println!("{}, {} requests, µs", self.name, self.cpu.least.len());
        self.cpu.show("CPU  ");
        self.wall.show("clock");
    }
}

type Code = [u8; 43];

fn kept(response: &[u8]) -> Code {
    code(response).as_bytes().try_into().expect("43 characters")
}

/// Issues codes, and keeps them.
fn issue(subject: &mut Grantlab, codes: usize, phase: &mut Phase) -> Vec<Code> {
    let authorization = authorization(&subject.session);
    let mut response = Vec::with_capacity(4_096);
    let mut issued = Vec::with_capacity(codes);
    phase.place = 0;
    for _ in 0..codes {
        phase.answer(subject, &authorization, &mut response);
        issued.push(kept(&response));
    }
    issued
}

/// Redeems codes.
fn redeem(subject: &mut Grantlab, codes: &[Code], phase: &mut Phase) {
    let mut response = Vec::with_capacity(4_096);
    let mut request = String::with_capacity(4_096);
    phase.place = 0;
    for code in codes {
        redemption(std::str::from_utf8(code).expect("text"), &mut request);
        phase.answer(subject, request.as_bytes(), &mut response);
    }
}

/// Grows a store to so many codes, and then to as many grants with two tokens each.
fn growth(records: usize) {
    let mut codes = Phase::named("growing by codes");
    let mut grants = Phase::named("growing by tokens");
    for _ in 0..RUNS {
        let mut subject = Grantlab::new();
        let issued = issue(&mut subject, records, &mut codes);
        redeem(&mut subject, &issued, &mut grants);
    }
    codes.show();
    grants.show();
}

/// A store that is full: of good codes, of codes that are expired, of grants whose tokens are expired.
fn full(records: usize) {
    let mut fill = Phase::named("filling");
    let mut refused = Phase::named("full of what is good: refused");
    let mut codes = Phase::named("full of expired codes: taken");
    let mut tokens = Phase::named("full of expired grants: taken");
    for _ in 0..RUNS {
        let mut subject = Grantlab::with_capacity(records);
        // One code was issued with the login.
        let issued = issue(&mut subject, records - 1, &mut fill);
        let authorization = authorization(&subject.session);
        let mut response = Vec::with_capacity(4_096);
        refused.place = 0;
        for _ in 0..REFUSED {
            refused.answer(&mut subject, &authorization, &mut response);
            assert!(!String::from_utf8_lossy(&response).contains("code="));
        }
        drop(issued);
        subject.advance(CODES_OVER_MS);
        let issued = issue(&mut subject, records, &mut codes);
        redeem(&mut subject, &issued, &mut fill);
        subject.advance(TOKENS_OVER_MS);
        subject.log_in_again();
        issue(&mut subject, records - 1, &mut tokens);
    }
    for phase in [refused, codes, tokens] {
        phase.show();
    }
}

fn main() {
    let most = std::env::args().any(|argument| argument == "1e7");
    growth(if most { RECORDS_MOST } else { RECORDS });
    full(FULL);
}
