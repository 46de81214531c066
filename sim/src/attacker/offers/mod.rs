//! What can be done next: everything that honest users and clients may want, and every message that the attacker
//! can make of what he knows and that its receiver could accept.
//!
//! A message is made by *using* what was seen, by *replacing* one parameter of it, or by *pairing* values that go
//! together. Which receiver could accept it is asked of the receiver itself: a copy without any memory judges the
//! request ([`Receivers`]). What it turns down whatever it remembers is not offered.

mod answers;
mod callbacks;
mod receivers;
mod requests;
mod tokens;

pub use receivers::Receivers;

use std::collections::BTreeSet;

use grantlab_core::canonical::{Canonical as _, Encoder};
use grantlab_core::client::configuration::Provider;
use grantlab_core::client::policy::AuthorizationServers;
use grantlab_core::http::{Fields, Method, Request, Url};
use grantlab_core::text::Text;
use xxhash_rust::xxh3::xxh3_128;

use super::environment::FirstRequest;
use super::knowledge::Knowledge;
use super::moves::{Bait, Move, Pause};
use super::powers::Power;
use super::setup::{AttackerSetup, SERVER};
use super::site::Attacker;
use crate::hunt::Position;
use crate::setup::{ClientSetup, ServerSetup, Setup};

/// The client that is attacked: the first.
const CLIENT: usize = 0;

/// Everything that offers are made from.
pub(super) struct Table<'a> {
    pub(super) position: &'a Position,
    pub(super) receivers: &'a Receivers,
    pub(super) setup: &'a Setup,
    pub(super) client: &'a ClientSetup,
    pub(super) server: &'a ServerSetup,
    pub(super) attacker: &'a Attacker,
}

/// The moves of everybody, the boring ones first.
#[must_use]
pub fn offers(position: &Position, receivers: &Receivers) -> Vec<Move> {
    let setup = position.world.setup();
    let parts = (
        setup.clients.get(CLIENT),
        setup.servers.first(),
        position.world.attacker(),
    );
    let (Some(client), Some(server), Some(attacker)) = parts else {
        return Vec::new();
    };
    let table = Table {
        position,
        receivers,
        setup,
        client,
        server,
        attacker,
    };
    table.all()
}

impl<'a> Table<'a> {
    fn all(&self) -> Vec<Move> {
        let mut moves = Vec::new();
        self.unfinished(&mut moves);
        self.starts(&mut moves);
        self.own_acts(&mut moves);
        if self.own().powers.has(Power::A1) {
            self.begins(&mut moves);
            self.answers(&mut moves);
            self.authorizations(&mut moves);
            self.responses(&mut moves);
        }
        self.token_requests(&mut moves);
        let mut encoder = Encoder::default();
        let mut names = BTreeSet::new();
        moves.retain(|one| {
            encoder = Encoder::reusing(std::mem::take(&mut encoder).into_octets());
            one.encode(&mut encoder);
            names.insert(xxh3_128(encoder.as_slice()))
        });
        moves
    }

    pub(super) fn own(&self) -> &'a AttackerSetup {
        self.attacker.setup()
    }

    pub(super) const fn knowledge(&self) -> &'a Knowledge {
        &self.attacker.knowledge
    }

    /// The servers that the client works with.
    pub(super) fn providers(&self) -> impl Iterator<Item = &'a Provider> {
        let configuration = &self.client.configuration;
        let count = match configuration.policy.as_set {
            AuthorizationServers::Multi => usize::MAX,
            AuthorizationServers::Single => 1,
        };
        configuration.providers.iter().take(count)
    }

    /// What the client knows of the honest server.
    pub(super) fn honest(&self) -> Option<&'a Provider> {
        self.client.configuration.providers.first()
    }

    /// Whether the client works with the attacker's server.
    pub(super) fn own_provider(&self) -> Option<&'a Provider> {
        self.providers().find(|provider| provider.name == SERVER)
    }

    /// The users whom the attacker is after.
    pub(super) fn victims(&self) -> impl Iterator<Item = usize> {
        let users = self.setup.users.iter().enumerate();
        users
            .filter(|(_, user)| !user.hostile)
            .map(|(place, _)| place)
    }

    fn unfinished(&self, moves: &mut Vec<Move>) {
        moves.extend(self.position.unfinished().map(|(user, tab)| Move::GoOn {
            user: *user,
            tab: tab.clone(),
        }));
    }

    /// Users start logins, and leave them half done where that can make a difference.
    fn starts(&self, moves: &mut Vec<Move>) {
        let start = |user, server: &Text, instead: Option<&Text>, pause| Move::Start {
            user,
            client: CLIENT,
            server: server.clone(),
            instead: instead.cloned(),
            pause,
        };
        let web = self.own().powers.has(Power::A1);
        for user in self.victims() {
            for (nth, provider) in self.providers().enumerate() {
                if !self.can_start(provider) {
                    continue;
                }
                moves.push(start(user, &provider.name, None, Pause::Never));
                if nth == 0 && web {
                    moves.push(start(user, &provider.name, None, Pause::AtPage));
                }
                if nth == 0 && self.own().powers.has(Power::A3) {
                    moves.push(start(user, &provider.name, None, Pause::BeforeResponse));
                }
            }
            let plain = self.own().environment.first_request == FirstRequest::Plain;
            if let (true, Some(honest)) = (plain, self.honest()) {
                for other in self
                    .providers()
                    .skip(1)
                    .filter(|other| self.can_start(other))
                {
                    moves.push(start(user, &honest.name, Some(&other.name), Pause::Never));
                }
            }
        }
    }

    /// Whether the client starts logins with a server at all.
    fn can_start(&self, provider: &Provider) -> bool {
        self.receivers.client_starts(self.client, &provider.name)
    }

    /// What honest clients and users do about tokens that are there.
    fn own_acts(&self, moves: &mut Vec<Move>) {
        for user in self.victims() {
            if self.position.session(CLIENT, user).is_some() {
                moves.push(Move::Refresh {
                    client: CLIENT,
                    user,
                });
                moves.push(Move::Withdraw {
                    user,
                    client: CLIENT,
                });
            }
        }
    }

    fn begins(&self, moves: &mut Vec<Move>) {
        let known = self.providers().filter(|provider| self.can_start(provider));
        moves.extend(known.map(|provider| Move::Begin {
            client: CLIENT,
            server: provider.name.clone(),
        }));
    }

    /// The attacker's site makes every victim's browser send a request.
    pub(super) fn lures(&self, bait: Bait, pause: Pause, request: &Request, moves: &mut Vec<Move>) {
        let request = crate::hunt::play::shared(request.clone());
        moves.extend(self.victims().map(|user| Move::Lure {
            user,
            bait,
            request: request.clone(),
            message: None,
            pause,
        }));
    }
}

/// A request for a URL with a query.
pub(super) fn get(endpoint: &Url, fields: Fields) -> Request {
    Request {
        method: Method::Get,
        ..Request::get(
            endpoint
                .clone()
                .with_query(grantlab_core::http::Encoded::Fields(fields)),
        )
    }
}
