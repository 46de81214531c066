//! Which scenarios were meant, and with what changed.

use std::fs;
use std::path::Path;

use grantlab_sim::input_error::{InputError, SourceText};
use grantlab_sim::nearest::nearest;
use grantlab_sim::profile::Profiles;
use grantlab_sim::scenario::file::TravelMode;
use grantlab_sim::scenario::names::HexSeed;
use grantlab_sim::scenario::{Scenario, shelf};

use super::console::read_file;
use super::settings;
use crate::arguments::{Changes, Travel};

/// The folders of `scenarios/` that have something else.
const NO_SCENARIOS: [&str; 3] = ["profiles", "checks", "targets"];

/// A scenario that was asked for: what to call it, and its file.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// The name on the shelf, or the path of the file.
    pub(super) name: String,
    source: SourceText,
}

impl Found {
    fn on_shelf(name: &str) -> Option<Self> {
        let name = name.trim_start_matches("scenarios/");
        let name = name.strip_suffix(".json").unwrap_or(name);
        Some(Self {
            name: name.to_owned(),
            source: shelf::find(name)?,
        })
    }

    fn in_file(path: &str) -> Result<Self, InputError> {
        let text = read_file(path)
            .map_err(|why| InputError::about(path, format!("cannot be read: {why}")))?;
        Ok(Self {
            name: path.to_owned(),
            source: SourceText::new(path, &text),
        })
    }

    /// Reads the scenario and changes what is to be otherwise.
    pub(super) fn read(self, changes: &Changes) -> Result<Scenario, InputError> {
        let profiles = Profiles::with_files(&read_file);
        let mut scenario = Scenario::read(self.source, &profiles)?;
        if let Some(seed) = changes.seed {
            scenario.file.seed = HexSeed(seed);
        }
        if let Some(mode) = changes.mode {
            scenario.file.mode = match mode {
                Travel::Message => TravelMode::Message,
                Travel::Wire => TravelMode::Wire,
            };
        }
        if changes.profile.is_none() && changes.settings.is_empty() {
            return Ok(scenario);
        }
        let mut profile = match &changes.profile {
            Some(name) => scenario.adapted(settings::profile(name)?),
            None => scenario.profile.clone(),
        };
        settings::set(&mut profile, &changes.settings)?;
        scenario.in_profile(profile)
    }
}

/// The one scenario called `name`.
pub(super) fn one(name: &str) -> Result<Found, InputError> {
    match Found::on_shelf(name) {
        Some(found) => Ok(found),
        None if name.ends_with(".json") || Path::new(name).is_file() => Found::in_file(name),
        None => Err(unknown(name, shelf::names())),
    }
}

/// Every scenario that `paths` mean: names and folders of the shelf, files, and folders with all their files.
/// Everything on the shelf when there are none.
pub(super) fn many(paths: &[String]) -> Result<Vec<Found>, InputError> {
    if paths.is_empty() {
        return Ok(shelf::names().filter_map(Found::on_shelf).collect());
    }
    let mut found = Vec::new();
    for path in paths {
        let below: Vec<Found> = shelf::below(path).filter_map(Found::on_shelf).collect();
        if below.is_empty() && Path::new(path).is_dir() {
            let before = found.len();
            gather(path, &mut found)?;
            if found.len() == before {
                let problem = "there is no scenario in this folder";
                return Err(InputError::about(path, problem));
            }
        } else if below.is_empty() {
            found.push(one(path)?);
        } else {
            found.extend(below);
        }
    }
    Ok(found)
}

/// Adds every scenario of a folder, in the order of their names.
fn gather(folder: &str, found: &mut Vec<Found>) -> Result<(), InputError> {
    let unreadable =
        |error: std::io::Error| InputError::about(folder, format!("cannot be read: {error}"));
    let mut entries = fs::read_dir(folder)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(unreadable)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let Some(name) = path.to_str() else {
            continue;
        };
        if path.is_dir() && !NO_SCENARIOS.iter().any(|name| entry.file_name() == *name) {
            gather(name, found)?;
        } else if name.ends_with(".json") {
            found.push(Found::in_file(name)?);
        }
    }
    Ok(())
}

/// There are too many names to list them all.
fn unknown<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> InputError {
    let problem = "there is no such scenario, file or folder";
    InputError::about(name, problem).instead_of(name, nearest(name, names))
}
