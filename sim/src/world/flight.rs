//! What is on its way between two parties.

use std::sync::OnceLock;

use grantlab_core::canonical::{Canonical, Encoder};
use grantlab_core::time::Timestamp;

use super::seat::fingerprint_of;
use crate::party::PartyId;
use crate::provenance::{FlowId, Path};
use crate::trace::{EntryId, Payload};

/// Names something on its way. It follows from its causes, so that it is the same in every order of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FlightId(pub u64);

/// What a message is in the flow. Scenarios name messages by these words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MessageKind {
    /// To the authorization endpoint (RFC 6749 §4.1.1).
    Authorization,
    /// To the login or consent form's endpoint.
    OwnerForm,
    /// To the client's redirection endpoint (RFC 6749 §4.1.2).
    Callback,
    /// To the token endpoint (RFC 6749 §4.1.3, §6).
    Token,
    /// To the revocation endpoint (RFC 7009).
    Revocation,
    /// To the introspection endpoint (RFC 7662).
    Introspection,
    /// To the pushed authorization request endpoint (RFC 9126).
    PushedRequest,
    /// To the resource (RFC 6749 §7).
    Resource,
    /// To the grant store.
    Store,
    /// To any other page.
    Page,
}

impl MessageKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Authorization,
        Self::OwnerForm,
        Self::Callback,
        Self::Token,
        Self::Revocation,
        Self::Introspection,
        Self::PushedRequest,
        Self::Resource,
        Self::Store,
        Self::Page,
    ];

    /// The words for a message of this kind, and for the answer to one.
    #[must_use]
    pub const fn words(self, answer: bool) -> &'static str {
        match (self, answer) {
            (Self::Authorization, false) => "authorization request",
            (Self::Authorization, true) => "authorization endpoint answer",
            (Self::OwnerForm, false) => "owner form",
            (Self::OwnerForm, true) => "owner form answer",
            (Self::Callback, false) => "authorization response",
            (Self::Callback, true) => "redirection endpoint answer",
            (Self::Token, false) => "token request",
            (Self::Token, true) => "token response",
            (Self::Revocation, false) => "revocation request",
            (Self::Revocation, true) => "revocation response",
            (Self::Introspection, false) => "introspection request",
            (Self::Introspection, true) => "introspection response",
            (Self::PushedRequest, false) => "pushed authorization request",
            (Self::PushedRequest, true) => "pushed authorization response",
            (Self::Resource, false) => "resource request",
            (Self::Resource, true) => "resource response",
            (Self::Store, false) => "store request",
            (Self::Store, true) => "store reply",
            (Self::Page, false) => "page request",
            (Self::Page, true) => "page",
        }
    }
}

/// Something on its way.
#[derive(Clone, Debug)]
pub struct Flight {
    /// Its name.
    pub id: FlightId,
    /// Who sent it.
    pub from: PartyId,
    /// Who gets it.
    pub to: PartyId,
    /// What it is in the flow.
    pub kind: MessageKind,
    /// In which flow.
    pub flow: FlowId,
    /// Not before this moment.
    pub due: Timestamp,
    /// What.
    pub payload: Payload,
    pub(super) number: u64,
    pub(super) path: Path,
    pub(super) sent: EntryId,
    pub(super) print: OnceLock<u128>,
}

impl Flight {
    /// Whether it answers something.
    #[must_use]
    pub fn is_answer(&self) -> bool {
        match self.payload {
            Payload::Request(_) | Payload::StoreRequest(_) => false,
            Payload::Response(_) | Payload::Failure(_) | Payload::StoreReply(_) => true,
        }
    }

    /// Whether a copy of a store tells another what was written: nobody waits for an answer to that.
    #[must_use]
    pub fn is_replication(&self) -> bool {
        self.number == self.id.0 && matches!(self.payload, Payload::StoreRequest(_))
    }

    /// Whether it belongs to the same exchange: another copy of it, its answer, what it answers.
    #[must_use]
    pub fn is_twin_of(&self, other: &Self) -> bool {
        self.number == other.number && self.id != other.id
    }

    /// Whether it waits for `earlier` to arrive: copies of a store learn of writes in their order.
    pub(super) fn must_follow(&self, earlier: &Self) -> bool {
        let same_way = (self.from, self.to) == (earlier.from, earlier.to);
        same_way && self.is_replication() && earlier.is_replication()
    }

    /// The entry of the trace that says that it was sent.
    #[must_use]
    pub const fn sent(&self) -> EntryId {
        self.sent
    }

    /// What it is, in the words of scenarios.
    #[must_use]
    pub fn words(&self) -> &'static str {
        self.kind.words(self.is_answer())
    }
}

impl Canonical for Flight {
    fn encode(&self, out: &mut Encoder) {
        self.id.0.encode(out);
        self.from.encode(out);
        self.to.encode(out);
        self.due.encode(out);
        let print = self.print.get_or_init(|| fingerprint_of(&self.payload));
        print.encode(out);
    }
}

impl FlightId {
    /// The name of what has this path.
    pub(super) fn of(path: Path) -> Self {
        let [low @ .., _, _, _, _, _, _, _, _] = path.0.to_le_bytes();
        Self(u64::from_le_bytes(low))
    }
}
