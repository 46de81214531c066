//! Issuing access and refresh tokens (RFC 6749 §5.1, §6).
//!
//! Tokens are made, then kept, then noted, then sent. A token that nobody could keep was never issued.

use alloc::vec::Vec;

use super::AuthorizationServer;
use super::back_channel;
use super::registration::{Account, ExtraMember, IssueRefreshToken, Registration, ScopeInResponse};
use crate::event::Event;
use crate::http::{Body, Response, Status};
use crate::json::Json;
use crate::limits::ID_TOKEN_LIFETIME_MS;
use crate::machine::{Context, Notes};
use crate::message::store::{GrantId, StoreRequest, TokenKind, TokenRecord, TokenStage};
use crate::message::{AccessTokenResponse, IdToken, SignedIdToken, half_hash};
use crate::text::Text;
use crate::time::{Span, Timestamp};
use crate::value::{
    AccessToken, ClientId, Confirmation, Nonce, RefreshToken, Scope, SecretDigest, Subject,
    Thumbprint, TokenType,
};

/// What tokens are issued for, once every rule is kept.
#[derive(Debug)]
pub(super) struct Entitlement {
    /// The grant that they come of.
    pub(super) grant: GrantId,
    /// For whom.
    pub(super) client_id: ClientId,
    /// Whose resource they open.
    pub(super) subject: Subject,
    /// What the access token opens.
    pub(super) scope: Scope,
    /// What was asked for; none when nothing was said about it.
    pub(super) scope_asked: Option<Scope>,
    /// What a refresh token is good for, if one is issued.
    pub(super) refresh: Option<Scope>,
    /// What the ID Token repeats.
    pub(super) nonce: Option<Nonce>,
    /// When the owner logged in, where the client asked.
    pub(super) auth_time: Option<Timestamp>,
    /// Who alone can use the access token.
    pub(super) bound_to: Option<Confirmation>,
    /// Whether that holds for the refresh token too: for public clients, who have nothing else to prove.
    pub(super) refresh_bound: bool,
}

impl Entitlement {
    /// Who alone can use a token of this kind.
    fn bound_to(&self, kind: TokenKind) -> Option<&Confirmation> {
        let bound = match kind {
            TokenKind::Access => true,
            TokenKind::Refresh => self.refresh_bound,
        };
        self.bound_to.as_ref().filter(|_| bound)
    }
}

fn thumbprint(confirmation: Option<&Confirmation>) -> Option<Thumbprint> {
    confirmation.map(|confirmation| confirmation.thumbprint().clone())
}

/// Tokens that are made and not kept yet.
#[derive(Debug)]
pub(super) struct Minted {
    /// How the store is asked to keep them.
    pub(super) request: StoreRequest,
    /// What is noted once they are kept.
    pub(super) facts: Vec<Event>,
    /// What is sent then.
    pub(super) response: Response,
}

impl AuthorizationServer {
    /// Makes tokens.
    pub(super) fn mint(&self, entitlement: &Entitlement, ctx: &mut Context<'_>) -> Minted {
        let access_token = ctx.fresh_access_token();
        let refresh_token = entitlement
            .refresh
            .as_ref()
            .map(|_| ctx.fresh_refresh_token());
        Minted {
            request: self.keep(entitlement, &access_token, refresh_token.as_ref(), ctx),
            facts: match ctx.notes() {
                Notes::Read => {
                    self.facts(entitlement, &access_token, refresh_token.as_ref(), ctx.now)
                }
                Notes::Unread => Vec::new(),
            },
            response: self.granted(entitlement, access_token, refresh_token, ctx),
        }
    }

    /// RFC 6749 §1.5, §6 (MAY): which clients get a refresh token with the tokens of a code.
    pub(super) fn gets_refresh_token(&self, client: &Registration, scope: &Scope) -> bool {
        client.refresh_grant
            && match self.configuration.options.refresh_token {
                IssueRefreshToken::Never => false,
                IssueRefreshToken::IfRegistered => true,
                IssueRefreshToken::IfOffline => scope.contains("offline_access"),
            }
    }

    fn keep(
        &self,
        entitlement: &Entitlement,
        access_token: &AccessToken,
        refresh_token: Option<&RefreshToken>,
        ctx: &mut Context<'_>,
    ) -> StoreRequest {
        let now = ctx.now;
        let options = &self.configuration.options;
        let access = record(
            entitlement,
            (TokenKind::Access, &entitlement.scope),
            (now, options.access_token_lifetime),
        );
        let refresh = refresh_token.zip(entitlement.refresh.as_ref());
        StoreRequest::SaveTokens {
            access: (
                SecretDigest::of(access_token.as_str()),
                ctx.share_token(access),
            ),
            refresh: refresh.map(|(token, scope)| {
                let lifetime = options.refresh_token_lifetime;
                let refresh = record(entitlement, (TokenKind::Refresh, scope), (now, lifetime));
                (SecretDigest::of(token.as_str()), ctx.share_token(refresh))
            }),
        }
    }

    fn facts(
        &self,
        entitlement: &Entitlement,
        access_token: &AccessToken,
        refresh_token: Option<&RefreshToken>,
        now: Timestamp,
    ) -> Vec<Event> {
        let lifetime = self.configuration.options.access_token_lifetime;
        let mut facts = alloc::vec![Event::AccessTokenIssued {
            access_token: access_token.clone(),
            grant: entitlement.grant,
            client_id: entitlement.client_id.clone(),
            subject: entitlement.subject.clone(),
            scope: entitlement.scope.clone(),
            bound_to: thumbprint(entitlement.bound_to.as_ref()),
            expires_at: lifetime.map(|lifetime| now.after(lifetime)),
        }];
        if let Some((token, scope)) = refresh_token.zip(entitlement.refresh.as_ref()) {
            facts.push(Event::RefreshTokenIssued {
                refresh_token: token.clone(),
                grant: entitlement.grant,
                client_id: entitlement.client_id.clone(),
                scope: scope.clone(),
                bound_to: thumbprint(entitlement.bound_to(TokenKind::Refresh)),
            });
        }
        facts
    }

    /// RFC 6749 §5.1 (MUST): the access token response.
    fn granted(
        &self,
        entitlement: &Entitlement,
        access_token: AccessToken,
        refresh_token: Option<RefreshToken>,
        ctx: &mut Context<'_>,
    ) -> Response {
        let now = ctx.now;
        let options = &self.configuration.options;
        let account = self.anybody(&entitlement.subject);
        let response = AccessTokenResponse {
            id_token: self.id_token(entitlement, &access_token, now),
            access_token,
            token_type: self.token_type(entitlement),
            expires_in: options.access_token_lifetime,
            refresh_token,
            scope: self.scope_said(entitlement),
            extra: options
                .extra_members
                .iter()
                .filter_map(|member| extra(member, account))
                .collect(),
        };
        back_channel::uncached(Response {
            status: Status::OK,
            body: Body::Json(response.write_in(ctx.members())),
            headers: ctx.headers(),
        })
    }

    /// RFC 9449 §5 (MUST): a token that is bound to a key is no bearer token. One that is bound to a certificate is
    /// (RFC 8705 §3).
    fn token_type(&self, entitlement: &Entitlement) -> TokenType {
        match &entitlement.bound_to {
            Some(Confirmation::Key(_)) => TokenType::dpop(),
            Some(Confirmation::Certificate(_)) | None => {
                TokenType(self.configuration.options.token_type.clone())
            }
        }
    }

    /// RFC 6749 §5.1 (MUST): the scope is there when it is not what was asked for.
    fn scope_said(&self, entitlement: &Entitlement) -> Option<Scope> {
        let differs = entitlement.scope_asked.as_ref() != Some(&entitlement.scope);
        match self.configuration.options.scope_in_response {
            ScopeInResponse::Always => Some(entitlement.scope.clone()),
            ScopeInResponse::IfDifferent => differs.then(|| entitlement.scope.clone()),
        }
    }

    /// OpenID Connect Core §3.1.3.3, §12.2: an ID Token comes with every access token for `openid`.
    fn id_token(
        &self,
        entitlement: &Entitlement,
        access_token: &AccessToken,
        now: Timestamp,
    ) -> Option<SignedIdToken> {
        let configuration = &self.configuration;
        let key = configuration.signing_key.as_ref()?;
        if !entitlement.scope.contains("openid") {
            return None;
        }
        let account = self.anybody(&entitlement.subject);
        let lifetime = configuration.options.access_token_lifetime;
        Some(
            key.sign(&IdToken {
                iss: configuration.issuer.clone(),
                sub: entitlement.subject.clone(),
                aud: entitlement.client_id.clone(),
                exp: now.after(lifetime.unwrap_or(Span(ID_TOKEN_LIFETIME_MS))),
                iat: now,
                auth_time: entitlement.auth_time,
                nonce: entitlement.nonce.clone(),
                c_hash: None,
                at_hash: Some(half_hash(access_token.as_str())),
                email: account
                    .filter(|_| entitlement.scope.contains("email"))
                    .map(|account| account.email.clone()),
            }),
        )
    }

    /// The account of an owner, disabled or not.
    fn anybody(&self, subject: &Subject) -> Option<&Account> {
        self.configuration
            .accounts
            .iter()
            .find(|account| account.subject == *subject)
    }
}

fn record(
    entitlement: &Entitlement,
    (kind, scope): (TokenKind, &Scope),
    (now, lifetime): (Timestamp, Option<Span>),
) -> TokenRecord {
    TokenRecord {
        kind,
        grant: entitlement.grant,
        client_id: entitlement.client_id.clone(),
        subject: entitlement.subject.clone(),
        scope: scope.clone(),
        bound_to: entitlement.bound_to(kind).cloned(),
        issued_at: now,
        expires_at: lifetime.map(|lifetime| now.after(lifetime)),
        stage: TokenStage::Live,
    }
}

/// RFC 6749 §5.1: the response may have members of its own; a client ignores what it does not know.
fn extra(member: &ExtraMember, account: Option<&Account>) -> Option<(Text, Json)> {
    match member {
        ExtraMember::Fixed(name, value) => Some((name.clone(), value.clone())),
        ExtraMember::OwnerData(name) => {
            account.map(|account| (name.clone(), Json::Object(owner_data(account))))
        }
        ExtraMember::Roles(name) => account.map(|account| {
            let roles = account.roles.iter().cloned().map(Json::String);
            (name.clone(), Json::Array(roles.collect()))
        }),
    }
}

fn owner_data(account: &Account) -> Vec<(Text, Json)> {
    alloc::vec![
        (Text::new("sub"), Json::from(account.subject.as_str())),
        (Text::new("username"), Json::from(account.username.as_str())),
        (Text::new("email"), Json::String(account.email.clone())),
    ]
}
