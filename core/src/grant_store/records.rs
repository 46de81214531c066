//! What the store keeps, and every atomic operation on it.
//!
//! A grant is its code and the tokens of its family. It stays for as long as its code or one of its tokens is
//! good, so that a replayed code still finds what to revoke, and a revoked grant is not forgotten while a
//! refresh is under way. Expired records go only when room is needed.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::life::{CodeStep, TokenStep};
use super::table::Table;
use crate::message::store::{
    CodeRecord, CodeStage, GrantId, PushedRecord, StoreReply, TokenKind, TokenRecord,
};
use crate::time::Timestamp;
use crate::value::SecretDigest;

/// A code and its family.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Grant {
    code: Arc<CodeRecord>,
    /// Digests of its tokens, in the order of the digests.
    family: Vec<SecretDigest>,
}

crate::canonical_struct!(Grant { code, family });

/// Everything that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Records {
    /// Grants, access tokens, refresh tokens and pushed requests at most, each.
    capacity: usize,
    grants: Table<Grant>,
    access_tokens: Table<TokenRecord>,
    refresh_tokens: Table<TokenRecord>,
    pushed: Table<PushedRecord>,
    /// The chunk of grants that is swept next.
    sweep_at: u64,
}

impl crate::canonical::Canonical for Records {
    fn encode(&self, out: &mut crate::canonical::Encoder) {
        self.grants.encode(out);
        self.access_tokens.encode(out);
        self.refresh_tokens.encode(out);
        self.pushed.encode(out);
        self.sweep_at.encode(out);
    }
}

/// Chunks of grants that one request sweeps at most, so that a store full of good records refuses in bounded time.
const SWEPT_CHUNKS_MAX: usize = 64;

impl Records {
    pub(super) const fn new(capacity: usize) -> Self {
        Self {
            capacity,
            grants: Table::EMPTY,
            access_tokens: Table::EMPTY,
            refresh_tokens: Table::EMPTY,
            pushed: Table::EMPTY,
            sweep_at: 0,
        }
    }

    pub(super) fn save_code(&mut self, code: Arc<CodeRecord>, now: Timestamp) -> StoreReply {
        let GrantId(digest) = code.grant;
        if !self.grants.contains(&digest) && !self.has_room(now, Self::room_for_grant) {
            return StoreReply::Full;
        }
        let family = Vec::new();
        let grant = Grant { code, family };
        self.grants.insert(digest, Arc::new(grant));
        StoreReply::Done
    }

    pub(super) fn load_code(&self, digest: &SecretDigest) -> StoreReply {
        self.grants
            .get(digest)
            .map_or(StoreReply::Unknown, |grant| {
                StoreReply::Code(Arc::clone(&grant.code))
            })
    }

    pub(super) fn consume_code(&mut self, digest: &SecretDigest) -> StoreReply {
        let Some(code) = self.code_mut(digest) else {
            return StoreReply::Unknown;
        };
        let found = Arc::clone(code);
        match code.stage.next(CodeStep::Consume) {
            Some(stage) => {
                Arc::make_mut(code).stage = stage;
                StoreReply::CodeConsumed(found)
            }
            None => StoreReply::CodeAlreadyUsed(found),
        }
    }

    /// Takes a step that nobody asks the outcome of.
    pub(super) fn step_code(&mut self, digest: &SecretDigest, step: CodeStep) -> StoreReply {
        let Some(code) = self.code_mut(digest) else {
            return StoreReply::Unknown;
        };
        if let Some(stage) = code.stage.next(step) {
            Arc::make_mut(code).stage = stage;
        }
        StoreReply::Done
    }

    /// Both tokens or none: a family is never half there.
    pub(super) fn save_tokens(
        &mut self,
        access: &(SecretDigest, Arc<TokenRecord>),
        refresh: Option<&(SecretDigest, Arc<TokenRecord>)>,
        now: Timestamp,
    ) -> StoreReply {
        let GrantId(grant) = access.1.grant;
        if !self.is_live(&grant) {
            return StoreReply::GrantRevoked;
        }
        let room = if refresh.is_some() {
            Self::room_for_both
        } else {
            Self::room_for_access
        };
        if !self.has_room(now, room) {
            return StoreReply::Full;
        }
        // Making room may have dropped the grant itself, when nothing of it was good any more.
        let Some(grant) = self.grants.get_mut(&grant) else {
            return StoreReply::GrantRevoked;
        };
        for (digest, token) in [Some(access), refresh].into_iter().flatten() {
            if let Err(place) = grant.family.binary_search(digest) {
                grant.family.insert(place, *digest);
            }
            match token.kind {
                TokenKind::Access => self.access_tokens.insert(*digest, Arc::clone(token)),
                TokenKind::Refresh => self.refresh_tokens.insert(*digest, Arc::clone(token)),
            }
        }
        StoreReply::Done
    }

    pub(super) fn load_token(&self, digest: &SecretDigest) -> StoreReply {
        self.access_tokens
            .shared(digest)
            .or_else(|| self.refresh_tokens.shared(digest))
            .map_or(StoreReply::Unknown, StoreReply::Token)
    }

    pub(super) fn consume_refresh(&mut self, digest: &SecretDigest) -> StoreReply {
        let Some(found) = self.refresh_tokens.shared(digest) else {
            return StoreReply::Unknown;
        };
        match found.stage.next(TokenStep::Consume) {
            Some(stage) => {
                if let Some(token) = self.refresh_tokens.get_mut(digest) {
                    token.stage = stage;
                }
                StoreReply::RefreshConsumed(found)
            }
            None => StoreReply::RefreshAlreadyUsed(found),
        }
    }

    pub(super) fn mark_refresh_rotated(&mut self, digest: &SecretDigest) -> StoreReply {
        match self.refresh_tokens.get_mut(digest) {
            Some(token) => {
                token.stage = token.stage.next(TokenStep::Mark).unwrap_or(token.stage);
                StoreReply::Done
            }
            None => StoreReply::Unknown,
        }
    }

    pub(super) fn revoke_token(&mut self, digest: &SecretDigest) -> StoreReply {
        let token = match self.access_tokens.get_mut(digest) {
            Some(token) => Some(token),
            None => self.refresh_tokens.get_mut(digest),
        };
        match token {
            Some(token) => {
                token.stage = token.stage.next(TokenStep::Revoke).unwrap_or(token.stage);
                StoreReply::Done
            }
            None => StoreReply::Unknown,
        }
    }

    pub(super) fn revoke_family(&mut self, grant: GrantId) -> StoreReply {
        let GrantId(digest) = grant;
        let Some(grant) = self.grants.get_mut(&digest) else {
            return StoreReply::Unknown;
        };
        let stage = grant.code.stage;
        if let Some(stage) = stage.next(CodeStep::RevokeFamily) {
            Arc::make_mut(&mut grant.code).stage = stage;
        }
        for digest in grant.family.clone() {
            self.revoke_token(&digest);
        }
        StoreReply::Done
    }

    pub(super) fn save_pushed(
        &mut self,
        digest: SecretDigest,
        pushed: Arc<PushedRecord>,
        now: Timestamp,
    ) -> StoreReply {
        if self.pushed.len() >= self.capacity {
            self.sweep_pushed(now);
        }
        if !self.pushed.contains(&digest) && self.pushed.len() >= self.capacity {
            return StoreReply::Full;
        }
        self.pushed.insert(digest, pushed);
        StoreReply::Done
    }

    pub(super) fn load_pushed(&self, digest: &SecretDigest) -> StoreReply {
        self.pushed
            .shared(digest)
            .map_or(StoreReply::Unknown, StoreReply::Pushed)
    }

    pub(super) fn take_pushed(&mut self, digest: &SecretDigest) -> StoreReply {
        self.pushed
            .remove(digest)
            .map_or(StoreReply::Unknown, StoreReply::Pushed)
    }

    fn code_mut(&mut self, digest: &SecretDigest) -> Option<&mut Arc<CodeRecord>> {
        self.grants.get_mut(digest).map(|grant| &mut grant.code)
    }

    /// Whether tokens may still come of this grant.
    fn is_live(&self, grant: &SecretDigest) -> bool {
        self.grants
            .get(grant)
            .is_some_and(|grant| match grant.code.stage {
                CodeStage::Issued | CodeStage::Redeemed => true,
                CodeStage::Revoked => false,
            })
    }
}

/// Making room.
impl Records {
    const fn room_for_grant(&self) -> bool {
        self.grants.len() < self.capacity
    }

    const fn room_for_access(&self) -> bool {
        self.access_tokens.len() < self.capacity
    }

    const fn room_for_both(&self) -> bool {
        self.room_for_access() && self.refresh_tokens.len() < self.capacity
    }

    /// Whether there is `room`, after dropping what is expired if need be.
    fn has_room(&mut self, now: Timestamp, room: fn(&Self) -> bool) -> bool {
        let mut left = self.grants.chunks().min(SWEPT_CHUNKS_MAX);
        while !room(self) && left > 0 {
            left = left.saturating_sub(1);
            self.sweep_chunk(now);
        }
        room(self)
    }

    /// Drops what is expired in the next chunk of grants.
    fn sweep_chunk(&mut self, now: Timestamp) {
        let chunks = self.grants.chunks();
        let number = usize::try_from(self.sweep_at)
            .unwrap_or(0)
            .checked_rem(chunks)
            .unwrap_or(0);
        for digest in self.grants.chunk_digests(number) {
            self.sweep_grant(&digest, now);
        }
        self.sweep_at = u64::try_from(number).unwrap_or(0).saturating_add(1);
    }

    /// Drops the expired tokens of a grant, and the grant when nothing is left that could be good.
    fn sweep_grant(&mut self, digest: &SecretDigest, now: Timestamp) {
        let Some(grant) = self.grants.get(digest) else {
            return;
        };
        let code_is_over = is_over(grant.code.expires_at, now);
        let (over, left): (Vec<_>, Vec<_>) = grant
            .family
            .iter()
            .copied()
            .partition(|token| self.token_is_over(token, now));
        for token in &over {
            self.access_tokens.remove(token);
            self.refresh_tokens.remove(token);
        }
        if left.is_empty() && code_is_over {
            self.grants.remove(digest);
        } else if !over.is_empty()
            && let Some(grant) = self.grants.get_mut(digest)
        {
            grant.family = left;
        }
    }

    fn token_is_over(&self, digest: &SecretDigest, now: Timestamp) -> bool {
        self.access_tokens
            .get(digest)
            .or_else(|| self.refresh_tokens.get(digest))
            .is_none_or(|token| is_over(token.expires_at, now))
    }

    fn sweep_pushed(&mut self, now: Timestamp) {
        for number in (0..self.pushed.chunks()).rev() {
            for digest in self.pushed.chunk_digests(number) {
                let over = self.pushed.get(&digest).map(|pushed| pushed.expires_at);
                if is_over(over, now) {
                    self.pushed.remove(&digest);
                }
            }
        }
    }
}

/// Expired means: now is the moment or later.
fn is_over(expires_at: Option<Timestamp>, now: Timestamp) -> bool {
    expires_at.is_some_and(|expires_at| now >= expires_at)
}
