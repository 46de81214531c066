//! Two registers and a few ways to change them: the same values can be had in long ways and in short ones.

use grantlab_core::canonical::{Canonical, Encoder};
use grantlab_sim::choices::{Key, Seeded};
use grantlab_sim::search::{Cost, Space};
use grantlab_sim::seed::Seed;
use xxhash_rust::xxh3::xxh3_128;

/// Registers count modulo this.
const MODULUS: u8 = 31;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) left: u8,
    pub(crate) right: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Increment,
    AddSeven,
    /// Only when the right register is odd.
    Double,
    /// Only when the left register is the larger one.
    Swap,
    /// Only when the registers differ.
    Mix,
}

const CHANGES: [Change; 5] = [
    Change::Increment,
    Change::AddSeven,
    Change::Double,
    Change::Swap,
    Change::Mix,
];

impl Canonical for Change {
    fn encode(&self, out: &mut Encoder) {
        out.tag(*self as u8);
    }
}

/// Every third pair is a failure of its own kind.
pub(crate) struct Registers;

impl Registers {
    /// A walk of evenly chosen changes.
    pub(crate) fn walk(&self, seed: u128, length: usize) -> Vec<Change> {
        let mut choices = Seeded::new(Seed(seed));
        let mut pair = self.root();
        let mut path = Vec::new();
        for _ in 0..length {
            let moves = self.moves(&pair);
            let taken = moves[choices.below(moves.len())];
            self.apply(&mut pair, &taken);
            path.push(taken);
        }
        path
    }

    /// The longest part of a path that ends in a failure, and what kind it is.
    pub(crate) fn last_failure(&self, path: &[Change]) -> Option<(Vec<Change>, Key)> {
        let mut pair = self.root();
        let mut last = None;
        for (place, taken) in path.iter().enumerate() {
            self.apply(&mut pair, taken);
            if let Some(failure) = self.violation(&pair) {
                last = Some((path[..=place].to_vec(), self.key(&failure)));
            }
        }
        last
    }
}

impl Space for Registers {
    type State = Pair;
    type Move = Change;
    type Finding = Pair;

    fn root(&self) -> Pair {
        Pair { left: 0, right: 1 }
    }

    fn moves(&self, state: &Pair) -> Vec<Change> {
        let mut moves = CHANGES.to_vec();
        moves.retain(|change| match change {
            Change::Increment | Change::AddSeven => true,
            Change::Double => state.right % 2 == 1,
            Change::Swap => state.left > state.right,
            Change::Mix => state.left != state.right,
        });
        moves
    }

    fn apply(&self, state: &mut Pair, taken: &Change) {
        let Pair { left, right } = *state;
        *state = match taken {
            Change::Increment => Pair {
                left: left + 1,
                right,
            },
            Change::AddSeven => Pair {
                left: left + 7,
                right,
            },
            Change::Double => Pair {
                left,
                right: right * 2,
            },
            Change::Swap => Pair {
                left: right,
                right: left,
            },
            Change::Mix => Pair {
                left,
                right: left + right,
            },
        };
        state.left %= MODULUS;
        state.right %= MODULUS;
    }

    fn fingerprint(&self, state: &Pair) -> u128 {
        xxh3_128(&[state.left, state.right])
    }

    fn cost(&self, of: &Change) -> Cost {
        match of {
            Change::Swap => Cost::FAULT,
            Change::AddSeven => Cost::INJECTION,
            Change::Increment | Change::Double | Change::Mix => Cost::FREE,
        }
    }

    fn violation(&self, state: &Pair) -> Option<Pair> {
        let failing = (state.left + state.right) % 3 == 2;
        failing.then_some(*state)
    }

    fn key(&self, finding: &Pair) -> Key {
        Key(u64::from(finding.left) * 100 + u64::from(finding.right))
    }
}
