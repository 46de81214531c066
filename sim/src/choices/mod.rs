//! The one source of decisions.
//!
//! Whatever a run may do in more than one way it asks here: `pick(site, alternatives)`.
//! Alternative 0 is always the boring honest step, so that picking 0 every time is the happy path.
//! Every alternative has a key that depends on its content alone, so that decisions can be stored, deleted and
//! replayed after the generator has changed.

mod bytes;
mod keyed;
mod odometer;
mod recorder;
mod seeded;

pub use bytes::Bytes;
pub use keyed::Keyed;
pub use odometer::Odometer;
pub use recorder::Recorder;
pub use seeded::Seeded;

use std::fmt;

use grantlab_core::canonical::{Canonical, Encoder};
use xxhash_rust::xxh3::xxh3_64;

/// Names an alternative by its content: the same on every platform and in every version that means the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(pub u64);

impl Key {
    /// The key of a piece of content.
    #[must_use]
    pub fn of(content: &impl Canonical) -> Self {
        let mut encoder = Encoder::default();
        content.encode(&mut encoder);
        Self(xxh3_64(encoder.as_slice()))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

/// A source of decisions.
pub trait Choices {
    /// Picks one of `alternatives` by its place. `site` says what kind of decision it is.
    /// Of an empty list the answer is 0 and means nothing.
    fn pick(&mut self, site: &'static str, alternatives: &[Key]) -> usize;
}

/// A number below `bound`, evenly spread, from 64 even bits. Zero when `bound` is.
/// Written out because a library's own way of doing it may change between versions.
#[must_use]
pub(crate) fn below(bits: u64, bound: usize) -> usize {
    let bound = u128::from(u64::try_from(bound).unwrap_or(u64::MAX));
    usize::try_from((u128::from(bits) * bound) >> 64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_covers_its_range_and_no_more() {
        assert_eq!(below(u64::MAX, 0), 0);
        assert_eq!(below(0, 3), 0);
        assert_eq!(below(u64::MAX, 3), 2);
        assert_eq!(below(u64::MAX / 2, 2), 0);
        assert_eq!(below(u64::MAX / 2 + 1, 2), 1);
    }
}
