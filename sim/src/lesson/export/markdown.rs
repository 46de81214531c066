//! A run as Markdown: a section for each step.

use std::fmt::Write as _;

use crate::lesson::model::{CheckResult, Run, Side, Step};
use crate::lesson::transcript::Reader;

/// The run as Markdown.
#[must_use]
pub fn markdown(reader: Reader<'_>, run: &Run) -> String {
    let mut out = format!("# {}\n\n", clean(reader.text(&reader.lesson.title)));
    if let Some(note) = &reader.lesson.note {
        let _ = writeln!(out, "{}\n", clean(reader.text(note)));
    }
    let _ = writeln!(
        out,
        "{} · `{}` · `{}`\n",
        clean(reader.text(&run.label)),
        run.scenario,
        run.hash
    );
    for (number, step) in (1..).zip(&run.steps) {
        section(reader, number, step, &mut out);
    }
    let _ = writeln!(out, "**{}**", clean(reader.text(&run.verdict.words)));
    for id in &run.verdict.violated {
        let _ = writeln!(out, "- {id}");
    }
    out
}

fn section(reader: Reader<'_>, number: u32, step: &Step, out: &mut String) {
    let _ = writeln!(out, "## {number}. {}\n", clean(reader.text(&step.title)));
    let _ = writeln!(out, "*{}*\n", clean(&reader.who(step)));
    let _ = writeln!(
        out,
        "{}\n{}\n",
        clean(reader.text(&step.what)),
        clean(reader.text(&step.why))
    );
    if let Some(message) = &step.message {
        let octets = message.octets.replace("\r\n", "\n");
        let fence = fence(&octets);
        let _ = writeln!(out, "{fence}http\n{}\n{fence}\n", octets.trim_end());
    }
    for check in &step.checks {
        let sign = match check.result {
            CheckResult::Equal => "=",
            CheckResult::Different => "≠",
            CheckResult::Skipped => "?",
        };
        let _ = writeln!(
            out,
            "- `{}` {sign} `{}`",
            side(&check.left),
            side(&check.right)
        );
    }
    for delta in &step.deltas {
        let _ = writeln!(out, "- {}", clean(&reader.delta(delta)));
    }
    if !step.checks.is_empty() || !step.deltas.is_empty() {
        out.push('\n');
    }
}

fn side(side: &Side) -> String {
    match &side.text {
        Some(text) => format!("{}: {}", side.name, text.replace('`', "'")),
        None => format!("{}: ∅", side.name),
    }
}

/// A fence longer than any in the text.
fn fence(text: &str) -> String {
    let longest = text
        .lines()
        .map(|line| line.chars().take_while(|letter| *letter == '`').count())
        .max();
    "`".repeat(longest.unwrap_or(0).saturating_add(1).max(3))
}

/// Text whose signs mean nothing to Markdown.
fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(
            letter,
            '\\' | '`' | '*' | '_' | '<' | '>' | '[' | ']' | '#' | '|'
        ) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}
