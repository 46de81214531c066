//! Bounded searches as pieces below prefixes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use super::{ChunkWork, Part, Plan};
use crate::search::{Budget, Found, Pieces, Sketch, Space, Verdict, Watch};

/// How a finding is told: its kind, what is wrong, and its steps.
pub type Tell<'a, S> =
    &'a (dyn Fn(&Found<<S as Space>::Move, <S as Space>::Finding>) -> (String, FoundPart) + Sync);

/// A search to be shared. A chunk is so many of its pieces.
pub struct Exploring<'a, S: Space> {
    /// What is to be done: the range counts pieces, and the subject tells this space and its cut from others.
    pub plan: Plan,
    /// The search.
    pub pieces: Pieces<'a, S>,
    /// How findings are told, by the names of their kinds.
    pub tell: Tell<'a, S>,
}

impl<S: Space> ChunkWork for Exploring<'_, S> {
    type Part = Explored;

    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn chunk(&self, number: u64, stop: &AtomicBool) -> Option<Explored> {
        let mut explored = Explored::default();
        for piece in self.plan.range(number) {
            let piece = usize::try_from(piece).ok()?;
            let seen = self.pieces.search(piece, &Interrupt(stop))?;
            let report = seen.report;
            let incomplete = match report.verdict {
                Verdict::BudgetSpent(Budget::Interrupted | Budget::Seconds | Budget::Paused) => {
                    return None;
                }
                Verdict::BudgetSpent(Budget::States | Budget::Memory) => 1,
                Verdict::Found | Verdict::Complete => 0,
            };
            explored.merge(Explored {
                pieces: 1,
                incomplete,
                explored: report.counts.states,
                transitions: report.counts.transitions,
                depth: report.counts.depth,
                distinct: SketchPart::of(&seen.sketch),
                found: report
                    .found
                    .iter()
                    .map(|found| (self.tell)(found))
                    .collect(),
            });
        }
        Some(explored)
    }
}

struct Interrupt<'a>(&'a AtomicBool);

impl Watch for Interrupt<'_> {
    fn stop(&self) -> Option<Budget> {
        let is_set = self.0.load(Ordering::Relaxed);
        is_set.then_some(Budget::Interrupted)
    }
}

/// What some pieces of a search saw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explored {
    /// Pieces that were searched.
    pub pieces: u64,
    /// Those among them that stopped at a limit of states or memory.
    pub incomplete: u64,
    /// States that were explored; one that lies below several prefixes counts as often.
    pub explored: u64,
    /// Moves that were taken.
    pub transitions: u64,
    /// Moves of the longest path that was seen.
    pub depth: u32,
    /// Distinct states.
    pub distinct: SketchPart,
    /// The shortest path to each kind of finding.
    pub found: BTreeMap<String, FoundPart>,
}

/// A finding, told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoundPart {
    /// Moves of the path.
    pub length: u64,
    /// The moves.
    pub steps: Vec<String>,
    /// What is wrong.
    pub words: String,
}

/// The names that a [`Sketch`] keeps, in hexadecimal digits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SketchPart {
    smallest: Vec<String>,
}

impl SketchPart {
    /// The names of a sketch.
    #[must_use]
    pub fn of(sketch: &Sketch) -> Self {
        let names = sketch.names();
        Self {
            smallest: names.map(|name| format!("{name:032x}")).collect(),
        }
    }

    /// The sketch itself. What is not a name is left out.
    #[must_use]
    pub fn sketch(&self) -> Sketch {
        let names = self.smallest.iter();
        names
            .filter_map(|name| u128::from_str_radix(name, 16).ok())
            .collect()
    }
}

impl Part for Explored {
    fn merge(&mut self, other: Self) {
        self.pieces += other.pieces;
        self.incomplete += other.incomplete;
        self.explored += other.explored;
        self.transitions += other.transitions;
        self.depth = self.depth.max(other.depth);
        let mut distinct = self.distinct.sketch();
        distinct.merge(&other.distinct.sketch());
        self.distinct = SketchPart::of(&distinct);
        for (kind, theirs) in other.found {
            let mine = self.found.remove(&kind);
            let least = mine.map_or_else(|| theirs.clone(), |mine| mine.min(theirs.clone()));
            self.found.insert(kind, least);
        }
    }
}
