//! A trace for programs. Field names are documented in `scenarios/README.md` and stable.

use grantlab_core::event::{Event, Part};
use serde_json::{Map, Value, json};

use super::summary::{Names, Summary};
use super::{Entry, START, Trace, What};

/// Writes a trace as one JSON object: `parties`, `values`, `entries`, `hash`.
#[must_use]
pub fn write_json(trace: &Trace) -> Value {
    let parties: Vec<Value> = trace
        .cast()
        .iter()
        .map(|cast| json!({ "name": cast.name.as_str(), "role": cast.role.as_str() }))
        .collect();
    let values: Vec<Value> = trace
        .provenance()
        .minted()
        .iter()
        .map(|minted| {
            json!({
                "label": trace.provenance().label_of(minted),
                "kind": minted.kind,
                "minted_by": trace.name(minted.party),
                "minted_in": minted.entry,
            })
        })
        .collect();
    let entries: Vec<Value> = trace
        .entries()
        .iter()
        .map(|entry| entry_json(trace, entry))
        .collect();
    json!({ "parties": parties, "values": values, "entries": entries, "hash": trace.hash().to_string() })
}

fn entry_json(trace: &Trace, entry: &Entry) -> Value {
    let mut object = Map::new();
    object.insert("at_ms".to_owned(), json!(entry.at.since(START).0));
    object.insert("party".to_owned(), json!(trace.name(entry.party)));
    object.insert(
        "flow".to_owned(),
        json!(trace.provenance().flow_name(entry.flow)),
    );
    object.insert("cause".to_owned(), json!(entry.cause));
    let (kind, value) = match &entry.what {
        What::Acted(words) => ("acted", json!(words.as_str())),
        What::Sent { to, payload } => {
            let summary = Summary::of(payload, trace.provenance());
            let parts: Vec<Value> = summary
                .parts
                .iter()
                .map(|(name, value)| json!({ "name": name, "value": value }))
                .collect();
            (
                "sent",
                json!({ "to": trace.name(*to), "head": summary.head, "parts": parts }),
            )
        }
        What::Arrived { sent } => ("arrived", json!(sent)),
        What::Lost { sent } => ("lost", json!(sent)),
        What::Duplicated { sent } => ("duplicated", json!(sent)),
        What::Delayed { sent, by } => ("delayed", json!({ "sent": sent, "by_ms": by.0 })),
        What::Noted(event) => ("event", event_json(trace, event)),
        What::TimePassed(span) => ("time_passed_ms", json!(span.0)),
        What::DeadlineCame => ("deadline_came", Value::Bool(true)),
        What::Crashed => ("crashed", Value::Bool(true)),
        What::Restarted => ("restarted", Value::Bool(true)),
        What::WireDiffers { sent } => ("wire_differs", json!(sent)),
        What::NobodyThere { url } => ("nobody_there", json!(url.as_str())),
        What::BoundReached(bound) => ("bound_reached", json!(bound.as_str())),
        What::Intended { client, server } => (
            "intended",
            json!({ "client": client.as_str(), "server": server.as_str() }),
        ),
        What::Learned { kind, value, leak } => (
            "learned",
            json!({
                "kind": kind,
                "value": trace.provenance().label(value.as_str()),
                "leak": leak.as_str(),
            }),
        ),
    };
    object.insert(kind.to_owned(), value);
    Value::Object(object)
}

fn event_json(trace: &Trace, event: &Event) -> Value {
    let names = Names {
        provenance: trace.provenance(),
    };
    let mut object = Map::new();
    object.insert("name".to_owned(), json!(event.name()));
    event.visit(&mut |name, part| {
        let value = match part {
            Part::Absent => Value::Null,
            Part::Shown(text) => json!(names.within(text)),
            Part::Secret(text) => json!(names.secret(text)),
            Part::Moment(at) => json!(at.since(START).0),
            Part::Flag(flag) => json!(flag),
            Part::Grant(grant) => json!(names.digest(grant.0)),
            Part::Refused(refusal) => {
                let text = refusal.rule.text();
                json!({ "rule": text.id, "section": text.section, "expected": refusal.expected.to_string(),
                        "found": refusal.found.to_string() })
            }
        };
        object.insert(name.to_owned(), value);
    });
    Value::Object(object)
}
