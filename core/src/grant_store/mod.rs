//! The grant store: a party of its own.
//!
//! The authorization server asks one atomic operation at a time and goes on with the answer. Whoever carries the
//! messages decides what happens in between: another node's request, a crash, a long delay. Single use of a code
//! is therefore the compare-and-set of [`StoreRequest::ConsumeCode`] and nothing else.

mod index;
pub mod life;
mod nonces;
mod packing;
mod records;
mod rows;
mod table;
mod terms;

use alloc::sync::Arc;

use crate::event::Event;
use crate::machine::{Context, Machine, Output, StoreAtHand, Ticket};
use crate::message::store::{StoreReply, StoreRequest};
use crate::time::Timestamp;
use life::CodeStep;
use records::Records;

/// One operation that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The name under which the reply goes back.
    pub ticket: Ticket,
    /// The operation.
    pub request: Arc<StoreRequest>,
}

crate::canonical_struct!(Input { ticket, request });

/// Grants, their tokens and pushed requests, in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantStore {
    records: Records,
}

crate::canonical_struct!(GrantStore { records });

impl GrantStore {
    /// An empty store that keeps at most `capacity` grants, access tokens, refresh tokens and pushed requests, each.
    #[must_use]
    pub const fn new(capacity: usize) -> Self {
        Self {
            records: Records::new(capacity),
        }
    }

    fn operate(&mut self, request: &StoreRequest, now: Timestamp) -> StoreReply {
        let records = &mut self.records;
        match request {
            StoreRequest::SaveCode(code) => records.save_code(code, now),
            StoreRequest::LoadCode(digest) => records.load_code(digest),
            StoreRequest::ConsumeCode(digest) => records.consume_code(digest),
            StoreRequest::MarkCodeRedeemed(digest) => records.step_code(digest, CodeStep::Mark),
            StoreRequest::InvalidateCode(digest) => records.step_code(digest, CodeStep::Invalidate),
            StoreRequest::SaveTokens { access, refresh } => {
                records.save_tokens(access, refresh.as_ref(), now)
            }
            StoreRequest::LoadToken(digest) => records.load_token(digest),
            StoreRequest::ConsumeRefresh(digest) => records.consume_refresh(digest),
            StoreRequest::MarkRefreshRotated(digest) => records.mark_refresh_rotated(digest),
            StoreRequest::RevokeToken(digest) => records.revoke_token(digest),
            StoreRequest::RevokeFamily(grant) => records.revoke_family(*grant),
            StoreRequest::SavePushed(digest, pushed) => {
                records.save_pushed(*digest, Arc::clone(pushed), now)
            }
            StoreRequest::LoadPushed(digest) => records.load_pushed(digest),
            StoreRequest::TakePushed(digest) => records.take_pushed(digest),
        }
    }
}

impl StoreAtHand for GrantStore {
    fn answer(
        &mut self,
        request: &StoreRequest,
        now: Timestamp,
        note: &mut dyn FnMut(Event),
    ) -> StoreReply {
        let reply = self.operate(request, now);
        if let Some(fact) = fact(&reply, done(request)) {
            note(fact);
        }
        reply
    }
}

impl Machine for GrantStore {
    type Input = Input;

    fn handle(&mut self, input: Input, ctx: &mut Context<'_>) {
        let reply = self.answer(&input.request, ctx.now, &mut |fact| ctx.note(fact));
        ctx.outputs.push(Output::Reply {
            ticket: input.ticket,
            reply,
        });
    }

    /// A store waits for nothing.
    fn next_deadline(&self) -> Option<Timestamp> {
        None
    }
}

/// What is so once this request is done. In the order of the store these facts cannot be doubted: whoever asked
/// may learn of them late, and in another order.
fn done(request: &StoreRequest) -> Option<Event> {
    match request {
        StoreRequest::SaveTokens { access, .. } => Some(Event::TokensKept {
            grant: access.1.grant,
        }),
        StoreRequest::RevokeFamily(grant) => Some(Event::GrantEnded { grant: *grant }),
        StoreRequest::SaveCode(_)
        | StoreRequest::LoadCode(_)
        | StoreRequest::ConsumeCode(_)
        | StoreRequest::MarkCodeRedeemed(_)
        | StoreRequest::InvalidateCode(_)
        | StoreRequest::LoadToken(_)
        | StoreRequest::ConsumeRefresh(_)
        | StoreRequest::MarkRefreshRotated(_)
        | StoreRequest::RevokeToken(_)
        | StoreRequest::SavePushed(..)
        | StoreRequest::LoadPushed(_)
        | StoreRequest::TakePushed(_) => None,
    }
}

/// What a reply says: that it is done, or who was first.
fn fact(reply: &StoreReply, done: Option<Event>) -> Option<Event> {
    match reply {
        StoreReply::Done => done,
        StoreReply::CodeConsumed(code) => Some(Event::Consumed { grant: code.grant }),
        StoreReply::CodeAlreadyUsed(code) => Some(Event::AlreadyConsumed { grant: code.grant }),
        StoreReply::RefreshConsumed(token) => Some(Event::Consumed { grant: token.grant }),
        StoreReply::RefreshAlreadyUsed(token) => {
            Some(Event::AlreadyConsumed { grant: token.grant })
        }
        StoreReply::Full
        | StoreReply::GrantRevoked
        | StoreReply::Unknown
        | StoreReply::Code(_)
        | StoreReply::Token(_)
        | StoreReply::Pushed(_) => None,
    }
}

#[cfg(test)]
mod tests;
