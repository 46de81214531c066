//! Carries out what parties want done: finds who listens, sends, answers.

use std::sync::{Arc, OnceLock};

use grantlab_core::http::{Origin, Request, Url};
use grantlab_core::machine::{Context, ExchangeId, Failure, Output, Ticket};
use grantlab_core::message::store::StoreRequest;
use grantlab_core::message::{CLIENT_CERT, keep_own_certificate};
use grantlab_core::text::Text;
use grantlab_core::value::Thumbprint;

use super::World;
use super::flight::{Flight, FlightId, MessageKind};
use super::network::{Connection, Origination};
use super::node::{Node, Party, Told};
use crate::party::{PartyId, Role};
use crate::provenance::{Mint, Path};
use crate::trace::{Payload, What};

/// Who sends what kind of thing to whom, and under which number the answer comes back.
struct Link {
    from: PartyId,
    to: PartyId,
    number: u64,
    kind: MessageKind,
}

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
        node.node_mut()
            .tell(told, &mut Context::new(now, &mut mint, &mut outputs));
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
        let onward = Origination { path, ..why };
        match output {
            Output::Note(event) => {
                self.record(party, why.flow, Some(why.cause), What::Noted(event));
            }
            Output::Send { exchange, request } => self.dispatch(party, exchange, request, onward),
            Output::Respond { exchange, response } => {
                self.answer(party, exchange.0, Payload::Response(response), onward);
            }
            Output::Store { ticket, request } => self.ask_store(party, ticket, request, onward),
            Output::Reply { ticket, reply } => {
                self.answer(party, ticket.0, Payload::StoreReply(reply), onward);
            }
        }
    }

    /// Sends a request to whoever listens at its origin.
    pub(super) fn dispatch(
        &mut self,
        from: PartyId,
        exchange: ExchangeId,
        request: Arc<Request>,
        why: Origination,
    ) {
        let mut request = self.rewritten(request);
        let number = exchange.0;
        let Some(to) = self.listener(from, &request.url.origin) else {
            let url = Text::from(request.url.endpoint());
            self.record(from, why.flow, Some(why.cause), What::NobodyThere { url });
            self.fail(from, number, MessageKind::Page, Failure::Unreachable, why);
            return;
        };
        if request.headers.other(CLIENT_CERT) != Ok(None) {
            keep_own_certificate(
                &mut Arc::make_mut(&mut request).headers,
                &self.certificates(from),
            );
        }
        let kind = self.kind_of(to, &request.url);
        let link = Link {
            from,
            to,
            number,
            kind,
        };
        self.connect(&link, why);
        self.fly(link, Payload::Request(request), why);
    }

    /// The certificates that a party can have a connection with (RFC 8705): those whose keys are its own.
    fn certificates(&self, party: PartyId) -> Vec<Thumbprint> {
        let name = self.nodes.get(usize::from(party.0)).map(|node| &node.name);
        let mut clients = self.setup.clients.iter();
        let client = clients.find(|client| Some(&client.name) == name);
        let known = client.map_or(&[][..], |client| &client.configuration.providers);
        let own = known.iter().filter_map(|known| known.certificate.clone());
        own.collect()
    }

    fn ask_store(
        &mut self,
        from: PartyId,
        ticket: Ticket,
        request: Arc<StoreRequest>,
        why: Origination,
    ) {
        let Some((to, _)) = self.node(from).and_then(Node::as_server) else {
            return;
        };
        let kind = MessageKind::Store;
        let link = Link {
            from,
            to,
            number: ticket.0,
            kind,
        };
        self.connect(&link, why);
        self.fly(link, Payload::StoreRequest(request), why);
    }

    /// Sends an answer to whoever waits for it; nobody does when he has stopped meanwhile.
    pub(super) fn answer(
        &mut self,
        from: PartyId,
        number: u64,
        payload: Payload,
        why: Origination,
    ) {
        let open = self
            .network
            .connections
            .iter()
            .find(|open| open.number == number && open.to == from);
        if let Some((to, kind)) = open.map(|open| (open.from, open.kind)) {
            self.fly(
                Link {
                    from,
                    to,
                    number,
                    kind,
                },
                payload,
                why,
            );
        }
    }

    /// Tells a party that no answer will come.
    pub(super) fn fail(
        &mut self,
        to: PartyId,
        number: u64,
        kind: MessageKind,
        failure: Failure,
        why: Origination,
    ) {
        let path = why.path.child(to, 0);
        let link = Link {
            from: to,
            to,
            number,
            kind,
        };
        self.fly(link, Payload::Failure(failure), Origination { path, ..why });
    }

    fn connect(&mut self, link: &Link, why: Origination) {
        let Link {
            from,
            to,
            number,
            kind,
        } = *link;
        self.network.connections.push(Connection {
            number,
            from,
            to,
            kind,
            flow: why.flow,
            copies: 1,
        });
    }

    fn fly(&mut self, link: Link, payload: Payload, why: Origination) {
        let Link {
            from,
            to,
            number,
            kind,
        } = link;
        let what = What::Sent {
            to,
            payload: payload.clone(),
        };
        let sent = self.record(from, why.flow, Some(why.cause), what);
        self.overhear((from, to), kind, &payload, (sent, why.flow));
        self.hold_back(kind, &payload, why.flow);
        let (path, flow, due) = (why.path, why.flow, self.now);
        let id = FlightId::of(path);
        self.network.flights.push(Flight {
            id,
            from,
            to,
            kind,
            flow,
            due,
            payload,
            number,
            path,
            sent,
            print: OnceLock::new(),
        });
    }

    fn node(&self, party: PartyId) -> Option<&Node> {
        self.nodes.get(usize::from(party.0)).map(|seat| &**seat)
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
        let nodes = &self.nodes;
        let listening = || {
            (0_u16..)
                .zip(nodes)
                .filter(|(_, node)| node.listens_at(origin))
                .map(|(place, _)| place)
        };
        let first = listening().next()?;
        let sticky = self
            .node(from)
            .is_some_and(|node| node.party.role() == Role::UserAgent);
        let group = self
            .node(PartyId(first))
            .and_then(Node::as_server)
            .map(|(_, group)| group);
        let (false, Some(rotor)) = (
            sticky,
            group.and_then(|group| self.network.rotors.get_mut(group)),
        ) else {
            return Some(PartyId(first));
        };
        let count = u16::try_from(listening().count())
            .unwrap_or(u16::MAX)
            .max(1);
        let chosen = listening()
            .nth(usize::from(*rotor % count))
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
                let is_callback = client.is_some_and(|client| {
                    let mut providers = client.configuration.providers.iter();
                    providers.any(|provider| {
                        let uri = provider.redirect_uri.as_str();
                        let endpoint = uri.split('?').next().unwrap_or_default();
                        endpoint.ends_with(url.path.as_str()) && endpoint == url.endpoint()
                    })
                });
                is_callback.then_some(MessageKind::Callback)
            }
            Party::ResourceServer(_) => Some(MessageKind::Resource),
            Party::UserAgent(_) | Party::GrantStore(_) | Party::Attacker(_) | Party::Tester => None,
        };
        kind.unwrap_or(MessageKind::Page)
    }
}
