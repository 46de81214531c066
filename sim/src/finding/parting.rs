//! The nearest safe run: the same moves with one weakness less, and the moment in which they stop helping.

use schemars::JsonSchema;
use serde::Serialize;

use super::needs::Weakness;
use crate::trace::{Detail, EntryId, Trace, entry_text};

/// A run with the same moves that is safe, and where it goes another way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Parting {
    /// What is taken away there.
    pub without: Weakness,
    /// Which of the moves comes out differently, counted from 1; 0 is what happened before the first.
    pub step: usize,
    /// The entry from which on the traces differ.
    pub entry: EntryId,
    /// What happens in the attack; nothing when it ends there.
    pub attack: Option<String>,
    /// What happens instead; nothing when nothing more does.
    pub instead: Option<String>,
}

/// Where a safe run parts from an attack with the same moves. `starts` are the entries with which the moves of the
/// attack begin. `None` when the runs are the same.
#[must_use]
pub fn parting(
    attack: &Trace,
    starts: &[EntryId],
    safe: &Trace,
    without: Weakness,
) -> Option<Parting> {
    let entries = attack.entries().len().max(safe.entries().len());
    let place = (0..entries).find(|place| line(attack, *place) != line(safe, *place))?;
    let entry = EntryId::try_from(place).unwrap_or(EntryId::MAX);
    Some(Parting {
        without,
        step: starts.iter().filter(|start| **start <= entry).count(),
        entry,
        attack: told(attack, place),
        instead: told(safe, place),
    })
}

fn line(trace: &Trace, place: usize) -> Option<String> {
    let entry = trace.entries().get(place)?;
    let text = entry_text(trace, entry, Detail::Messages);
    Some(format!("{} {text}", trace.name(entry.party)))
}

/// The next fact or message from `place` on, in one line.
fn told(trace: &Trace, place: usize) -> Option<String> {
    let mut rest = trace.entries().iter().skip(place);
    rest.find_map(|entry| {
        let text = entry_text(trace, entry, Detail::Story);
        let words: Vec<&str> = text.split_whitespace().collect();
        (!words.is_empty()).then(|| words.join(" "))
    })
}
