//! What an authorization server does while its store works: one continuation for each store request.

use alloc::boxed::Box;

use super::grant::Issuance;
use super::pushed_requests::Push;
use super::request_uri::Reference;
use super::revocation::RevocationStep;
use super::token_step::TokenStep;
use crate::canonical::{Canonical, Encoder};
use crate::machine::{ExchangeId, Ticket};
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
pub(super) enum Waiting {
    /// The pushed parameters are judged.
    LoadingPushed(Box<Reference>),
    /// The code is sent, or an access token is made to go with it.
    SavingCode(Box<Issuance>),
    /// The code is sent with its access token.
    SavingFrontToken(Box<Issuance>),
    /// The reference to a pushed request is handed out.
    Pushing(Box<Push>),
    /// A request to the token endpoint goes on.
    Tokens(TokenStep),
    /// A revocation goes on.
    Revocation(RevocationStep),
    /// An introspection is answered.
    Introspection(ExchangeId),
}

impl Canonical for Waiting {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::LoadingPushed(reference) => {
                out.tag(0);
                reference.encode(out);
            }
            Self::SavingCode(issuance) => {
                out.tag(1);
                issuance.encode(out);
            }
            Self::SavingFrontToken(issuance) => {
                out.tag(2);
                issuance.encode(out);
            }
            Self::Pushing(push) => {
                out.tag(3);
                push.encode(out);
            }
            Self::Tokens(step) => {
                out.tag(4);
                step.encode(out);
            }
            Self::Revocation(step) => {
                out.tag(5);
                step.encode(out);
            }
            Self::Introspection(exchange) => {
                out.tag(6);
                exchange.encode(out);
            }
        }
    }
}
