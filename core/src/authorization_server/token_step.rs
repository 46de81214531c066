//! What the token endpoint waits for, one step of a request at a time, and how a request ends.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::AuthorizationServer;
use super::back_channel;
use super::refresh::{JudgedRefresh, Renewal};
use super::store_replies;
use super::token_endpoint::{Judged, Redemption};
use super::tokens::Minted;
use super::waiting::Waiting;
use crate::canonical::{Canonical, Encoder};
use crate::event::Event;
use crate::http::Response;
use crate::machine::{Context, ExchangeId};
use crate::message::store::{GrantId, StoreReply, StoreRequest};
use crate::message::{AccessTokenRequest, Grant};
use crate::refusal::Refusal;
use crate::value::{AuthorizationCode, ClientId, Confirmation, RefreshToken};

/// A request to the token endpoint, as far as it was understood: what its refusal will name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attempt {
    exchange: ExchangeId,
    client_id: Option<ClientId>,
    /// What its tokens will be bound to.
    sender: Option<Confirmation>,
    code: Option<AuthorizationCode>,
    refresh_token: Option<RefreshToken>,
}

crate::canonical_struct!(Attempt {
    exchange,
    client_id,
    sender,
    code,
    refresh_token
});

impl Attempt {
    pub(super) const fn new(exchange: ExchangeId) -> Self {
        Self {
            exchange,
            client_id: None,
            sender: None,
            code: None,
            refresh_token: None,
        }
    }

    /// The attempt, which goes on elsewhere: nothing is known here any more.
    pub(super) const fn take(&mut self) -> Self {
        core::mem::replace(self, Self::new(self.exchange))
    }

    /// What the tokens of this request are bound to.
    pub(super) const fn sender(&self) -> Option<&Confirmation> {
        self.sender.as_ref()
    }

    pub(super) fn sent_by(&mut self, sender: Option<Confirmation>) {
        self.sender = sender;
    }

    pub(super) fn remember(&mut self, asked: &AccessTokenRequest) {
        self.client_id = asked.client.as_ref().map(|client| client.client_id.clone());
        match &asked.grant {
            Grant::AuthorizationCode { code, .. } => self.code = Some(code.clone()),
            Grant::RefreshToken { refresh_token, .. } => {
                self.refresh_token = Some(refresh_token.clone());
            }
            Grant::Other(_) => {}
        }
    }

    /// RFC 6749 §5.2: the request is refused.
    #[cold]
    pub(super) fn refuse(self, refusal: Refusal, ctx: &mut Context<'_>) {
        let response = back_channel::refused(&refusal);
        ctx.note(Event::TokenRefused {
            client_id: self.client_id,
            code: self.code,
            refresh_token: self.refresh_token,
            refusal,
        });
        ctx.respond(self.exchange, response);
    }
}

/// Tokens that the store is asked to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Saving {
    attempt: Attempt,
    facts: Vec<Event>,
    response: Response,
}

crate::canonical_struct!(Saving {
    attempt,
    facts,
    response
});

/// A refusal whose consequences the store is asked to write down first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusing {
    attempt: Attempt,
    refusal: Refusal,
    /// The grant that is revoked for it; none when a code is used up for it.
    revoked: Option<GrantId>,
}

crate::canonical_struct!(Refusing {
    attempt,
    refusal,
    revoked
});

/// A request to the token endpoint between two steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenStep {
    /// The code is being looked at.
    LoadingCode(Box<Redemption>),
    /// It is being consumed.
    ConsumingCode(Box<Judged>),
    /// It is being written off, without looking.
    MarkingCode(Box<Judged>),
    /// The refresh token is being looked at.
    LoadingRefresh(Box<Renewal>),
    /// It is being consumed.
    ConsumingRefresh(Box<JudgedRefresh>),
    /// It is being written off, without looking.
    MarkingRefresh(Box<JudgedRefresh>),
    /// The new tokens are being kept.
    Saving(Box<Saving>),
    /// The consequences of a refusal are being written down.
    Refusing(Box<Refusing>),
}

impl Canonical for TokenStep {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::LoadingCode(redemption) => {
                out.tag(0);
                redemption.encode(out);
            }
            Self::ConsumingCode(judged) => {
                out.tag(1);
                judged.encode(out);
            }
            Self::MarkingCode(judged) => {
                out.tag(2);
                judged.encode(out);
            }
            Self::LoadingRefresh(renewal) => {
                out.tag(3);
                renewal.encode(out);
            }
            Self::ConsumingRefresh(judged) => {
                out.tag(4);
                judged.encode(out);
            }
            Self::MarkingRefresh(judged) => {
                out.tag(5);
                judged.encode(out);
            }
            Self::Saving(saving) => {
                out.tag(6);
                saving.encode(out);
            }
            Self::Refusing(refusing) => {
                out.tag(7);
                refusing.encode(out);
            }
        }
    }
}

/// What a request to the token endpoint has come to when it asks the store for something.
pub(super) trait Waits {
    /// What is left of it when the store cannot be asked.
    fn into_attempt(self) -> Attempt;
}

impl Waits for Saving {
    fn into_attempt(self) -> Attempt {
        self.attempt
    }
}

impl Waits for Refusing {
    fn into_attempt(self) -> Attempt {
        self.attempt
    }
}

/// As which step a request waits for the store, and where it goes on once that has replied.
pub(super) type Then<T> = (
    fn(Box<T>) -> TokenStep,
    fn(&mut AuthorizationServer, T, StoreReply, &mut Context<'_>),
);

impl AuthorizationServer {
    /// Asks the store for the sake of a request to the token endpoint; refuses that if too much is waiting.
    /// A store at hand has answered when this returns; else what was `found` is kept as a step.
    pub(super) fn ask_for_tokens<T: Waits>(
        &mut self,
        request: StoreRequest,
        found: T,
        (step, go_on): Then<T>,
        ctx: &mut Context<'_>,
    ) {
        if let Err(refusal) = self.room_to_wait() {
            return found.into_attempt().refuse(refusal, ctx);
        }
        match ctx.answer_at_once(&request) {
            Some(reply) => go_on(self, found, reply, ctx),
            None => self.park(request, Waiting::Tokens(step(Box::new(found))), ctx),
        }
    }

    /// The store has replied.
    pub(super) fn go_on_with_tokens(
        &mut self,
        step: TokenStep,
        reply: StoreReply,
        ctx: &mut Context<'_>,
    ) {
        match step {
            TokenStep::LoadingCode(redemption) => self.code_loaded(*redemption, reply, ctx),
            TokenStep::ConsumingCode(judged) => self.code_consumed(*judged, reply, ctx),
            TokenStep::MarkingCode(judged) => self.code_marked(*judged, reply, ctx),
            TokenStep::LoadingRefresh(renewal) => self.refresh_loaded(*renewal, reply, ctx),
            TokenStep::ConsumingRefresh(judged) => self.refresh_consumed(*judged, reply, ctx),
            TokenStep::MarkingRefresh(judged) => self.refresh_marked(*judged, reply, ctx),
            TokenStep::Saving(saving) => self.tokens_saved(*saving, reply, ctx),
            TokenStep::Refusing(refusing) => self.refused_for_good(*refusing, reply, ctx),
        }
    }

    /// Asks the store to keep new tokens, noting `first` before them once they are kept.
    pub(super) fn save_tokens(
        &mut self,
        attempt: Attempt,
        first: Option<Event>,
        minted: Minted,
        ctx: &mut Context<'_>,
    ) {
        let facts = first.into_iter().chain(minted.facts).collect();
        let saving = Saving {
            attempt,
            facts,
            response: minted.response,
        };
        let then: Then<_> = (TokenStep::Saving, Self::tokens_saved);
        self.ask_for_tokens(minted.request, saving, then, ctx);
    }

    /// Refuses, and lets the code pay for it.
    pub(super) fn invalidate_and_refuse(
        &mut self,
        attempt: Attempt,
        grant: GrantId,
        refusal: Refusal,
        ctx: &mut Context<'_>,
    ) {
        let GrantId(digest) = grant;
        let refusing = Refusing {
            attempt,
            refusal,
            revoked: None,
        };
        let then: Then<_> = (TokenStep::Refusing, Self::refused_for_good);
        self.ask_for_tokens(StoreRequest::InvalidateCode(digest), refusing, then, ctx);
    }

    /// Refuses, and revokes the grant first: whoever reads the answer finds its tokens dead.
    pub(super) fn revoke_and_refuse(
        &mut self,
        attempt: Attempt,
        grant: GrantId,
        refusal: Refusal,
        ctx: &mut Context<'_>,
    ) {
        let refusing = Refusing {
            attempt,
            refusal,
            revoked: Some(grant),
        };
        let then: Then<_> = (TokenStep::Refusing, Self::refused_for_good);
        self.ask_for_tokens(StoreRequest::RevokeFamily(grant), refusing, then, ctx);
    }

    /// RFC 6749 §5.1: the tokens are kept, or not.
    fn tokens_saved(&mut self, saving: Saving, reply: StoreReply, ctx: &mut Context<'_>) {
        match store_replies::done(&reply) {
            Ok(()) => {
                for fact in saving.facts {
                    ctx.note(fact);
                }
                ctx.respond(saving.attempt.exchange, saving.response);
            }
            Err(refusal) => saving.attempt.refuse(refusal, ctx),
        }
    }

    /// What is revoked for a refusal is dead before it is read. A store that does not say so is as good as one that failed:
    /// whoever asked may come again, and it is revoked then.
    #[cold]
    fn refused_for_good(&mut self, refusing: Refusing, reply: StoreReply, ctx: &mut Context<'_>) {
        let Refusing {
            attempt,
            refusal,
            revoked,
        } = refusing;
        match (revoked, store_replies::revoked(&reply)) {
            (Some(_), Err(failure)) => return attempt.refuse(failure, ctx),
            (Some(grant), Ok(())) if reply == StoreReply::Done => ctx.note(Event::FamilyRevoked {
                grant,
                by_replay: true,
            }),
            (Some(_), Ok(())) | (None, _) => {}
        }
        attempt.refuse(refusal, ctx);
    }
}
