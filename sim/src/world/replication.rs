//! An authorization server's nodes and stores. With `as.store` at `lagging` each node asks a copy of its own, and what
//! changes one copy is sent to the others: in order, without loss, as late as whoever moves the world likes.

use std::sync::{Arc, OnceLock};

use grantlab_core::authorization_server::AuthorizationServer;
use grantlab_core::grant_store::{self, GrantStore};
use grantlab_core::machine::{Context, Machine as _, Ticket};
use grantlab_core::message::store::StoreRequest;
use grantlab_core::text::Text;

use super::flight::{Flight, FlightId, MessageKind};
use super::network::Origination;
use super::node::{Node, Party};
use super::{World, place};
use crate::party::PartyId;
use crate::provenance::Mint;
use crate::setup::ServerSetup;
use crate::trace::{Payload, What};

/// Puts a server in its places: its stores, then its nodes.
pub(super) fn put_server(server: &ServerSetup, group: usize, nodes: &mut Vec<Node>) {
    let first_store = place(nodes);
    let stores = server.stores();
    for number in 0..stores {
        let machine = Party::GrantStore(GrantStore::new(server.store_records_max));
        let name = numbered(&format!("{}-store", server.name), number, stores);
        nodes.push(Node::new(name, machine, 0));
    }
    for number in 0..server.nodes.max(1) {
        let own_store = u16::from(number.min(stores.saturating_sub(1)));
        let machine = Party::AuthorizationServer {
            machine: AuthorizationServer::new(server.configuration.clone()),
            store: PartyId(first_store.saturating_add(own_store)),
            group,
        };
        let skew = server.clock_skew_ms.get(usize::from(number));
        nodes.push(Node::at(
            numbered(server.name.as_str(), number, server.nodes),
            machine,
            skew.copied().unwrap_or_default(),
            &server.configuration.origin,
        ));
    }
}

/// `as/1`, `as/2`, … where there are several.
fn numbered(name: &str, number: u8, count: u8) -> Text {
    match count {
        0 | 1 => Text::new(name),
        _ => Text::from(format!("{name}/{}", u16::from(number) + 1)),
    }
}

impl World {
    fn store_at(&self, party: PartyId) -> Option<&GrantStore> {
        match &self.nodes.get(usize::from(party.0))?.party {
            Party::GrantStore(store) => Some(store),
            Party::UserAgent(_)
            | Party::Client(_)
            | Party::AuthorizationServer { .. }
            | Party::ResourceServer(_)
            | Party::Attacker(_)
            | Party::Tester => None,
        }
    }

    /// A copy as it is now, if there are other copies.
    pub(super) fn copy_at(&self, party: PartyId) -> Option<GrantStore> {
        let store = self.store_at(party)?;
        self.other_copies(party)
            .next()
            .is_some()
            .then(|| store.clone())
    }

    fn other_copies(&self, store: PartyId) -> impl Iterator<Item = PartyId> {
        let name = |place: PartyId| {
            let node = self.nodes.get(usize::from(place.0));
            node.map_or("", |node| node.name.as_str())
        };
        let server = name(store).split_once('/').map(|(server, _)| server);
        let places = (0_u16..).zip(&self.nodes).map(|(place, _)| PartyId(place));
        places.filter(move |other| {
            let theirs = name(*other).split_once('/').map(|(server, _)| server);
            let is_store = self.store_at(*other).is_some();
            is_store && *other != store && server.is_some() && theirs == server
        })
    }

    /// Tells the other copies what was asked of one, if that has changed it.
    pub(super) fn replicate(
        &mut self,
        store: PartyId,
        before: &GrantStore,
        request: &Arc<StoreRequest>,
        why: Origination,
    ) {
        if self.store_at(store) == Some(before) {
            return;
        }
        let others: Vec<PartyId> = self.other_copies(store).collect();
        for to in others {
            let path = why.path.child(to, 1);
            let payload = Payload::StoreRequest(request.clone());
            let what = What::Sent {
                to,
                payload: payload.clone(),
            };
            let sent = self.record(store, why.flow, Some(why.cause), what);
            let id = FlightId::of(path);
            self.network.flights.push(Flight {
                id,
                from: store,
                to,
                kind: MessageKind::Store,
                flow: why.flow,
                due: self.now,
                payload,
                // Nobody waits for an answer: see `Flight::is_replication`.
                number: id.0,
                path,
                sent,
                print: OnceLock::new(),
            });
        }
    }

    /// A copy writes what another has written. It has noted the facts, and nobody waits for a reply.
    pub(super) fn copy_down(
        &mut self,
        store: PartyId,
        request: Arc<StoreRequest>,
        why: Origination,
    ) {
        let Some(seat) = self.nodes.get_mut(usize::from(store.0)) else {
            return;
        };
        let now = seat.clock(self.now);
        let Party::GrantStore(machine) = &mut seat.node_mut().party else {
            return;
        };
        let mut entropy = Mint {
            seed: self.seed,
            path: why.path,
            party: store,
            flow: why.flow,
            entry: why.cause,
            drawn: 0,
            provenance: None,
        };
        let input = grant_store::Input {
            ticket: Ticket(0),
            request,
        };
        machine.handle(input, &mut Context::new(now, &mut entropy, &mut Vec::new()));
    }
}
