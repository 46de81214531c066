//! `grantlab properties`: what must be true of every run.

use std::fmt::Write as _;

use grantlab_sim::input_error::InputError;
use grantlab_sim::invariant::{self, Invariant};
use schemars::JsonSchema;
use serde::Serialize;

use super::console::Console;
use super::layout::{BOLD, paragraph, styled, table};
use super::{Failure, Verdict};
use crate::arguments::PropertiesArguments;

/// What `grantlab properties` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PropertiesReport {
    /// In the order of the flow.
    properties: Vec<Property>,
}

/// One thing that must be true of every run.
#[derive(Debug, Serialize, JsonSchema)]
struct Property {
    /// Its name in scenarios and reports.
    id: &'static str,
    /// The property of the published catalogue that it belongs to.
    property: &'static str,
    /// Who demands it.
    section: &'static str,
    /// What it says, in one sentence.
    about: &'static str,
}

impl Property {
    fn of(invariant: &'static Invariant) -> Self {
        Self {
            id: invariant.id,
            property: invariant.property,
            section: invariant.section,
            about: invariant.about,
        }
    }
}

pub(super) fn run(
    arguments: &PropertiesArguments,
    console: &mut Console,
) -> Result<Verdict, Failure> {
    let report = PropertiesReport {
        properties: match &arguments.id {
            Some(id) => vec![Property::of(find(id)?)],
            None => invariant::ALL.iter().map(Property::of).collect(),
        },
    };
    console.report(&report, |report| match arguments.id {
        Some(_) => report.properties.iter().map(whole).collect(),
        None => list(report),
    })?;
    Ok(Verdict::Fine)
}

fn find(id: &str) -> Result<&'static Invariant, InputError> {
    let names = invariant::ALL.iter().map(|invariant| invariant.id);
    Invariant::read(id)
        .ok_or_else(|| InputError::about(id, "there is no such property").instead_of(id, names))
}

fn list(report: &PropertiesReport) -> String {
    let row = |property: &Property| [property.id.to_owned(), property.about.to_owned()];
    table(&report.properties.iter().map(row).collect::<Vec<_>>())
}

fn whole(property: &Property) -> String {
    let mut out = format!("{}\n", styled(BOLD, property.id));
    out.push_str(&paragraph(property.about, 2));
    let _ = writeln!(out, "  demanded by {}", property.section);
    let _ = writeln!(out, "  part of {}", property.property);
    out
}
