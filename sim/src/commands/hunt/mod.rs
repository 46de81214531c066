//! `grantlab hunt`: searches for the shortest attack.

mod keep;
pub(super) mod plan;
pub(super) mod report;
mod searching;
pub(super) mod watching;

use std::fmt::Write as _;

use grantlab_core::value::Malformed;
use grantlab_sim::finding::{Told, Weakness, diagram, examine, write_text};
use grantlab_sim::input_error::InputError;

use self::report::{AlsoOpen, BoundsReport, HuntReport, Outcome, seconds};
use self::searching::{DEPTH_OF_RULES, Hunt, Hunted};
use self::watching::Watcher;
use super::checkpoint::{self, Checkpoint};
use super::console::Console;
use super::layout::{BAD, GOOD, paragraph, styled};
use super::{Failure, Verdict};
use crate::arguments::HuntArguments;

pub(super) fn run(arguments: &HuntArguments, console: &mut Console) -> Result<Verdict, Failure> {
    let started = console.elapsed();
    let watcher = Watcher::new(console, arguments.budget.seconds, "hunting")?;
    let named = [
        ("attack", arguments.attack.as_deref()),
        ("property", arguments.property.as_deref()),
    ];
    let question = checkpoint::question("hunt", &arguments.world, &named);
    let hunt = Hunt {
        arguments,
        watcher: &watcher,
        checkpoint: Checkpoint::of(&arguments.checkpoint, question, console),
        clock: console.watch(),
    };
    let mut hunted = hunt.run()?;
    let elapsed = console.elapsed().saturating_sub(started);
    if let Some(told) = &mut hunted.told {
        examine(told, &hunted.quarry, hunted.options, &watcher).map_err(no_world)?;
    }
    let also = hunt.also_open(&hunted)?;
    watcher.finish();
    let mut report = empty(arguments, &hunted);
    report.seconds = seconds(elapsed);
    if let Some(told) = &hunted.told {
        report.found(&told.finding);
        if let Some(target) = &arguments.save {
            let kept = keep::keep(target, told, &hunted.quarry, &arguments.world)?;
            if let Some(problem) = kept.problem {
                console.warn(&format!("the scenario that was kept: {problem}"));
            }
            report.replay = Some(format!("grantlab run {}", kept.path));
            report.scenario = Some(kept.path);
        }
    }
    report.also = also;
    console.report(&report, |report| text(report, hunted.told.as_ref()))?;
    Ok(match report.verdict {
        Outcome::Found => Verdict::Finding,
        Outcome::Complete | Outcome::Budget => Verdict::Fine,
    })
}

/// No world comes of a profile.
pub(super) fn no_world(malformed: Malformed) -> Failure {
    let problem = format!("no world comes of it: {malformed}");
    Failure::Input(InputError::about("the profile", problem))
}

fn empty(arguments: &HuntArguments, hunted: &Hunted) -> HuntReport {
    let Hunted {
        quarry,
        options,
        ended,
        counts,
        told,
        checkpoint,
        walks,
    } = hunted;
    let mut bounds = BoundsReport::of(options.bounds, counts, *ended);
    let mut verdict = Outcome::of(*ended, usize::from(told.is_some()));
    if walks.is_some() && verdict == Outcome::Complete {
        verdict = Outcome::Budget;
        bounds.spent = Some("walks");
    }
    HuntReport {
        verdict,
        property: None,
        invariant: None,
        attack: None,
        depth: u64::from(bounds.depth_complete),
        states: counts.states,
        transitions: counts.transitions,
        walks: *walks,
        seconds: 0.0,
        bounds,
        steps: Vec::new(),
        witness: Vec::new(),
        scenario: None,
        trace_hash: None,
        recognised: Vec::new(),
        needs: None,
        unpreventable: None,
        nearest_safe: None,
        shrinking: None,
        profile: plan::profile_name(&arguments.world).to_owned(),
        set: quarry
            .weaknesses()
            .iter()
            .filter(|weakness| !matches!(weakness, Weakness::Power(_)))
            .map(Weakness::words)
            .collect(),
        powers: quarry.arena.powers.to_string(),
        replay: None,
        also: Vec::new(),
        checkpoint: checkpoint.clone(),
    }
}

fn text(report: &HuntReport, told: Option<&Told>) -> String {
    let mut out = String::new();
    let setting = match report.set.is_empty() {
        true => String::new(),
        false => format!(" with {}", report.set.join(" ")),
    };
    let world = format!("{}{setting}, attacker {}", report.profile, report.powers);
    out.push_str(&paragraph(&world, 0));
    let counts = format!(
        "{} states, {} transitions, {:.3} s",
        report.states, report.transitions, report.seconds
    );
    match (report.verdict, told) {
        (Outcome::Found, Some(told)) => {
            let _ = writeln!(out, "{}  {counts}\n", styled(BAD, "found"));
            let marked: Vec<u32> = told.finding.witness.iter().map(|one| one.entry).collect();
            out.push_str(&write_text(&told.finding, &diagram(&told.trace, &marked)));
            let replay = report.replay.as_deref();
            let replay = replay.unwrap_or("add --save FILE, then: grantlab run FILE");
            let _ = writeln!(out, "replay      {replay}");
            write_also(&report.also, &mut out);
        }
        (Outcome::Budget, _) if report.walks.is_some() => {
            let walks = report.walks.unwrap_or(0);
            let depth = report.bounds.depth;
            let words = format!("{walks} random walks of {depth} moves at most: nothing found");
            let _ = writeln!(out, "{words}  {counts}");
        }
        (Outcome::Budget, _) => {
            let spent = report.bounds.spent.unwrap_or("budget");
            let words = format!("budget spent ({spent}), nothing found up to");
            let _ = writeln!(out, "{words} {}  {counts}", report.bounds.words());
        }
        (Outcome::Complete | Outcome::Found, _) => {
            let words = styled(GOOD, "complete up to");
            let _ = writeln!(
                out,
                "{words} {}: nothing is violated",
                report.bounds.words()
            );
            let _ = writeln!(out, "{counts}");
        }
    }
    if let Some(checkpoint) = &report.checkpoint {
        out.push_str(&checkpoint.words(report.bounds.spent.is_some()));
    }
    out
}

fn write_also(also: &[AlsoOpen], out: &mut String) {
    if also.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "\nalso open within {DEPTH_OF_RULES} moves (--property asks for one)"
    );
    for other in also {
        let named = match other.recognised.first() {
            Some(attack) => format!("  {attack}"),
            None => String::new(),
        };
        let excuse = other.unpreventable.as_ref();
        let excuse = excuse.map_or("", |_| "; unpreventable with these powers");
        let words = format!("{}: {}{named}{excuse}", other.property, other.words);
        out.push_str(&paragraph(&words, 2));
    }
}
