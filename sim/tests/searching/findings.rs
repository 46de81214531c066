//! Findings: kept as scenarios that replay to the octet, told with what they need and whom they blame.

use std::fs;

use serde_json::Value;

use super::{folder, grantlab, json};

/// Of each kind: a lure, a session of the attacker's, a leak, a race, a login that was there before.
const SEVERAL: [&str; 7] = [
    "CS-01", "CS-06", "LK-05", "PK-01", "RT-01", "RT-02", "RD-04",
];

#[test]
fn what_is_kept_replays_to_the_octet() {
    let folder = folder("kept");
    for attack in SEVERAL {
        let path = folder.join(format!("{attack}.json"));
        let path = path.to_str().unwrap();
        let found = json(&["hunt", "--attack", attack, "--save", path]);
        assert_eq!(found["verdict"], "found", "{attack}");
        assert_eq!(found["attack"], attack);
        assert_eq!(found["scenario"], path);
        let replayed = json(&["run", path, "--trace"]);
        assert_eq!(replayed["passed"], 1, "{attack}: {replayed}");
        let trace = &replayed["scenarios"][0]["trace"];
        assert_eq!(trace["hash"], found["trace_hash"], "{attack}");
    }
}

/// Steps say what is done and to what, so that other offers, or the same in another order, change nothing.
#[test]
fn what_is_kept_says_what_is_done() {
    let folder = folder("explicit");
    let path = folder.join("found.json");
    let path = path.to_str().unwrap();
    json(&["hunt", "--attack", "CS-01", "--save", path]);
    let kept: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let steps = kept["steps"].as_array().unwrap();
    assert!(!steps.is_empty());
    for step in steps {
        assert!(step.get("happen").is_none(), "{step}");
    }
    let text = kept.to_string();
    assert!(text.contains("code(mallory.1)"), "values by name: {text}");
    let left: Vec<_> = fs::read_dir(folder).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing half written");
}

#[test]
fn what_cannot_be_prevented_is_called_so() {
    let swapping = json(&["explore", "--powers", "a1,a3", "--depth", "3"]);
    let violations = swapping["violations"].as_array().unwrap();
    let authentication = violations
        .iter()
        .find(|one| one["property"] == "authentication");
    let case = &authentication.unwrap()["unpreventable"];
    assert_eq!(case["powers"], serde_json::json!(["a1", "a3"]));
    for violation in violations {
        assert_eq!(violation["nothing_weak"], true, "{violation}");
    }
}

#[test]
fn who_could_do_better_is_not_excused() {
    // A code that leaked is injected: with a code challenge it could not be.
    let found = json(&["hunt", "--attack", "CU-03"]);
    assert_eq!(found["property"], "AUTHN");
    assert_eq!(found["needs"]["nothing_weak"], false);
    assert_eq!(found["unpreventable"], Value::Null);
}

#[test]
fn random_walks_say_how_they_were_shrunk() {
    let walks = [
        "hunt",
        "--set",
        "client.open_redirector=present",
        "--random",
        "0..2000",
        "--depth",
        "6",
    ];
    let found = json(&walks);
    assert_eq!(found["verdict"], "found");
    let shrinking = &found["shrinking"];
    let of = |name: &str| shrinking[name].as_u64().unwrap();
    assert!(of("found_length") >= of("deleted_length"));
    assert!(of("deleted_length") >= of("length"));
    assert_eq!(of("length"), found["depth"].as_u64().unwrap());
    assert!(shrinking["milliseconds"].is_u64());
    let text = grantlab(&walks);
    assert!(String::from_utf8_lossy(&text.stdout).contains("when shrunk in "));
}
