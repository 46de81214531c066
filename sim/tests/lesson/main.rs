//! What a lesson promises: every claim comes from the run, in three languages, and other tools can read it.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod exports;
mod frames;
mod runs;
mod texts;

use grantlab_sim::lesson::model::Lesson;
use grantlab_sim::lesson::plan::{self, Plan, Ready};
use grantlab_sim::lesson::texts::Phrase;
use grantlab_sim::lesson::{Given, lesson};
use grantlab_sim::profile::Profiles;
use grantlab_sim::scenario::{Scenario, shelf};

/// A run of a scenario on the shelf.
pub(crate) fn given(name: &str, id: &str, label: Phrase) -> Given {
    let source = shelf::find(name).unwrap_or_else(|| panic!("{name} is not on the shelf"));
    let scenario = Scenario::read(source, &Profiles::built_in()).unwrap();
    Given::of(&scenario, None, name, id, label)
}

/// The runs of a ready lesson.
pub(crate) fn runs_of(ready: &Ready) -> Vec<Given> {
    let runs = ready.runs().into_iter();
    runs.map(|(id, name)| given(name, &id, ready.label(&id)))
        .collect()
}

/// A ready lesson.
pub(crate) fn ready(id: &str) -> Lesson {
    let ready = plan::ready().iter().find(|ready| ready.id == id).unwrap();
    lesson(&ready.plan(), &runs_of(ready))
}

/// The lesson of one scenario.
pub(crate) fn plain(name: &str) -> Lesson {
    let runs = [given(name, "run", Phrase::Literal(name.to_owned()))];
    let title = Phrase::Literal(name.to_owned());
    let choices = [("run".to_owned(), title.clone())];
    lesson(&Plan::of_scenarios(name, title, None, &choices), &runs)
}

/// Some scenarios of every kind: enough to meet every kind of step, few enough to be quick.
pub(crate) const SAMPLE: &[&str] = &[
    "flows/login",
    "flows/aidbox-code-id-token",
    "flows/pushed-request",
    "flows/response-mode-web-message",
    "faults/lost-token-response",
    "faults/race-of-two-nodes",
    "faults/duplicated-token-request",
    "lessons/mix-up",
    "lessons/open-redirect",
    "refusals/code-replayed",
    "switches/ua-samesite-default",
];
