//! The house rules: what stands where, who may know whom, how long a file is, and what no file says.
//!
//! Every rule is a plain function over a path and its text that returns findings.
//! Each is tried on a bad example beside it, so that a rule that finds nothing is known to work.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod arrows;
mod citations;
mod links;
mod prose;
mod repository;
mod shape;
mod source;

use std::fmt;
use std::sync::LazyLock;

use repository::Repository;

/// Read once for all rules.
static REPOSITORY: LazyLock<Repository> = LazyLock::new(Repository::open);

/// One place where the repository breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    what: String,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            what: what.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.path, self.line, self.what)
    }
}

/// Applies a rule to every file and fails with all of its findings.
fn hold(rule: impl Fn(&str, &str) -> Vec<Finding>) {
    let findings = REPOSITORY
        .files()
        .iter()
        .flat_map(|file| rule(&file.path, &file.text))
        .collect();
    none(findings);
}

fn none(findings: Vec<Finding>) {
    let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert!(lines.is_empty(), "\n{}\n", lines.join("\n"));
}

#[test]
fn the_top_level_is_the_users_own() {
    none(shape::top_level(&REPOSITORY.top_level()));
}

#[test]
fn files_have_names_that_say_something() {
    hold(|path, _| shape::name(path));
}

#[test]
fn files_are_short() {
    hold(shape::length);
}

#[test]
fn members_take_the_workspace_lints() {
    hold(shape::manifest);
}

#[test]
fn core_knows_only_what_is_below() {
    hold(arrows::core);
}

#[test]
fn parties_do_not_know_each_other() {
    hold(arrows::parties);
}

#[test]
fn invariants_and_lesson_read_only_the_trace() {
    hold(arrows::readers);
}

#[test]
fn only_the_edge_touches_the_outside() {
    hold(arrows::outside);
}

#[test]
fn lints_are_not_silenced() {
    hold(shape::attributes);
}

#[test]
fn nothing_waits() {
    hold(shape::waiting);
}

#[test]
fn rules_cite_their_section() {
    hold(citations::rules);
}

#[test]
fn no_file_names_a_machine() {
    hold(prose::machines);
}

#[test]
fn prose_has_one_sentence_per_line() {
    hold(prose::sentences);
}

#[test]
fn the_code_map_fits_on_a_screen() {
    hold(links::code_map_length);
}

#[test]
fn paths_in_documents_exist() {
    let paths: Vec<&str> = REPOSITORY
        .files()
        .iter()
        .map(|file| file.path.as_str())
        .collect();
    let findings = REPOSITORY
        .files()
        .iter()
        .flat_map(|file| links::paths_exist(&file.path, &file.text, &paths))
        .collect();
    none(findings);
}
