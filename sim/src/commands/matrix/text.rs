//! The matrix for people: a block for each attack, a line for each countermeasure.

use std::fmt::Write as _;

use super::report::{Cell, MatrixReport, Row, StopOutcome};
use crate::commands::layout::{BAD, BOLD, DIM, GOOD, LINE_CHARACTERS_MAX, paragraph, styled};

/// Characters before a countermeasure.
const CELL_INDENT: usize = 9;

pub(in crate::commands) fn write(report: &MatrixReport) -> String {
    let mut out = String::new();
    for row in report.rows() {
        write_row(row, &mut out);
    }
    let _ = writeln!(out, "{}", report.summary());
    out
}

fn write_row(row: &Row, out: &mut String) {
    let _ = writeln!(out, "{}  {}", styled(BOLD, &row.attack), row.name);
    let settings: Vec<String> = row
        .set
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    out.push_str(&paragraph(
        &format!("{} attacker {}", settings.join(" "), row.powers),
        7,
    ));
    match &row.found {
        Some(found) => {
            let (depth, published) = (found.depth, row.published_depth);
            let _ = writeln!(
                out,
                "       {}  depth {depth} (published {published}), {} states{}: {}, {}",
                styled(GOOD, "found  "),
                found.states,
                took(found.milliseconds),
                found.property,
                found.recognised.join(" "),
            );
            if let Some(case) = &found.unpreventable {
                out.push_str(&paragraph(&format!("unpreventable {}", case.words()), 9));
            }
        }
        None if row.spent => {
            let _ = writeln!(out, "       {}", styled(DIM, "not known: budget spent"));
        }
        None => {
            let published = row.published_depth;
            let _ = writeln!(
                out,
                "       {}  up to the published depth {published}",
                styled(BAD, "not found")
            );
        }
    }
    for cell in &row.countermeasures {
        write_cell(cell, out);
    }
    out.push('\n');
}

fn write_cell(cell: &Cell, out: &mut String) {
    let depth = cell.depth;
    let (states, took) = (cell.states, took(cell.milliseconds));
    let told = match cell.outcome {
        StopOutcome::Blocked => {
            format!(
                "{}  to depth {depth}, {states} states{took}",
                styled(GOOD, "blocked")
            )
        }
        StopOutcome::Passes => {
            let style = match (cell.partial, &cell.passes_because) {
                (true, _) | (_, Some(_)) => DIM,
                (false, None) if cell.unpreventable.is_some() => DIM,
                (false, None) => BAD,
            };
            format!(
                "{}  in {} moves{took}",
                styled(style, "passes "),
                cell.steps.len()
            )
        }
        StopOutcome::Budget => {
            format!(
                "{}  to depth {depth}, {states} states{took}",
                styled(DIM, "budget ")
            )
        }
        StopOutcome::Untried => styled(DIM, "nothing to stop"),
    };
    let partial = if cell.partial { " (some variants)" } else { "" };
    let settings = format!("{}{partial}:", cell.words());
    let plain = anstream::adapter::strip_str(&told).to_string();
    if CELL_INDENT + settings.chars().count() + 1 + plain.chars().count() > LINE_CHARACTERS_MAX {
        out.push_str(&paragraph(&settings, CELL_INDENT));
        let _ = writeln!(out, "{:indent$}{told}", "", indent = CELL_INDENT + 4);
    } else {
        let _ = writeln!(out, "{:CELL_INDENT$}{settings} {told}", "");
    }
    if cell.outcome == StopOutcome::Passes {
        if let Some(why) = &cell.passes_because {
            out.push_str(&paragraph(why, 13));
        }
        if let Some(case) = &cell.unpreventable {
            out.push_str(&paragraph(&format!("unpreventable {}", case.words()), 13));
        }
        for (number, step) in (1..).zip(&cell.steps) {
            out.push_str(&paragraph(&format!("{number}. {step}"), 13));
        }
    }
}

/// How long a search took, where that is said.
fn took(milliseconds: Option<u64>) -> String {
    milliseconds.map_or_else(String::new, |milliseconds| format!(", {milliseconds} ms"))
}
