//! A world: parties, the network between them, and a clock. It lists what may happen next and takes one step.

mod action;
mod carrier;
mod cast;
mod clock;
mod flight;
mod hostile;
mod network;
mod node;
mod replication;
mod seat;
mod user;

pub use action::Action;
pub use flight::{Flight, FlightId, MessageKind};
pub use node::{Node, Party};
pub use seat::Seat;
pub use user::{Intent, UserState};

use std::sync::Arc;

use grantlab_core::canonical::{Canonical, Encoder};
use grantlab_core::client::Client;
use grantlab_core::machine::Output;
use grantlab_core::resource_server::ResourceServer;
use grantlab_core::text::Text;
use grantlab_core::time::Timestamp;
use grantlab_core::user_agent::UserAgent;

use crate::attacker::Attacker;
use crate::party::{PartyId, Role};
use crate::seed::Seed;
use crate::setup::Setup;
use crate::trace::{Entry, EntryId, START, Trace, What};
use network::Network;

/// How messages travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As values.
    Message,
    /// As the octets of HTTP/1.1, written and read at every hop.
    Wire,
}

/// Steps of one run at the most: a scenario has hundreds, a run that needs more goes in circles.
pub const STEPS_MAX: u32 = 100_000;

/// Parties, network and clock. A copy is an independent world with the same past.
#[derive(Clone, Debug)]
pub struct World {
    setup: Arc<Setup>,
    seed: Seed,
    mode: Mode,
    now: Timestamp,
    nodes: Vec<Seat>,
    users: Arc<Vec<UserState>>,
    network: Network,
    steps: u32,
    trace: Trace,
    outputs: Vec<Output>,
}

impl World {
    /// The world of `setup` before anything has happened.
    #[must_use]
    pub fn new(setup: Arc<Setup>, seed: Seed, mode: Mode) -> Self {
        let (nodes, users) = populate(&setup);
        let cast = cast::cast(&setup, &nodes);
        let network = Network::new(setup.servers.len());
        Self {
            setup,
            seed,
            mode,
            now: START,
            nodes: nodes.into_iter().map(Seat::new).collect(),
            users: users.into(),
            network,
            steps: 0,
            trace: Trace::new(cast),
            outputs: Vec::new(),
        }
    }

    /// What the world is made of.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The time.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Everything that happened.
    #[must_use]
    pub const fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Everything that happened, and the end of this world.
    #[must_use]
    pub fn into_trace(self) -> Trace {
        self.trace
    }

    /// The parties, by their numbers.
    #[must_use]
    pub fn nodes(&self) -> &[Seat] {
        &self.nodes
    }

    /// The party called `name`; of an authorization server with several nodes, the first.
    #[must_use]
    pub fn party(&self, name: &str) -> Option<PartyId> {
        let first = format!("{name}/1");
        let place = self
            .nodes
            .iter()
            .position(|node| node.name == name || node.name == first.as_str())?;
        u16::try_from(place).ok().map(PartyId)
    }

    /// The users, in the order of the setup.
    #[must_use]
    pub fn users(&self) -> &[UserState] {
        &self.users
    }

    /// What is on its way.
    #[must_use]
    pub fn flights(&self) -> &[Flight] {
        self.network.flights()
    }

    /// A hash of everything that decides what can happen from here on. The past does not count.
    #[must_use]
    pub fn fingerprint(&self) -> u128 {
        seat::fingerprint_of(self)
    }

    /// The parties that something happened to since `before`, a copy of this world as it was.
    pub(crate) fn reached_since(&self, before: &Self) -> Vec<PartyId> {
        let seats = self.nodes.iter().zip(&before.nodes);
        let places = (0_u16..).map(PartyId).zip(seats);
        places
            .filter(|(_, (now, then))| !now.is_shared_with(then))
            .map(|(party, _)| party)
            .collect()
    }

    /// What decides what happens to some parties, as long as nothing of it reaches others.
    pub(crate) fn encode_around(&self, parties: &[PartyId], out: &mut Encoder) {
        self.now.encode(out);
        for party in parties {
            party.0.encode(out);
            let seat = self.nodes.get(usize::from(party.0));
            seat.map(Seat::print).encode(out);
        }
        self.encode_surroundings(out);
    }

    /// Users and network.
    fn encode_surroundings(&self, out: &mut Encoder) {
        let flows = self.trace.provenance();
        for user in self.users.iter() {
            user.encode(flows, out);
        }
        self.network.encode(flows, out);
    }

    fn record(&mut self, party: PartyId, flow: u16, cause: Option<EntryId>, what: What) -> EntryId {
        self.trace.push(Entry {
            at: self.now,
            party,
            flow,
            cause,
            what,
        })
    }
}

/// Parties and messages stand for themselves by their own fingerprints, which copies of a world share.
impl Canonical for World {
    fn encode(&self, out: &mut Encoder) {
        self.now.encode(out);
        for seat in &self.nodes {
            seat.print().encode(out);
        }
        self.encode_surroundings(out);
    }
}

/// Puts the parties in their places: browsers, clients, servers with their stores, resource servers, tester.
fn populate(setup: &Setup) -> (Vec<Node>, Vec<UserState>) {
    let mut nodes = Vec::new();
    let mut users = Vec::new();
    for user in &setup.users {
        users.push(UserState::new(PartyId(place(&nodes))));
        nodes.push(Node::new(
            user.name.clone(),
            Party::UserAgent(UserAgent::new(user.user_agent)),
            0,
        ));
    }
    for client in &setup.clients {
        let machine = Party::Client(Client::new(client.configuration.clone()));
        nodes.push(Node::at(
            client.name.clone(),
            machine,
            client.clock_skew_ms,
            &client.configuration.origin,
        ));
    }
    for (group, server) in setup.servers.iter().enumerate() {
        replication::put_server(server, group, &mut nodes);
    }
    for resource in &setup.resources {
        let machine = Party::ResourceServer(ResourceServer::new(resource.configuration.clone()));
        nodes.push(Node::at(
            resource.name.clone(),
            machine,
            resource.clock_skew_ms,
            &resource.configuration.origin,
        ));
    }
    if let Some(attacker) = &setup.attacker {
        let machine = Box::new(Attacker::new(attacker.clone()));
        nodes.push(Node::new(
            Text::new(Role::Attacker.as_str()),
            Party::Attacker(machine),
            0,
        ));
    }
    nodes.push(Node::new(
        Text::new(Role::Tester.as_str()),
        Party::Tester,
        0,
    ));
    (nodes, users)
}

fn place(nodes: &[Node]) -> u16 {
    u16::try_from(nodes.len()).unwrap_or(u16::MAX)
}
