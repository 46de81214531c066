//! `grantlab merge`: what the chunks of a plan come to.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use grantlab_sim::input_error::InputError;
use grantlab_sim::shard::{Explored, PLAN_FILE, Plan, Swept, SweptFirst};
use schemars::JsonSchema;
use serde::Serialize;

use super::console::Console;
use super::layout::{BAD, BOLD, GOOD, count, paragraph, styled};
use super::matrix::{self, MatrixReport, Rows};
use super::shards::Folder;
use super::{Failure, Verdict};
use crate::arguments::MergeArguments;

/// Missing chunks that are named.
const RUNS_MAX: usize = 20;

/// What `grantlab merge` prints: the same octets whatever made the files.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct MergeReport {
    /// The name of the plan: a SHA-256.
    plan: String,
    /// The command whose work it is.
    work: String,
    /// How that command was told what to do.
    arguments: String,
    /// The first of what was worked through: a seed, a piece of a search.
    first: u64,
    /// The one after the last.
    end: u64,
    /// Chunks.
    chunks: u64,
    /// What a sweep came to.
    sweep: Option<MergedSweep>,
    /// What an exploration came to.
    explore: Option<MergedExploration>,
    /// What a matrix came to.
    matrix: Option<MatrixReport>,
}

/// What a sweep came to.
#[derive(Debug, Serialize, JsonSchema)]
struct MergedSweep {
    /// Walks that were made.
    walks: u64,
    /// Logins that were completed.
    logins: u64,
    /// Faults that happened.
    faults: u64,
    /// Faults and other deviations that happened: odd orders, odd users.
    deviations: u64,
    /// Walks that violated something.
    violating: u64,
    /// A hash over all traces: that of one sweep over all seeds.
    digest: String,
    /// The violation with the smallest seed.
    first: Option<MergedViolation>,
}

/// The violation with the smallest seed.
#[derive(Debug, Serialize, JsonSchema)]
struct MergedViolation {
    /// The seed, in hexadecimal digits as scenarios have it.
    seed: String,
    /// The property.
    property: String,
    /// What shows it, in one sentence.
    words: String,
    /// What makes it again and keeps it as a scenario.
    command: String,
}

/// What an exploration came to.
#[derive(Debug, Serialize, JsonSchema)]
struct MergedExploration {
    /// Pieces that were searched.
    pieces: u64,
    /// Those among them that stopped at a limit of states or memory.
    incomplete: u64,
    /// States that were explored; one that lies below several prefixes counts as often.
    explored: u64,
    /// Distinct states.
    distinct: u64,
    /// Whether that number is no estimate.
    distinct_is_exact: bool,
    /// Moves that were taken.
    transitions: u64,
    /// Moves of the longest path that was seen.
    depth: u32,
    /// The shortest path to each kind of finding.
    found: Vec<MergedFinding>,
}

/// The shortest path to a kind of finding.
#[derive(Debug, Serialize, JsonSchema)]
struct MergedFinding {
    /// The kind.
    kind: String,
    /// What is wrong.
    words: String,
    /// The moves.
    steps: Vec<String>,
}

pub(super) fn run(arguments: &MergeArguments, console: &mut Console) -> Result<Verdict, Failure> {
    let path = folder(arguments)?;
    let plan = plan(&path)?;
    let folder = Folder::at(path);
    let missing = folder.missing(&plan);
    if !missing.is_empty() {
        return Err(incomplete(arguments, &plan, &missing).into());
    }
    let report = report(&folder, &plan)?;
    console.report(&report, text)?;
    Ok(match has_finding(&report) {
        true => Verdict::Finding,
        false => Verdict::Fine,
    })
}

/// The folder of the plan that is meant.
fn folder(arguments: &MergeArguments) -> Result<PathBuf, InputError> {
    let bad = |why: String| InputError::about(&*arguments.folder, why);
    let out = Path::new(&arguments.folder);
    if out.join(PLAN_FILE).is_file() {
        return Ok(out.to_owned());
    }
    let entries = fs::read_dir(out).map_err(|error| bad(format!("cannot be read: {error}")))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| out.join(name).join(PLAN_FILE).is_file())
        .collect();
    names.sort_unstable();
    if let Some(start) = &arguments.plan {
        names.retain(|name| name.starts_with(start));
    }
    match &names[..] {
        [name] => Ok(out.join(name)),
        [] => Err(bad("has no such plan in it".to_owned())),
        _ => Err(
            bad("has several plans in it; `--plan` says which".to_owned())
                .instead_of("", names.iter().map(String::as_str)),
        ),
    }
}

/// The plan of a folder, which has its name.
fn plan(folder: &Path) -> Result<Plan, InputError> {
    let path = folder.join(PLAN_FILE);
    let bad = |why: String| InputError::about(path.display().to_string(), why);
    let text =
        fs::read_to_string(&path).map_err(|error| bad(format!("cannot be read: {error}")))?;
    let plan = Plan::read(&text).map_err(|error| bad(error.to_string()))?;
    let absolute = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    if absolute.file_name().and_then(|name| name.to_str()) != Some(&plan.name()) {
        return Err(bad(
            "is not the plan that its folder is named after".to_owned()
        ));
    }
    Ok(plan)
}

fn incomplete(arguments: &MergeArguments, plan: &Plan, missing: &[u64]) -> InputError {
    let runs = runs(missing);
    let more = match runs.len() > RUNS_MAX {
        true => ", …",
        false => "",
    };
    let named: Vec<String> = runs.into_iter().take(RUNS_MAX).collect();
    let problem = format!(
        "{} of {} chunks are missing: {}{more}",
        missing.len(),
        plan.chunks(),
        named.join(", ")
    );
    InputError::about(&*arguments.folder, problem)
}

/// Numbers in words: neighbours as a run.
fn runs(numbers: &[u64]) -> Vec<String> {
    let neighbours = numbers.chunk_by(|one, next| one + 1 == *next);
    neighbours
        .filter_map(|run| match run {
            [] => None,
            [one] => Some(one.to_string()),
            [first, .., last] => Some(format!("{first}-{last}")),
        })
        .collect()
}

fn report(folder: &Folder, plan: &Plan) -> Result<MergeReport, InputError> {
    let mut report = MergeReport {
        plan: plan.name(),
        work: plan.work.clone(),
        arguments: plan.arguments.clone(),
        first: plan.first,
        end: plan.end,
        chunks: plan.chunks(),
        sweep: None,
        explore: None,
        matrix: None,
    };
    match &*plan.work {
        "sweep" => report.sweep = Some(swept(plan, folder.merged(plan)?)),
        "explore" => report.explore = Some(explored(folder.merged(plan)?)),
        "matrix" => report.matrix = Some(folder.merged::<Rows>(plan)?.report()),
        other => {
            let problem = "is work that this version of grantlab does not know";
            return Err(InputError::about(other, problem));
        }
    }
    Ok(report)
}

fn swept(plan: &Plan, swept: Swept) -> MergedSweep {
    MergedSweep {
        walks: swept.walks,
        logins: swept.logins,
        faults: swept.faults,
        deviations: swept.deviations,
        violating: swept.violating,
        digest: format!("{:032x}", swept.digest),
        first: swept.first.map(|first| violation(plan, first)),
    }
}

fn violation(plan: &Plan, first: SweptFirst) -> MergedViolation {
    let SweptFirst {
        seed,
        property,
        words,
    } = first;
    let next = seed.saturating_add(1);
    MergedViolation {
        seed: format!("{seed:x}"),
        property,
        words,
        command: format!("grantlab sweep --seeds {seed}..{next} {}", plan.arguments),
    }
}

fn explored(explored: Explored) -> MergedExploration {
    let distinct = explored.distinct.sketch();
    let found = explored.found.into_iter();
    MergedExploration {
        pieces: explored.pieces,
        incomplete: explored.incomplete,
        explored: explored.explored,
        distinct: distinct.count(),
        distinct_is_exact: distinct.is_exact(),
        transitions: explored.transitions,
        depth: explored.depth,
        found: found
            .map(|(kind, found)| MergedFinding {
                kind,
                words: found.words,
                steps: found.steps,
            })
            .collect(),
    }
}

fn has_finding(report: &MergeReport) -> bool {
    let violating = report
        .sweep
        .as_ref()
        .is_some_and(|sweep| sweep.violating > 0);
    let found = report
        .explore
        .as_ref()
        .is_some_and(|explore| !explore.found.is_empty());
    let unpublished = report
        .matrix
        .as_ref()
        .is_some_and(|matrix| !matrix.is_as_published());
    violating || found || unpublished
}

fn text(report: &MergeReport) -> String {
    let mut out = format!("{} {}\n", styled(BOLD, &report.work), report.arguments);
    let _ = writeln!(out, "  plan         {}", report.plan);
    let _ = writeln!(
        out,
        "  range        {}..{} in {} chunks",
        report.first, report.end, report.chunks
    );
    if let Some(sweep) = &report.sweep {
        out.push_str(&sweep_text(sweep));
    }
    if let Some(exploration) = &report.explore {
        out.push_str(&exploration_text(exploration));
    }
    if let Some(matrix) = &report.matrix {
        out.push('\n');
        out.push_str(&matrix::text::write(matrix));
    }
    out
}

fn sweep_text(sweep: &MergedSweep) -> String {
    let style = match sweep.violating {
        0 => GOOD,
        _ => BAD,
    };
    let violating = styled(style, &sweep.violating.to_string());
    let mut out = format!(
        "  walks        {}\n  logins       {}\n  faults       {}, deviations {} with them\n  \
         violations   {violating}\n  digest       {}\n",
        sweep.walks, sweep.logins, sweep.faults, sweep.deviations, sweep.digest
    );
    if let Some(first) = &sweep.first {
        let violates = styled(BAD, "violates");
        let (property, seed) = (&first.property, &first.seed);
        let _ = writeln!(out, "\n{violates} {property} at seed {seed} (hexadecimal)");
        out.push_str(&paragraph(&first.words, 2));
        let _ = writeln!(out, "\nKept as a scenario by:\n  {}", first.command);
    }
    out
}

fn exploration_text(exploration: &MergedExploration) -> String {
    let about = match exploration.distinct_is_exact {
        true => "",
        false => "about ",
    };
    let mut out = format!(
        "  pieces       {}, of which {} stopped at a limit\n  states       {about}{} distinct, {} explored\n  \
         transitions  {}\n  depth        {}\n",
        exploration.pieces,
        exploration.incomplete,
        exploration.distinct,
        exploration.explored,
        exploration.transitions,
        exploration.depth
    );
    for found in &exploration.found {
        let _ = writeln!(
            out,
            "\n{} in {}",
            styled(BAD, &found.kind),
            count(found.steps.len(), "step")
        );
        out.push_str(&paragraph(&found.words, 2));
        for (place, step) in found.steps.iter().enumerate() {
            out.push_str(&paragraph(&format!("{}. {step}", place + 1), 4));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_named_as_a_run() {
        assert_eq!(runs(&[0, 2, 3, 4, 7, 9, 10]), ["0", "2-4", "7", "9-10"]);
        assert_eq!(runs(&[]), [""; 0]);
    }
}
