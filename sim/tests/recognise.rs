//! The recogniser names what scenarios show, and stays silent about honest runs.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use grantlab_sim::attacks::recognise;
use grantlab_sim::profile::Profiles;
use grantlab_sim::scenario::{Scenario, run, shelf};

/// The names of the attacks that a scenario shows.
fn shown(name: &str) -> Vec<&'static str> {
    let source = shelf::find(name).expect(name);
    let scenario = Scenario::read(source, &Profiles::built_in()).unwrap();
    let recognised = recognise(&run(&scenario).trace);
    recognised.iter().map(|attack| attack.id).collect()
}

#[test]
fn attacks_that_scenarios_show_are_named() {
    for (name, id) in [
        ("flows/open-redirector", "RD-04"),
        ("refusals/error-to-an-unregistered-uri", "RD-02"),
        ("faults/race-of-two-nodes-lost", "CU-02"),
        ("faults/race-of-two-refreshes-lost", "RT-03"),
        ("refusals/refresh-replayed-rotate-only", "RT-02"),
    ] {
        assert_eq!(shown(name).first(), Some(&id), "{name}");
    }
}

#[test]
fn honest_runs_are_no_attacks() {
    for name in shelf::below("flows") {
        let expected: &[&str] = match name {
            "flows/open-redirector" => &["RD-04"],
            _ => &[],
        };
        assert_eq!(shown(name), expected, "{name}");
    }
}
