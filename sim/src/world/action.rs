//! What may happen next.

use std::fmt;

use grantlab_core::canonical::{Canonical, Encoder};
use grantlab_core::text::Text;
use grantlab_core::time::Span;

use super::flight::{Flight, FlightId};
use super::user::login_form;
use super::{Intent, World};
use crate::choices::Key;
use crate::party::{PartyId, Role};

/// A move that the world may make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A user does something at his browser.
    User {
        /// Who.
        user: usize,
        /// In which tab.
        tab: Text,
        /// What.
        intent: Intent,
    },
    /// Something arrives.
    Deliver(FlightId),
    /// Time passes until the next deadline or delayed message.
    Wait,
    /// Something gets lost.
    Lose(FlightId),
    /// A request will arrive twice.
    Duplicate(FlightId),
    /// Something arrives later.
    Delay(FlightId, Span),
    /// A party stops.
    Crash(PartyId),
    /// A stopped party starts again.
    Restart(PartyId),
}

/// How late a delayed message is: later than a client waits, so that its answer is a late one.
pub(super) const DELAY: Span = Span(45_000);

impl Action {
    /// Whether it is a fault of the environment.
    #[must_use]
    pub const fn is_fault(&self) -> bool {
        match self {
            Self::User { .. } | Self::Deliver(_) | Self::Wait | Self::Restart(_) => false,
            Self::Lose(_) | Self::Duplicate(_) | Self::Delay(..) | Self::Crash(_) => true,
        }
    }
}

impl Canonical for Action {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::User { user, tab, intent } => {
                out.tag(0);
                out.length(*user);
                tab.encode(out);
                intent.encode(out);
            }
            Self::Deliver(flight) => {
                out.tag(1);
                flight.0.encode(out);
            }
            Self::Wait => out.tag(2),
            Self::Lose(flight) => {
                out.tag(3);
                flight.0.encode(out);
            }
            Self::Duplicate(flight) => {
                out.tag(4);
                flight.0.encode(out);
            }
            Self::Delay(flight, by) => {
                out.tag(5);
                flight.0.encode(out);
                by.encode(out);
            }
            Self::Crash(party) => {
                out.tag(6);
                party.encode(out);
            }
            Self::Restart(party) => {
                out.tag(7);
                party.encode(out);
            }
        }
    }
}

impl Canonical for Intent {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Visit { client } => {
                out.tag(0);
                out.length(*client);
            }
            Self::Login { right, button } => {
                out.tag(1);
                right.encode(out);
                button.encode(out);
            }
            Self::Press { button } => {
                out.tag(2);
                button.encode(out);
            }
        }
    }
}

impl fmt::Display for Intent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Visit { client } => write!(formatter, "visit client {client}"),
            Self::Login { right: true, .. } => formatter.write_str("log in"),
            Self::Login { right: false, .. } => formatter.write_str("mistype the password"),
            Self::Press { button } => write!(formatter, "press {}={}", button.0, button.1),
        }
    }
}

/// Copies of a store keep telling each other until they are heard: they are late, and that is all.
fn faults_of(flight: &Flight) -> Vec<Action> {
    if flight.is_replication() {
        return Vec::new();
    }
    let mut actions = vec![Action::Lose(flight.id)];
    if !flight.is_answer() {
        actions.push(Action::Duplicate(flight.id));
    }
    actions.push(Action::Delay(flight.id, DELAY));
    actions
}

impl World {
    /// The moves of honest parties on an honest network, the boring one first: deliver what was sent first, then
    /// let users go on with what they see, then let time pass.
    #[must_use]
    pub fn honest_actions(&self) -> Vec<Action> {
        let mut actions: Vec<Action> = self
            .deliverable()
            .map(|flight| Action::Deliver(flight.id))
            .collect();
        let down = (0_u16..)
            .zip(&self.nodes)
            .filter(|(_, node)| !node.up)
            .map(|(place, _)| PartyId(place));
        actions.extend(down.map(Action::Restart));
        for user in 0..self.users.len() {
            self.user_actions(user, &mut actions);
        }
        if self.next_moment().is_some() {
            actions.push(Action::Wait);
        }
        actions
    }

    /// What happens by itself: deliveries, new starts, users who answer what they are asked, and time.
    #[must_use]
    pub fn progress(&self) -> Vec<Action> {
        let mut actions: Vec<Action> = self
            .deliverable()
            .map(|flight| Action::Deliver(flight.id))
            .collect();
        let down = (0_u16..).zip(&self.nodes).filter(|(_, node)| !node.up);
        actions.extend(down.map(|(place, _)| Action::Restart(PartyId(place))));
        for user in 0..self.users.len() {
            let Some(machine) = self.browser_of(user) else {
                continue;
            };
            for tab in machine.tabs().filter(|tab| !machine.is_waiting(tab)) {
                if let Some(intent) = machine.page(tab).and_then(crate::walk::asked) {
                    actions.push(Action::User {
                        user,
                        tab: tab.clone(),
                        intent,
                    });
                }
            }
        }
        if self.next_moment().is_some() {
            actions.push(Action::Wait);
        }
        actions
    }

    /// What can go wrong now.
    #[must_use]
    pub fn faults(&self) -> Vec<Action> {
        let mut actions: Vec<Action> = self.deliverable().flat_map(faults_of).collect();
        let places = 0..u16::try_from(self.nodes.len()).unwrap_or(u16::MAX);
        actions.extend(places.filter_map(|place| self.crash_of(PartyId(place))));
        actions
    }

    /// What can go wrong with something that arrives: it fares badly, or the party that it concerns stops before.
    #[must_use]
    pub fn faults_with(&self, flight: &Flight) -> Vec<Action> {
        let mut actions = faults_of(flight);
        actions.extend(self.crash_of(flight.to));
        if flight.is_answer() && flight.from != flight.to {
            actions.extend(self.crash_of(flight.from));
        }
        actions
    }

    /// Servers and clients can stop. What stores and browsers know is safe.
    fn crash_of(&self, party: PartyId) -> Option<Action> {
        let node = self.nodes.get(usize::from(party.0))?;
        let loses = matches!(node.party.role(), Role::AuthorizationServer | Role::Client);
        (node.up && loses).then_some(Action::Crash(party))
    }

    /// Takes one step.
    pub fn step(&mut self, action: &Action) {
        match action {
            Action::User { user, tab, intent } => {
                self.act(*user, tab.as_str(), intent);
            }
            Action::Deliver(flight) => self.deliver(*flight),
            Action::Wait => self.advance_to_next_moment(),
            Action::Lose(flight) => self.lose(*flight),
            Action::Duplicate(flight) => self.duplicate(*flight),
            Action::Delay(flight, by) => self.delay(*flight, *by),
            Action::Crash(party) => self.crash(*party),
            Action::Restart(party) => self.restart(*party),
        }
    }

    /// The keys of actions, by their content.
    #[must_use]
    pub fn keys(actions: &[Action]) -> Vec<Key> {
        actions.iter().map(Key::of).collect()
    }

    /// What the pages in a user's tabs offer him. A page that is loading offers nothing.
    fn user_actions(&self, user: usize, actions: &mut Vec<Action>) {
        let Some(state) = self.users.get(user) else {
            return;
        };
        for tab in state.tabs() {
            let busy = state
                .flow(tab.as_str())
                .is_some_and(|flow| self.flights().iter().any(|flight| flight.flow == flow));
            let Some(page) = self.page(user, tab.as_str()).filter(|_| !busy) else {
                continue;
            };
            if let Some(form) = login_form(page) {
                for right in [true, false] {
                    for button in &form.buttons.0 {
                        let intent = Intent::Login {
                            right,
                            button: Some(button.clone()),
                        };
                        actions.push(Action::User {
                            user,
                            tab: tab.clone(),
                            intent,
                        });
                    }
                }
                continue;
            }
            let buttons = page.forms.iter().flat_map(|form| &form.buttons.0);
            actions.extend(buttons.map(|button| Action::User {
                user,
                tab: tab.clone(),
                intent: Intent::Press {
                    button: button.clone(),
                },
            }));
        }
        if state.tabs().next().is_none() {
            let clients = 0..self.setup.clients.len();
            actions.extend(clients.map(|client| Action::User {
                user,
                tab: Text::new("1"),
                intent: Intent::Visit { client },
            }));
        }
    }
}
