//! Taking every move of some states. Nothing is decided here, so that it can be done on any thread.

use std::ops::Range;

use grantlab_core::canonical::{Canonical, Encoder};
use xxhash_rust::xxh3::xxh3_128;

use super::bounds::{Bounds, visited_key};
use super::replay::{Reached, Replay};

use super::space::Space;
use super::tree::{Node, Tree};
use super::visited::Visited;
use super::watch::Watch;

/// What expanding needs to know.
pub(super) struct Ground<'a, S: Space> {
    pub(super) space: &'a S,
    pub(super) bounds: &'a Bounds,
    pub(super) tree: &'a Tree<S>,
    pub(super) visited: &'a Visited,
    /// States that are not to be expanded, in order.
    pub(super) pruned: &'a [Node],
}

/// A state that may be new.
pub(super) struct Candidate<S: Space> {
    /// Which move of its parent led there, counted from 1.
    pub(super) ordinal: u64,
    pub(super) taken: S::Move,
    /// The fingerprint of the move.
    pub(super) taken_name: u128,
    /// What the visited set knows it by.
    pub(super) name: u128,
    pub(super) violation: Option<S::Finding>,
}

/// What came of a state.
pub(super) struct Expanded<S: Space> {
    /// Moves that were taken.
    pub(super) transitions: u64,
    /// Where they led, as far as it was not known to have been visited.
    pub(super) candidates: Vec<Candidate<S>>,
}

impl<S: Space> Expanded<S> {
    const fn nothing() -> Self {
        Self {
            transitions: 0,
            candidates: Vec::new(),
        }
    }

    fn knows(&self, name: u128) -> bool {
        self.candidates
            .iter()
            .any(|candidate| candidate.name == name)
    }
}

impl<S: Space> Ground<'_, S> {
    /// Takes every move of `nodes`, in their order. Fewer of them when whoever watches wants to stop.
    pub(super) fn expand(
        &self,
        nodes: Range<Node>,
        replay: &mut Replay<S>,
        watch: &dyn Watch,
    ) -> Vec<Expanded<S>> {
        let mut encoder = Encoder::default();
        nodes
            .take_while(|_| watch.stop().is_none())
            .map(|node| {
                if self.pruned.binary_search(&node).is_ok() {
                    return Expanded::nothing();
                }
                let parent = replay.make(self.space, self.tree, node);
                self.expand_one(parent, &mut encoder)
            })
            .collect()
    }

    fn expand_one(&self, parent: Reached<S>, encoder: &mut Encoder) -> Expanded<S> {
        let left = self.bounds.left(parent.used);
        let mut moves = self.space.moves_within(&parent.state, left);
        let last = moves.pop();
        let mut expanded = Expanded::nothing();
        for taken in moves {
            self.transition(parent.clone(), taken, encoder, &mut expanded);
        }
        // The last move may use the parent up.
        if let Some(taken) = last {
            self.transition(parent, taken, encoder, &mut expanded);
        }
        expanded
    }

    fn transition(
        &self,
        mut child: Reached<S>,
        taken: S::Move,
        encoder: &mut Encoder,
        expanded: &mut Expanded<S>,
    ) {
        child.take(self.space, &taken);
        expanded.transitions += 1;
        let (name, violation) = judged(self.space, &child);
        if self.visited.contains(name) || expanded.knows(name) {
            return;
        }
        expanded.candidates.push(Candidate {
            ordinal: expanded.transitions,
            taken_name: name_of(&taken, encoder),
            taken,
            name,
            violation,
        });
    }
}

/// What the visited set knows a state by, and what is wrong with it. How it was reached may be what is wrong: then it
/// is another state.
pub(super) fn judged<S: Space>(space: &S, reached: &Reached<S>) -> (u128, Option<S::Finding>) {
    let violation = space.violation(&reached.state);
    let blame = violation.as_ref().map_or(0, |found| space.key(found).0);
    let fingerprint = space.fingerprint(&reached.state) ^ u128::from(blame);
    (visited_key(fingerprint, reached.used), violation)
}

/// The fingerprint of a move. `encoder` lends its memory.
pub(super) fn name_of(taken: &impl Canonical, encoder: &mut Encoder) -> u128 {
    *encoder = Encoder::reusing(std::mem::take(encoder).into_octets());
    taken.encode(encoder);
    xxh3_128(encoder.as_slice())
}
