//! `grantlab compare`: several servers side by side.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use grantlab_sim::check::compare::{Comparison, compare};
use grantlab_sim::check::words::Verdict as CheckVerdict;
use grantlab_sim::check::{Snapshot, is_named};
use grantlab_sim::input_error::InputError;

use super::check::read_snapshot;
use super::console::Console;
use super::layout::{BOLD, DIM, count, styled, table};
use super::{Failure, Verdict};
use crate::arguments::CompareArguments;

pub(super) fn run(arguments: &CompareArguments, console: &mut Console) -> Result<Verdict, Failure> {
    let read = |path: &String| read_snapshot(path);
    let snapshots: Vec<Snapshot> = arguments
        .snapshots
        .iter()
        .map(read)
        .collect::<Result<_, InputError>>()?;
    let mut compared = compare(&snapshots);
    // Two versions of one server have one name: their files tell them apart.
    let names: BTreeSet<&String> = compared.targets.iter().collect();
    if names.len() < compared.targets.len() {
        compared.targets.clone_from(&arguments.snapshots);
    }
    if !arguments.only.is_empty() {
        let chosen = |id: &str| arguments.only.iter().any(|word| is_named(word, id));
        compared.differences.retain(|row| chosen(&row.id));
    }
    console.report(&compared, text)?;
    Ok(Verdict::Fine)
}

/// A table for each check: a target, its verdict and its sentence in each line.
fn text(compared: &Comparison) -> String {
    let mut out = String::new();
    for row in &compared.differences {
        let _ = writeln!(out, "{}  {}", styled(BOLD, &row.id), row.title);
        let rows: Vec<[String; 3]> = compared
            .targets
            .iter()
            .zip(&row.cells)
            .map(|(target, cell)| match cell {
                Some(cell) => {
                    let verdict = CheckVerdict::word(cell.verdict).to_owned();
                    [format!("  {target}"), verdict, cell.says.clone()]
                }
                None => [format!("  {target}"), "-".to_owned(), String::new()],
            })
            .collect();
        out.push_str(&table(&rows));
        out.push('\n');
    }
    let differences = count(compared.differences.len(), "check");
    let line = format!("{differences} differ, {} are the same", compared.same);
    let _ = writeln!(out, "{}", styled(DIM, &line));
    out
}
