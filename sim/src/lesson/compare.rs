//! Two runs beside each other: where they part.

use super::model::{Branch, BranchOf, Run, Step, StepNumber};
use super::plan::Plan;
use super::texts::Texts;

/// The number of the first step at which two runs differ; one more than the shorter one has, if it is the beginning
/// of the longer one.
#[must_use]
pub fn parts_at(one: &Run, other: &Run) -> StepNumber {
    let same = one
        .steps
        .iter()
        .zip(&other.steps)
        .take_while(|(one, other)| look_the_same(one, other));
    StepNumber::try_from(same.count().saturating_add(1)).unwrap_or(StepNumber::MAX)
}

/// Whether a reader sees the same: who, what, which octets, which comparison.
fn look_the_same(one: &Step, other: &Step) -> bool {
    one.topic == other.topic
        && one.from == other.from
        && one.to == other.to
        && one.sign == other.sign
        && one.checks == other.checks
        && one.message.as_ref().map(|message| &message.octets)
            == other.message.as_ref().map(|message| &message.octets)
}

/// Ties branches to the runs that they come from.
pub(super) fn branch(plan: &Plan, runs: &mut [Run], texts: &mut Texts) {
    for branch in &plan.branches {
        let find = |id: &str| runs.iter().position(|run| run.id == id);
        let (Some(trunk), Some(twig)) = (find(&branch.from), find(&branch.run)) else {
            continue;
        };
        let Some(step) = (match (runs.get(trunk), runs.get(twig)) {
            (Some(trunk), Some(twig)) => Some(parts_at(trunk, twig)),
            (None, _) | (_, None) => None,
        }) else {
            continue;
        };
        let shared = step.saturating_sub(1);
        if let Some(twig) = runs.get_mut(twig) {
            twig.branch_of = Some(BranchOf {
                run: branch.from.clone(),
                shared,
            });
        }
        let label = texts.say(branch.label.clone());
        let place = usize::try_from(shared.max(1).saturating_sub(1)).unwrap_or(usize::MAX);
        let forks = runs
            .get_mut(trunk)
            .and_then(|trunk| trunk.steps.get_mut(place));
        if let Some(forks) = forks {
            forks.branches.push(Branch {
                label,
                run: branch.run.clone(),
                step,
            });
        }
    }
}
