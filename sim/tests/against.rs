//! Simulated runs, carried to a server: our own goes on as the simulation does, and a hardened one parts from an
//! attack where its rule is.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use grantlab_sim::check::against::{Carried, Comparison, against};
use grantlab_sim::check::{BuiltIn, Subject as _};
use grantlab_sim::input_error::SourceText;
use grantlab_sim::profile::{NamedBy, Profiles};
use grantlab_sim::scenario::{Scenario, run};

/// A scenario, carried to our own server as another profile makes it.
fn carried(scenario: &str, profile: &str) -> Carried {
    let path = format!(
        "{}/../scenarios/{scenario}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(&path).unwrap();
    let profiles = Profiles::built_in();
    let scenario = Scenario::read(SourceText::new(&path, &text), &profiles).unwrap();
    let profile = profiles.find(profile, NamedBy::Argument).unwrap();
    let (mut subject, target) = BuiltIn::new(&profile).unwrap();
    subject.reset().unwrap();
    let outcome = run(&scenario);
    against(&outcome.trace, &scenario.setup, &mut subject, &target)
}

#[test]
fn our_own_server_does_what_the_simulation_does() {
    for flow in [
        "flows/login",
        "flows/denied",
        "flows/denied-then-granted",
        "flows/consent-remembered",
    ] {
        let carried = carried(flow, "rfc9700");
        assert_eq!(carried.parted, None, "{flow}: {carried:#?}");
        let same = carried
            .requests
            .iter()
            .filter(|request| request.comparison == Comparison::Same);
        assert!(same.count() >= 1, "{flow}: {carried:#?}");
    }
}

#[test]
fn values_of_the_server_take_the_places_of_simulated_ones() {
    let carried = carried("flows/access-token-revoked", "rfc9700");
    let words: Vec<&str> = carried
        .requests
        .iter()
        .map(|request| request.request.as_str())
        .collect();
    assert_eq!(carried.parted, None, "{carried:#?}");
    for expected in ["authorize", "token", "revoke", "resource"] {
        assert!(words.contains(&expected), "{words:?}");
    }
}

#[test]
fn an_attack_parts_where_the_server_defends_itself() {
    let carried = carried("attacks/insufficient-redirect-uri-validation", "rfc9700");
    let parted = carried
        .parted
        .expect("the server takes any redirection URI");
    let request = &carried.requests[parted];
    assert_eq!(request.request, "authorize");
    assert_eq!(request.comparison, Comparison::Parted);
    assert_ne!(request.simulation, request.server);
}
