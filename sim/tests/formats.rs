//! The files that people write: their schemas, and how their mistakes are shown.

use grantlab_sim::input_error::SourceText;
use grantlab_sim::profile::Profiles;
use grantlab_sim::scenario::{Scenario, run};
use grantlab_sim::schema;
use proptest::prelude::*;

#[test]
fn the_schemas_are_what_was_reviewed() {
    for file in schema::FILES {
        insta::assert_json_snapshot!(format!("schema_{file}"), schema::schema(file).unwrap());
    }
}

fn mistake(text: &str) -> String {
    let source = SourceText::new("scenarios/flows/x.json", text);
    match Scenario::read(source, &Profiles::built_in()) {
        Ok(_) => "no mistake is found".to_owned(),
        Err(error) => error.render(false),
    }
}

#[test]
fn mistakes_are_shown_at_their_place() {
    let mistakes = [
        r#"{ "title": "x", "steps": [
  { "start": {} },
  { "logn": {} }
] }"#,
        r#"{ "title": "x", "steps": [
  { "start": { "usr": "alice" } }
] }"#,
        r#"{ "title": "x", "steps": [
  { "start": { "user": "alcie" } }
] }"#,
        r#"{ "title": "x",
  "profile": "rfc9007"
}"#,
        r#"{ "title": "x",
  "set": { "as.pkse": "optional" }
}"#,
        r#"{ "title": "x",
  "set": { "as.code_ttl": "10m" }
}"#,
        r#"{ "title": "x", "steps": [
  { "start": { "server": "as2" } }
] }"#,
        r#"{ "title": "x", "nodes": 2, "steps": [
  { "crash": { "party": "as/3" } }
] }"#,
        r#"{ "title": "x", "steps": [
  { "send": { "url": "${as.token_endpiont}" } }
] }"#,
        r#"{ "title": "x", "steps": [
  { "send": { "url": "${as.token_endpoint}",
              "form": { "code": "${code" } } }
] }"#,
        r#"{ "title": "x", "steps": [
  { "lose": { "message": "token respones" } }
] }"#,
        r#"{ "title": "x", "expect": [
  { "refusal": { "rule": "code-singleuse" } }
] }"#,
        r#"{ "title": "x", "expect": [
  { "invariant": { "holds": ["code-single-us"] } }
] }"#,
        r#"{ "title": "x", "seed": "0x2a"
}"#,
        r#"{ "title": "x", "servers": 3
}"#,
        r#"{ "title": "x", "change": {
  "client": { "send_redirect_uri": "never" }
} }"#,
        r#"{ "title": "x", "steps": [
  { "advance": { "ms": -1 } }
] }"#,
        r#"{ "title": "x", "steps": [
  { "login": {}, "approve": {} }
] }"#,
        r#"{ "title": "x", "title": "y" }"#,
        r#"{ "title": "x", }"#,
    ];
    let shown: Vec<String> = mistakes.into_iter().map(mistake).collect();
    insta::assert_snapshot!("mistakes", shown.join("\n\n"));
}

#[test]
fn the_smallest_scenario_has_a_title() {
    let source = SourceText::new("x.json", r#"{ "title": "x", "steps": [{ "start": {} }] }"#);
    let scenario = Scenario::read(source, &Profiles::built_in()).unwrap();
    assert_eq!(scenario.profile.name, "rfc9700");
    assert_eq!(scenario.setup.servers.len(), 1);
}

/// Every name that a scenario may use for a party is the name of one.
#[test]
fn every_profile_is_a_good_profile_for_a_scenario() {
    for profile in Profiles::names() {
        let text =
            format!(r#"{{ "title": "x", "profile": "{profile}", "servers": 2, "nodes": 3 }}"#);
        let scenario =
            Scenario::read(SourceText::new("x.json", &text), &Profiles::built_in()).unwrap();
        assert!(scenario.party_names().contains(&"as2/3".to_owned()));
    }
}

/// What is not as a text says.
fn failures(text: &str) -> String {
    let source = SourceText::new("scenarios/flows/x.json", text);
    match Scenario::read(source, &Profiles::built_in()) {
        Ok(scenario) => {
            let failures = run(&scenario).failures;
            let shown: Vec<String> = failures
                .iter()
                .map(|failure| failure.render(false))
                .collect();
            shown.join("\n\n")
        }
        Err(error) => format!("not read: {error}"),
    }
}

#[test]
fn what_is_not_as_expected_is_shown_at_its_place() {
    let everything = r#"{ "title": "x", "steps": [{ "start": {} }, { "login": {} }, { "approve": {} }], "expect": [
  { "event": { "name": "login_completed", "count": 2 } },
  { "event": { "name": "login_completed", "with": { "subject": "bob" } } },
  { "event": { "name": "login_completed", "by": "client2" } },
  { "no_event": { "name": "code_issued" } },
  { "refusal": { "rule": "code-fresh" } },
  { "message": { "is": "token request", "method": "GET" } },
  { "message": { "is": "token request", "lacks": ["code"] } },
  { "message": { "is": "token request", "has": { "code": "code(bob.1)" } } },
  { "message": { "is": "token request", "to": "rs" } },
  { "message": { "is": "token response", "status": 400 } },
  { "message": { "is": "token response", "error": "invalid_grant" } },
  { "message": { "is": "token response", "header": { "Cache-Control": "public" } } },
  { "no_message": { "is": "consume code" } },
  { "page": { "title": "Refused" } },
  { "page": { "user": "bob", "title": "Home" } },
  { "invariant": { "holds": ["refresh-linearity"], "violated": ["code-single-use"] } }
] }"#;

    let steps = [
        r#"{ "title": "x", "steps": [
  { "start": {} },
  { "press": { "button": "decision=perhaps" } }
] }"#,
        r#"{ "title": "x", "steps": [
  { "visit": {} },
  { "login": {} }
] }"#,
        r#"{ "title": "x", "steps": [
  { "lose": { "message": "token response" } },
  { "start": {} }
] }"#,
        r#"{ "title": "x", "steps": [
  { "send": { "url": "${as.token_endpoint}", "form": { "code": "${code}" } } }
] }"#,
        r#"{ "title": "x", "steps": [
  { "repeat": { "request": "token request" } }
] }"#,
        r#"{ "title": "x", "granularity": "event", "steps": [
  { "start": {} },
  { "settle": { "until": "token request" } }
] }"#,
        r#"{ "title": "x", "steps": [
  { "refresh": { "user": "bob" } }
] }"#,
    ];
    let mut shown = vec![failures(everything)];
    shown.extend(steps.into_iter().map(failures));
    insta::assert_snapshot!("failures", shown.join("\n\n"));
}

/// `scenarios/README.md` names every step and every expectation.
#[test]
fn the_readme_names_every_word() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let schema = schema::schema("scenario").unwrap();
    for definition in ["Step", "Expectation"] {
        let alternatives = schema.as_value()["$defs"][definition]["oneOf"]
            .as_array()
            .unwrap();
        assert!(alternatives.len() > 5);
        for alternative in alternatives {
            let word = alternative["required"][0].as_str().unwrap();
            assert!(readme.contains(&format!("`{word}`")), "{word}");
        }
    }
}

/// The smallest scenario of `scenarios/README.md` comes out as it expects.
#[test]
fn the_readmes_example_works() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let example = readme
        .split("```json")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    assert_eq!(failures(example), "");
    assert_ne!(
        failures(&example.replace("\"count\": 1", "\"count\": 2")),
        ""
    );
}

/// What a mutation puts into a file.
const INTRUDERS: [&str; 16] = [
    "",
    "\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\\",
    "\\u00",
    "é",
    "\u{1f600}",
    "\r\n",
    "\t",
    "\0",
    "0e9",
];

proptest! {
    /// Whatever is in a file, it is read or its mistake is shown; nothing panics.
    #[test]
    fn any_file_is_read_or_its_mistake_is_shown(
        changes in prop::collection::vec((0_usize..900, 0_usize..6, 0_usize..INTRUDERS.len()), 0..4),
    ) {
        let mut text = r#"{
  "title": "Ärger", "note": "x", "profile": "rfc6749", "set": { "as.pkce": "optional", "as.code_ttl": "5s" },
  "change": { "client": { "scope": null, "further_redirect_uris": ["/other"] } },
  "seed": "2a", "servers": 2, "nodes": 2, "clock_skew_ms": { "as/2": -5 }, "mode": "message",
  "steps": [
    { "start": { "user": "bob", "tab": "1", "server": "as2" } }, { "login": { "user": "bob" } },
    { "send": { "url": "${as.token_endpoint}", "form": { "code": ["${code}", "b"] }, "basic": "client" } },
    { "lose": { "message": "token response" } }, { "advance": { "seconds": 5, "ms": 1 } }
  ],
  "expect": [ { "event": { "name": "login_completed", "count": 1, "with": { "subject": "bob" } } } ]
}"#.to_owned();
        for (place, removed, intruder) in changes {
            let boundary = |at: usize| (at..=text.len()).find(|at| text.is_char_boundary(*at));
            let start = boundary(place.min(text.len())).unwrap_or(0);
            let end = boundary((start + removed).min(text.len())).unwrap_or(start);
            text.replace_range(start..end, INTRUDERS[intruder]);
        }
        let source = SourceText::new("x.json", &text);
        if let Err(error) = Scenario::read(source, &Profiles::built_in()) {
            prop_assert!(error.render(false).starts_with("error: "));
            prop_assert!(!error.problem().is_empty());
            let (line, column) = error.line_and_column().unwrap_or((1, 1));
            prop_assert!(line >= 1 && line <= text.lines().count().max(1) + 1 && column >= 1);
        }
    }
}
