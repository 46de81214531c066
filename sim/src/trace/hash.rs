//! The hash of a trace: running, with a checkpoint at every entry, so that two runs that differ are parted at
//! the very entry where they do.

use std::fmt;

use grantlab_core::canonical::{Canonical, Encoder};
use xxhash_rust::xxh3::xxh3_64_with_seed;
use xxhash_rust::xxh3::xxh3_128;

use super::Entry;

/// A running hash over canonical octets. Equal on every platform, in every build profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceHash {
    checkpoints: Vec<u64>,
}

impl TraceHash {
    /// The hash over `entries`.
    pub(super) fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut checkpoints = Vec::new();
        let mut before = 0;
        let mut scratch = Vec::new();
        for entry in entries {
            let mut encoder = Encoder::reusing(scratch);
            entry.encode(&mut encoder);
            before = xxh3_64_with_seed(encoder.as_slice(), before);
            checkpoints.push(before);
            scratch = encoder.into_octets();
        }
        Self { checkpoints }
    }

    /// The hash after each entry.
    #[must_use]
    pub fn checkpoints(&self) -> &[u64] {
        &self.checkpoints
    }

    /// The hash of the whole run.
    #[must_use]
    pub fn value(&self) -> u128 {
        let mut octets = Vec::with_capacity(16);
        octets.extend_from_slice(
            &self
                .checkpoints
                .last()
                .copied()
                .unwrap_or_default()
                .to_le_bytes(),
        );
        octets.extend_from_slice(&(self.checkpoints.len() as u64).to_le_bytes());
        xxh3_128(&octets)
    }

    /// The first entry at which two runs differ; `None` when neither does.
    #[must_use]
    pub fn first_difference(&self, other: &Self) -> Option<usize> {
        let common = self.checkpoints.len().min(other.checkpoints.len());
        let mine = self.checkpoints.get(..common).unwrap_or_default();
        let theirs = other.checkpoints.get(..common).unwrap_or_default();
        let equal = (0..common)
            .collect::<Vec<usize>>()
            .partition_point(|place| mine.get(*place) == theirs.get(*place));
        (equal < common || self.checkpoints.len() != other.checkpoints.len()).then_some(equal)
    }
}

impl fmt::Display for TraceHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", self.value())
    }
}
