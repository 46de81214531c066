//! `grantlab run`: replays scenarios and says whether what they expect comes true.

use std::fmt::Write as _;

use grantlab_sim::input_error::InputError;
use grantlab_sim::invariant::{self, Judgement};
use grantlab_sim::scenario::{Outcome, Scenario, run as play};
use grantlab_sim::trace::{Trace, write_json, write_text};
use schemars::JsonSchema;
use serde::Serialize;

use super::against;
use super::console::Console;
use super::layout::{BAD, BOLD, DIM, GOOD, count, paragraph, styled};
use super::scenarios::{self, Found};
use super::{Failure, Verdict};
use crate::arguments::{Format, RunArguments};

/// What `grantlab run` prints.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct RunReport {
    /// In the order of their names, or of the command line.
    scenarios: Vec<Replayed>,
    /// How many came out as expected.
    passed: usize,
    /// How many did not.
    failed: usize,
}

/// A scenario that was replayed.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Replayed {
    /// Its name inside the binary, or the path of its file.
    pub(super) name: String,
    /// What it shows.
    pub(super) title: String,
    /// The profile it ran in.
    pub(super) profile: String,
    /// Whether everything came out as expected.
    pub(super) passed: bool,
    /// What did not, each at its place in the file.
    failures: Vec<FailureReport>,
    /// The properties that the run violates. Some scenarios expect that.
    pub(super) violated: Vec<ViolationReport>,
    /// How many facts the parties noted.
    pub(super) events: usize,
    /// The hash of the trace: equal runs have equal hashes.
    pub(super) hash: String,
    /// With `--trace`, everything that happened; `scenarios/README.md` says what is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<serde_json::Value>,
}

/// An expectation that failed, or a step that could not be taken.
#[derive(Debug, Serialize, JsonSchema)]
struct FailureReport {
    /// The line of the file, counted from 1.
    line: Option<usize>,
    /// The column in characters, counted from 1.
    column: Option<usize>,
    /// What is not as expected.
    problem: String,
}

/// A property that a run violates.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ViolationReport {
    /// The property.
    pub(super) property: &'static str,
    /// What shows it, in one sentence.
    pub(super) words: String,
    /// The entries of the trace that show it.
    pub(super) witness: Vec<u32>,
}

pub(super) fn run(arguments: &RunArguments, console: &mut Console) -> Result<Verdict, Failure> {
    let mut report = RunReport::default();
    let found = scenarios::many(&arguments.paths)?;
    let columns = name_columns(&found);
    let mut read = Vec::with_capacity(found.len());
    for found in found {
        read.push((found.name.clone(), found.read(&arguments.changes)?));
    }
    if let Some(target) = &arguments.against {
        return against::run(target, read, console);
    }
    for (name, scenario) in read {
        let outcome = play(&scenario);
        let mut replayed = replayed(name, &scenario, &outcome);
        match console.format {
            Format::Text => {
                console.text(&line(&replayed, columns, arguments.hash))?;
                console.text(&problems(&replayed, &outcome.failures))?;
                if arguments.trace {
                    console.text(&write_text(&outcome.trace, arguments.detail.into()))?;
                    console.text("\n")?;
                }
            }
            Format::Json => {
                replayed.trace = arguments.trace.then(|| write_json(&outcome.trace));
            }
        }
        report.passed += usize::from(replayed.passed);
        report.failed += usize::from(!replayed.passed);
        report.scenarios.push(replayed);
    }
    let elapsed = console.elapsed();
    console.report(&report, |report| {
        let scenarios = count(report.scenarios.len(), "scenario");
        let seconds = elapsed.as_secs_f32();
        let (passed, failed) = (report.passed, report.failed);
        format!("\n{scenarios}: {passed} as expected, {failed} not ({seconds:.2} s)\n")
    })?;
    Ok(match report.failed {
        0 => Verdict::Fine,
        _ => Verdict::Finding,
    })
}

/// What came of a scenario.
pub(super) fn replayed(name: String, scenario: &Scenario, outcome: &Outcome) -> Replayed {
    let failures = outcome.failures.iter().map(|failure| {
        let place = failure.line_and_column();
        FailureReport {
            line: place.map(|(line, _)| line),
            column: place.map(|(_, column)| column),
            problem: failure.problem().to_owned(),
        }
    });
    Replayed {
        name,
        title: scenario.file.title.clone(),
        profile: scenario.profile.name.clone(),
        passed: outcome.failures.is_empty(),
        failures: failures.collect(),
        violated: violated(&outcome.trace),
        events: outcome.trace.events().count(),
        hash: outcome.trace.hash().to_string(),
        trace: None,
    }
}

/// The properties that a run violates, each with its first witness.
pub(super) fn violated(trace: &Trace) -> Vec<ViolationReport> {
    let mut violated = Vec::new();
    for invariant in invariant::ALL {
        if let Judgement::Violated(violations) = invariant.judge(trace) {
            let first = violations.into_iter().next();
            violated.extend(first.map(|violation| ViolationReport {
                property: invariant.id,
                words: violation.words,
                witness: violation.witness,
            }));
        }
    }
    violated
}

/// Characters of the longest name.
pub(super) fn name_columns(found: &[Found]) -> usize {
    let names = found.iter().map(|found| found.name.chars().count());
    names.max().unwrap_or_default()
}

/// One line: verdict, name, how many events, hash, title.
pub(super) fn line(replayed: &Replayed, columns: usize, whole_hash: bool) -> String {
    let (style, verdict) = match replayed.passed {
        true => (GOOD, "ok  "),
        false => (BAD, "FAIL"),
    };
    let verdict = styled(style, verdict);
    let Replayed {
        name,
        title,
        events,
        hash,
        ..
    } = replayed;
    let hash = match whole_hash {
        true => hash.as_str(),
        false => hash.get(..8).unwrap_or(hash),
    };
    let hash = styled(DIM, hash);
    let name = styled(BOLD, &format!("{name:<columns$}"));
    format!("{verdict}  {name}  {events:>4} events  {hash}  {title}\n")
}

/// What did not come out as expected, and what the run violates then.
fn problems(replayed: &Replayed, failures: &[InputError]) -> String {
    let mut out = String::new();
    for failure in failures {
        let _ = writeln!(out, "{}", failure.render(true));
    }
    if replayed.passed {
        return out;
    }
    for violation in &replayed.violated {
        let ViolationReport {
            property, words, ..
        } = violation;
        let mut said = failures.iter().map(InputError::problem);
        if !said.any(|problem| problem.starts_with(property)) {
            let violates = styled(BAD, "violates");
            out.push_str(&paragraph(&format!("{violates} {property}: {words}"), 0));
        }
    }
    out
}
