//! The commands that search, as people and programs use them: stopped and gone on, kept and replayed, mistyped.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "../support/binary.rs"]
mod binary;
mod checkpoints;
mod findings;
mod mistakes;

use std::path::PathBuf;

use serde_json::Value;

use binary::grantlab;

/// A folder that is empty.
fn folder(name: &str) -> PathBuf {
    binary::folder("searching", name)
}

/// What is printed for programs.
fn json(arguments: &[&str]) -> Value {
    let output = grantlab(&[arguments, &["--format", "json"]].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}
