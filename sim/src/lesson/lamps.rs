//! The lamps of the invariants: what each says of the run so far, at every step.

use std::collections::BTreeMap;

use super::model::{Lamp, Step};
use super::run::Told;
use crate::invariant::{self, Judgement};
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
    for step in steps {
        let end = step
            .entries
            .iter()
            .max()
            .map_or(0, |last| last.saturating_add(1));
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
