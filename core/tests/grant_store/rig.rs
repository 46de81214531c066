//! A store and its model, asked the same.

use std::sync::Arc;

use grantlab_core::grant_store::GrantStore;
use grantlab_core::machine::StoreAtHand as _;
use grantlab_core::message::store::{GrantId, StoreReply, StoreRequest, TokenKind};
use grantlab_core::time::Timestamp;

use crate::model::Model;
use crate::records::{self, Digests};
use crate::steps::Step;

/// Rows that a store sweeps for one request at most: one with fewer refuses only if nothing is expired.
const SWEPT_WHOLE: usize = 1_024;

pub(crate) struct Rig {
    pub(crate) store: GrantStore,
    model: Model,
    digests: Digests,
    now: Timestamp,
}

impl Rig {
    pub(crate) fn new(capacity: usize, digests: Digests) -> Self {
        Self {
            store: GrantStore::new(capacity),
            model: Model::new(capacity),
            digests,
            now: Timestamp(1_000),
        }
    }

    /// Takes the steps, and looks at everything afterwards.
    pub(crate) fn take_all(&mut self, steps: &[Step]) {
        for step in steps {
            self.take(step);
        }
        let codes: Vec<_> = self.model.codes.keys().copied().collect();
        let tokens: Vec<_> = self.model.tokens.keys().copied().collect();
        let codes = codes.into_iter().map(StoreRequest::LoadCode);
        let tokens = tokens.into_iter().map(StoreRequest::LoadToken);
        for request in codes.chain(tokens) {
            self.ask(request);
        }
    }

    fn take(&mut self, step: &Step) {
        let code = |number| self.digests.of("code", number);
        let token = |number| self.digests.of("token", number);
        let pushed = |number| self.digests.of("pushed", number);
        let request = match *step {
            Step::Advance(ms) => {
                self.now.0 += ms;
                return;
            }
            Step::SaveCodes { from, count } => return self.save_codes(from, count),
            Step::SaveTokens { grant, from, count } => return self.save_tokens(grant, from, count),
            Step::LoadCode(number) => StoreRequest::LoadCode(code(number)),
            Step::ConsumeCode(number) => StoreRequest::ConsumeCode(code(number)),
            Step::MarkCodeRedeemed(number) => StoreRequest::MarkCodeRedeemed(code(number)),
            Step::InvalidateCode(number) => StoreRequest::InvalidateCode(code(number)),
            Step::RevokeFamily(number) => StoreRequest::RevokeFamily(GrantId(code(number))),
            Step::LoadToken(number) => StoreRequest::LoadToken(token(number)),
            Step::ConsumeRefresh(number) => StoreRequest::ConsumeRefresh(token(number)),
            Step::MarkRefreshRotated(number) => StoreRequest::MarkRefreshRotated(token(number)),
            Step::RevokeToken(number) => StoreRequest::RevokeToken(token(number)),
            Step::SavePushed(number) => {
                StoreRequest::SavePushed(pushed(number), records::pushed(number, self.now))
            }
            Step::LoadPushed(number) => StoreRequest::LoadPushed(pushed(number)),
            Step::TakePushed(number) => StoreRequest::TakePushed(pushed(number)),
        };
        self.ask(request);
    }

    /// One after the other, until one finds no room.
    fn save_codes(&mut self, from: u16, count: u16) {
        for number in from..from + count {
            let digest = self.digests.of("code", number);
            let code = records::code(digest, number, self.now);
            if self.ask(StoreRequest::SaveCode(Arc::new(code))) == StoreReply::Full {
                return;
            }
        }
    }

    /// Two tokens for each grant, or only one.
    fn save_tokens(&mut self, grant: u16, from: u16, count: u16) {
        for turn in 0..count {
            let number = from + 2 * turn;
            let grant = self.digests.of("code", grant + turn);
            let token = |kind, number| {
                let digest = self.digests.of("token", number);
                (
                    digest,
                    Arc::new(records::token(kind, grant, number, self.now)),
                )
            };
            let request = StoreRequest::SaveTokens {
                access: token(TokenKind::Access, number),
                refresh: (!number.is_multiple_of(3)).then(|| token(TokenKind::Refresh, number + 1)),
            };
            if self.ask(request) == StoreReply::Full {
                return;
            }
        }
    }

    /// Asks both.
    fn ask(&mut self, request: StoreRequest) -> StoreReply {
        let needs_room = self.model.needs_room(&request);
        let reply = self.store.answer(&request, self.now, &mut |_| {});
        if needs_room {
            // A copy is asked, so that the store does not notice.
            let (mut store, now) = (self.store.clone(), self.now);
            self.model
                .forget(now, &mut |load| store.answer(&load, now, &mut |_| {}));
        }
        assert_eq!(
            reply,
            self.model.answer(&request, needs_room),
            "{request:?}"
        );
        if reply == StoreReply::Full {
            assert!(needs_room, "full although there is room: {request:?}");
            let is_swept_whole = self.model.capacity <= SWEPT_WHOLE;
            let refused_early = is_swept_whole && self.model.could_make_room(&request, self.now);
            assert!(
                !refused_early,
                "full although something is expired: {request:?}"
            );
        }
        reply
    }
}
