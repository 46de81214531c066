//! Sequence diagrams as text: Mermaid and PlantUML.

use std::fmt::Write as _;

use crate::lesson::model::{Run, Sign, Step, StepKind};
use crate::lesson::transcript::Reader;

/// The run as a Mermaid sequence diagram.
#[must_use]
pub fn mermaid(reader: Reader<'_>, run: &Run) -> String {
    let clean = |text: &str| {
        // In Mermaid `;` ends a line and `#` begins the number of a letter.
        text.replace('#', "#35;")
            .replace(';', "#59;")
            .replace('\n', " ")
    };
    let mut out = String::from("sequenceDiagram\n");
    for id in &run.parties {
        let name = clean(&card(reader, id));
        let _ = writeln!(out, "  participant {} as {name}", identifier(id));
    }
    for step in &run.steps {
        let from = identifier(&step.from);
        let label = clean(&label(reader, step));
        let _ = match (&step.to, step.kind) {
            (Some(to), StepKind::Response) => {
                writeln!(out, "  {from}-->>{}: {label}", identifier(to))
            }
            (Some(to), _) => writeln!(out, "  {from}->>{}: {label}", identifier(to)),
            (None, _) => writeln!(out, "  Note over {from}: {label}"),
        };
    }
    out
}

/// The run as a PlantUML sequence diagram.
#[must_use]
pub fn plantuml(reader: Reader<'_>, run: &Run) -> String {
    let clean = |text: &str| text.replace('\n', " ");
    let mut out = String::from("@startuml\n");
    let _ = writeln!(out, "title {}", clean(reader.text(&reader.lesson.title)));
    for id in &run.parties {
        let name = clean(&card(reader, id)).replace('"', "'");
        let _ = writeln!(out, "participant \"{name}\" as {}", identifier(id));
    }
    for step in &run.steps {
        let from = identifier(&step.from);
        let label = clean(&label(reader, step));
        let _ = match (&step.to, step.kind) {
            (Some(to), StepKind::Response) => {
                writeln!(out, "{from} --> {} : {label}", identifier(to))
            }
            (Some(to), _) => writeln!(out, "{from} -> {} : {label}", identifier(to)),
            (None, _) => writeln!(out, "note over {from} : {label}"),
        };
    }
    out.push_str("@enduml\n");
    out
}

/// What stands at an arrow or in a note, with the sign of a decision.
pub(super) fn label(reader: Reader<'_>, step: &Step) -> String {
    let label = reader.text(&step.label);
    match step.sign {
        Sign::Good => format!("✓ {label}"),
        Sign::Bad => format!("✕ {label}"),
        Sign::None => label.to_owned(),
    }
}

/// What a party is, and who or where.
pub(super) fn card(reader: Reader<'_>, id: &str) -> String {
    reader.party(id).map_or_else(
        || id.to_owned(),
        |party| {
            format!(
                "{} ({})",
                reader.text(&party.name),
                reader.text(&party.address)
            )
        },
    )
}

/// A name that both languages take: letters, digits and underscores. `as` is a word of theirs.
fn identifier(id: &str) -> String {
    let clean = id.chars().map(|letter| {
        if letter.is_ascii_alphanumeric() {
            letter
        } else {
            '_'
        }
    });
    format!("p_{}", clean.collect::<String>())
}
