//! The network: what can happen to what is on its way.

use std::sync::Arc;

use grantlab_core::canonical::{Canonical, Encoder};
use grantlab_core::http::Request;
use grantlab_core::machine::{ExchangeId, Failure};
use grantlab_core::message::store::StoreRequest;
use grantlab_core::text::Text;
use grantlab_core::time::Span;
use grantlab_core::wire;

use super::flight::{Flight, FlightId, MessageKind};
use super::node::Told;
use super::{Mode, STEPS_MAX, World};
use crate::party::{PartyId, Role};
use crate::provenance::{FlowId, Path, Provenance};
use crate::trace::{EntryId, Payload, What};

/// A request whose answer is awaited.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    pub(super) number: u64,
    pub(super) from: PartyId,
    pub(super) to: PartyId,
    pub(super) kind: MessageKind,
    pub(super) flow: FlowId,
    /// How many copies of the request will be answered.
    pub(super) copies: u16,
}

/// Everything between the parties.
#[derive(Clone, Debug)]
pub(super) struct Network {
    pub(super) flights: Vec<Flight>,
    pub(super) connections: Vec<Connection>,
    /// The browser tabs whose messages are held back: user and flow.
    held: Vec<FlowId>,
    /// Which server the next login starts with, whatever its user said.
    pub(super) rewrite: Option<Text>,
    /// The tabs whose authorization responses will be held back.
    pub(super) slow: Vec<FlowId>,
    /// Which node of each authorization server gets the next back-channel request.
    pub(super) rotors: Vec<u16>,
}

impl Network {
    pub(super) fn new(servers: usize) -> Self {
        Self {
            flights: Vec::new(),
            connections: Vec::new(),
            held: Vec::new(),
            slow: Vec::new(),
            rewrite: None,
            rotors: vec![0; servers],
        }
    }

    pub(super) fn flights(&self) -> &[Flight] {
        &self.flights
    }

    pub(super) fn hold(&mut self, flow: FlowId) {
        if !self.held.contains(&flow) {
            self.held.push(flow);
        }
    }

    pub(super) fn release(&mut self, flow: FlowId) {
        self.held.retain(|held| *held != flow);
    }

    fn is_behind_another(&self, flight: &Flight) -> bool {
        let earlier = self
            .flights
            .iter()
            .take_while(|other| other.id != flight.id);
        flight.is_replication() && earlier.into_iter().any(|other| flight.must_follow(other))
    }

    fn position(&self, id: FlightId) -> Option<usize> {
        self.flights.iter().position(|flight| flight.id == id)
    }
}

impl Network {
    /// What decides what can arrive. Flows stand for themselves by name: their numbers say in which order they began.
    pub(super) fn encode(&self, flows: &Provenance, out: &mut Encoder) {
        let mut flights: Vec<&Flight> = self.flights.iter().collect();
        flights.sort_by_key(|flight| flight.id);
        flights.as_slice().encode(out);
        let writes = self.flights.iter().filter(|flight| flight.is_replication());
        for write in writes {
            write.id.0.encode(out);
        }
        let mut open: Vec<(u64, u16, &str)> = self
            .connections
            .iter()
            .map(|open| (open.number, open.copies, flows.flow_name(open.flow)))
            .collect();
        open.sort_unstable();
        out.length(open.len());
        for (number, copies, flow) in open {
            number.encode(out);
            copies.encode(out);
            flow.encode(out);
        }
        for names in [&self.held, &self.slow] {
            out.length(names.len());
            for flow in names {
                flows.flow_name(*flow).encode(out);
            }
        }
        self.rotors.encode(out);
    }
}

/// Where an input comes from: its cause, its path and its flow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origination {
    pub(super) cause: EntryId,
    pub(super) path: Path,
    pub(super) flow: FlowId,
}

impl World {
    /// What can be delivered now, in the order in which it was sent.
    pub fn deliverable(&self) -> impl Iterator<Item = &Flight> {
        let held = &self.network.held;
        self.network
            .flights
            .iter()
            .filter(move |flight| flight.due <= self.now && !held.contains(&flight.flow))
            .filter(|flight| !self.network.is_behind_another(flight))
    }

    fn next_deliverable(&self) -> Option<FlightId> {
        self.deliverable().next().map(|flight| flight.id)
    }

    /// Delivers one thing; nothing happens when it is not there any more.
    pub fn deliver(&mut self, id: FlightId) {
        let Some(place) = self.network.position(id) else {
            return;
        };
        let flight = self.network.flights.remove(place);
        self.steps = self.steps.saturating_add(1);
        if self.is_swallowed(&flight) {
            self.network.flights.push(flight);
            return self.lose(id);
        }
        self.arrive(flight);
    }

    /// Holds a tab's messages back as soon as its authorization response is on its way.
    pub(crate) fn slow_down(&mut self, flow: FlowId) {
        self.network.slow.push(flow);
    }

    pub(super) fn hold_back(&mut self, kind: MessageKind, payload: &Payload, flow: FlowId) {
        let is_response = kind == MessageKind::Callback && matches!(payload, Payload::Request(_));
        if is_response && self.network.slow.contains(&flow) {
            self.network.slow.retain(|slow| *slow != flow);
            self.network.hold(flow);
        }
    }

    /// Delivers until nothing more can be delivered at this moment.
    pub fn settle(&mut self) {
        while let Some(id) = self.next_deliverable() {
            if self.steps >= STEPS_MAX {
                let tester = self.tester();
                self.record(
                    tester,
                    0,
                    None,
                    What::BoundReached(Text::new("steps of a run")),
                );
                self.network.flights.clear();
                return;
            }
            self.deliver(id);
        }
    }

    /// Loses one thing. A browser notices that its connection broke; others wait in vain.
    pub fn lose(&mut self, id: FlightId) {
        let Some(place) = self.network.position(id) else {
            return;
        };
        let flight = self.network.flights.remove(place);
        let cause = self.record(
            flight.from,
            flight.flow,
            Some(flight.sent),
            What::Lost { sent: flight.sent },
        );
        let waiting = if flight.is_answer() {
            flight.to
        } else {
            flight.from
        };
        let is_browser = self
            .nodes
            .get(usize::from(waiting.0))
            .is_some_and(|node| node.party.role() == Role::UserAgent);
        if is_browser {
            let why = Origination {
                cause,
                path: flight.path,
                flow: flight.flow,
            };
            self.fail(
                waiting,
                flight.number,
                flight.kind,
                Failure::ConnectionLost,
                why,
            );
        }
    }

    /// Lets one request arrive twice.
    pub fn duplicate(&mut self, id: FlightId) {
        let Some(place) = self.network.position(id) else {
            return;
        };
        let Some(flight) = self.network.flights.get(place).cloned() else {
            return;
        };
        self.record(
            flight.from,
            flight.flow,
            Some(flight.sent),
            What::Duplicated { sent: flight.sent },
        );
        if let Some(open) = self
            .network
            .connections
            .iter_mut()
            .find(|open| open.number == flight.number)
        {
            open.copies = open.copies.saturating_add(1);
        }
        let path = flight.path.child(flight.to, 1);
        let copy = Flight {
            id: FlightId::of(path),
            path,
            ..flight
        };
        self.network.flights.insert(place + 1, copy);
    }

    /// Lets one thing arrive later.
    pub fn delay(&mut self, id: FlightId, by: Span) {
        let Some(place) = self.network.position(id) else {
            return;
        };
        let now = self.now;
        let Some(flight) = self.network.flights.get_mut(place) else {
            return;
        };
        flight.due = now.after(by);
        let (from, flow, sent) = (flight.from, flight.flow, flight.sent);
        self.record(from, flow, Some(sent), What::Delayed { sent, by });
    }

    /// Sends a request that the scenario itself made up.
    pub fn send(&mut self, request: Request) {
        let tester = self.tester();
        let flow = self.trace.provenance_mut().flow("tester");
        let words = Text::from(format!(
            "sends {} {}",
            request.method.as_str(),
            request.url.endpoint()
        ));
        let nth = self.steps;
        self.steps = self.steps.saturating_add(1);
        let cause = self.record(tester, flow, None, What::Acted(words));
        let path = Path::root(&request).child(tester, nth);
        let why = Origination { cause, path, flow };
        self.dispatch(
            tester,
            ExchangeId(FlightId::of(path).0),
            Arc::new(request),
            why,
        );
    }

    /// The party that stands for the scenario.
    #[must_use]
    pub fn tester(&self) -> PartyId {
        PartyId(u16::try_from(self.nodes.len().saturating_sub(1)).unwrap_or(u16::MAX))
    }

    /// Breaks every connection to a party that has stopped, and forgets what it was waiting for.
    pub(super) fn disconnect(&mut self, party: PartyId, cause: EntryId) {
        let (broken, open) = self
            .network
            .connections
            .drain(..)
            .partition(|open: &Connection| open.to == party);
        self.network.connections = open;
        self.network.connections.retain(|open| open.from != party);
        self.network.flights.retain(|flight| flight.to != party);
        let broken: Vec<Connection> = broken;
        for connection in broken {
            let path = Path(u128::from(connection.number)).child(party, 0);
            let why = Origination {
                cause,
                path,
                flow: connection.flow,
            };
            self.fail(
                connection.from,
                connection.number,
                connection.kind,
                Failure::ConnectionLost,
                why,
            );
        }
    }

    fn arrive(&mut self, flight: Flight) {
        let up = self
            .nodes
            .get(usize::from(flight.to.0))
            .is_some_and(|node| node.up);
        if !up {
            let cause = self.record(
                flight.to,
                flight.flow,
                Some(flight.sent),
                What::Lost { sent: flight.sent },
            );
            if !flight.is_answer() {
                let why = Origination {
                    cause,
                    path: flight.path,
                    flow: flight.flow,
                };
                self.fail(
                    flight.from,
                    flight.number,
                    flight.kind,
                    Failure::Unreachable,
                    why,
                );
            }
            return;
        }
        if flight.is_answer() {
            self.close(flight.number);
        }
        let payload = self.carried(&flight);
        let cause = self.record(
            flight.to,
            flight.flow,
            Some(flight.sent),
            What::Arrived { sent: flight.sent },
        );
        let payload = self.perceived(&flight, payload, cause);
        let why = Origination {
            cause,
            path: flight.path,
            flow: flight.flow,
        };
        match payload {
            Payload::StoreRequest(request) => self.ask(&flight, request, why),
            Payload::Request(_)
            | Payload::Response(_)
            | Payload::Failure(_)
            | Payload::StoreReply(_) => {
                let number = flight.number;
                self.tell(flight.to, Told::Payload { number, payload }, why);
            }
        }
    }

    /// A store is asked for something, by a node or by another copy of it.
    fn ask(&mut self, flight: &Flight, request: Arc<StoreRequest>, why: Origination) {
        if flight.is_replication() {
            return self.copy_down(flight.to, request, why);
        }
        let before = self.copy_at(flight.to);
        let (number, payload) = (flight.number, Payload::StoreRequest(request.clone()));
        self.tell(flight.to, Told::Payload { number, payload }, why);
        if let Some(before) = before {
            self.replicate(flight.to, &before, &request, why);
        }
    }

    /// The payload as the receiver gets it: in wire mode, written as octets and read back.
    fn carried(&mut self, flight: &Flight) -> Payload {
        let payload = flight.payload.clone();
        if self.mode == Mode::Message {
            return payload;
        }
        let read = match &payload {
            Payload::Request(request) => wire::http::read_request(
                &request.url.origin.scheme,
                &wire::http::write_request(request),
            )
            .map(|read| Payload::Request(Arc::new(read)))
            .ok(),
            Payload::Response(response) => {
                wire::http::read_response(&wire::http::write_response(response))
                    .map(|read| Payload::Response(Arc::new(read)))
                    .ok()
            }
            Payload::Failure(_) | Payload::StoreRequest(_) | Payload::StoreReply(_) => {
                return payload;
            }
        };
        if read.as_ref() != Some(&payload) {
            self.record(
                flight.to,
                flight.flow,
                Some(flight.sent),
                What::WireDiffers { sent: flight.sent },
            );
        }
        read.unwrap_or(payload)
    }
}
