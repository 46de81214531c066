//! What a target does, in a file that can be reviewed, and what is different next time.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::file::ShownPolicy;
use super::normal::RULES;
use super::outcome::{Checked, Report};
use super::words::Verdict;

/// What a target does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// The target.
    pub target: String,
    /// What was done to its answers, rule by rule.
    pub normalised: Vec<String>,
    /// How redirection URIs are compared, by the role of the client.
    #[serde(default)]
    pub redirects: BTreeMap<String, String>,
    /// What it decides for itself, policy by policy: which case, and what it does then.
    #[serde(default)]
    pub policies: BTreeMap<String, BTreeMap<String, String>>,
    /// The checks by their ids.
    pub checks: BTreeMap<String, Kept>,
}

/// What is kept of a check.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// What is so when it passes.
    pub title: String,
    /// What came of it.
    pub verdict: Verdict,
    /// Why, in one sentence.
    pub says: String,
    /// What each step came to: this is compared strictly.
    pub answers: Vec<String>,
    /// The last answer of each step, normalised.
    pub detail: Vec<Vec<String>>,
}

/// Something that is different.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// What, in one sentence.
    pub what: String,
    /// In which checks.
    pub checks: Vec<String>,
}

impl Snapshot {
    /// What is kept of a report. Races come out differently each time, and what was not tried says nothing: both are
    /// left out.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let kept = report.checks.iter().filter(|checked| is_kept(checked));
        Self {
            target: report.target.clone(),
            normalised: RULES.iter().map(|rule| (*rule).to_owned()).collect(),
            redirects: report
                .matchers
                .iter()
                .map(|one| (one.client.word().to_owned(), one.class.word().to_owned()))
                .collect(),
            policies: report.policies(),
            checks: kept
                .map(|checked| (checked.id.clone(), Kept::of(checked)))
                .collect(),
        }
    }

    /// This snapshot with what another one has of its checks instead.
    #[must_use]
    pub fn updated(mut self, newer: Self) -> Self {
        self.target = newer.target;
        self.normalised = newer.normalised;
        self.redirects.extend(newer.redirects);
        for (policy, cases) in newer.policies {
            self.policies.entry(policy).or_default().extend(cases);
        }
        self.checks.extend(newer.checks);
        self
    }

    /// What is different now. Checks that were not done now are not missed when `partly` is set.
    #[must_use]
    pub fn changes(&self, now: &Report, partly: bool) -> Vec<Change> {
        let newer = Self::of(now);
        let mut changes = Changes::default();
        for (client, now) in &newer.redirects {
            if let Some(before) = self.redirects.get(client).filter(|before| *before != now) {
                let what = format!(
                    "redirection URIs of `{client}` are compared: {before} before, {now} now"
                );
                changes.add(what, "RU");
            }
        }
        let policy_of = |id: &str| {
            let mut checks = now.checks.iter();
            checks.find(|checked| checked.id == id)?.policy.as_ref()
        };
        for (id, new) in &newer.checks {
            match self.checks.get(id) {
                None => changes.add("a check that the snapshot does not have".to_owned(), id),
                Some(old) => compare(id, (old, new), policy_of(id), &mut changes),
            }
        }
        let done: BTreeSet<&String> = now.checks.iter().map(|checked| &checked.id).collect();
        for id in self.checks.keys() {
            if !done.contains(id) && !partly {
                changes.add(
                    "a check of the snapshot that is not done any more".to_owned(),
                    id,
                );
            }
        }
        // What it means comes before how it shows.
        changes.0.sort_by_key(|change| !change.what.contains('“'));
        changes.0
    }
}

fn is_kept(checked: &Checked) -> bool {
    let tried = match checked.verdict {
        Verdict::Skipped => false,
        Verdict::Pass
        | Verdict::Fail
        | Verdict::Warning
        | Verdict::Recorded
        | Verdict::NotApplicable
        | Verdict::CouldNotRun => true,
    };
    tried
        && !checked
            .answers
            .iter()
            .any(|answer| answer.step.starts_with("race"))
}

impl Kept {
    fn of(checked: &Checked) -> Self {
        let answers = checked.answers.iter();
        Self {
            title: checked.title.clone(),
            verdict: checked.verdict,
            says: checked.says.clone(),
            answers: answers
                .map(|answer| format!("{}: {}", answer.step, answer.came))
                .collect(),
            detail: checked.detail.clone(),
        }
    }
}

/// Sentences with the checks that they are about, in the order in which they were found.
#[derive(Default)]
struct Changes(Vec<Change>);

impl Changes {
    fn add(&mut self, what: String, id: &str) {
        match self.0.iter_mut().find(|change| change.what == what) {
            Some(change) if change.checks.iter().any(|known| known == id) => {}
            Some(change) => change.checks.push(id.to_owned()),
            None => self.0.push(Change {
                what,
                checks: vec![id.to_owned()],
            }),
        }
    }
}

/// What is different in a check: first what it means, then what was answered, then how.
fn compare(
    id: &str,
    (old, new): (&Kept, &Kept),
    policy: Option<&ShownPolicy>,
    changes: &mut Changes,
) {
    if let Some(policy) = policy.filter(|_| old.says != new.says) {
        let (of, case) = (policy.of.word(), &policy.case);
        let (before, now) = (&old.says, &new.says);
        changes.add(
            format!("{of} changed for {case}: “{before}” before, “{now}” now"),
            id,
        );
    } else if old.verdict != new.verdict {
        let (before, now) = (old.verdict.word(), new.verdict.word());
        let title = &new.title;
        changes.add(
            format!("{before} before, {now} now: “{title}”. {}", new.says),
            id,
        );
    } else if old.says != new.says {
        let title = &new.title;
        changes.add(
            format!("“{title}”: before: {} Now: {}", old.says, new.says),
            id,
        );
    }
    let steps = old.answers.len().max(new.answers.len());
    for nth in 0..steps {
        match (old.answers.get(nth), new.answers.get(nth)) {
            (Some(before), Some(now)) if before == now => {}
            (Some(before), Some(now)) => {
                if let Some(what) = answer_changes(before, now) {
                    changes.add(what, id);
                }
            }
            (Some(before), None) => {
                changes.add(format!("a step is not reached any more: {before}"), id)
            }
            (None, Some(now)) => changes.add(format!("a further step is reached: {now}"), id),
            (None, None) => {}
        }
    }
    // Where the answer itself is another one, its details are too.
    let same = old
        .answers
        .iter()
        .zip(&new.answers)
        .map(|(before, now)| before == now);
    let details = old.detail.iter().zip(&new.detail).zip(same);
    for ((before, now), _) in details.filter(|(_, same)| *same) {
        for what in detail_changes(before, now) {
            changes.add(what, id);
        }
    }
}

/// What is different between two answers in a line each.
fn answer_changes(before: &str, now: &str) -> Option<String> {
    let words = |line: &str| -> Vec<String> {
        let line = line.replace(['{', '}'], " ");
        line.split_whitespace().map(str::to_owned).collect()
    };
    let (before, now) = (words(before), words(now));
    let only = |these: &[String], not: &[String]| -> String {
        let words = these.iter().filter(|word| !not.contains(word));
        words.map(String::as_str).collect::<Vec<_>>().join(" ")
    };
    let (lost, got) = (only(&before, &now), only(&now, &before));
    match (lost.is_empty(), got.is_empty()) {
        (true, true) => None,
        (true, false) => Some(format!("`{got}` now in the answer")),
        (false, true) => Some(format!("`{lost}` no longer in the answer")),
        (false, false) => Some(format!("`{lost}` in the answer before, `{got}` now")),
    }
}

/// The same sentence about `$code1` and `$code2` is one sentence.
fn unnumbered(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_name = false;
    for character in text.chars() {
        in_name = match character {
            '$' => true,
            'a'..='z' | '_' => in_name,
            '0'..='9' if in_name => continue,
            _ => false,
        };
        out.push(character);
    }
    out
}

/// What is different between two answers in detail. Lines are known by what stands before `:` or ` = `.
fn detail_changes(before: &[String], now: &[String]) -> Vec<String> {
    let key = |line: &str| {
        line.split([':', '='])
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let mut changes = Vec::new();
    for line in before.iter().filter(|line| !now.contains(line)) {
        let other = now
            .iter()
            .find(|other| key(other) == key(line) && !before.contains(other));
        changes.push(match other {
            // The same value as another before, and as none now, or the other way round.
            Some(other) if unnumbered(line) == unnumbered(other) => {
                format!("in detail: `{line}` before, `{other}` now")
            }
            Some(other) => {
                let (line, other) = (unnumbered(line), unnumbered(other));
                format!("in detail: `{line}` before, `{other}` now")
            }
            None => format!("in detail: `{}` no longer there", unnumbered(line)),
        });
    }
    for line in now.iter().filter(|line| !before.contains(line)) {
        let was = before
            .iter()
            .any(|other| key(other) == key(line) && !now.contains(other));
        if !was {
            changes.push(format!("in detail: `{}` now there", unnumbered(line)));
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::super::words::PolicyName;
    use super::*;

    fn kept(verdict: Verdict, says: &str, answer: &str) -> Kept {
        Kept {
            title: "The burn policy".to_owned(),
            verdict,
            says: says.to_owned(),
            answers: vec![answer.to_owned()],
            detail: Vec::new(),
        }
    }

    fn changed(old: &Kept, new: &Kept) -> Vec<String> {
        let mut changes = Changes::default();
        compare("X-1", (old, new), None, &mut changes);
        changes.0.into_iter().map(|change| change.what).collect()
    }

    #[test]
    fn changes_are_told_as_sentences() {
        let old = kept(
            Verdict::Recorded,
            "It is still good.",
            "authorize: 302 callback u query code state",
        );
        let new = kept(
            Verdict::Recorded,
            "It is burned.",
            "authorize: 303 callback u query code iss state",
        );
        assert_eq!(
            changed(&old, &new),
            [
                "“The burn policy”: before: It is still good. Now: It is burned.",
                "`302` in the answer before, `303 iss` now",
            ]
        );
        let worse = kept(
            Verdict::Fail,
            "It works.",
            "authorize: 302 callback u query code state",
        );
        assert_eq!(
            changed(&old, &worse),
            ["recorded before, fail now: “The burn policy”. It works."]
        );
        assert!(changed(&old, &old).is_empty());
    }

    #[test]
    fn a_policy_is_called_by_its_name() {
        let old = kept(Verdict::Recorded, "It is still good.", "redeem: 200");
        let new = kept(Verdict::Recorded, "It is burned.", "redeem: 200");
        let policy = ShownPolicy {
            of: PolicyName::Burn,
            case: "a code that another client tried".to_owned(),
        };
        let mut changes = Changes::default();
        compare("X-1", (&old, &new), Some(&policy), &mut changes);
        let said: Vec<String> = changes.0.into_iter().map(|change| change.what).collect();
        assert_eq!(
            said,
            [
                "burn policy changed for a code that another client tried: “It is still good.” before, “It is burned.” now"
            ]
        );
    }

    #[test]
    fn one_word_for_another_is_one_change() {
        assert_eq!(
            answer_changes("redeem: 400 {error=a}", "redeem: 401 {error=a}").as_deref(),
            Some("`400` in the answer before, `401` now")
        );
        assert_eq!(
            answer_changes("a: 302 code", "a: 302 code iss").as_deref(),
            Some("`iss` now in the answer")
        );
        assert_eq!(
            unnumbered("code=$code12&state=$state1&x=1"),
            "code=$code&state=$state&x=1"
        );
        let lines = |texts: &[&str]| -> Vec<String> {
            texts.iter().map(|text| (*text).to_owned()).collect()
        };
        assert_eq!(
            detail_changes(
                &lines(&["200", "cache-control: no-store"]),
                &lines(&["200", "cache-control: private", "x: y"])
            ),
            [
                "in detail: `cache-control: no-store` before, `cache-control: private` now",
                "in detail: `x: y` now there",
            ]
        );
    }
}
