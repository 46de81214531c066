//! How the parts of a fact are shown.

use crate::message::ErrorCode;
use crate::message::store::GrantId;
use crate::refusal::Refusal;
use crate::text::Text;
use crate::time::Timestamp;
use crate::value::{
    AccessToken, AuthorizationCode, ClientId, CodeChallenge, CodeVerifier, Issuer, Nonce,
    RedirectionUri, RefreshToken, Scope, SessionId, State, Subject, Thumbprint, TransactionId,
    Username,
};

/// A part of a fact, as traces show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Nothing was there.
    Absent,
    /// Text that anybody may see.
    Shown(&'a str),
    /// A secret, to be shown by the name of its provenance.
    Secret(&'a str),
    /// A moment.
    Moment(Timestamp),
    /// Yes or no.
    Flag(bool),
    /// Somebody said no.
    Refused(&'a Refusal),
    /// A grant, named by the digest of its code.
    Grant(GrantId),
}

/// Turns a field into its part.
pub(super) trait AsPart {
    fn part(&self) -> Part<'_>;
}

macro_rules! parts {
    ($kind:ident: $($type:ty),+) => {
        $(impl AsPart for $type {
            fn part(&self) -> Part<'_> {
                Part::$kind(self.as_str())
            }
        })+
    };
}

parts!(Shown: Text, ClientId, RedirectionUri, Scope, Subject, Username, Issuer, ErrorCode, Thumbprint);
parts!(Secret: AccessToken, AuthorizationCode, CodeChallenge, CodeVerifier, Nonce, RefreshToken, SessionId, State, TransactionId);

impl AsPart for Timestamp {
    fn part(&self) -> Part<'_> {
        Part::Moment(*self)
    }
}

impl AsPart for bool {
    fn part(&self) -> Part<'_> {
        Part::Flag(*self)
    }
}

impl AsPart for Refusal {
    fn part(&self) -> Part<'_> {
        Part::Refused(self)
    }
}

impl AsPart for GrantId {
    fn part(&self) -> Part<'_> {
        Part::Grant(*self)
    }
}

impl<T: AsPart> AsPart for Option<T> {
    fn part(&self) -> Part<'_> {
        self.as_ref().map_or(Part::Absent, AsPart::part)
    }
}
