//! What can be added to a tale.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::sync::Arc;

use grantlab_core::entropy::{Entropy as _, Fresh};
use grantlab_core::event::Event;
use grantlab_core::http::{Fields, Request, Response};
use grantlab_core::message::store::GrantId;
use grantlab_core::refusal::Rule;
use grantlab_core::text::Text;
use grantlab_core::value::{ClientId, SecretDigest, Subject};
use grantlab_core::wire::base64url;
use grantlab_sim::party::PartyId;
use grantlab_sim::provenance::{Mint, Path};
use grantlab_sim::seed::Seed;
use grantlab_sim::trace::{Entry, EntryId, Leak, Payload, START, What};

use crate::story::{EVIL, ISSUER, SERVER, Tale, get, post, refusal};

impl Tale {
    /// The grant of the code.
    pub(crate) fn grant(&self) -> GrantId {
        GrantId(SecretDigest::of(self.code.as_str()))
    }

    /// A fresh value, minted in the course of entry `entry`.
    pub(crate) fn mint(&mut self, kind: Fresh, party: PartyId, entry: EntryId) -> Text {
        self.minted += 1;
        let mut mint = Mint {
            seed: Seed(1),
            path: Path(self.minted),
            party,
            flow: 0,
            entry,
            drawn: 0,
            provenance: Some(self.trace.provenance_mut()),
        };
        base64url::encode(&mint.fresh(kind))
    }

    /// Somebody does something on his own.
    pub(crate) fn acts(&mut self, party: PartyId) -> EntryId {
        self.push(party, None, What::Acted(Text::new("acts")))
    }

    /// A request travels.
    pub(crate) fn asks(
        &mut self,
        from: PartyId,
        to: PartyId,
        cause: EntryId,
        request: Request,
    ) -> EntryId {
        self.travels(from, to, cause, Payload::Request(Arc::new(request)))
    }

    /// A response travels.
    pub(crate) fn answers(
        &mut self,
        from: PartyId,
        to: PartyId,
        cause: EntryId,
        response: Response,
    ) -> EntryId {
        self.travels(from, to, cause, Payload::Response(Arc::new(response)))
    }

    fn travels(&mut self, from: PartyId, to: PartyId, cause: EntryId, payload: Payload) -> EntryId {
        let sent = self.push(from, Some(cause), What::Sent { to, payload });
        self.push(to, Some(sent), What::Arrived { sent })
    }

    /// Somebody notes a fact.
    pub(crate) fn notes(&mut self, party: PartyId, cause: EntryId, event: Event) -> EntryId {
        self.push(party, Some(cause), What::Noted(Arc::new(event)))
    }

    /// A message reaches the attacker, who learns a value from it.
    pub(crate) fn leaks(&mut self, from: PartyId, kind: &'static str, value: &Text, leak: Leak) {
        let acts = self.acts(from);
        let arrived = self.asks(from, EVIL, acts, get("https://evil.example", &[]));
        let value = value.clone();
        self.push(EVIL, Some(arrived), What::Learned { kind, value, leak });
    }

    /// A resource server serves whoever presents the token.
    pub(crate) fn serves(&mut self, resource: PartyId, presenter: PartyId) -> EntryId {
        let acts = self.acts(presenter);
        let arrived = self.asks(presenter, resource, acts, get("https://rs.example", &[]));
        let served = Event::ResourceServed {
            access_token: self.access_token.clone(),
            owner: Subject::new("alice").unwrap(),
            client_id: ClientId::new("client").unwrap(),
            sender: None,
        };
        self.notes(resource, arrived, served)
    }

    /// The token endpoint gets a refresh token from `presenter` and takes it.
    pub(crate) fn refreshes(&mut self, presenter: PartyId, client_id: &str) -> EntryId {
        let acts = self.acts(presenter);
        let arrived = self.asks(presenter, SERVER, acts, post(ISSUER, Fields::EMPTY));
        let used = Event::RefreshTokenUsed {
            refresh_token: self.refresh_token.clone(),
            grant: self.grant(),
            client_id: ClientId::new(client_id).unwrap(),
        };
        self.notes(SERVER, arrived, used);
        arrived
    }

    /// The server sees a code or refresh token again, and refuses it for that.
    pub(crate) fn replays(&mut self, refresh: bool, otherwise_valid: bool) {
        let acts = self.acts(EVIL);
        let arrived = self.asks(EVIL, SERVER, acts, post(ISSUER, Fields::EMPTY));
        let grant = self.grant();
        let seen = Event::ReplayDetected {
            grant,
            otherwise_valid,
        };
        self.notes(SERVER, arrived, seen);
        let rule = match refresh {
            true => Rule::RefreshNewest,
            false => Rule::CodeSingleUse,
        };
        let refused = Event::TokenRefused {
            client_id: None,
            code: (!refresh).then(|| self.code.clone()),
            refresh_token: refresh.then(|| self.refresh_token.clone()),
            refusal: refusal(rule),
        };
        self.notes(SERVER, arrived, refused);
    }

    /// Appends an entry.
    pub(crate) fn push(&mut self, party: PartyId, cause: Option<EntryId>, what: What) -> EntryId {
        self.trace.push(Entry {
            at: START,
            party,
            flow: 0,
            cause,
            what,
        })
    }

    /// The first entry that notes a fact of this name.
    pub(crate) fn first(&self, name: &str) -> EntryId {
        let mut events = self.trace.events();
        let found = events.find(|(_, _, event)| event.name() == name);
        found.map(|(id, _, _)| id).expect("such a fact")
    }
}
