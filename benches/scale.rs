//! More of everything: codes outstanding, live grants, threads. Each part is one run in turns, so that ratios hold on
//! a busy machine. `-- 1e7` adds ten million codes outstanding, which takes minutes and gigabytes.

#![expect(
    dead_code,
    reason = "not everything that can be measured is measured here"
)]
#![expect(clippy::expect_used, reason = "a subject that fails has no figure")]
#![expect(clippy::panic, reason = "a subject that fails has no figure")]
#![expect(
    clippy::disallowed_methods,
    reason = "what two threads do in the same time is told by the clock"
)]

mod clock;
mod measure;
mod subjects;

use std::time::Instant;

use clock::cpu_ns;
use measure::{Measured, median, timed};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use subjects::Subject;
use subjects::grantlab::Grantlab;
use subjects::requests::{authorization, code, redemption, refresh, refresh_token};

/// Outstanding codes without being asked for more.
const CODES: [usize; 3] = [1_000, 100_000, 1_000_000];
/// Outstanding codes for `1e7`.
const CODES_MOST: usize = 10_000_000;
/// Live grants while something is refused.
const GRANTS: usize = 1_000_000;
/// Requests that are timed together.
const BATCH: usize = 256;
/// How often each batch is timed.
const REPETITIONS: usize = 40;
/// Flows of a thread in one turn.
const FLOWS: usize = 10_000;

/// Random codes among those outstanding are redeemed, refreshed and replaced.
fn outstanding(sizes: &[usize]) {
    println!("codes outstanding, ns of CPU time (times the first)");
    let session = Grantlab::new().session;
    let mut stores: Vec<(usize, Measured)> = sizes
        .iter()
        .map(|codes| {
            let mut measured = Measured::new(Box::new(Grantlab::new()), &session);
            measured.fill(*codes);
            (*codes, measured)
        })
        .collect();
    for _ in 0..REPETITIONS {
        for (_, measured) in &mut stores {
            measured.repeat();
        }
    }
    let rows = stores
        .iter()
        .map(|(codes, measured)| measured.figures(*codes));
    let rows: Vec<_> = rows.collect();
    for row in &rows {
        let cell = |mine: f64, first: f64| format!("{mine:.0} ({:.2})", mine / first);
        println!(
            "{:>10} authorize {:>13} redeem {:>13} refresh {:>13} flow {:>13}",
            row.codes,
            cell(row.authorize_ns, rows[0].authorize_ns),
            cell(row.redeem_ns, rows[0].redeem_ns),
            cell(row.refresh_ns, rows[0].refresh_ns),
            cell(row.flow_ns, rows[0].flow_ns),
        );
    }
}

/// A server with many live grants, and what its clients know.
struct Grants {
    subject: Grantlab,
    random: ChaCha8Rng,
    /// Codes that are good.
    fresh: Vec<String>,
    /// Codes that were redeemed, with the refresh token that came of it.
    live: Vec<(String, String)>,
    /// Refresh tokens that were rotated.
    rotated: Vec<String>,
    requests: Vec<String>,
    responses: Vec<Vec<u8>>,
}

impl Grants {
    fn new(grants: usize) -> Self {
        let mut all = Self {
            subject: Grantlab::new(),
            random: ChaCha8Rng::from_seed([5; 32]),
            fresh: Vec::new(),
            live: Vec::new(),
            rotated: Vec::new(),
            requests: vec![String::new(); BATCH],
            responses: (0..BATCH).map(|_| Vec::with_capacity(1_024)).collect(),
        };
        let authorization = authorization(&all.subject.session);
        let (mut request, mut response) = (String::new(), Vec::new());
        // Those that stay good lie between the others.
        let spare = REPETITIONS * BATCH;
        let every = grants / spare;
        for number in 0..grants + spare {
            response.clear();
            all.subject.answer(&authorization, &mut response);
            let code = code(&response).to_owned();
            if number % every == 0 && all.fresh.len() < spare {
                all.fresh.push(code);
                continue;
            }
            redemption(&code, &mut request);
            response.clear();
            all.subject.answer(request.as_bytes(), &mut response);
            all.live.push((code, refresh_token(&response).to_owned()));
        }
        all
    }

    /// Takes a random one.
    fn draw<T>(random: &mut ChaCha8Rng, from: &mut Vec<T>) -> T {
        let number = usize::try_from(random.next_u64()).expect("64 bits");
        from.swap_remove(number % from.len())
    }

    fn time(&mut self) -> f64 {
        timed(&mut self.subject, &self.requests, &mut self.responses)
    }

    fn said(&self, what: &str) {
        for response in &self.responses {
            let text = String::from_utf8_lossy(response);
            assert!(text.contains(what), "not {what}: {text}");
        }
    }

    fn redeemed(&mut self) -> f64 {
        let codes: Vec<String> = (0..BATCH)
            .map(|_| Self::draw(&mut self.random, &mut self.fresh))
            .collect();
        for (code, request) in codes.iter().zip(&mut self.requests) {
            redemption(code, request);
        }
        let spent = self.time();
        self.said("refresh_token");
        spent
    }

    fn refreshed(&mut self) -> f64 {
        let grants: Vec<_> = (0..BATCH)
            .map(|_| Self::draw(&mut self.random, &mut self.live))
            .collect();
        for ((_, token), request) in grants.iter().zip(&mut self.requests) {
            refresh(token, request);
        }
        let spent = self.time();
        self.said("refresh_token");
        self.rotated
            .extend(grants.into_iter().map(|(_, token)| token));
        spent
    }

    /// A code for the second time: refused, and everything that came of it is taken back.
    fn replayed(&mut self) -> f64 {
        let grants: Vec<_> = (0..BATCH)
            .map(|_| Self::draw(&mut self.random, &mut self.live))
            .collect();
        for ((code, _), request) in grants.iter().zip(&mut self.requests) {
            redemption(code, request);
        }
        let spent = self.time();
        self.said("invalid_grant");
        spent
    }

    /// A refresh token for the second time: likewise.
    fn reused(&mut self) -> f64 {
        let tokens: Vec<String> = (0..BATCH)
            .map(|_| Self::draw(&mut self.random, &mut self.rotated))
            .collect();
        for (token, request) in tokens.iter().zip(&mut self.requests) {
            refresh(token, request);
        }
        let spent = self.time();
        self.said("invalid_grant");
        spent
    }
}

/// Refusing what was used before, which revokes its family, beside doing it for the first time.
fn refusals(grants: usize) {
    let mut all = Grants::new(grants);
    // Rotated long ago, as far as a cache knows.
    for _ in 0..REPETITIONS {
        all.refreshed();
    }
    let (mut redeem, mut refresh, mut replay, mut reuse) = (vec![], vec![], vec![], vec![]);
    for _ in 0..REPETITIONS {
        redeem.push(all.redeemed());
        replay.push(all.replayed());
        refresh.push(all.refreshed());
        reuse.push(all.reused());
    }
    println!("\n{grants} live grants, ns of CPU time (times a success)");
    for (name, refused, success) in [
        ("replayed code", &replay, &redeem),
        ("reused refresh token", &reuse, &refresh),
    ] {
        let (refused, success) = (median(refused), median(success));
        println!(
            "{name:<21} {refused:.0} ({:.2}); success {success:.0}",
            refused / success
        );
    }
}

/// Flows through servers of their own, one thread each: nanoseconds by the clock, and of CPU time for each.
fn side_by_side(subjects: &mut [Grantlab]) -> (f64, f64) {
    let start = Instant::now();
    let spent: Vec<u64> = std::thread::scope(|scope| {
        let threads: Vec<_> = subjects
            .iter_mut()
            .map(|subject| scope.spawn(move || flows(subject)))
            .collect();
        let ended = threads.into_iter().map(|thread| thread.join());
        ended
            .map(|spent| spent.expect("a thread that ends"))
            .collect()
    });
    let wall = start.elapsed().as_nanos() as f64;
    (wall, spent.iter().sum::<u64>() as f64 / spent.len() as f64)
}

fn flows(subject: &mut Grantlab) -> u64 {
    let authorization = authorization(&subject.session);
    let (mut request, mut response) = (String::with_capacity(1_024), Vec::with_capacity(1_024));
    let start = cpu_ns();
    for _ in 0..FLOWS {
        response.clear();
        subject.answer(&authorization, &mut response);
        redemption(code(&response), &mut request);
        response.clear();
        subject.answer(request.as_bytes(), &mut response);
    }
    cpu_ns() - start
}

/// Two threads with nothing shared beside one.
fn threads() {
    let mut subjects = [Grantlab::new(), Grantlab::new()];
    let (mut wall, mut cpu) = (vec![], vec![]);
    for _ in 0..REPETITIONS {
        let (wall_alone, cpu_alone) = side_by_side(&mut subjects[..1]);
        let (wall_both, cpu_both) = side_by_side(&mut subjects);
        wall.push(2.0 * wall_alone / wall_both);
        cpu.push(2.0 * cpu_alone / cpu_both);
    }
    println!(
        "\ntwo threads, nothing shared: {:.2} times the flows of one by the clock, {:.2} by CPU time",
        median(&wall),
        median(&cpu)
    );
}

fn main() {
    let mut sizes = CODES.to_vec();
    if std::env::args().any(|argument| argument == "1e7") {
        sizes.push(CODES_MOST);
    }
    threads();
    outstanding(&sizes);
    refusals(GRANTS);
}
