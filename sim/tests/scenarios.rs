//! Every file under `scenarios/` is played: its expectations are met, and its trace is the one that was reviewed.
//!
//! `INSTA_UPDATE=always cargo test -p grantlab-sim --test scenarios` writes the traces of new and changed ones.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use grantlab_core::event::Part;
use grantlab_core::refusal::Rule;
use grantlab_sim::input_error::{InputError, SourceText};
use grantlab_sim::profile::Profiles;
use grantlab_sim::scenario::{Outcome, Scenario, run};
use grantlab_sim::trace::{Detail, write_text};

/// The folders with files that are played.
const FOLDERS: [&str; 7] = [
    "attacks",
    "faults",
    "flows",
    "lessons",
    "refusals",
    "regressions",
    "switches",
];

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

/// A scenario that was read and played.
struct Shown {
    name: String,
    scenario: Scenario,
    outcome: Outcome,
}

/// Every scenario, played once; or the first file with a mistake in it.
fn played() -> &'static Result<Vec<Shown>, InputError> {
    static PLAYED: LazyLock<Result<Vec<Shown>, InputError>> = LazyLock::new(|| {
        let names = names().map_err(|error| InputError::about("scenarios", error.to_string()))?;
        let shown = names.into_iter().map(|name| {
            let scenario = read(&name)?;
            let outcome = run(&scenario);
            Ok(Shown {
                name,
                scenario,
                outcome,
            })
        });
        shown.collect()
    });
    &PLAYED
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
fn every_file_is_a_scenario() {
    let mistake = played().as_ref().err().map(|error| error.render(false));
    assert_eq!(mistake, None);
}

#[test]
fn every_scenario_meets_its_expectations() {
    let all = played().as_ref().unwrap();
    let failures = all.iter().flat_map(|shown| &shown.outcome.failures);
    let shown: Vec<String> = failures.map(|error| error.render(false)).collect();
    assert!(shown.is_empty(), "{}", shown.join("\n\n"));
}

#[test]
fn every_trace_is_as_reviewed() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for shown in played().as_ref().unwrap() {
            let text = snapshot(&shown.scenario, &shown.outcome);
            insta::assert_snapshot!(shown.name.replace('/', "__"), text);
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
    let all = played().as_ref().unwrap();
    assert!(all.len() >= SCENARIOS_MIN, "only {} scenarios", all.len());
    for shown in all {
        let expectations = shown.scenario.file.expect.len();
        assert!(expectations > 0, "{} expects nothing", shown.name);
    }
}

#[test]
fn a_scenario_plays_the_same_twice() {
    for shown in played().as_ref().unwrap().iter().step_by(10) {
        let again = run(&shown.scenario).trace;
        let difference = shown.outcome.trace.hash().first_difference(again.hash());
        assert_eq!(difference, None, "{}", shown.name);
    }
}

/// RFC 6749 and its successors in action: what no scenario shows is not known to work.
#[test]
fn every_rule_that_a_request_can_break_is_broken_by_a_scenario() {
    let mut broken = BTreeSet::new();
    for shown in played().as_ref().unwrap() {
        for (_, _, event) in shown.outcome.trace.events() {
            event.visit(&mut |_, part| {
                if let Part::Refused(refusal) = part {
                    broken.insert(refusal.rule);
                }
            });
        }
    }
    let never: Vec<&str> = Rule::ALL
        .iter()
        .filter(|rule| !broken.contains(rule))
        .map(|rule| rule.text().id)
        .collect();
    insta::assert_debug_snapshot!("rules_that_no_scenario_breaks", never);
}
