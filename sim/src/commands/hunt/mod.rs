//! `grantlab hunt`: searches for the shortest attack.

mod keep;
pub(super) mod plan;
pub(super) mod report;
pub(super) mod watching;

use std::fmt::Write as _;

use grantlab_core::value::Malformed;
use grantlab_sim::finding::{Quarry, Told, Weakness, diagram, examine, pursue, roam, write_text};
use grantlab_sim::input_error::InputError;
use grantlab_sim::search::{Counts, OnFinding, Options, Verdict as Ended, Walks};

use self::plan::DEPTH;
use self::report::{AlsoOpen, BoundsReport, HuntReport, Outcome, seconds};
use self::watching::Watcher;
use super::attacks;
use super::console::Console;
use super::layout::{BAD, GOOD, paragraph, styled};
use super::{Failure, Verdict};
use crate::arguments::HuntArguments;

/// Moves at most on the way to a broken rule that harms nobody yet.
const DEPTH_OF_RULES: u32 = 2;

/// Distinct states in which other open things are looked for at most.
const STATES_OF_OTHERS: u64 = 20_000;

/// A search that is over.
struct Hunted {
    quarry: Quarry,
    options: Options,
    ended: Ended,
    counts: Counts,
    told: Option<Told>,
}

pub(super) fn run(arguments: &HuntArguments, console: &mut Console) -> Result<Verdict, Failure> {
    let started = console.elapsed();
    let watcher = Watcher::new(console, arguments.budget.seconds, "hunting")?;
    let mut hunted = hunt(arguments, &watcher)?;
    let elapsed = console.elapsed().saturating_sub(started);
    if let Some(told) = &mut hunted.told {
        examine(told, &hunted.quarry, hunted.options, &watcher).map_err(no_world)?;
    }
    let also = also_open(arguments, &hunted, &watcher)?;
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

/// Searches in what was asked for; a published attack in its presets, one after the other, until it is found: first
/// as deep as it was published, and then deeper.
fn hunt(arguments: &HuntArguments, watcher: &Watcher) -> Result<Hunted, Failure> {
    let world = &arguments.world;
    let Some(id) = &arguments.attack else {
        return hunt_anything(arguments, watcher);
    };
    let attack = attacks::find(id)?;
    let presets = attack.presets.iter();
    let quarries = presets.map(|preset| plan::published(attack, preset, world));
    let (known, unknown): (Vec<_>, Vec<_>) = quarries.partition(Result::is_ok);
    let mut last = None;
    for depth in [attack.depth, attack.depth.max(DEPTH)] {
        for quarry in known.iter().flatten() {
            let hunted = search(quarry.clone(), depth, arguments, watcher)?;
            let is_found = hunted.told.is_some();
            last = Some(hunted);
            if is_found {
                return last.ok_or_else(|| nowhere(id));
            }
        }
    }
    match (last, unknown.into_iter().find_map(Result::err)) {
        (Some(hunted), _) => Ok(hunted),
        (None, Some(error)) => Err(Failure::Input(error)),
        (None, None) => Err(nowhere(id)),
    }
}

/// Looks for harm first. Where there is none, a broken rule that stands before the harm is worth telling.
fn hunt_anything(arguments: &HuntArguments, watcher: &Watcher) -> Result<Hunted, Failure> {
    let quarry = plan::quarry(&arguments.world)?;
    let hunted = search(quarry.clone(), DEPTH, arguments, watcher)?;
    let unnamed = arguments.property.is_none() && arguments.seeds.is_none();
    if hunted.told.is_some() || hunted.ended != Ended::Complete || !unnamed {
        return Ok(hunted);
    }
    let mut shallow = arguments.clone();
    let depth = arguments.world.depth.unwrap_or(DEPTH).min(DEPTH_OF_RULES);
    shallow.world.depth = Some(depth);
    let rules = search(quarry.for_precursors(), depth, &shallow, watcher)?;
    Ok(if rules.told.is_some() { rules } else { hunted })
}

/// What else is open within a few moves, where nothing was asked for by name: one run for each property.
fn also_open(
    arguments: &HuntArguments,
    hunted: &Hunted,
    watcher: &Watcher,
) -> Result<Vec<AlsoOpen>, Failure> {
    let named = arguments.property.is_some() || arguments.attack.is_some();
    let (Some(first), false, None) = (&hunted.told, named, &arguments.seeds) else {
        return Ok(Vec::new());
    };
    let quarry = hunted.quarry.for_everything();
    let mut options = hunted.options;
    options.on_finding = OnFinding::GoOn;
    options.bounds.depth = options.bounds.depth.min(DEPTH_OF_RULES);
    options.limits.states = options.limits.states.min(STATES_OF_OTHERS);
    let (_, others) = pursue(&quarry, options, watcher).map_err(no_world)?;
    let others = others.iter().map(|told| &told.finding);
    let new = others.filter(|other| other.property != first.finding.property);
    Ok(new.map(AlsoOpen::of).collect())
}

fn nowhere(attack: &str) -> Failure {
    let problem = "the laboratory has no settings in which it works";
    Failure::Input(InputError::about(attack, problem))
}

fn search(
    mut quarry: Quarry,
    depth: u32,
    arguments: &HuntArguments,
    watcher: &Watcher,
) -> Result<Hunted, Failure> {
    if let Some(property) = &arguments.property {
        quarry.properties = plan::properties(property)?;
    }
    let options = plan::options(
        &arguments.world,
        &arguments.budget,
        &quarry,
        depth,
        OnFinding::Stop,
    );
    let (ended, counts, told) = match &arguments.seeds {
        None => {
            let (report, told) = pursue(&quarry, options, watcher).map_err(no_world)?;
            (report.verdict, report.counts, told.into_iter().next())
        }
        Some(seeds) => {
            let walks = Walks {
                seeds: seeds.0.clone(),
                bounds: options.bounds,
                octets: options.limits.octets,
                threads: options.threads,
            };
            let (report, told) = roam(&quarry, &walks, options, watcher).map_err(no_world)?;
            let counts = Counts {
                states: report.states,
                transitions: report.transitions,
                ..Counts::default()
            };
            (report.verdict, counts, told)
        }
    };
    Ok(Hunted {
        quarry,
        options,
        ended,
        counts,
        told,
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
    } = hunted;
    let bounds = BoundsReport::of(options.bounds, counts, *ended);
    HuntReport {
        verdict: Outcome::of(*ended, usize::from(told.is_some())),
        property: None,
        invariant: None,
        attack: None,
        depth: u64::from(bounds.depth_complete),
        states: counts.states,
        transitions: counts.transitions,
        seconds: 0.0,
        bounds,
        steps: Vec::new(),
        witness: Vec::new(),
        scenario: None,
        trace_hash: None,
        recognised: Vec::new(),
        needs: None,
        nearest_safe: None,
        shrunk_from: None,
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
        out.push_str(&paragraph(
            &format!("{}: {}{named}", other.property, other.words),
            2,
        ));
    }
}
