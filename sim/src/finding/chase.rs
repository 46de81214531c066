//! The game as it is searched for one attack, or for anything: only what was asked for is a finding.

use std::sync::Arc;

use crate::attacker::{Move, Pause, Power};
use crate::attacks::recognise;
use crate::attacks::{Attack, Prologue};
use crate::choices::Key;
use crate::hunt::{Caught, Game, Position};
use crate::search::{Cost, Space};
use crate::setup::Setup;
use crate::trace::{EntryId, Trace};

/// A game in which one published attack counts, or every violation.
#[derive(Debug)]
pub struct Chase {
    game: Game,
    attack: Option<&'static Attack>,
    prologue: Prologue,
}

impl Chase {
    pub(super) const fn new(
        game: Game,
        attack: Option<&'static Attack>,
        prologue: Prologue,
    ) -> Self {
        Self {
            game,
            attack,
            prologue,
        }
    }

    /// What it is played in.
    #[must_use]
    pub const fn setup(&self) -> &Arc<Setup> {
        self.game.setup()
    }

    /// What happened before the first move: a login, if that was asked for or tokens have leaked already (A5).
    #[must_use]
    pub fn before(&self) -> Option<Move> {
        let setup = self.setup();
        let has_tokens = setup
            .attacker
            .as_ref()
            .is_some_and(|attacker| attacker.powers.has(Power::A5));
        let provider = setup.clients.first()?.configuration.providers.first()?;
        (has_tokens || self.prologue == Prologue::Login).then(|| Move::Start {
            user: 0,
            client: 0,
            server: provider.name.clone(),
            instead: None,
            pause: Pause::Never,
        })
    }

    /// The run that moves lead to, from the beginning, and the entries with which each move begins.
    #[must_use]
    pub fn run(&self, moves: &[Move]) -> (Trace, Vec<EntryId>) {
        let mut position = self.root();
        let mut starts = Vec::with_capacity(moves.len());
        for one in moves {
            starts.push(position.world.trace().next_id());
            self.game.apply(&mut position, one);
        }
        (position.world.into_trace(), starts)
    }
}

impl Space for Chase {
    type State = Position;
    type Move = Move;
    type Finding = Caught;

    fn root(&self) -> Position {
        let mut position = self.game.root();
        if let Some(before) = self.before() {
            position.play(&before);
        }
        position
    }

    fn moves(&self, state: &Position) -> Vec<Move> {
        self.game.moves(state)
    }

    fn apply(&self, state: &mut Position, taken: &Move) {
        self.game.apply(state, taken);
    }

    fn fingerprint(&self, state: &Position) -> u128 {
        self.game.fingerprint(state)
    }

    fn cost(&self, of: &Move) -> Cost {
        self.game.cost(of)
    }

    fn violation(&self, state: &Position) -> Option<Caught> {
        let caught = self.game.violation(state)?;
        let wanted = self
            .attack
            .is_none_or(|attack| recognise::is(&attack.id, state.world.trace()));
        wanted.then_some(caught)
    }

    fn is_idle(&self, state: &Position, taken: &Move) -> bool {
        self.game.is_idle(state, taken)
    }

    fn was_idle(&self, before: &Position, taken: &Move, after: &Position) {
        self.game.was_idle(before, taken, after);
    }

    fn key(&self, finding: &Caught) -> Key {
        match self.attack {
            Some(attack) => Key::of(&attack.id.as_str()),
            None => self.game.key(finding),
        }
    }
}
