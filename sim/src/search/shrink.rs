//! From a path to the shortest one.
//!
//! Moves are deleted while what is left still leads to the same kind of finding; a move that is then not enabled is
//! left out as well. What remains cannot lose any one move. It may still not be the shortest, because another way
//! may lead there: a search of everything shorter finds out.

use super::bounds::{Bounds, Cost};
use super::breadth::{OnFinding, Options, search};
use super::report::{Counts, Found, Verdict};
use super::space::Space;
use super::watch::Watch;
use crate::choices::Key;

/// What became of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shrunk<M, F> {
    /// Moves of the path as it was found.
    pub found_length: usize,
    /// Moves that were left when none could be deleted any more.
    pub deleted_length: usize,
    /// The shortest path that is known.
    pub shortest: Found<M, F>,
    /// Whether every shorter path within the bounds was looked at.
    pub is_optimal: bool,
    /// Paths that were tried while deleting.
    pub tries: u64,
    /// How much the search for shorter paths looked at.
    pub searched: Counts,
}

/// A shrunk path through a space.
pub type ShrunkOf<S> = Shrunk<<S as Space>::Move, <S as Space>::Finding>;

/// Makes a path that leads to a finding of a kind as short as can be. `options` bound the search for shorter paths,
/// by default with what the path itself may cost: [`cost_of`].
///
/// `None` when the path does not lead to such a finding.
pub fn shrink<S: Space>(
    space: &S,
    path: &[S::Move],
    key: Key,
    options: Options,
    watch: &dyn Watch,
) -> Option<ShrunkOf<S>> {
    let mut deleting = Deleting {
        space,
        key,
        tries: 0,
    };
    let found = deleting.attempt(path.iter())?;
    let left = deleting.minimal(found);
    let deleted_length = left.path.len();
    let depth = u32::try_from(deleted_length).unwrap_or(u32::MAX);
    let options = Options {
        bounds: Bounds {
            depth: options.bounds.depth.min(depth.saturating_sub(1)),
            ..options.bounds
        },
        on_finding: OnFinding::Stop,
        wanted: Some(key),
        ..options
    };
    let report = search(space, options, watch);
    Some(Shrunk {
        found_length: path.len(),
        deleted_length,
        shortest: report.found.into_iter().next().unwrap_or(left),
        is_optimal: match report.verdict {
            Verdict::Found => true,
            Verdict::Complete => options.bounds.depth.saturating_add(1) >= depth,
            Verdict::BudgetSpent(_) => false,
        },
        tries: deleting.tries,
        searched: report.counts,
    })
}

/// What a path uses of each budget.
pub fn cost_of<S: Space>(space: &S, path: &[S::Move]) -> Cost {
    let costs = path.iter().map(|taken| space.cost(taken));
    costs.fold(Cost::FREE, Cost::plus)
}

/// Takes those of the moves that are enabled when their turn comes, up to the first finding of a kind.
pub fn replay<S: Space>(
    space: &S,
    moves: &[S::Move],
    key: Key,
) -> Option<Found<S::Move, S::Finding>> {
    let mut deleting = Deleting {
        space,
        key,
        tries: 0,
    };
    deleting.attempt(moves.iter())
}

struct Deleting<'a, S: Space> {
    space: &'a S,
    key: Key,
    tries: u64,
}

impl<S: Space> Deleting<'_, S> {
    /// What of these moves leads to the finding.
    fn attempt<'m>(
        &mut self,
        moves: impl Iterator<Item = &'m S::Move>,
    ) -> Option<Found<S::Move, S::Finding>>
    where
        S::Move: 'm,
    {
        self.tries += 1;
        let mut state = self.space.root();
        let mut path = Vec::new();
        if let Some(finding) = self.finding(&state) {
            return Some(self.found(finding, path));
        }
        for taken in moves {
            if !self.space.moves(&state).contains(taken) {
                continue;
            }
            self.space.apply(&mut state, taken);
            path.push(taken.clone());
            if let Some(finding) = self.finding(&state) {
                return Some(self.found(finding, path));
            }
        }
        None
    }

    fn finding(&self, state: &S::State) -> Option<S::Finding> {
        let violation = self.space.violation(state);
        violation.filter(|finding| self.space.key(finding) == self.key)
    }

    const fn found(&self, finding: S::Finding, path: Vec<S::Move>) -> Found<S::Move, S::Finding> {
        Found {
            key: self.key,
            finding,
            path,
        }
    }

    /// Deletes ever smaller pieces, and single moves until none can be spared.
    fn minimal(&mut self, mut found: Found<S::Move, S::Finding>) -> Found<S::Move, S::Finding> {
        let mut size = found.path.len().div_ceil(2).max(1);
        loop {
            let shorter = self.without_pieces(found.clone(), size);
            let changed = shorter.path.len() < found.path.len();
            found = shorter;
            if size > 1 {
                size = size.div_ceil(2);
            } else if !changed {
                return found;
            }
        }
    }

    /// Deletes every piece of this size that can be spared, from the end to the beginning: later moves depend on
    /// earlier ones.
    fn without_pieces(
        &mut self,
        mut found: Found<S::Move, S::Finding>,
        size: usize,
    ) -> Found<S::Move, S::Finding> {
        let mut end = found.path.len();
        while end > 0 {
            let start = end.saturating_sub(size);
            let before = found.path.iter().take(start);
            let shorter = self.attempt(before.chain(found.path.iter().skip(end)));
            if let Some(shorter) = shorter.filter(|one| one.path.len() < found.path.len()) {
                found = shorter;
            }
            end = start.min(found.path.len());
        }
        found
    }
}
