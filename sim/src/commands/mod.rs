//! What each command does, a file each. Nothing else of the laboratory reads files or writes to the terminal.
//!
//! A command makes a report, which is a value, and then writes it, for people or for programs.

mod against;
mod atomic;
mod attacks;
mod check;
mod checkpoint;
mod compare;
mod console;
mod explain;
mod explore;
mod hunt;
mod interrupt;
mod layout;
mod lesson;
mod matrix;
mod merge;
mod profiles;
mod properties;
mod run;
mod scenarios;
mod schema;
mod serve;
mod settings;
mod shards;
mod step;
mod sweep;
mod switches;
mod tour;

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use grantlab_sim::input_error::InputError;

use crate::arguments::{Command, Format};
use console::Console;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Nothing to worry about.
    Fine,
    /// Something is violated, or an expectation failed.
    Finding,
}

/// Why a command could not be carried out.
#[derive(Debug)]
enum Failure {
    /// What was typed, or a file, is not what it should be.
    Input(InputError),
    /// The output could not be written.
    Output(io::Error),
}

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        Self::Input(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Carries out a command. `elapsed` says how long the process has been running.
pub(crate) fn run(command: Option<Command>, format: Format, elapsed: fn() -> Duration) -> ExitCode {
    let mut console = Console::new(format, elapsed);
    match dispatch(command, &mut console) {
        Ok(Verdict::Fine) => ExitCode::SUCCESS,
        Ok(Verdict::Finding) => ExitCode::from(1),
        Err(Failure::Input(error)) => {
            console.mistake(&error);
            ExitCode::from(2)
        }
        // Whoever reads has read enough: `grantlab run --trace | head`.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(Failure::Output(error)) => {
            console.warn(&format!("the output cannot be written: {error}"));
            ExitCode::from(2)
        }
    }
}

fn dispatch(command: Option<Command>, console: &mut Console) -> Result<Verdict, Failure> {
    match command {
        Some(Command::Run(arguments)) => run::run(&arguments, console),
        Some(Command::Step(arguments)) => step::run(&arguments, console),
        Some(Command::Lesson(arguments)) => lesson::run(&arguments, console),
        Some(Command::Sweep(arguments)) => sweep::run(&arguments, console),
        Some(Command::Merge(arguments)) => merge::run(&arguments, console),
        Some(Command::Explore(arguments)) => explore::run(&arguments, console),
        Some(Command::Matrix(arguments)) => matrix::run(&arguments, console),
        Some(Command::Hunt(arguments)) => hunt::run(&arguments, console),
        Some(Command::Serve(arguments)) => serve::run(&arguments, console),
        Some(Command::Profiles(arguments)) => profiles::run(&arguments, console),
        Some(Command::Switches(arguments)) => switches::run(&arguments, console),
        Some(Command::Properties(arguments)) => properties::run(&arguments, console),
        Some(Command::Attacks(arguments)) => attacks::run(&arguments, console),
        Some(Command::Check(arguments)) => check::run(&arguments, console),
        Some(Command::Compare(arguments)) => compare::run(&arguments, console),
        Some(Command::Schema(arguments)) => schema::run(&arguments, console),
        Some(Command::Explain(arguments)) => explain::run(&arguments, console),
        None => tour::run(console),
    }
}
