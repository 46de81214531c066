//! What a world is made of: parties with their configurations. A profile and a scenario make a setup.

use std::sync::Arc;

use grantlab_core::authorization_server::policy::StoreReads;
use grantlab_core::authorization_server::registration as server;
use grantlab_core::client::configuration as client;
use grantlab_core::http::Origin;
use grantlab_core::text::Text;
use grantlab_core::user_agent::policy::UserAgentPolicy;
use grantlab_core::value::{Password, Username};

use crate::attacker::AttackerSetup;

/// The parties of a world. Shared by all worlds that start from it.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The authorization servers; the first is the one that scenarios call `as`.
    pub servers: Vec<ServerSetup>,
    /// The clients.
    pub clients: Vec<ClientSetup>,
    /// The resource servers.
    pub resources: Vec<ResourceSetup>,
    /// The resource owners with their browsers.
    pub users: Vec<UserSetup>,
    /// The attacker, if there is one.
    pub attacker: Option<Arc<AttackerSetup>>,
}

/// An authorization server: one or more nodes in front of one store, or each with its copy of it.
#[derive(Clone, Debug)]
pub struct ServerSetup {
    /// What scenarios call it.
    pub name: Text,
    /// What it is told.
    pub configuration: Arc<server::Configuration>,
    /// How many nodes it has.
    pub nodes: u8,
    /// How far each node's clock is ahead of the world's, in milliseconds; nodes beyond the list are right.
    pub clock_skew_ms: Vec<i64>,
    /// How many records of each kind its store keeps.
    pub store_records_max: usize,
}

impl ServerSetup {
    /// How many copies of its store there are: `as.store` gives each node its own.
    #[must_use]
    pub fn stores(&self) -> u8 {
        match self.configuration.policy.store {
            StoreReads::Linearizable => 1,
            StoreReads::Lagging => self.nodes.max(1),
        }
    }
}

/// A client.
#[derive(Clone, Debug)]
pub struct ClientSetup {
    /// What scenarios call it.
    pub name: Text,
    /// What it is told.
    pub configuration: Arc<client::Configuration>,
    /// How far its clock is ahead of the world's, in milliseconds.
    pub clock_skew_ms: i64,
}

/// A resource server.
#[derive(Clone, Debug)]
pub struct ResourceSetup {
    /// What scenarios call it.
    pub name: Text,
    /// What it is told.
    pub configuration: Arc<grantlab_core::resource_server::Configuration>,
    /// How far its clock is ahead of the world's, in milliseconds.
    pub clock_skew_ms: i64,
}

/// A resource owner and his browser.
#[derive(Clone, Debug)]
pub struct UserSetup {
    /// What scenarios call him.
    pub name: Text,
    /// What he types into login forms, and where: he types a password into pages of its origin alone.
    pub credentials: Vec<(Origin, Username, Password)>,
    /// His browser.
    pub user_agent: UserAgentPolicy,
    /// Whether he is the attacker, who sees everything in his own browser.
    pub hostile: bool,
}
