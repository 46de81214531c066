//! A run as a sequence diagram of plain text: a lane for each party, a line for each message.

use std::fmt::Write as _;

use crate::party::{PartyId, Role};
use crate::trace::{Entry, EntryId, Payload, Summary, Trace, What};

/// Characters between two lanes.
const LANE_COLUMNS: usize = 10;

/// Characters of a label in one line.
const LABEL_COLUMNS: usize = 56;

/// Parameters that say what a message is about; others are left out.
const TOLD: [&str; 22] = [
    "Location",
    "Referer",
    "access_token",
    "client_id",
    "code",
    "code_challenge",
    "code_verifier",
    "error",
    "id_token",
    "iss",
    "message_source",
    "page",
    "password",
    "redirect_uri",
    "refresh_token",
    "request_uri",
    "response_mode",
    "response_type",
    "scope",
    "state",
    "to",
    "username",
];

/// Draws a run: its HTTP messages, what people and attacker do, what the attacker learns, and the entries in `marked`.
#[must_use]
pub fn diagram(trace: &Trace, marked: &[EntryId]) -> String {
    let lanes = lanes(trace);
    let mut out = heading(trace, &lanes);
    for (id, entry) in (0..).zip(trace.entries()) {
        if let What::Acted(words) = &entry.what {
            note(trace, &lanes, entry.party, '*', words.as_str(), &mut out);
        } else if let What::Learned { kind, value, .. } = &entry.what {
            let label = trace.provenance().label(value.as_str());
            let words = format!("learns {}", label.as_deref().unwrap_or(kind));
            note(trace, &lanes, entry.party, '!', &words, &mut out);
        } else if let What::Noted(event) = &entry.what
            && marked.contains(&id)
        {
            note(trace, &lanes, entry.party, '=', event.name(), &mut out);
        } else {
            message(trace, &lanes, entry, &mut out);
        }
    }
    out
}

/// The parties that a run shows, in the order of their roles: those that speak HTTP to each other.
fn lanes(trace: &Trace) -> Vec<PartyId> {
    let mut lanes = Vec::new();
    for entry in trace.entries() {
        let spoken = if let What::Sent { to, .. } = &entry.what {
            is_told(trace, entry).then_some(*to)
        } else {
            None
        };
        if let Some(to) = spoken {
            lanes.extend([entry.party, to]);
        }
        if matches!(entry.what, What::Learned { .. }) {
            lanes.push(entry.party);
        }
    }
    lanes.sort_unstable();
    lanes.dedup();
    lanes.sort_by_key(|party| trace.role(*party));
    lanes
}

/// Whether a message is part of the story: over HTTP, and not how a resource server asks about a token.
fn is_told(trace: &Trace, entry: &Entry) -> bool {
    let What::Sent { to, payload } = &entry.what else {
        return false;
    };
    let over_http = matches!(payload, Payload::Request(_) | Payload::Response(_));
    let roles = [trace.role(entry.party), trace.role(*to)];
    let asks_about_token = roles.contains(&Some(Role::ResourceServer))
        && roles.contains(&Some(Role::AuthorizationServer));
    over_http && !asks_about_token && entry.party != *to
}

fn heading(trace: &Trace, lanes: &[PartyId]) -> String {
    let names: String = lanes
        .iter()
        .map(|party| {
            let name: String = trace.name(*party).chars().take(LANE_COLUMNS - 1).collect();
            format!("{name:<LANE_COLUMNS$}")
        })
        .collect();
    format!("{}\n", names.trim_end())
}

/// The lanes with nothing between them.
fn bars(lanes: &[PartyId]) -> Vec<char> {
    let lane = std::iter::once('|').chain(std::iter::repeat_n(' ', LANE_COLUMNS - 1));
    lanes.iter().flat_map(|_| lane.clone()).collect()
}

fn place(lanes: &[PartyId], party: PartyId) -> Option<usize> {
    let lane = lanes.iter().position(|known| *known == party)?;
    Some(lane * LANE_COLUMNS)
}

fn note(
    trace: &Trace,
    lanes: &[PartyId],
    party: PartyId,
    mark: char,
    words: &str,
    out: &mut String,
) {
    let mut line = bars(lanes);
    let label = match place(lanes, party).and_then(|at| line.get_mut(at)) {
        Some(lane) => {
            *lane = mark;
            words.to_owned()
        }
        None => format!("{} {words}", trace.name(party)),
    };
    labelled(lanes, &line, &label, out);
}

fn message(trace: &Trace, lanes: &[PartyId], entry: &Entry, out: &mut String) {
    let What::Sent { to, payload } = &entry.what else {
        return;
    };
    if !is_told(trace, entry) {
        return;
    }
    let (Some(from), Some(to)) = (place(lanes, entry.party), place(lanes, *to)) else {
        return;
    };
    let mut line = bars(lanes);
    let (left, right) = (from.min(to), from.max(to));
    for cell in line.iter_mut().take(right).skip(left + 1) {
        *cell = '-';
    }
    let head = if from < to { right - 1 } else { left + 1 };
    if let Some(cell) = line.get_mut(head) {
        *cell = if from < to { '>' } else { '<' };
    }
    let summary = Summary::of(payload, trace.provenance());
    labelled(lanes, &line, &told(&summary), out);
}

/// What a message says, in the names of its values.
fn told(summary: &Summary) -> String {
    let mut label = summary.head.clone();
    for (name, value) in &summary.parts {
        let plain = name.trim_start_matches(['?', '#']);
        if TOLD.contains(&plain) {
            let _ = write!(label, " {name}={value}");
        }
    }
    label
}

/// A line with its label, which goes on below where it is long.
fn labelled(lanes: &[PartyId], line: &[char], label: &str, out: &mut String) {
    let mut lines: Vec<String> = Vec::new();
    for word in label.split_whitespace() {
        match lines.last_mut() {
            Some(last) if last.chars().count() + word.chars().count() < LABEL_COLUMNS => {
                last.push(' ');
                last.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    let drawn: String = line.iter().collect();
    let below: String = bars(lanes).into_iter().collect();
    for (number, label) in lines.iter().enumerate() {
        let lanes = if number == 0 { &drawn } else { &below };
        let _ = writeln!(out, "{lanes} {label}");
    }
}
