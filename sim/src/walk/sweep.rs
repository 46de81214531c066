//! Many walks, one for each seed, on all cores. The result does not depend on how many there are.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;

use xxhash_rust::xxh3::xxh3_128;

use super::{Plan, Walked, faults, logins, violations, walk};
use crate::choices::{Key, Seeded};
use crate::seed::Seed;
use crate::setup::Setup;

/// What to sweep.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// The world.
    pub setup: Arc<Setup>,
    /// Which seeds.
    pub seeds: Range<u64>,
    /// How far each walk may go.
    pub plan: Plan,
    /// On how many threads.
    pub threads: usize,
}

/// How far a sweep is, for whoever watches, and a way to stop it.
#[derive(Debug, Default)]
pub struct Progress {
    /// Seeds that are done.
    pub done: AtomicU64,
    /// Set to stop after the walks that are under way.
    pub stop: AtomicBool,
}

/// A walk that violated something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violating {
    /// Its seed.
    pub seed: Seed,
    /// What it violated: an invariant, or `completion` when somebody never got logged in.
    pub invariant: &'static str,
    /// How.
    pub words: String,
    /// The decisions that lead there.
    pub keys: Vec<Key>,
}

/// What a sweep found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// Walks that were made.
    pub walks: u64,
    /// Logins that were completed.
    pub logins: u64,
    /// Faults that happened.
    pub faults: u64,
    /// Deviations that happened, faults among them.
    pub deviations: u64,
    /// Walks that violated something.
    pub violating: u64,
    /// The one with the smallest seed.
    pub first: Option<Violating>,
    /// A hash over the hashes of all traces, in the order of their seeds when each chunk is hashed by itself and
    /// chunks are added: the same for any number of threads.
    pub digest: u128,
}

/// Seeds that one thread takes at a time.
const CHUNK_SEEDS: u64 = 64;

impl SweepReport {
    /// Adds another part of the same sweep. Order does not matter.
    fn add(&mut self, other: Self) {
        self.walks += other.walks;
        self.logins += other.logins;
        self.faults += other.faults;
        self.deviations += other.deviations;
        self.violating += other.violating;
        self.digest = self.digest.wrapping_add(other.digest);
        self.first = match (self.first.take(), other.first) {
            (Some(mine), Some(theirs)) => Some(if mine.seed <= theirs.seed {
                mine
            } else {
                theirs
            }),
            (mine, theirs) => mine.or(theirs),
        };
    }

    fn add_walk(&mut self, seed: Seed, walked: &Walked) {
        self.walks += 1;
        self.logins += u64::from(logins(&walked.trace));
        self.faults += u64::from(faults(&walked.trace));
        self.deviations += u64::from(walked.deviations);
        let mut octets = [0; 32];
        octets[..16].copy_from_slice(&seed.0.to_le_bytes());
        octets[16..].copy_from_slice(&walked.trace.hash().value().to_le_bytes());
        self.digest = self.digest.wrapping_add(xxh3_128(&octets));
        let broken = violations(&walked.trace)
            .into_iter()
            .next()
            .map(|(id, violation)| (id, violation.words));
        let stuck = || {
            (
                "completion",
                "somebody who wanted to log in never was, though the faults had stopped".to_owned(),
            )
        };
        let found = broken.or_else(|| (!walked.completed).then(stuck));
        if let Some((invariant, words)) = found {
            self.violating += 1;
            if self.first.is_none() {
                self.first = Some(Violating {
                    seed,
                    invariant,
                    words,
                    keys: walked.keys.clone(),
                });
            }
        }
    }
}

/// Makes every walk of a sweep.
#[must_use]
pub fn sweep(sweep: &Sweep, progress: &Progress) -> SweepReport {
    let next_chunk = AtomicU64::new(0);
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..sweep.threads.max(1) {
            let sender = sender.clone();
            let next_chunk = &next_chunk;
            scope.spawn(move || {
                while !progress.stop.load(Ordering::Relaxed) {
                    let Some(seeds) =
                        chunk(&sweep.seeds, next_chunk.fetch_add(1, Ordering::Relaxed))
                    else {
                        return;
                    };
                    let report = sweep_chunk(sweep, seeds, progress);
                    if sender.send(report).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut whole = SweepReport::default();
        for report in receiver {
            whole.add(report);
        }
        whole
    })
}

/// Makes the walks of some seeds, one after the other. `None` when `stop` was set before the last one.
#[must_use]
pub fn sweep_part(
    setup: &Arc<Setup>,
    seeds: Range<u64>,
    plan: &Plan,
    stop: &AtomicBool,
) -> Option<SweepReport> {
    let mut report = SweepReport::default();
    for number in seeds {
        if stop.load(Ordering::Relaxed) {
            return None;
        }
        let seed = Seed(u128::from(number));
        report.add_walk(seed, &walk(setup, seed, &mut Seeded::new(seed), plan));
    }
    Some(report)
}

fn chunk(seeds: &Range<u64>, number: u64) -> Option<Range<u64>> {
    let start = seeds.start.checked_add(number.checked_mul(CHUNK_SEEDS)?)?;
    (start < seeds.end).then(|| start..seeds.end.min(start.saturating_add(CHUNK_SEEDS)))
}

fn sweep_chunk(sweep: &Sweep, seeds: Range<u64>, progress: &Progress) -> SweepReport {
    let mut report = SweepReport::default();
    for number in seeds {
        let seed = Seed(u128::from(number));
        let walked = walk(&sweep.setup, seed, &mut Seeded::new(seed), &sweep.plan);
        report.add_walk(seed, &walked);
        progress.done.fetch_add(1, Ordering::Relaxed);
    }
    report
}
