//! What the store keeps, and every atomic operation on it.
//!
//! A grant is its code and the tokens of its family. It stays for as long as its code or one of its tokens is
//! good, so that a replayed code still finds what to revoke, and a revoked grant is not forgotten while a
//! refresh is under way. Expired records go only when room is needed, a few at a time.

use alloc::sync::Arc;

use super::index::{self, Index, UNINDEXED_MAX};
use super::life::{CodeStep, TokenStep};
use super::nonces::Nonces;
use super::rows::{CodeRow, NONE, Packed, Slab, TokenRow, short};
use super::table::Table;
use super::terms::{Shared, Terms};
use crate::message::store::{
    CodeRecord, CodeStage, GrantId, PushedRecord, StoreReply, TokenKind, TokenRecord,
};
use crate::reuse::{Reused, ReusedTexts};
use crate::time::Timestamp;
use crate::value::{SecretDigest, Subject};

/// Everything that is kept.
#[derive(Clone, Debug)]
pub(super) struct Records {
    /// Grants, access tokens, refresh tokens and pushed requests at most, each.
    capacity: usize,
    pub(super) codes: Slab<CodeRow>,
    pub(super) tokens: Slab<TokenRow>,
    codes_by_digest: Index,
    tokens_by_digest: Index,
    pub(super) terms: Shared<Terms>,
    pub(super) subjects: Shared<Subject>,
    pub(super) nonces: Nonces,
    access_tokens: usize,
    refresh_tokens: usize,
    pub(super) pushed: Table<PushedRecord>,
    /// The row of codes that is swept next.
    pub(super) sweep_at: u64,
    /// The code that was handed out last.
    pub(super) lent_code: Reused<CodeRecord>,
    /// The token that was handed out last.
    pub(super) lent_token: Reused<TokenRecord>,
    pub(super) texts: ReusedTexts,
}

/// Rows of codes that one request sweeps at most, so that a store full of good records refuses in bounded time:
/// well under 1 ms.
const SWEPT_ROWS_MAX: usize = 1_024;
/// Rows that are swept before looking whether there is room.
const SWEPT_AT_ONCE: usize = 64;

impl Records {
    pub(super) const fn new(capacity: usize) -> Self {
        Self {
            capacity,
            codes: Slab::EMPTY,
            tokens: Slab::EMPTY,
            codes_by_digest: Index::EMPTY,
            tokens_by_digest: Index::EMPTY,
            terms: Shared::EMPTY,
            subjects: Shared::EMPTY,
            nonces: Nonces::EMPTY,
            access_tokens: 0,
            refresh_tokens: 0,
            pushed: Table::EMPTY,
            sweep_at: 0,
            lent_code: Reused::EMPTY,
            lent_token: Reused::EMPTY,
            texts: ReusedTexts::EMPTY,
        }
    }

    pub(super) fn save_code(&mut self, code: &CodeRecord, now: Timestamp) -> StoreReply {
        let GrantId(digest) = code.grant;
        if self.code_row(&digest).is_some() {
            return StoreReply::Done;
        }
        if !self.has_room(now, Self::room_for_grant) {
            return StoreReply::Full;
        }
        let row = self.packed_code(code);
        let number = self.codes.insert(row);
        if let Some(nonce) = &code.nonce {
            self.nonces.put(number, nonce);
        }
        if self.codes_by_digest.is_in_use() {
            self.index_code(number);
        } else if self.codes.len() > UNINDEXED_MAX {
            for number in 0..=u32::try_from(self.codes.end()).unwrap_or(NONE) {
                self.index_code(number);
            }
        }
        StoreReply::Done
    }

    pub(super) fn load_code(&mut self, digest: &SecretDigest) -> StoreReply {
        match self.code_record(digest) {
            Some(code) => StoreReply::Code(code),
            None => StoreReply::Unknown,
        }
    }

    pub(super) fn consume_code(&mut self, digest: &SecretDigest) -> StoreReply {
        let Some(found) = self.code_record(digest) else {
            return StoreReply::Unknown;
        };
        match found.stage.next(CodeStep::Consume) {
            Some(stage) => {
                self.set_code_stage(digest, stage);
                StoreReply::CodeConsumed(found)
            }
            None => StoreReply::CodeAlreadyUsed(found),
        }
    }

    /// Takes a step that nobody asks the outcome of.
    pub(super) fn step_code(&mut self, digest: &SecretDigest, step: CodeStep) -> StoreReply {
        let Some(code) = self.code_row_mut(digest) else {
            return StoreReply::Unknown;
        };
        code.stage = code.stage.next(step).unwrap_or(code.stage);
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
        let Some(grant) = self.code_row(&grant) else {
            return StoreReply::GrantRevoked;
        };
        for (digest, token) in [Some(access), refresh].into_iter().flatten() {
            if self.token_row(digest).is_none() {
                self.insert_token(grant, digest, token);
            }
        }
        StoreReply::Done
    }

    pub(super) fn load_token(&mut self, digest: &SecretDigest) -> StoreReply {
        match self.token_record(digest) {
            Some(token) => StoreReply::Token(token),
            None => StoreReply::Unknown,
        }
    }

    pub(super) fn consume_refresh(&mut self, digest: &SecretDigest) -> StoreReply {
        let Some(found) = self
            .token_record(digest)
            .filter(|token| token.kind == TokenKind::Refresh)
        else {
            return StoreReply::Unknown;
        };
        match found.stage.next(TokenStep::Consume) {
            Some(_) => {
                self.step_token(digest, TokenStep::Consume);
                StoreReply::RefreshConsumed(found)
            }
            None => StoreReply::RefreshAlreadyUsed(found),
        }
    }

    pub(super) fn mark_refresh_rotated(&mut self, digest: &SecretDigest) -> StoreReply {
        match self.token(digest) {
            Some(token) if self.kind(token) == Some(TokenKind::Refresh) => {
                self.step_token(digest, TokenStep::Mark)
            }
            Some(_) | None => StoreReply::Unknown,
        }
    }

    pub(super) fn revoke_token(&mut self, digest: &SecretDigest) -> StoreReply {
        self.step_token(digest, TokenStep::Revoke)
    }

    pub(super) fn revoke_family(&mut self, grant: GrantId) -> StoreReply {
        let GrantId(digest) = grant;
        let Some(code) = self.code_row_mut(&digest) else {
            return StoreReply::Unknown;
        };
        code.stage = code
            .stage
            .next(CodeStep::RevokeFamily)
            .unwrap_or(code.stage);
        let mut next = code.family;
        while let Some(token) = self.tokens.get_mut(next.number()) {
            token.stage = token.stage.next(TokenStep::Revoke).unwrap_or(token.stage);
            next = token.next;
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
}

/// Rows and where they are found.
impl Records {
    pub(super) fn code_row(&self, digest: &SecretDigest) -> Option<u32> {
        let SecretDigest(wanted) = digest;
        if !self.codes_by_digest.is_in_use() {
            let found = self.codes.iter().find(|(_, row)| row.digest == *wanted);
            return found.map(|(number, _)| number);
        }
        self.codes_by_digest.find(index::hash(wanted), |number| {
            self.codes
                .get(number)
                .is_some_and(|row| row.digest == *wanted)
        })
    }

    pub(super) fn code(&self, digest: &SecretDigest) -> Option<&CodeRow> {
        self.codes.get(self.code_row(digest)?)
    }

    fn code_row_mut(&mut self, digest: &SecretDigest) -> Option<&mut CodeRow> {
        self.codes.get_mut(self.code_row(digest)?)
    }

    fn set_code_stage(&mut self, digest: &SecretDigest, stage: CodeStage) {
        if let Some(code) = self.code_row_mut(digest) {
            code.stage = stage;
        }
    }

    fn token_row(&self, digest: &SecretDigest) -> Option<u32> {
        let wanted = short(digest);
        if !self.tokens_by_digest.is_in_use() {
            let found = self.tokens.iter().find(|(_, row)| row.digest == wanted);
            return found.map(|(number, _)| number);
        }
        self.tokens_by_digest.find(index::hash(&wanted), |number| {
            self.tokens
                .get(number)
                .is_some_and(|row| row.digest == wanted)
        })
    }

    pub(super) fn token(&self, digest: &SecretDigest) -> Option<&TokenRow> {
        self.tokens.get(self.token_row(digest)?)
    }

    fn step_token(&mut self, digest: &SecretDigest, step: TokenStep) -> StoreReply {
        let number = self.token_row(digest).unwrap_or(NONE);
        let Some(token) = self.tokens.get_mut(number) else {
            return StoreReply::Unknown;
        };
        token.stage = token.stage.next(step).unwrap_or(token.stage);
        StoreReply::Done
    }

    fn insert_token(&mut self, grant: u32, digest: &SecretDigest, token: &TokenRecord) {
        let row = self.packed_token(grant, digest, token);
        let number = self.tokens.insert(row);
        if let Some(code) = self.codes.get_mut(grant) {
            code.family = Packed::new(number);
        }
        match token.kind {
            TokenKind::Access => self.access_tokens = self.access_tokens.saturating_add(1),
            TokenKind::Refresh => self.refresh_tokens = self.refresh_tokens.saturating_add(1),
        }
        if self.tokens_by_digest.is_in_use() {
            self.index_token(number);
        } else if self.tokens.len() > UNINDEXED_MAX {
            for number in 0..=u32::try_from(self.tokens.end()).unwrap_or(NONE) {
                self.index_token(number);
            }
        }
    }

    fn index_code(&mut self, number: u32) {
        let hash_of = |number| {
            let row = self.codes.get(number);
            row.map_or(0, |row| index::hash(&row.digest))
        };
        if self.codes.get(number).is_some() {
            self.codes_by_digest
                .insert(hash_of(number), number, hash_of);
        }
    }

    fn index_token(&mut self, number: u32) {
        let hash_of = |number| {
            let row = self.tokens.get(number);
            row.map_or(0, |row| index::hash(&row.digest))
        };
        if self.tokens.get(number).is_some() {
            self.tokens_by_digest
                .insert(hash_of(number), number, hash_of);
        }
    }

    fn remove_code(&mut self, number: u32) {
        let hash_of = |number| {
            let row = self.codes.get(number);
            row.map_or(0, |row| index::hash(&row.digest))
        };
        self.codes_by_digest
            .remove(hash_of(number), number, hash_of);
        if let Some(row) = self.codes.remove(number) {
            self.terms.leave(row.terms);
            self.subjects.leave(row.subject);
            self.nonces.remove(number);
        }
        self.lent_code.forget();
    }

    fn remove_token(&mut self, number: u32) {
        let hash_of = |number| {
            let row = self.tokens.get(number);
            row.map_or(0, |row| index::hash(&row.digest))
        };
        self.tokens_by_digest
            .remove(hash_of(number), number, hash_of);
        if let Some(row) = self.tokens.remove(number) {
            match self.kind(&row) {
                Some(TokenKind::Access) => {
                    self.access_tokens = self.access_tokens.saturating_sub(1);
                }
                Some(TokenKind::Refresh) => {
                    self.refresh_tokens = self.refresh_tokens.saturating_sub(1);
                }
                None => {}
            }
            self.terms.leave(row.terms);
        }
        self.lent_token.forget();
    }

    /// Whether tokens may still come of this grant.
    fn is_live(&self, grant: &SecretDigest) -> bool {
        self.code(grant).is_some_and(|code| match code.stage {
            CodeStage::Issued | CodeStage::Redeemed => true,
            CodeStage::Revoked => false,
        })
    }
}

/// Making room.
impl Records {
    const fn room_for_grant(&self) -> bool {
        self.codes.len() < self.capacity
    }

    const fn room_for_access(&self) -> bool {
        self.access_tokens < self.capacity
    }

    const fn room_for_both(&self) -> bool {
        self.room_for_access() && self.refresh_tokens < self.capacity
    }

    /// Whether there is `room`, after dropping what is expired if need be.
    fn has_room(&mut self, now: Timestamp, room: fn(&Self) -> bool) -> bool {
        let mut left = self.codes.end().min(SWEPT_ROWS_MAX);
        while !room(self) && left > 0 {
            let rows = left.min(SWEPT_AT_ONCE);
            left = left.saturating_sub(rows);
            self.sweep(rows, now);
        }
        room(self)
    }

    /// Drops what is expired in the next rows of codes.
    fn sweep(&mut self, rows: usize, now: Timestamp) {
        let end = u64::try_from(self.codes.end()).unwrap_or(u64::MAX);
        for _ in 0..rows {
            let number = self.sweep_at.checked_rem(end).unwrap_or(0);
            self.sweep_at = number.saturating_add(1);
            self.sweep_grant(u32::try_from(number).unwrap_or(NONE), now);
        }
    }

    /// Drops the expired tokens of a grant, and the grant when nothing is left that could be good.
    fn sweep_grant(&mut self, number: u32, now: Timestamp) {
        let Some(code) = self.codes.get(number) else {
            return;
        };
        let code_is_over = is_over(self.code_expiry(code), now);
        let mut left = Packed::NONE;
        let mut next = code.family;
        while let Some(token) = self.tokens.get(next.number()) {
            let this = core::mem::replace(&mut next, token.next);
            if is_over(self.token_expiry(token), now) {
                self.remove_token(this.number());
            } else if let Some(token) = self.tokens.get_mut(this.number()) {
                token.next = core::mem::replace(&mut left, this);
            }
        }
        if left == Packed::NONE && code_is_over {
            self.remove_code(number);
        } else if let Some(code) = self.codes.get_mut(number) {
            code.family = left;
        }
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
