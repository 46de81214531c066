//! `grantlab step`: a scenario step by step.

mod frames;
mod walk;

use std::fmt::Write as _;

use grantlab_sim::input_error::InputError;
use grantlab_sim::lesson::canvas::Charset;
use grantlab_sim::scenario::run as play;
use schemars::JsonSchema;
use serde::Serialize;

use super::console::Console;
use super::layout::{BAD, BOLD, DIM, GOOD, lines, paragraph, styled};
use super::{Failure, Verdict, lesson, scenarios};
use crate::arguments::{Format, StepArguments};
use frames::{Consequence, Frame, NotedEvent, Origin, Parameter, frames};

/// Characters of names of parameters, and of their values, when they are not longer.
const NAME_COLUMNS: usize = 24;
const VALUE_COLUMNS: usize = 32;

/// What `grantlab step` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct StepReport {
    /// The scenario's name inside the binary, or the path of its file.
    name: String,
    /// What it shows.
    title: String,
    /// How many steps there are.
    steps_total: usize,
    /// Those that were asked for.
    steps: Vec<Frame>,
}

pub(super) fn run(arguments: &StepArguments, console: &mut Console) -> Result<Verdict, Failure> {
    let whole = arguments.from == 1 && arguments.to.is_none() && console.format == Format::Text;
    if arguments.frames || (whole && walk::somebody_is_there()) {
        let lesson = lesson::named(
            std::slice::from_ref(&arguments.scenario),
            &arguments.changes,
        )?;
        let language = arguments.language.as_str();
        let charset = match arguments.ascii {
            true => Charset::Ascii,
            false => Charset::Unicode,
        };
        match arguments.frames {
            true => walk::print(&lesson, language, charset, console)?,
            false => walk::walk(&lesson, language, charset, console)?,
        }
        return Ok(Verdict::Fine);
    }
    let found = scenarios::one(&arguments.scenario)?;
    let name = found.name.clone();
    let scenario = found.read(&arguments.changes)?;
    let outcome = play(&scenario);
    let mut steps = frames(&outcome.trace);
    let steps_total = steps.len();
    if arguments.from == 0 || arguments.from > steps_total {
        let problem = format!("this run has the steps 1 to {steps_total}");
        return Err(InputError::about(arguments.from.to_string(), problem).into());
    }
    steps.truncate(arguments.to.unwrap_or(usize::MAX));
    steps.drain(..steps.len().min(arguments.from - 1));
    let report = StepReport {
        name,
        title: scenario.file.title.clone(),
        steps_total,
        steps,
    };
    console.report(&report, |report| {
        let note = scenario.file.note.as_deref();
        let heading = heading(report, note);
        let steps = report.steps.iter().map(|frame| text(frame, steps_total));
        std::iter::once(heading).chain(steps).collect()
    })?;
    if console.format == Format::Text {
        for failure in &outcome.failures {
            console.text(&format!("\n{}\n", failure.render(true)))?;
        }
    }
    Ok(match outcome.failures.is_empty() {
        true => Verdict::Fine,
        false => Verdict::Finding,
    })
}

fn heading(report: &StepReport, note: Option<&str>) -> String {
    let mut out = format!("{}: {}\n", styled(BOLD, &report.name), report.title);
    if let Some(note) = note {
        out.push_str(&paragraph(note, 2));
    }
    out
}

/// A frame for people.
fn text(frame: &Frame, steps_total: usize) -> String {
    let (step, seconds, ms) = (frame.step, frame.at_ms / 1000, frame.at_ms % 1000);
    let ruler = format!("--- step {step} of {steps_total}, at {seconds}.{ms:03} s ");
    let mut out = format!("\n{}\n", styled(DIM, &format!("{ruler:-<80}")));
    let _ = writeln!(out, "{}", styled(BOLD, &frame.what));
    for parameter in &frame.parameters {
        let _ = writeln!(out, "{}", parameter_text(parameter));
    }
    for then in &frame.then {
        match then {
            Consequence::Event(event) => out.push_str(&event_text(event)),
            Consequence::Store(line) => {
                let _ = writeln!(out, "  {line}");
            }
        }
    }
    if !frame.holds.is_empty() {
        let names = paragraph(&frame.holds.join(", "), 9);
        let _ = write!(out, "{}    {}", styled(GOOD, "holds"), names.trim_start());
    }
    if !frame.violated.is_empty() {
        let names = paragraph(&frame.violated.join(", "), 9);
        let _ = write!(out, "{} {}", styled(BAD, "violated"), names.trim_start());
    }
    out
}

/// A noted fact: its name, what it means, and its parts in lines that fit.
fn event_text(event: &NotedEvent) -> String {
    let NotedEvent {
        party,
        name,
        about,
        parts,
    } = event;
    let mut out = format!("  {party:<10} . {}: {about}\n", styled(BOLD, name));
    if !parts.is_empty() {
        let parts = parts
            .iter()
            .map(|part| format!("{}={}", part.name, part.value));
        out.push_str(&lines(parts, 15));
    }
    out
}

fn parameter_text(parameter: &Parameter) -> String {
    let Parameter {
        name,
        value,
        origin,
    } = parameter;
    let line = format!("    {name:<NAME_COLUMNS$} {value}");
    match origin {
        None => line,
        Some(Origin { party, step }) => {
            let width = 5 + NAME_COLUMNS + VALUE_COLUMNS;
            let origin = styled(DIM, &format!("minted by {party} in step {step}"));
            format!("{line:<width$} {origin}")
        }
    }
}
