//! What can be done next.

use super::moves::Move;
use crate::world::World;

/// The moves of everybody.
#[must_use]
pub fn offers(_world: &World) -> Vec<Move> {
    Vec::new()
}
