//! The binary. It reads what was typed and runs the command; the verdict is the exit code: 0 fine, 1 a finding or
//! an expectation that failed, 2 bad input.

mod arguments;
mod commands;

use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use arguments::Arguments;
use clap::Parser as _;

/// How long the process has been running.
#[expect(
    clippy::disallowed_methods,
    reason = "people want to know how long a command took; no run depends on it"
)]
fn elapsed() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

fn main() -> ExitCode {
    elapsed();
    let Arguments { format, command } = Arguments::parse();
    commands::run(command, format, elapsed)
}
