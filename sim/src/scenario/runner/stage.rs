//! The world of a running scenario, the names of its messages, and the faults that wait for theirs.

use std::collections::BTreeMap;

use grantlab_core::time::{Span, Timestamp};

use super::Played;
use crate::choices::Key;
use crate::document::Step as At;
use crate::hunt::Position;
use crate::input_error::InputError;
use crate::party::PartyId;
use crate::provenance::FlowId;
use crate::scenario::Scenario;
use crate::scenario::file::Granularity;
use crate::scenario::names::MessageName;
use crate::trace::{EntryId, Payload};
use crate::walk::step_by_key;
use crate::world::{Flight, FlightId, Mode, STEPS_MAX, World};

/// What every message of a run is in the flow, by the entry that says that it was sent.
pub(in crate::scenario) type Messages = BTreeMap<EntryId, &'static str>;

/// A fault that waits for its message.
#[derive(Clone, Debug)]
pub(super) struct Armed {
    /// The step that asked for it.
    pub(super) step: usize,
    /// The message.
    pub(super) message: MessageName,
    /// What happens then.
    pub(super) fault: Fault,
}

/// What happens to a message, or on its account.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    Lose,
    Duplicate,
    Delay(Span),
    Crash(PartyId),
}

/// The world of a running scenario.
pub(super) struct Stage<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) position: Position,
    pub(super) armed: Vec<Armed>,
    messages: Messages,
    deliveries: u32,
}

/// Why a step could not be taken, in words.
pub(super) type Hitch = String;

impl<'a> Stage<'a> {
    /// Plays a scenario to its end, or to the first step that cannot be taken.
    pub(super) fn play(scenario: &'a Scenario, mode: Mode) -> Played {
        let world = World::new(scenario.setup.clone(), scenario.file.seed.0, mode);
        let mut stage = Self {
            scenario,
            position: Position::new(world),
            armed: Vec::new(),
            messages: Messages::new(),
            deliveries: 0,
        };
        let failures = match stage.steps() {
            Ok(()) => stage.never_happened(),
            Err(failure) => vec![failure],
        };
        Played {
            world: stage.position.world,
            messages: stage.messages,
            failures,
        }
    }

    fn steps(&mut self) -> Result<(), InputError> {
        for (index, step) in self.scenario.file.steps.iter().enumerate() {
            let path = [At::from("steps"), At::from(index), At::from(step.word())];
            self.take(index, step)
                .map_err(|hitch| self.scenario.document.mistake_in_name(&path, hitch))?;
            self.notice();
            if self.scenario.file.granularity == Granularity::Action {
                self.settle(None, None);
            }
        }
        for key in &self.scenario.file.keys {
            step_by_key(&mut self.position.world, Key(key.0));
            self.notice();
        }
        self.settle(None, None);
        Ok(())
    }

    /// The faults whose message was never sent.
    fn never_happened(&self) -> Vec<InputError> {
        let failures = self.armed.iter().map(|armed| {
            let word = self
                .scenario
                .file
                .steps
                .get(armed.step)
                .map_or("", |step| step.word());
            let path = [At::from("steps"), At::from(armed.step), At::from(word)];
            let problem = format!("no {} was ever on its way", armed.message.as_str());
            self.scenario.document.mistake_in_name(&path, problem)
        });
        failures.collect()
    }

    /// Notes the names of messages that were just sent, and lets the faults happen that waited for them.
    pub(super) fn notice(&mut self) {
        for flight in self.position.world.flights() {
            self.messages
                .entry(flight.sent())
                .or_insert_with(|| flight.words());
        }
        while let Some((place, flight)) = self.due_fault() {
            let armed = self.armed.remove(place);
            match armed.fault {
                Fault::Lose => self.position.world.lose(flight),
                Fault::Duplicate => self.position.world.duplicate(flight),
                Fault::Delay(by) => self.position.world.delay(flight, by),
                Fault::Crash(party) => self.position.world.crash(party),
            }
        }
    }

    fn due_fault(&self) -> Option<(usize, FlightId)> {
        self.armed.iter().enumerate().find_map(|(place, armed)| {
            let flight = self.on_its_way(armed.message)?;
            Some((place, flight))
        })
    }

    /// The oldest message of a name that is on its way.
    pub(super) fn on_its_way(&self, name: MessageName) -> Option<FlightId> {
        let mut flights = self.position.world.flights().iter();
        flights
            .find(|flight| is_called(flight, name))
            .map(|flight| flight.id)
    }

    /// Delivers what can be delivered, in the order in which it was sent: everything, or what belongs to one
    /// flow; to the end, or until a message of a name is on its way. Says whether one is.
    pub(super) fn settle(&mut self, until: Option<MessageName>, flow: Option<FlowId>) -> bool {
        loop {
            self.notice();
            if until.is_some_and(|name| self.on_its_way(name).is_some()) {
                return true;
            }
            let mut deliverable = self.position.world.deliverable();
            let next = deliverable.find(|flight| flow.is_none_or(|flow| flight.flow == flow));
            let Some(next) = next.map(|flight| flight.id) else {
                return false;
            };
            drop(deliverable);
            self.deliver(next);
            if self.deliveries >= STEPS_MAX {
                return false;
            }
        }
    }

    /// Delivers one message.
    pub(super) fn deliver(&mut self, flight: FlightId) {
        self.deliveries = self.deliveries.saturating_add(1);
        self.position.world.deliver(flight);
        self.notice();
    }

    /// Lets time pass; what becomes due on the way happens in its moment.
    pub(super) fn advance(&mut self, span: Span) {
        let target = self.position.world.now().after(span);
        let due = |world: &World| -> Option<Timestamp> {
            world.next_moment().filter(|moment| *moment <= target)
        };
        self.settle(None, None);
        while due(&self.position.world).is_some() {
            self.position.world.advance_to_next_moment();
            self.settle(None, None);
        }
        self.position
            .world
            .advance(target.since(self.position.world.now()));
    }

    /// The last request of a name that was sent, by its entry.
    pub(super) fn last_sent(&self, name: MessageName) -> Option<EntryId> {
        let mut sent = self.messages.iter().rev();
        sent.find(|(_, words)| **words == name.as_str())
            .map(|(entry, _)| *entry)
    }
}

/// Whether a message is called so: by its place in the flow, or by its operation on the store.
fn is_called(flight: &Flight, name: MessageName) -> bool {
    flight.words() == name.as_str()
        || matches!(&flight.payload, Payload::StoreRequest(request) if request.name() == name.as_str())
}
