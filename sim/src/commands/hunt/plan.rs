//! From what was typed to what is searched.

use std::num::NonZeroUsize;
use std::thread;

use grantlab_sim::attacker::{Power, Powers};
use grantlab_sim::attacks::catalogue::BASE_PROFILE;
use grantlab_sim::attacks::{Attack, Preset};
use grantlab_sim::finding::Quarry;
use grantlab_sim::hunt::Granularity;
use grantlab_sim::input_error::InputError;
use grantlab_sim::invariant::catalogue::{self, Property};
use grantlab_sim::invariant::{self, Invariant};
use grantlab_sim::search::{Bounds, Cost, Limits, OnFinding, Options};
use grantlab_sim::switches;

use crate::arguments::{Budget, Grain, World};
use crate::commands::settings;

/// Moves at most, where nothing else is said: published attacks have 1 to 5.
pub(in crate::commands) const DEPTH: u32 = 4;

/// Moves at most in event granularity, where each delivery is one.
const DEPTH_OF_EVENTS: u32 = 40;

/// Faults at most in event granularity.
const FAULTS_OF_EVENTS: u8 = 1;

/// Memory for visited states at most, where nothing else is said.
const OCTETS: u64 = 4 << 30;

/// The profile, where nothing else is said.
pub(in crate::commands) fn profile_name(world: &World) -> &str {
    world.profile.as_deref().unwrap_or(BASE_PROFILE)
}

/// What is hunted, without a published attack.
pub(in crate::commands) fn quarry(world: &World) -> Result<Quarry, InputError> {
    let profile = settings::profile(profile_name(world))?;
    changed(Quarry::any(profile), world)
}

/// A published attack in one of its presets, with what was typed on top.
pub(in crate::commands) fn published(
    attack: &'static Attack,
    preset: &Preset,
    world: &World,
) -> Result<Quarry, InputError> {
    let base = settings::profile(profile_name(world))?;
    let quarry = Quarry::published(attack, preset, base).map_err(|_| {
        let settings = preset.set.iter();
        let missing = settings.filter(|(key, value)| {
            switches::find(key).is_none_or(|switch| !switches::takes(switch, value))
        });
        let missing: Vec<String> = missing
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let missing = missing.join(" ");
        let problem = format!("the laboratory cannot set what its preset needs: {missing}");
        InputError::about(&*attack.id, problem)
    })?;
    changed(quarry, world)
}

fn changed(mut quarry: Quarry, world: &World) -> Result<Quarry, InputError> {
    settings::set(&mut quarry.profile, &world.settings)?;
    if !world.powers.is_empty() {
        quarry.arena.powers = powers(&world.powers)?;
    }
    if let Some(grain) = world.granularity {
        quarry.granularity = match grain {
            Grain::Action => Granularity::Action,
            Grain::Event => Granularity::Event,
        };
    }
    Ok(quarry)
}

fn powers(words: &[String]) -> Result<Powers, InputError> {
    let known = || Power::ALL.iter().map(|power| power.as_str());
    let read = words.iter().map(|word| {
        Power::read(&word.to_ascii_lowercase()).ok_or_else(|| {
            InputError::about(&**word, "there is no such attacker").instead_of(word, known())
        })
    });
    read.collect()
}

/// The property called `id`, or those that belong to the published property of that name.
pub(in crate::commands) fn properties(id: &str) -> Result<Vec<&'static Invariant>, InputError> {
    let named = Invariant::read(id).into_iter();
    let judges = Property::read(id)
        .into_iter()
        .flat_map(Property::invariants);
    let found: Vec<&Invariant> = named.chain(judges).collect();
    if found.is_empty() {
        let published = catalogue::ALL.iter().map(|known| known.id);
        let names = published.chain(invariant::ALL.iter().map(|known| known.id));
        return Err(InputError::about(id, "there is no such property").instead_of(id, names));
    }
    Ok(found)
}

/// How far the search goes.
pub(in crate::commands) fn options(
    world: &World,
    budget: &Budget,
    quarry: &Quarry,
    depth: u32,
    on_finding: OnFinding,
) -> Options {
    let events = quarry.granularity == Granularity::Event;
    let faults = if events { FAULTS_OF_EVENTS } else { 0 };
    let cost = Cost {
        sessions: world.sessions.unwrap_or(u8::MAX),
        injections: world.injections.unwrap_or(u8::MAX),
        faults: world.faults.unwrap_or(faults),
    };
    let depth = if events { DEPTH_OF_EVENTS } else { depth };
    Options {
        bounds: Bounds::new(cost, world.depth.unwrap_or(depth)),
        limits: Limits {
            states: budget.states.unwrap_or(u64::MAX),
            octets: octets(budget),
        },
        on_finding,
        wanted: None,
        threads: threads(budget),
    }
}

/// Memory for visited states at most, in octets.
pub(in crate::commands) fn octets(budget: &Budget) -> u64 {
    budget.memory.map_or(OCTETS, |memory| memory.0)
}

/// As many threads as were asked for, or as there are cores.
pub(in crate::commands) fn threads(budget: &Budget) -> usize {
    budget
        .threads
        .or_else(|| thread::available_parallelism().ok())
        .map_or(1, NonZeroUsize::get)
}
