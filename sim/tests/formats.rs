//! The files that people write: their schemas, and how their mistakes are shown.

use grantlab_sim::input_error::SourceText;
use grantlab_sim::profile::Profiles;
use grantlab_sim::scenario::Scenario;
use grantlab_sim::schema;

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
