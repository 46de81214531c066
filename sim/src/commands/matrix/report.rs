//! What `grantlab matrix` prints.

use std::collections::BTreeMap;
use std::time::Duration;

use grantlab_sim::attacks::{Attack, Countermeasure};
use grantlab_sim::finding::{Finding, Unpreventable};
use grantlab_sim::search::Counts;
use grantlab_sim::shard::Part;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::milliseconds;

/// What `grantlab matrix` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::commands) struct MatrixReport {
    /// A row for each attack.
    attacks: Vec<Row>,
    /// Attacks that were found.
    found: usize,
    /// Attacks that were not.
    not_found: usize,
    /// Countermeasures that stop their attack as far as was searched.
    blocked: usize,
    /// Countermeasures that do not.
    passes: usize,
    /// Countermeasures of which that is not known: the budget was spent.
    not_known: usize,
    /// How long it took, in seconds; not said where chunks are put together.
    seconds: Option<f64>,
}

/// An attack with its countermeasures.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::commands) struct Row {
    /// Its name in the catalogue.
    pub(super) attack: String,
    /// What people call it.
    pub(super) name: String,
    /// The depth that is published.
    pub(super) published_depth: u32,
    /// The switches of the preset that differ from `rfc9700`.
    pub(super) set: BTreeMap<String, String>,
    /// The attacker's powers in it.
    pub(super) powers: String,
    /// How it was found; nothing when it was not.
    pub(super) found: Option<FoundReport>,
    /// Whether a budget was spent before it was known whether it can be found.
    pub(super) spent: bool,
    /// What became of it with each countermeasure.
    pub(super) countermeasures: Vec<Cell>,
}

impl Row {
    pub(super) fn of(attack: &'static Attack) -> Self {
        Self {
            attack: attack.id.clone(),
            name: attack.name.clone(),
            published_depth: attack.depth,
            set: BTreeMap::new(),
            powers: String::new(),
            found: None,
            spent: false,
            countermeasures: Vec::new(),
        }
    }

    fn is_as_published(&self) -> bool {
        let stopped = self.countermeasures.iter().all(Cell::is_as_published);
        (self.found.is_some() || self.spent) && stopped
    }
}

/// How an attack was found.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::commands) struct FoundReport {
    /// Moves of the shortest run.
    pub(super) depth: usize,
    /// Distinct states that were seen until then.
    pub(super) states: u64,
    /// Milliseconds; not said where chunks are put together.
    pub(super) milliseconds: Option<u64>,
    /// The property that is violated.
    pub(super) property: String,
    /// The attack by which the run is recognised; more than one when it shows more.
    pub(super) recognised: Vec<String>,
    /// The moves, in words.
    pub(super) steps: Vec<String>,
    /// Whether the same moves lead there when every party is as good as it can be.
    pub(super) nothing_weak: Option<bool>,
    /// Why it says nothing against the parties, if that is so: nothing that they do keeps the property.
    pub(super) unpreventable: Option<Unpreventable>,
}

impl FoundReport {
    pub(super) fn of(finding: &Finding, counts: &Counts, elapsed: Duration) -> Self {
        let named = finding.recognised.iter();
        Self {
            depth: finding.search.length,
            states: counts.states,
            milliseconds: Some(milliseconds(elapsed)),
            property: finding.property.clone(),
            recognised: named.map(|named| named.id.clone()).collect(),
            steps: finding.steps.clone(),
            nothing_weak: finding.nothing_weak,
            unpreventable: finding.unpreventable.clone(),
        }
    }
}

/// What a countermeasure does to an attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::commands) enum StopOutcome {
    /// The attack is not there, up to the depth that is named.
    Blocked,
    /// It is there all the same.
    Passes,
    /// The search stopped before that was known.
    Budget,
    /// There was nothing to stop, or nothing to change.
    Untried,
}

/// An attack with one countermeasure.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(in crate::commands) struct Cell {
    /// The switches, all of them together.
    pub(super) set: BTreeMap<String, String>,
    /// Whether it is published to stop some variants alone.
    pub(super) partial: bool,
    /// Why it is known not to stop this attack here, where it is.
    pub(super) passes_because: Option<String>,
    /// What it does.
    pub(super) outcome: StopOutcome,
    /// Moves of a run up to which every state was seen.
    pub(super) depth: u32,
    /// Distinct states that were seen.
    pub(super) states: u64,
    /// Milliseconds; not said where chunks are put together.
    pub(super) milliseconds: Option<u64>,
    /// The moves of the attack that passes, in words.
    pub(super) steps: Vec<String>,
    /// Why nothing that the parties do keeps the property, if that is so.
    pub(super) unpreventable: Option<Unpreventable>,
}

impl Cell {
    pub(super) fn new(stop: &'static Countermeasure, outcome: StopOutcome) -> Self {
        Self {
            set: stop.set.clone(),
            partial: stop.partial,
            passes_because: stop.passes.clone(),
            outcome,
            depth: 0,
            states: 0,
            milliseconds: None,
            steps: Vec::new(),
            unpreventable: None,
        }
    }

    pub(super) fn untried(stop: &'static Countermeasure) -> Self {
        Self::new(stop, StopOutcome::Untried)
    }

    fn is_as_published(&self) -> bool {
        match self.outcome {
            StopOutcome::Blocked | StopOutcome::Untried | StopOutcome::Budget => true,
            StopOutcome::Passes => {
                self.partial || self.passes_because.is_some() || self.unpreventable.is_some()
            }
        }
    }

    /// Its settings in one line.
    pub(super) fn words(&self) -> String {
        let settings = self.set.iter().map(|(key, value)| format!("{key}={value}"));
        settings.collect::<Vec<_>>().join(" ")
    }
}

impl MatrixReport {
    pub(in crate::commands) fn of(attacks: Vec<Row>, seconds: Option<f64>) -> Self {
        let found = attacks.iter().filter(|row| row.found.is_some()).count();
        let cells = |outcome: StopOutcome| {
            let cells = attacks.iter().flat_map(|row| &row.countermeasures);
            cells.filter(|cell| cell.outcome == outcome).count()
        };
        Self {
            found,
            not_found: attacks.len() - found,
            blocked: cells(StopOutcome::Blocked),
            passes: cells(StopOutcome::Passes),
            not_known: cells(StopOutcome::Budget),
            attacks,
            seconds,
        }
    }

    /// Whether every attack was found, and every countermeasure stops it that is not known to do otherwise.
    pub(in crate::commands) fn is_as_published(&self) -> bool {
        self.attacks.iter().all(Row::is_as_published)
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.attacks
    }

    /// The last line: how many of what, and how long it took.
    pub(super) fn summary(&self) -> String {
        let time = self.seconds.map(|seconds| format!(" ({seconds:.3} s)"));
        format!(
            "attacks: {} found, {} not; countermeasures: {} block, {} do not, {} not known{}",
            self.found,
            self.not_found,
            self.blocked,
            self.passes,
            self.not_known,
            time.unwrap_or_default()
        )
    }
}

/// Rows of the matrix, by the names of their attacks: what a chunk comes to.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands) struct Rows(pub(super) BTreeMap<String, Row>);

impl Rows {
    /// The whole matrix.
    pub(in crate::commands) fn report(self) -> MatrixReport {
        MatrixReport::of(self.0.into_values().collect(), None)
    }
}

impl Part for Rows {
    fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

impl Row {
    /// Without how long anything took: the same whoever searched.
    pub(super) fn timeless(mut self) -> Self {
        if let Some(found) = &mut self.found {
            found.milliseconds = None;
        }
        for cell in &mut self.countermeasures {
            cell.milliseconds = None;
        }
        self
    }
}
