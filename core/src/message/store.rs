//! What the authorization server asks its grant store, and what the store answers.
//!
//! The store never sees a code or a token, only their digests. Every line of [`StoreRequest`] is one atomic
//! operation; what lies between two of them can be interleaved, delayed or lost with a crash.

use alloc::sync::Arc;

use crate::canonical::{Canonical, Encoder};
use crate::http::Fields;
use crate::time::Timestamp;
use crate::value::{
    ClientId, CodeChallenge, CodeChallengeMethod, Confirmation, Nonce, RedirectionUri, Scope,
    SecretDigest, Subject,
};

/// Names one grant: the digest of the code that began it. All tokens of the family carry it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GrantId(pub SecretDigest);

crate::canonical_tuple!(GrantId);

/// Where a code is in its life (RFC 6749 §4.1.2, §10.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeStage {
    /// Good.
    Issued,
    /// Used.
    Redeemed,
    /// Taken back, with everything that came of it.
    Revoked,
}

crate::canonical_unit_enum!(CodeStage { Issued = 0, Redeemed = 1, Revoked = 2 });

/// Where a token is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenStage {
    /// Good.
    Live,
    /// Replaced by a newer refresh token (RFC 9700 §4.14.2).
    Rotated,
    /// Taken back.
    Revoked,
}

crate::canonical_unit_enum!(TokenStage { Live = 0, Rotated = 1, Revoked = 2 });

/// What a code stands for: everything that redeeming it is compared with (RFC 6749 §4.1.3, RFC 7636 §4.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeRecord {
    /// The grant that it begins.
    pub grant: GrantId,
    /// For whom it was issued.
    pub client_id: ClientId,
    /// Who consented.
    pub subject: Subject,
    /// To what.
    pub scope: Scope,
    /// What was asked for; none when the request left it to the default (RFC 6749 §3.3).
    pub scope_asked: Option<Scope>,
    /// The `redirect_uri` of the authorization request, if it had one.
    pub redirect_uri: Option<RedirectionUri>,
    /// Its code challenge, if it had one.
    pub challenge: Option<(CodeChallenge, CodeChallengeMethod)>,
    /// Its `nonce`, if it had one.
    pub nonce: Option<Nonce>,
    /// When the owner logged in, if the request had a `max_age`.
    pub auth_time: Option<Timestamp>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// From when on it is expired; never, without.
    pub expires_at: Option<Timestamp>,
    /// Where it is in its life.
    pub stage: CodeStage,
}

impl Canonical for CodeRecord {
    fn encode(&self, out: &mut Encoder) {
        self.grant.encode(out);
        self.client_id.encode(out);
        self.subject.encode(out);
        self.scope.encode(out);
        self.scope_asked.encode(out);
        self.redirect_uri.encode(out);
        self.challenge.encode(out);
        self.encode_repeated(out);
        self.issued_at.encode(out);
        self.expires_at.encode(out);
        self.stage.encode(out);
    }
}

impl CodeRecord {
    /// What the ID Token repeats, under one tag: a record without `auth_time` has the octets that it had before
    /// there was one.
    fn encode_repeated(&self, out: &mut Encoder) {
        match (&self.nonce, &self.auth_time) {
            (nonce, None) => nonce.encode(out),
            (None, Some(auth_time)) => {
                out.tag(2);
                auth_time.encode(out);
            }
            (Some(nonce), Some(auth_time)) => {
                out.tag(3);
                nonce.encode(out);
                auth_time.encode(out);
            }
        }
    }
}

/// Which kind of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// An access token.
    Access,
    /// A refresh token.
    Refresh,
}

crate::canonical_unit_enum!(TokenKind { Access = 0, Refresh = 1 });

/// What a token stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRecord {
    /// Access or refresh token.
    pub kind: TokenKind,
    /// The grant that it came of: its family.
    pub grant: GrantId,
    /// For whom it was issued.
    pub client_id: ClientId,
    /// Whose resource it opens.
    pub subject: Subject,
    /// For what.
    pub scope: Scope,
    /// Who alone can use it; whoever has it, without.
    pub bound_to: Option<Confirmation>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// From when on it is expired; never, without.
    pub expires_at: Option<Timestamp>,
    /// Where it is in its life.
    pub stage: TokenStage,
}

crate::canonical_struct!(TokenRecord {
    kind,
    grant,
    client_id,
    subject,
    scope,
    bound_to,
    issued_at,
    expires_at,
    stage
});

/// A pushed authorization request (RFC 9126 §2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushedRecord {
    /// Who pushed it.
    pub client_id: ClientId,
    /// Its parameters.
    pub parameters: Fields,
    /// From when on it is expired.
    pub expires_at: Timestamp,
}

crate::canonical_struct!(PushedRecord {
    client_id,
    parameters,
    expires_at
});

/// One atomic operation on the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreRequest {
    /// Keeps a new code.
    SaveCode(Arc<CodeRecord>),
    /// Looks at a code.
    LoadCode(SecretDigest),
    /// Turns `Issued` into `Redeemed` and says whether that is what happened: compare-and-set.
    ConsumeCode(SecretDigest),
    /// Writes `Redeemed`, whatever was there.
    MarkCodeRedeemed(SecretDigest),
    /// Turns `Issued` into `Revoked`: the code is used up without having issued anything.
    InvalidateCode(SecretDigest),
    /// Keeps the tokens of a grant, unless the grant was revoked meanwhile.
    SaveTokens {
        /// The digest of the access token and what it stands for.
        access: (SecretDigest, Arc<TokenRecord>),
        /// Likewise of the refresh token, if one is issued.
        refresh: Option<(SecretDigest, Arc<TokenRecord>)>,
    },
    /// Looks at a token.
    LoadToken(SecretDigest),
    /// Turns a refresh token from `Live` into `Rotated` and says whether that is what happened.
    ConsumeRefresh(SecretDigest),
    /// Writes `Rotated`, whatever was there.
    MarkRefreshRotated(SecretDigest),
    /// Revokes one token (RFC 7009 §2.1).
    RevokeToken(SecretDigest),
    /// Revokes a grant: its code and every token of its family.
    RevokeFamily(GrantId),
    /// Keeps a pushed authorization request.
    SavePushed(SecretDigest, Arc<PushedRecord>),
    /// Looks at a pushed authorization request.
    LoadPushed(SecretDigest),
    /// Takes a pushed authorization request out.
    TakePushed(SecretDigest),
}

/// What the store answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreReply {
    /// It is done.
    Done,
    /// It cannot be done: a bound is reached (`limits::STORE_RECORDS_MAX`).
    Full,
    /// The grant of these tokens was revoked; nothing is kept.
    GrantRevoked,
    /// There is no such code or token.
    Unknown,
    /// The code as it is.
    Code(Arc<CodeRecord>),
    /// The code as it was: this request, and no other, consumed it.
    CodeConsumed(Arc<CodeRecord>),
    /// The code as it is: somebody else had consumed it.
    CodeAlreadyUsed(Arc<CodeRecord>),
    /// The token as it is.
    Token(Arc<TokenRecord>),
    /// The refresh token as it was: this request, and no other, consumed it.
    RefreshConsumed(Arc<TokenRecord>),
    /// The refresh token as it is: somebody else had consumed it, or it was revoked.
    RefreshAlreadyUsed(Arc<TokenRecord>),
    /// The pushed request.
    Pushed(Arc<PushedRecord>),
}

impl StoreRequest {
    /// The word that traces use for it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SaveCode(_) => "save code",
            Self::LoadCode(_) => "load code",
            Self::ConsumeCode(_) => "consume code",
            Self::MarkCodeRedeemed(_) => "mark code redeemed",
            Self::InvalidateCode(_) => "invalidate code",
            Self::SaveTokens { .. } => "save tokens",
            Self::LoadToken(_) => "load token",
            Self::ConsumeRefresh(_) => "consume refresh token",
            Self::MarkRefreshRotated(_) => "mark refresh token rotated",
            Self::RevokeToken(_) => "revoke token",
            Self::RevokeFamily(_) => "revoke family",
            Self::SavePushed(..) => "save pushed request",
            Self::LoadPushed(_) => "load pushed request",
            Self::TakePushed(_) => "take pushed request",
        }
    }
}

impl StoreReply {
    /// The word that traces use for it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Full => "full",
            Self::GrantRevoked => "grant revoked",
            Self::Unknown => "unknown",
            Self::Code(_) => "code",
            Self::CodeConsumed(_) => "code consumed",
            Self::CodeAlreadyUsed(_) => "code already used",
            Self::Token(_) => "token",
            Self::RefreshConsumed(_) => "refresh token consumed",
            Self::RefreshAlreadyUsed(_) => "refresh token already used",
            Self::Pushed(_) => "pushed request",
        }
    }
}

impl Canonical for StoreRequest {
    fn encode(&self, out: &mut Encoder) {
        self.name().encode(out);
        match self {
            Self::SaveCode(record) => record.encode(out),
            Self::LoadCode(digest)
            | Self::ConsumeCode(digest)
            | Self::MarkCodeRedeemed(digest)
            | Self::InvalidateCode(digest)
            | Self::LoadToken(digest)
            | Self::ConsumeRefresh(digest)
            | Self::MarkRefreshRotated(digest)
            | Self::RevokeToken(digest)
            | Self::LoadPushed(digest)
            | Self::TakePushed(digest) => digest.encode(out),
            Self::SaveTokens { access, refresh } => {
                access.encode(out);
                refresh.encode(out);
            }
            Self::RevokeFamily(grant) => grant.encode(out),
            Self::SavePushed(digest, record) => {
                digest.encode(out);
                record.encode(out);
            }
        }
    }
}

impl Canonical for StoreReply {
    fn encode(&self, out: &mut Encoder) {
        self.name().encode(out);
        match self {
            Self::Done | Self::Full | Self::GrantRevoked | Self::Unknown => {}
            Self::Code(record) | Self::CodeConsumed(record) | Self::CodeAlreadyUsed(record) => {
                record.encode(out)
            }
            Self::Token(record)
            | Self::RefreshConsumed(record)
            | Self::RefreshAlreadyUsed(record) => {
                record.encode(out);
            }
            Self::Pushed(record) => record.encode(out),
        }
    }
}
