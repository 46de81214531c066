//! Walks: runs in which honest users want to log in, and chance decides what happens on the way.
//!
//! A walk is boring most of the time. Now and then it deviates: it delivers something out of order, loses or
//! duplicates a message, stops a server, or lets a user do something else than what he came for. In the end the
//! faults stop, and everybody who wanted to log in must get there.

mod honest;
mod probe;
mod replay;
mod sweep;

pub(crate) use honest::asked;
pub use honest::honest_step;
pub use probe::{Probe, think};
pub use replay::{replay, step_by_key};
pub use sweep::{Progress, Sweep, SweepReport, Violating, sweep, sweep_part};

use std::sync::Arc;

use grantlab_core::event::Event;

use crate::choices::{Choices, Key};
use crate::invariant::{self, Violation};
use crate::seed::Seed;
use crate::setup::Setup;
use crate::trace::{Trace, What};
use crate::world::{Action, Mode, World};

/// How far a walk may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How messages travel.
    pub mode: Mode,
    /// Faults of the environment at the most.
    pub faults_max: u32,
    /// Other deviations at the most: odd orders, odd users.
    pub deviations_max: u32,
    /// Requests that nobody honest would send, at the most.
    pub probes_max: u32,
    /// Steps after which faults stop.
    pub disturbed_steps: u32,
    /// Steps after the faults stopped within which every login must be complete.
    pub honest_steps_max: u32,
}

impl Plan {
    /// Enough for a login with a few things going wrong.
    #[must_use]
    pub const fn usual(mode: Mode) -> Self {
        Self {
            mode,
            faults_max: 3,
            deviations_max: 4,
            probes_max: 0,
            disturbed_steps: 400,
            honest_steps_max: 2_000,
        }
    }

    /// Things go wrong, and somebody who knows everything sends what he likes.
    #[must_use]
    pub const fn probed(mode: Mode) -> Self {
        Self {
            probes_max: 6,
            ..Self::usual(mode)
        }
    }

    /// Nothing goes wrong.
    #[must_use]
    pub const fn undisturbed(mode: Mode) -> Self {
        Self {
            mode,
            faults_max: 0,
            deviations_max: 0,
            probes_max: 0,
            disturbed_steps: 0,
            honest_steps_max: 2_000,
        }
    }
}

/// A walk that has come to its end.
#[derive(Clone, Debug)]
pub struct Walked {
    /// The run.
    pub trace: Trace,
    /// Everything that was decided, by key: what [`replay`] needs.
    pub keys: Vec<Key>,
    /// Faults and other deviations that took place, in words.
    pub deviations: u32,
    /// Whether every user who wanted to log in did.
    pub completed: bool,
}

/// The lengths of boring stretches that a walk picks from. The first ends all deviations.
const STRETCHES: [u32; 8] = [u32::MAX, 30, 17, 9, 5, 3, 2, 1];

/// Walks once.
#[must_use]
pub fn walk(setup: &Arc<Setup>, seed: Seed, choices: &mut impl Choices, plan: &Plan) -> Walked {
    let world = World::new(setup.clone(), seed, plan.mode);
    let mut walker = Walker {
        world,
        keys: Vec::new(),
        deviations: 0,
        faults: 0,
        probes: 0,
    };
    walker.disturbed(choices, plan);
    let completed = walker.undisturbed(plan.honest_steps_max);
    Walked {
        trace: walker.world.into_trace(),
        keys: walker.keys,
        deviations: walker.deviations,
        completed,
    }
}

/// Every invariant's verdict on a run: what it violates.
#[must_use]
pub fn violations(trace: &Trace) -> Vec<(&'static str, Violation)> {
    let violated = invariant::judge_each(trace).into_iter();
    violated
        .map(|(invariant, first)| (invariant.id, first))
        .collect()
}

struct Walker {
    world: World,
    keys: Vec<Key>,
    deviations: u32,
    faults: u32,
    probes: u32,
}

impl Walker {
    /// Boring stretches with deviations between them.
    fn disturbed(&mut self, choices: &mut impl Choices, plan: &Plan) {
        let stretch_keys = STRETCHES.map(|stretch| Key::of(&stretch));
        let mut steps = 0;
        while steps < plan.disturbed_steps
            && self.deviations < plan.faults_max.saturating_add(plan.deviations_max)
        {
            let stretch = STRETCHES
                .get(choices.pick("stretch", &stretch_keys))
                .copied()
                .unwrap_or(u32::MAX);
            if stretch == u32::MAX {
                return;
            }
            for _ in 0..stretch {
                steps += 1;
                if !self.boring() {
                    return;
                }
            }
            self.deviate(choices, plan);
        }
    }

    /// One thing that is not the boring one.
    fn deviate(&mut self, choices: &mut impl Choices, plan: &Plan) {
        if self.probes < plan.probes_max && choices.pick("odd", &[Key(0), Key(1)]) == 1 {
            self.deviations += 1;
            self.probes += 1;
            if let Some(probe) = think(&self.world, choices) {
                probe.carry_out(&mut self.world);
            }
            return;
        }
        let mut actions = self.world.honest_actions();
        if self.faults < plan.faults_max {
            actions.extend(self.world.faults());
        }
        let place = choices.pick("action", &World::keys(&actions));
        if let Some(action) = actions.get(place) {
            self.deviations += 1;
            self.faults += u32::from(action.is_fault());
            self.take(action);
        }
    }

    /// Faults have stopped: whoever wants to log in must get there. `false` when somebody did not.
    fn undisturbed(&mut self, steps_max: u32) -> bool {
        for _ in 0..steps_max {
            if !self.boring() {
                return true;
            }
        }
        false
    }

    /// The boring next step; `false` when there is none left, and everybody has what he came for.
    fn boring(&mut self) -> bool {
        match honest_step(&self.world) {
            Some(action) => {
                self.take(&action);
                true
            }
            None => false,
        }
    }

    fn take(&mut self, action: &Action) {
        self.keys.push(Key::of(action));
        self.world.step(action);
    }
}

/// How many logins were completed in a run.
#[must_use]
pub fn logins(trace: &Trace) -> u32 {
    let completed = trace
        .events()
        .filter(|(_, _, event)| matches!(event, Event::LoginCompleted { .. }))
        .count();
    u32::try_from(completed).unwrap_or(u32::MAX)
}

/// How many faults happened in a run.
#[must_use]
pub fn faults(trace: &Trace) -> u32 {
    let happened = trace.entries().iter().filter(|entry| {
        matches!(
            entry.what,
            What::Lost { .. } | What::Duplicated { .. } | What::Delayed { .. } | What::Crashed
        )
    });
    u32::try_from(happened.count()).unwrap_or(u32::MAX)
}
