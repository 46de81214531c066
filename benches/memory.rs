//! Octets that a store asks for, counted: for a code that waits, and for a grant with its two tokens; how long the
//! longest request takes while the store grows and while it is full of what is expired; and what a full store says.

#![expect(
    dead_code,
    reason = "not everything that can be measured is measured here"
)]
#![expect(clippy::expect_used, reason = "a store that fails has no figure")]
#![expect(clippy::panic, reason = "a store that fails has no figure")]

mod clock;
mod subjects;

use std::alloc::System;

use clock::cpu_ns;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use subjects::Subject;
use subjects::grantlab::Grantlab;
use subjects::requests::{authorization, code, redemption, refresh, refresh_token};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How often memory was asked for so far, or asked to be larger.
fn allocations() -> usize {
    let stats = ALLOCATOR.stats();
    stats.allocations + stats.reallocations
}

/// Octets that are in use.
fn octets() -> usize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated - stats.bytes_deallocated
}

/// Records of each size of store.
const CODES: [usize; 3] = [100_000, 1_000_000, 3_000_000];

/// The times of requests, as far as they are shown.
#[derive(Default)]
struct Longest {
    ns: Vec<u64>,
}

impl Longest {
    fn time(&mut self, work: impl FnOnce()) {
        let start = cpu_ns();
        work();
        self.ns.push(cpu_ns() - start);
    }

    /// Median, all but one in ten thousand, and the longest, in microseconds.
    fn shown(&mut self) -> String {
        self.ns.sort_unstable();
        let at = |place: usize| self.ns.get(place).copied().unwrap_or(0) as f64 / 1_000.0;
        let all = self.ns.len();
        format!(
            "median {:.1} µs, 99.99 % {:.1} µs, longest {:.1} µs",
            at(all / 2),
            at(all - all / 10_000 - 1),
            at(all.saturating_sub(1))
        )
    }
}

/// Allocations of one flow and of one refresh, once memory is there.
fn steady_state() {
    let mut subject = Grantlab::new();
    let authorization = authorization(&subject.session);
    let mut response = Vec::with_capacity(4_096);
    let mut request = String::with_capacity(4_096);
    let mut counts = [0; 3];
    for _ in 0..1_000 {
        let before = allocations();
        response.clear();
        subject.answer(&authorization, &mut response);
        counts[0] = allocations() - before;
        redemption(code(&response), &mut request);
        let before = allocations();
        response.clear();
        subject.answer(request.as_bytes(), &mut response);
        counts[1] = allocations() - before;
        refresh(refresh_token(&response), &mut request);
        let before = allocations();
        response.clear();
        subject.answer(request.as_bytes(), &mut response);
        counts[2] = allocations() - before;
    }
    let [authorize, redeem, refresh] = counts;
    println!("allocations: authorize {authorize}, redeem {redeem}, refresh {refresh}");
}

/// Fills a store with codes, then redeems them all.
fn growth(codes: usize) {
    let mut subject = Grantlab::new();
    let authorization = authorization(&subject.session);
    let mut kept: Vec<[u8; 43]> = Vec::with_capacity(codes);
    let mut response = Vec::with_capacity(4_096);
    let mut request = String::with_capacity(4_096);
    let mut longest = Longest {
        ns: Vec::with_capacity(codes),
    };
    let before = octets();
    for _ in 0..codes {
        response.clear();
        longest.time(|| subject.answer(&authorization, &mut response));
        let code = code(&response).as_bytes();
        kept.push(code.try_into().expect("43 characters"));
    }
    let per_code = (octets() - before) as f64 / codes as f64;
    println!(
        "{codes} codes: {per_code:.1} octets each; {}",
        longest.shown()
    );
    longest.ns.clear();
    for code in &kept {
        redemption(std::str::from_utf8(code).expect("text"), &mut request);
        response.clear();
        longest.time(|| subject.answer(request.as_bytes(), &mut response));
    }
    let per_grant = (octets() - before) as f64 / codes as f64;
    println!(
        "{codes} live grants: {per_grant:.1} octets each; {}",
        longest.shown()
    );
}

/// A full store: refused while everything is good, taken while there is something expired to drop.
fn full(records: usize) {
    let mut subject = Grantlab::with_capacity(records);
    let authorization = authorization(&subject.session);
    let mut response = Vec::with_capacity(4_096);
    let mut answer = |subject: &mut Grantlab| {
        response.clear();
        subject.answer(&authorization, &mut response);
        String::from_utf8_lossy(&response).contains("code=")
    };
    while answer(&mut subject) {}
    let before = octets();
    let mut longest = Longest::default();
    for _ in 0..1_000 {
        longest.time(|| assert!(!answer(&mut subject), "no room"));
    }
    println!("{records} records, full: refused; {}", longest.shown());
    subject.advance(61_000);
    let mut longest = Longest::default();
    for _ in 0..records / 2 {
        longest.time(|| assert!(answer(&mut subject), "room once codes are expired"));
    }
    let grown = octets() as i128 - before as i128;
    println!(
        "{records} records, expired: taken; {}; {grown} octets more",
        longest.shown()
    );
}

fn main() {
    steady_state();
    for codes in CODES {
        growth(codes);
    }
    full(1_000_000);
}
