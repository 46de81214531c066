//! What is to be done, whoever does it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The version of the files' format. Another version is another plan.
const FORMAT: u32 = 1;

/// The name of a plan's file.
pub const PLAN_FILE: &str = "plan.json";

/// What is to be done. Two plans are the same if and only if their files are, octet for octet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The version of the files' format.
    pub format: u32,
    /// The version of this tool.
    pub tool: String,
    /// The kind of work: the command that does it.
    pub work: String,
    /// How that command was told what to do, without what only decides who does it.
    pub arguments: String,
    /// SHA-256 of the world, or of the space, that the work is about.
    pub subject: String,
    /// The first of what is worked through: a seed, a prefix, a row.
    pub first: u64,
    /// The one after the last.
    pub end: u64,
    /// How many make a chunk.
    pub chunk_size: u64,
    /// How far the work may go, by the names of the bounds.
    pub budgets: BTreeMap<String, u64>,
}

/// A plan cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadPlan {
    /// It is no plan.
    Malformed(String),
    /// It is of another version of this tool.
    Version,
}

impl fmt::Display for BadPlan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(why) => write!(formatter, "is no plan: {why}"),
            Self::Version => write!(formatter, "is a plan of another version of grantlab"),
        }
    }
}

impl std::error::Error for BadPlan {}

impl Plan {
    /// A plan for this version of the tool. `subject` is whatever decides what a chunk comes to and is not among
    /// the other arguments.
    #[must_use]
    pub fn new(work: &str, arguments: String, subject: &[u8]) -> Self {
        Self {
            format: FORMAT,
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            work: work.to_owned(),
            arguments,
            subject: hexadecimal(&Sha256::digest(subject)),
            first: 0,
            end: 0,
            chunk_size: 1,
            budgets: BTreeMap::new(),
        }
    }

    /// How many chunks there are.
    #[must_use]
    pub fn chunks(&self) -> u64 {
        let length = self.end.saturating_sub(self.first);
        length.div_ceil(self.chunk_size.max(1))
    }

    /// What a chunk works through.
    #[must_use]
    pub fn range(&self, chunk: u64) -> std::ops::Range<u64> {
        let start = self
            .first
            .saturating_add(chunk.saturating_mul(self.chunk_size));
        start.min(self.end)..self.end.min(start.saturating_add(self.chunk_size))
    }

    /// The octets of its file.
    #[must_use]
    pub fn write(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Its name: the SHA-256 of its file.
    #[must_use]
    pub fn name(&self) -> String {
        hexadecimal(&Sha256::digest(self.write()))
    }

    /// Reads what [`Plan::write`] wrote.
    ///
    /// # Errors
    /// [`BadPlan`] says why it is none, or none for this version of the tool.
    pub fn read(text: &str) -> Result<Self, BadPlan> {
        let plan: Self =
            serde_json::from_str(text).map_err(|error| BadPlan::Malformed(error.to_string()))?;
        if plan.format != FORMAT || plan.tool != env!("CARGO_PKG_VERSION") {
            return Err(BadPlan::Version);
        }
        Ok(plan)
    }
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        Plan {
            first: 10,
            end: 35,
            chunk_size: 10,
            ..Plan::new("sweep", "--nodes 2".to_owned(), b"a world")
        }
    }

    #[test]
    fn chunks_cover_the_range() {
        let plan = plan();
        assert_eq!(plan.chunks(), 3);
        let ranges: Vec<_> = (0..4).map(|chunk| plan.range(chunk)).collect();
        assert_eq!(ranges, [10..20, 20..30, 30..35, 35..35]);
    }

    #[test]
    fn a_plan_reads_what_it_writes_and_is_named_after_it() {
        let plan = plan();
        assert_eq!(Plan::read(&plan.write()), Ok(plan.clone()));
        assert_eq!(plan.name().len(), 64);
        let mut other = plan.clone();
        other.budgets.insert("faults".to_owned(), 3);
        assert_ne!(other.name(), plan.name());
        assert_ne!(
            Plan::new("sweep", String::new(), b"another").name(),
            plan.name()
        );
    }

    #[test]
    fn other_versions_are_refused() {
        let newer = plan().write().replace("\"format\": 1", "\"format\": 2");
        assert_eq!(Plan::read(&newer), Err(BadPlan::Version));
        assert!(matches!(Plan::read("{}"), Err(BadPlan::Malformed(_))));
    }
}
