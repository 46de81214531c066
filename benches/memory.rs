//! Memory that is asked for, counted by the allocator: how often during a flow, and how many octets for each code that
//! waits and for each live grant, which is a code with its two tokens. And that a full store does not grow.
//!
//! Buckets of the index are split by halves, so that the figures go up and down a little with the number of records:
//! each is shown for several numbers, the worst among them. `-- 1e7` adds ten million, which takes minutes
//! and gigabytes.

#![expect(
    dead_code,
    reason = "not everything that can be measured is measured here"
)]
#![expect(clippy::expect_used, reason = "a store that fails has no figure")]
#![expect(clippy::panic, reason = "a store that fails has no figure")]

mod subjects;

use std::alloc::System;

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

/// Records of each size of store. A bucket is split at 448 rows, and all of them at about the same time.
const CODES: [usize; 4] = [100_000, 1_000_000, 1_200_000, 3_000_000];
/// Records for `1e7`.
const CODES_MOST: usize = 10_000_000;

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
    let before = octets();
    for _ in 0..codes {
        response.clear();
        subject.answer(&authorization, &mut response);
        let code = code(&response).as_bytes();
        kept.push(code.try_into().expect("43 characters"));
    }
    let per_code = (octets() - before) as f64 / codes as f64;
    for code in &kept {
        redemption(std::str::from_utf8(code).expect("text"), &mut request);
        response.clear();
        subject.answer(request.as_bytes(), &mut response);
    }
    let per_grant = (octets() - before) as f64 / codes as f64;
    println!("{codes:>9} records: {per_code:>6.1} octets a code, {per_grant:>6.1} a live grant");
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
    for _ in 0..1_000 {
        assert!(!answer(&mut subject), "no room");
    }
    subject.advance(61_000);
    for _ in 0..2 * records {
        assert!(answer(&mut subject), "room once codes are expired");
        // Codes live 60 s: those taken here are expired when their turn comes again.
        subject.advance(1);
    }
    let grown = octets() as i128 - before as i128;
    println!(
        "{records:>9} records, full, then taken {} times more: {grown} octets more",
        2 * records
    );
}

fn main() {
    steady_state();
    for codes in CODES {
        growth(codes);
    }
    if std::env::args().any(|argument| argument == "1e7") {
        growth(CODES_MOST);
    }
    full(60_000);
}
