//! The world target can fail, its mutator finds what is weak, and what it finds becomes a scenario that fails too.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use grantlab_fuzz::{
    Course, crossed, faults, keep_entry, mutated, play, regression, setup, shrunk,
};
use grantlab_sim::input_error::SourceText;
use grantlab_sim::profile::Profiles;
use grantlab_sim::profile::settings::Settings;
use grantlab_sim::scenario::{Scenario, run};
use grantlab_sim::setup::Setup;
use grantlab_sim::walk::violations;
use grantlab_sim::world::Mode;
use serde_json::{Value, json};

/// Mutants within which every weakness below is found.
const MUTANTS_MAX: u32 = 3_000;

fn weak(set: &Value) -> Arc<Setup> {
    let settings: Settings = serde_json::from_value(set.clone()).unwrap();
    setup(&settings).unwrap()
}

/// A course that breaks `invariant`: the first among mutants of mutants.
fn found(world: &Arc<Setup>, invariant: &str) -> Option<Course> {
    let mut courses = vec![Course::default()];
    for seed in 0..MUTANTS_MAX {
        let place = usize::try_from(seed).unwrap() * 7 % courses.len();
        let course = mutated(&courses[place], seed);
        let played = play(world, Mode::Message, &course, usize::MAX);
        if violations(&played.trace)
            .iter()
            .any(|(id, _)| *id == invariant)
        {
            return Some(played.pinned);
        }
        if courses.len() < 40 {
            courses.push(played.pinned);
        }
    }
    None
}

/// Weaknesses of the hardened world, each of which takes other events to show.
fn weaknesses() -> [(Value, &'static str); 3] {
    [
        (
            json!({ "as.code_use": "check_then_set" }),
            "code-single-use",
        ),
        (json!({ "as.redirect_match": "none" }), "no-open-redirect"),
        (
            json!({ "client.state": "absent", "client.pkce": "none", "as.pkce": "optional", "client.iss_check": "off" }),
            "state-integrity",
        ),
    ]
}

#[test]
fn what_is_weak_is_found_and_becomes_a_scenario_that_fails() {
    for (set, invariant) in weaknesses() {
        let world = weak(&set);
        let course = found(&world, invariant).unwrap();
        assert!(!faults(&world, &course).is_empty());
        let least = shrunk(&world, &course, invariant);
        assert!(least.events.len() <= course.events.len());

        let text = regression(&world, &set, &least, invariant).unwrap();
        let source = SourceText::new("regression.json", &text);
        let scenario = Scenario::read(source, &Profiles::built_in())
            .map_err(|error| error.render(false))
            .unwrap();
        let outcome = run(&scenario);
        let violated = violations(&outcome.trace);
        assert!(
            violated.iter().any(|(id, _)| *id == invariant),
            "{invariant} holds in\n{text}\n{:?}",
            outcome.failures
        );
        assert_eq!(
            outcome.failures.len(),
            1,
            "the one expectation that is not met, in\n{text}"
        );
    }
}

#[test]
fn a_course_that_was_pinned_plays_the_same_again() {
    let world = weak(&json!({}));
    for seed in 0..40 {
        let course = mutated(&mutated(&Course::default(), seed), seed + 1_000);
        let first = play(&world, Mode::Message, &course, usize::MAX);
        let again = play(&world, Mode::Message, &first.pinned, usize::MAX);
        assert_eq!(
            first.trace.hash().value(),
            again.trace.hash().value(),
            "{}",
            course.write()
        );
        assert_eq!(first.pinned, again.pinned);
        assert_eq!(first.pinned.events.len(), first.what.len());
    }
}

#[test]
fn what_libfuzzer_crosses_is_a_course() {
    let one = mutated(&Course::default(), 1).write();
    let other = mutated(&Course::default(), 2).write();
    for seed in 0..20 {
        let both = crossed(one.as_bytes(), other.as_bytes(), seed);
        assert!(Course::read(both.as_bytes()).is_some(), "{both}");
    }
    assert_eq!(
        Course::read(crossed(b"", b"\xff", 0).as_bytes()),
        Some(Course::default())
    );
}

#[test]
fn a_crash_becomes_an_entry_of_the_corpus_and_no_entry_is_lost() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kept");
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).unwrap();
    let crash = root.join("crash");
    fs::write(&crash, b"{\"events\":[{\"after\":9,\"place\":3}]}").unwrap();
    for (target, file) in [("json", "json/odd"), ("world", "world/odd.json")] {
        let written = keep_entry(target, OsStr::new("odd"), &crash, &root).unwrap();
        let path = root.join("fuzz/corpus").join(file);
        assert_eq!(written, std::slice::from_ref(&path));
        let text = fs::read_to_string(path).unwrap();
        assert_eq!(text.contains("\"key\""), target == "world", "{text}");
        assert_eq!(text.contains("\"what\""), target == "world", "{text}");
        assert!(keep_entry(target, OsStr::new("odd"), &crash, &root).is_err());
    }
}

/// Keys name actions by their content: when actions change, the corpus must be kept anew, and this says so.
#[test]
fn what_the_corpus_names_still_happens() {
    let world = weak(&json!({}));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/world");
    let (mut named, mut happened) = (0, 0);
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let course = Course::read(&fs::read(&path).unwrap());
        let course = course.unwrap();
        named += course.events.len();
        happened += play(&world, Mode::Message, &course, usize::MAX)
            .pinned
            .events
            .len();
    }
    assert!(
        named > 20 && happened * 4 >= named * 3,
        "{happened} of {named}"
    );
}
