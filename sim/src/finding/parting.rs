//! The nearest safe run: the same moves with one weakness less, and the moment in which they stop helping.

use schemars::JsonSchema;
use serde::Serialize;

use super::needs::Weakness;
use crate::trace::{Detail, EntryId, Trace, What, entry_text};

/// A run with the same moves that is safe, and where it goes another way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Parting {
    /// What is taken away there.
    pub without: Weakness,
    /// Which of the moves comes out differently, counted from 1.
    pub step: usize,
    /// The entry from which on the traces differ.
    pub entry: EntryId,
    /// What happens in the attack; nothing when it ends there.
    pub attack: Option<String>,
    /// What happens instead; nothing when nothing more does.
    pub instead: Option<String>,
}

/// Where a safe run parts from an attack with the same moves. `None` when they are the same.
#[must_use]
pub fn parting(attack: &Trace, safe: &Trace, without: Weakness) -> Option<Parting> {
    let entries = attack.entries().len().max(safe.entries().len());
    let place = (0..entries).find(|place| line(attack, *place) != line(safe, *place))?;
    Some(Parting {
        without,
        step: step_of(attack, place),
        entry: EntryId::try_from(place).unwrap_or(EntryId::MAX),
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

/// How many initiatives there were up to a place.
fn step_of(trace: &Trace, place: usize) -> usize {
    let before = trace.entries().iter().take(place.saturating_add(1));
    before
        .filter(|entry| matches!(entry.what, What::Acted(_)) && entry.cause.is_none())
        .count()
}
