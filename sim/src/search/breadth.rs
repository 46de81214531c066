//! Breadth-first search: every path of a depth before any that is longer.

use std::ops::Range;

use super::bounds::{Bounds, Cost, Limits};
use super::expand::{Candidate, Expanded, Ground, judged};
use super::replay::{Reached, Replays};
use super::report::{Budget, Counts, Found, Report, ReportOf, Verdict};
use super::sketch::Sketch;
use super::space::Space;
use super::threads::in_order;
use super::tree::{Link, Node, Tree};
use super::visited::Visited;
use super::watch::{Progress, Watch};
use crate::choices::Key;

/// What to do with a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFinding {
    /// Stop: one is enough.
    Stop,
    /// Look for other kinds elsewhere: what follows a violation may be its consequence.
    Prune,
    /// Look for other kinds everywhere, also behind violations.
    GoOn,
}

/// How to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// What.
    pub bounds: Bounds,
    /// Until what is used up.
    pub limits: Limits,
    /// What to do with a finding.
    pub on_finding: OnFinding,
    /// The only kind of finding that counts; every kind, without.
    pub wanted: Option<Key>,
    /// On how many threads. The report does not depend on it.
    pub threads: usize,
}

impl Options {
    /// Up to the first finding of any kind, on one thread, without limits.
    #[must_use]
    pub const fn first(bounds: Bounds) -> Self {
        Self {
            bounds,
            limits: Limits::NONE,
            on_finding: OnFinding::Stop,
            wanted: None,
            threads: 1,
        }
    }

    /// Every kind of finding, and what lies behind it.
    #[must_use]
    pub const fn every(bounds: Bounds) -> Self {
        Self {
            on_finding: OnFinding::GoOn,
            ..Self::first(bounds)
        }
    }
}

/// States that a thread takes at a time.
const CHUNK_NODES: Node = 64;

/// Chunks that each of several threads gets before they are merged.
const CHUNKS_PER_THREAD: usize = 8;

/// The first state of a kind of finding.
pub(super) type FoundAt<F> = (Node, Key, F);

/// A search that can be stopped and go on.
pub struct Search<'a, S: Space> {
    pub(super) space: &'a S,
    pub(super) options: Options,
    /// The moves from the space's root to where this search starts.
    pub(super) prefix: Vec<S::Move>,
    pub(super) tree: Tree<S>,
    pub(super) visited: Visited,
    /// The state that is expanded next, and the end of its layer.
    pub(super) layer: Range<Node>,
    /// Moves from the space's root to each state of the layer.
    pub(super) depth: u32,
    pub(super) transitions: u64,
    pub(super) found: Vec<FoundAt<S::Finding>>,
    /// States that are not expanded because they violate something, in order.
    pub(super) pruned: Vec<Node>,
    pub(super) replays: Replays<S>,
}

impl<'a, S: Space> Search<'a, S> {
    /// A search from the root.
    #[must_use]
    pub fn new(space: &'a S, options: Options) -> Self {
        Self::below(space, Vec::new(), options)
    }

    /// A search of what begins with `prefix`. Depth and costs count from the root of the space all the same.
    #[must_use]
    pub fn below(space: &'a S, prefix: Vec<S::Move>, options: Options) -> Self {
        let mut root = Reached {
            state: space.root(),
            used: Cost::FREE,
        };
        for taken in &prefix {
            root.take(space, taken);
        }
        let mut visited = Visited::new();
        let (name, violation) = judged(space, &options.bounds, &root);
        visited.insert(name);
        let mut search = Self {
            space,
            options,
            depth: u32::try_from(prefix.len()).unwrap_or(u32::MAX),
            prefix,
            tree: Tree::new(),
            visited,
            layer: 0..1,
            transitions: 0,
            found: Vec::new(),
            pruned: Vec::new(),
            replays: Replays::new(root),
        };
        search.judge(0, violation);
        search
    }

    /// Searches until it is over, and says how it went. When only a budget was spent, another call goes on.
    pub fn run(&mut self, watch: &dyn Watch) -> ReportOf<S> {
        let verdict = self.go(watch);
        watch.see(&self.progress());
        self.report(verdict)
    }

    /// Allows more, or less, before the next call of [`Search::run`].
    pub const fn set_limits(&mut self, limits: Limits) {
        self.options.limits = limits;
    }

    /// How far the search is.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let pruned = self.pruned.partition_point(|node| *node < self.layer.start);
        let waiting = self.tree.len().saturating_sub(self.layer.start) as usize;
        let below = u32::from(self.tree.len() > self.layer.end);
        let depth = self.depth + below;
        Counts {
            states: self.visited.len(),
            transitions: self.transitions,
            depth,
            depth_complete: match self.layer.is_empty() {
                true => depth,
                false => self.depth,
            },
            frontier: (waiting + pruned).saturating_sub(self.pruned.len()) as u64,
            octets: self.visited.octets() + self.tree.octets(),
        }
    }

    /// The paths to the states whose moves were not taken.
    #[must_use]
    pub fn frontier(&self) -> Vec<Vec<S::Move>> {
        let waiting = self.layer.start..self.tree.len();
        waiting
            .filter(|node| self.pruned.binary_search(node).is_err())
            .map(|node| self.path(node))
            .collect()
    }

    /// The distinct states.
    #[must_use]
    pub fn sketch(&self) -> Sketch {
        self.visited.names().collect()
    }

    fn progress(&self) -> Progress {
        Progress {
            counts: self.counts(),
            findings: self.found.len(),
        }
    }

    fn go(&mut self, watch: &dyn Watch) -> Verdict {
        loop {
            if self.is_enough() {
                return Verdict::Found;
            }
            if self.layer.is_empty() && self.tree.len() > self.layer.end {
                self.layer.end = self.tree.len();
                self.depth += 1;
            }
            if self.layer.is_empty() || self.depth >= self.options.bounds.depth {
                return Verdict::Complete;
            }
            watch.see(&self.progress());
            if let Some(budget) = watch.stop() {
                return Verdict::BudgetSpent(budget);
            }
            if let Some(budget) = self.wave(watch) {
                return Verdict::BudgetSpent(budget);
            }
        }
    }

    fn is_enough(&self) -> bool {
        self.options.on_finding == OnFinding::Stop && !self.found.is_empty()
    }

    /// Expands the next states of the layer and merges what comes of them.
    fn wave(&mut self, watch: &dyn Watch) -> Option<Budget> {
        let chunks = self.chunks();
        let ground = Ground {
            space: self.space,
            bounds: &self.options.bounds,
            tree: &self.tree,
            visited: &self.visited,
            pruned: &self.pruned,
        };
        let replays = &self.replays;
        let answers = in_order(self.options.threads, chunks.len(), |job| {
            let nodes = chunks.get(job).cloned().unwrap_or_default();
            let mut replay = replays.lend();
            let expanded = ground.expand(nodes, &mut replay, watch);
            replays.take_back(replay);
            expanded
        });
        for (nodes, expanded) in chunks.into_iter().zip(answers) {
            for one in expanded {
                if let Some(budget) = self.merge(one) {
                    return Some(budget);
                }
                if self.is_enough() {
                    return None;
                }
            }
            if self.layer.start < nodes.end {
                return None;
            }
        }
        None
    }

    /// The next states of the layer, for the threads.
    fn chunks(&self) -> Vec<Range<Node>> {
        let number = match self.options.threads {
            0 | 1 => 1,
            threads => threads * CHUNKS_PER_THREAD,
        };
        let Range { start, end } = self.layer;
        (start..end)
            .step_by(CHUNK_NODES as usize)
            .take(number)
            .map(|first| first..end.min(first.saturating_add(CHUNK_NODES)))
            .collect()
    }

    /// Takes in what came of the next state of the layer, unless that is too much.
    fn merge(&mut self, expanded: Expanded<S>) -> Option<Budget> {
        if let Some(budget) = self.exceeded(&expanded.candidates) {
            return Some(budget);
        }
        let parent = self.layer.start;
        for candidate in expanded.candidates {
            if !self.visited.insert(candidate.name) {
                continue;
            }
            let taken = self.tree.intern(candidate.taken_name, candidate.taken);
            let node = self.tree.link(Link { parent, taken });
            self.judge(node, candidate.violation);
            if self.is_enough() {
                self.transitions += candidate.ordinal;
                return None;
            }
        }
        self.transitions += expanded.transitions;
        self.layer.start += 1;
        None
    }

    /// Which limit these states would exceed. Depends on what is new among them alone.
    fn exceeded(&self, candidates: &[Candidate<S>]) -> Option<Budget> {
        let limits = &self.options.limits;
        let states = self.visited.len();
        let most = candidates.len() as u64;
        let octets = self.visited.octets_with_any(most) + self.tree.octets_with(most);
        if states + most <= limits.states.min(u64::from(Node::MAX)) && octets <= limits.octets {
            return None;
        }
        let names = || candidates.iter().map(|candidate| candidate.name);
        let new = names().filter(|name| !self.visited.contains(*name)).count() as u64;
        let octets = self.visited.octets_with(names()) + self.tree.octets_with(new);
        if states + new > limits.states {
            Some(Budget::States)
        } else if octets > limits.octets || states + new > u64::from(Node::MAX) {
            Some(Budget::Memory)
        } else {
            None
        }
    }

    /// Keeps what is wrong with a new state, if it is the first of its kind.
    fn judge(&mut self, node: Node, violation: Option<S::Finding>) {
        let Some(finding) = violation else {
            return;
        };
        let key = self.space.key(&finding);
        if self.options.wanted.is_some_and(|wanted| wanted != key) {
            return;
        }
        if self.options.on_finding == OnFinding::Prune {
            self.pruned.push(node);
        }
        if self.found.iter().all(|(_, known, _)| *known != key) {
            self.found.push((node, key, finding));
        }
    }

    fn report(&self, verdict: Verdict) -> ReportOf<S> {
        let found = self.found.iter();
        Report {
            verdict,
            found: found
                .map(|(node, key, finding)| Found {
                    key: *key,
                    finding: finding.clone(),
                    path: self.path(*node),
                })
                .collect(),
            bounds: self.options.bounds,
            counts: self.counts(),
        }
    }

    /// The moves from the space's root.
    pub(super) fn path(&self, node: Node) -> Vec<S::Move> {
        let mut path = self.prefix.clone();
        path.extend(self.tree.path(node));
        path
    }
}

/// Searches a space.
pub fn search<S: Space>(space: &S, options: Options, watch: &dyn Watch) -> ReportOf<S> {
    Search::new(space, options).run(watch)
}

/// Searches with nothing, then with one use of some budget, then with two, and so on up to the bounds: what is found
/// first uses the least, and is the shortest of those. Every kind of finding is reported as it was found first; the
/// counts are those of the last round.
pub fn iterate<S: Space>(space: &S, options: Options, watch: &dyn Watch) -> ReportOf<S> {
    let mut earlier: Vec<Found<S::Move, S::Finding>> = Vec::new();
    let mut rounds = options.bounds.rounds();
    loop {
        let bounds = rounds.next().unwrap_or(options.bounds);
        let mut report = search(space, Options { bounds, ..options }, watch);
        let known = |key: Key| earlier.iter().any(|found| found.key == key);
        report.found.retain(|found| !known(found.key));
        earlier.append(&mut report.found);
        if report.verdict != Verdict::Complete || bounds == options.bounds {
            report.found = earlier;
            return report;
        }
    }
}
