//! What came of a check, and of all of them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::file::ShownPolicy;
use super::matcher::Matcher;
use super::snapshot::Change;
use super::words::{Level, Verdict};

/// What came of all checks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Report {
    /// What was checked.
    pub target: String,
    /// The checks, in the order of their files.
    pub checks: Vec<Checked>,
    /// How redirection URIs are compared, for one client after the other.
    pub matchers: Vec<Matcher>,
    /// Known deviations that are none any more: the target file should not list them.
    pub stale: Vec<Stale>,
    /// How many checks came to each verdict.
    pub counts: Counts,
    /// What is different from the snapshot; nothing, when there is none.
    pub changes: Vec<Change>,
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Checked {
    /// Its id.
    pub id: String,
    /// What is so when it passes.
    pub title: String,
    /// How much that is demanded.
    pub level: Level,
    /// By which text.
    pub reference: String,
    /// What came of it.
    pub verdict: Verdict,
    /// Why, in one sentence.
    pub says: String,
    /// The policy of the target that it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<ShownPolicy>,
    /// Whether the target file lists it as a known deviation.
    pub expected: bool,
    /// What each step came to, in one line.
    pub answers: Vec<AnswerLine>,
    /// What was sent and came, with names in place of values.
    pub exchanges: Vec<ExchangeLines>,
    /// The last answer of each step, normalised: for the snapshot.
    #[serde(skip)]
    pub detail: Vec<Vec<String>>,
}

impl Checked {
    /// Whether it was seen what the target does.
    #[must_use]
    pub const fn is_judged(&self) -> bool {
        match self.verdict {
            Verdict::Pass | Verdict::Fail | Verdict::Warning | Verdict::Recorded => true,
            Verdict::NotApplicable | Verdict::CouldNotRun | Verdict::Skipped => false,
        }
    }
}

/// What a step came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AnswerLine {
    /// The step.
    pub step: String,
    /// What it came to. Values that differ from run to run are left out.
    pub came: String,
}

/// A request and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ExchangeLines {
    /// The request: method, URL and parameters.
    pub sent: String,
    /// The answer: status, where it leads, what is in it.
    pub came: String,
}

/// A known deviation that is none any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Stale {
    /// The id of the check.
    pub check: String,
    /// What the target file says.
    pub listed: Verdict,
    /// What came of it; nothing, when there is no such check.
    pub came: Option<Verdict>,
}

impl Report {
    /// What the target decides for itself: policy, case, and what it does then.
    #[must_use]
    pub fn policies(&self) -> BTreeMap<String, BTreeMap<String, String>> {
        let mut policies: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for checked in self.checks.iter().filter(|checked| checked.is_judged()) {
            if let Some(policy) = &checked.policy {
                let cases = policies.entry(policy.of.word().to_owned()).or_default();
                cases.insert(policy.case.clone(), checked.says.clone());
            }
        }
        policies
    }
}

/// How many checks came to each verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    /// As demanded.
    pub pass: usize,
    /// Not as demanded, and not listed as known.
    pub fail: usize,
    /// Not as demanded, and listed as known.
    pub known: usize,
    /// Allowed, but not advised.
    pub warning: usize,
    /// Noted without judgement.
    pub recorded: usize,
    /// Not offered.
    pub not_applicable: usize,
    /// Something that had to work first did not.
    pub could_not_run: usize,
    /// Not tried.
    pub skipped: usize,
}

impl Counts {
    /// Counts one.
    pub fn add(&mut self, checked: &Checked) {
        let count = match checked.verdict {
            Verdict::Pass => &mut self.pass,
            Verdict::Fail if checked.expected => &mut self.known,
            Verdict::Fail => &mut self.fail,
            Verdict::Warning => &mut self.warning,
            Verdict::Recorded => &mut self.recorded,
            Verdict::NotApplicable => &mut self.not_applicable,
            Verdict::CouldNotRun => &mut self.could_not_run,
            Verdict::Skipped => &mut self.skipped,
        };
        *count = count.saturating_add(1);
    }
}
