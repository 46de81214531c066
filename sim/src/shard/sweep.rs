//! Sweeps as chunks of seeds.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};

use super::{ChunkWork, Part, Plan};
use crate::seed::Seed;
use crate::setup::Setup;
use crate::walk::{self, SweepReport, Violating, sweep_part};

/// A sweep to be shared. A chunk is so many seeds.
#[derive(Clone, Debug)]
pub struct Sweeping {
    /// What is to be done.
    pub plan: Plan,
    /// The world.
    pub setup: Arc<Setup>,
    /// How far each walk may go.
    pub walks: walk::Plan,
}

impl ChunkWork for Sweeping {
    type Part = Swept;

    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn chunk(&self, number: u64, stop: &AtomicBool) -> Option<Swept> {
        let seeds = self.plan.range(number);
        sweep_part(&self.setup, seeds, &self.walks, stop).map(Swept::from)
    }
}

/// What some walks came to. 128-bit numbers are hexadecimal digits, as in scenarios.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Swept {
    /// Walks that were made.
    pub walks: u64,
    /// Logins that were completed.
    pub logins: u64,
    /// Faults that happened.
    pub faults: u64,
    /// Deviations that happened, faults among them.
    pub deviations: u64,
    /// Walks that violated something.
    pub violating: u64,
    /// A sum of hashes over all traces.
    #[serde(with = "hexadecimal")]
    pub digest: u128,
    /// The violation of the smallest seed.
    pub first: Option<SweptFirst>,
}

/// A walk that violated something. Whoever wants to see it makes it again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SweptFirst {
    /// Its seed.
    #[serde(with = "hexadecimal")]
    pub seed: u128,
    /// The property.
    pub property: String,
    /// What shows it.
    pub words: String,
}

impl From<SweepReport> for Swept {
    fn from(report: SweepReport) -> Self {
        let SweepReport {
            walks,
            logins,
            faults,
            deviations,
            violating,
            first,
            digest,
        } = report;
        Self {
            walks,
            logins,
            faults,
            deviations,
            violating,
            digest,
            first: first.map(SweptFirst::from),
        }
    }
}

impl From<Violating> for SweptFirst {
    fn from(violating: Violating) -> Self {
        let Seed(seed) = violating.seed;
        Self {
            seed,
            property: violating.invariant.to_owned(),
            words: violating.words,
        }
    }
}

impl Part for Swept {
    fn merge(&mut self, other: Self) {
        self.walks += other.walks;
        self.logins += other.logins;
        self.faults += other.faults;
        self.deviations += other.deviations;
        self.violating += other.violating;
        self.digest = self.digest.wrapping_add(other.digest);
        self.first = match (self.first.take(), other.first) {
            (Some(mine), Some(theirs)) => Some(mine.min(theirs)),
            (mine, theirs) => mine.or(theirs),
        };
    }
}

/// 128-bit numbers do not survive other people's JSON.
pub(super) mod hexadecimal {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(number: &u128, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(&format_args!("{number:032x}"))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u128, D::Error> {
        let digits = String::deserialize(from)?;
        u128::from_str_radix(&digits, 16).map_err(D::Error::custom)
    }
}
