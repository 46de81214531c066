//! Keeps a finding as a scenario, and makes sure that it replays.

use std::path;

use grantlab_sim::finding::{Members, Quarry, Told, scenario};
use grantlab_sim::hunt;
use grantlab_sim::input_error::{InputError, SourceText};
use grantlab_sim::profile::Profiles;
use grantlab_sim::scenario::{Scenario, run};

use super::no_world;
use super::plan;
use crate::arguments::World;
use crate::commands::Failure;
use crate::commands::atomic::write_text;
use crate::commands::console::read_file;
use crate::commands::settings;

/// A scenario that was kept.
pub(super) struct Kept {
    /// Its file.
    pub(super) path: String,
    /// What is wrong with its replay, if something is.
    pub(super) problem: Option<String>,
}

/// Writes a finding to the file or into the folder that was asked for.
pub(super) fn keep(
    target: &str,
    told: &Told,
    quarry: &Quarry,
    world: &World,
) -> Result<Kept, Failure> {
    let mut base = settings::profile(plan::profile_name(world))?;
    if base.name.ends_with(".json")
        && let Ok(absolute) = path::absolute(&base.name)
    {
        base.name = absolute.to_string_lossy().into_owned();
    }
    let setup = hunt::setup(&quarry.profile, quarry.arena).map_err(no_world)?;
    let file = scenario(told, quarry, &base, &setup);
    let path = path_of(target, told);
    let text = text_of(&path, &file)?;
    let (text, problem) = match differs(&path, &text, told) {
        None => (text, None),
        // Where the octets make a difference, the values are what was searched.
        Some(_) => {
            let text = text_of(&path, &file.with("mode", "message"))?;
            let problem = differs(&path, &text, told);
            (text, problem)
        }
    };
    let unwritten =
        |why: std::io::Error| InputError::about(&*path, format!("cannot be written: {why}"));
    write_text(&path, &text).map_err(unwritten)?;
    Ok(Kept { path, problem })
}

/// A file is a file; in a folder the finding is called after its attack, or its property.
fn path_of(target: &str, told: &Told) -> String {
    if target.ends_with(".json") {
        return target.to_owned();
    }
    let finding = &told.finding;
    let name = finding.attack().unwrap_or(&finding.property);
    let hash: String = finding.trace_hash.chars().take(8).collect();
    let folder = target.trim_end_matches('/');
    format!("{folder}/{}-{hash}.json", name.to_ascii_lowercase())
}

fn text_of(path: &str, file: &Members) -> Result<String, InputError> {
    let text = serde_json::to_string_pretty(file)
        .map_err(|why| InputError::about(path, format!("cannot be written: {why}")))?;
    Ok(format!("{text}\n"))
}

/// What is wrong with the replay of a file, if something is.
fn differs(path: &str, text: &str, told: &Told) -> Option<String> {
    let source = SourceText::new(path, text);
    let scenario = match Scenario::read(source, &Profiles::with_files(&read_file)) {
        Ok(scenario) => scenario,
        Err(error) => return Some(error.render(false)),
    };
    let outcome = run(&scenario);
    if let Some(failure) = outcome.failures.first() {
        return Some(failure.render(false));
    }
    let same = outcome.trace.hash().to_string() == told.finding.trace_hash;
    (!same).then(|| "its trace is not the one that was found".to_owned())
}
