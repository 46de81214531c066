//! What happened at one issuer: every request with its answer, and every fact that the machines noted.
//!
//! Secrets are shown by their first characters, so that two of them can be told apart and none can be used.

use std::collections::VecDeque;
use std::sync::Arc;

use grantlab_core::event::{Event, Part};
use grantlab_core::http::{Body, Encoded, Fields, Request};
use grantlab_core::time::Timestamp;
use grantlab_core::value::first_characters;
use grantlab_core::wire::{bearer, form};
use serde_json::{Map, Value, json};

/// Entries that a journal keeps; older ones make room, and are counted.
pub(super) const ENTRIES_MAX: usize = 4_096;

/// Characters of a parameter that are kept.
const CHARACTERS_MAX: usize = 512;

/// Parameters whose values nobody may see whole.
const SECRET: [&str; 14] = [
    "access_token",
    "client_assertion",
    "client_secret",
    "code",
    "code_challenge",
    "code_verifier",
    "form_token",
    "id_token",
    "nonce",
    "password",
    "refresh_token",
    "state",
    "token",
    "transaction",
];

/// One thing that happened.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    at: Timestamp,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Exchange(Exchange),
    Noted(Arc<Event>),
    Said(&'static str, Value),
}

/// A request and how it was answered.
#[derive(Clone, Debug)]
pub(super) struct Exchange {
    method: String,
    path: String,
    parameters: Vec<(String, String)>,
    authorization: Option<String>,
    status: Option<u16>,
}

impl Exchange {
    /// What is kept of a request.
    pub(super) fn of(request: &Request) -> Self {
        let query = request.url.query.as_ref().map(readable).unwrap_or_default();
        let fields = body_fields(&request.body);
        let parameters = query.0.iter().chain(&fields.0).map(|(name, value)| {
            let name = name.as_str();
            (clipped(name), shown(name, value.as_str()))
        });
        let authorization = request.headers.authorization().ok().flatten();
        Self {
            method: request.method.as_str().to_owned(),
            path: clipped(request.url.path.as_str()),
            parameters: parameters.collect(),
            authorization: authorization.map(|text| bearer::scheme(text.as_str()).to_owned()),
            status: None,
        }
    }

    /// The same, answered with `status`; nothing at all was answered without.
    pub(super) const fn answered(mut self, status: Option<u16>) -> Self {
        self.status = status;
        self
    }
}

/// What a request's body says, if it is a form.
pub(super) fn body_fields(body: &Body) -> Fields {
    match body {
        Body::Form(encoded) => readable(encoded),
        Body::Empty | Body::Json(_) | Body::Page(_) | Body::Octets { .. } => Fields::EMPTY,
    }
}

/// Pairs, or none where the octets are no form.
pub(super) fn readable(encoded: &Encoded) -> Fields {
    form::pairs(encoded).map_or(Fields::EMPTY, std::borrow::Cow::into_owned)
}

fn shown(name: &str, value: &str) -> String {
    if SECRET.contains(&name) {
        return secret(value);
    }
    clipped(value)
}

fn secret(value: &str) -> String {
    match value {
        "" => String::new(),
        value => format!("{}…", first_characters(value)),
    }
}

fn clipped(text: &str) -> String {
    text.chars().take(CHARACTERS_MAX).collect()
}

/// The newest entries of an issuer.
#[derive(Debug, Default)]
pub(super) struct Journal {
    entries: VecDeque<Entry>,
    dropped: u64,
}

impl Journal {
    /// Keeps a request and its answer.
    pub(super) fn exchange(&mut self, at: Timestamp, exchange: Exchange) {
        self.keep(at, What::Exchange(exchange));
    }

    /// Keeps what a machine noted.
    pub(super) fn noted(&mut self, at: Timestamp, events: &[Arc<Event>]) {
        for event in events {
            self.keep(at, What::Noted(Arc::clone(event)));
        }
    }

    /// Keeps what somebody told the administrator's port.
    pub(super) fn said(&mut self, at: Timestamp, about: &'static str, words: Value) {
        self.keep(at, What::Said(about, words));
    }

    fn keep(&mut self, at: Timestamp, what: What) {
        if self.entries.len() >= ENTRIES_MAX {
            self.entries.pop_front();
            self.dropped = self.dropped.saturating_add(1);
        }
        self.entries.push_back(Entry { at, what });
    }

    /// The entries as data, oldest first.
    pub(super) fn json(&self) -> Value {
        let entries: Vec<Value> = self.entries.iter().map(Entry::json).collect();
        json!({ "dropped": self.dropped, "entries": entries })
    }
}

impl Entry {
    fn json(&self) -> Value {
        let mut out = match &self.what {
            What::Exchange(exchange) => json!({
                "kind": "exchange",
                "method": exchange.method,
                "path": exchange.path,
                "parameters": exchange.parameters,
                "authorization": exchange.authorization,
                "status": exchange.status,
            }),
            What::Noted(event) => json!({
                "kind": "event",
                "name": event.name(),
                "prose": event.prose(),
                "parts": parts(event),
            }),
            What::Said(about, words) => json!({ "kind": about, "said": words }),
        };
        if let Some(members) = out.as_object_mut() {
            members.insert("at_ms".to_owned(), json!(self.at.0));
        }
        out
    }
}

fn parts(event: &Event) -> Value {
    let mut out = Map::new();
    event.visit(&mut |name, part| {
        let value = match part {
            Part::Absent => Value::Null,
            Part::Shown(text) => json!(clipped(text)),
            Part::Secret(text) => json!(secret(text)),
            Part::Moment(at) => json!(at.0),
            Part::Flag(flag) => json!(flag),
            Part::Refused(refusal) => json!({
                "rule": refusal.rule.text().id,
                "says": refusal.description().as_str(),
            }),
            Part::Grant(grant) => json!(format!("{grant:?}")),
        };
        out.insert(name.to_owned(), value);
    });
    Value::Object(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use grantlab_core::http::Url;
    use grantlab_core::wire::location;

    fn request(url: &str) -> Request {
        let url: Url = location::parse(url).unwrap();
        Request::get(url)
    }

    #[test]
    fn secrets_are_shown_by_their_first_characters() {
        let mut journal = Journal::default();
        let asked = request("http://a.example/authorize?state=0123456789abcdef&scope=read");
        journal.exchange(Timestamp(7), Exchange::of(&asked).answered(Some(303)));
        let text = journal.json().to_string();
        assert!(!text.contains("0123456789abcdef"), "{text}");
        assert!(text.contains(r#"["scope","read"]"#), "{text}");
        assert!(text.contains(r#""at_ms":7"#), "{text}");
    }

    #[test]
    fn old_entries_make_room() {
        let mut journal = Journal::default();
        for at in 0..=ENTRIES_MAX {
            journal.said(Timestamp(at as u64), "note", json!(1));
        }
        assert_eq!(journal.entries.len(), ENTRIES_MAX);
        assert_eq!(journal.json()["dropped"], 1);
        assert_eq!(journal.entries[0].at, Timestamp(1));
    }
}
