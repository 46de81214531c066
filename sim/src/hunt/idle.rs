//! Moves that change nothing, remembered: most of what an attacker can send is turned down, by receivers that have not
//! changed since they turned it down before.
//!
//! What such a move does is decided by the parties that it reaches, by what is on its way and by the windows that are
//! open. Where all these are as they were, it changes nothing again. Nothing about it can be a finding when no
//! property that is looked for asks for anything that it makes happen.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::RwLock;

use grantlab_core::canonical::{Canonical, Encoder};
use xxhash_rust::xxh3::xxh3_128;

use super::play::Position;
use crate::attacker::Move;
use crate::choices::Key;
use crate::party::PartyId;

/// Circumstances that are remembered at most: some 20 MB.
const REMEMBERED_MAX: usize = 400_000;

/// Moves that changed nothing, and the circumstances in which they did.
#[derive(Debug, Default)]
pub(super) struct Idle {
    known: RwLock<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// The parties that a move reached, each time that they were others.
    reached: BTreeMap<Key, Vec<Vec<PartyId>>>,
    circumstances: BTreeSet<u128>,
}

impl Idle {
    /// Whether a move changes nothing here.
    pub(super) fn knows(&self, here: &Position, taken: &Move) -> bool {
        if !may_be_remembered(here, taken) {
            return false;
        }
        let Ok(known) = self.known.read() else {
            return false;
        };
        let key = Key::of(taken);
        known.reached.get(&key).is_some_and(|reached| {
            let mut reached = reached.iter();
            reached.any(|parties| {
                known
                    .circumstances
                    .contains(&circumstance(here, key, parties))
            })
        })
    }

    /// Remembers a move that changed nothing.
    pub(super) fn remember(&self, here: &Position, taken: &Move, after: &Position) {
        if !may_be_remembered(here, taken) {
            return;
        }
        let key = Key::of(taken);
        let parties = after.world.reached_since(&here.world);
        let circumstance = circumstance(here, key, &parties);
        let Ok(mut known) = self.known.write() else {
            return;
        };
        if known.circumstances.len() < REMEMBERED_MAX {
            known.circumstances.insert(circumstance);
            let reached = known.reached.entry(key).or_default();
            if !reached.contains(&parties) {
                reached.push(parties);
            }
        }
    }
}

/// Requests that the attacker makes change whoever gets them for the time of an answer: who looked without being asked
/// is nobody. What is late arrives with any move.
const fn may_be_remembered(here: &Position, taken: &Move) -> bool {
    let is_request = match taken {
        Move::Lure { .. } | Move::Browse { .. } | Move::Send { .. } => true,
        Move::Start { .. }
        | Move::GoOn { .. }
        | Move::Begin { .. }
        | Move::Answer { .. }
        | Move::Refresh { .. }
        | Move::Withdraw { .. }
        | Move::Event(_) => false,
    };
    is_request && here.is_punctual()
}

/// Everything that decides what a move does which reaches these parties and no others.
fn circumstance(here: &Position, key: Key, parties: &[PartyId]) -> u128 {
    let mut encoder = Encoder::default();
    key.0.encode(&mut encoder);
    here.encode_windows(&mut encoder);
    here.world.encode_around(parties, &mut encoder);
    xxh3_128(encoder.as_slice())
}
