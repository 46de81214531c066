//! A recorded run: what was done, sent, delivered and noted, each with its cause.
//!
//! Everything that judges or draws a run reads this and nothing else.

mod hash;
mod json;
mod summary;
mod text;

pub use grantlab_core::machine::Failure;
pub use hash::TraceHash;
pub use json::write_json;
pub use summary::Summary;
pub use text::{Detail, entry_text, event_parts, write_text};

use std::sync::{Arc, OnceLock};

use grantlab_core::canonical::{Canonical, Encoder};
use grantlab_core::event::Event;
use grantlab_core::http::{Request, Response};
use grantlab_core::message::store::{StoreReply, StoreRequest};
use grantlab_core::text::Text;
use grantlab_core::time::{Span, Timestamp};

use crate::history::History;
use crate::party::{PartyId, Role};
use crate::provenance::{FlowId, Provenance};

/// When a run begins: 1 January 2026, so that the moments in tokens look like moments.
pub const START: Timestamp = Timestamp(1_767_225_600_000);

/// Entries of a login.
const ENTRIES_USUAL: usize = 256;

/// Names an entry of a trace: its place.
pub type EntryId = u32;

/// What travels between two parties.
/// Whoever sends, carries, records and gets it has the same one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// An HTTP request.
    Request(Arc<Request>),
    /// An HTTP response.
    Response(Arc<Response>),
    /// No response will come.
    Failure(Failure),
    /// An operation on the store.
    StoreRequest(Arc<StoreRequest>),
    /// What the store answers.
    StoreReply(StoreReply),
}

impl Canonical for Payload {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Request(request) => {
                out.tag(0);
                request.encode(out);
            }
            Self::Response(response) => {
                out.tag(1);
                response.encode(out);
            }
            Self::Failure(failure) => {
                out.tag(2);
                failure.encode(out);
            }
            Self::StoreRequest(request) => {
                out.tag(3);
                request.encode(out);
            }
            Self::StoreReply(reply) => {
                out.tag(4);
                reply.encode(out);
            }
        }
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Somebody did something on his own: the words of the action.
    Acted(Text),
    /// A party sends something.
    Sent {
        /// To whom.
        to: PartyId,
        /// What.
        payload: Payload,
    },
    /// What was sent arrives.
    Arrived {
        /// The entry that says who sent what.
        sent: EntryId,
    },
    /// What was sent gets lost.
    Lost {
        /// The entry that says who sent what.
        sent: EntryId,
    },
    /// What was sent will arrive twice.
    Duplicated {
        /// The entry that says who sent what.
        sent: EntryId,
    },
    /// What was sent will arrive later.
    Delayed {
        /// The entry that says who sent what.
        sent: EntryId,
        /// By how much.
        by: Span,
    },
    /// A party notes a fact.
    Noted(Arc<Event>),
    /// Time passes.
    TimePassed(Span),
    /// A party is told that one of its deadlines has come.
    DeadlineCame,
    /// A party stops, and forgets what was not durable.
    Crashed,
    /// A party is there again.
    Restarted,
    /// What was sent is not what arrived once it was written and read: a fault of grantlab itself.
    WireDiffers {
        /// The entry that says who sent what.
        sent: EntryId,
    },
    /// A request goes where nobody listens.
    NobodyThere {
        /// Origin and path.
        url: Text,
    },
    /// A bound of the run was reached: how it ends is not known.
    BoundReached(Text),
    /// A user wants to log in: he asks for it himself, at the client's own page.
    Intended {
        /// At which client.
        client: Text,
        /// With which authorization server.
        server: Text,
    },
    /// The attacker learns a value. The cause says from which message.
    Learned {
        /// What it is for, as provenance names it; `password` and `id_token` are no fresh values and count too.
        kind: &'static str,
        /// The value.
        value: Text,
        /// How it came to him.
        leak: Leak,
    },
}

/// How a value comes to the attacker (RFC 9700 §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leak {
    /// It was sent to one of his machines, or came to his own browser (A1).
    Received,
    /// A browser told him where it came from: the `Referer` of a request to one of his machines (A1).
    Referer,
    /// He reads plain http (A2).
    Network,
    /// He reads the URLs of authorization responses: in a history, a log or a proxy (A3).
    Response,
    /// He reads the URLs of authorization requests (A4).
    Request,
    /// Tokens leak to him from an honest client or resource server (A5).
    Token,
    /// An app of his on the same device claims the same private-use scheme (RFC 8252 §8.1).
    App,
}

impl Leak {
    /// Its word in traces.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Referer => "referer",
            Self::Network => "network",
            Self::Response => "authorization response read",
            Self::Request => "authorization request read",
            Self::Token => "token leaked",
            Self::App => "app with the same scheme",
        }
    }
}

impl Canonical for What {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Acted(words) => {
                out.tag(0);
                words.encode(out);
            }
            Self::Sent { to, payload } => {
                out.tag(1);
                to.encode(out);
                payload.encode(out);
            }
            Self::Arrived { sent } => {
                out.tag(2);
                sent.encode(out);
            }
            Self::Lost { sent } => {
                out.tag(3);
                sent.encode(out);
            }
            Self::Duplicated { sent } => {
                out.tag(4);
                sent.encode(out);
            }
            Self::Delayed { sent, by } => {
                out.tag(5);
                sent.encode(out);
                by.encode(out);
            }
            Self::Noted(event) => {
                out.tag(6);
                event.encode(out);
            }
            Self::TimePassed(span) => {
                out.tag(7);
                span.encode(out);
            }
            Self::DeadlineCame => out.tag(8),
            Self::Crashed => out.tag(9),
            Self::Restarted => out.tag(10),
            Self::WireDiffers { sent } => {
                out.tag(11);
                sent.encode(out);
            }
            Self::BoundReached(bound) => {
                out.tag(12);
                bound.encode(out);
            }
            Self::NobodyThere { url } => {
                out.tag(13);
                url.encode(out);
            }
            Self::Intended { client, server } => {
                out.tag(14);
                client.encode(out);
                server.encode(out);
            }
            Self::Learned { kind, value, leak } => {
                out.tag(15);
                kind.encode(out);
                value.encode(out);
                leak.as_str().encode(out);
            }
        }
    }
}

/// One line of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When, by the world's clock.
    pub at: Timestamp,
    /// Who.
    pub party: PartyId,
    /// In which flow.
    pub flow: FlowId,
    /// Because of which entry.
    pub cause: Option<EntryId>,
    /// What.
    pub what: What,
}

impl Canonical for Entry {
    fn encode(&self, out: &mut Encoder) {
        self.at.encode(out);
        self.party.encode(out);
        self.flow.encode(out);
        self.cause.encode(out);
        self.what.encode(out);
    }
}

/// A party as traces name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cast {
    /// Its name.
    pub name: Text,
    /// What it is.
    pub role: Role,
    /// Whether it plays for the attacker: his machines and his own browser.
    pub hostile: bool,
    /// What others call it: the identifiers of a client, the subjects of an owner, the issuer of an authorization
    /// server; for a resource server, the issuer whose tokens it takes.
    pub identities: Vec<Text>,
}

/// A recorded run.
#[derive(Clone, Debug)]
pub struct Trace {
    cast: Arc<[Cast]>,
    entries: History<Entry>,
    /// Nobody asks for it while a search goes on: it is computed when somebody does.
    hash: OnceLock<TraceHash>,
    provenance: Provenance,
}

impl PartialEq for Trace {
    fn eq(&self, other: &Self) -> bool {
        let same_past = self.entries == other.entries && self.provenance == other.provenance;
        self.cast == other.cast && same_past
    }
}

impl Eq for Trace {}

impl Trace {
    /// An empty trace of these parties.
    #[must_use]
    pub fn new(cast: Arc<[Cast]>) -> Self {
        let owners = cast.iter().map(|cast| cast.name.clone()).collect();
        Self {
            cast,
            entries: History::with_room(ENTRIES_USUAL),
            hash: OnceLock::new(),
            provenance: Provenance::new(owners),
        }
    }

    /// The parties, by their numbers.
    #[must_use]
    pub fn cast(&self) -> &[Cast] {
        &self.cast
    }

    /// The name of a party.
    #[must_use]
    pub fn name(&self, party: PartyId) -> &str {
        self.cast
            .get(usize::from(party.0))
            .map_or("?", |cast| cast.name.as_str())
    }

    /// What a party is.
    #[must_use]
    pub fn role(&self, party: PartyId) -> Option<Role> {
        self.cast.get(usize::from(party.0)).map(|cast| cast.role)
    }

    /// Whether a party plays for the attacker.
    #[must_use]
    pub fn is_hostile(&self, party: PartyId) -> bool {
        self.cast
            .get(usize::from(party.0))
            .is_some_and(|cast| cast.hostile)
    }

    /// Whether an identifier of a client, a subject or an issuer is one of the attacker's own.
    #[must_use]
    pub fn is_hostile_identity(&self, identity: &str) -> bool {
        self.cast
            .iter()
            .any(|cast| cast.hostile && cast.identities.iter().any(|own| own == identity))
    }

    /// What the attacker learned, with the entries that say so: what for, which value, how.
    pub fn learned(&self) -> impl Iterator<Item = (EntryId, &'static str, &Text, Leak)> {
        (0..).zip(&self.entries).filter_map(|(id, entry)| {
            if let What::Learned { kind, value, leak } = &entry.what {
                Some((id, *kind, value, *leak))
            } else {
                None
            }
        })
    }

    /// Every entry, in order.
    #[must_use]
    pub const fn entries(&self) -> &History<Entry> {
        &self.entries
    }

    /// The entry called `id`.
    #[must_use]
    pub fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.entries.get(usize::try_from(id).ok()?)
    }

    /// Every noted fact with its entry.
    pub fn events(&self) -> impl Iterator<Item = (EntryId, &Entry, &Event)> {
        (0..).zip(&self.entries).filter_map(|(id, entry)| {
            if let What::Noted(event) = &entry.what {
                Some((id, entry, &**event))
            } else {
                None
            }
        })
    }

    /// What an entry of a message sent: the payload of `Sent`, or of the `Sent` that an `Arrived` speaks of.
    #[must_use]
    pub fn payload(&self, id: EntryId) -> Option<&Payload> {
        let sent = if let What::Arrived { sent } = self.entry(id)?.what {
            sent
        } else {
            id
        };
        if let What::Sent { payload, .. } = &self.entry(sent)?.what {
            Some(payload)
        } else {
            None
        }
    }

    /// Where the values of this run come from.
    #[must_use]
    pub const fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// Where the values of this run come from, to be added to.
    pub const fn provenance_mut(&mut self) -> &mut Provenance {
        &mut self.provenance
    }

    /// The hash over all entries; equal runs have equal hashes.
    #[must_use]
    pub fn hash(&self) -> &TraceHash {
        self.hash.get_or_init(|| TraceHash::of(&self.entries))
    }

    /// Appends an entry.
    pub fn push(&mut self, entry: Entry) -> EntryId {
        self.hash.take();
        self.entries.push(entry);
        self.next_id().saturating_sub(1)
    }

    /// The number of the next entry.
    #[must_use]
    pub fn next_id(&self) -> EntryId {
        EntryId::try_from(self.entries.len()).unwrap_or(EntryId::MAX)
    }
}
