//! Repeats a walk from the keys of its decisions.

use std::sync::Arc;

use crate::choices::Key;
use crate::seed::Seed;
use crate::setup::Setup;
use crate::trace::Trace;
use crate::walk::honest_step;
use crate::world::{Mode, World};

/// Takes the actions whose keys are given, in their order; a key that is not enabled when its turn comes is
/// skipped. Then lets everything settle.
#[must_use]
pub fn replay(setup: &Arc<Setup>, seed: Seed, mode: Mode, keys: &[Key]) -> Trace {
    let mut world = World::new(setup.clone(), seed, mode);
    for key in keys {
        step_by_key(&mut world, *key);
    }
    world.settle();
    world.into_trace()
}

/// Takes the action of a key; `false` when it is not enabled.
pub fn step_by_key(world: &mut World, key: Key) -> bool {
    let boring = honest_step(world).filter(|action| Key::of(action) == key);
    let action = boring.or_else(|| {
        let mut actions = world.honest_actions();
        actions.extend(world.faults());
        actions.into_iter().find(|action| Key::of(action) == key)
    });
    if let Some(action) = &action {
        world.step(action);
    }
    action.is_some()
}
