//! The names of the parties of one world.

use std::fmt;

use grantlab_core::canonical::{Canonical, Encoder};

/// Names a party: its place in the world's list. Stable for the whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartyId(pub u16);

impl Canonical for PartyId {
    fn encode(&self, out: &mut Encoder) {
        self.0.encode(out);
    }
}

/// What kind of party it is; traces and lessons draw them in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// A resource owner's browser.
    UserAgent,
    /// A client.
    Client,
    /// A node of an authorization server.
    AuthorizationServer,
    /// The grant store of an authorization server.
    GrantStore,
    /// A resource server.
    ResourceServer,
    /// The attacker's machines: site, client, authorization server, resource server.
    Attacker,
    /// The scenario itself, when it sends a request of its own making.
    Tester,
}

impl Role {
    /// Its word in traces.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserAgent => "user-agent",
            Self::Client => "client",
            Self::AuthorizationServer => "authorization server",
            Self::GrantStore => "grant store",
            Self::ResourceServer => "resource server",
            Self::Attacker => "attacker",
            Self::Tester => "tester",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}
