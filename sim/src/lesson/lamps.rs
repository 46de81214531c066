//! The lamps of the invariants: what each says of the run so far, at every step.

use std::collections::BTreeMap;

use super::model::{Lamp, Step};
use super::run::Told;
use crate::invariant::{self, Judgement, Level};
use crate::trace::{EntryId, Trace};

/// Lights the lamps of all steps; says which invariants are violated in the end.
pub(super) fn light(told: &Told<'_>, steps: &mut [Step]) -> Vec<String> {
    let in_the_end: Vec<&str> = judged(told.trace)
        .into_iter()
        .filter(|(_, lamp)| *lamp == Lamp::Violated)
        .map(|(id, _)| id)
        .collect();
    let mut so_far = Trace::new(told.trace.cast().into());
    *so_far.provenance_mut() = told.trace.provenance().clone();
    let mut before: BTreeMap<&str, Lamp> = BTreeMap::new();
    let ends = ends(told);
    for (step, end) in steps.iter_mut().zip(ends) {
        extend(&mut so_far, told.trace, end);
        for (id, lamp) in judged(&so_far) {
            // What somebody still waits for is not violated yet.
            let waits = lamp == Lamp::Violated && !in_the_end.contains(&id);
            let lamp = if waits { Lamp::NotExercised } else { lamp };
            if lamp == *before.get(id).unwrap_or(&Lamp::NotExercised) {
                continue;
            }
            before.insert(id, lamp);
            step.invariants.insert(id.to_owned(), lamp);
            if lamp == Lamp::Violated {
                step.violated.push(id.to_owned());
            }
        }
    }
    in_the_end.into_iter().map(str::to_owned).collect()
}

/// The words for what is violated in the end: harm, or only warnings.
pub(super) fn verdict(violated: &[String]) -> &'static str {
    let mut known = invariant::ALL
        .iter()
        .filter(|known| violated.iter().any(|id| id == known.id));
    match (
        violated.is_empty(),
        known.all(|known| known.level == Level::Warning),
    ) {
        (true, _) => "verdict.holds",
        (false, true) => "verdict.warned",
        (false, false) => "verdict.violated",
    }
}

/// Up to where each step is judged: to its last entry, but never beyond a step that is not told yet.
fn ends(told: &Told<'_>) -> Vec<EntryId> {
    let cuts = &told.cuts().steps;
    let mut told_up_to = 0;
    let mut ends = Vec::with_capacity(cuts.len());
    for (place, cut) in (1..).zip(cuts) {
        let last = cut.entries.iter().max();
        told_up_to = told_up_to.max(last.map_or(0, |last| last.saturating_add(1)));
        let untold = cuts.iter().skip(place).map(|later| later.lead).min();
        ends.push(untold.map_or(told_up_to, |untold| untold.min(told_up_to)));
    }
    ends
}

/// Adds the entries of a run up to, and without, `end`.
fn extend(so_far: &mut Trace, trace: &Trace, end: EntryId) {
    while so_far.next_id() < end {
        let Some(entry) = trace.entry(so_far.next_id()) else {
            return;
        };
        so_far.push(entry.clone());
    }
}

fn judged(trace: &Trace) -> Vec<(&'static str, Lamp)> {
    let judged = invariant::ALL.iter().map(|invariant| {
        let lamp = match invariant.judge(trace) {
            Judgement::NotExercised => Lamp::NotExercised,
            Judgement::Holds => Lamp::Holds,
            Judgement::Violated(_) => Lamp::Violated,
        };
        (invariant.id, lamp)
    });
    judged.collect()
}
