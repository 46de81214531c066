//! The network: what is on its way, and what can happen to it.

use std::sync::Arc;

use grantlab_core::canonical::{Canonical, Encoder};
use grantlab_core::http::{Origin, Request, Response, Url};
use grantlab_core::machine::{Context, ExchangeId, Failure, Output, Ticket};
use grantlab_core::message::store::{StoreReply, StoreRequest};
use grantlab_core::text::Text;
use grantlab_core::time::{Span, Timestamp};
use grantlab_core::wire;

use super::node::{Party, Told};
use super::{Mode, STEPS_MAX, World};
use crate::party::{PartyId, Role};
use crate::provenance::{FlowId, Mint, Path};
use crate::trace::{EntryId, Payload, What};

/// Names something on its way. It follows from its causes, so that it is the same in every order of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FlightId(pub u64);

/// What a message is in the flow. Scenarios name messages by these words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MessageKind {
    /// To the authorization endpoint (RFC 6749 §4.1.1).
    Authorization,
    /// To the login or consent form's endpoint.
    OwnerForm,
    /// To the client's redirection endpoint (RFC 6749 §4.1.2).
    Callback,
    /// To the token endpoint (RFC 6749 §4.1.3, §6).
    Token,
    /// To the revocation endpoint (RFC 7009).
    Revocation,
    /// To the introspection endpoint (RFC 7662).
    Introspection,
    /// To the pushed authorization request endpoint (RFC 9126).
    PushedRequest,
    /// To the resource (RFC 6749 §7).
    Resource,
    /// To the grant store.
    Store,
    /// To any other page.
    Page,
}

impl MessageKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Authorization,
        Self::OwnerForm,
        Self::Callback,
        Self::Token,
        Self::Revocation,
        Self::Introspection,
        Self::PushedRequest,
        Self::Resource,
        Self::Store,
        Self::Page,
    ];

    /// The words for a message of this kind, and for the answer to one.
    #[must_use]
    pub const fn words(self, answer: bool) -> &'static str {
        match (self, answer) {
            (Self::Authorization, false) => "authorization request",
            (Self::Authorization, true) => "authorization endpoint answer",
            (Self::OwnerForm, false) => "owner form",
            (Self::OwnerForm, true) => "owner form answer",
            (Self::Callback, false) => "authorization response",
            (Self::Callback, true) => "redirection endpoint answer",
            (Self::Token, false) => "token request",
            (Self::Token, true) => "token response",
            (Self::Revocation, false) => "revocation request",
            (Self::Revocation, true) => "revocation response",
            (Self::Introspection, false) => "introspection request",
            (Self::Introspection, true) => "introspection response",
            (Self::PushedRequest, false) => "pushed authorization request",
            (Self::PushedRequest, true) => "pushed authorization response",
            (Self::Resource, false) => "resource request",
            (Self::Resource, true) => "resource response",
            (Self::Store, false) => "store request",
            (Self::Store, true) => "store reply",
            (Self::Page, false) => "page request",
            (Self::Page, true) => "page",
        }
    }
}

/// Something on its way.
#[derive(Clone, Debug)]
pub struct Flight {
    /// Its name.
    pub id: FlightId,
    /// Who sent it.
    pub from: PartyId,
    /// Who gets it.
    pub to: PartyId,
    /// What it is in the flow.
    pub kind: MessageKind,
    /// In which flow.
    pub flow: FlowId,
    /// Not before this moment.
    pub due: Timestamp,
    /// What.
    pub payload: Arc<Payload>,
    number: u64,
    path: Path,
    sent: EntryId,
}

impl Flight {
    /// Whether it answers something.
    #[must_use]
    pub fn is_answer(&self) -> bool {
        match *self.payload {
            Payload::Request(_) | Payload::StoreRequest(_) => false,
            Payload::Response(_) | Payload::Failure(_) | Payload::StoreReply(_) => true,
        }
    }

    /// The entry of the trace that says that it was sent.
    #[must_use]
    pub const fn sent(&self) -> EntryId {
        self.sent
    }

    /// What it is, in the words of scenarios.
    #[must_use]
    pub fn words(&self) -> &'static str {
        self.kind.words(self.is_answer())
    }
}

impl Canonical for Flight {
    fn encode(&self, out: &mut Encoder) {
        self.id.0.encode(out);
        self.from.encode(out);
        self.to.encode(out);
        self.due.encode(out);
        self.payload.as_ref().encode(out);
    }
}

/// A request whose answer is awaited.
#[derive(Clone, Debug)]
struct Connection {
    number: u64,
    from: PartyId,
    to: PartyId,
    kind: MessageKind,
    flow: FlowId,
    /// How many copies of the request will be answered.
    copies: u16,
}

/// Everything between the parties.
#[derive(Clone, Debug)]
pub(super) struct Network {
    flights: Vec<Flight>,
    connections: Vec<Connection>,
    /// The browser tabs whose messages are held back: user and flow.
    held: Vec<FlowId>,
    /// Which node of each authorization server gets the next back-channel request.
    rotors: Vec<u16>,
}

impl Network {
    pub(super) fn new(servers: usize) -> Self {
        Self {
            flights: Vec::new(),
            connections: Vec::new(),
            held: Vec::new(),
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

    fn position(&self, id: FlightId) -> Option<usize> {
        self.flights.iter().position(|flight| flight.id == id)
    }
}

impl Canonical for Network {
    fn encode(&self, out: &mut Encoder) {
        let mut flights: Vec<&Flight> = self.flights.iter().collect();
        flights.sort_by_key(|flight| flight.id);
        flights.as_slice().encode(out);
        let mut open: Vec<(u64, u16)> = self
            .connections
            .iter()
            .map(|open| (open.number, open.copies))
            .collect();
        open.sort_unstable();
        open.encode(out);
        self.held.encode(out);
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
        self.arrive(flight);
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
            id: flight_id(path),
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
        self.dispatch(tester, ExchangeId(flight_id(path).0), request, path, why);
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
        let why = Origination {
            cause,
            path: flight.path,
            flow: flight.flow,
        };
        self.tell(
            flight.to,
            Told::Payload {
                number: flight.number,
                payload,
            },
            why,
        );
    }

    /// The payload as the receiver gets it: in wire mode, written as octets and read back.
    fn carried(&mut self, flight: &Flight) -> Payload {
        let payload = (*flight.payload).clone();
        if self.mode == Mode::Message {
            return payload;
        }
        let read = match &payload {
            Payload::Request(request) => wire::http::read_request(
                &request.url.origin.scheme,
                &wire::http::write_request(request),
            )
            .map(Payload::Request)
            .ok(),
            Payload::Response(response) => {
                wire::http::read_response(&wire::http::write_response(response))
                    .map(Payload::Response)
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

    /// Hands a party an input and carries out what it wants done.
    pub(super) fn tell(&mut self, party: PartyId, told: Told, why: Origination) {
        let Some(node) = self.nodes.get_mut(usize::from(party.0)) else {
            return;
        };
        let mut outputs = std::mem::take(&mut self.outputs);
        let mut mint = Mint {
            seed: self.seed,
            path: why.path,
            party,
            flow: why.flow,
            entry: why.cause,
            drawn: 0,
            provenance: Some(self.trace.provenance_mut()),
        };
        let now = node.clock(self.now);
        node.tell(
            told,
            &mut Context {
                now,
                entropy: &mut mint,
                outputs: &mut outputs,
            },
        );
        for (nth, output) in outputs.drain(..).enumerate() {
            let path = why.path.child(
                party,
                u32::try_from(nth).unwrap_or(u32::MAX).saturating_add(2),
            );
            self.carry_out(party, output, path, why);
        }
        self.outputs = outputs;
    }

    fn carry_out(&mut self, party: PartyId, output: Output, path: Path, why: Origination) {
        match output {
            Output::Note(event) => {
                self.record(
                    party,
                    why.flow,
                    Some(why.cause),
                    What::Noted(Box::new(event)),
                );
            }
            Output::Send { exchange, request } => {
                self.dispatch(party, exchange, request, path, why)
            }
            Output::Respond { exchange, response } => {
                self.answer(party, exchange, response, path, why)
            }
            Output::Store { ticket, request } => self.ask_store(party, ticket, request, path, why),
            Output::Reply { ticket, reply } => {
                self.answer_as_store(party, ticket, reply, path, why)
            }
        }
    }

    /// Sends a request to whoever listens at its origin.
    fn dispatch(
        &mut self,
        from: PartyId,
        exchange: ExchangeId,
        request: Request,
        path: Path,
        why: Origination,
    ) {
        let Some(to) = self.listener(from, &request.url.origin) else {
            let url = Text::from(request.url.endpoint());
            self.record(from, why.flow, Some(why.cause), What::NobodyThere { url });
            self.fail(
                from,
                exchange.0,
                MessageKind::Page,
                Failure::Unreachable,
                Origination { path, ..why },
            );
            return;
        };
        let kind = self.kind_of(to, &request.url);
        self.network.connections.push(Connection {
            number: exchange.0,
            from,
            to,
            kind,
            flow: why.flow,
            copies: 1,
        });
        self.fly(
            from,
            to,
            exchange.0,
            kind,
            Payload::Request(request),
            Origination { path, ..why },
        );
    }

    fn answer(
        &mut self,
        from: PartyId,
        exchange: ExchangeId,
        response: Response,
        path: Path,
        why: Origination,
    ) {
        let open = self
            .network
            .connections
            .iter()
            .find(|open| open.number == exchange.0 && open.to == from);
        let Some((to, kind)) = open.map(|open| (open.from, open.kind)) else {
            return;
        };
        self.fly(
            from,
            to,
            exchange.0,
            kind,
            Payload::Response(response),
            Origination { path, ..why },
        );
    }

    fn ask_store(
        &mut self,
        from: PartyId,
        ticket: Ticket,
        request: StoreRequest,
        path: Path,
        why: Origination,
    ) {
        let store = self
            .nodes
            .get(usize::from(from.0))
            .and_then(|node| match &node.party {
                Party::AuthorizationServer { store, .. } => Some(*store),
                Party::UserAgent(_)
                | Party::Client(_)
                | Party::GrantStore(_)
                | Party::ResourceServer(_)
                | Party::Tester => None,
            });
        let Some(store) = store else {
            return;
        };
        let kind = MessageKind::Store;
        self.network.connections.push(Connection {
            number: ticket.0,
            from,
            to: store,
            kind,
            flow: why.flow,
            copies: 1,
        });
        self.fly(
            from,
            store,
            ticket.0,
            kind,
            Payload::StoreRequest(request),
            Origination { path, ..why },
        );
    }

    fn answer_as_store(
        &mut self,
        from: PartyId,
        ticket: Ticket,
        reply: StoreReply,
        path: Path,
        why: Origination,
    ) {
        let open = self
            .network
            .connections
            .iter()
            .find(|open| open.number == ticket.0 && open.to == from);
        let Some(to) = open.map(|open| open.from) else {
            return;
        };
        self.fly(
            from,
            to,
            ticket.0,
            MessageKind::Store,
            Payload::StoreReply(reply),
            Origination { path, ..why },
        );
    }

    fn fail(
        &mut self,
        to: PartyId,
        number: u64,
        kind: MessageKind,
        failure: Failure,
        why: Origination,
    ) {
        let path = why.path.child(to, 0);
        self.fly(
            to,
            to,
            number,
            kind,
            Payload::Failure(failure),
            Origination { path, ..why },
        );
    }

    fn fly(
        &mut self,
        from: PartyId,
        to: PartyId,
        number: u64,
        kind: MessageKind,
        payload: Payload,
        why: Origination,
    ) {
        let payload = Arc::new(payload);
        let sent = self.record(
            from,
            why.flow,
            Some(why.cause),
            What::Sent {
                to,
                payload: payload.clone(),
            },
        );
        let (path, flow, due) = (why.path, why.flow, self.now);
        self.network.flights.push(Flight {
            id: flight_id(path),
            from,
            to,
            kind,
            flow,
            due,
            payload,
            number,
            path,
            sent,
        });
    }

    /// An answer has come: the connection is closed once each copy of the request is answered.
    fn close(&mut self, number: u64) {
        if let Some(open) = self
            .network
            .connections
            .iter_mut()
            .find(|open| open.number == number)
        {
            open.copies = open.copies.saturating_sub(1);
        }
        self.network.connections.retain(|open| open.copies > 0);
    }

    /// Who listens at `origin`. Browsers stay with the first node of an authorization server, where their
    /// session is; requests without a browser go to its nodes in turn.
    fn listener(&mut self, from: PartyId, origin: &Origin) -> Option<PartyId> {
        let listening: Vec<u16> = (0_u16..)
            .zip(&self.nodes)
            .filter(|(_, node)| node.origin.as_ref() == Some(origin))
            .map(|(place, _)| place)
            .collect();
        let first = *listening.first()?;
        let sticky = self
            .nodes
            .get(usize::from(from.0))
            .is_some_and(|node| node.party.role() == Role::UserAgent);
        let group = self
            .nodes
            .get(usize::from(first))
            .and_then(|node| match &node.party {
                Party::AuthorizationServer { group, .. } => Some(*group),
                Party::UserAgent(_)
                | Party::Client(_)
                | Party::GrantStore(_)
                | Party::ResourceServer(_)
                | Party::Tester => None,
            });
        let (false, Some(rotor)) = (
            sticky,
            group.and_then(|group| self.network.rotors.get_mut(group)),
        ) else {
            return Some(PartyId(first));
        };
        let count = u16::try_from(listening.len()).unwrap_or(u16::MAX).max(1);
        let chosen = listening
            .get(usize::from(*rotor % count))
            .copied()
            .unwrap_or(first);
        *rotor = (*rotor + 1) % count;
        Some(PartyId(chosen))
    }

    fn kind_of(&self, to: PartyId, url: &Url) -> MessageKind {
        let Some(node) = self.nodes.get(usize::from(to.0)) else {
            return MessageKind::Page;
        };
        let kind = match &node.party {
            Party::AuthorizationServer { group, .. } => {
                self.setup.servers.get(*group).and_then(|server| {
                    let paths = &server.configuration.endpoints;
                    [
                        (&paths.authorization, MessageKind::Authorization),
                        (&paths.login, MessageKind::OwnerForm),
                        (&paths.consent, MessageKind::OwnerForm),
                        (&paths.token, MessageKind::Token),
                        (&paths.revocation, MessageKind::Revocation),
                        (&paths.introspection, MessageKind::Introspection),
                        (&paths.pushed_requests, MessageKind::PushedRequest),
                    ]
                    .into_iter()
                    .find(|(path, _)| **path == url.path)
                    .map(|(_, kind)| kind)
                })
            }
            Party::Client(_) => {
                let client = self
                    .setup
                    .clients
                    .iter()
                    .find(|client| client.name == node.name);
                let endpoint = url.endpoint();
                let is_callback = client.is_some_and(|client| {
                    let mut providers = client.configuration.providers.iter();
                    providers.any(|provider| {
                        provider.redirect_uri.as_str().split('?').next() == Some(endpoint.as_str())
                    })
                });
                is_callback.then_some(MessageKind::Callback)
            }
            Party::ResourceServer(_) => Some(MessageKind::Resource),
            Party::UserAgent(_) | Party::GrantStore(_) | Party::Tester => None,
        };
        kind.unwrap_or(MessageKind::Page)
    }
}

fn flight_id(path: Path) -> FlightId {
    let [low @ .., _, _, _, _, _, _, _, _] = path.0.to_le_bytes();
    FlightId(u64::from_le_bytes(low))
}
