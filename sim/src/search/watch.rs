//! Who looks over a search's shoulder, and may stop it.

use std::sync::atomic::{AtomicBool, Ordering};

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

/// Stops a search that was interrupted or has taken too long, and passes its progress on.
pub struct Stopwatch<'a> {
    /// Milliseconds since some moment. Searches read no clock themselves.
    pub elapsed_ms: &'a (dyn Fn() -> u64 + Sync),
    /// When time is up, by that clock; never, without.
    pub until_ms: Option<u64>,
    /// Is set when somebody wants the search to stop.
    pub interrupted: &'a AtomicBool,
    /// Is told how far the search is.
    pub progress: &'a (dyn Fn(&Progress) + Sync),
}

impl Watch for Stopwatch<'_> {
    fn stop(&self) -> Option<Budget> {
        if self.interrupted.load(Ordering::Relaxed) {
            return Some(Budget::Interrupted);
        }
        let is_late = self
            .until_ms
            .is_some_and(|until| (self.elapsed_ms)() >= until);
        is_late.then_some(Budget::Seconds)
    }

    fn see(&self, progress: &Progress) {
        (self.progress)(progress);
    }
}
