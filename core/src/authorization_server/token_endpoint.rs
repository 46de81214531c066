//! The token endpoint: the rules of RFC 6749 §3.2 and §4.1.3 in their order, then the act.
//!
//! A redemption waits for the store three times: it loads the code, consumes it, keeps the tokens. What lies
//! between may be interleaved with other requests or lost in a crash; a code that is consumed and whose tokens
//! are not kept is lost to its client, and to everybody else. The rules of a refresh (§6) are in `refresh`.

use alloc::borrow::Cow;
use alloc::sync::Arc;

use super::AuthorizationServer;
use super::back_channel::{Posted, malformed};
use super::client_authentication::ActingClient;
use super::code_rules::{
    CodeBoundToClient, CodeFresh, CodeRedirectMatches, CodeUnused, OwnerStillThere, used,
};
use super::code_verifier::{Verifier, VerifierGood};
use super::policy::{CodeOnFailedRedeem, CodeReplayRevoke, CodeUse};
use super::proof::proof;
use super::refresh::Renewal;
use super::store_replies::{self, Consumption};
use super::token_step::{Attempt, Then, TokenStep, Waits};
use super::tokens::Entitlement;
use crate::canonical::{Canonical, Encoder};
use crate::event::Event;
use crate::http::Request;
use crate::machine::{Context, ExchangeId};
use crate::message::store::{CodeRecord, CodeStage, GrantId, StoreReply, StoreRequest};
use crate::message::{AccessTokenRequest, Grant};
use crate::refusal::{Compared, Refusal, Rule};
use crate::time::Timestamp;
use crate::value::{AuthorizationCode, GrantType, RedirectionUri, SecretDigest};
use crate::wire::form::Memory;

impl AuthorizationServer {
    /// RFC 6749 §4.1.3, in this order. The code is known; whether the client is comes first.
    ///
    /// # Errors
    /// The first rule that is broken.
    fn redemption_rules(
        &self,
        redemption: &Redemption,
        code: &CodeRecord,
        now: Timestamp,
    ) -> Result<Redeemable, Refusal> {
        let policy = &self.configuration.policy;
        let client = redemption.client.clone()?;
        let owned = CodeBoundToClient::decide(policy.code_bind_client, code, &client)?;
        let bound = self.redirect_matches(code, redemption.redirect_uri.as_ref())?;
        let verified = VerifierGood::check(policy, code, &redemption.verifier)?;
        let fresh = CodeFresh::check(code, now)?;
        let owner = self.owner_still_there(&code.subject, &code.client_id, code.issued_at)?;
        let unused = CodeUnused::decide(policy.code_use, code.stage)?;
        Ok(Redeemable {
            client,
            at: now,
            _proofs: (owned, bound, verified, fresh, owner, unused),
        })
    }

    /// Uses the code up, as the policy knows how.
    fn redeem(
        &mut self,
        redemption: Redemption,
        code: Arc<CodeRecord>,
        allowed: Redeemable,
        ctx: &mut Context<'_>,
    ) {
        let GrantId(digest) = code.grant;
        let judged = Judged::new(redemption, code, allowed);
        match self.configuration.policy.code_use {
            CodeUse::AtomicOnce => {
                let then: Then<_> = (TokenStep::ConsumingCode, Self::code_consumed);
                self.ask_for_tokens(StoreRequest::ConsumeCode(digest), judged, then, ctx);
            }
            CodeUse::CheckThenSet => {
                let then: Then<_> = (TokenStep::MarkingCode, Self::code_marked);
                self.ask_for_tokens(StoreRequest::MarkCodeRedeemed(digest), judged, then, ctx);
            }
            CodeUse::Unlimited => self.issue_tokens(judged, CodeTaken::waived(), ctx),
        }
    }

    /// RFC 6749 §4.1.4: the tokens of a code that is used up.
    fn issue_tokens(&mut self, judged: Judged, _: CodeTaken, ctx: &mut Context<'_>) {
        let entitlement = self.entitlement(&judged);
        let minted = self.mint(&entitlement, ctx);
        let fact = ctx.made_for_readers(|| judged.fact());
        self.save_tokens(judged.redemption.attempt, fact, minted, ctx);
    }

    fn entitlement(&self, judged: &Judged) -> Entitlement {
        let Judged { code, client, .. } = judged;
        let renewable = self
            .client(client.client_id())
            .is_some_and(|client| self.gets_refresh_token(client, &code.scope));
        Entitlement {
            grant: code.grant,
            client_id: client.client_id().clone(),
            subject: code.subject.clone(),
            scope: code.scope.clone(),
            scope_asked: code.scope_asked.clone(),
            refresh: renewable.then(|| code.scope.clone()),
            nonce: code.nonce.clone(),
            auth_time: code.auth_time,
            bound_to: judged.attempt().sender().cloned(),
            refresh_bound: !client.confidential(),
        }
    }
}

/// A redemption that every rule let pass: all that lets a code be used up.
#[derive(Debug)]
struct Redeemable {
    client: ActingClient,
    at: Timestamp,
    _proofs: (
        CodeBoundToClient,
        CodeRedirectMatches,
        VerifierGood,
        CodeFresh,
        OwnerStillThere,
        CodeUnused,
    ),
}

proof! {
    /// This request and no other used the code up.
    waivable CodeTaken
}

impl CodeTaken {
    /// RFC 6749 §4.1.2, §10.5 (MUST): of all who redeem a code at the same time, one gets it.
    fn check(reply: StoreReply, redemption: &Redemption) -> Result<Self, NotTaken> {
        match store_replies::code_consumption(reply)? {
            Consumption::First => Ok(Self(())),
            Consumption::TooLate(code) => Err(NotTaken::Used(code)),
            Consumption::Unknown => Err(redemption.code_unknown().into()),
        }
    }

    /// Whoever writes without looking believes that it was first.
    fn believe(reply: &StoreReply) -> Result<Self, NotTaken> {
        store_replies::done(reply)?;
        Ok(Self::waived())
    }
}

/// Why the code is not this request's.
enum NotTaken {
    /// Somebody else was first.
    Used(Arc<CodeRecord>),
    /// Something else.
    Refused(Refusal),
}

impl From<Refusal> for NotTaken {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A code that is handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Redemption {
    pub(super) attempt: Attempt,
    /// Who redeems it, or why nobody is believed to.
    client: Result<ActingClient, Refusal>,
    code: AuthorizationCode,
    redirect_uri: Option<RedirectionUri>,
    verifier: Verifier,
}

impl Canonical for Redemption {
    fn encode(&self, out: &mut Encoder) {
        self.attempt.encode(out);
        self.client.as_ref().ok().encode(out);
        self.client.as_ref().err().encode(out);
        self.code.encode(out);
        self.redirect_uri.encode(out);
        self.verifier.encode(out);
    }
}

impl Redemption {
    /// RFC 6749 §5.2 (MUST): a code that this server did not issue is an `invalid_grant`.
    fn code_unknown(&self) -> Refusal {
        Refusal::new(
            Rule::CodeKnown,
            Compared::Absent,
            Compared::secret(self.code.as_str()),
        )
    }
}

/// A redemption that every rule let pass, while the store uses its code up. Only [`AuthorizationServer::redeem`]
/// makes one; it can be copied because a search copies whole worlds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Judged {
    redemption: Redemption,
    code: Arc<CodeRecord>,
    client: ActingClient,
    /// When the rules were kept.
    at: Timestamp,
}

crate::canonical_struct!(Judged {
    redemption,
    code,
    client,
    at
});

impl Waits for Redemption {
    fn into_attempt(self) -> Attempt {
        self.attempt
    }
}

impl Waits for Judged {
    fn into_attempt(self) -> Attempt {
        self.redemption.attempt
    }
}

impl Judged {
    fn new(redemption: Redemption, code: Arc<CodeRecord>, allowed: Redeemable) -> Self {
        Self {
            redemption,
            code,
            client: allowed.client,
            at: allowed.at,
        }
    }

    pub(super) const fn attempt(&self) -> &Attempt {
        &self.redemption.attempt
    }

    fn fact(&self) -> Event {
        Event::CodeRedeemed {
            code: self.redemption.code.clone(),
            grant: self.code.grant,
            client_id: self.client.client_id().clone(),
            client_confidential: self.client.confidential(),
            client_authenticated: self.client.proved(),
            redeemed_at: self.at,
            code_verifier: self.redemption.verifier.code_verifier.clone(),
            redirect_uri: self.redemption.redirect_uri.clone(),
        }
    }
}

/// What arrives.
impl AuthorizationServer {
    /// A request to the token endpoint.
    pub(super) fn token_endpoint(
        &mut self,
        exchange: ExchangeId,
        request: &Request,
        ctx: &mut Context<'_>,
    ) {
        let mut attempt = Attempt::new(exchange);
        let mut memory = core::mem::take(&mut self.memory);
        if let Err(refusal) = self.token_request(&mut attempt, request, &mut memory, ctx) {
            attempt.refuse(refusal, ctx);
        }
        self.memory = memory;
    }

    /// RFC 6749 §3.2 (MUST): readable, then authenticated, then a grant that server and client know.
    fn token_request(
        &mut self,
        attempt: &mut Attempt,
        request: &Request,
        memory: &mut Memory,
        ctx: &mut Context<'_>,
    ) -> Result<(), Refusal> {
        let posted = self.posted_in(request, memory)?;
        let asked = self.read_token_request(&posted, memory)?;
        attempt.remember(&asked);
        attempt.sent_by(self.sender(request, ctx.now)?);
        let client = self.authenticate(asked.client.as_ref(), posted.spelling);
        if let Cow::Owned(fields) = posted.fields {
            memory.take_back(fields);
        }
        match asked.grant {
            Grant::AuthorizationCode {
                code,
                redirect_uri,
                code_verifier,
                empty_verifier,
            } => {
                let client = client.and_then(|client| self.may_redeem(client));
                if let Err(refusal) = &client
                    && !self.strangers_matter()
                {
                    return Err(refusal.clone());
                }
                let verifier = Verifier {
                    code_verifier,
                    empty: empty_verifier,
                };
                let redemption = Redemption {
                    attempt: attempt.take(),
                    client,
                    code,
                    redirect_uri,
                    verifier,
                };
                self.load_code(redemption, ctx);
                Ok(())
            }
            Grant::RefreshToken {
                refresh_token,
                scope,
            } => {
                let client = self.may_refresh(client?)?;
                let renewal = Renewal::new(attempt.take(), client, refresh_token, scope);
                self.load_refresh(renewal, ctx);
                Ok(())
            }
            Grant::Other(word) => {
                client?;
                Err(unsupported(&word))
            }
        }
    }

    fn read_token_request(
        &self,
        posted: &Posted<'_>,
        memory: &mut Memory,
    ) -> Result<AccessTokenRequest, Refusal> {
        AccessTokenRequest::parse_in(
            posted.authorization,
            &posted.fields,
            self.configuration.policy.dup_params.repeats(),
            memory,
        )
        .map_err(malformed)
    }

    /// RFC 6749 §5.2 (MUST), RFC 7591 §2: only clients that registered for it redeem codes.
    fn may_redeem(&self, client: ActingClient) -> Result<ActingClient, Refusal> {
        let allowed = self
            .client(client.client_id())
            .is_some_and(|client| client.code_grant);
        if allowed {
            return Ok(client);
        }
        Err(not_allowed(&GrantType::AuthorizationCode))
    }

    fn load_code(&mut self, redemption: Redemption, ctx: &mut Context<'_>) {
        let digest = SecretDigest::of(redemption.code.as_str());
        let then: Then<_> = (TokenStep::LoadingCode, Self::code_loaded);
        self.ask_for_tokens(StoreRequest::LoadCode(digest), redemption, then, ctx);
    }

    /// Whether the policy lets a request that proves nothing do something to a code: RFC 6749 does not.
    fn strangers_matter(&self) -> bool {
        let policy = &self.configuration.policy;
        matches!(policy.code_replay_revoke, CodeReplayRevoke::OnAnyRequest)
            || matches!(policy.code_on_failed_redeem, CodeOnFailedRedeem::Invalidate)
    }
}

/// RFC 6749 §5.2 (MUST): a grant type that the server does not know.
fn unsupported(found: &GrantType) -> Refusal {
    Refusal::new(
        Rule::GrantTypeKnown,
        Compared::shown("authorization_code or refresh_token"),
        Compared::shown(found.as_str()),
    )
}

/// RFC 6749 §5.2 (MUST): a grant type that the client may not use.
pub(super) fn not_allowed(found: &GrantType) -> Refusal {
    Refusal::new(
        Rule::GrantTypeAllowed,
        Compared::shown("a registered grant type"),
        Compared::shown(found.as_str()),
    )
}

/// What the store replies.
impl AuthorizationServer {
    pub(super) fn code_loaded(
        &mut self,
        redemption: Redemption,
        reply: StoreReply,
        ctx: &mut Context<'_>,
    ) {
        let code = store_replies::code(reply)
            .and_then(|code| code.ok_or_else(|| redemption.code_unknown()));
        let code = match code {
            Ok(code) => code,
            Err(refusal) => {
                let refusal = redemption.client.clone().err().unwrap_or(refusal);
                return redemption.attempt.refuse(refusal, ctx);
            }
        };
        match self.redemption_rules(&redemption, &code, ctx.now) {
            Ok(allowed) => self.redeem(redemption, code, allowed, ctx),
            Err(refusal) => self.refuse_redemption(redemption.attempt, &code, refusal, ctx),
        }
    }

    pub(super) fn code_consumed(
        &mut self,
        judged: Judged,
        reply: StoreReply,
        ctx: &mut Context<'_>,
    ) {
        let taken = CodeTaken::check(reply, &judged.redemption);
        self.code_taken(judged, taken, ctx);
    }

    pub(super) fn code_marked(&mut self, judged: Judged, reply: StoreReply, ctx: &mut Context<'_>) {
        self.code_taken(judged, CodeTaken::believe(&reply), ctx);
    }

    fn code_taken(
        &mut self,
        judged: Judged,
        taken: Result<CodeTaken, NotTaken>,
        ctx: &mut Context<'_>,
    ) {
        match taken {
            Ok(taken) => self.issue_tokens(judged, taken, ctx),
            Err(NotTaken::Used(code)) => {
                let refusal = used(code.stage);
                self.refuse_redemption(judged.redemption.attempt, &code, refusal, ctx);
            }
            Err(NotTaken::Refused(refusal)) => {
                judged.redemption.attempt.refuse(refusal, ctx);
            }
        }
    }

    /// RFC 6749 §4.1.2 (SHOULD): a code that is used twice takes its tokens with it. Who may cause that, and
    /// whether a refused request uses a code up, are questions of policy.
    #[cold]
    fn refuse_redemption(
        &mut self,
        attempt: Attempt,
        code: &CodeRecord,
        refusal: Refusal,
        ctx: &mut Context<'_>,
    ) {
        match code.stage {
            CodeStage::Issued => self.refuse_good_code(attempt, code, refusal, ctx),
            CodeStage::Redeemed => self.refuse_used_code(attempt, code, refusal, ctx),
            CodeStage::Revoked => attempt.refuse(refusal, ctx),
        }
    }

    fn refuse_good_code(
        &mut self,
        attempt: Attempt,
        code: &CodeRecord,
        refusal: Refusal,
        ctx: &mut Context<'_>,
    ) {
        match self.configuration.policy.code_on_failed_redeem {
            CodeOnFailedRedeem::Keep => attempt.refuse(refusal, ctx),
            CodeOnFailedRedeem::Invalidate => {
                self.invalidate_and_refuse(attempt, code.grant, refusal, ctx);
            }
        }
    }

    fn refuse_used_code(
        &mut self,
        attempt: Attempt,
        code: &CodeRecord,
        refusal: Refusal,
        ctx: &mut Context<'_>,
    ) {
        let otherwise_valid = refusal.rule == Rule::CodeSingleUse;
        ctx.note(Event::ReplayDetected {
            grant: code.grant,
            otherwise_valid,
        });
        let revokes = match self.configuration.policy.code_replay_revoke {
            CodeReplayRevoke::OnValidRequest => otherwise_valid,
            CodeReplayRevoke::OnAnyRequest => true,
            CodeReplayRevoke::Never => false,
        };
        if revokes {
            self.revoke_and_refuse(attempt, code.grant, refusal, ctx);
        } else {
            attempt.refuse(refusal, ctx);
        }
    }
}
