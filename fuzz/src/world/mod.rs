//! Whole worlds: whatever happens, in whatever order, a hardened world keeps every promise.

mod course;
mod mutation;
mod play;
mod regression;

pub use course::{Course, Deed, Event};
pub use mutation::{mutated, spliced};
pub use play::{Done, Played, play};
pub use regression::{regression, shrunk};

use std::sync::{Arc, LazyLock};

use grantlab_sim::profile::settings::Settings;
use grantlab_sim::profile::{NamedBy, Profiles, Scale};
use grantlab_sim::seed::Seed;
use grantlab_sim::setup::Setup;
use grantlab_sim::walk::violations;
use grantlab_sim::world::Mode;

/// The profile of the world that is fuzzed.
pub const PROFILE: &str = "rfc9700";

/// Nodes of its authorization server: two on one store, so that requests can race.
pub const NODES: u8 = 2;

/// From this every fresh value derives.
const SEED: Seed = Seed(0);

/// Entries of a trace at most: what a run keeps is bounded, whatever happens in it.
const ENTRIES_MAX: usize = 20_000;

static HARDENED: LazyLock<Option<Arc<Setup>>> = LazyLock::new(|| setup(&Settings::default()));

/// The world that is fuzzed, with some switches changed; `None` when there is no such switch.
#[must_use]
pub fn setup(changed: &Settings) -> Option<Arc<Setup>> {
    let profile = Profiles::built_in().find(PROFILE, NamedBy::Argument);
    let mut profile = profile.ok()?;
    profile.set(changed).ok()?;
    let scale = Scale {
        nodes: NODES,
        ..Scale::SMALL
    };
    profile.setup(&scale).ok().map(Arc::new)
}

/// The input is a [`Course`] as JSON. No invariant is violated, everybody who wants to log in gets there once the faults
/// stop, what the run keeps is bounded, and the octets of HTTP carry the same run as the values.
pub fn world(octets: &[u8]) {
    let setup = HARDENED.as_ref();
    assert!(setup.is_some(), "the hardened profile makes a world");
    let (Some(setup), Some(course)) = (setup, Course::read(octets)) else {
        return;
    };
    let faults = faults(setup, &course);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is wrong with a run: the promises that it breaks.
#[must_use]
pub fn faults(setup: &Arc<Setup>, course: &Course) -> Vec<String> {
    let played = play(setup, Mode::Message, course, usize::MAX);
    let violated = violations(&played.trace).into_iter();
    let mut faults: Vec<String> = violated
        .map(|(id, violation)| format!("{id}: {violation:?}"))
        .collect();
    if !played.completed {
        faults.push("somebody never got logged in".to_owned());
    }
    if played.trace.entries().len() > ENTRIES_MAX {
        faults.push(format!("more than {ENTRIES_MAX} entries"));
    }
    let wire = play(setup, Mode::Wire, course, usize::MAX);
    if let Some(entry) = played.trace.hash().first_difference(wire.trace.hash()) {
        faults.push(format!("values and octets part at entry {entry}"));
    }
    faults
}

/// What libFuzzer makes of a course: a neighbour, with the keys of what really happened. From no course it begins anew.
#[must_use]
pub fn mutant(octets: &[u8], seed: u32) -> String {
    let course = Course::read(octets).unwrap_or_default();
    let pinned = HARDENED.as_ref().map_or_else(Course::default, |setup| {
        play(setup, Mode::Message, &course, usize::MAX).pinned
    });
    mutated(&pinned, seed).write()
}

/// What libFuzzer makes of two courses.
#[must_use]
pub fn crossed(one: &[u8], other: &[u8], seed: u32) -> String {
    let course = |octets| Course::read(octets).unwrap_or_default();
    spliced(&course(one), &course(other), seed).write()
}

/// Writes a course where libFuzzer wants it, and says how long it is; nothing, when there is no room.
pub fn put(course: &str, out: &mut [u8]) -> usize {
    let room = out.get_mut(..course.len());
    room.map_or(0, |room| {
        room.copy_from_slice(course.as_bytes());
        course.len()
    })
}
