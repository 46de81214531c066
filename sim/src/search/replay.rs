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
}

impl<S: Space> Replay<S> {
    pub(super) const fn new(root: Reached<S>) -> Self {
        Self {
            root,
            path: Vec::new(),
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

    /// Makes `node` the end of the path.
    fn climb(&mut self, space: &S, tree: &Tree<S>, node: Node) {
        let ancestors = tree.ancestors(node);
        let shared = self
            .path
            .iter()
            .zip(&ancestors)
            .take_while(|((there, _), wanted)| there == *wanted)
            .count();
        self.path.truncate(shared);
        for node in ancestors.into_iter().skip(shared) {
            let mut reached = self.last().clone();
            if let Some(taken) = tree.taken(tree.at(node)) {
                reached.take(space, taken);
            }
            self.path.push((node, reached));
        }
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
