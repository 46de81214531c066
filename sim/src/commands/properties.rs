//! `grantlab properties`: what must be true of every run, which invariants judge it, and against whom nobody can
//! keep it.

use std::fmt::Write as _;

use grantlab_sim::input_error::InputError;
use grantlab_sim::invariant::Invariant;
use grantlab_sim::invariant::catalogue::{self, Property, Unpreventable};
use schemars::JsonSchema;
use serde::Serialize;

use super::console::Console;
use super::layout::{BOLD, paragraph, styled, table};
use super::{Failure, Verdict};
use crate::arguments::PropertiesArguments;

/// What `grantlab properties` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PropertiesReport {
    /// The most telling first.
    properties: Vec<PropertyReport>,
}

/// A published property.
#[derive(Debug, Serialize, JsonSchema)]
struct PropertyReport {
    /// Its name in findings and on the command line.
    id: &'static str,
    /// What it is called.
    name: &'static str,
    /// What it says.
    predicate: &'static str,
    /// Who demands or defines it.
    section: &'static str,
    /// How bad it is when it is violated: `error` or `warning`.
    level: &'static str,
    /// The invariants that judge it.
    invariants: Vec<InvariantReport>,
    /// When nothing that the protocol has can keep it.
    unpreventable: Vec<UnpreventableReport>,
}

/// Something that is checked on every run.
#[derive(Debug, Serialize, JsonSchema)]
struct InvariantReport {
    /// Its name in scenarios and reports.
    id: &'static str,
    /// What it says, in one sentence.
    about: &'static str,
    /// Who demands it.
    section: &'static str,
    /// How bad it is when it is violated: `error` or `warning`.
    level: &'static str,
}

/// A case in which a violation says nothing against a deployment.
#[derive(Debug, Serialize, JsonSchema)]
struct UnpreventableReport {
    /// The attacker's powers, all of them: `a1` to `a5`.
    powers: Vec<&'static str>,
    /// What happens then.
    when: &'static str,
    /// Who says that nothing helps.
    section: &'static str,
}

impl PropertyReport {
    fn of(property: &'static Property) -> Self {
        Self {
            id: property.id,
            name: property.name,
            predicate: property.predicate,
            section: property.section,
            level: property.level.as_str(),
            invariants: property.invariants().map(InvariantReport::of).collect(),
            unpreventable: property
                .unpreventable
                .iter()
                .map(UnpreventableReport::of)
                .collect(),
        }
    }
}

impl InvariantReport {
    const fn of(invariant: &'static Invariant) -> Self {
        Self {
            id: invariant.id,
            about: invariant.about,
            section: invariant.section,
            level: invariant.level.as_str(),
        }
    }
}

impl UnpreventableReport {
    fn of(case: &'static Unpreventable) -> Self {
        Self {
            powers: case.powers.to_vec(),
            when: case.when,
            section: case.section,
        }
    }
}

pub(super) fn run(
    arguments: &PropertiesArguments,
    console: &mut Console,
) -> Result<Verdict, Failure> {
    let report = PropertiesReport {
        properties: match &arguments.id {
            Some(id) => found(id)?,
            None => catalogue::ALL.iter().map(PropertyReport::of).collect(),
        },
    };
    console.report(&report, |report| match arguments.id {
        Some(_) => report.properties.iter().map(whole).collect(),
        None => list(report),
    })?;
    Ok(Verdict::Fine)
}

/// The property of that name, or those that the invariant of that name judges, with it alone.
fn found(id: &str) -> Result<Vec<PropertyReport>, InputError> {
    if let Some(property) = Property::read(id) {
        return Ok(vec![PropertyReport::of(property)]);
    }
    let judged = catalogue::ALL
        .iter()
        .filter(|property| property.judged_by.contains(&id));
    let reports: Vec<PropertyReport> = judged
        .map(PropertyReport::of)
        .map(|mut report| {
            report.invariants.retain(|invariant| invariant.id == id);
            report
        })
        .collect();
    if reports.is_empty() {
        let judges = catalogue::ALL
            .iter()
            .flat_map(|property| property.judged_by);
        let names = catalogue::ALL.iter().map(|property| property.id);
        return Err(InputError::about(id, "there is no such property")
            .instead_of(id, names.chain(judges.copied())));
    }
    Ok(reports)
}

fn list(report: &PropertiesReport) -> String {
    let row = |property: &PropertyReport| {
        [
            property.id.to_owned(),
            property.level.to_owned(),
            property.predicate.to_owned(),
        ]
    };
    table(&report.properties.iter().map(row).collect::<Vec<_>>())
}

fn whole(property: &PropertyReport) -> String {
    let mut out = format!("{}  {}\n", styled(BOLD, property.id), property.name);
    out.push_str(&paragraph(property.predicate, 2));
    let _ = writeln!(out, "  demanded by {}", property.section);
    let _ = writeln!(out, "  level {}", property.level);
    for invariant in &property.invariants {
        let _ = writeln!(
            out,
            "\n  judged by {} ({})",
            styled(BOLD, invariant.id),
            invariant.level
        );
        out.push_str(&paragraph(invariant.about, 4));
        let _ = writeln!(out, "    {}", invariant.section);
    }
    for case in &property.unpreventable {
        let _ = writeln!(out, "\n  nothing helps against {}", case.powers.join(","));
        out.push_str(&paragraph(case.when, 4));
        let _ = writeln!(out, "    {}", case.section);
    }
    out
}
