//! Carries out what parties want done: finds who listens, sends, answers.

use std::sync::Arc;

use grantlab_core::http::{Origin, Request, Response, Url};
use grantlab_core::machine::{Context, ExchangeId, Failure, Output, Ticket};
use grantlab_core::message::store::{StoreReply, StoreRequest};
use grantlab_core::text::Text;

use super::World;
use super::flight::{Flight, FlightId, MessageKind};
use super::network::{Connection, Origination};
use super::node::{Party, Told};
use crate::party::{PartyId, Role};
use crate::provenance::{Mint, Path};
use crate::trace::{Payload, What};

impl World {
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
    pub(super) fn dispatch(
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

    pub(super) fn fail(
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
            id: FlightId::of(path),
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
    pub(super) fn close(&mut self, number: u64) {
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
