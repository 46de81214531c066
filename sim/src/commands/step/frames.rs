//! A run in frames: each begins with a message, a move of somebody, or a fault, and has what came of it at once.

use grantlab_sim::invariant::{self, Judgement};
use grantlab_sim::trace::{
    Detail, Entry, EntryId, Payload, START, Summary, Trace, What, entry_text, event_parts,
};
use schemars::JsonSchema;
use serde::Serialize;

/// One step of a run.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Frame {
    /// Its number, counted from 1.
    pub(super) step: usize,
    /// When, in milliseconds since the run began.
    pub(super) at_ms: u64,
    /// The entry of the trace that it begins with.
    pub(super) entry: EntryId,
    /// What happened, in a line.
    pub(super) what: String,
    /// The parameters of the message, if it is one.
    pub(super) parameters: Vec<Parameter>,
    /// What came of it at once, in order.
    pub(super) then: Vec<Consequence>,
    /// The properties that were put to the test so far and hold.
    pub(super) holds: Vec<&'static str>,
    /// The properties that are violated by now, and stay so.
    pub(super) violated: Vec<&'static str>,
}

/// What came of a step at once.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Consequence {
    /// A party noted a fact.
    Event(NotedEvent),
    /// A party asked its store for something, or the store answered: who asks whom, and what.
    Store(String),
}

/// A noted fact.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct NotedEvent {
    /// Who noted it.
    pub(super) party: String,
    /// Its name in traces.
    pub(super) name: &'static str,
    /// What it means, in one sentence.
    pub(super) about: &'static str,
    /// Its parts that are there.
    pub(super) parts: Vec<EventPart>,
}

/// A part of a noted fact.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct EventPart {
    /// Its name.
    pub(super) name: &'static str,
    /// Its value; a fresh value is shown by its name.
    pub(super) value: String,
}

/// A parameter of a message.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Parameter {
    /// Its name; one of the query of a redirect begins with `?`.
    pub(super) name: String,
    /// Its value; a fresh value is shown by its name.
    pub(super) value: String,
    /// Where the fresh value in it comes from.
    pub(super) origin: Option<Origin>,
}

/// Where a fresh value comes from.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Origin {
    /// Who minted it.
    pub(super) party: String,
    /// In which step.
    pub(super) step: usize,
}

/// A run in frames.
pub(super) fn frames(trace: &Trace) -> Vec<Frame> {
    let starts = starts(trace);
    let mut so_far = Trace::new(trace.cast().into());
    *so_far.provenance_mut() = trace.provenance().clone();
    let (_, violated_in_the_end) = verdicts(trace);
    let mut frames = Vec::with_capacity(starts.len());
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied();
        let end = end.unwrap_or(trace.entries().len());
        let between = |start: usize| {
            let count = end.saturating_sub(start);
            trace.entries().since(start).take(count)
        };
        for entry in between(so_far.entries().len()) {
            so_far.push(entry.clone());
        }
        let entries: Vec<&Entry> = between(*start).collect();
        if let Some((first, rest)) = entries.split_first() {
            let step = index + 1;
            let entry = EntryId::try_from(*start).unwrap_or(EntryId::MAX);
            let mut frame = frame(&so_far, &starts, step, entry, first, rest);
            // What somebody still waits for is not violated yet.
            frame.violated.retain(|id| violated_in_the_end.contains(id));
            frames.push(frame);
        }
    }
    frames
}

/// The places of the entries that frames begin with.
fn starts(trace: &Trace) -> Vec<usize> {
    let mut starts = Vec::new();
    for (place, entry) in trace.entries().iter().enumerate() {
        let current = starts
            .last()
            .and_then(|start| EntryId::try_from(*start).ok());
        if begins(trace, entry, current) {
            starts.push(place);
        }
    }
    starts
}

/// Whether a frame begins with this entry. What a server asks its store, and what parties note, belongs to the frame
/// before, and so does the arrival of what was sent there.
fn begins(trace: &Trace, entry: &Entry, current: Option<EntryId>) -> bool {
    match &entry.what {
        What::Sent { payload, .. } => is_http(payload),
        What::Arrived { sent } => {
            current != Some(*sent) && trace.payload(*sent).is_some_and(is_http)
        }
        What::Noted(_) => false,
        What::Acted(_)
        | What::Lost { .. }
        | What::Duplicated { .. }
        | What::Delayed { .. }
        | What::TimePassed(_)
        | What::DeadlineCame
        | What::Crashed
        | What::Restarted
        | What::WireDiffers { .. }
        | What::NobodyThere { .. }
        | What::BoundReached(_)
        | What::Intended { .. }
        | What::Learned { .. } => true,
    }
}

const fn is_http(payload: &Payload) -> bool {
    match payload {
        Payload::Request(_) | Payload::Response(_) | Payload::Failure(_) => true,
        Payload::StoreRequest(_) | Payload::StoreReply(_) => false,
    }
}

/// What a frame begins with, in a line.
fn what(trace: &Trace, starts: &[usize], entry: &Entry) -> String {
    let What::Arrived { sent } = entry.what else {
        return entry_text(trace, entry, Detail::Story);
    };
    let payload = trace.payload(sent);
    let head = payload.map(|payload| Summary::of(payload, trace.provenance()).head);
    let (party, head) = (trace.name(entry.party), head.unwrap_or_default());
    let step = step_of(starts, sent);
    format!("{party:<10} < {head} arrives, sent in step {step}")
}

/// The number of the frame that an entry is in.
fn step_of(starts: &[usize], entry: EntryId) -> usize {
    let entry = usize::try_from(entry).unwrap_or(usize::MAX);
    starts.partition_point(|start| *start <= entry)
}

fn frame(
    trace: &Trace,
    starts: &[usize],
    step: usize,
    entry: EntryId,
    first: &Entry,
    rest: &[&Entry],
) -> Frame {
    let then = rest.iter().filter_map(|entry| consequence(trace, entry));
    let (holds, violated) = verdicts(trace);
    Frame {
        step,
        at_ms: first.at.since(START).0,
        entry,
        what: what(trace, starts, first),
        parameters: parameters(trace, starts, first),
        then: then.collect(),
        holds,
        violated,
    }
}

/// What an entry says that no frame begins with; nothing for a message that arrives.
fn consequence(trace: &Trace, entry: &Entry) -> Option<Consequence> {
    if let What::Noted(event) = &entry.what {
        let parts = event_parts(trace, event).into_iter();
        return Some(Consequence::Event(NotedEvent {
            party: trace.name(entry.party).to_owned(),
            name: event.name(),
            about: event.prose().trim(),
            parts: parts
                .map(|(name, value)| EventPart { name, value })
                .collect(),
        }));
    }
    let line = entry_text(trace, entry, Detail::Story);
    (!line.is_empty()).then_some(Consequence::Store(line))
}

fn parameters(trace: &Trace, starts: &[usize], entry: &Entry) -> Vec<Parameter> {
    let What::Sent { payload, .. } = &entry.what else {
        return Vec::new();
    };
    let parts = Summary::of(payload, trace.provenance()).parts.into_iter();
    parts
        .map(|(name, value)| Parameter {
            origin: origin(trace, starts, &value),
            name,
            value,
        })
        .collect()
}

/// Where the first fresh value that `shown` names comes from.
fn origin(trace: &Trace, starts: &[usize], shown: &str) -> Option<Origin> {
    let provenance = trace.provenance();
    let minted = provenance.minted().iter().find(|minted| {
        let label = provenance.label_of(minted);
        let mut places = shown.match_indices(&label);
        places.any(|(place, _)| {
            let before = shown.get(..place).and_then(|text| text.chars().next_back());
            let after = shown
                .get(place + label.len()..)
                .and_then(|text| text.chars().next());
            let is_whole_word =
                !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
            is_whole_word && after != Some('#')
        })
    })?;
    Some(Origin {
        party: trace.name(minted.party).to_owned(),
        step: step_of(starts, minted.entry),
    })
}

fn verdicts(trace: &Trace) -> (Vec<&'static str>, Vec<&'static str>) {
    let (mut holds, mut violated) = (Vec::new(), Vec::new());
    for invariant in invariant::ALL {
        match invariant.judge(trace) {
            Judgement::Holds => holds.push(invariant.id),
            Judgement::Violated(_) => violated.push(invariant.id),
            Judgement::NotExercised => {}
        }
    }
    (holds, violated)
}

#[cfg(test)]
mod tests {
    use super::*;
    use grantlab_sim::input_error::SourceText;
    use grantlab_sim::profile::Profiles;
    use grantlab_sim::scenario::{Scenario, run};

    const LOGIN: &str = r#"{
        "title": "login",
        "steps": [{ "start": {} }, { "login": {} }, { "approve": {} }]
    }"#;

    fn login() -> Trace {
        let source = SourceText::new("login.json", LOGIN);
        run(&Scenario::read(source, &Profiles::built_in()).unwrap()).trace
    }

    #[test]
    fn frames_have_every_entry_once() {
        let trace = login();
        let frames = frames(&trace);
        let shown: usize = frames.iter().map(|frame| 1 + frame.then.len()).sum();
        let texts = trace
            .entries()
            .iter()
            .map(|entry| entry_text(&trace, entry, Detail::Story));
        assert_eq!(texts.filter(|text| !text.is_empty()).count(), shown);
    }

    #[test]
    fn what_arrives_late_begins_a_frame() {
        let text = LOGIN.replace(
            "\"steps\": [",
            "\"steps\": [{ \"duplicate\": { \"message\": \"token request\" } }, ",
        );
        let source = SourceText::new("twice.json", &text);
        let trace = run(&Scenario::read(source, &Profiles::built_in()).unwrap()).trace;
        let frames = frames(&trace);
        let again = frames
            .iter()
            .find(|frame| frame.what.contains("arrives, sent in step"));
        let (_, step) = again.unwrap().what.rsplit_once(' ').unwrap();
        let sent = &frames[step.parse::<usize>().unwrap() - 1];
        assert!(
            sent.what.contains("POST https://as.example/token"),
            "{}",
            sent.what
        );
    }

    #[test]
    fn a_code_comes_from_the_step_in_which_it_was_issued() {
        let trace = login();
        let frames = frames(&trace);
        let parameters = frames.iter().flat_map(|frame| &frame.parameters);
        let code = parameters
            .filter(|parameter| parameter.name == "code")
            .find_map(|parameter| parameter.origin.as_ref())
            .unwrap();
        assert_eq!(code.party, "as");
        let issuing = &frames[code.step - 1];
        assert!(issuing.then.iter().any(|then| matches!(
            then,
            Consequence::Event(event) if event.name == "code_issued"
        )));
    }

    #[test]
    fn verdicts_are_those_of_the_moment() {
        let frames = frames(&login());
        let first = frames.first().unwrap();
        let last = frames.last().unwrap();
        assert!(!first.holds.contains(&"code-single-use"));
        assert!(last.holds.contains(&"code-single-use"));
        assert!(frames.iter().all(|frame| frame.violated.is_empty()));
    }
}
