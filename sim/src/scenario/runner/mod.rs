//! Runs scenarios.
//!
//! [`run`] plays a scenario in the modes that it asks for and says what of its expectations was not met, each at
//! its place in the file. `stage` keeps the world and the names of its messages, `moves` says which step is
//! whose, `browsing` and `operating` carry steps out, `requests` makes the scenario's own requests, `attacking` the moves of
//! an attack.

mod attacking;
mod browsing;
mod moves;
mod operating;
mod requests;
mod stage;

use crate::input_error::InputError;
use crate::trace::Trace;
use crate::world::{Mode, World};

use super::Scenario;
use super::file::TravelMode;
use super::verdict;
use stage::Stage;

/// What came of a scenario.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The run.
    pub trace: Trace,
    /// What was not as the scenario expects it, each at its place; nothing when all is well.
    pub failures: Vec<InputError>,
}

/// One run of a scenario that has come to its end.
pub(super) struct Played {
    /// The world as it is in the end.
    pub(super) world: World,
    /// The names of all messages.
    pub(super) messages: stage::Messages,
    /// Steps that could not be taken.
    pub(super) failures: Vec<InputError>,
}

/// Plays a scenario. Equal scenarios have equal outcomes.
#[must_use]
pub fn run(scenario: &Scenario) -> Outcome {
    match scenario.file.mode {
        TravelMode::Message => judged(scenario, Mode::Message),
        TravelMode::Wire => judged(scenario, Mode::Wire),
        TravelMode::Both => {
            let mut outcome = judged(scenario, Mode::Message);
            let wire = Stage::play(scenario, Mode::Wire).world.into_trace();
            if let Some(entry) = outcome.trace.hash().first_difference(wire.hash()) {
                let problem =
                    format!("message mode and wire mode part at entry {entry} of the trace");
                outcome
                    .failures
                    .push(scenario.document.mistake(&["title".into()], problem));
            }
            outcome
        }
    }
}

fn judged(scenario: &Scenario, mode: Mode) -> Outcome {
    let played = Stage::play(scenario, mode);
    let mut failures = played.failures.clone();
    if failures.is_empty() {
        failures = verdict::judge(scenario, &played);
    }
    Outcome {
        trace: played.world.into_trace(),
        failures,
    }
}
