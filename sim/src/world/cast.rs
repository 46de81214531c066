//! Who the parties of a world are, as traces tell it.

use std::sync::Arc;

use grantlab_core::text::Text;

use super::node::{Node, Party};
use crate::setup::{Setup, UserSetup};
use crate::trace::Cast;

/// The parties by their numbers.
pub(super) fn cast(setup: &Setup, nodes: &[Node]) -> Arc<[Cast]> {
    nodes
        .iter()
        .map(|node| Cast {
            name: node.name.clone(),
            role: node.party.role(),
            hostile: is_hostile(setup, node),
            identities: identities(setup, node),
        })
        .collect()
}

fn identities(setup: &Setup, node: &Node) -> Vec<Text> {
    match &node.party {
        Party::UserAgent(_) => {
            let user = setup.users.iter().find(|user| user.name == node.name);
            user.map_or_else(Vec::new, |user| subjects(setup, user))
        }
        Party::Client(_) => {
            let client = setup.clients.iter().find(|each| each.name == node.name);
            let providers = client.map_or(&[][..], |client| &client.configuration.providers);
            distinct(
                providers
                    .iter()
                    .map(|known| Text::new(known.client_id.as_str())),
            )
        }
        Party::AuthorizationServer { group, .. } => {
            let server = setup.servers.get(*group);
            distinct(server.map(|server| Text::new(server.configuration.issuer.as_str())))
        }
        Party::ResourceServer(_) => {
            let resource = setup.resources.iter().find(|each| each.name == node.name);
            distinct(resource.map(|resource| Text::new(resource.configuration.issuer.as_str())))
        }
        Party::Attacker(machine) => {
            let own = machine.setup();
            distinct([
                Text::new(own.client.client_id.as_str()),
                Text::new(own.issuer.as_str()),
            ])
        }
        Party::GrantStore(_) | Party::Tester => Vec::new(),
    }
}

/// Whether a party plays for the attacker: his machines and his own browser.
fn is_hostile(setup: &Setup, node: &Node) -> bool {
    match &node.party {
        Party::Attacker(_) => true,
        Party::UserAgent(_) => setup
            .users
            .iter()
            .any(|user| user.hostile && user.name == node.name),
        Party::Client(_)
        | Party::AuthorizationServer { .. }
        | Party::GrantStore(_)
        | Party::ResourceServer(_)
        | Party::Tester => false,
    }
}

/// What the authorization servers call a user: subject and e-mail address.
fn subjects(setup: &Setup, user: &UserSetup) -> Vec<Text> {
    let known = user.credentials.iter().filter_map(|(origin, name, _)| {
        let mut servers = setup.servers.iter();
        let server = servers.find(|server| server.configuration.origin == *origin)?;
        let mut accounts = server.configuration.accounts.iter();
        let account = accounts.find(|account| account.username == *name)?;
        Some([Text::new(account.subject.as_str()), account.email.clone()])
    });
    distinct(known.flatten())
}

fn distinct(names: impl IntoIterator<Item = Text>) -> Vec<Text> {
    let mut names: Vec<Text> = names.into_iter().collect();
    names.sort();
    names.dedup();
    names
}
