//! A trace for people: a line for each thing that happened.

use std::fmt::Write as _;

use grantlab_core::event::{Event, Part};
use grantlab_core::refusal::Compared;

use super::summary::{Names, Summary};
use super::{Entry, START, Trace, What};

/// How much of a trace is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What was done, sent and noted.
    Story,
    /// Also the parameters of every message, a line each.
    Messages,
}

/// Width of the column of party names.
const NAME_COLUMNS: usize = 10;

/// Writes a trace as text: stable, without anything that changes from run to run of the same scenario.
#[must_use]
pub fn write_text(trace: &Trace, detail: Detail) -> String {
    let mut out = String::new();
    let mut previous = None;
    for entry in trace.entries() {
        let elapsed = entry.at.since(START);
        if previous.replace(elapsed) != Some(elapsed) {
            let _ = writeln!(out, "at {}.{:03} s", elapsed.seconds(), elapsed.0 % 1000);
        }
        write_entry(trace, entry, detail, &mut out);
    }
    out
}

/// Writes one entry of a trace; nothing for a message that arrives, because it was written when it was sent.
#[must_use]
pub fn entry_text(trace: &Trace, entry: &Entry, detail: Detail) -> String {
    let mut out = String::new();
    write_entry(trace, entry, detail, &mut out);
    out.trim().to_owned()
}

#[expect(clippy::too_many_lines, reason = "one arm for each case")]
fn write_entry(trace: &Trace, entry: &Entry, detail: Detail, out: &mut String) {
    let name = trace.name(entry.party);
    match &entry.what {
        What::Acted(words) => {
            let _ = writeln!(out, "\n{name:<NAME_COLUMNS$} * {words}");
        }
        What::Sent { to, payload } if entry.party == *to => {
            let summary = Summary::of(payload, trace.provenance());
            let _ = writeln!(out, "{name:<NAME_COLUMNS$} ! {}", summary.head);
        }
        What::Sent { to, payload } => {
            let summary = Summary::of(payload, trace.provenance());
            let _ = writeln!(
                out,
                "{name:<NAME_COLUMNS$} > {:<NAME_COLUMNS$} {}",
                trace.name(*to),
                summary.head
            );
            write_parts(&summary, detail, out);
        }
        What::Arrived { .. } => {}
        What::Lost { sent } => write_fate(trace, *sent, "is lost", out),
        What::Duplicated { sent } => write_fate(trace, *sent, "is duplicated", out),
        What::Delayed { sent, by } => write_fate(
            trace,
            *sent,
            &format!("is delayed by {} s", by.seconds()),
            out,
        ),
        What::Noted(event) => {
            let _ = writeln!(
                out,
                "{name:<NAME_COLUMNS$} . {}{}",
                event.name(),
                parts(trace, event)
            );
        }
        What::TimePassed(span) => {
            let _ = writeln!(
                out,
                "\n{:<NAME_COLUMNS$} * {}.{:03} s pass",
                "time",
                span.seconds(),
                span.0 % 1000
            );
        }
        What::DeadlineCame => {
            let _ = writeln!(out, "\n{name:<NAME_COLUMNS$} * waits no longer");
        }
        What::Crashed => {
            let _ = writeln!(out, "\n{name:<NAME_COLUMNS$} ! crashes");
        }
        What::Restarted => {
            let _ = writeln!(out, "\n{name:<NAME_COLUMNS$} ! is up again");
        }
        What::WireDiffers { sent } => write_fate(trace, *sent, "arrives as something else", out),
        What::NobodyThere { url } => {
            let _ = writeln!(out, "{name:<NAME_COLUMNS$} > nobody listens at {url}");
        }
        What::BoundReached(bound) => {
            let _ = writeln!(out, "{name:<NAME_COLUMNS$} ! bound reached: {bound}");
        }
        What::Intended { client, server } => {
            let _ = writeln!(
                out,
                "{name:<NAME_COLUMNS$} * wants to log in at {client} with {server}"
            );
        }
        What::Learned { kind, value, leak } => {
            let label = trace.provenance().label(value.as_str());
            let what = label.as_deref().unwrap_or(kind);
            let _ = writeln!(
                out,
                "{name:<NAME_COLUMNS$} ! learns {what} ({})",
                leak.as_str()
            );
        }
    }
}

fn write_fate(trace: &Trace, sent: u32, fate: &str, out: &mut String) {
    let Some(Entry {
        party,
        what: What::Sent { to, payload },
        ..
    }) = trace.entry(sent)
    else {
        return;
    };
    let head = Summary::of(payload, trace.provenance()).head;
    let name = trace.name(*party);
    let _ = writeln!(
        out,
        "\n{name:<NAME_COLUMNS$} ! {:<NAME_COLUMNS$} {head} {fate}",
        trace.name(*to)
    );
}

fn write_parts(summary: &Summary, detail: Detail, out: &mut String) {
    match detail {
        Detail::Story => {}
        Detail::Messages => {
            for (name, value) in &summary.parts {
                let _ = writeln!(out, "{:<NAME_COLUMNS$}     {name} = {value}", "");
            }
        }
    }
}

/// The parts of a fact that are there, by name, with values by the names of their provenance.
#[must_use]
pub fn event_parts(trace: &Trace, event: &Event) -> Vec<(&'static str, String)> {
    let names = Names {
        provenance: trace.provenance(),
    };
    let mut parts = Vec::new();
    event.visit(&mut |name, part| {
        let shown = match part {
            Part::Absent => return,
            Part::Shown(text) => names.within(text),
            Part::Secret(text) => names.secret(text),
            Part::Moment(at) => {
                let elapsed = at.since(START);
                format!("{}.{:03}s", elapsed.seconds(), elapsed.0 % 1000)
            }
            Part::Flag(flag) => flag.to_string(),
            Part::Grant(grant) => names.digest(grant.0),
            Part::Refused(refusal) => {
                let (expected, found) = (
                    compared(&names, &refusal.expected),
                    compared(&names, &refusal.found),
                );
                format!(
                    "{} (expected {expected}, found {found})",
                    refusal.rule.text().id
                )
            }
        };
        parts.push((name, shown));
    });
    parts
}

/// The parts of a fact in one line.
fn parts(trace: &Trace, event: &Event) -> String {
    let parts = event_parts(trace, event);
    parts
        .iter()
        .map(|(name, shown)| format!(" {name}={shown}"))
        .collect()
}

fn compared(names: &Names<'_>, value: &Compared) -> String {
    match value {
        Compared::Absent => "nothing".to_owned(),
        Compared::Shown(text) => format!("\"{}\"", names.within(text.as_str())),
        Compared::Secret(text) => names.secret(text.as_str()),
    }
}
