//! `grantlab check`: what somebody's authorization server does with requests, honest and other.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use clap::builder::styling::Style;
use grantlab_sim::check::file::Group;
use grantlab_sim::check::matcher::Matcher;
use grantlab_sim::check::outcome::{Checked, Report};
use grantlab_sim::check::words::Verdict as CheckVerdict;
use grantlab_sim::check::{BuiltIn, Check, Choice, MATCHER_ID, Snapshot, check, junit, shelf};
use grantlab_sim::input_error::{InputError, SourceText};
use grantlab_sim::live::{NotStarted, start};
use grantlab_sim::profile::{NamedBy, Profiles};
use indicatif::{ProgressBar, ProgressStyle};

use super::atomic;
use super::console::{Console, read_file};
use super::interrupt::interrupts;
use super::layout::{BAD, BOLD, DIM, GOOD, WARN, paragraph, styled};
use super::{Failure, Verdict};
use crate::arguments::CheckArguments;

/// The check of an honest login, which most others begin with.
const HONEST: &str = "AE-01";

pub(super) fn run(arguments: &CheckArguments, console: &mut Console) -> Result<Verdict, Failure> {
    let groups = groups(arguments)?;
    let choice = Choice {
        only: arguments.only.clone(),
        seed: 0,
        waits: arguments.wait,
    };
    known(&choice, &groups)?;
    let mut report = match (&arguments.profile, &arguments.target) {
        (Some(profile), _) => of_profile(profile, &groups, &choice)?,
        (None, Some(path)) => of_target(path, &groups, &choice, console)?,
        (None, None) => {
            return Err(InputError::about("check", "no target and no profile").into());
        }
    };
    let kept = compare(arguments, &mut report)?;
    if let Some(path) = &arguments.junit {
        let xml = junit::write(&report, &report.changes);
        atomic::write_text(path, &xml)?;
    }
    let elapsed = console.elapsed();
    console.report(&report, |report| {
        let mut text = text(report, arguments);
        let _ = writeln!(text, "({:.2} s)", elapsed.as_secs_f32());
        text.push_str(&changes(report, &kept));
        text
    })?;
    let is_open = |checked: &Checked| match checked.verdict {
        CheckVerdict::Fail | CheckVerdict::CouldNotRun => !checked.expected,
        CheckVerdict::Pass
        | CheckVerdict::Warning
        | CheckVerdict::Recorded
        | CheckVerdict::NotApplicable
        | CheckVerdict::Skipped => false,
    };
    Ok(
        match report.changes.is_empty() && !report.checks.iter().any(is_open) {
            true => Verdict::Fine,
            false => Verdict::Finding,
        },
    )
}

/// What became of the snapshot.
enum Compared {
    /// There is none.
    Nothing,
    /// It was compared.
    With(String),
    /// It was written.
    Written(String),
}

/// Compares with the snapshot, or writes it.
fn compare(arguments: &CheckArguments, report: &mut Report) -> Result<Compared, Failure> {
    let beside = || {
        let target = arguments.target.as_ref()?;
        let path = Path::new(target).with_extension("snapshot.json");
        Some(path.display().to_string())
    };
    let Some(path) = arguments.snapshot.clone().or_else(beside) else {
        return Ok(Compared::Nothing);
    };
    let there = Path::new(&path).exists();
    let old = match there {
        true => Some(read_snapshot(&path)?),
        false => None,
    };
    let partly = !arguments.only.is_empty();
    if arguments.accept {
        let newer = Snapshot::of(report);
        let whole = match old {
            Some(old) if partly => old.updated(newer),
            Some(_) | None => newer,
        };
        let mut text = serde_json::to_string_pretty(&whole).map_err(io::Error::other)?;
        text.push('\n');
        atomic::write_text(&path, &text)?;
        return Ok(Compared::Written(path));
    }
    match old {
        Some(old) => {
            report.changes = old.changes(report, partly);
            Ok(Compared::With(path))
        }
        None if arguments.snapshot.is_some() => {
            let error = InputError::about(path, "there is no such snapshot; `--accept` makes one");
            Err(error.into())
        }
        None => Ok(Compared::Nothing),
    }
}

pub(super) fn read_snapshot(path: &str) -> Result<Snapshot, InputError> {
    let text = fs::read_to_string(path)
        .map_err(|error| InputError::about(path, format!("cannot be read: {error}")))?;
    serde_json::from_str(&text)
        .map_err(|error| InputError::about(path, format!("is no snapshot: {error}")))
}

fn changes(report: &Report, compared: &Compared) -> String {
    match compared {
        Compared::Nothing => String::new(),
        Compared::Written(path) => format!("snapshot written: {path}\n"),
        Compared::With(path) if report.changes.is_empty() => format!("as in {path}\n"),
        Compared::With(path) => {
            let mut out = format!("\n{} from {path}:\n", styled(BAD, "different"));
            for change in &report.changes {
                let checks = match change.checks.as_slice() {
                    [first, second, third, fourth, rest @ ..] if !rest.is_empty() => {
                        format!(
                            "{first}, {second}, {third}, {fourth} and {} more",
                            rest.len()
                        )
                    }
                    few => few.join(", "),
                };
                out.push_str(&paragraph(&format!("- {} ({checks})", change.what), 2));
            }
            out.push_str("`--accept` takes it as it is now\n");
            out
        }
    }
}

/// The checks inside the binary, or those of files.
fn groups(arguments: &CheckArguments) -> Result<Vec<Group>, InputError> {
    if arguments.checks.is_empty() {
        return shelf::groups();
    }
    let read = |path: &String| {
        let text = read_file(path)
            .map_err(|why| InputError::about(path.as_str(), format!("cannot be read: {why}")))?;
        Group::read(SourceText::new(path, &text))
    };
    arguments.checks.iter().map(read).collect()
}

/// Every word of `--only` names a check or a group.
fn known(choice: &Choice, groups: &[Group]) -> Result<(), InputError> {
    let ids = || groups.iter().flat_map(|group| &group.file.checks);
    for word in &choice.only {
        let is_group = groups.iter().any(|group| group.file.group == *word);
        if word != MATCHER_ID && !is_group && !ids().any(|check| check.id == *word) {
            let names = groups.iter().map(|group| group.file.group.as_str());
            let names: Vec<&str> = names.chain(ids().map(|check| check.id.as_str())).collect();
            let error = InputError::about(word, "there is no such check");
            return Err(error.instead_of(word, names));
        }
    }
    Ok(())
}

fn of_profile(name: &str, groups: &[Group], choice: &Choice) -> Result<Report, InputError> {
    let profile = Profiles::with_files(&read_file).find(name, NamedBy::Argument)?;
    let (mut subject, target) = BuiltIn::new(&profile)
        .map_err(|error| InputError::about(name, format!("makes no server: {error}")))?;
    Ok(check(&mut subject, &target, groups, choice, &mut |_| {}))
}

/// Starts the server of a target file, if it says how, and checks it.
fn of_target(
    path: &str,
    groups: &[Group],
    choice: &Choice,
    console: &Console,
) -> Result<Report, Failure> {
    let (mut subject, target) = start(Path::new(path)).map_err(|why| not_started(path, why))?;
    let interrupted = interrupts()?;
    subject.stop_when(Arc::clone(&interrupted));
    let all = groups.iter().map(|group| group.file.checks.len()).sum();
    let bar = progress(console, all);
    let mut tell = |check: &Check| {
        bar.set_message(check.id.clone());
        bar.inc(1);
    };
    let report = check(&mut subject, &target, groups, choice, &mut tell);
    bar.finish_and_clear();
    if interrupted.load(Ordering::Relaxed) {
        return Err(InputError::about(path, "interrupted before all checks were done").into());
    }
    Ok(report)
}

/// Why a target cannot be checked.
pub(super) fn not_started(path: &str, why: NotStarted) -> InputError {
    match why {
        NotStarted::File(error) => error,
        NotStarted::NotInstalled(what) => {
            InputError::about(path, format!("cannot be started here: {what}"))
        }
        NotStarted::Failed(why) => InputError::about(path, why),
    }
}

/// How far it is, for whoever watches.
fn progress(console: &Console, checks: usize) -> ProgressBar {
    if !console.is_watched() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(u64::try_from(checks).unwrap_or(u64::MAX));
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar
}

/// How a verdict is shown.
fn mark(checked: &Checked) -> (Style, &'static str) {
    match checked.verdict {
        CheckVerdict::Pass => (GOOD, "pass"),
        CheckVerdict::Fail if checked.expected => (DIM, "known"),
        CheckVerdict::Fail => (BAD, "FAIL"),
        CheckVerdict::Warning => (WARN, "warn"),
        CheckVerdict::Recorded => (BOLD, "noted"),
        CheckVerdict::NotApplicable => (DIM, "n/a"),
        CheckVerdict::CouldNotRun => (BAD, "stuck"),
        CheckVerdict::Skipped => (DIM, "skip"),
    }
}

fn text(report: &Report, arguments: &CheckArguments) -> String {
    let mut out = format!("{}\n\n", styled(BOLD, &report.target));
    let named = !arguments.only.is_empty();
    for checked in &report.checks {
        let quiet = match checked.verdict {
            CheckVerdict::Pass | CheckVerdict::NotApplicable | CheckVerdict::Skipped => true,
            CheckVerdict::Fail
            | CheckVerdict::Warning
            | CheckVerdict::Recorded
            | CheckVerdict::CouldNotRun => false,
        };
        if quiet && !arguments.all && !named {
            continue;
        }
        let detail = arguments.detail && (named || checked.verdict != CheckVerdict::Pass);
        one(checked, detail, &mut out);
    }
    for matcher in &report.matchers {
        out.push_str(&compared(matcher));
    }
    for (policy, cases) in report.policies() {
        let _ = writeln!(out, "{}", styled(BOLD, &policy));
        for (case, says) in cases {
            out.push_str(&paragraph(&format!("{case}: {says}"), 7));
        }
    }
    for stale in &report.stale {
        let came = stale
            .came
            .map_or("there is no such check", CheckVerdict::word);
        let listed = stale.listed.word();
        let _ = writeln!(
            out,
            "{}  {}  listed as {listed}, but: {came}",
            styled(WARN, "stale"),
            stale.check
        );
    }
    let honest = report.checks.iter().find(|checked| checked.id == HONEST);
    if let Some(honest) = honest.filter(|honest| honest.verdict == CheckVerdict::Fail) {
        let _ = writeln!(
            out,
            "\n{} {} Most verdicts mean little until it does: `--only {HONEST} --detail` shows what was sent.",
            styled(BAD, "an honest login does not work:"),
            honest.says
        );
    }
    let counts = &report.counts;
    let _ = write!(
        out,
        "\n{} checks: {} pass, {} fail, {} known deviations, {} warnings, {} noted, {} not applicable, \
         {} stuck, {} skipped ",
        report.checks.len(),
        counts.pass,
        counts.fail,
        counts.known,
        counts.warning,
        counts.recorded,
        counts.not_applicable,
        counts.could_not_run,
        counts.skipped
    );
    out
}

/// How redirection URIs are compared, and the nearest that should not be taken.
fn compared(matcher: &Matcher) -> String {
    let class = styled(BOLD, matcher.class.word());
    let mut out = format!(
        "redirection URIs of `{}` are compared: {class} ({} tried beside {})\n",
        matcher.client.word(),
        matcher.tried,
        matcher.registered
    );
    if let Some(nearest) = &matcher.nearest {
        let words: Vec<&str> = matcher.overlooks.iter().map(|one| one.word()).collect();
        let taken = format!("taken as well: {nearest}; overlooked: {}", words.join(", "));
        out.push_str(&paragraph(&taken, 15));
    }
    out
}

fn one(checked: &Checked, detail: bool, out: &mut String) {
    let (style, word) = mark(checked);
    let verdict = styled(style, &format!("{word:<5}"));
    let id = styled(BOLD, &format!("{:<6}", checked.id));
    let level = checked.level.word();
    let _ = writeln!(out, "{verdict}  {id}  {}", checked.title);
    let reason = format!("{} ({level}, {})", checked.says, checked.reference);
    out.push_str(&paragraph(&reason, 15));
    if detail {
        for exchange in &checked.exchanges {
            let _ = writeln!(out, "               > {}", exchange.sent);
            let _ = writeln!(out, "               < {}", exchange.came);
        }
    }
}
