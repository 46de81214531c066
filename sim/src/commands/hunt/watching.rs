//! Looks over a search's shoulder: shows how far it is, and stops it when its time is up or somebody asks.

use std::io;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use grantlab_sim::search::{Budget, Progress, Watch};
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};

use crate::commands::console::Console;
use crate::commands::interrupt::interrupts;

/// How often the line moves, at most.
const TICK: Duration = Duration::from_millis(100);

/// Watches a search for a command.
pub(in crate::commands) struct Watcher {
    elapsed: fn() -> Duration,
    since: Duration,
    until: Option<Duration>,
    interrupted: Arc<AtomicBool>,
    line: Option<ProgressBar>,
    shown: Mutex<Duration>,
    what: String,
}

impl Watcher {
    /// Watches from now on, for so many seconds at most. `what` is searched, in a few words.
    pub(in crate::commands) fn new(
        console: &Console,
        seconds: Option<u64>,
        what: &str,
    ) -> io::Result<Self> {
        let interrupted = interrupts()?;
        let elapsed = console.watch();
        let line = console.is_watched().then(|| {
            let style = ProgressStyle::with_template("{spinner} {wide_msg}");
            let style = style.unwrap_or_else(|_| ProgressStyle::default_spinner());
            ProgressBar::new_spinner().with_style(style)
        });
        Ok(Self {
            elapsed,
            since: elapsed(),
            until: seconds.map(|seconds| elapsed().saturating_add(Duration::from_secs(seconds))),
            interrupted,
            line,
            shown: Mutex::new(Duration::ZERO),
            what: what.to_owned(),
        })
    }

    /// Takes the line away.
    pub(in crate::commands) fn finish(&self) {
        if let Some(line) = &self.line {
            line.finish_and_clear();
        }
    }
}

impl Watch for Watcher {
    fn stop(&self) -> Option<Budget> {
        if self.interrupted.load(Ordering::Relaxed) {
            return Some(Budget::Interrupted);
        }
        let late = self.until.is_some_and(|until| (self.elapsed)() >= until);
        late.then_some(Budget::Seconds)
    }

    fn see(&self, progress: &Progress) {
        let (Some(line), Ok(mut shown)) = (&self.line, self.shown.try_lock()) else {
            return;
        };
        let now = (self.elapsed)();
        if now.saturating_sub(*shown) < TICK {
            return;
        }
        *shown = now;
        let counts = &progress.counts;
        let took = now.saturating_sub(self.since).as_millis().max(1);
        let rate = u128::from(counts.transitions).saturating_mul(1_000) / took;
        let rate = u64::try_from(rate).unwrap_or(u64::MAX);
        // What is cut off on a narrow terminal comes last.
        line.set_message(format!(
            "{}: depth {}, {} states, frontier {}, {}, {} transitions/s (Ctrl-C stops)",
            self.what,
            counts.depth,
            HumanCount(counts.states),
            HumanCount(counts.frontier),
            HumanBytes(counts.octets),
            HumanCount(rate),
        ));
        line.tick();
    }
}
