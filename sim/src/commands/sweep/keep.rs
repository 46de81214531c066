//! Keeps the first violation of a sweep as a scenario.

use std::collections::BTreeMap;
use std::path;

use grantlab_sim::input_error::InputError;
use grantlab_sim::invariant::Invariant;
use grantlab_sim::walk::{SweepReport as Swept, Violating};
use serde::Serialize;

use super::FirstViolation;
use crate::arguments::{SweepArguments, Travel};
use crate::commands::atomic::write_text;

/// A scenario file. [`grantlab_sim::scenario::file`] says what the members mean.
#[derive(Serialize)]
struct Kept<'a> {
    title: String,
    note: &'a str,
    profile: String,
    set: BTreeMap<&'a str, &'a str>,
    seed: String,
    nodes: u8,
    mode: &'static str,
    keys: Vec<String>,
    expect: Vec<Expected>,
}

#[derive(Serialize)]
struct Expected {
    invariant: Verdicts,
}

#[derive(Serialize)]
struct Verdicts {
    violated: Vec<&'static str>,
}

/// Writes the first violation of a sweep, if there is one, to the file that was asked for.
pub(super) fn first(
    arguments: &SweepArguments,
    swept: &Swept,
) -> Result<Option<FirstViolation>, InputError> {
    let Some(violating) = &swept.first else {
        return Ok(None);
    };
    let path = &arguments.save;
    let unwritten = |why: String| InputError::about(&**path, format!("cannot be written: {why}"));
    let mut text = serde_json::to_string_pretty(&kept(arguments, violating))
        .map_err(|error| unwritten(error.to_string()))?;
    text.push('\n');
    write_text(path, &text).map_err(|error| unwritten(error.to_string()))?;
    Ok(Some(FirstViolation {
        seed: violating.seed.to_string(),
        property: violating.invariant,
        words: violating.words.clone(),
        scenario: path.clone(),
    }))
}

fn kept<'a>(arguments: &'a SweepArguments, violating: &'a Violating) -> Kept<'a> {
    let Violating {
        seed,
        invariant,
        words,
        keys,
    } = violating;
    let settings = arguments.settings.iter();
    let expected = Invariant::read(invariant).map(|known| Expected {
        invariant: Verdicts {
            violated: vec![known.id],
        },
    });
    Kept {
        title: format!("{invariant} is violated at seed {seed}"),
        note: words,
        profile: profile(&arguments.profile),
        set: settings
            .map(|setting| (&*setting.key, &*setting.value))
            .collect(),
        seed: seed.to_string(),
        nodes: arguments.nodes,
        mode: match arguments.mode {
            Travel::Message => "message",
            Travel::Wire => "wire",
        },
        keys: keys.iter().map(|key| format!("{key:?}")).collect(),
        expect: expected.into_iter().collect(),
    }
}

/// A profile as the kept file names it. The path of a profile file was meant from here, not from beside that file.
fn profile(name: &str) -> String {
    let is_path = name.ends_with(".json");
    let absolute = is_path.then(|| path::absolute(name).ok()).flatten();
    match absolute.as_deref().and_then(path::Path::to_str) {
        Some(absolute) => absolute.to_owned(),
        None => name.to_owned(),
    }
}
