//! `grantlab profiles`: standards, and what providers' documents say.

use std::fmt::Write as _;

use grantlab_sim::input_error::InputError;
use grantlab_sim::profile::library::BUILT_IN;
use grantlab_sim::profile::{Profile, Profiles};
use grantlab_sim::switches::Policies;
use schemars::JsonSchema;
use serde::Serialize;

use super::console::Console;
use super::layout::{BOLD, DIM, paragraph, styled, table};
use super::{Failure, Verdict, settings};
use crate::arguments::ProfilesArguments;

/// What `grantlab profiles` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ProfilesReport {
    /// Standards first.
    profiles: Vec<ProfileReport>,
}

/// A profile.
#[derive(Debug, Serialize, JsonSchema)]
struct ProfileReport {
    /// Its name, or the path of its file.
    name: String,
    /// What it is, in a few words.
    title: String,
    /// What is special about it.
    note: Option<String>,
    /// The switches that are not at the value that the standards demand.
    weak: Vec<Weak>,
}

/// A switch that is not at the value that the standards demand.
#[derive(Debug, Serialize, JsonSchema)]
struct Weak {
    /// The switch.
    key: &'static str,
    /// Its value.
    value: String,
    /// The value that the standards demand.
    secure: String,
}

pub(super) fn run(
    arguments: &ProfilesArguments,
    console: &mut Console,
) -> Result<Verdict, Failure> {
    let report = |name: &str| settings::profile(name).map(|profile| report(&profile));
    let profiles = match &arguments.profile {
        Some(name) => vec![report(name)?],
        None => Profiles::names()
            .map(report)
            .collect::<Result<_, InputError>>()?,
    };
    console.report(&ProfilesReport { profiles }, |report| {
        match arguments.profile {
            Some(_) => report.profiles.iter().map(whole).collect(),
            None => list(report),
        }
    })?;
    Ok(Verdict::Fine)
}

fn report(profile: &Profile) -> ProfileReport {
    let secure = Policies::secure().settings();
    let settings = profile.policies.settings();
    let weak = settings
        .into_iter()
        .zip(secure)
        .filter(|((_, value), (_, secure))| value != secure)
        .map(|((key, value), (_, secure))| Weak { key, value, secure })
        .collect();
    ProfileReport {
        name: profile.name.clone(),
        title: profile.title.clone(),
        note: profile.note.clone(),
        weak,
    }
}

fn list(report: &ProfilesReport) -> String {
    let row = |profile: &ProfileReport| [profile.name.clone(), profile.title.clone()];
    let mut out = table(&report.profiles.iter().map(row).collect::<Vec<_>>());
    out.push_str("\nTry: grantlab profiles wishtack\n");
    out
}

fn whole(profile: &ProfileReport) -> String {
    let mut out = format!("{}: {}\n", styled(BOLD, &profile.name), profile.title);
    if let Some(note) = &profile.note {
        out.push_str(&paragraph(note, 2));
    }
    if profile.weak.is_empty() {
        out.push_str("\nEvery switch is at the value that the standards demand.\n");
    } else {
        out.push_str("\nSwitches that are not at the value that the standards demand:\n");
        let row = |weak: &Weak| {
            let secure = format!("(secure: {})", weak.secure);
            [format!("  {}", weak.key), weak.value.clone(), secure]
        };
        out.push_str(&table(&profile.weak.iter().map(row).collect::<Vec<_>>()));
    }
    if let Some((_, text)) = BUILT_IN.iter().find(|(name, _)| *name == profile.name) {
        let heading = "Its file, a good start for one of your own:";
        let _ = write!(out, "\n{}\n{text}", styled(DIM, heading));
    }
    out
}
