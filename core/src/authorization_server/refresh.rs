//! Refreshing: the rules of RFC 6749 §6 in their order, then the act.
//!
//! A refresh token that is rotated is used up like a code: with a compare-and-set. Whoever comes second holds a
//! token that was stolen, or was robbed himself; nobody can tell, and the family ends (RFC 9700 §4.14.2).

use alloc::sync::Arc;

use super::AuthorizationServer;
use super::client_authentication::ActingClient;
use super::code_rules::{OwnerStillThere, not_expired};
use super::policy::{RefreshBindClient, RefreshRotation, RefreshScope, RefreshUse};
use super::proof::proof;
use super::sender::RefreshBoundToSender;
use super::store_replies::{self, Consumption};
use super::token_endpoint::not_allowed;
use super::token_step::{Attempt, Then, TokenStep, Waits};
use super::tokens::Entitlement;
use crate::event::Event;
use crate::machine::Context;
use crate::message::store::{StoreReply, StoreRequest, TokenKind, TokenRecord, TokenStage};
use crate::refusal::{Compared, Refusal, Rule};
use crate::time::Timestamp;
use crate::value::{GrantType, RefreshToken, Scope, SecretDigest};

impl AuthorizationServer {
    /// RFC 6749 §6, in this order. The client has been authenticated and may refresh.
    ///
    /// # Errors
    /// The first rule that is broken.
    fn refresh_rules(
        &self,
        renewal: &Renewal,
        token: &TokenRecord,
        now: Timestamp,
    ) -> Result<Renewable, Refusal> {
        let policy = &self.configuration.policy;
        let known = RefreshTokenKnown::check(renewal, token)?;
        let owned = RefreshBound::decide(policy.rt_bind_client, token, &renewal.client)?;
        let sender = RefreshBoundToSender::check(token, renewal.attempt.sender())?;
        let fresh = RefreshFresh::check(token, now)?;
        let owner = self.owner_rechecked(&token.subject, &token.client_id, token.issued_at)?;
        let within = ScopeWithin::decide(policy.rt_scope, renewal.scope.as_ref(), token)?;
        let newest = RefreshNewest::check(token.stage)?;
        Ok(Renewable {
            _proofs: (known, owned, sender, fresh, owner, within, newest),
        })
    }

    /// Uses the refresh token up, as the policy knows how.
    fn renew(
        &mut self,
        renewal: Renewal,
        token: Arc<TokenRecord>,
        allowed: Renewable,
        ctx: &mut Context<'_>,
    ) {
        let policy = &self.configuration.policy;
        let digest = SecretDigest::of(renewal.refresh_token.as_str());
        let judged = JudgedRefresh::new(renewal, token, allowed);
        match (policy.rt_rotation, policy.rt_use) {
            (RefreshRotation::None, RefreshUse::Atomic | RefreshUse::CheckThenSet) => {
                self.issue_renewed(judged, RefreshTaken::waived(), ctx);
            }
            (
                RefreshRotation::RotateFamilyRevoke | RefreshRotation::RotateOnly,
                RefreshUse::Atomic,
            ) => {
                let then: Then<_> = (TokenStep::ConsumingRefresh, Self::refresh_consumed);
                self.ask_for_tokens(StoreRequest::ConsumeRefresh(digest), judged, then, ctx);
            }
            (
                RefreshRotation::RotateFamilyRevoke | RefreshRotation::RotateOnly,
                RefreshUse::CheckThenSet,
            ) => {
                let then: Then<_> = (TokenStep::MarkingRefresh, Self::refresh_marked);
                self.ask_for_tokens(StoreRequest::MarkRefreshRotated(digest), judged, then, ctx);
            }
        }
    }

    /// RFC 6749 §6: a new access token, maybe for less, and a new refresh token for what was granted first.
    fn issue_renewed(&mut self, judged: JudgedRefresh, _: RefreshTaken, ctx: &mut Context<'_>) {
        let JudgedRefresh { renewal, token } = judged;
        let granted = token.scope.clone();
        let rotates = match self.configuration.policy.rt_rotation {
            RefreshRotation::RotateFamilyRevoke | RefreshRotation::RotateOnly => true,
            RefreshRotation::None => false,
        };
        let scope = renewal.scope.clone().unwrap_or_else(|| granted.clone());
        let entitlement = Entitlement {
            grant: token.grant,
            client_id: renewal.client.client_id().clone(),
            subject: token.subject.clone(),
            scope_asked: Some(scope.clone()),
            scope,
            refresh: rotates.then_some(granted),
            nonce: None,
            auth_time: None,
            bound_to: renewal.attempt.sender().cloned(),
            refresh_bound: !renewal.client.confidential(),
        };
        let minted = self.mint(&entitlement, ctx);
        let fact = ctx.made_for_readers(|| Event::RefreshTokenUsed {
            refresh_token: renewal.refresh_token,
            grant: token.grant,
            client_id: entitlement.client_id,
        });
        self.save_tokens(renewal.attempt, fact, minted, ctx);
    }
}

/// A refresh that every rule let pass: all that lets a refresh token be used.
#[derive(Debug)]
struct Renewable {
    _proofs: (
        RefreshTokenKnown,
        RefreshBound,
        RefreshBoundToSender,
        RefreshFresh,
        OwnerStillThere,
        ScopeWithin,
        RefreshNewest,
    ),
}

proof! {
    /// It is a refresh token.
    RefreshTokenKnown
}
proof! {
    /// It was issued to this client.
    waivable RefreshBound
}
proof! {
    /// It is not expired.
    RefreshFresh
}
proof! {
    /// No more is asked than was granted.
    waivable ScopeWithin
}
proof! {
    /// It had not been replaced or revoked when it was looked at.
    RefreshNewest
}
proof! {
    /// This request and no other used it up.
    waivable RefreshTaken
}

impl RefreshTokenKnown {
    /// RFC 6749 §6, §5.2 (MUST): an access token is no refresh token.
    fn check(renewal: &Renewal, token: &TokenRecord) -> Result<Self, Refusal> {
        match token.kind {
            TokenKind::Refresh => Ok(Self(())),
            TokenKind::Access => Err(renewal.token_unknown()),
        }
    }
}

impl RefreshBound {
    fn decide(
        policy: RefreshBindClient,
        token: &TokenRecord,
        client: &ActingClient,
    ) -> Result<Self, Refusal> {
        match policy {
            RefreshBindClient::On => Self::check(token, client),
            RefreshBindClient::Off => Ok(Self::waived()),
        }
    }

    /// RFC 6749 §6, §10.4 (MUST): a refresh token is used by the client that it was issued to.
    fn check(token: &TokenRecord, client: &ActingClient) -> Result<Self, Refusal> {
        if token.client_id == *client.client_id() {
            return Ok(Self(()));
        }
        Err(Refusal::new(
            Rule::RefreshBoundToClient,
            Compared::shown(token.client_id.as_str()),
            Compared::shown(client.client_id().as_str()),
        ))
    }
}

impl RefreshFresh {
    /// RFC 6749 §5.2 (MUST): an expired refresh token is an `invalid_grant`. Rotation starts its lifetime anew.
    fn check(token: &TokenRecord, now: Timestamp) -> Result<Self, Refusal> {
        not_expired(Rule::RefreshFresh, token.expires_at, now).map(|()| Self(()))
    }
}

impl ScopeWithin {
    fn decide(
        policy: RefreshScope,
        asked: Option<&Scope>,
        token: &TokenRecord,
    ) -> Result<Self, Refusal> {
        match policy {
            RefreshScope::Subset => Self::check(asked, token),
            RefreshScope::Unchecked => Ok(Self::waived()),
        }
    }

    /// RFC 6749 §6 (MUST): nothing that the owner did not grant in the first place.
    fn check(asked: Option<&Scope>, token: &TokenRecord) -> Result<Self, Refusal> {
        match asked {
            Some(asked) if !asked.is_within(&token.scope) => Err(Refusal::new(
                Rule::RefreshScopeWithin,
                Compared::shown(token.scope.as_str()),
                Compared::shown(asked.as_str()),
            )),
            Some(_) | None => Ok(Self(())),
        }
    }
}

impl RefreshNewest {
    /// RFC 9700 §4.14.2 (MUST): a refresh token that was replaced is good no more.
    ///
    /// Between this look and the use somebody else may use it: the store has the last word.
    fn check(stage: TokenStage) -> Result<Self, Refusal> {
        match stage {
            TokenStage::Live => Ok(Self(())),
            TokenStage::Rotated | TokenStage::Revoked => Err(used(stage)),
        }
    }
}

impl RefreshTaken {
    /// RFC 9700 §4.14.2 (MUST): of all who use a refresh token at the same time, one gets its successor.
    fn check(reply: StoreReply, renewal: &Renewal) -> Result<Self, NotTaken> {
        match store_replies::refresh_consumption(reply)? {
            Consumption::First => Ok(Self(())),
            Consumption::TooLate(token) => Err(NotTaken::Used(token)),
            Consumption::Unknown => Err(renewal.token_unknown().into()),
        }
    }

    /// Whoever writes without looking believes that it was first.
    fn believe(reply: &StoreReply) -> Result<Self, NotTaken> {
        store_replies::done(reply)?;
        Ok(Self::waived())
    }
}

/// Why the refresh token is not this request's.
enum NotTaken {
    /// Somebody else was first.
    Used(Arc<TokenRecord>),
    /// Something else.
    Refused(Refusal),
}

impl From<Refusal> for NotTaken {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Why a refresh token is not good any more.
fn used(stage: TokenStage) -> Refusal {
    let (rule, found) = match stage {
        TokenStage::Live | TokenStage::Rotated => (Rule::RefreshNewest, "a token that was used"),
        TokenStage::Revoked => (Rule::GrantLive, "a token that was revoked"),
    };
    Refusal::new(rule, Compared::Absent, Compared::shown(found))
}

/// A refresh token that is handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Renewal {
    pub(super) attempt: Attempt,
    client: ActingClient,
    refresh_token: RefreshToken,
    scope: Option<Scope>,
}

crate::canonical_struct!(Renewal {
    attempt,
    client,
    refresh_token,
    scope
});

impl Renewal {
    pub(super) const fn new(
        attempt: Attempt,
        client: ActingClient,
        refresh_token: RefreshToken,
        scope: Option<Scope>,
    ) -> Self {
        Self {
            attempt,
            client,
            refresh_token,
            scope,
        }
    }

    /// RFC 6749 §5.2 (MUST): a refresh token that this server did not issue is an `invalid_grant`.
    fn token_unknown(&self) -> Refusal {
        Refusal::new(
            Rule::RefreshTokenKnown,
            Compared::Absent,
            Compared::secret(self.refresh_token.as_str()),
        )
    }
}

/// A refresh that every rule let pass, while the store uses its token up. Only [`AuthorizationServer::renew`]
/// makes one; it can be copied because a search copies whole worlds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct JudgedRefresh {
    renewal: Renewal,
    token: Arc<TokenRecord>,
}

crate::canonical_struct!(JudgedRefresh { renewal, token });

impl Waits for Renewal {
    fn into_attempt(self) -> Attempt {
        self.attempt
    }
}

impl Waits for JudgedRefresh {
    fn into_attempt(self) -> Attempt {
        self.renewal.attempt
    }
}

impl JudgedRefresh {
    fn new(renewal: Renewal, token: Arc<TokenRecord>, _: Renewable) -> Self {
        Self { renewal, token }
    }
}

/// What arrives, and what the store replies.
impl AuthorizationServer {
    pub(super) fn load_refresh(&mut self, renewal: Renewal, ctx: &mut Context<'_>) {
        let digest = SecretDigest::of(renewal.refresh_token.as_str());
        let then: Then<_> = (TokenStep::LoadingRefresh, Self::refresh_loaded);
        self.ask_for_tokens(StoreRequest::LoadToken(digest), renewal, then, ctx);
    }

    /// RFC 6749 §5.2 (MUST), RFC 7591 §2: only clients that registered for it refresh.
    pub(super) fn may_refresh(&self, client: ActingClient) -> Result<ActingClient, Refusal> {
        let allowed = self
            .client(client.client_id())
            .is_some_and(|client| client.refresh_grant);
        if allowed {
            return Ok(client);
        }
        Err(not_allowed(&GrantType::RefreshToken))
    }

    pub(super) fn refresh_loaded(
        &mut self,
        renewal: Renewal,
        reply: StoreReply,
        ctx: &mut Context<'_>,
    ) {
        let token = store_replies::token(reply)
            .and_then(|token| token.ok_or_else(|| renewal.token_unknown()));
        let token = match token {
            Ok(token) => token,
            Err(refusal) => return renewal.attempt.refuse(refusal, ctx),
        };
        match self.refresh_rules(&renewal, &token, ctx.now) {
            Ok(allowed) => self.renew(renewal, token, allowed, ctx),
            Err(refusal) => self.refuse_refresh(renewal.attempt, &token, refusal, ctx),
        }
    }

    pub(super) fn refresh_consumed(
        &mut self,
        judged: JudgedRefresh,
        reply: StoreReply,
        ctx: &mut Context<'_>,
    ) {
        let taken = RefreshTaken::check(reply, &judged.renewal);
        self.refresh_taken(judged, taken, ctx);
    }

    pub(super) fn refresh_marked(
        &mut self,
        judged: JudgedRefresh,
        reply: StoreReply,
        ctx: &mut Context<'_>,
    ) {
        self.refresh_taken(judged, RefreshTaken::believe(&reply), ctx);
    }

    fn refresh_taken(
        &mut self,
        judged: JudgedRefresh,
        taken: Result<RefreshTaken, NotTaken>,
        ctx: &mut Context<'_>,
    ) {
        match taken {
            Ok(taken) => self.issue_renewed(judged, taken, ctx),
            Err(NotTaken::Used(token)) => {
                let refusal = used(token.stage);
                self.refuse_refresh(judged.renewal.attempt, &token, refusal, ctx);
            }
            Err(NotTaken::Refused(refusal)) => judged.renewal.attempt.refuse(refusal, ctx),
        }
    }

    /// RFC 9700 §4.14.2 (MUST): an old refresh token that comes back ends its family, if all else is right.
    #[cold]
    fn refuse_refresh(
        &mut self,
        attempt: Attempt,
        token: &TokenRecord,
        refusal: Refusal,
        ctx: &mut Context<'_>,
    ) {
        match token.stage {
            TokenStage::Live | TokenStage::Revoked => return attempt.refuse(refusal, ctx),
            TokenStage::Rotated => {}
        }
        let otherwise_valid = refusal.rule == Rule::RefreshNewest;
        ctx.note(Event::ReplayDetected {
            grant: token.grant,
            otherwise_valid,
        });
        match self.configuration.policy.rt_rotation {
            RefreshRotation::RotateFamilyRevoke if otherwise_valid => {
                self.revoke_and_refuse(attempt, token.grant, refusal, ctx);
            }
            RefreshRotation::RotateFamilyRevoke
            | RefreshRotation::RotateOnly
            | RefreshRotation::None => attempt.refuse(refusal, ctx),
        }
    }
}
