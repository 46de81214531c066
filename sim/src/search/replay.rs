//! Making the worlds of visited states again.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::bounds::Cost;
use super::space::Space;
use super::tree::{Node, Tree};

/// A state, and what its path used.
pub(super) struct Reached<S: Space> {
    pub(super) state: S::State,
    pub(super) used: Cost,
}

impl<S: Space> Clone for Reached<S> {
    fn clone(&self) -> Self {
        Self {
            state: self.state.clone(),
            used: self.used,
        }
    }
}

impl<S: Space> Reached<S> {
    pub(super) fn take(&mut self, space: &S, taken: &S::Move) {
        self.used = self.used.plus(space.cost(taken));
        space.apply(&mut self.state, taken);
    }
}

/// The worlds on the path to the state that was made last. States of a layer come in the order of their parents:
/// most of the path is still there for the next one.
pub(super) struct Replay<S: Space> {
    root: Reached<S>,
    /// The states below the root, from top to bottom.
    path: Vec<(Node, Reached<S>)>,
    /// Memory for [`Replay::climb`].
    missing: Vec<Node>,
}

impl<S: Space> Replay<S> {
    pub(super) const fn new(root: Reached<S>) -> Self {
        Self {
            root,
            path: Vec::new(),
            missing: Vec::new(),
        }
    }

    /// The world of `node`, for the caller to keep.
    pub(super) fn make(&mut self, space: &S, tree: &Tree<S>, node: Node) -> Reached<S> {
        if node == 0 {
            return self.root.clone();
        }
        let link = tree.at(node);
        self.climb(space, tree, link.parent);
        let mut reached = self.last().clone();
        if let Some(taken) = tree.taken(link) {
            reached.take(space, taken);
        }
        reached
    }

    /// Makes `node` the end of the path. States are numbered as they were found, so that numbers only grow along a
    /// path, and what it shares with the path before is found from below.
    fn climb(&mut self, space: &S, tree: &Tree<S>, node: Node) {
        let mut missing = std::mem::take(&mut self.missing);
        let mut shared = self.path.len();
        let mut above = node;
        while above != 0 {
            while self.number(shared).is_some_and(|there| there > above) {
                shared -= 1;
            }
            if self.number(shared) == Some(above) {
                break;
            }
            missing.push(above);
            above = tree.at(above).parent;
        }
        self.path.truncate(if above == 0 { 0 } else { shared });
        for node in missing.drain(..).rev() {
            let mut reached = self.last().clone();
            if let Some(taken) = tree.taken(tree.at(node)) {
                reached.take(space, taken);
            }
            self.path.push((node, reached));
        }
        self.missing = missing;
    }

    /// The state that is so far down the path, counted from 1.
    fn number(&self, level: usize) -> Option<Node> {
        let (node, _) = self.path.get(level.checked_sub(1)?)?;
        Some(*node)
    }

    fn last(&self) -> &Reached<S> {
        self.path.last().map_or(&self.root, |(_, reached)| reached)
    }
}

/// Replays for as many threads as there are, kept from one wave to the next.
pub(super) struct Replays<S: Space> {
    root: Mutex<Reached<S>>,
    idle: Mutex<Vec<Replay<S>>>,
}

impl<S: Space> Replays<S> {
    pub(super) const fn new(root: Reached<S>) -> Self {
        Self {
            root: Mutex::new(root),
            idle: Mutex::new(Vec::new()),
        }
    }

    pub(super) fn lend(&self) -> Replay<S> {
        let idle = held(&self.idle).pop();
        idle.unwrap_or_else(|| Replay::new(held(&self.root).clone()))
    }

    pub(super) fn take_back(&self, replay: Replay<S>) {
        held(&self.idle).push(replay);
    }
}

/// What a lock guards. A thread that panics takes the search with it: nobody sees what it left half done.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
