//! `grantlab explore`: every move of users and attacker up to a depth, and what was covered.

mod shared;

use std::fmt::Write as _;

use grantlab_sim::finding::{Told, Unpreventable, blame, pursue};
use grantlab_sim::search::{OnFinding, Verdict as Ended};
use schemars::JsonSchema;
use serde::Serialize;

use super::checkpoint::{self, Checkpoint, CheckpointReport};
use super::console::Console;
use super::hunt::no_world;
use super::hunt::plan::{self, DEPTH};
use super::hunt::report::{BoundsReport, Outcome, seconds};
use super::hunt::watching::Watcher;
use super::layout::{BAD, GOOD, styled, table};
use super::{Failure, Verdict};
use crate::arguments::ExploreArguments;

/// What `grantlab explore` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ExploreReport {
    /// `found`, `complete` (nothing within the bounds) or `budget` (the search stopped before them).
    verdict: Outcome,
    /// The profile.
    profile: String,
    /// The switches that differ from the profile, as they were typed.
    set: Vec<String>,
    /// The attacker's powers.
    powers: String,
    /// How large one move is: `action` or `event`.
    granularity: &'static str,
    /// Moves of a run up to which every state was seen.
    depth: u32,
    /// Distinct states that were seen.
    states: u64,
    /// Moves that were taken.
    transitions: u64,
    /// States whose moves were not taken.
    frontier: u64,
    /// Octets of memory for each state.
    octets_per_state: u64,
    /// How long it took, in seconds.
    seconds: f64,
    /// How far it could go. What follows a violation is not looked at.
    bounds: BoundsReport,
    /// Every property that can be violated, by its shortest run.
    violations: Vec<Violation>,
    /// Where the search was written down, if that was asked for.
    checkpoint: Option<CheckpointReport>,
}

/// A property that can be violated.
#[derive(Debug, Serialize, JsonSchema)]
struct Violation {
    /// The property.
    property: String,
    /// The published attacks that the run shows.
    attacks: Vec<String>,
    /// Moves of the shortest run.
    depth: usize,
    /// What shows it, in one sentence.
    words: String,
    /// The moves, in words.
    steps: Vec<String>,
    /// Whether the same moves lead there when every party is as good as it can be.
    nothing_weak: Option<bool>,
    /// Why it says nothing against the parties, if that is so: nothing that they do keeps the property.
    unpreventable: Option<Unpreventable>,
}

impl Violation {
    fn of(told: &Told) -> Self {
        let finding = &told.finding;
        let named = finding.recognised.iter();
        Self {
            property: finding.property.clone(),
            attacks: named.map(|named| named.id.clone()).collect(),
            depth: finding.search.length,
            words: finding.words.clone(),
            steps: finding.steps.clone(),
            nothing_weak: finding.nothing_weak,
            unpreventable: finding.unpreventable.clone(),
        }
    }
}

pub(super) fn run(arguments: &ExploreArguments, console: &mut Console) -> Result<Verdict, Failure> {
    let quarry = plan::quarry(&arguments.world)?;
    let options = plan::options(
        &arguments.world,
        &arguments.budget,
        &quarry,
        DEPTH,
        OnFinding::Prune,
    );
    if let Some(out) = &arguments.out {
        return shared::run(arguments, out, &quarry, options, console);
    }
    let started = console.elapsed();
    let watcher = Watcher::new(console, arguments.budget.seconds, "exploring")?;
    let question = checkpoint::question("explore", &arguments.world, &[]);
    let (found, told, checkpoint) = match Checkpoint::of(&arguments.checkpoint, question, console) {
        Some(checkpoint) => {
            let (found, told, kept) = checkpoint.pursue(0, &quarry, options, &watcher)?;
            (found, told, Some(kept))
        }
        None => {
            let (found, told) = pursue(&quarry, options, &watcher).map_err(no_world)?;
            (found, told, None)
        }
    };
    let mut told = told;
    let mut verdict = found.verdict;
    // A broken rule that stands before the harm would hide the harm behind it: it is looked for by itself.
    if matches!(verdict, Ended::Found | Ended::Complete) {
        let (rules, broken) =
            pursue(&quarry.for_precursors(), options, &watcher).map_err(no_world)?;
        told.extend(broken);
        if let Ended::BudgetSpent(_) = rules.verdict {
            verdict = rules.verdict;
        }
    }
    let elapsed = console.elapsed().saturating_sub(started);
    for told in &mut told {
        blame(told, &quarry).map_err(no_world)?;
    }
    watcher.finish();
    let report = ExploreReport {
        verdict: Outcome::of(verdict, told.len()),
        profile: plan::profile_name(&arguments.world).to_owned(),
        set: arguments
            .world
            .settings
            .iter()
            .map(ToString::to_string)
            .collect(),
        powers: quarry.arena.powers.to_string(),
        granularity: quarry.granularity.as_str(),
        depth: found.counts.depth_complete.min(options.bounds.depth),
        states: found.counts.states,
        transitions: found.counts.transitions,
        frontier: found.counts.frontier,
        octets_per_state: found.counts.octets_per_state(),
        seconds: seconds(elapsed),
        bounds: BoundsReport::of(options.bounds, &found.counts, verdict),
        violations: told.iter().map(Violation::of).collect(),
        checkpoint,
    };
    console.report(&report, text)?;
    Ok(match report.violations.len() {
        0 => Verdict::Fine,
        _ => Verdict::Finding,
    })
}

fn text(report: &ExploreReport) -> String {
    let mut out = String::new();
    let setting = match report.set.is_empty() {
        true => String::new(),
        false => format!(" with {}", report.set.join(" ")),
    };
    let _ = writeln!(
        out,
        "{}{setting}, attacker {}, moves are {}s",
        report.profile, report.powers, report.granularity
    );
    let _ = writeln!(
        out,
        "{} states, {} transitions, frontier {}, {} octets per state, {:.3} s",
        report.states, report.transitions, report.frontier, report.octets_per_state, report.seconds
    );
    match report.bounds.spent {
        Some(spent) => {
            let _ = writeln!(
                out,
                "budget spent ({spent}), everything looked at up to {}",
                report.bounds.words()
            );
        }
        None => {
            let words = styled(GOOD, "complete up to");
            let _ = writeln!(out, "{words} {}", report.bounds.words());
        }
    }
    if let Some(checkpoint) = &report.checkpoint {
        out.push_str(&checkpoint.words(report.bounds.spent.is_some()));
    }
    if report.violations.is_empty() {
        out.push_str("nothing is violated\n");
        return out;
    }
    let _ = writeln!(
        out,
        "\n{} can be violated:",
        styled(BAD, &properties(report.violations.len()))
    );
    let row = |violation: &Violation| {
        let depth = format!("depth {}", violation.depth);
        let attacks = violation.attacks.join(" ");
        let words = match (&violation.unpreventable, violation.nothing_weak) {
            (Some(case), _) => format!("{}; unpreventable {}", violation.words, case.words()),
            (None, Some(true)) => format!("{}; no party has to be weak", violation.words),
            (None, Some(false) | None) => violation.words.clone(),
        };
        [violation.property.clone(), depth, attacks, words]
    };
    out.push_str(&table(
        &report.violations.iter().map(row).collect::<Vec<_>>(),
    ));
    if let Some(first) = report.violations.first() {
        let property = &first.property;
        let _ = writeln!(
            out,
            "\ngrantlab hunt with the same switches and --property {property} tells one in full"
        );
    }
    out
}

/// `1 property`, `2 properties`.
fn properties(number: usize) -> String {
    match number {
        1 => "1 property".to_owned(),
        _ => format!("{number} properties"),
    }
}
