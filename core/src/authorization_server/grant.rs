//! How a grant begins: the code is made, kept, and only then sent (RFC 6749 §4.1.2, §10.5).
//!
//! A code that the store could not keep is never seen by anybody. What becomes of it later is
//! `token_endpoint`'s and the store's.

use alloc::boxed::Box;
use alloc::sync::Arc;

use super::AuthorizationServer;
use super::consent::OwnerConsents;
use super::policy::CodeEntropy;
use super::session::Visit;
use super::transaction::{Asked, Channel, Purpose, Stage, Step, Transaction};
use super::waiting::Waiting;
use crate::entropy::Fresh;
use crate::event::Event;
use crate::limits::ID_TOKEN_LIFETIME_MS;
use crate::machine::Context;
use crate::message::store::{
    CodeRecord, CodeStage, GrantId, StoreReply, StoreRequest, TokenKind, TokenRecord, TokenStage,
};
use crate::message::{IdToken, Outcome, SignedIdToken, half_hash};
use crate::refusal::{Compared, Refusal, Rule};
use crate::time::{Span, Timestamp};
use crate::value::{
    AccessToken, AuthorizationCode, Scope, SecretDigest, SessionId, Subject, TransactionId,
};

/// A code on its way to the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Issuance {
    visit: Visit,
    transaction: TransactionId,
    stage: Stage,
    channel: Channel,
    asked: Asked,
    authenticated_at: Option<Timestamp>,
    subject: Subject,
    session: SessionId,
    scope: Scope,
    code: AuthorizationCode,
    expires_at: Option<Timestamp>,
    access_token: Option<AccessToken>,
}

crate::canonical_struct!(Issuance {
    visit,
    transaction,
    stage,
    channel,
    asked,
    authenticated_at,
    subject,
    session,
    scope,
    code,
    expires_at,
    access_token,
});

impl Issuance {
    fn grant(&self) -> GrantId {
        GrantId(SecretDigest::of(self.code.as_str()))
    }

    /// OpenID Connect Core §2 (MUST): whoever asks how old a login may be is told when it was.
    fn auth_time(&self) -> Option<Timestamp> {
        self.asked.max_age.and(self.authenticated_at)
    }

    fn code_record(&self, now: Timestamp) -> CodeRecord {
        CodeRecord {
            grant: self.grant(),
            client_id: self.asked.client_id.clone(),
            subject: self.subject.clone(),
            scope: self.scope.clone(),
            scope_asked: self.asked.scope_asked.clone(),
            redirect_uri: self.asked.redirect_uri.clone(),
            challenge: self.asked.challenge.clone(),
            nonce: self.asked.nonce.clone(),
            auth_time: self.auth_time(),
            issued_at: now,
            expires_at: self.expires_at,
            stage: CodeStage::Issued,
        }
    }

    fn token_record(&self, now: Timestamp, expires_at: Option<Timestamp>) -> TokenRecord {
        TokenRecord {
            kind: TokenKind::Access,
            grant: self.grant(),
            client_id: self.asked.client_id.clone(),
            subject: self.subject.clone(),
            scope: self.scope.clone(),
            // Who asks through a browser proves no key: RFC 9449 and RFC 8705 bind at the token endpoint.
            bound_to: None,
            issued_at: now,
            expires_at,
            stage: TokenStage::Live,
        }
    }
}

impl AuthorizationServer {
    /// RFC 6749 §4.1.2: makes a code for what the owner granted, and has it kept.
    pub(super) fn issue(
        &mut self,
        visit: Visit,
        mut transaction: Transaction,
        scope: Scope,
        _consents: OwnerConsents,
        ctx: &mut Context<'_>,
    ) {
        if let Err(refusal) = transaction.step(Step::Approved) {
            return self.refuse_form(&visit, refusal, ctx);
        }
        let Transaction {
            id: transaction,
            stage,
            owner,
            authenticated_at,
            purpose,
            channel,
            ..
        } = transaction;
        let (Purpose::Ask(asked), Some(subject), Some(session)) =
            (purpose, owner, visit.browser.clone())
        else {
            let refusal = Refusal::unreachable("a code needs a request, an owner and a browser");
            return self.refuse_form(&visit, refusal, ctx);
        };
        let lifetime = self.configuration.options.code_lifetime;
        let code = match self.code(&asked, &subject, ctx) {
            Ok(code) => code,
            Err(refusal) => return self.refuse_form(&visit, refusal, ctx),
        };
        let issuance = Box::new(Issuance {
            visit,
            transaction,
            stage,
            channel,
            asked,
            authenticated_at,
            subject,
            session,
            scope,
            code,
            expires_at: lifetime.map(|lifetime| ctx.now.after(lifetime)),
            access_token: None,
        });
        let record = ctx.share_code(issuance.code_record(ctx.now));
        self.keep_then(
            StoreRequest::SaveCode(record),
            issuance,
            Waiting::SavingCode,
            ctx,
        );
    }

    /// RFC 6749 §10.10 (MUST): a code that nobody guesses, or one that the policy wants guessed.
    fn code(
        &self,
        asked: &Asked,
        subject: &Subject,
        ctx: &mut Context<'_>,
    ) -> Result<AuthorizationCode, Refusal> {
        let text = match self.configuration.policy.code_entropy {
            CodeEntropy::Random => return Ok(ctx.fresh_code()),
            CodeEntropy::Low => {
                let [octet, ..] = ctx.entropy.fresh(Fresh::Code);
                alloc::format!("code-{}", octet & 0x0f)
            }
            CodeEntropy::Forgeable => {
                alloc::format!(
                    "code-of-{}-for-{}",
                    subject.as_str(),
                    asked.client_id.as_str()
                )
            }
        };
        AuthorizationCode::new(text).map_err(|_| Refusal::unreachable("names are printable"))
    }

    /// The store has replied about the code.
    pub(super) fn code_saved(
        &mut self,
        mut issuance: Box<Issuance>,
        reply: &StoreReply,
        ctx: &mut Context<'_>,
    ) {
        if *reply != StoreReply::Done {
            return self.not_kept(*issuance, ctx);
        }
        if !issuance.asked.response_type.token {
            return self.send_code(*issuance, None, ctx);
        }
        // RFC 6749 §4.2.2 through OpenID Connect Core §3.3: the access token of the front channel.
        let token = AccessToken::from_fresh(ctx.entropy.fresh(Fresh::AccessToken));
        let digest = SecretDigest::of(token.as_str());
        let record = issuance.token_record(ctx.now, self.access_token_expiry(ctx.now));
        issuance.access_token = Some(token);
        let request = StoreRequest::SaveTokens {
            access: (digest, Arc::new(record)),
            refresh: None,
        };
        self.keep_then(request, issuance, Waiting::SavingFrontToken, ctx);
    }

    /// The store has replied about the access token that goes with the code.
    pub(super) fn front_token_saved(
        &self,
        issuance: Issuance,
        reply: &StoreReply,
        ctx: &mut Context<'_>,
    ) {
        if *reply != StoreReply::Done {
            return self.not_kept(issuance, ctx);
        }
        let token = issuance.access_token.clone();
        self.send_code(issuance, token, ctx);
    }

    fn keep_then(
        &mut self,
        request: StoreRequest,
        issuance: Box<Issuance>,
        waiting: fn(Box<Issuance>) -> Waiting,
        ctx: &mut Context<'_>,
    ) {
        match self.room_to_wait() {
            Ok(()) => self.wait_for_store(request, waiting(issuance), ctx),
            Err(refusal) => self.answer_not_kept(*issuance, &refusal, ctx),
        }
    }

    fn send_code(
        &self,
        mut issuance: Issuance,
        access_token: Option<AccessToken>,
        ctx: &mut Context<'_>,
    ) {
        if let Err(refusal) = issuance.stage.take(Step::CodeSent) {
            return self.refuse_form(&issuance.visit, refusal, ctx);
        }
        ctx.note_with(|| code_issued(&issuance));
        if let Some(access_token) = &access_token {
            ctx.note(Event::AccessTokenIssued {
                access_token: access_token.clone(),
                grant: issuance.grant(),
                client_id: issuance.asked.client_id.clone(),
                subject: issuance.subject.clone(),
                scope: issuance.scope.clone(),
                bound_to: None,
                expires_at: self.access_token_expiry(ctx.now),
            });
        }
        let granted = Outcome::Granted {
            id_token: self.front_id_token(&issuance, access_token.as_ref(), ctx.now),
            code: issuance.code,
            access_token,
        };
        let channel = &issuance.channel;
        self.send_grant(&issuance.visit, channel, granted, &issuance.scope, ctx);
    }

    /// RFC 6749 §4.1.2.1 (`server_error`): what the store does not keep is not sent.
    #[cold]
    fn not_kept(&self, issuance: Issuance, ctx: &mut Context<'_>) {
        let refusal = Refusal::new(
            Rule::StoreHasRoom,
            Compared::Absent,
            Compared::shown("the store did not keep the code"),
        );
        self.answer_not_kept(issuance, &refusal, ctx);
    }

    #[cold]
    fn answer_not_kept(&self, mut issuance: Issuance, refusal: &Refusal, ctx: &mut Context<'_>) {
        if let Err(refusal) = issuance.stage.take(Step::CodeNotKept) {
            return self.refuse_form(&issuance.visit, refusal, ctx);
        }
        ctx.note(Event::AuthorizationRefused {
            client_id: Some(issuance.asked.client_id),
            refusal: refusal.clone(),
        });
        self.send_error(&issuance.visit, &issuance.channel, refusal, ctx);
    }

    fn access_token_expiry(&self, now: Timestamp) -> Option<Timestamp> {
        let lifetime = self.configuration.options.access_token_lifetime;
        lifetime.map(|lifetime| now.after(lifetime))
    }

    /// OpenID Connect Core §3.3.2.11: the ID Token of the front channel says which code came with it.
    fn front_id_token(
        &self,
        issuance: &Issuance,
        access_token: Option<&AccessToken>,
        now: Timestamp,
    ) -> Option<SignedIdToken> {
        if !issuance.asked.response_type.id_token {
            return None;
        }
        let account = self.account(&issuance.subject);
        let key = self.configuration.signing_key.as_ref()?;
        Some(
            key.sign(&IdToken {
                iss: self.configuration.issuer.clone(),
                sub: issuance.subject.clone(),
                aud: issuance.asked.client_id.clone(),
                exp: self
                    .access_token_expiry(now)
                    .unwrap_or(now.after(Span(ID_TOKEN_LIFETIME_MS))),
                iat: now,
                auth_time: issuance.auth_time(),
                nonce: issuance.asked.nonce.clone(),
                c_hash: Some(half_hash(issuance.code.as_str())),
                at_hash: access_token.map(|token| half_hash(token.as_str())),
                email: account
                    .filter(|_| issuance.scope.contains("email"))
                    .map(|account| account.email.clone()),
            }),
        )
    }
}

fn code_issued(issuance: &Issuance) -> Event {
    let challenge = issuance.asked.challenge.as_ref();
    Event::CodeIssued {
        code: issuance.code.clone(),
        grant: issuance.grant(),
        transaction: issuance.transaction.clone(),
        client_id: issuance.asked.client_id.clone(),
        subject: issuance.subject.clone(),
        scope: issuance.scope.clone(),
        redirect_uri: issuance.channel.uri.clone(),
        redirect_registered: issuance.channel.registered,
        code_challenge: challenge.map(|(challenge, _)| challenge.clone()),
        session: issuance.session.clone(),
        expires_at: issuance.expires_at,
    }
}
