//! What can be searched.

use std::fmt::Debug;

use grantlab_core::canonical::Canonical;

use super::bounds::Cost;
use crate::choices::Key;

/// A space of states and the moves between them.
///
/// Everything is a pure function of its arguments. Two states with one fingerprint have the same moves and lead to
/// the same fingerprints. What is wrong with a state may also depend on the last step towards it: each step is judged.
pub trait Space: Sync {
    /// A whole world. It may be heavy: only those on the path to a state are kept.
    type State: Clone + Send;
    /// A move, described by its content, so that it can be applied wherever it is enabled.
    type Move: Clone + Send + Sync + Eq + Debug + Canonical;
    /// What is wrong with a state.
    type Finding: Clone + Send;

    /// Where every path starts.
    fn root(&self) -> Self::State;

    /// What can happen next, in an order that depends on the state alone: boring first.
    fn moves(&self, state: &Self::State) -> Vec<Self::Move>;

    /// Takes a move that [`Space::moves`] lists.
    fn apply(&self, state: &mut Self::State, taken: &Self::Move);

    /// Names a state. States that differ only in what no longer matters should share a name.
    fn fingerprint(&self, state: &Self::State) -> u128;

    /// Which budgets a move uses: each of them once at the most.
    fn cost(&self, of: &Self::Move) -> Cost;

    /// What is wrong with a state, if something is.
    fn violation(&self, state: &Self::State) -> Option<Self::Finding>;

    /// Findings with the same key are the same finding on different paths.
    fn key(&self, finding: &Self::Finding) -> Key;

    /// Whether a move is known to lead back to where it began, without anything wrong about it. A space that remembers
    /// such moves is searched faster; it makes no difference to what is found or counted.
    fn is_idle(&self, _state: &Self::State, _taken: &Self::Move) -> bool {
        false
    }

    /// A move led back to where it began, and nothing was wrong: [`Space::is_idle`] may remember that.
    fn was_idle(&self, _before: &Self::State, _taken: &Self::Move, _after: &Self::State) {}

    /// The moves that cost no more than what is left of each budget, in the order of [`Space::moves`].
    /// A space that can list them without listing all the others is searched faster.
    fn moves_within(&self, state: &Self::State, left: Cost) -> Vec<Self::Move> {
        let mut moves = self.moves(state);
        moves.retain(|one| self.cost(one).fits(left));
        moves
    }
}
