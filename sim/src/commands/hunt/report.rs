//! What `grantlab hunt` and `grantlab explore` print.

use std::time::Duration;

use grantlab_sim::finding::{Finding, Needs, Parting, Searched, Shown, Unpreventable};
use grantlab_sim::search::{Bounds, Budget, Counts, Verdict as Ended};
use schemars::JsonSchema;
use serde::Serialize;

use crate::commands::checkpoint::CheckpointReport;

/// How a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::commands) enum Outcome {
    /// A violation was found.
    Found,
    /// Everything within the bounds was looked at, and nothing is violated.
    Complete,
    /// The search stopped before its bounds.
    Budget,
}

impl Outcome {
    pub(in crate::commands) const fn of(verdict: Ended, findings: usize) -> Self {
        match (findings, verdict) {
            (0, Ended::Complete | Ended::Found) => Self::Complete,
            (0, Ended::BudgetSpent(_)) => Self::Budget,
            (_, Ended::Found | Ended::Complete | Ended::BudgetSpent(_)) => Self::Found,
        }
    }
}

/// How far a search could go. `null` is as far as it likes.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub(in crate::commands) struct BoundsReport {
    /// Logins that are started.
    pub(in crate::commands) sessions: Option<u8>,
    /// Messages that the attacker makes up.
    pub(in crate::commands) injections: Option<u8>,
    /// Faults of the environment.
    pub(in crate::commands) faults: Option<u8>,
    /// Moves of a run.
    pub(in crate::commands) depth: u32,
    /// Moves of a run up to which everything was looked at.
    pub(in crate::commands) depth_complete: u32,
    /// What was used up before, if something was: `states`, `memory`, `seconds`, `interrupted`, or `walks` where all
    /// random walks were made, which never cover everything.
    pub(in crate::commands) spent: Option<&'static str>,
}

impl BoundsReport {
    pub(in crate::commands) fn of(bounds: Bounds, counts: &Counts, verdict: Ended) -> Self {
        let bounded = |uses: u8| (uses != u8::MAX).then_some(uses);
        Self {
            sessions: bounded(bounds.cost.sessions),
            injections: bounded(bounds.cost.injections),
            faults: bounded(bounds.cost.faults),
            depth: bounds.depth,
            depth_complete: counts.depth_complete.min(bounds.depth),
            spent: match verdict {
                Ended::Found | Ended::Complete => None,
                Ended::BudgetSpent(Budget::States) => Some("states"),
                Ended::BudgetSpent(Budget::Memory) => Some("memory"),
                Ended::BudgetSpent(Budget::Seconds) => Some("seconds"),
                Ended::BudgetSpent(Budget::Interrupted | Budget::Paused) => Some("interrupted"),
            },
        }
    }

    /// In braces, as an answer that names what it covers.
    pub(in crate::commands) fn words(&self) -> String {
        let named = [
            ("sessions", self.sessions),
            ("injections", self.injections),
            ("faults", self.faults),
        ];
        let mut words: Vec<String> = named
            .into_iter()
            .map(|(name, uses)| match uses {
                Some(uses) => format!("{name} {uses}"),
                None => format!("{name} any"),
            })
            .collect();
        words.push(format!("depth {}", self.depth_complete));
        format!("{{{}}}", words.join(", "))
    }
}

/// What `grantlab hunt` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::commands) struct HuntReport {
    /// `found`, `complete` (nothing within the bounds) or `budget` (the search stopped before them).
    pub(in crate::commands) verdict: Outcome,
    /// The published property that is violated, such as `AUTHZ` (`grantlab properties`).
    pub(in crate::commands) property: Option<String>,
    /// What judged it, by its name in scenarios.
    pub(in crate::commands) invariant: Option<String>,
    /// The published attack that the run shows.
    pub(in crate::commands) attack: Option<String>,
    /// Moves of the shortest run; without a finding, moves up to which there is none.
    pub(in crate::commands) depth: u64,
    /// Distinct states that were seen.
    pub(in crate::commands) states: u64,
    /// Moves that were taken.
    pub(in crate::commands) transitions: u64,
    /// Random walks that were made, if that was asked for.
    pub(in crate::commands) walks: Option<u64>,
    /// How long the search took, in seconds.
    pub(in crate::commands) seconds: f64,
    /// How far it could go.
    pub(in crate::commands) bounds: BoundsReport,
    /// The moves of users and attacker, in words.
    pub(in crate::commands) steps: Vec<String>,
    /// The entries of the trace that show the violation.
    pub(in crate::commands) witness: Vec<Shown>,
    /// The file that the finding was kept in.
    pub(in crate::commands) scenario: Option<String>,
    /// The hash of the trace: a replay has the same.
    pub(in crate::commands) trace_hash: Option<String>,
    /// Every published attack that the run shows.
    pub(in crate::commands) recognised: Vec<String>,
    /// What the attack needs and what does not matter, each found out by searching again.
    pub(in crate::commands) needs: Option<Needs>,
    /// Why it says nothing against the parties, if that is so: nothing that they do keeps the property.
    pub(in crate::commands) unpreventable: Option<Unpreventable>,
    /// The nearest run that is safe, and where it parts from this one.
    pub(in crate::commands) nearest_safe: Option<Parting>,
    /// How the run was made as short as it is.
    pub(in crate::commands) shrinking: Option<Shrinking>,
    /// The profile.
    pub(in crate::commands) profile: String,
    /// The switches that are not at their secure value.
    pub(in crate::commands) set: Vec<String>,
    /// The attacker's powers.
    pub(in crate::commands) powers: String,
    /// What repeats the run.
    pub(in crate::commands) replay: Option<String>,
    /// What else is open within a few moves, where nothing was asked for by name.
    pub(in crate::commands) also: Vec<AlsoOpen>,
    /// Where the search was written down, if that was asked for.
    pub(in crate::commands) checkpoint: Option<CheckpointReport>,
}

/// How a run was made as short as it is. A search finds the shortest from the start.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::commands) struct Shrinking {
    /// Moves of the run as it was found.
    found_length: u64,
    /// Moves that were left when none could be deleted any more.
    deleted_length: u64,
    /// Moves of the shortest run that is known.
    length: u64,
    /// Whether every shorter run within the bounds was looked at.
    is_shortest: bool,
    /// How long that took; 0 where nothing had to be done.
    milliseconds: u64,
}

impl Shrinking {
    fn of(searched: &Searched) -> Self {
        Self {
            found_length: whole(searched.found_length),
            deleted_length: whole(searched.deleted_length),
            length: whole(searched.length),
            is_shortest: searched.is_shortest,
            milliseconds: searched.shrinking_milliseconds.unwrap_or(0),
        }
    }
}

/// Something else that is open, in short.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::commands) struct AlsoOpen {
    /// The published property that is violated.
    pub(in crate::commands) property: String,
    /// What judged it, by its name in scenarios.
    pub(in crate::commands) invariant: String,
    /// What shows the violation, in one sentence.
    pub(in crate::commands) words: String,
    /// The published attacks that the run shows.
    pub(in crate::commands) recognised: Vec<String>,
    /// The moves of users and attacker, in words.
    pub(in crate::commands) steps: Vec<String>,
    /// Why it says nothing against the parties, if that is so: nothing that they do keeps the property.
    pub(in crate::commands) unpreventable: Option<Unpreventable>,
}

impl AlsoOpen {
    pub(in crate::commands) fn of(finding: &Finding) -> Self {
        Self {
            property: finding.published_property.clone(),
            invariant: finding.property.clone(),
            words: finding.words.clone(),
            recognised: finding
                .recognised
                .iter()
                .map(|named| named.id.clone())
                .collect(),
            steps: finding.steps.clone(),
            unpreventable: finding.unpreventable.clone(),
        }
    }
}

impl HuntReport {
    /// Adds what was found.
    pub(in crate::commands) fn found(&mut self, finding: &Finding) {
        self.property = Some(finding.published_property.clone());
        self.invariant = Some(finding.property.clone());
        self.attack = finding.attack().map(ToOwned::to_owned);
        self.depth = whole(finding.search.length);
        self.steps.clone_from(&finding.steps);
        self.witness.clone_from(&finding.witness);
        self.trace_hash = Some(finding.trace_hash.clone());
        let recognised = finding.recognised.iter();
        self.recognised = recognised.map(|named| named.id.clone()).collect();
        self.needs.clone_from(&finding.needs);
        self.unpreventable.clone_from(&finding.unpreventable);
        self.nearest_safe.clone_from(&finding.nearest_safe);
        self.shrinking = Some(Shrinking::of(&finding.search));
    }
}

/// Seconds with milliseconds behind the point.
pub(in crate::commands) fn seconds(elapsed: Duration) -> f64 {
    (elapsed.as_secs_f64() * 1_000.0).round() / 1_000.0
}

fn whole(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
