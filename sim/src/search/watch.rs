//! Who looks over a search's shoulder, and may stop it.

use super::report::{Budget, Counts};

/// How far a search is, for whoever watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How much was searched.
    pub counts: Counts,
    /// Kinds of findings so far.
    pub findings: usize,
}

/// Looks over a search's shoulder, and may stop it. Asked often: answers should be quick.
pub trait Watch: Sync {
    /// What is spent, once something is.
    fn stop(&self) -> Option<Budget> {
        None
    }

    /// Is told how far the search is.
    fn see(&self, progress: &Progress) {
        let _ = progress;
    }
}

/// Nobody watches.
#[derive(Clone, Copy, Debug)]
pub struct Unwatched;

impl Watch for Unwatched {}
