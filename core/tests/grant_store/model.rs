//! The store as ordered maps: no rows, no index, no sharing. What room is made of is left open (see [`Model::forget`]).

use std::collections::BTreeMap;
use std::sync::Arc;

use grantlab_core::message::store::{
    CodeRecord, CodeStage, GrantId, PushedRecord, StoreReply, StoreRequest, TokenKind, TokenRecord,
    TokenStage,
};
use grantlab_core::time::Timestamp;
use grantlab_core::value::SecretDigest;

/// What a store keeps.
pub(crate) struct Model {
    pub(crate) capacity: usize,
    pub(crate) codes: BTreeMap<SecretDigest, CodeRecord>,
    pub(crate) tokens: BTreeMap<SecretDigest, TokenRecord>,
    pub(crate) pushed: BTreeMap<SecretDigest, Arc<PushedRecord>>,
}

impl Model {
    pub(crate) const fn new(capacity: usize) -> Self {
        Self {
            capacity,
            codes: BTreeMap::new(),
            tokens: BTreeMap::new(),
            pushed: BTreeMap::new(),
        }
    }

    /// Whether a store may drop what is expired in order to do this.
    pub(crate) fn needs_room(&self, request: &StoreRequest) -> bool {
        if let StoreRequest::SaveCode(code) = request {
            let GrantId(digest) = code.grant;
            return !self.codes.contains_key(&digest) && !self.has_room_for_code();
        }
        if let StoreRequest::SaveTokens { access, refresh } = request {
            let is_live = self.is_live(access.1.grant);
            return is_live && !self.has_room_for_tokens(refresh.is_some());
        }
        matches!(request, StoreRequest::SavePushed(..)) && self.pushed.len() >= self.capacity
    }

    /// Forgets every record that is expired and that a store has dropped, be it that another has its place. A grant is good for as long as one of its
    /// tokens is.
    pub(crate) fn forget(
        &mut self,
        now: Timestamp,
        ask: &mut dyn FnMut(StoreRequest) -> StoreReply,
    ) {
        let is_over = |end: Option<Timestamp>| end.is_some_and(|end| now >= end);
        self.tokens.retain(|digest, token| {
            !is_over(token.expires_at)
                || ask(StoreRequest::LoadToken(*digest))
                    == StoreReply::Token(Arc::new(token.clone()))
        });
        let tokens = &self.tokens;
        let mut families: Vec<GrantId> = tokens.values().map(|token| token.grant).collect();
        families.sort_unstable();
        self.codes.retain(|digest, code| {
            !is_over(code.expires_at)
                || families.binary_search(&code.grant).is_ok()
                || ask(StoreRequest::LoadCode(*digest)) == StoreReply::Code(Arc::new(code.clone()))
        });
        self.pushed.retain(|digest, pushed| {
            !is_over(Some(pushed.expires_at))
                || ask(StoreRequest::LoadPushed(*digest)) == StoreReply::Pushed(Arc::clone(pushed))
        });
    }

    /// Whether something is left that could have made room for this.
    pub(crate) fn could_make_room(&self, request: &StoreRequest, now: Timestamp) -> bool {
        let is_over = |end: Option<Timestamp>| end.is_some_and(|end| now >= end);
        if let StoreRequest::SaveTokens { refresh, .. } = request {
            let helps = |kind| {
                let mut tokens = self.tokens.values().filter(|token| token.kind == kind);
                self.count(kind) < self.capacity || tokens.any(|token| is_over(token.expires_at))
            };
            return helps(TokenKind::Access) && (refresh.is_none() || helps(TokenKind::Refresh));
        }
        if let StoreRequest::SavePushed(..) = request {
            let mut pushed = self.pushed.values();
            return pushed.any(|pushed| is_over(Some(pushed.expires_at)));
        }
        self.codes.values().any(|code| {
            let mut family = self
                .tokens
                .values()
                .filter(|token| token.grant == code.grant);
            is_over(code.expires_at) && family.all(|token| is_over(token.expires_at))
        })
    }

    /// What a store answers, once it has made what room it could if it needed any.
    pub(crate) fn answer(&mut self, request: &StoreRequest, made_room: bool) -> StoreReply {
        match request {
            StoreRequest::SaveCode(code) => self.save_code(code),
            StoreRequest::LoadCode(digest) => self.load_code(digest),
            StoreRequest::ConsumeCode(digest) => self.consume_code(digest),
            StoreRequest::MarkCodeRedeemed(digest) => {
                self.write_code(digest, |_| CodeStage::Redeemed)
            }
            StoreRequest::InvalidateCode(digest) => self.write_code(digest, |stage| match stage {
                CodeStage::Issued => CodeStage::Revoked,
                CodeStage::Redeemed | CodeStage::Revoked => stage,
            }),
            StoreRequest::SaveTokens { access, refresh } => {
                self.save_tokens(access, refresh.as_ref(), made_room)
            }
            StoreRequest::LoadToken(digest) => self
                .tokens
                .get(digest)
                .map_or(StoreReply::Unknown, |token| {
                    StoreReply::Token(Arc::new(token.clone()))
                }),
            StoreRequest::ConsumeRefresh(digest) => self.consume_refresh(digest),
            StoreRequest::MarkRefreshRotated(digest) => match self.tokens.get_mut(digest) {
                Some(token) if token.kind == TokenKind::Refresh => {
                    token.stage = TokenStage::Rotated;
                    StoreReply::Done
                }
                Some(_) | None => StoreReply::Unknown,
            },
            StoreRequest::RevokeToken(digest) => match self.tokens.get_mut(digest) {
                Some(token) => {
                    token.stage = TokenStage::Revoked;
                    StoreReply::Done
                }
                None => StoreReply::Unknown,
            },
            StoreRequest::RevokeFamily(grant) => self.revoke_family(*grant),
            StoreRequest::SavePushed(digest, pushed) => {
                if !self.pushed.contains_key(digest) && self.pushed.len() >= self.capacity {
                    return StoreReply::Full;
                }
                self.pushed
                    .entry(*digest)
                    .or_insert_with(|| Arc::clone(pushed));
                StoreReply::Done
            }
            StoreRequest::LoadPushed(digest) => self
                .pushed
                .get(digest)
                .map_or(StoreReply::Unknown, |pushed| {
                    StoreReply::Pushed(Arc::clone(pushed))
                }),
            StoreRequest::TakePushed(digest) => self
                .pushed
                .remove(digest)
                .map_or(StoreReply::Unknown, StoreReply::Pushed),
        }
    }

    fn save_code(&mut self, code: &CodeRecord) -> StoreReply {
        let GrantId(digest) = code.grant;
        if self.codes.contains_key(&digest) {
            return StoreReply::Done;
        }
        if !self.has_room_for_code() {
            return StoreReply::Full;
        }
        self.codes.insert(digest, code.clone());
        StoreReply::Done
    }

    fn load_code(&self, digest: &SecretDigest) -> StoreReply {
        let code = self.codes.get(digest);
        code.map_or(StoreReply::Unknown, |code| {
            StoreReply::Code(Arc::new(code.clone()))
        })
    }

    fn consume_code(&mut self, digest: &SecretDigest) -> StoreReply {
        let Some(code) = self.codes.get_mut(digest) else {
            return StoreReply::Unknown;
        };
        let before = Arc::new(code.clone());
        match code.stage {
            CodeStage::Issued => {
                code.stage = CodeStage::Redeemed;
                StoreReply::CodeConsumed(before)
            }
            CodeStage::Redeemed | CodeStage::Revoked => StoreReply::CodeAlreadyUsed(before),
        }
    }

    fn write_code(
        &mut self,
        digest: &SecretDigest,
        stage: impl FnOnce(CodeStage) -> CodeStage,
    ) -> StoreReply {
        let Some(code) = self.codes.get_mut(digest) else {
            return StoreReply::Unknown;
        };
        code.stage = stage(code.stage);
        StoreReply::Done
    }

    fn save_tokens(
        &mut self,
        access: &(SecretDigest, Arc<TokenRecord>),
        refresh: Option<&(SecretDigest, Arc<TokenRecord>)>,
        made_room: bool,
    ) -> StoreReply {
        // Whoever makes room has seen the grant, and may have dropped it.
        let is_live = self.is_live(access.1.grant);
        if !is_live && !made_room {
            return StoreReply::GrantRevoked;
        }
        if !self.has_room_for_tokens(refresh.is_some()) {
            return StoreReply::Full;
        }
        if !is_live {
            return StoreReply::GrantRevoked;
        }
        for (digest, token) in [Some(access), refresh].into_iter().flatten() {
            self.tokens
                .entry(*digest)
                .or_insert_with(|| (**token).clone());
        }
        StoreReply::Done
    }

    fn consume_refresh(&mut self, digest: &SecretDigest) -> StoreReply {
        let token = self.tokens.get_mut(digest);
        let Some(token) = token.filter(|token| token.kind == TokenKind::Refresh) else {
            return StoreReply::Unknown;
        };
        let before = Arc::new(token.clone());
        match token.stage {
            TokenStage::Live => {
                token.stage = TokenStage::Rotated;
                StoreReply::RefreshConsumed(before)
            }
            TokenStage::Rotated | TokenStage::Revoked => StoreReply::RefreshAlreadyUsed(before),
        }
    }

    fn revoke_family(&mut self, grant: GrantId) -> StoreReply {
        let GrantId(digest) = grant;
        let family = self
            .tokens
            .values_mut()
            .filter(|token| token.grant == grant);
        family.for_each(|token| token.stage = TokenStage::Revoked);
        self.write_code(&digest, |_| CodeStage::Revoked)
    }

    fn is_live(&self, GrantId(digest): GrantId) -> bool {
        let code = self.codes.get(&digest);
        code.is_some_and(|code| code.stage != CodeStage::Revoked)
    }

    fn has_room_for_code(&self) -> bool {
        self.codes.len() < self.capacity
    }

    fn has_room_for_tokens(&self, both: bool) -> bool {
        self.count(TokenKind::Access) < self.capacity
            && (!both || self.count(TokenKind::Refresh) < self.capacity)
    }

    fn count(&self, kind: TokenKind) -> usize {
        self.tokens
            .values()
            .filter(|token| token.kind == kind)
            .count()
    }
}
