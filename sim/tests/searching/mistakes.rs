//! Whatever is mistyped, somebody is told what was probably meant; nothing is written, and nothing panics.

use std::fs;

use super::{folder, grantlab};

/// Arguments that are wrong, and what is said of them.
const MISTAKES: [(&[&str], &str); 18] = [
    (&["hunt", "--set", "as.pcke=optional"], "as.pkce"),
    (&["hunt", "--set", "as.pkce=optonal"], "optional"),
    (&["hunt", "--set", "as.pkce"], "KEY=VALUE"),
    (&["hunt", "--set", "as.code_ttl=1h"], "600s"),
    (&["hunt", "--powers", "a6"], "no such attacker"),
    (&["hunt", "--powers", ""], "no such attacker"),
    (&["hunt", "--profile", "wishtak"], "wishtack"),
    (
        &["hunt", "--profile", "nowhere/mine.json"],
        "nowhere/mine.json",
    ),
    (&["hunt", "--property", "CODE2"], "CODE1"),
    (&["hunt", "--attack", "CS-99"], "CS-"),
    (&["hunt", "--memory", "12Q"], "512M"),
    (&["hunt", "--random", "9..3"], "A below B"),
    (
        &["hunt", "--random", "0..9", "--checkpoint", "x"],
        "cannot be used with",
    ),
    (&["hunt", "--depth", "deep"], "--depth"),
    (&["explore", "--shard", "1/2"], "--out"),
    (&["explore", "--checkpoint-every", "5"], "--checkpoint"),
    (&["matrix", "--only", "MX-1"], "MX-"),
    (&["merge", "nowhere"], "cannot be read"),
];

#[test]
fn mistakes_are_answered_with_what_was_probably_meant() {
    let nowhere = folder("mistakes").join("found.json");
    for (arguments, meant) in MISTAKES {
        let save = ["--save", nowhere.to_str().unwrap()];
        let saves = arguments[0] == "hunt";
        let all = [arguments, if saves { &save } else { &[] }].concat();
        let output = grantlab(&all);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(meant), "{arguments:?}: {told}");
        assert!(told.starts_with("error: "), "{arguments:?}: {told}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(!nowhere.exists());
    }
}

#[test]
fn a_mistake_in_a_profile_is_shown_at_its_place() {
    let path = folder("profile").join("mine.json");
    let text = "{\n  \"title\": \"Mine\",\n  \"based_on\": \"rfc9700\",\n  \"switches\": { \"as.pkce\": \"optinal\" }\n}\n";
    fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    for command in ["hunt", "explore"] {
        let output = grantlab(&[command, "--profile", path, "--format", "json"]);
        assert_eq!(output.status.code(), Some(2));
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(told["error"]["line"], 4, "{told}");
        assert_eq!(told["error"]["nearest"], "optional", "{told}");
    }
}
