//! Where the tests hunt, and how far.

use grantlab_sim::attacks::{Attack, Preset};
use grantlab_sim::finding::{Chase, Quarry};
use grantlab_sim::hunt::Granularity;
use grantlab_sim::profile::{NamedBy, Profile, Profiles};
use grantlab_sim::search::{Bounds, Cost, Limits, Options, ReportOf, Unwatched, search};

/// Moves of a race at most: each delivery is one.
pub(super) const DEPTH_OF_EVENTS: u32 = 30;

/// Distinct states of one search at most: far more than any search here needs.
const STATES_MAX: u64 = 60_000;

/// A built-in profile.
pub(super) fn profile(name: &str) -> Profile {
    Profiles::built_in().find(name, NamedBy::Argument).unwrap()
}

/// A published attack in one of its presets.
pub(super) fn published(attack: &'static Attack, preset: &Preset) -> Quarry {
    Quarry::published(attack, preset, profile("rfc9700")).unwrap()
}

/// Up to the first finding, on one thread. One delivery at a time, one session and one message are enough for a race.
pub(super) fn first(quarry: &Quarry, depth: u32) -> Options {
    let (each, depth) = match quarry.granularity {
        Granularity::Action => (u8::MAX, depth),
        Granularity::Event => (1, DEPTH_OF_EVENTS),
    };
    let cost = Cost {
        sessions: each,
        injections: each,
        faults: 0,
    };
    Options {
        limits: Limits {
            states: STATES_MAX,
            ..Limits::NONE
        },
        ..Options::first(Bounds::new(cost, depth))
    }
}

/// What a search up to its first finding says.
pub(super) fn hunted(quarry: &Quarry, depth: u32) -> (Chase, ReportOf<Chase>) {
    let chase = quarry.chase().unwrap();
    let report = search(&chase, first(quarry, depth), &Unwatched);
    (chase, report)
}
