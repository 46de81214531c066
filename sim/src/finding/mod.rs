//! A finding: a property that a run violates, told so that somebody can check it, repeat it and stop it.
//!
//! A search hands over the shortest run that it knows; what is said of it comes from the trace. What the attack
//! needs is found out by searching again, with one weakness less each time: [`needs`].

mod chase;
mod diagram;
mod keeping;
mod needs;
mod ordered;
mod parting;
mod pursuit;
mod quarry;
mod text;
mod unpreventable;
mod words;

pub use chase::Chase;
pub use diagram::diagram;
pub use keeping::scenario;
pub use needs::{Needs, Tried, Weakness, needs};
pub use ordered::{Members, Ordered};
pub use parting::{Parting, parting};
pub use pursuit::{Stop, Told, examine, pursue, shorten, tell_all};
pub use quarry::Quarry;
pub use text::write_text;
pub use unpreventable::{Unpreventable, blame, whatever_one_does};
pub use words::words;

use schemars::JsonSchema;
use serde::Serialize;

use crate::attacks::{self, Recognised, recognise};
use crate::invariant::{Invariant, Violation};
use crate::trace::{Detail, EntryId, Trace, entry_text};

/// A property that a run violates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// The property, by its name in scenarios.
    pub property: String,
    /// The property of the published catalogue that it belongs to.
    pub published_property: String,
    /// Who demands it.
    pub section: String,
    /// What shows the violation, in one sentence.
    pub words: String,
    /// The published attacks that the run shows, the one that says most first.
    pub recognised: Vec<Named>,
    /// How it was found.
    pub search: Searched,
    /// The moves of users and attacker, in words.
    pub steps: Vec<String>,
    /// The two or three entries of the trace that show the violation.
    pub witness: Vec<Shown>,
    /// What it needs and what does not matter, as far as that was asked.
    pub needs: Option<Needs>,
    /// Whether no party has to be weak for it, as far as that was asked.
    pub nothing_weak: Option<bool>,
    /// Why it says nothing against the parties, if that is so, as far as that was asked.
    pub unpreventable: Option<Unpreventable>,
    /// The nearest run that is safe, and where it parts from this one.
    pub nearest_safe: Option<Parting>,
    /// The hash of the trace: a replay has the same.
    pub trace_hash: String,
}

/// A published attack by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Named {
    /// Its name in the catalogue.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The entries of the trace that show it.
    pub entries: Vec<EntryId>,
}

/// How a finding was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Searched {
    /// Moves of the run as it was found.
    pub found_length: usize,
    /// Moves that were left when none could be deleted any more.
    pub deleted_length: usize,
    /// Moves of the shortest run that is known.
    pub length: usize,
    /// Whether every shorter run within the bounds was looked at.
    pub is_shortest: bool,
    /// Distinct states that were seen until then.
    pub states: u64,
    /// Moves that were taken until then.
    pub transitions: u64,
    /// How long it took to shrink the run, in milliseconds; nothing where it was the shortest from the start.
    pub shrinking_milliseconds: Option<u64>,
}

/// An entry of a trace, as people read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Shown {
    /// Its place in the trace.
    pub entry: EntryId,
    /// What it says.
    pub text: String,
}

impl Finding {
    /// What a run shows. What it needs and the nearest safe run are for the caller to add: both take more searching.
    #[must_use]
    pub fn of(
        trace: &Trace,
        invariant: &Invariant,
        violation: &Violation,
        steps: Vec<String>,
        search: Searched,
    ) -> Self {
        Self {
            property: invariant.id.to_owned(),
            published_property: invariant.property.to_owned(),
            section: invariant.section.to_owned(),
            words: violation.words.clone(),
            recognised: recognise(trace).iter().map(Named::of).collect(),
            search,
            steps,
            witness: shown(trace, &violation.witness),
            needs: None,
            nothing_weak: None,
            unpreventable: None,
            nearest_safe: None,
            trace_hash: trace.hash().to_string(),
        }
    }

    /// The published attack that says most about it.
    #[must_use]
    pub fn attack(&self) -> Option<&str> {
        self.recognised.first().map(|named| named.id.as_str())
    }

    /// Puts the name first that was asked for, if the run shows that attack.
    pub fn prefer(&mut self, id: &str) {
        self.recognised.sort_by_key(|named| named.id != id);
    }
}

impl Named {
    fn of(recognised: &Recognised) -> Self {
        let name = attacks::find(recognised.id).map(|attack| attack.name.clone());
        Self {
            id: recognised.id.to_owned(),
            name: name.unwrap_or_default(),
            entries: recognised.witness.clone(),
        }
    }
}

/// Entries of a trace, each in one line.
fn shown(trace: &Trace, entries: &[EntryId]) -> Vec<Shown> {
    let lines = entries.iter().filter_map(|id| {
        let entry = trace.entry(*id)?;
        let text = entry_text(trace, entry, Detail::Story);
        let words: Vec<&str> = text.split_whitespace().collect();
        Some(Shown {
            entry: *id,
            text: words.join(" "),
        })
    });
    lines.collect()
}
