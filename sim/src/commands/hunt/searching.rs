//! Which searches a hunt takes, one after the other.

use std::time::Duration;

use grantlab_sim::finding::{Quarry, Told, blame, pursue, shorten};
use grantlab_sim::input_error::InputError;
use grantlab_sim::search::{Counts, OnFinding, Options, Verdict as Ended, Walks, wander};

use super::no_world;
use super::plan::{self, DEPTH};
use super::report::AlsoOpen;
use super::watching::Watcher;
use crate::arguments::HuntArguments;
use crate::commands::Failure;
use crate::commands::attacks;
use crate::commands::checkpoint::{Checkpoint, CheckpointReport};

/// Moves at most on the way to a broken rule that harms nobody yet.
pub(super) const DEPTH_OF_RULES: u32 = 2;

/// Distinct states in which other open things are looked for at most.
const STATES_OF_OTHERS: u64 = 20_000;

/// A search that is over.
pub(super) struct Hunted {
    pub(super) quarry: Quarry,
    pub(super) options: Options,
    pub(super) ended: Ended,
    pub(super) counts: Counts,
    pub(super) told: Option<Told>,
    pub(super) checkpoint: Option<CheckpointReport>,
    /// Random walks that were made instead.
    pub(super) walks: Option<u64>,
}

/// A hunt, as it was asked for.
pub(super) struct Hunt<'a> {
    pub(super) arguments: &'a HuntArguments,
    pub(super) watcher: &'a Watcher,
    pub(super) checkpoint: Option<Checkpoint<'a>>,
    pub(super) clock: fn() -> Duration,
}

impl Hunt<'_> {
    /// Searches in what was asked for; a published attack in its presets, one after the other, until it is found:
    /// first as deep as it was published, and then deeper.
    pub(super) fn run(&self) -> Result<Hunted, Failure> {
        let world = &self.arguments.world;
        let Some(id) = &self.arguments.attack else {
            return self.anything();
        };
        let attack = attacks::find(id)?;
        let presets = attack.presets.iter();
        let quarries = presets.map(|preset| plan::published(attack, preset, world));
        let (known, unknown): (Vec<_>, Vec<_>) = quarries.partition(Result::is_ok);
        let depths = [attack.depth, attack.depth.max(DEPTH)].into_iter();
        let searches = depths.flat_map(|depth| known.iter().flatten().map(move |one| (one, depth)));
        let kept = self.checkpoint.as_ref().map(Checkpoint::number);
        let first = kept.transpose()?.flatten().unwrap_or(0);
        let mut last = None;
        for (number, (quarry, depth)) in (0..).zip(searches).filter(|(number, _)| *number >= first)
        {
            let hunted = self.search(number, quarry.clone(), depth)?;
            let is_spent = matches!(hunted.ended, Ended::BudgetSpent(_));
            // A search that was written down is gone on from before the next one.
            let is_over = hunted.told.is_some() || is_spent && self.checkpoint.is_some();
            last = Some(hunted);
            if is_over {
                break;
            }
        }
        match (last, unknown.into_iter().find_map(Result::err)) {
            (Some(hunted), _) => Ok(hunted),
            (None, Some(error)) => Err(Failure::Input(error)),
            (None, None) => Err(nowhere(id)),
        }
    }

    /// Looks for harm first. Where there is none, a broken rule that stands before the harm is worth telling.
    fn anything(&self) -> Result<Hunted, Failure> {
        let arguments = self.arguments;
        let quarry = plan::quarry(&arguments.world)?;
        let hunted = self.search(0, quarry.clone(), DEPTH)?;
        let unnamed = arguments.property.is_none() && arguments.seeds.is_none();
        if hunted.told.is_some() || hunted.ended != Ended::Complete || !unnamed {
            return Ok(hunted);
        }
        let mut shallow = arguments.clone();
        let depth = arguments.world.depth.unwrap_or(DEPTH).min(DEPTH_OF_RULES);
        shallow.world.depth = Some(depth);
        let rules = Hunt {
            arguments: &shallow,
            checkpoint: None,
            ..*self
        };
        let rules = rules.search(0, quarry.for_precursors(), depth)?;
        Ok(match rules.told {
            Some(_) => Hunted {
                checkpoint: hunted.checkpoint,
                ..rules
            },
            None => hunted,
        })
    }

    /// What else is open within a few moves, where nothing was asked for by name: one run for each property.
    pub(super) fn also_open(&self, hunted: &Hunted) -> Result<Vec<AlsoOpen>, Failure> {
        let arguments = self.arguments;
        let named = arguments.property.is_some() || arguments.attack.is_some();
        let (Some(first), false, None) = (&hunted.told, named, &arguments.seeds) else {
            return Ok(Vec::new());
        };
        let quarry = hunted.quarry.for_everything();
        let mut options = hunted.options;
        options.on_finding = OnFinding::GoOn;
        options.bounds.depth = options.bounds.depth.min(DEPTH_OF_RULES);
        options.limits.states = options.limits.states.min(STATES_OF_OTHERS);
        let (_, mut others) = pursue(&quarry, options, self.watcher).map_err(no_world)?;
        for other in &mut others {
            blame(other, &quarry).map_err(no_world)?;
        }
        let others = others.iter().map(|told| &told.finding);
        let new = others.filter(|other| other.property != first.finding.property);
        Ok(new.map(AlsoOpen::of).collect())
    }

    /// One search. `number` counts those of a hunt.
    fn search(&self, number: u32, mut quarry: Quarry, depth: u32) -> Result<Hunted, Failure> {
        let arguments = self.arguments;
        if let Some(property) = &arguments.property {
            quarry.properties = plan::properties(property)?;
        }
        let (world, budget) = (&arguments.world, &arguments.budget);
        let options = plan::options(world, budget, &quarry, depth, OnFinding::Stop);
        if arguments.seeds.is_some() {
            return self.walk(quarry, options);
        }
        let (report, told, checkpoint) = match &self.checkpoint {
            Some(checkpoint) => {
                let watcher = self.watcher;
                let (report, told, kept) = checkpoint.pursue(number, &quarry, options, watcher)?;
                (report, told, Some(kept))
            }
            None => {
                let (report, told) = pursue(&quarry, options, self.watcher).map_err(no_world)?;
                (report, told, None)
            }
        };
        Ok(Hunted {
            quarry,
            options,
            ended: report.verdict,
            counts: report.counts,
            told: told.into_iter().next(),
            checkpoint,
            walks: None,
        })
    }

    /// Random walks, and what they find made short.
    fn walk(&self, quarry: Quarry, options: Options) -> Result<Hunted, Failure> {
        let seeds = self.arguments.seeds.as_ref();
        let walks = Walks {
            seeds: seeds.map_or(0..0, |seeds| seeds.0.clone()),
            bounds: options.bounds,
            octets: options.limits.octets,
            threads: options.threads,
        };
        let chase = quarry.chase().map_err(no_world)?;
        let report = wander(&chase, &walks, self.watcher);
        let before = (self.clock)();
        let mut told = shorten(&chase, &quarry, &report, options, self.watcher);
        let elapsed = (self.clock)().saturating_sub(before);
        if let Some(told) = &mut told {
            let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
            told.finding.search.shrinking_milliseconds = Some(milliseconds);
        }
        let counts = Counts {
            states: report.states,
            transitions: report.transitions,
            ..Counts::default()
        };
        Ok(Hunted {
            quarry,
            options,
            ended: report.verdict,
            counts,
            told,
            checkpoint: None,
            walks: Some(report.walks),
        })
    }
}

fn nowhere(attack: &str) -> Failure {
    let problem = "the laboratory has no settings in which it works";
    Failure::Input(InputError::about(attack, problem))
}
