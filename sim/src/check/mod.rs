//! Checks of somebody's authorization server: what is sent, what comes, and what that means.
//!
//! Checks are data ([`mod@file`], `scenarios/checks/`), and so is what is known of a server ([`target`]). Nothing here
//! has a socket or a clock: a [`Subject`] sends, over HTTP in [`crate::live`], or to a server in this process
//! ([`BuiltIn`], or anybody's own). The user-agent is that of the core ([`browser`]); pages of strangers are read in
//! [`page`] and filled in as [`filling`] says.

pub mod against;
pub mod answer;
mod arrival;
pub mod browser;
mod built_in;
pub mod callback;
pub mod compare;
pub mod condition;
pub mod file;
pub mod filling;
mod judge;
pub mod junit;
mod known;
pub mod matcher;
pub mod names;
mod normal;
pub mod outcome;
pub mod page;
mod request;
pub mod resolved;
mod run;
pub mod seen;
pub mod shelf;
mod signature;
pub mod snapshot;
pub mod step;
mod subject;
pub mod target;
pub mod template;
pub mod words;

pub use answer::{Answer, NoAnswer};
pub use arrival::arrive;
pub use built_in::BuiltIn;
pub use file::{Check, Group};
pub use outcome::{Checked, Report};
pub use resolved::Target;
pub use snapshot::Snapshot;
pub use subject::Subject;

use condition::Alternative;
use outcome::{AnswerLine, Counts, ExchangeLines, Stale};
use run::{Run, Stopped};
use step::Step;
use words::Verdict;

/// The group of checks of redirection URIs.
const REDIRECTS: &str = "RU";

/// What finds out how redirection URIs are compared. It is no data, and stands among the checks of its group.
pub const MATCHER_ID: &str = "RU-50";

/// Which checks are done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Ids, or letters of groups; all, when there are none.
    pub only: Vec<String>,
    /// From this fresh values derive.
    pub seed: u64,
    /// Whether checks may wait in real time.
    pub waits: bool,
}

impl Choice {
    fn includes(&self, id: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|one| is_named(one, id))
    }
}

/// Whether `word` is the id of a check, or the letters of its group.
#[must_use]
pub fn is_named(word: &str, id: &str) -> bool {
    word == id || id.split('-').next() == Some(word)
}

/// Checks a target. `progress` is told before each check which one it is.
pub fn check(
    subject: &mut dyn Subject,
    target: &Target,
    groups: &[Group],
    choice: &Choice,
    progress: &mut dyn FnMut(&Check),
) -> Report {
    let mut report = Report {
        target: target.name.clone(),
        checks: Vec::new(),
        matchers: Vec::new(),
        stale: Vec::new(),
        counts: Counts::default(),
        changes: Vec::new(),
    };
    let mut target = target.clone();
    let all = groups.iter().flat_map(|group| &group.file.checks);
    for check in all.filter(|check| choice.includes(&check.id)) {
        progress(check);
        let checked = check_one(subject, &mut target, check, choice);
        report.counts.add(&checked);
        report.checks.push(checked);
    }
    let asks_for_redirects = groups.iter().any(|group| group.file.group == REDIRECTS);
    if asks_for_redirects && choice.includes(MATCHER_ID) {
        report.matchers = matcher::infer(subject, &target, choice);
    }
    report.stale = stale(&target, &report.checks, choice);
    report
}

/// Known deviations that did not show.
fn stale(target: &Target, checks: &[Checked], choice: &Choice) -> Vec<Stale> {
    let mut stale = Vec::new();
    for deviation in &target.deviations {
        let checked = checks.iter().find(|checked| checked.id == deviation.check);
        let came = checked.map(|checked| checked.verdict);
        if came != Some(deviation.verdict) && choice.includes(&deviation.check) {
            stale.push(Stale {
                check: deviation.check.clone(),
                listed: deviation.verdict,
                came,
            });
        }
    }
    stale
}

/// Does one check. Where it needs a server that starts anew, what is known of the target may change.
pub fn check_one(
    subject: &mut dyn Subject,
    target: &mut Target,
    check: &Check,
    choice: &Choice,
) -> Checked {
    let skipped = target
        .skip
        .iter()
        .find(|skip| is_named(&skip.check, &check.id));
    if let Some(skip) = skipped {
        return checked(check, target, Verdict::Skipped, skip.why.clone(), None);
    }
    if let Some(says) = missing(target, check) {
        return checked(check, target, Verdict::NotApplicable, says, None);
    }
    if let Err(why) = fresh(subject, target, check) {
        let says = format!("the target could not be made fresh: {why}");
        return checked(check, target, Verdict::CouldNotRun, says, None);
    }
    let mut run = Run::new(subject, target, check.client, choice, &check.id);
    match run.steps(&check.steps) {
        Ok(()) => {
            let (verdict, says) = judged(&run, check);
            checked(check, target, verdict, says, Some(&run))
        }
        Err(Stopped { verdict, says }) => checked(check, target, verdict, says, Some(&run)),
    }
}

/// Makes the target forget what was before, as far as the check needs that: a consent that is remembered cannot be
/// refused.
fn fresh(subject: &mut dyn Subject, target: &mut Target, check: &Check) -> Result<(), String> {
    subject.reset()?;
    if check.steps.iter().any(Step::denies)
        && let Some(again) = subject.restart()?
    {
        *target = again;
    }
    Ok(())
}

/// What a check needs that the target has not, in a sentence.
fn missing(target: &Target, check: &Check) -> Option<String> {
    let lacks = check
        .needs
        .iter()
        .find(|need| !target.features.contains(need));
    if let Some(lacks) = lacks {
        return Some(format!("the target does not offer `{}`", lacks.word()));
    }
    let has = check
        .needs_not
        .iter()
        .find(|need| target.features.contains(need))?;
    Some(format!("the target offers `{}`", has.word()))
}

fn judged(run: &Run<'_>, check: &Check) -> (Verdict, String) {
    let found: Option<&Alternative> = check.expect.iter().find(|one| run.holds(&one.when));
    let (verdict, says) = match found {
        Some(alternative) => (alternative.verdict, &alternative.says),
        None => (check.otherwise.verdict, &check.otherwise.says),
    };
    let says = run.filled(says).unwrap_or_else(|_| says.clone());
    (verdict, run.names.told(&says))
}

fn checked(
    check: &Check,
    target: &Target,
    verdict: Verdict,
    says: String,
    run: Option<&Run<'_>>,
) -> Checked {
    let mut known = target.deviations.iter();
    let expected = known.any(|one| one.check == check.id && one.verdict == verdict);
    let mut answers = Vec::new();
    let mut exchanges = Vec::new();
    let mut detail = Vec::new();
    for seen in run.iter().flat_map(|run| &run.seen) {
        let step = match &seen.name {
            Some(name) => format!("{} {name}", seen.word),
            None => seen.word.to_owned(),
        };
        answers.push(AnswerLine {
            step,
            came: run.map_or_else(String::new, |run| {
                normal::named(&seen.line(), &run.names, target)
            }),
        });
    }
    if let Some(run) = run {
        let all = run.seen.iter().flat_map(|seen| &seen.exchanges);
        let last = run.seen.iter().filter_map(|seen| seen.exchanges.last());
        detail.extend(last.map(|exchange| normal::answer(exchange, &run.names, target)));
        exchanges.extend(all.map(|exchange| ExchangeLines {
            sent: run.names.told(&request::sent(&exchange.request)),
            came: run.names.told(&request::came(&exchange.answer)),
        }));
    }
    Checked {
        id: check.id.clone(),
        title: check.title.clone(),
        level: check.level,
        reference: check.reference.clone(),
        verdict,
        says,
        policy: check.policy.clone(),
        expected,
        answers,
        exchanges,
        detail,
    }
}
