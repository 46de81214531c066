//! What an authorization server does while its store works: one continuation for each store request.

use crate::canonical::{Canonical, Encoder};
use crate::machine::Ticket;
use crate::time::Timestamp;

/// One continuation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pending {
    /// The name under which the store will reply.
    pub(super) ticket: Ticket,
    /// Since when.
    pub(super) since: Timestamp,
    /// What then.
    pub(super) waiting: Waiting,
}

crate::canonical_struct!(Pending {
    ticket,
    since,
    waiting
});

/// What happens once the store has replied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Waiting {}

impl Canonical for Waiting {
    fn encode(&self, _out: &mut Encoder) {
        match *self {}
    }
}
