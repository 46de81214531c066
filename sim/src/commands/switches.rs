//! `grantlab switches`: what each party can be made to do badly.

use std::fmt::Write as _;

use grantlab_core::switch::Switch;
use grantlab_sim::input_error::InputError;
use grantlab_sim::profile::Profiles;
use grantlab_sim::switches;
use schemars::JsonSchema;
use serde::Serialize;

use super::console::Console;
use super::layout::{BOLD, paragraph, styled, table};
use super::{Failure, Verdict, settings};
use crate::arguments::SwitchesArguments;

/// What `grantlab switches` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SwitchesReport {
    /// Those of the authorization server, of the client, of the user-agent.
    switches: Vec<SwitchReport>,
}

/// A switch.
#[derive(Debug, Serialize, JsonSchema)]
struct SwitchReport {
    /// Its name.
    key: &'static str,
    /// What it decides, in one sentence.
    about: &'static str,
    /// What it can be set to.
    values: &'static [&'static str],
    /// The value that the standards demand.
    secure: &'static str,
    /// Who demands it.
    demanded_by: &'static str,
    /// The profiles that set it to something else.
    profiles: Vec<Elsewhere>,
}

/// A profile that sets a switch to something else than the standards demand.
#[derive(Debug, Serialize, JsonSchema)]
struct Elsewhere {
    /// The profile.
    profile: &'static str,
    /// The value there.
    value: String,
}

pub(super) fn run(
    arguments: &SwitchesArguments,
    console: &mut Console,
) -> Result<Verdict, Failure> {
    let switches = match &arguments.key {
        Some(key) => vec![report(settings::switch(key)?)?],
        None => switches::all().map(report).collect::<Result<_, _>>()?,
    };
    console.report(&SwitchesReport { switches }, |report| match arguments.key {
        Some(_) => report.switches.iter().map(whole).collect(),
        None => list(report),
    })?;
    Ok(Verdict::Fine)
}

fn report(switch: &'static Switch) -> Result<SwitchReport, InputError> {
    let mut profiles = Vec::new();
    for profile in Profiles::names() {
        let settings = settings::profile(profile)?.policies.settings();
        let set = settings.into_iter().find(|(key, _)| *key == switch.key);
        if let Some((_, value)) = set.filter(|(_, value)| *value != switch.secure) {
            profiles.push(Elsewhere { profile, value });
        }
    }
    Ok(SwitchReport {
        key: switch.key,
        about: switch.about.trim(),
        values: switch.values,
        secure: switch.secure,
        demanded_by: switch.demanded_by,
        profiles,
    })
}

/// The values, the secure one first and marked.
fn values(switch: &SwitchReport) -> String {
    let others = switch
        .values
        .iter()
        .filter(|value| **value != switch.secure);
    others.fold(format!("{} (secure)", switch.secure), |all, value| {
        format!("{all}, {value}")
    })
}

fn list(report: &SwitchesReport) -> String {
    let row = |switch: &SwitchReport| [switch.key.to_owned(), values(switch)];
    let mut out = table(&report.switches.iter().map(row).collect::<Vec<_>>());
    out.push_str("\nTry: grantlab switches as.code_use\n");
    out
}

fn whole(switch: &SwitchReport) -> String {
    let mut out = format!("{}\n", styled(BOLD, switch.key));
    out.push_str(&paragraph(switch.about, 2));
    let _ = writeln!(out, "  values       {}", values(switch));
    let _ = writeln!(out, "  demanded by  {}", switch.demanded_by);
    let row = |other: &Elsewhere| [format!("  in {}", other.profile), other.value.clone()];
    out.push_str(&table(&switch.profiles.iter().map(row).collect::<Vec<_>>()));
    out
}
