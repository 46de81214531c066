//! `grantlab matrix`: every published attack, and again with each published countermeasure.

mod report;
mod shared;
pub(super) mod text;

use std::time::Duration;

use grantlab_sim::attacks::{ATTACKS, Attack, Countermeasure, Preset};
use grantlab_sim::finding::{Finding, Quarry, Told, blame, pursue, whatever_one_does};
use grantlab_sim::input_error::InputError;
use grantlab_sim::search::{OnFinding, Options, Verdict as Ended, Watch};

use self::report::{Cell, FoundReport, Row, StopOutcome};
pub(super) use self::report::{MatrixReport, Rows};
use super::attacks;
use super::console::Console;
use super::hunt::no_world;
use super::hunt::plan;
use super::hunt::report::seconds;
use super::hunt::watching::Watcher;
use super::{Failure, Verdict};
use crate::arguments::{MatrixArguments, World};

/// Distinct states of one search at most, where nothing else is said.
const STATES: u64 = 400_000;

/// Everything that one cell needs to be searched.
struct Desk<'a> {
    arguments: &'a MatrixArguments,
    watcher: &'a dyn Watch,
    clock: fn() -> Duration,
}

/// A preset in which an attack was looked for.
struct Tried {
    preset: &'static Preset,
    quarry: Quarry,
    found: Option<FoundReport>,
    is_spent: bool,
}

impl Tried {
    const fn is_found(&self) -> bool {
        self.found.is_some()
    }

    /// The same with a countermeasure, and the depth at which the attack is without it. `None` when the attack is
    /// not there, or the countermeasure changes nothing.
    fn with(&self, stop: &Countermeasure) -> Option<(Quarry, usize)> {
        let depth = self.found.as_ref()?.depth;
        let mut quarry = self.quarry.clone();
        for (key, value) in &stop.set {
            // The catalogue's switches exist; a test says so.
            let _ = quarry.profile.policies.set(key, value);
        }
        (quarry.profile.policies != self.quarry.profile.policies).then_some((quarry, depth))
    }
}

pub(super) fn run(arguments: &MatrixArguments, console: &mut Console) -> Result<Verdict, Failure> {
    let asked = asked(arguments)?;
    if let Some(out) = &arguments.out {
        return shared::run(arguments, out, &asked, console);
    }
    let started = console.elapsed();
    let watcher = Watcher::new(console, arguments.budget.seconds, "matrix")?;
    let desk = Desk {
        arguments,
        watcher: &watcher,
        clock: console.watch(),
    };
    let rows = asked
        .into_iter()
        .map(|attack| desk.row(attack))
        .collect::<Result<Vec<_>, _>>()?;
    watcher.finish();
    let elapsed = console.elapsed().saturating_sub(started);
    let report = MatrixReport::of(rows, Some(seconds(elapsed)));
    console.report(&report, text::write)?;
    Ok(match report.is_as_published() {
        true => Verdict::Fine,
        false => Verdict::Finding,
    })
}

/// The attacks that were asked for: by name, or all of a tier and below.
fn asked(arguments: &MatrixArguments) -> Result<Vec<&'static Attack>, InputError> {
    if arguments.attacks.is_empty() {
        let all = ATTACKS.iter();
        return Ok(all
            .filter(|attack| attack.tier <= arguments.tier && !attack.presets.is_empty())
            .collect());
    }
    let named = arguments.attacks.iter();
    named.map(|id| attacks::find(id)).collect()
}

impl Desk<'_> {
    fn row(&self, attack: &'static Attack) -> Result<Row, Failure> {
        let mut tried = Vec::new();
        while !tried.iter().any(Tried::is_found) && self.next(attack, &mut tried)? {}
        let mut row = Row::of(attack);
        let shown = tried.iter().find(|tried| tried.is_found());
        if let Some(shown) = shown.or(tried.first()) {
            row.set.clone_from(&shown.preset.set);
            row.powers = shown.quarry.arena.powers.to_string();
        }
        row.spent = shown.is_none() && tried.iter().any(|tried| tried.is_spent);
        row.found = shown.and_then(|tried| tried.found.clone());
        for stop in &attack.countermeasures {
            row.countermeasures
                .push(self.cell(attack, &mut tried, stop)?);
        }
        Ok(row)
    }

    /// Looks for an attack in the next of its presets. Says whether there was one.
    fn next(&self, attack: &'static Attack, tried: &mut Vec<Tried>) -> Result<bool, Failure> {
        let Some(preset) = possible(attack).nth(tried.len()) else {
            return Ok(false);
        };
        tried.push(self.preset(attack, preset)?);
        Ok(true)
    }

    /// Looks for an attack in one of its presets.
    fn preset(&self, attack: &'static Attack, preset: &'static Preset) -> Result<Tried, Failure> {
        let quarry = plan::published(attack, preset, &as_published())?;
        let options = self.options(&quarry, attack.depth);
        let before = (self.clock)();
        let (report, told) = pursue(&quarry, options, self.watcher).map_err(no_world)?;
        let elapsed = (self.clock)().saturating_sub(before);
        let finding = excused(told, &quarry)?;
        let found = finding.map(|finding| FoundReport::of(&finding, &report.counts, elapsed));
        Ok(Tried {
            preset,
            quarry,
            found,
            is_spent: matches!(report.verdict, Ended::BudgetSpent(_)),
        })
    }

    /// Looks for the same attack with a countermeasure, in the first preset where that changes anything.
    fn cell(
        &self,
        attack: &'static Attack,
        tried: &mut Vec<Tried>,
        stop: &'static Countermeasure,
    ) -> Result<Cell, Failure> {
        let changed = loop {
            let changed = tried.iter().find_map(|tried| tried.with(stop));
            if changed.is_some() || !self.next(attack, tried)? {
                break changed;
            }
        };
        let Some((quarry, depth)) = changed else {
            return Ok(Cell::untried(stop));
        };
        let depth = u32::try_from(depth).unwrap_or(u32::MAX);
        let options = self.options(&quarry, depth.saturating_add(self.arguments.depth_beyond));
        let before = (self.clock)();
        let (report, told) = pursue(&quarry, options, self.watcher).map_err(no_world)?;
        let elapsed = (self.clock)().saturating_sub(before);
        let outcome = match (told.first(), report.verdict) {
            (Some(_), _) => StopOutcome::Passes,
            (None, Ended::BudgetSpent(_)) => StopOutcome::Budget,
            (None, Ended::Found | Ended::Complete) => StopOutcome::Blocked,
        };
        let told = told.into_iter().next();
        let excuse = told
            .as_ref()
            .map(|told| whatever_one_does(told, &quarry, options, self.watcher));
        let counts = &report.counts;
        Ok(Cell {
            depth: counts.depth_complete.min(options.bounds.depth),
            states: counts.states,
            milliseconds: Some(milliseconds(elapsed)),
            steps: told.map_or_else(Vec::new, |told| told.finding.steps),
            unpreventable: excuse.transpose().map_err(no_world)?.flatten(),
            ..Cell::new(stop, outcome)
        })
    }

    fn options(&self, quarry: &Quarry, depth: u32) -> Options {
        let budget = &self.arguments.budget;
        let options = plan::options(&as_published(), budget, quarry, depth, OnFinding::Stop);
        let mut limits = options.limits;
        limits.states = budget.states.unwrap_or(STATES);
        Options { limits, ..options }
    }
}

/// What was found, if something was, and whether it says nothing against the parties.
fn excused(told: Vec<Told>, quarry: &Quarry) -> Result<Option<Finding>, Failure> {
    let Some(mut told) = told.into_iter().next() else {
        return Ok(None);
    };
    blame(&mut told, quarry).map_err(no_world)?;
    Ok(Some(told.finding))
}

/// The presets whose switches all exist.
fn possible(attack: &'static Attack) -> impl Iterator<Item = &'static Preset> {
    let presets = attack.presets.iter();
    presets.filter(move |preset| plan::published(attack, preset, &as_published()).is_ok())
}

/// Nothing differs from what was published.
const fn as_published() -> World {
    World {
        profile: None,
        settings: Vec::new(),
        powers: Vec::new(),
        granularity: None,
        sessions: None,
        injections: None,
        faults: None,
        depth: None,
    }
}

fn milliseconds(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}
