//! A course that breaks a promise as a scenario that says so: what was done, step by step, and what is violated.

use std::sync::Arc;

use grantlab_core::http::{Body, Encoded, Header, Request};
use grantlab_core::wire::{form, location};
use grantlab_sim::finding::{Members, Ordered};
use grantlab_sim::provenance::Provenance;
use grantlab_sim::scenario::placeholder::MINTED;
use grantlab_sim::setup::Setup;
use grantlab_sim::walk::{Probe, violations};
use grantlab_sim::world::Mode;
use serde_json::Value;

use super::course::Course;
use super::play::{Done, ODD_TAB, Played, play};
use super::{NODES, PROFILE, SEED};

/// The course without the events that a violation of `invariant` does not need.
#[must_use]
pub fn shrunk(setup: &Arc<Setup>, course: &Course, invariant: &str) -> Course {
    let mut course = play(setup, Mode::Message, course, usize::MAX).pinned;
    let mut place = 0;
    while place < course.events.len() {
        let mut fewer = course.clone();
        fewer.events.remove(place);
        if violates(&play(setup, Mode::Message, &fewer, usize::MAX), invariant) {
            course = fewer;
        } else {
            place += 1;
        }
    }
    course
}

fn violates(played: &Played, invariant: &str) -> bool {
    violations(&played.trace)
        .iter()
        .any(|(id, _)| *id == invariant)
}

/// A scenario that ends as soon as the course violates `invariant`; `set` are the switches that differ from the profile.
/// `None` when the course does not violate it.
#[must_use]
pub fn regression(
    setup: &Arc<Setup>,
    set: &Value,
    course: &Course,
    invariant: &str,
) -> Option<String> {
    let whole = play(setup, Mode::Message, course, usize::MAX);
    let lengths = 0..=whole.done.len();
    let cut = |steps_max| play(setup, Mode::Message, course, steps_max);
    let played = lengths
        .map(cut)
        .find(|played| violates(played, invariant))?;
    let users: Vec<&str> = setup.users.iter().map(|user| user.name.as_str()).collect();
    let writer = Writer {
        provenance: played.trace.provenance(),
        users,
    };
    let steps: Vec<String> = played
        .done
        .iter()
        .flat_map(|done| writer.steps(done))
        .map(|step| format!("    {}", serde_json::to_string(&step).unwrap_or_default()))
        .collect();
    Some(format!(
        "{{\n  \"title\": {},\n  \"note\": {},\n  \"profile\": \"{PROFILE}\",\n  \"set\": {set},\n  \"seed\": \"{SEED}\",\n  \"nodes\": {NODES},\n  \
         \"granularity\": \"event\",\n  \"steps\": [\n{}\n  ],\n  \"expect\": [{{ \"invariant\": {{ \"holds\": [\"{invariant}\"] }} }}]\n}}\n",
        Value::from(format!("Found by fuzzing: {invariant} holds")),
        Value::from(whole.what.join("; ")),
        steps.join(",\n")
    ))
}

struct Writer<'a> {
    provenance: &'a Provenance,
    users: Vec<&'a str>,
}

impl Writer<'_> {
    fn steps(&self, done: &Done) -> Vec<Members> {
        let step = |word, parts: Members| Members::default().with(word, parts);
        match done {
            Done::Took(key) => {
                let parts = Members::default().with("key", format!("{:016x}", key.0));
                vec![step("happen", parts)]
            }
            Done::Probed(Probe::Send { request, times }) => {
                vec![step("send", self.request(request)); usize::from(*times)]
            }
            Done::Probed(Probe::Open { user, url }) => {
                let user = self.users.get(*user).copied().unwrap_or("alice");
                let parts = Members::default()
                    .with("user", user)
                    .with("tab", ODD_TAB)
                    .with("url", self.named(url.as_str()));
                vec![step("open", parts)]
            }
        }
    }

    fn request(&self, request: &Request) -> Members {
        let mut parts = Members::default()
            .with("method", request.method.as_str())
            .with("url", self.named(&location::text(&request.url)));
        for header in &request.headers.0 {
            if let Header::Authorization(value) = header {
                let value = self.named(value.as_str());
                parts.put("headers", Members::default().with("authorization", value));
            }
        }
        if let Body::Form(encoded) = &request.body {
            parts.put("form", self.fields(encoded));
        }
        parts
    }

    /// Names and values in their order: a probe has no name twice.
    fn fields(&self, encoded: &Encoded) -> Ordered {
        let mut parts = Members::default();
        if let Ok(fields) = form::pairs(encoded) {
            for (name, value) in &fields.0 {
                parts.put(name.as_str(), self.named(value.as_str()));
            }
        }
        parts.into()
    }

    /// A text with every fresh value as `${…}`.
    fn named(&self, text: &str) -> String {
        let mut named = text.replace("${", "$${");
        for minted in self.provenance.minted() {
            if MINTED.contains(&minted.kind) && named.contains(minted.text.as_str()) {
                let label = format!("${{{}}}", self.provenance.label_of(minted));
                named = named.replace(minted.text.as_str(), &label);
            }
        }
        named
    }
}
