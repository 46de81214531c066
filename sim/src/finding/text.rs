//! A finding for people.

use std::fmt::Write as _;

use super::{Finding, Needs, Weakness};

/// Characters of a heading before a list.
const HEADING_COLUMNS: usize = 16;

/// Characters of a line: as many as terminals and pull requests show.
const LINE_COLUMNS: usize = 100;

/// Writes a finding as text. The diagram is drawn from the trace: [`super::diagram`].
#[must_use]
pub fn write_text(finding: &Finding, diagram: &str) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "violates {}: {}", finding.property, finding.words);
    let (published, section) = (&finding.published_property, &finding.section);
    let _ = writeln!(out, "part of {published}, demanded by {section}");
    match finding.recognised.split_first() {
        None => out.push_str("no published attack: this has no name yet\n"),
        Some((first, others)) => {
            let _ = writeln!(out, "recognised as {}  {}", first.id, first.name);
            for other in others {
                let _ = writeln!(out, "         also {}  {}", other.id, other.name);
            }
        }
    }
    let search = &finding.search;
    let shortest = if search.is_shortest {
        ", and there is no shorter one"
    } else {
        ""
    };
    let took = search.shrinking_milliseconds;
    let took = took.map_or_else(String::new, |took| format!(" in {took} ms"));
    let _ = writeln!(
        out,
        "found in {} after {} states and {} transitions, {} when shrunk{took}{shortest}",
        moves(search.found_length),
        search.states,
        search.transitions,
        moves(search.length),
    );
    out.push_str("\nmoves\n");
    for (number, step) in (1..).zip(&finding.steps) {
        let _ = writeln!(out, "{number:>3}  {step}");
    }
    out.push_str("\nwitness\n");
    for shown in &finding.witness {
        let _ = writeln!(out, "{:>5}  {}", shown.entry, shown.text);
    }
    let _ = write!(out, "\n{diagram}");
    if let Some(needs) = &finding.needs {
        write_needs(needs, &mut out);
    }
    if let Some(case) = &finding.unpreventable {
        let _ = writeln!(out, "unpreventable    {}", case.words());
        let _ = writeln!(out, "                 {}", case.section);
    }
    if let Some(parting) = &finding.nearest_safe {
        let _ = writeln!(
            out,
            "\nnearest safe run: the same moves without {} part at move {}",
            parting.without.words(),
            parting.step
        );
        for (word, what) in [("attack", &parting.attack), ("instead", &parting.instead)] {
            let what = what.as_deref().unwrap_or("nothing more happens");
            let _ = writeln!(out, "  {word:<8} {what}");
        }
    }
    let _ = writeln!(out, "\ntrace hash  {}", finding.trace_hash);
    out
}

fn write_needs(needs: &Needs, out: &mut String) {
    out.push('\n');
    for (heading, list) in [
        ("needs", &needs.needs),
        ("and these", &needs.replaceable),
        ("does not matter", &needs.does_not_matter),
        ("not known", &needs.unknown),
    ] {
        if !list.is_empty() {
            write_list(heading, list, out);
        }
    }
    if !needs.replaceable.is_empty() {
        out.push_str(
            "                 each of these could be replaced by some that do not matter\n",
        );
    }
    if needs.nothing_weak {
        out.push_str("                 no party has to be weak: every switch may be secure\n");
    }
}

/// Weaknesses behind a heading, in lines that fit.
fn write_list(heading: &str, list: &[Weakness], out: &mut String) {
    let mut line = format!("{heading:<HEADING_COLUMNS$}");
    for word in list.iter().map(Weakness::words) {
        if line.chars().count() + 1 + word.chars().count() > LINE_COLUMNS {
            let _ = writeln!(out, "{line}");
            line = " ".repeat(HEADING_COLUMNS);
        }
        line.push(' ');
        line.push_str(&word);
    }
    let _ = writeln!(out, "{line}");
}

fn moves(number: usize) -> String {
    match number {
        1 => "1 move".to_owned(),
        _ => format!("{number} moves"),
    }
}
