//! A finding for people.

use std::fmt::Write as _;

use super::{Finding, Needs, Weakness};

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
    let _ = writeln!(
        out,
        "found in {} after {} states and {} transitions, {} when shrunk{shortest}",
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
        ("does not matter", &needs.does_not_matter),
        ("not known", &needs.unknown),
    ] {
        if !list.is_empty() {
            let words: Vec<String> = list.iter().map(Weakness::words).collect();
            let _ = writeln!(out, "{heading:<16} {}", words.join(" "));
        }
    }
}

fn moves(number: usize) -> String {
    match number {
        1 => "1 move".to_owned(),
        _ => format!("{number} moves"),
    }
}
