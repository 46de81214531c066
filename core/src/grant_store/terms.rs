//! What many records have in common, kept once.

use alloc::collections::BTreeMap;

use super::rows::{Packed, Slab};
use crate::message::store::TokenKind;
use crate::text::Text;
use crate::time::Timestamp;
use crate::value::{ClientId, CodeChallengeMethod, Confirmation, Subject};

/// What a record says beyond its digest, its owner, its time and its stage.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Terms {
    pub(super) client_id: ClientId,
    pub(super) scope: Text,
    pub(super) scope_asked: Option<Text>,
    pub(super) redirect_uri: Option<Text>,
    pub(super) challenge: Challenge,
    pub(super) auth_time: Option<Timestamp>,
    /// Which kind of token; none for a code.
    pub(super) kind: Option<Kind>,
    /// Of a token; none where it is the owner of the code.
    pub(super) subject: Option<Subject>,
    pub(super) bound_to: Option<(Bound, Text)>,
    /// From the issue to the end, in milliseconds; none for ever.
    pub(super) lifetime_ms: Option<u64>,
    /// What of the time of issue has no room in a row: the same for 34 years.
    pub(super) issued_high: u32,
}

/// Where the challenge of a code is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Challenge {
    /// There is none.
    Absent,
    /// In the row, as the octets that it spells.
    Spelled(Method),
    /// Here, because it spells no 32 octets.
    Unusual(Text, Method),
}

/// How it was made: [`CodeChallengeMethod`], in an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Method {
    Plain,
    S256,
}

impl From<CodeChallengeMethod> for Method {
    fn from(method: CodeChallengeMethod) -> Self {
        match method {
            CodeChallengeMethod::Plain => Self::Plain,
            CodeChallengeMethod::S256 => Self::S256,
        }
    }
}

impl From<Method> for CodeChallengeMethod {
    fn from(method: Method) -> Self {
        match method {
            Method::Plain => Self::Plain,
            Method::S256 => Self::S256,
        }
    }
}

/// Which kind of token: [`TokenKind`], in an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Access,
    Refresh,
}

impl From<TokenKind> for Kind {
    fn from(kind: TokenKind) -> Self {
        match kind {
            TokenKind::Access => Self::Access,
            TokenKind::Refresh => Self::Refresh,
        }
    }
}

impl From<Kind> for TokenKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Access => Self::Access,
            Kind::Refresh => Self::Refresh,
        }
    }
}

/// What a token is bound to: [`Confirmation`], in an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bound {
    Key,
    Certificate,
}

impl Bound {
    pub(super) fn of(confirmation: &Confirmation) -> (Self, Text) {
        match confirmation {
            Confirmation::Key(thumbprint) => (Self::Key, thumbprint.text().clone()),
            Confirmation::Certificate(thumbprint) => (Self::Certificate, thumbprint.text().clone()),
        }
    }
}

/// Values that are kept once, each with the number of records that use it.
#[derive(Clone, Debug)]
pub(super) struct Shared<T> {
    rows: Slab<(T, u32)>,
    numbers: BTreeMap<T, u32>,
    /// The one that was used last: most often it is used again.
    last: Packed,
}

impl<T: Clone + Ord> Shared<T> {
    pub(super) const EMPTY: Self = Self {
        rows: Slab::EMPTY,
        numbers: BTreeMap::new(),
        last: Packed::NONE,
    };

    pub(super) fn get(&self, number: Packed) -> Option<&T> {
        self.rows.get(number.number()).map(|(value, _)| value)
    }

    /// The number of `value`, for one more record. `own` makes the copy that is kept.
    pub(super) fn take(&mut self, value: &T, own: impl FnOnce(&T) -> T) -> Packed {
        let known = match self.get(self.last) {
            Some(last) if last == value => Some(self.last.number()),
            Some(_) | None => self.numbers.get(value).copied(),
        };
        let number = match known {
            Some(number) => number,
            None => {
                let kept = own(value);
                let number = self.rows.insert((kept.clone(), 0));
                self.numbers.insert(kept, number);
                number
            }
        };
        if let Some((_, uses)) = self.rows.get_mut(number) {
            *uses = uses.saturating_add(1);
        }
        self.last = Packed::new(number);
        self.last
    }

    /// One record less uses it.
    pub(super) fn leave(&mut self, number: Packed) {
        let Some((value, uses)) = self.rows.get_mut(number.number()) else {
            return;
        };
        *uses = uses.saturating_sub(1);
        if *uses == 0 {
            self.numbers.remove(value);
            self.rows.remove(number.number());
        }
    }
}
