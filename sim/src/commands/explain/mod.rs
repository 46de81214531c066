//! `grantlab explain`: what an error code or a rule means.

mod seen;
mod weakened_by;

use std::fmt::Write as _;

use grantlab_core::message::ErrorCode;
use grantlab_core::refusal::{Compared, Destination, Level, Refusal, Rule};
use grantlab_sim::input_error::InputError;
use grantlab_sim::nearest::nearest;
use grantlab_sim::switches;
use schemars::JsonSchema;
use serde::Serialize;

use super::console::Console;
use super::layout::{BOLD, count, paragraph, styled, table};
use super::{Failure, Verdict};
use crate::arguments::ExplainArguments;
use seen::{Seen, refusals};
use weakened_by::weakened_by;

/// What `grantlab explain` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ExplainReport {
    /// The rules that were asked for, in the order of the flow.
    rules: Vec<RuleReport>,
}

/// A rule.
#[derive(Debug, Serialize, JsonSchema)]
struct RuleReport {
    /// Its name in traces.
    rule: &'static str,
    /// Who demands it.
    section: &'static str,
    /// How strongly: `must` and `should` are those of RFC 2119, nobody but good practice demands `hardening`.
    level: &'static str,
    /// What it demands, in one sentence.
    demand: &'static str,
    /// The error code of the answer to who breaks it.
    error: &'static str,
    /// The HTTP status of that answer; of a redirect, `as.redirect_status` decides.
    status: u16,
    /// Where that answer goes: `page`, `redirect`, `body`, `challenge` or `client_page`.
    destination: &'static str,
    /// The switches that can make a party skip the rule, or apply it loosely.
    weakened_by: Vec<Weakening>,
    /// Scenarios in which it refuses something; empty in the list of all rules.
    seen_in: Vec<Seen>,
}

/// A switch that weakens a rule.
#[derive(Debug, Serialize, JsonSchema)]
struct Weakening {
    /// The switch.
    key: &'static str,
    /// Its value when the rule has its full force.
    secure: &'static str,
}

pub(super) fn run(arguments: &ExplainArguments, console: &mut Console) -> Result<Verdict, Failure> {
    let mut rules = match &arguments.word {
        Some(word) => find(word)?,
        None => Rule::ALL.iter().copied().map(report).collect(),
    };
    if arguments.word.is_some() {
        let refusals = refusals()?;
        for report in &mut rules {
            let its_own = refusals
                .iter()
                .filter(|(rule, _)| rule.text().id == report.rule);
            report.seen_in = its_own.map(|(_, seen)| seen.clone()).collect();
        }
    }
    console.report(&ExplainReport { rules }, |report| match &arguments.word {
        Some(word) => explained(word, report),
        None => list(report),
    })?;
    Ok(Verdict::Fine)
}

fn find(word: &str) -> Result<Vec<RuleReport>, InputError> {
    if let Some(rule) = Rule::read(word) {
        return Ok(vec![report(rule)]);
    }
    if let Some(error) = ErrorCode::read(word) {
        let answers = |rule: &Rule| answer(*rule).error == error;
        return Ok(Rule::ALL
            .iter()
            .copied()
            .filter(answers)
            .map(report)
            .collect());
    }
    Err(unknown(word))
}

/// There are too many words to list them all.
fn unknown(word: &str) -> InputError {
    let codes = ErrorCode::ALL.into_iter().map(ErrorCode::as_str);
    let rules = Rule::ALL.iter().map(|rule| rule.text().id);
    let problem = "there is no such error code, and no such rule; `grantlab explain` lists them";
    InputError::about(word, problem).instead_of(word, nearest(word, codes.chain(rules)))
}

fn answer(rule: Rule) -> grantlab_core::refusal::Answer {
    Refusal::new(rule, Compared::Absent, Compared::Absent).answer()
}

fn report(rule: Rule) -> RuleReport {
    let text = rule.text();
    let answer = answer(rule);
    let weakened_by = weakened_by(rule)
        .iter()
        .filter_map(|key| switches::find(key));
    RuleReport {
        rule: text.id,
        section: text.section,
        level: match text.level {
            Level::Must => "must",
            Level::Should => "should",
            Level::Hardening => "hardening",
        },
        demand: text.demand,
        error: answer.error.as_str(),
        status: answer.status.0,
        destination: match answer.destination {
            Destination::Page => "page",
            Destination::Redirect => "redirect",
            Destination::Body => "body",
            Destination::Challenge => "challenge",
            Destination::ClientPage => "client_page",
        },
        weakened_by: weakened_by
            .map(|switch| Weakening {
                key: switch.key,
                secure: switch.secure,
            })
            .collect(),
        seen_in: Vec::new(),
    }
}

fn list(report: &ExplainReport) -> String {
    let row = |rule: &RuleReport| {
        [
            rule.rule.to_owned(),
            rule.error.to_owned(),
            rule.section.to_owned(),
        ]
    };
    let mut out = table(&report.rules.iter().map(row).collect::<Vec<_>>());
    out.push_str("\nTry: grantlab explain code-single-use\n");
    out
}

fn explained(word: &str, report: &ExplainReport) -> String {
    let mut out = String::new();
    if ErrorCode::read(word).is_some() {
        let rules = count(report.rules.len(), "rule");
        let _ = writeln!(out, "{}: the answer of {rules}\n", styled(BOLD, word));
    }
    let rules: Vec<String> = report.rules.iter().map(whole).collect();
    out.push_str(&rules.join("\n"));
    out
}

fn whole(rule: &RuleReport) -> String {
    let mut out = format!("{}\n", styled(BOLD, rule.rule));
    out.push_str(&paragraph(rule.demand, 2));
    let _ = writeln!(out, "  demanded by  {} ({})", rule.section, rule.level);
    let _ = writeln!(out, "  answered     {}", answered(rule));
    for (place, Weakening { key, secure }) in rule.weakened_by.iter().enumerate() {
        let label = if place == 0 { "weakened by" } else { "" };
        let _ = writeln!(out, "  {label:<11}  {key} (secure: {secure})");
    }
    if let Some(Seen {
        scenario, refusal, ..
    }) = rule.seen_in.first()
    {
        let others = match rule.seen_in.len() {
            1 => String::new(),
            number => format!(", and in {} more", number - 1),
        };
        let _ = writeln!(out, "  seen in      {scenario}{others}");
        out.push_str(&paragraph(refusal, 15));
    }
    out
}

fn answered(rule: &RuleReport) -> String {
    let (error, status) = (rule.error, rule.status);
    match rule.destination {
        "redirect" => format!("{error}, at the redirection URI"),
        "body" => format!("{error}, with status {status}, in the body of the response"),
        "challenge" => format!("{error}, with status {status}, in WWW-Authenticate"),
        "client_page" => "by a page of the client, over nobody's wire".to_owned(),
        _ => format!(
            "with status {status}, by a page of the authorization server: no redirect can be trusted"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_code_that_a_rule_answers_explains_itself() {
        for rule in Rule::ALL {
            let code = answer(*rule).error.as_str();
            let found = find(code).unwrap();
            assert!(
                found.iter().any(|report| report.rule == rule.text().id),
                "{code}"
            );
            assert_eq!(find(rule.text().id).unwrap().len(), 1);
        }
    }

    #[test]
    fn a_word_that_means_nothing_is_told_its_neighbour() {
        assert_eq!(
            find("invalid-grant").unwrap_err().nearest(),
            Some("invalid_grant")
        );
        assert_eq!(
            find("code-singel-use").unwrap_err().nearest(),
            Some("code-single-use")
        );
    }
}
