//! What clients and administrators do by themselves, and what happens to parties and messages.

use grantlab_core::authorization_server::Command as Administration;
use grantlab_core::client::Command as Operation;
use grantlab_core::event::Event;
use grantlab_core::value::{ClientId, SessionId, Subject};

use super::stage::{Armed, Fault, Hitch, Stage};
use crate::party::PartyId;
use crate::scenario::names::{ClientName, MessageName, ServerName, User};
use crate::scenario::placeholder::Template;
use crate::scenario::step::{Crash, ForUser, OwnerAt, RevokeConsent};

impl Stage<'_> {
    pub(super) fn read(&mut self, parts: &ForUser) -> Result<(), Hitch> {
        let (client, session) = self.session(parts)?;
        self.position.world.operate(
            client,
            Operation::ReadResource { session },
            "reads the resource",
        );
        Ok(())
    }

    pub(super) fn refresh(&mut self, parts: &ForUser) -> Result<(), Hitch> {
        let (client, session) = self.session(parts)?;
        self.position.world.operate(
            client,
            Operation::Refresh { session },
            "refreshes its tokens",
        );
        Ok(())
    }

    pub(super) fn revoke(&mut self, parts: &ForUser) -> Result<(), Hitch> {
        let (client, session) = self.session(parts)?;
        self.position.world.operate(
            client,
            Operation::Revoke { session },
            "has its tokens taken back",
        );
        Ok(())
    }

    pub(super) fn disable_owner(&mut self, at: &OwnerAt) -> Result<(), Hitch> {
        let command = Administration::DisableOwner(subject(at.user)?);
        self.administer(
            at.server,
            &command,
            &format!("disables {}", at.user.as_str()),
        )
    }

    pub(super) fn end_sessions(&mut self, at: &OwnerAt) -> Result<(), Hitch> {
        let command = Administration::EndSessions(subject(at.user)?);
        self.administer(
            at.server,
            &command,
            &format!("ends the sessions of {}", at.user.as_str()),
        )
    }

    pub(super) fn revoke_consent(&mut self, at: &RevokeConsent) -> Result<(), Hitch> {
        let command = Administration::RevokeConsent {
            subject: subject(at.user)?,
            client_id: self.client_id(at.client, at.server)?,
        };
        let (user, client) = (at.user.as_str(), at.client.as_str());
        self.administer(
            at.server,
            &command,
            &format!("takes back what {user} granted {client}"),
        )
    }

    fn administer(
        &mut self,
        server: ServerName,
        command: &Administration,
        words: &str,
    ) -> Result<(), Hitch> {
        self.position
            .world
            .administer(server.as_str(), command, words);
        Ok(())
    }

    pub(super) fn settle_until(&mut self, until: Option<MessageName>) -> Result<(), Hitch> {
        match (self.settle(until, None), until) {
            (false, Some(name)) => Err(format!("no {} is on its way", name.as_str())),
            (true, Some(_)) | (true | false, None) => Ok(()),
        }
    }

    pub(super) fn deliver_one(&mut self, name: MessageName) -> Result<(), Hitch> {
        let flight = self.on_its_way(name);
        let flight = flight.ok_or_else(|| format!("no {} is on its way", name.as_str()))?;
        self.deliver(flight);
        Ok(())
    }

    /// Lets a fault happen to a message that is on its way, or else to the next of its name.
    pub(super) fn arm(
        &mut self,
        step: usize,
        message: MessageName,
        fault: Fault,
    ) -> Result<(), Hitch> {
        self.armed.push(Armed {
            step,
            message,
            fault,
        });
        self.notice();
        Ok(())
    }

    pub(super) fn crash(&mut self, step: usize, parts: &Crash) -> Result<(), Hitch> {
        let party = self.party(&parts.party)?;
        match parts.when {
            Some(message) => self.arm(step, message, Fault::Crash(party)),
            None => {
                self.position.world.crash(party);
                Ok(())
            }
        }
    }

    pub(super) fn party(&self, name: &str) -> Result<PartyId, Hitch> {
        let party = self.position.world.party(name);
        party.ok_or_else(|| format!("there is no party called `{name}`"))
    }

    /// A text with the values that its names have now.
    pub(super) fn filled(&self, text: &str) -> Result<String, Hitch> {
        Template::read(text)?.fill(
            self.position.world.setup(),
            self.position.world.trace().provenance(),
        )
    }

    /// A client, and the session there of the last login that a user completed.
    fn session(&self, parts: &ForUser) -> Result<(PartyId, SessionId), Hitch> {
        let client = self.party(parts.client.as_str())?;
        let trace = self.position.world.trace();
        let prefix = format!("{}.", parts.user.as_str());
        let mut last = None;
        for (_, entry, event) in trace.events() {
            let his = trace
                .provenance()
                .flow_name(entry.flow)
                .starts_with(&prefix);
            if let Event::LoginCompleted { session, .. } = event
                && entry.party == client
                && his
            {
                last = Some(session.clone());
            }
        }
        let (user, name) = (parts.user.as_str(), parts.client.as_str());
        let session = last.ok_or_else(|| format!("{user} did not complete a login at {name}"))?;
        Ok((client, session))
    }

    fn client_id(&self, client: ClientName, server: ServerName) -> Result<ClientId, Hitch> {
        let clients = &self.position.world.setup().clients;
        let client = clients.iter().find(|known| known.name == client.as_str());
        let mut providers = client
            .iter()
            .flat_map(|client| &client.configuration.providers);
        providers
            .find(|provider| provider.name == server.as_str())
            .map(|provider| provider.client_id.clone())
            .ok_or_else(|| format!("{} has no such client", server.as_str()))
    }
}

fn subject(user: User) -> Result<Subject, Hitch> {
    Subject::new(user.as_str()).map_err(|malformed| malformed.to_string())
}
