//! What the values of a simulated run are at a real server.

use grantlab_core::authorization_server::registration::Registration;
use grantlab_core::http::Fields;

use crate::check::resolved::Target;
use crate::check::seen::Seen;
use crate::check::words::Role;
use crate::setup::Setup;

/// Values shorter than this may stand in others by chance: they are replaced as a whole alone.
const PART_CHARACTERS_MIN: usize = 8;

/// Members of a token response that later requests use.
const LEARNED: [&str; 3] = ["access_token", "refresh_token", "id_token"];

/// Pairs of a simulated value and the real one.
pub(super) struct Values {
    whole: Vec<(String, String)>,
    parts: Vec<(String, String)>,
    roles: Vec<(String, Role)>,
    /// Clients that are registered in the simulation.
    registered: Vec<String>,
}

impl Values {
    /// What is known before anything is sent: clients, redirection URIs, users, issuers.
    pub(super) fn new(setup: &Setup, target: &Target) -> Self {
        let mut values = Self {
            whole: Vec::new(),
            parts: Vec::new(),
            roles: Vec::new(),
            registered: Vec::new(),
        };
        let Some(server) = setup.servers.first() else {
            return values;
        };
        let configuration = &server.configuration;
        values.pair(configuration.issuer.as_str(), &target.issuer);
        let mut confidential = [Role::Main, Role::Other].into_iter();
        let clients = configuration.clients.iter();
        for registration in clients.filter(|client| !client.introspects) {
            let id = registration.client_id.as_str();
            values.registered.push(id.to_owned());
            let role = match registration.is_confidential() {
                true => confidential.next(),
                false => Some(Role::Public),
            };
            if let Some(role) = role {
                values.know_client(registration, role, target);
            }
        }
        for (account, user) in configuration.accounts.iter().zip(&target.users) {
            values
                .whole
                .push((account.username.as_str().to_owned(), user.username.clone()));
        }
        values
    }

    fn know_client(&mut self, registration: &Registration, role: Role, target: &Target) {
        let id = registration.client_id.as_str().to_owned();
        self.roles.push((id.clone(), role));
        let Some(client) = target.client(role) else {
            return;
        };
        self.whole.push((id, client.client_id.clone()));
        let live = client.redirect_uris.iter().cycle();
        for (simulated, live) in registration.redirect_uris.iter().zip(live) {
            self.pair(simulated.as_str(), live);
        }
    }

    /// What a client asks for first is what it asks for at the target.
    pub(super) fn know_scope(&mut self, fields: &Fields, target: &Target) {
        let client = fields.first("client_id");
        let role = client.and_then(|id| self.role(id.as_str()));
        let scope = role
            .and_then(|role| target.client(role))
            .and_then(|client| client.scope.clone());
        if let Some(asked) = fields.first("scope") {
            let known = self.whole.iter().any(|(known, _)| known == asked.as_str());
            if !known {
                let live = scope.unwrap_or_default();
                self.whole.push((asked.to_string(), live));
            }
        }
    }

    fn pair(&mut self, simulated: &str, live: &str) {
        let known = self.parts.iter().any(|(known, _)| known == simulated);
        if !known && simulated.len() >= PART_CHARACTERS_MIN {
            self.parts.push((simulated.to_owned(), live.to_owned()));
            // The longest first: one redirection URI may begin with another.
            self.parts
                .sort_by_key(|(known, _)| std::cmp::Reverse(known.len()));
        }
    }

    /// Which client of the target a simulated one is.
    pub(super) fn role(&self, client_id: &str) -> Option<Role> {
        let known = self.roles.iter().find(|(known, _)| known == client_id);
        known.map(|(_, role)| *role)
    }

    /// # Errors
    /// A client that is registered in the simulation is not at the target. One that nobody knows is carried as it is.
    pub(super) fn has_client(&self, client_id: &str, target: &Target) -> Result<(), String> {
        let live = self.role(client_id).and_then(|role| target.client(role));
        let registered = self.registered.iter().any(|known| known == client_id);
        match live.is_none() && registered {
            true => Err(format!(
                "the target has no client that could be `{client_id}`"
            )),
            false => Ok(()),
        }
    }

    /// A text of the simulation as the real server knows it.
    pub(super) fn live(&self, text: &str) -> String {
        if let Some((_, live)) = self.whole.iter().find(|(known, _)| known == text) {
            return live.clone();
        }
        let mut out = text.to_owned();
        for (simulated, live) in &self.parts {
            if out.contains(simulated) {
                out = out.replace(simulated, live);
                break;
            }
        }
        out
    }

    /// Parameters of the simulation as the real server knows them. A scope that is none there is left out.
    pub(super) fn live_fields(&self, fields: &Fields) -> Vec<(String, String)> {
        let pairs = fields.0.iter().map(|(name, value)| {
            let live = self.live(value.as_str());
            (name.to_string(), live)
        });
        pairs
            .filter(|(name, value)| name != "scope" || !value.is_empty())
            .collect()
    }

    /// Learns which real value stands for which simulated one from two answers to the same request.
    pub(super) fn learn(&mut self, simulated: &Seen, live: &Seen) {
        if let (Some(one), Some(other)) = (&simulated.callback, &live.callback) {
            for (name, value) in &one.parameters {
                if let Some(real) = other.parameter(name) {
                    self.pair(value, real);
                }
            }
        }
        for name in LEARNED {
            let text = |seen: &Seen| {
                let member = seen.member(name)?;
                member.as_text().map(ToString::to_string)
            };
            if let (Some(value), Some(real)) = (text(simulated), text(live)) {
                self.pair(&value, &real);
            }
        }
    }
}
