//! The world outside, as commands see it: a terminal, files, and a watch.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use grantlab_sim::document::FILE_OCTETS_MAX;
use grantlab_sim::input_error::InputError;
use schemars::JsonSchema;
use serde::Serialize;

use crate::arguments::Format;

/// Where reports go. Colours are taken out unless it is a terminal that wants them (`NO_COLOR`).
pub(super) struct Console {
    out: AutoStream<io::StdoutLock<'static>>,
    pub(super) format: Format,
    elapsed: fn() -> Duration,
}

impl Console {
    pub(super) fn new(format: Format, elapsed: fn() -> Duration) -> Self {
        let out = anstream::stdout().lock();
        Self {
            out,
            format,
            elapsed,
        }
    }

    /// Writes a piece of a report for people.
    pub(super) fn text(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    /// Writes a file that was not given a name.
    pub(super) fn octets(&mut self, octets: &[u8]) -> io::Result<()> {
        self.out.write_all(octets)
    }

    /// Shows what was written so far.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Writes a whole report for programs.
    pub(super) fn json(&mut self, report: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut self.out, report)?;
        self.out.write_all(b"\n")
    }

    /// Writes a whole report.
    pub(super) fn report<R: Serialize>(
        &mut self,
        report: &R,
        text: impl FnOnce(&R) -> String,
    ) -> io::Result<()> {
        match self.format {
            Format::Text => self.text(&text(report)),
            Format::Json => self.json(report),
        }
    }

    /// Says which input was bad. When that cannot be said either, the exit code is all that is left.
    pub(super) fn mistake(&mut self, error: &InputError) {
        match self.format {
            Format::Text => {
                let stderr = anstream::stderr();
                let color = stderr.current_choice() != ColorChoice::Never;
                let _ = writeln!(stderr.lock(), "{}", error.render(color));
            }
            Format::Json => {
                let _ = self.json(&MistakeReport::of(error));
            }
        }
    }

    /// Says something beside the report.
    pub(super) fn warn(&self, text: &str) {
        let _ = writeln!(anstream::stderr().lock(), "{text}");
    }

    /// Whether somebody watches who wants to see progress.
    pub(super) fn is_watched(&self) -> bool {
        self.format == Format::Text && io::stderr().is_terminal()
    }

    /// What says how long the process has been running.
    pub(super) const fn watch(&self) -> fn() -> Duration {
        self.elapsed
    }

    /// How long the process has been running.
    pub(super) fn elapsed(&self) -> Duration {
        (self.elapsed)()
    }
}

/// What any command prints when its input is bad.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct MistakeReport {
    error: Mistake,
}

/// What is wrong with the input.
#[derive(Debug, Serialize, JsonSchema)]
struct Mistake {
    /// The file or argument that it is about.
    subject: String,
    /// In a file: the line, counted from 1.
    line: Option<usize>,
    /// In a file: the column in characters, counted from 1.
    column: Option<usize>,
    /// What is wrong.
    problem: String,
    /// The allowed word that was probably meant.
    nearest: Option<String>,
    /// The words that are allowed there, where there is a list of them.
    allowed: Vec<String>,
}

impl MistakeReport {
    fn of(error: &InputError) -> Self {
        let place = error.line_and_column();
        Self {
            error: Mistake {
                subject: error.subject().to_owned(),
                line: place.map(|(line, _)| line),
                column: place.map(|(_, column)| column),
                problem: error.problem().to_owned(),
                nearest: error.nearest().map(str::to_owned),
                allowed: error.allowed().to_vec(),
            },
        }
    }
}

/// Reads a file as scenarios and profiles name it. What is longer than any of them may be is not read to its end.
pub(super) fn read_file(path: &str) -> Result<String, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let bound = u64::try_from(FILE_OCTETS_MAX).unwrap_or(u64::MAX);
    let mut text = String::new();
    file.take(bound.saturating_add(1))
        .read_to_string(&mut text)
        .map_err(|error| error.to_string())?;
    Ok(text)
}
