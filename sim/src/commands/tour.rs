//! `grantlab` alone: what the laboratory does, on real scenarios, in less than a minute's reading.

use std::fmt::Write as _;

use grantlab_sim::input_error::InputError;
use grantlab_sim::scenario::{Outcome, run as play};
use grantlab_sim::trace::{Detail, Entry, Payload, Trace, What, entry_text};
use schemars::JsonSchema;
use serde::Serialize;

use super::console::Console;
use super::layout::{BAD, BOLD, DIM, GOOD, count, paragraph, styled};
use super::run::{Replayed, ViolationReport, line, name_columns, replayed, violated};
use super::{Failure, Verdict, scenarios, settings};
use crate::arguments::{Changes, Format, Setting};

/// The profiles of the five providers' documents.
const PROVIDERS: [&str; 5] = ["wishtack", "isogeo", "pockets", "login-retry", "aidbox"];

/// The run that is shown as it happened.
const SHOWN: &str = "flows/wishtack-login";

/// The run that is made insecure: a token request arrives twice.
const WEAKENED: &str = "faults/duplicated-token-request";

/// How it is made insecure.
const WEAK: (&str, &str) = ("as.code_use", "unlimited");

/// What `grantlab` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TourReport {
    /// The scenarios of the five providers' documents.
    scenarios: Vec<Replayed>,
    /// A weakness made visible.
    weakness: Weakness,
}

/// One scenario, as it should be and with one switch that is not.
#[derive(Debug, Serialize, JsonSchema)]
struct Weakness {
    /// The scenario.
    scenario: &'static str,
    /// The switch.
    key: &'static str,
    /// The value that the standards demand.
    secure: String,
    /// What the run violates then.
    violated_when_secure: Vec<ViolationReport>,
    /// The value that they do not.
    weak: &'static str,
    /// What the run violates then.
    violated_when_weak: Vec<ViolationReport>,
}

pub(super) fn run(console: &mut Console) -> Result<Verdict, Failure> {
    say(console, &opening())?;
    let scenarios = replay_all(console)?;
    say(console, &one_run()?)?;
    let weakness = weakness(console)?;
    say(console, &closing(console.elapsed().as_secs_f32()))?;
    let as_it_should_be = scenarios.iter().all(|replayed| replayed.passed)
        && weakness.violated_when_secure.is_empty()
        && !weakness.violated_when_weak.is_empty();
    if console.format == Format::Json {
        console.json(&TourReport {
            scenarios,
            weakness,
        })?;
    }
    Ok(match as_it_should_be {
        true => Verdict::Fine,
        false => Verdict::Finding,
    })
}

/// Writes for people; programs get one object in the end.
fn say(console: &mut Console, text: &str) -> Result<(), Failure> {
    if console.format == Format::Text {
        console.text(text)?;
    }
    Ok(())
}

fn heading(text: &str) -> String {
    format!("\n{}\n\n", styled(BOLD, text))
}

fn opening() -> String {
    let about = "grantlab runs the OAuth 2.0 authorization code flow (RFC 6749 §4.1) in memory. Users, \
                 browsers, clients and servers take one step at a time, from a seed, so that every run can \
                 be repeated to the octet.";
    let mut out = paragraph(about, 0);
    out.push_str(&heading(
        "What five providers' documents say, replayed and judged",
    ));
    out
}

/// Replays every scenario of the providers, provider by provider.
fn replay_all(console: &mut Console) -> Result<Vec<Replayed>, Failure> {
    let found = scenarios::many(&[])?;
    let columns = name_columns(&found);
    let mut all = Vec::new();
    for found in found {
        let name = found.name.clone();
        let scenario = found.read(&Changes::default())?;
        let provider = PROVIDERS
            .iter()
            .position(|provider| *provider == scenario.profile.name);
        if let Some(provider) = provider {
            all.push((provider, replayed(name, &scenario, &play(&scenario))));
        }
    }
    all.sort_by_key(|(provider, _)| *provider);
    let all: Vec<Replayed> = all.into_iter().map(|(_, replayed)| replayed).collect();
    for replayed in &all {
        say(console, &line(replayed, columns, false))?;
    }
    let failed = all.iter().filter(|replayed| !replayed.passed).count();
    let verdict = match failed {
        0 => styled(GOOD, "everything as expected"),
        _ => styled(BAD, &format!("{failed} not as expected")),
    };
    let scenarios = count(all.len(), "scenario");
    say(console, &format!("\n{scenarios}: {verdict}\n"))?;
    Ok(all)
}

/// The messages of one run.
fn one_run() -> Result<String, InputError> {
    let outcome = outcome(SHOWN, &[])?;
    let mut out = heading(&format!("One of them as it happened: {SHOWN}"));
    for entry in outcome.trace.entries() {
        if is_shown(entry) {
            let _ = writeln!(
                out,
                "  {}",
                entry_text(&outcome.trace, entry, Detail::Story)
            );
        }
    }
    Ok(out)
}

/// What somebody does, and what goes over the wire. What a server asks its store is nobody else's business.
fn is_shown(entry: &Entry) -> bool {
    matches!(
        &entry.what,
        What::Acted(_)
            | What::Sent {
                payload: Payload::Request(_) | Payload::Response(_),
                ..
            }
    )
}

fn weakness(console: &mut Console) -> Result<Weakness, Failure> {
    let (key, weak) = WEAK;
    let secure = settings::switch(key)?.secure;
    let setting = Setting {
        key: key.to_owned(),
        value: weak.to_owned(),
    };
    let as_it_should_be = outcome(WEAKENED, &[])?;
    let weakened = outcome(WEAKENED, &[setting])?;
    let weakness = Weakness {
        scenario: WEAKENED,
        key,
        secure: secure.to_owned(),
        violated_when_secure: violated(&as_it_should_be.trace),
        weak,
        violated_when_weak: violated(&weakened.trace),
    };

    let mut out = heading(&format!("One rule taken away: {WEAKENED}"));
    out.push_str("The network delivers a token request twice, with the same code in it.\n");
    let _ = writeln!(out, "\n  {key}={secure}, as the standards demand:");
    out.push_str(&refusals(&as_it_should_be.trace));
    out.push_str(&verdict(
        &as_it_should_be.trace,
        &weakness.violated_when_secure,
    ));
    let _ = writeln!(out, "\n  {key}={weak}:");
    out.push_str(&verdict(&weakened.trace, &weakness.violated_when_weak));
    say(console, &out)?;
    Ok(weakness)
}

/// What the token endpoint refused.
fn refusals(trace: &Trace) -> String {
    let mut out = String::new();
    for (_, entry, event) in trace.events() {
        if event.name() == "token_refused" {
            out.push_str(&paragraph(&entry_text(trace, entry, Detail::Story), 4));
        }
    }
    out
}

/// What is violated, and the entries that show it.
fn verdict(trace: &Trace, violations: &[ViolationReport]) -> String {
    if violations.is_empty() {
        return format!("    {}\n", styled(GOOD, "nothing is violated"));
    }
    let mut out = String::new();
    for violation in violations {
        for id in &violation.witness {
            if let Some(entry) = trace.entry(*id) {
                out.push_str(&paragraph(&entry_text(trace, entry, Detail::Story), 4));
            }
        }
        let ViolationReport {
            property, words, ..
        } = violation;
        let _ = writeln!(out, "    {} {property}: {words}", styled(BAD, "violates"));
    }
    out
}

fn outcome(name: &str, settings: &[Setting]) -> Result<Outcome, InputError> {
    let changes = Changes {
        settings: settings.to_vec(),
        ..Changes::default()
    };
    Ok(play(&scenarios::one(name)?.read(&changes)?))
}

fn closing(seconds: f32) -> String {
    let (key, weak) = WEAK;
    let mut out = heading("What to try next");
    let _ = writeln!(out, "  grantlab step {SHOWN}");
    let _ = writeln!(out, "  grantlab step {WEAKENED} --set {key}={weak}");
    for next in ["explain invalid_grant", "sweep --seeds 0..10000", "--help"] {
        let _ = writeln!(out, "  grantlab {next}");
    }
    let _ = writeln!(
        out,
        "\n{}",
        styled(DIM, &format!("All of this took {seconds:.2} s."))
    );
    out
}
