//! What a search says.

use super::bounds::Bounds;
use super::space::Space;
use crate::choices::Key;

/// How far a search is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Distinct states, the root among them. A world is another state when its path used other budgets.
    pub states: u64,
    /// Moves that were taken from distinct states.
    pub transitions: u64,
    /// Moves of the longest path to a state that was seen.
    pub depth: u32,
    /// Moves of a path up to which every state was seen: no finding is that short but those that were found.
    pub depth_complete: u32,
    /// States whose moves were not taken yet, or never will be because their depth is the bound.
    pub frontier: u64,
    /// Octets of memory for visited states, links and moves.
    pub octets: u64,
}

impl Counts {
    /// Octets of memory for each state, rounded up.
    #[must_use]
    pub fn octets_per_state(&self) -> u64 {
        self.octets.div_ceil(self.states.max(1))
    }
}

/// What is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// As many states as allowed.
    States,
    /// As much memory as allowed.
    Memory,
    /// As much time as whoever watches allows.
    Seconds,
    /// Somebody's patience.
    Interrupted,
    /// Nothing: whoever watches wants to write the search down, and go on.
    Paused,
}

/// How a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A violation was found, and that was all that was asked for.
    Found,
    /// Every path within the bounds was looked at. With
    /// [`OnFinding::Prune`](super::OnFinding::Prune): every path up to its first violation.
    Complete,
    /// The search stopped before its bounds.
    BudgetSpent(Budget),
}

/// A violation, and how to get there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<M, F> {
    /// What kind of finding it is.
    pub key: Key,
    /// What is wrong.
    pub finding: F,
    /// The moves from the root: none of fewer moves leads to a finding of this key within the bounds, unless
    /// through states that the search was told to leave out.
    pub path: Vec<M>,
}

/// What a search says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report<M, F> {
    /// How it ended.
    pub verdict: Verdict,
    /// The first path to each kind of finding, in the order in which they were found.
    pub found: Vec<Found<M, F>>,
    /// What was searched.
    pub bounds: Bounds,
    /// How much of it.
    pub counts: Counts,
}

/// What a search of a space says.
pub type ReportOf<S> = Report<<S as Space>::Move, <S as Space>::Finding>;
