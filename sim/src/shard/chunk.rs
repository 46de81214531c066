//! The file of one chunk.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Part, Plan};

/// A chunk's file says which plan and chunk it is of: files that were moved are noticed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChunkFile<P> {
    plan: String,
    chunk: u64,
    result: P,
}

/// A chunk's file is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadChunk {
    /// It cannot be read.
    Malformed(String),
    /// It is of another plan, or of another chunk.
    Misplaced,
}

impl fmt::Display for BadChunk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(why) => write!(formatter, "is no result of a chunk: {why}"),
            Self::Misplaced => write!(formatter, "is the result of another plan or chunk"),
        }
    }
}

impl std::error::Error for BadChunk {}

/// The name of a chunk's file.
#[must_use]
pub fn file_name(chunk: u64) -> String {
    format!("{chunk:08}.json")
}

/// What stands in a chunk's file.
#[must_use]
pub fn write<P: Part>(plan: &Plan, chunk: u64, result: P) -> String {
    let file = ChunkFile {
        plan: plan.name(),
        chunk,
        result,
    };
    let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
    text.push('\n');
    text
}

/// Reads what [`write()`] wrote for the same plan and chunk.
///
/// # Errors
/// [`BadChunk`] says why it cannot be used.
pub fn read<P: Part>(plan: &Plan, chunk: u64, text: &str) -> Result<P, BadChunk> {
    let file: ChunkFile<P> =
        serde_json::from_str(text).map_err(|error| BadChunk::Malformed(error.to_string()))?;
    if file.plan != plan.name() || file.chunk != chunk {
        return Err(BadChunk::Misplaced);
    }
    Ok(file.result)
}
