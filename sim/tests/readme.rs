//! What the README says is what the code says: its rule table, and its first scenario.

use grantlab_core::refusal::{Level, Rule};
use grantlab_sim::input_error::SourceText;
use grantlab_sim::profile::Profiles;
use grantlab_sim::scenario::Scenario;

const README: &str = include_str!("../../README.md");

/// The table of all rules, in the order of the flow.
fn table() -> String {
    let mut table =
        String::from("| rule | demanded by | level | what it demands |\n|---|---|---|---|\n");
    for rule in Rule::ALL {
        let text = rule.text();
        let level = match text.level {
            Level::Must => "must",
            Level::Should => "should",
            Level::Hardening => "hardening",
        };
        table += &format!(
            "| `{}` | {} | {level} | {} |\n",
            text.id, text.section, text.demand
        );
    }
    table
}

/// What the README has between its two marks.
fn written(readme: &str) -> Option<&str> {
    let (_, rest) = readme.split_once("<!-- rules -->\n")?;
    let (table, _) = rest.split_once("<!-- end of rules -->")?;
    Some(table)
}

#[test]
fn the_rule_table_is_that_of_the_code() {
    let table = table();
    assert!(
        written(README) == Some(&table),
        "the README's rule table is to be:\n\n{table}"
    );
}

#[test]
fn a_rule_can_be_put_into_a_table() {
    for rule in Rule::ALL {
        let text = rule.text();
        let cells = [text.id, text.section, text.demand];
        assert!(
            !cells.iter().any(|cell| cell.contains(['|', '\n'])),
            "{rule:?}"
        );
    }
}

#[test]
fn a_readme_without_marks_has_no_table() {
    assert_eq!(written("<!-- rules -->\n| a |\n"), None);
    assert_eq!(
        written("<!-- rules -->\n| a |\n<!-- end of rules -->"),
        Some("| a |\n")
    );
}

/// The first block of JSON in the README.
fn first_scenario(readme: &str) -> Option<&str> {
    let (_, rest) = readme.split_once("```json\n")?;
    let (scenario, _) = rest.split_once("```")?;
    Some(scenario)
}

#[test]
fn the_first_scenario_can_be_read() {
    let source = SourceText::new("first.json", first_scenario(README).unwrap());
    if let Err(error) = Scenario::read(source, &Profiles::built_in()) {
        panic!("{}", error.render(false));
    }
}
