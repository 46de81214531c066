//! Compares what happened with what a scenario expects.

use grantlab_core::event::{Event, Part};
use grantlab_core::wire;

use super::Scenario;
use super::expectation::{
    Expectation, ExpectedEvent, ExpectedMessage, ExpectedPage, ExpectedRefusal, ExpectedVerdicts,
};
use super::runner::Played;
use crate::document::Step as At;
use crate::input_error::InputError;
use crate::invariant::{Invariant, Judgement};
use crate::party::PartyId;
use crate::trace::{Entry, Payload, Summary, Trace, What, event_parts};

/// Things that came near to what was expected, in an explanation.
const NEAR_MAX: usize = 3;

/// What of a scenario's expectations was not met, each at its place.
pub(super) fn judge(scenario: &Scenario, played: &Played) -> Vec<InputError> {
    let expectations = scenario.file.expect.iter().enumerate();
    expectations
        .filter_map(|(index, expectation)| {
            let why = unmet(expectation, played)?;
            let path = [
                At::from("expect"),
                At::from(index),
                At::from(expectation.word()),
            ];
            Some(scenario.document.mistake_in_name(&path, why))
        })
        .collect()
}

/// Why an expectation is not met; nothing when it is.
fn unmet(expectation: &Expectation, played: &Played) -> Option<String> {
    let trace = played.world.trace();
    match expectation {
        Expectation::Event(expected) => events(expected, trace).unmet(expected.count),
        Expectation::NoEvent(expected) => events(expected, trace).unmet(Some(0)),
        Expectation::Refusal(expected) => refusals(expected, trace).unmet(expected.count),
        Expectation::NoRefusal(expected) => refusals(expected, trace).unmet(Some(0)),
        Expectation::Message(expected) => messages(expected, played).unmet(expected.count),
        Expectation::NoMessage(expected) => messages(expected, played).unmet(Some(0)),
        Expectation::Page(expected) => page(expected, played),
        Expectation::Invariant(expected) => verdicts(expected, trace),
    }
}

/// What was counted, and what came near.
struct Count {
    what: String,
    found: usize,
    near: Vec<String>,
}

impl Count {
    fn of(what: &str) -> Self {
        Self {
            what: what.to_owned(),
            found: 0,
            near: Vec::new(),
        }
    }

    /// Counts one; or notes how it differs from what is looked for.
    fn add(&mut self, difference: Option<String>) {
        match difference {
            None => self.found += 1,
            Some(difference) => self.near.push(difference),
        }
    }

    fn unmet(self, expected: Option<usize>) -> Option<String> {
        let Self {
            what,
            found,
            mut near,
        } = self;
        let met = expected.map_or(found > 0, |expected| found == expected);
        if met {
            return None;
        }
        let expected = expected.map_or("at least 1".to_owned(), |expected| expected.to_string());
        let mut why = format!("{what}: expected {expected}, found {found}");
        if near.len() > NEAR_MAX {
            near.truncate(NEAR_MAX);
            near.push("…".to_owned());
        }
        if found == 0 && !near.is_empty() {
            why.push_str(&format!("; near: {}", near.join("; ")));
        }
        Some(why)
    }
}

/// Whether a party is called `name`; a node of an authorization server is called like its server too.
fn is_called(trace: &Trace, party: PartyId, name: &str) -> bool {
    let known = trace.name(party);
    known == name || known.split('/').next() == Some(name)
}

fn is_by(trace: &Trace, entry: &Entry, by: Option<&String>) -> bool {
    by.is_none_or(|name| is_called(trace, entry.party, name))
}

fn events(expected: &ExpectedEvent, trace: &Trace) -> Count {
    let mut count = Count::of(expected.name.as_str());
    for (_, entry, event) in trace.events() {
        if event.name() != expected.name.as_str() || !is_by(trace, entry, expected.by.as_ref()) {
            continue;
        }
        let parts = event_parts(trace, event);
        let found = |name: &str| {
            let mut parts = parts.iter();
            parts
                .find(|(part, _)| *part == name)
                .map(|(_, value)| value.as_str())
        };
        let mut with = expected.with.iter();
        count.add(with.find_map(|(name, value)| differs(name, value, found(name))));
    }
    count
}

/// How a value differs from what is expected of it. `*` is anything that is there.
fn differs(name: &str, expected: &str, found: Option<&str>) -> Option<String> {
    match found {
        None => Some(format!("there is no {name}")),
        Some(_) if expected == "*" => None,
        Some(found) => (found != expected).then(|| format!("{name} is {found}")),
    }
}

fn refusals(expected: &ExpectedRefusal, trace: &Trace) -> Count {
    let mut count = Count::of(expected.rule.as_str());
    for (_, entry, event) in trace.events() {
        if let Some(rule) = refused_by(event) {
            let same = rule == expected.rule.as_str() && is_by(trace, entry, expected.by.as_ref());
            count.add((!same).then(|| format!("{} refused by {rule}", trace.name(entry.party))));
        }
    }
    count
}

/// The rule that a fact says refused something.
fn refused_by(event: &Event) -> Option<&'static str> {
    let mut rule = None;
    event.visit(&mut |_, part| {
        if let Part::Refused(refusal) = part {
            rule = Some(refusal.rule.text().id);
        }
    });
    rule
}

fn messages(expected: &ExpectedMessage, played: &Played) -> Count {
    let trace = played.world.trace();
    let mut count = Count::of(expected.is.as_str());
    for (entry, words) in &played.messages {
        let Some(entry) = trace.entry(*entry) else {
            continue;
        };
        let What::Sent { to, payload } = &entry.what else {
            continue;
        };
        let called = *words == expected.is.as_str()
            || matches!(payload, Payload::StoreRequest(request) if request.name() == expected.is.as_str());
        let to_him = expected
            .to
            .as_ref()
            .is_none_or(|name| is_called(trace, *to, name));
        if called && to_him && is_by(trace, entry, expected.from.as_ref()) {
            count.add(message_differs(expected, payload, trace));
        }
    }
    count
}

/// The first way in which a message differs from what is expected of it.
fn message_differs(expected: &ExpectedMessage, payload: &Payload, trace: &Trace) -> Option<String> {
    let summary = Summary::of(payload, trace.provenance());
    let found = |name: &str| parameter(&summary, name);
    line_differs(expected, payload)
        .or_else(|| {
            let error = expected.error?.as_str();
            differs(
                "error",
                error,
                found("error").or_else(|| challenge_error(&summary)),
            )
        })
        .or_else(|| {
            let mut has = expected.has.iter();
            has.find_map(|(name, value)| differs(name, value, found(name)))
        })
        .or_else(|| {
            let mut lacks = expected.lacks.iter();
            lacks
                .find(|name| found(name).is_some())
                .map(|name| format!("it has {name}"))
        })
        .or_else(|| {
            let head = header_lines(payload);
            let mut headers = expected.header.iter();
            headers.find_map(|(name, value)| header_differs(name, value, &head))
        })
}

/// Method or status.
fn line_differs(expected: &ExpectedMessage, payload: &Payload) -> Option<String> {
    let (method, status) = match payload {
        Payload::Request(request) => (Some(request.method.as_str()), None),
        Payload::Response(response) => (None, Some(response.status.0)),
        Payload::Failure(_) | Payload::StoreRequest(_) | Payload::StoreReply(_) => (None, None),
    };
    if let Some(expected) = &expected.method
        && method != Some(expected)
    {
        return Some(format!("the method is {}", method.unwrap_or("missing")));
    }
    if let Some(expected) = expected.status
        && status != Some(expected)
    {
        let found = status.map_or("missing".to_owned(), |status| status.to_string());
        return Some(format!("the status is {found}"));
    }
    None
}

/// A parameter of query, body or redirect, as traces show it.
fn parameter<'a>(summary: &'a Summary, name: &str) -> Option<&'a str> {
    let mut parts = summary.parts.iter();
    let part = parts.find(|(part, _)| part.strip_prefix(['?', '#']).unwrap_or(part) == name);
    part.map(|(_, value)| value.as_str())
}

/// The `error` of a challenge (RFC 6750 §3).
fn challenge_error(summary: &Summary) -> Option<&str> {
    let challenge = parameter(summary, "WWW-Authenticate")?;
    let (_, rest) = challenge.split_once("error=\"")?;
    rest.split('"').next()
}

/// Names and values of all header fields, as they travel.
fn header_lines(payload: &Payload) -> Vec<(String, String)> {
    let octets = match payload {
        Payload::Request(request) => wire::http::write_request(request),
        Payload::Response(response) => wire::http::write_response(response),
        Payload::Failure(_) | Payload::StoreRequest(_) | Payload::StoreReply(_) => Vec::new(),
    };
    let text = String::from_utf8_lossy(&octets);
    let head = text.split("\r\n\r\n").next().unwrap_or("");
    let lines = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    lines
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect()
}

fn header_differs(name: &str, expected: &str, lines: &[(String, String)]) -> Option<String> {
    let values: Vec<&str> = lines
        .iter()
        .filter(|(line, _)| line.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
        .collect();
    match values.first() {
        None => Some(format!("there is no {name} header")),
        Some(_) if expected == "*" || values.iter().any(|value| value.contains(expected)) => None,
        Some(first) => Some(format!("{name} is {first}")),
    }
}

fn page(expected: &ExpectedPage, played: &Played) -> Option<String> {
    let name = expected.user.as_str();
    let user = played.world.user(name)?;
    let Some(page) = played.world.page(user, &expected.tab) else {
        return Some(format!("{name} sees no page in tab {}", expected.tab));
    };
    let title = expected
        .title
        .as_ref()
        .is_none_or(|title| page.title == title.as_str());
    let text = expected
        .text
        .as_ref()
        .is_none_or(|text| page.text.as_str().contains(text.as_str()));
    (!title || !text).then(|| format!("{name} sees \"{}\": {}", page.title, page.text))
}

fn verdicts(expected: &ExpectedVerdicts, trace: &Trace) -> Option<String> {
    let mut unmet = Vec::new();
    for name in &expected.holds {
        match Invariant::read(name.as_str()).map(|invariant| invariant.judge(trace)) {
            Some(Judgement::Holds) | None => {}
            Some(Judgement::NotExercised) => {
                unmet.push(format!("{} was not put to the test", name.as_str()))
            }
            Some(Judgement::Violated(violations)) => {
                let first = violations
                    .first()
                    .map_or("", |violation| violation.words.as_str());
                unmet.push(format!("{} is violated: {first}", name.as_str()));
            }
        }
    }
    for name in &expected.violated {
        match Invariant::read(name.as_str()).map(|invariant| invariant.judge(trace)) {
            Some(Judgement::Violated(_)) | None => {}
            Some(Judgement::Holds) => unmet.push(format!("{} holds", name.as_str())),
            Some(Judgement::NotExercised) => {
                unmet.push(format!("{} was not put to the test", name.as_str()))
            }
        }
    }
    (!unmet.is_empty()).then(|| unmet.join("; "))
}
