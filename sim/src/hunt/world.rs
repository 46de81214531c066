//! The world that a hunt is held in: as small as it can be with everything in it that an attack needs.

use std::sync::Arc;

use grantlab_core::authorization_server::policy::StoreReads;
use grantlab_core::value::Malformed;

use crate::attacker::environment::{FirstRequest, RequestsLeak, ResponsesLeak, TokensLeak};
use crate::attacker::{AttackerSetup, Power, Powers};
use crate::profile::{Profile, Scale};
use crate::setup::Setup;

/// How large the world of a hunt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arena {
    /// What the attacker can do; what the environment gives him comes on top.
    pub powers: Powers,
    /// Nodes of the authorization server.
    pub nodes: u8,
}

impl Arena {
    /// The web attacker against a server with one node.
    pub const WEB: Self = Self {
        powers: Powers::WEB,
        nodes: 1,
    };
}

/// One client, one authorization server, one resource server, one user, and the attacker.
///
/// # Errors
/// [`Malformed`] when the profile makes a value that its grammar does not allow.
pub fn setup(profile: &Profile, arena: Arena) -> Result<Arc<Setup>, Malformed> {
    let lagging = profile.policies.authorization_server.store == StoreReads::Lagging;
    let scale = Scale {
        // One node alone is never behind.
        nodes: arena.nodes.max(if lagging { 2 } else { 1 }),
        ..Scale::SMALL
    };
    let mut setup = profile.setup(&scale)?;
    setup.clients.truncate(1);
    setup.users.truncate(1);
    let environment = profile.policies.environment;
    let mut powers = arena.powers;
    if environment.first_request != FirstRequest::Tls {
        powers = powers.with(Power::A2);
    }
    if environment.a3 != ResponsesLeak::Off {
        powers = powers.with(Power::A3);
    }
    if environment.a4 != RequestsLeak::Off {
        powers = powers.with(Power::A4);
    }
    if environment.a5 != TokensLeak::Off {
        powers = powers.with(Power::A5);
    }
    AttackerSetup::join(&mut setup, powers, environment)?;
    Ok(Arc::new(setup))
}
