//! The game as a space that can be searched.

use std::sync::Arc;

use super::event::Reduction;
use super::idle::Idle;
use super::play::Position;
use crate::attacker::Move;
use crate::attacker::offers::{Receivers, offers};
use crate::choices::Key;
use crate::invariant::{Invariant, Violation, judge_since};
use crate::search::{Cost, Space};
use crate::seed::Seed;
use crate::setup::Setup;
use crate::world::{Mode, World};

/// How large one step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granularity {
    /// An initiative of a user or of the attacker, with everything that follows from it.
    Action,
    /// One delivery, store operation, timer or fault.
    Event,
}

impl Granularity {
    /// Its word on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Action => "action",
            Self::Event => "event",
        }
    }
}

/// A violated property, as a search finds it.
#[derive(Clone, Debug)]
pub struct Caught {
    /// The invariant.
    pub invariant: &'static Invariant,
    /// Where the run shows it.
    pub violation: Violation,
}

/// Honest users and an attacker, and what must hold whatever they do.
#[derive(Debug)]
pub struct Game {
    setup: Arc<Setup>,
    seed: Seed,
    mode: Mode,
    granularity: Granularity,
    reduction: Reduction,
    properties: Vec<&'static Invariant>,
    receivers: Receivers,
    idle: Idle,
}

impl Game {
    /// A game in the world of `setup`, judged by `properties` in their order.
    #[must_use]
    pub fn new(setup: Arc<Setup>, properties: Vec<&'static Invariant>) -> Self {
        Self {
            setup,
            seed: Seed(1),
            mode: Mode::Message,
            granularity: Granularity::Action,
            reduction: Reduction::Ample,
            properties,
            receivers: Receivers::default(),
            idle: Idle::default(),
        }
    }

    /// The same with steps of another size.
    #[must_use]
    pub fn with_granularity(self, granularity: Granularity) -> Self {
        Self {
            granularity,
            ..self
        }
    }

    /// The same, with every order of deliveries or only those that can make a difference.
    #[must_use]
    pub fn reduced(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// The same with other fresh values.
    #[must_use]
    pub fn with_seed(self, seed: Seed) -> Self {
        Self { seed, ..self }
    }

    /// The same with messages that travel in another way.
    #[must_use]
    pub fn in_mode(self, mode: Mode) -> Self {
        Self { mode, ..self }
    }

    /// What it is played in.
    #[must_use]
    pub const fn setup(&self) -> &Arc<Setup> {
        &self.setup
    }

    /// The position that `moves` lead to.
    #[must_use]
    pub fn replay<'m>(&self, moves: impl IntoIterator<Item = &'m Move>) -> Position {
        let mut position = self.root();
        for one in moves {
            position.play(one);
        }
        position
    }
}

impl Space for Game {
    type State = Position;
    type Move = Move;
    type Finding = Caught;

    fn root(&self) -> Position {
        Position::new(World::new(self.setup.clone(), self.seed, self.mode))
    }

    fn moves(&self, state: &Position) -> Vec<Move> {
        match self.granularity {
            Granularity::Action => offers(state, &self.receivers),
            Granularity::Event => super::event::moves(state, &self.receivers, self.reduction),
        }
    }

    fn apply(&self, state: &mut Position, taken: &Move) {
        match self.granularity {
            Granularity::Action => state.play(taken),
            Granularity::Event => state.play_once(taken),
        }
    }

    fn fingerprint(&self, state: &Position) -> u128 {
        state.fingerprint()
    }

    fn cost(&self, of: &Move) -> Cost {
        match of {
            Move::Start { .. } | Move::Begin { .. } => Cost::SESSION,
            Move::Lure { .. } | Move::Browse { .. } | Move::Send { .. } | Move::Answer { .. } => {
                Cost::INJECTION
            }
            Move::GoOn { .. } | Move::Refresh { .. } | Move::Withdraw { .. } => Cost::FREE,
            Move::Event(action) if action.is_fault() => Cost::FAULT,
            Move::Event(_) => Cost::FREE,
        }
    }

    fn violation(&self, state: &Position) -> Option<Caught> {
        let trace = state.world.trace();
        let (invariant, violation) = judge_since(trace, state.before(), &self.properties)?;
        Some(Caught {
            invariant,
            violation,
        })
    }

    fn is_idle(&self, state: &Position, taken: &Move) -> bool {
        self.granularity == Granularity::Action && self.idle.knows(state, taken)
    }

    fn was_idle(&self, before: &Position, taken: &Move, after: &Position) {
        let later = after.world.trace().entries();
        let place = usize::try_from(after.before()).unwrap_or(usize::MAX);
        let woken = later.since(place).any(|entry| {
            let mut properties = self.properties.iter();
            properties.any(|property| property.is_woken_by(&entry.what))
        });
        if self.granularity == Granularity::Action && !woken {
            self.idle.remember(before, taken, after);
        }
    }

    fn key(&self, finding: &Caught) -> Key {
        Key::of(&finding.invariant.id)
    }
}
