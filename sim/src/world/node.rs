//! A party in its place: its machine, its clock, and whether it is up.

use grantlab_core::authorization_server::{self, AuthorizationServer};
use grantlab_core::canonical::{Canonical, Encoder};
use grantlab_core::client::{self, Client};
use grantlab_core::grant_store::{self, GrantStore};
use grantlab_core::http::Origin;
use grantlab_core::machine::{Context, ExchangeId, Machine as _, Ticket};
use grantlab_core::resource_server::{self, ResourceServer};
use grantlab_core::text::Text;
use grantlab_core::time::Timestamp;
use grantlab_core::user_agent::{self, UserAgent};

use crate::attacker::Attacker;
use crate::party::{PartyId, Role};
use crate::trace::Payload;

/// A machine of any kind.
#[derive(Clone, Debug)]
pub enum Party {
    /// A resource owner's browser.
    UserAgent(UserAgent),
    /// A client.
    Client(Client),
    /// A node of an authorization server.
    AuthorizationServer {
        /// The machine.
        machine: AuthorizationServer,
        /// Its grant store.
        store: PartyId,
        /// Which of the world's authorization servers it is a node of.
        group: usize,
    },
    /// A grant store.
    GrantStore(GrantStore),
    /// A resource server.
    ResourceServer(ResourceServer),
    /// The attacker's machines.
    Attacker(Box<Attacker>),
    /// The scenario itself.
    Tester,
}

/// A party in its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is called.
    pub name: Text,
    /// Its machine.
    pub party: Party,
    /// Where it listens, if it does.
    pub origin: Option<Origin>,
    /// How far its clock is ahead, in milliseconds.
    pub skew_ms: i64,
    /// Whether it is running.
    pub up: bool,
}

/// What a party is told, whatever its kind.
pub(super) enum Told {
    /// Something arrived for it.
    Payload { number: u64, payload: Payload },
    /// The user does something in his browser.
    Browse(user_agent::Command),
    /// The client does something on its own.
    Operate(client::Command),
    /// An administrator does something at the server.
    Administer(authorization_server::Command),
    /// A deadline has come.
    Deadline,
}

impl Party {
    /// What it is.
    #[must_use]
    pub const fn role(&self) -> Role {
        match self {
            Self::UserAgent(_) => Role::UserAgent,
            Self::Client(_) => Role::Client,
            Self::AuthorizationServer { .. } => Role::AuthorizationServer,
            Self::GrantStore(_) => Role::GrantStore,
            Self::ResourceServer(_) => Role::ResourceServer,
            Self::Attacker(_) => Role::Attacker,
            Self::Tester => Role::Tester,
        }
    }
}

impl Node {
    /// A party that nobody can call.
    #[must_use]
    pub const fn new(name: Text, party: Party, skew_ms: i64) -> Self {
        Self {
            name,
            party,
            origin: None,
            skew_ms,
            up: true,
        }
    }

    /// A party that listens at `origin`.
    #[must_use]
    pub fn at(name: Text, party: Party, skew_ms: i64, origin: &Origin) -> Self {
        Self {
            name,
            party,
            origin: Some(origin.clone()),
            skew_ms,
            up: true,
        }
    }

    /// Whether requests to `origin` come here.
    #[must_use]
    pub fn listens_at(&self, origin: &Origin) -> bool {
        match &self.party {
            Party::Attacker(machine) => machine.setup().origins.contains(origin),
            Party::Client(machine) => {
                self.origin.as_ref() == Some(origin) || machine.claims(origin)
            }
            Party::UserAgent(_)
            | Party::AuthorizationServer { .. }
            | Party::GrantStore(_)
            | Party::ResourceServer(_)
            | Party::Tester => self.origin.as_ref() == Some(origin),
        }
    }

    /// The store of an authorization server's node, and which of the world's servers it is a node of.
    #[must_use]
    pub const fn as_server(&self) -> Option<(PartyId, usize)> {
        match &self.party {
            Party::AuthorizationServer { store, group, .. } => Some((*store, *group)),
            Party::UserAgent(_)
            | Party::Client(_)
            | Party::GrantStore(_)
            | Party::ResourceServer(_)
            | Party::Attacker(_)
            | Party::Tester => None,
        }
    }

    /// The time by its clock.
    #[must_use]
    pub fn clock(&self, now: Timestamp) -> Timestamp {
        Timestamp(now.0.saturating_add_signed(self.skew_ms))
    }

    /// When, by the world's clock, it wants to be told that time has passed.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let deadline = match &self.party {
            Party::UserAgent(machine) => machine.next_deadline(),
            Party::Client(machine) => machine.next_deadline(),
            Party::AuthorizationServer { machine, .. } => machine.next_deadline(),
            Party::GrantStore(machine) => machine.next_deadline(),
            Party::ResourceServer(machine) => machine.next_deadline(),
            Party::Attacker(_) | Party::Tester => None,
        };
        deadline.map(|at| Timestamp(at.0.saturating_add_signed(self.skew_ms.saturating_neg())))
    }

    /// Loses everything that is not durable. A browser and a store lose nothing.
    pub fn crash(&mut self) {
        self.up = false;
        match &mut self.party {
            Party::Client(machine) => machine.restart(),
            Party::AuthorizationServer { machine, .. } => machine.restart(),
            Party::UserAgent(_)
            | Party::GrantStore(_)
            | Party::ResourceServer(_)
            | Party::Attacker(_)
            | Party::Tester => {}
        }
    }

    /// Hands the machine what it is told. What it cannot be told has no effect.
    pub(super) fn tell(&mut self, told: Told, ctx: &mut Context<'_>) {
        match &mut self.party {
            Party::UserAgent(machine) => {
                if let Some(input) = browser_input(told) {
                    machine.handle(input, ctx);
                }
            }
            Party::Client(machine) => {
                if let Some(input) = client_input(told) {
                    machine.handle(input, ctx);
                }
            }
            Party::AuthorizationServer { machine, .. } => {
                if let Some(input) = server_input(told) {
                    machine.handle(input, ctx);
                }
            }
            Party::GrantStore(machine) => {
                if let Told::Payload {
                    number,
                    payload: Payload::StoreRequest(request),
                } = told
                {
                    machine.handle(
                        grant_store::Input {
                            ticket: Ticket(number),
                            request,
                        },
                        ctx,
                    );
                }
            }
            Party::ResourceServer(machine) => {
                if let Some(input) = resource_input(told) {
                    machine.handle(input, ctx);
                }
            }
            Party::Attacker(machine) => {
                if let Told::Payload {
                    number,
                    payload: Payload::Request(request),
                } = told
                {
                    machine.handle(ExchangeId(number), &request, ctx);
                }
            }
            Party::Tester => {}
        }
    }
}

impl Canonical for Node {
    fn encode(&self, out: &mut Encoder) {
        self.up.encode(out);
        match &self.party {
            Party::UserAgent(machine) => machine.encode(out),
            Party::Client(machine) => machine.encode(out),
            Party::AuthorizationServer { machine, .. } => machine.encode(out),
            Party::GrantStore(machine) => machine.encode(out),
            Party::ResourceServer(machine) => machine.encode(out),
            Party::Attacker(machine) => machine.encode(out),
            Party::Tester => {}
        }
    }
}

fn browser_input(told: Told) -> Option<user_agent::Input> {
    match told {
        Told::Browse(command) => Some(user_agent::Input::Command(command)),
        Told::Payload { number, payload } => match payload {
            Payload::Response(response) => Some(user_agent::Input::Response {
                exchange: ExchangeId(number),
                response,
            }),
            Payload::Failure(failure) => Some(user_agent::Input::Failed {
                exchange: ExchangeId(number),
                failure,
            }),
            Payload::Request(_) | Payload::StoreRequest(_) | Payload::StoreReply(_) => None,
        },
        Told::Operate(_) | Told::Administer(_) | Told::Deadline => None,
    }
}

fn client_input(told: Told) -> Option<client::Input> {
    match told {
        Told::Operate(command) => Some(client::Input::Command(command)),
        Told::Deadline => Some(client::Input::Deadline),
        Told::Payload { number, payload } => match payload {
            Payload::Request(request) => Some(client::Input::Request {
                exchange: ExchangeId(number),
                request,
            }),
            Payload::Response(response) => Some(client::Input::Response {
                exchange: ExchangeId(number),
                response,
            }),
            Payload::Failure(failure) => Some(client::Input::Failed {
                exchange: ExchangeId(number),
                failure,
            }),
            Payload::StoreRequest(_) | Payload::StoreReply(_) => None,
        },
        Told::Browse(_) | Told::Administer(_) => None,
    }
}

fn server_input(told: Told) -> Option<authorization_server::Input> {
    match told {
        Told::Administer(command) => Some(authorization_server::Input::Command(command)),
        Told::Deadline => Some(authorization_server::Input::Deadline),
        Told::Payload { number, payload } => match payload {
            Payload::Request(request) => Some(authorization_server::Input::Request {
                exchange: ExchangeId(number),
                request,
            }),
            Payload::StoreReply(reply) => Some(authorization_server::Input::StoreReply {
                ticket: Ticket(number),
                reply,
            }),
            Payload::Response(_) | Payload::Failure(_) | Payload::StoreRequest(_) => None,
        },
        Told::Browse(_) | Told::Operate(_) => None,
    }
}

fn resource_input(told: Told) -> Option<resource_server::Input> {
    match told {
        Told::Deadline => Some(resource_server::Input::Deadline),
        Told::Payload { number, payload } => match payload {
            Payload::Request(request) => Some(resource_server::Input::Request {
                exchange: ExchangeId(number),
                request,
            }),
            Payload::Response(response) => Some(resource_server::Input::Response {
                exchange: ExchangeId(number),
                response,
            }),
            Payload::Failure(failure) => Some(resource_server::Input::Failed {
                exchange: ExchangeId(number),
                failure,
            }),
            Payload::StoreRequest(_) | Payload::StoreReply(_) => None,
        },
        Told::Browse(_) | Told::Operate(_) | Told::Administer(_) => None,
    }
}
