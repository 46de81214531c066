//! `grantlab run --against`: simulated runs, carried to somebody's authorization server.

use std::fmt::Write as _;
use std::path::Path;

use grantlab_sim::check::Subject as _;
use grantlab_sim::check::against::{Carried, Comparison, against};
use grantlab_sim::input_error::InputError;
use grantlab_sim::live::start;
use grantlab_sim::scenario::{Scenario, run as play};
use schemars::JsonSchema;
use serde::Serialize;

use super::check::not_started;
use super::console::Console;
use super::layout::{BAD, BOLD, DIM, GOOD, WARN, styled};
use super::{Failure, Verdict};

/// What `grantlab run --against` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct AgainstReport {
    /// In the order of their names, or of the command line.
    scenarios: Vec<CarriedScenario>,
    /// How many runs went to their end as in the simulation.
    same: usize,
    /// How many parted from it.
    parted: usize,
    /// Of how many nothing could be sent.
    not_carried: usize,
}

/// A scenario that was carried to a server.
#[derive(Debug, Serialize, JsonSchema)]
struct CarriedScenario {
    /// Its name inside the binary, or the path of its file.
    name: String,
    /// What it shows.
    title: String,
    /// What came of it.
    carried: Carried,
}

/// Plays each scenario, and carries its run to the server that a target file describes.
pub(super) fn run(
    path: &str,
    scenarios: Vec<(String, Scenario)>,
    console: &mut Console,
) -> Result<Verdict, Failure> {
    let (mut subject, target) = start(Path::new(path)).map_err(|why| not_started(path, why))?;
    let mut report = AgainstReport {
        scenarios: Vec::with_capacity(scenarios.len()),
        same: 0,
        parted: 0,
        not_carried: 0,
    };
    for (name, scenario) in scenarios {
        subject
            .reset()
            .map_err(|why| InputError::about(path, format!("cannot be made fresh: {why}")))?;
        let outcome = play(&scenario);
        let carried = against(&outcome.trace, &scenario.setup, &mut subject, &target);
        match carried.parted {
            Some(_) => report.parted += 1,
            None if !carried.was_carried() => report.not_carried += 1,
            None => report.same += 1,
        }
        report.scenarios.push(CarriedScenario {
            name,
            title: scenario.file.title.clone(),
            carried,
        });
    }
    console.report(&report, text)?;
    Ok(match report.parted + report.not_carried {
        0 => Verdict::Fine,
        _ => Verdict::Finding,
    })
}

fn text(report: &AgainstReport) -> String {
    let mut out = String::new();
    for scenario in &report.scenarios {
        one(scenario, &mut out);
    }
    let _ = write!(
        out,
        "{} went as in the simulation, {} parted from it",
        report.same, report.parted
    );
    if report.not_carried > 0 {
        let _ = write!(out, ", {} could not be carried", report.not_carried);
    }
    out.push('\n');
    out
}

fn one(scenario: &CarriedScenario, out: &mut String) {
    let carried = &scenario.carried;
    let _ = writeln!(
        out,
        "{}  {}\nagainst {}",
        styled(BOLD, &scenario.name),
        scenario.title,
        carried.target
    );
    for request in &carried.requests {
        let (style, word) = match request.comparison {
            Comparison::Same => (GOOD, "same"),
            Comparison::Differs => (WARN, "differs"),
            Comparison::Parted => (BAD, "parts"),
            Comparison::NotCarried => (DIM, "not sent"),
        };
        let word = styled(style, &format!("{word:<8}"));
        let _ = writeln!(out, "  {word}  {:>4}  {}", request.entry, request.request);
        let _ = writeln!(out, "                  simulation: {}", request.simulation);
        if request.comparison != Comparison::Same || request.server != request.simulation {
            let _ = writeln!(out, "                  server:     {}", request.server);
        }
    }
    out.push('\n');
}
