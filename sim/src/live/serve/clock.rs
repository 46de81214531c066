//! The clock of everything that is served: the machine's own, or what an administrator made of it.

use std::time::{SystemTime, UNIX_EPOCH};

use grantlab_core::time::Timestamp;

/// How far the clock may be moved, in milliseconds: a thousand years either way.
pub(super) const MOVED_MS_MAX: i64 = 31_557_600_000_000;

/// A clock that can be moved and stopped. It shows milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    /// How far it is ahead of the machine's.
    ahead_ms: i64,
    /// What it shows for as long as it is stopped.
    frozen_at: Option<Timestamp>,
}

impl Clock {
    /// A clock that shows the machine's time.
    pub(super) const REAL: Self = Self {
        ahead_ms: 0,
        frozen_at: None,
    };

    /// What it shows.
    pub(super) fn now(&self) -> Timestamp {
        self.frozen_at
            .unwrap_or_else(|| moved(machine_time(), self.ahead_ms))
    }

    /// Whether it stands still.
    pub(super) const fn is_frozen(&self) -> bool {
        self.frozen_at.is_some()
    }

    /// Moves it forward, or back.
    pub(super) fn advance(&mut self, ms: i64) {
        let ms = ms.clamp(-MOVED_MS_MAX, MOVED_MS_MAX);
        match &mut self.frozen_at {
            Some(at) => *at = moved(*at, ms),
            None => {
                let ahead_ms = self.ahead_ms.saturating_add(ms);
                self.ahead_ms = ahead_ms.clamp(-MOVED_MS_MAX, MOVED_MS_MAX);
            }
        }
    }

    /// Makes it show `at`, and go on from there unless it stands still.
    pub(super) fn set(&mut self, at: Timestamp) {
        match &mut self.frozen_at {
            Some(frozen_at) => *frozen_at = at,
            None => {
                let shown = self.now();
                let difference = i64::try_from(at.0)
                    .unwrap_or(i64::MAX)
                    .saturating_sub(i64::try_from(shown.0).unwrap_or(i64::MAX));
                self.advance(difference);
            }
        }
    }

    /// Stops it.
    pub(super) fn freeze(&mut self) {
        self.frozen_at = Some(self.now());
    }

    /// Lets it go on from where it stands.
    pub(super) fn resume(&mut self) {
        if let Some(at) = self.frozen_at.take() {
            self.set(at);
        }
    }
}

fn moved(time: Timestamp, ms: i64) -> Timestamp {
    Timestamp(time.0.saturating_add_signed(ms))
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the edge: clients elsewhere compare `exp` with their own clocks"
)]
fn machine_time() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let ms = since.map_or(0, |since| since.as_millis());
    Timestamp(u64::try_from(ms).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_clock_moves_when_it_is_told_to() {
        let mut clock = Clock::REAL;
        clock.freeze();
        let at = clock.now();
        assert_eq!(clock.now(), at);
        clock.advance(1_500);
        assert_eq!(clock.now(), Timestamp(at.0 + 1_500));
        clock.advance(-500);
        assert_eq!(clock.now(), Timestamp(at.0 + 1_000));
        clock.set(Timestamp(5));
        assert_eq!((clock.now(), clock.is_frozen()), (Timestamp(5), true));
    }

    #[test]
    fn a_running_clock_goes_on_from_where_it_was_set() {
        let mut clock = Clock::REAL;
        clock.set(Timestamp(1_000_000));
        let shown = clock.now();
        assert!((1_000_000..1_060_000).contains(&shown.0), "{shown:?}");
        clock.freeze();
        clock.resume();
        assert!(!clock.is_frozen());
        assert!(clock.now().0 < 1_060_000);
        clock.advance(i64::MAX);
        clock.advance(i64::MIN);
        clock.set(Timestamp(u64::MAX));
        assert!(clock.now().0 > 1_000_000);
    }
}
