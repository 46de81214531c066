//! `grantlab sweep`: honest users and faults, once per seed.

mod keep;
mod shared;

use std::fmt::{self, Write as _};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use grantlab_sim::input_error::InputError;
use grantlab_sim::profile::{Profile, Scale};
use grantlab_sim::walk::{Plan, Progress, Sweep, SweepReport as Swept, sweep};
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use schemars::JsonSchema;
use serde::Serialize;

use super::console::Console;
use super::interrupt::interrupts;
use super::layout::{BAD, BOLD, GOOD, paragraph, styled};
use super::{Failure, Verdict, settings};
use crate::arguments::{SweepArguments, Travel};

/// How often the progress bar moves.
const TICK: Duration = Duration::from_millis(100);

/// What `grantlab sweep` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SweepReport {
    /// The profile, with the switches that were set.
    profile: String,
    /// What was set with `--set`, as it was typed.
    set: Vec<String>,
    /// How messages travelled: `message` or `wire`.
    mode: &'static str,
    /// The first seed.
    seeds_from: u64,
    /// The seed after the last.
    seeds_to: u64,
    /// Faults of a walk at most.
    faults_max: u32,
    /// Nodes that shared a store.
    nodes: u8,
    /// Whether every walk was made; otherwise somebody stopped it.
    complete: bool,
    /// Walks that were made.
    walks: u64,
    /// Logins that were completed.
    logins: u64,
    /// Faults that happened.
    faults: u64,
    /// Faults and other deviations that happened: odd orders, odd users.
    deviations: u64,
    /// Walks that violated something.
    violating: u64,
    /// A hash over all traces: equal for equal sweeps, on any number of threads.
    digest: String,
    /// The violation with the smallest seed.
    first: Option<FirstViolation>,
    /// How long it took.
    timing: Timing,
}

/// The violation with the smallest seed.
#[derive(Debug, Serialize, JsonSchema)]
struct FirstViolation {
    /// The seed, in hexadecimal digits as scenarios have it.
    seed: String,
    /// The property; `completion` when somebody never got logged in though the faults had stopped.
    property: &'static str,
    /// What shows it, in one sentence.
    words: String,
    /// The scenario that repeats it.
    scenario: String,
}

/// How long it took. Not the same every time.
#[derive(Debug, Serialize, JsonSchema)]
struct Timing {
    /// Threads.
    threads: usize,
    /// Milliseconds.
    elapsed_ms: u64,
    /// Logins per second.
    logins_per_second: u64,
    /// Logins per second and thread.
    logins_per_second_and_thread: u64,
}

pub(super) fn run(arguments: &SweepArguments, console: &mut Console) -> Result<Verdict, Failure> {
    let mut profile = settings::profile(&arguments.profile)?;
    settings::set(&mut profile, &arguments.settings)?;
    let job = job(arguments, &profile)?;
    if let Some(out) = &arguments.out {
        return shared::run(arguments, out, &profile, &job, console);
    }
    let before = console.elapsed();
    let interrupted = interrupts()?;
    let swept = watched(&job, &bar(&job, console), &interrupted);
    let elapsed = console.elapsed().saturating_sub(before);
    let report = SweepReport {
        first: keep::first(arguments, &swept)?,
        ..report(arguments, &job, &swept, elapsed)
    };
    console.report(&report, text)?;
    Ok(match report.violating {
        0 => Verdict::Fine,
        _ => Verdict::Finding,
    })
}

fn job(arguments: &SweepArguments, profile: &Profile) -> Result<Sweep, InputError> {
    let scale = Scale {
        nodes: arguments.nodes,
        ..Scale::SMALL
    };
    let setup = profile.setup(&scale).map_err(|malformed| {
        let problem = format!("no world comes of it: {malformed}");
        InputError::about(&*arguments.profile, problem)
    })?;
    let threads = arguments
        .threads
        .or_else(|| thread::available_parallelism().ok())
        .map_or(1, NonZeroUsize::get);
    Ok(Sweep {
        setup: Arc::new(setup),
        seeds: arguments.seeds.0.clone(),
        plan: Plan {
            faults_max: arguments.faults,
            ..Plan::usual(arguments.mode.into())
        },
        threads,
    })
}

/// What shows how far a sweep is, to whoever watches.
fn bar(job: &Sweep, console: &Console) -> ProgressBar {
    if !console.is_watched() {
        return ProgressBar::hidden();
    }
    let template =
        "{wide_bar} {human_pos} of {human_len} walks, {speed}, {eta} left (Ctrl-C stops)";
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let style = style.with_key(
        "speed",
        |state: &ProgressState, out: &mut dyn fmt::Write| {
            let _ = write!(out, "{:.0}/s", state.per_sec());
        },
    );
    ProgressBar::new(job.seeds.end.saturating_sub(job.seeds.start)).with_style(style)
}

/// Sweeps, and stops early when interrupted.
fn watched(job: &Sweep, bar: &ProgressBar, interrupted: &AtomicBool) -> Swept {
    let progress = Progress::default();
    let (sweeping, swept) = mpsc::channel();
    let report = thread::scope(|scope| {
        let progress = &progress;
        scope.spawn(move || watch(progress, interrupted, bar, &swept));
        let report = sweep(job, progress);
        drop(sweeping);
        report
    });
    bar.finish_and_clear();
    report
}

/// Moves the bar and passes an interrupt on, until the sweep is over.
fn watch(progress: &Progress, interrupted: &AtomicBool, bar: &ProgressBar, swept: &Receiver<()>) {
    while swept.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        bar.set_position(progress.done.load(Ordering::Relaxed));
        if interrupted.load(Ordering::Relaxed) {
            progress.stop.store(true, Ordering::Relaxed);
        }
    }
}

fn report(
    arguments: &SweepArguments,
    job: &Sweep,
    swept: &Swept,
    elapsed: Duration,
) -> SweepReport {
    let per_second = |number: u64| {
        let elapsed_us = elapsed.as_micros().max(1);
        u64::try_from(u128::from(number) * 1_000_000 / elapsed_us).unwrap_or(u64::MAX)
    };
    let threads = u64::try_from(job.threads).unwrap_or(u64::MAX).max(1);
    SweepReport {
        profile: arguments.profile.clone(),
        set: arguments.settings.iter().map(ToString::to_string).collect(),
        mode: match arguments.mode {
            Travel::Message => "message",
            Travel::Wire => "wire",
        },
        seeds_from: job.seeds.start,
        seeds_to: job.seeds.end,
        faults_max: arguments.faults,
        nodes: arguments.nodes,
        complete: swept.walks == job.seeds.end.saturating_sub(job.seeds.start),
        walks: swept.walks,
        logins: swept.logins,
        faults: swept.faults,
        deviations: swept.deviations,
        violating: swept.violating,
        digest: format!("{:032x}", swept.digest),
        first: None,
        timing: Timing {
            threads: job.threads,
            elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            logins_per_second: per_second(swept.logins),
            logins_per_second_and_thread: per_second(swept.logins) / threads,
        },
    }
}

fn text(report: &SweepReport) -> String {
    let SweepReport {
        profile,
        set,
        mode,
        walks,
        logins,
        faults,
        deviations,
        violating,
        digest,
        timing,
        ..
    } = report;
    let changed = match set.is_empty() {
        true => String::new(),
        false => format!(" with {}", set.join(", ")),
    };
    let mut out = String::new();
    if !report.complete {
        let of = report.seeds_to.saturating_sub(report.seeds_from);
        let _ = writeln!(out, "stopped after {walks} of {of} walks; so far:");
    }
    let _ = writeln!(out, "{} in {mode} mode{changed}", styled(BOLD, profile));
    let _ = writeln!(out, "  walks       {walks}");
    let _ = writeln!(out, "  logins      {logins}");
    let _ = writeln!(
        out,
        "  faults      {faults}, deviations {deviations} with them"
    );
    let style = match violating {
        0 => GOOD,
        _ => BAD,
    };
    let _ = writeln!(
        out,
        "  violations  {}",
        styled(style, &violating.to_string())
    );
    let _ = writeln!(out, "  digest      {digest}");
    let _ = writeln!(
        out,
        "  speed       {} logins/s on {} threads, {} each, {}.{:03} s",
        timing.logins_per_second,
        timing.threads,
        timing.logins_per_second_and_thread,
        timing.elapsed_ms / 1000,
        timing.elapsed_ms % 1000,
    );
    if let Some(first) = &report.first {
        out.push_str(&found(first));
    }
    out
}

fn found(first: &FirstViolation) -> String {
    let FirstViolation {
        seed,
        property,
        words,
        scenario,
    } = first;
    let violates = styled(BAD, "violates");
    let mut out = format!("\n{violates} {property} at seed {seed} (hexadecimal)\n");
    out.push_str(&paragraph(words, 2));
    let _ = writeln!(out, "\nKept as a scenario. Try:");
    let _ = writeln!(out, "  grantlab run {scenario} --trace");
    let _ = writeln!(out, "  grantlab step {scenario}");
    let _ = writeln!(out, "  grantlab properties {property}");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long() -> Sweep {
        let profile = settings::profile("rfc9700").unwrap();
        Sweep {
            setup: Arc::new(profile.setup(&Scale::SMALL).unwrap()),
            seeds: 0..u64::MAX,
            plan: Plan::usual(grantlab_sim::world::Mode::Message),
            threads: 2,
        }
    }

    #[test]
    fn an_interrupted_sweep_says_what_it_did_so_far() {
        let swept = watched(&long(), &ProgressBar::hidden(), &AtomicBool::new(true));
        assert!(swept.walks > 0 && swept.walks < u64::MAX);
        assert_eq!(swept.violating, 0);
    }
}
