//! Steps of the smallest size: one delivery, one store operation, one timer, one fault.

use crate::attacker::Move;
use crate::attacker::offers::{Receivers, offers};
use crate::hunt::Position;

/// What can happen next: something arrives, fails or is asked for; when all is quiet, somebody begins something.
#[must_use]
pub(super) fn moves(position: &Position, receivers: &Receivers) -> Vec<Move> {
    let world = &position.world;
    let quiet = world.deliverable().next().is_none();
    let mut moves: Vec<Move> = world.progress().into_iter().map(Move::Event).collect();
    moves.extend(world.faults().into_iter().map(Move::Event));
    if quiet {
        moves.extend(offers(position, receivers));
    }
    moves
}
