//! Every file under `scenarios/` is played: its expectations are met, and its trace is the one that was reviewed.
//!
//! `INSTA_UPDATE=always cargo test -p grantlab-sim --test scenarios` writes the traces of new and changed ones.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use grantlab_sim::input_error::{InputError, SourceText};
use grantlab_sim::profile::Profiles;
use grantlab_sim::scenario::{Outcome, Scenario, run};
use grantlab_sim::trace::{Detail, write_text};

/// The folders with files that are played.
const FOLDERS: [&str; 5] = ["attacks", "faults", "flows", "refusals", "regressions"];

/// Scenarios that there are at least.
const SCENARIOS_MIN: usize = 60;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios")
}

/// The names of all scenarios, such as `flows/login.json`.
fn names() -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for folder in FOLDERS {
        let path = root().join(folder);
        if !path.is_dir() {
            continue;
        }
        for entry in fs::read_dir(path)? {
            let file = entry?.file_name().to_string_lossy().into_owned();
            if file.ends_with(".json") {
                names.push(format!("{folder}/{file}"));
            }
        }
    }
    names.sort();
    Ok(names)
}

fn read(name: &str) -> Result<Scenario, InputError> {
    let read_file = |path: &str| {
        let path = root().join(path);
        fs::read_to_string(path).map_err(|error| error.to_string())
    };
    let text = read_file(name).map_err(|why| InputError::about(name, why))?;
    let source = SourceText::new(name, &text);
    Scenario::read(source, &Profiles::with_files(&read_file))
}

/// What a scenario shows, in front of its trace.
fn snapshot(scenario: &Scenario, outcome: &Outcome) -> String {
    let trace = write_text(&outcome.trace, Detail::Messages);
    format!(
        "{}\n{}\n\n{trace}",
        scenario.file.title, scenario.profile.name
    )
}

#[test]
fn every_scenario_meets_its_expectations() {
    let mut wrong = Vec::new();
    for name in names().unwrap() {
        match read(&name) {
            Ok(scenario) => wrong.extend(run(&scenario).failures),
            Err(error) => wrong.push(error),
        }
    }
    let shown: Vec<String> = wrong.iter().map(|error| error.render(false)).collect();
    assert!(shown.is_empty(), "{}", shown.join("\n\n"));
}

#[test]
fn every_trace_is_as_reviewed() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for name in names().unwrap() {
            let scenario = read(&name).unwrap();
            let shown = snapshot(&scenario, &run(&scenario));
            insta::assert_snapshot!(name.replace('/', "__"), shown);
        }
    });
}

#[test]
fn every_snapshot_belongs_to_a_scenario() {
    let played: BTreeSet<String> = names()
        .unwrap()
        .iter()
        .map(|name| format!("{}.snap", name.replace('/', "__")))
        .collect();
    for entry in fs::read_dir(root().join("snapshots")).unwrap() {
        let file = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(
            played.contains(&file),
            "{file} belongs to no scenario any more"
        );
    }
}

#[test]
fn there_are_scenarios_and_each_expects_something() {
    let names = names().unwrap();
    assert!(
        names.len() >= SCENARIOS_MIN,
        "only {} scenarios",
        names.len()
    );
    for name in names {
        let scenario = read(&name).unwrap();
        assert!(!scenario.file.expect.is_empty(), "{name} expects nothing");
    }
}

#[test]
fn a_scenario_plays_the_same_twice() {
    for name in names().unwrap().iter().take(8) {
        let scenario = read(name).unwrap();
        let (first, second) = (run(&scenario).trace, run(&scenario).trace);
        assert_eq!(first.hash().first_difference(second.hash()), None, "{name}");
    }
}
