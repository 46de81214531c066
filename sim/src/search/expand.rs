//! Taking every move of some states. Nothing is decided here, so that it can be done on any thread.

use std::ops::Range;

use grantlab_core::canonical::{Canonical, Encoder};
use xxhash_rust::xxh3::xxh3_128;

use super::bounds::Bounds;
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
        let moves = self.space.moves_within(&parent.state, left);
        let here = self.space.fingerprint(&parent.state);
        let mut expanded = Expanded::nothing();
        for taken in moves {
            expanded.transitions += 1;
            if !self.space.is_idle(&parent.state, &taken) {
                self.transition(&parent, here, taken, encoder, &mut expanded);
            }
        }
        expanded
    }

    fn transition(
        &self,
        parent: &Reached<S>,
        here: u128,
        taken: S::Move,
        encoder: &mut Encoder,
        expanded: &mut Expanded<S>,
    ) {
        let mut child = parent.clone();
        child.take(self.space, &taken);
        let violation = self.space.violation(&child.state);
        let there = self.space.fingerprint(&child.state);
        // Back where it began, with less left to use.
        if there == here && violation.is_none() {
            self.space.was_idle(&parent.state, &taken, &child.state);
            return;
        }
        let name = name_with(self.space, self.bounds, there, &child, violation.as_ref());
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
pub(super) fn judged<S: Space>(
    space: &S,
    bounds: &Bounds,
    reached: &Reached<S>,
) -> (u128, Option<S::Finding>) {
    let violation = space.violation(&reached.state);
    let fingerprint = space.fingerprint(&reached.state);
    let name = name_with(space, bounds, fingerprint, reached, violation.as_ref());
    (name, violation)
}

fn name_with<S: Space>(
    space: &S,
    bounds: &Bounds,
    fingerprint: u128,
    reached: &Reached<S>,
    violation: Option<&S::Finding>,
) -> u128 {
    let blame = violation.map_or(0, |found| space.key(found).0);
    bounds.visited_key(fingerprint ^ u128::from(blame), reached.used)
}

/// The fingerprint of a move. `encoder` lends its memory.
pub(super) fn name_of(taken: &impl Canonical, encoder: &mut Encoder) -> u128 {
    *encoder = Encoder::reusing(std::mem::take(encoder).into_octets());
    taken.encode(encoder);
    xxh3_128(encoder.as_slice())
}
