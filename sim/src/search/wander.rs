//! Random walks, for spaces that are too large for anything else.
//!
//! A walk is a pure function of its seed. How eager the environment is to fail and the attacker to inject differs
//! from walk to walk; moves of honest parties are never favoured over each other.

use std::ops::Range;

use super::bounds::{Bounds, Cost};
use super::expand::judged;
use super::replay::Reached;
use super::report::{Budget, Found, Verdict};
use super::space::Space;
use super::threads::in_order;
use super::visited::Visited;
use super::watch::Watch;
use crate::choices::Seeded;
use crate::seed::Seed;

/// Which walks to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walks {
    /// One walk for each seed.
    pub seeds: Range<u64>,
    /// How far each may go.
    pub bounds: Bounds,
    /// Octets of memory for the states that were seen, which are counted no further when it is used up.
    pub octets: u64,
    /// On how many threads. The report does not depend on it.
    pub threads: usize,
}

/// What walks came across.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalkReport<M, F> {
    /// [`Verdict::Found`], [`Verdict::Complete`] when every walk was made, or what was spent.
    pub verdict: Verdict,
    /// The violation of the smallest seed, and that seed.
    pub found: Option<(Seed, Found<M, F>)>,
    /// Walks that were made.
    pub walks: u64,
    /// Moves that were taken.
    pub transitions: u64,
    /// Distinct states that were seen.
    pub states: u64,
    /// Whether all of them were counted.
    pub is_counted: bool,
}

/// What walks through a space came across.
pub type WalkReportOf<S> = WalkReport<<S as Space>::Move, <S as Space>::Finding>;

/// Walks that a thread makes at a time.
const CHUNK_WALKS: u64 = 16;

/// Chunks that each thread gets before they are merged.
const CHUNKS_PER_THREAD: usize = 4;

/// Walks until something is violated, or all walks are made.
pub fn wander<S: Space>(space: &S, walks: &Walks, watch: &dyn Watch) -> WalkReportOf<S> {
    let mut crowd = Crowd {
        visited: Visited::new(),
        octets: walks.octets,
        report: WalkReport {
            verdict: Verdict::Complete,
            found: None,
            walks: 0,
            transitions: 0,
            states: 0,
            is_counted: true,
        },
    };
    let mut next = walks.seeds.start;
    while next < walks.seeds.end {
        if let Some(budget) = watch.stop() {
            crowd.report.verdict = Verdict::BudgetSpent(budget);
            break;
        }
        let chunks = chunks(next..walks.seeds.end, walks.threads);
        next = chunks.last().map_or(walks.seeds.end, |last| last.end);
        let walked = in_order(walks.threads, chunks.len(), |job| {
            let seeds = chunks.get(job).cloned().unwrap_or_default();
            seeds
                .take_while(|_| watch.stop().is_none())
                .map(|seed| walk(space, Seed(u128::from(seed)), &walks.bounds))
                .collect::<Vec<_>>()
        });
        for (seeds, walked) in chunks.into_iter().zip(walked) {
            if crowd.join(&seeds, walked) {
                return crowd.done();
            }
            if crowd.report.walks < seeds.end - walks.seeds.start {
                let budget = watch.stop().unwrap_or(Budget::Interrupted);
                crowd.report.verdict = Verdict::BudgetSpent(budget);
                return crowd.done();
            }
        }
    }
    crowd.done()
}

fn chunks(seeds: Range<u64>, threads: usize) -> Vec<Range<u64>> {
    let number = threads.max(1) * CHUNKS_PER_THREAD;
    let mut chunks = Vec::with_capacity(number);
    let mut start = seeds.start;
    while start < seeds.end && chunks.len() < number {
        let end = seeds.end.min(start.saturating_add(CHUNK_WALKS));
        chunks.push(start..end);
        start = end;
    }
    chunks
}

/// A walk that was made.
struct Walked<S: Space> {
    names: Vec<u128>,
    transitions: u64,
    found: Option<Found<S::Move, S::Finding>>,
}

/// What all walks together saw.
struct Crowd<S: Space> {
    visited: Visited,
    octets: u64,
    report: WalkReportOf<S>,
}

impl<S: Space> Crowd<S> {
    /// Takes walks in, in the order of their seeds, up to the first that violates something.
    fn join(&mut self, seeds: &Range<u64>, walked: Vec<Walked<S>>) -> bool {
        for (seed, walk) in seeds.clone().zip(walked) {
            self.report.walks += 1;
            self.report.transitions += walk.transitions;
            for name in walk.names {
                self.see(name);
            }
            if let Some(found) = walk.found {
                self.report.found = Some((Seed(u128::from(seed)), found));
                self.report.verdict = Verdict::Found;
                return true;
            }
        }
        false
    }

    fn see(&mut self, name: u128) {
        let has_room = self.visited.octets_with([name].into_iter()) <= self.octets;
        if has_room {
            self.visited.insert(name);
        } else if !self.visited.contains(name) {
            self.report.is_counted = false;
        }
    }

    fn done(mut self) -> WalkReportOf<S> {
        self.report.states = self.visited.len();
        self.report
    }
}

/// How eager somebody is, for one of these weights against [`PROGRESS`]. Without eagerness, a power is not used.
const EAGERNESS: [usize; 6] = [0, 1, 2, 4, 16, 64];

/// The weight of all moves together that are neither faults nor injections.
const PROGRESS: usize = 16;

/// Weights of the kinds of moves.
struct Eagerness {
    injections: usize,
    faults: usize,
}

/// The kinds of moves. A session that is started is progress.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Progress,
    Injection,
    Fault,
}

impl Kind {
    const fn of(cost: Cost) -> Self {
        if cost.faults > 0 {
            Self::Fault
        } else if cost.injections > 0 {
            Self::Injection
        } else {
            Self::Progress
        }
    }
}

impl Eagerness {
    fn drawn(choices: &mut Seeded) -> Self {
        let mut drawn = || {
            let place = choices.below(EAGERNESS.len());
            EAGERNESS.get(place).copied().unwrap_or(0)
        };
        Self {
            injections: drawn(),
            faults: drawn(),
        }
    }

    const fn weight(&self, kind: Kind) -> usize {
        match kind {
            Kind::Progress => PROGRESS,
            Kind::Injection => self.injections,
            Kind::Fault => self.faults,
        }
    }

    /// First which kind of move, by weight, then which of that kind, evenly.
    fn pick<S: Space>(
        &self,
        space: &S,
        mut moves: Vec<S::Move>,
        choices: &mut Seeded,
    ) -> Option<S::Move> {
        let kind_of = |one: &S::Move| Kind::of(space.cost(one));
        let mut kinds = vec![Kind::Progress, Kind::Injection, Kind::Fault];
        kinds.retain(|kind| moves.iter().any(|one| kind_of(one) == *kind));
        let all = kinds.iter().map(|kind| self.weight(*kind)).sum();
        if all == 0 {
            return None;
        }
        let mut drawn = choices.below(all);
        let kind = kinds.into_iter().find(|kind| {
            let weight = self.weight(*kind);
            let hit = drawn < weight;
            drawn = drawn.saturating_sub(weight);
            hit
        })?;
        moves.retain(|one| kind_of(one) == kind);
        let place = choices.below(moves.len());
        moves.into_iter().nth(place)
    }
}

fn walk<S: Space>(space: &S, seed: Seed, bounds: &Bounds) -> Walked<S> {
    let mut choices = Seeded::new(seed);
    let eagerness = Eagerness::drawn(&mut choices);
    let mut reached: Reached<S> = Reached {
        state: space.root(),
        used: Cost::FREE,
    };
    let mut path = Vec::new();
    let mut names = Vec::new();
    loop {
        let (name, finding) = judged(space, bounds, &reached);
        names.push(name);
        let transitions = path.len() as u64;
        let moves = if finding.is_none() && transitions < u64::from(bounds.depth) {
            space.moves_within(&reached.state, bounds.left(reached.used))
        } else {
            Vec::new()
        };
        let Some(taken) = eagerness.pick(space, moves, &mut choices) else {
            let found = finding.map(|finding| Found {
                key: space.key(&finding),
                finding,
                path,
            });
            return Walked {
                names,
                transitions,
                found,
            };
        };
        reached.take(space, &taken);
        path.push(taken);
    }
}
