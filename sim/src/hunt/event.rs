//! Steps of the smallest size: one delivery, one store operation, one timer, one fault.

use super::ample::at_once;
use crate::attacker::Move;
use crate::attacker::offers::{Receivers, offers};
use crate::hunt::Position;
use crate::trace::Payload;
use crate::world::{Action, Flight, World};

/// Whether deliveries that nothing depends on are taken at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduction {
    /// Those that `ample` finds.
    Ample,
    /// Never: for comparison.
    Off,
}

/// What can happen next: something arrives, fails or is asked for; when all is quiet, somebody begins something.
#[must_use]
pub(super) fn moves(position: &Position, receivers: &Receivers, reduction: Reduction) -> Vec<Move> {
    let world = &position.world;
    let first = match reduction {
        Reduction::Ample => at_once(world),
        Reduction::Off => None,
    };
    if let Some(flight) = first {
        let deliver = std::iter::once(Action::Deliver(flight.id));
        let actions = deliver.chain(world.faults_with(flight));
        let mut moves: Vec<Move> = actions.map(Move::Event).collect();
        if is_store_request(flight) {
            moves.extend(offers_without_browser(position, receivers));
        }
        return moves;
    }
    let quiet = is_quiet(world);
    let mut moves: Vec<Move> = world
        .progress()
        .into_iter()
        // Time passes when nothing is on its way: a message that takes its time is a fault.
        .filter(|action| quiet || *action != Action::Wait)
        .map(Move::Event)
        .collect();
    moves.extend(world.faults().into_iter().map(Move::Event));
    if quiet {
        moves.extend(offers(position, receivers));
    } else if world.deliverable().any(is_store_request) {
        moves.extend(offers_without_browser(position, receivers));
    }
    moves
}

/// Whether nothing is on its way but what copies of a store tell each other.
#[must_use]
pub fn is_quiet(world: &World) -> bool {
    world.deliverable().all(|flight| flight.is_replication())
}

fn is_store_request(flight: &Flight) -> bool {
    matches!(flight.payload, Payload::StoreRequest(_)) && !flight.is_replication()
}

/// Between two operations of a store the attacker can ask for something, and so can a client.
fn offers_without_browser(
    position: &Position,
    receivers: &Receivers,
) -> impl Iterator<Item = Move> {
    let offers = offers(position, receivers).into_iter();
    offers.filter(|offer| {
        matches!(
            offer,
            Move::Send { .. } | Move::Refresh { .. } | Move::Withdraw { .. }
        )
    })
}
