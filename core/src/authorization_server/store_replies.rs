//! What a reply of the store means to whoever asked one thing.

use alloc::sync::Arc;

use crate::message::store::{CodeRecord, StoreReply, TokenRecord};
use crate::refusal::{Compared, Refusal, Rule};

/// How a compare-and-set went.
#[derive(Debug)]
pub(super) enum Consumption<T> {
    /// This request consumed it.
    First,
    /// Somebody else had.
    TooLate(Arc<T>),
    /// There is nothing to consume.
    Unknown,
}

/// A code that was asked for; none when there is none.
///
/// # Errors
/// What any reply means that does not say.
pub(super) fn code(reply: StoreReply) -> Result<Option<Arc<CodeRecord>>, Refusal> {
    if let StoreReply::Code(code) = reply {
        return Ok(Some(code));
    }
    unknown(&reply).map(|()| None)
}

/// A token that was asked for; none when there is none.
///
/// # Errors
/// What any reply means that does not say.
pub(super) fn token(reply: StoreReply) -> Result<Option<Arc<TokenRecord>>, Refusal> {
    if let StoreReply::Token(token) = reply {
        return Ok(Some(token));
    }
    unknown(&reply).map(|()| None)
}

/// Whether a code was consumed.
///
/// # Errors
/// What any reply means that does not say.
pub(super) fn code_consumption(reply: StoreReply) -> Result<Consumption<CodeRecord>, Refusal> {
    if let StoreReply::CodeConsumed(_) = reply {
        return Ok(Consumption::First);
    }
    if let StoreReply::CodeAlreadyUsed(code) = reply {
        return Ok(Consumption::TooLate(code));
    }
    unknown(&reply).map(|()| Consumption::Unknown)
}

/// Whether a refresh token was consumed.
///
/// # Errors
/// What any reply means that does not say.
pub(super) fn refresh_consumption(reply: StoreReply) -> Result<Consumption<TokenRecord>, Refusal> {
    if let StoreReply::RefreshConsumed(_) = reply {
        return Ok(Consumption::First);
    }
    if let StoreReply::RefreshAlreadyUsed(token) = reply {
        return Ok(Consumption::TooLate(token));
    }
    unknown(&reply).map(|()| Consumption::Unknown)
}

/// Something was written.
///
/// # Errors
/// Why it was not.
pub(super) fn done(reply: &StoreReply) -> Result<(), Refusal> {
    if *reply == StoreReply::Done {
        return Ok(());
    }
    Err(unexpected(reply))
}

/// Something is revoked, or was not there to be revoked.
///
/// # Errors
/// Why it is not.
pub(super) fn revoked(reply: &StoreReply) -> Result<(), Refusal> {
    done(reply).or_else(|_| unknown(reply))
}

fn unknown(reply: &StoreReply) -> Result<(), Refusal> {
    if *reply == StoreReply::Unknown {
        return Ok(());
    }
    Err(unexpected(reply))
}

/// What a reply means that brings nothing to go on with.
fn unexpected(reply: &StoreReply) -> Refusal {
    match reply {
        StoreReply::Full => Refusal::new(
            Rule::StoreHasRoom,
            Compared::Absent,
            Compared::shown("the store is full, or silent"),
        ),
        StoreReply::GrantRevoked => Refusal::new(
            Rule::GrantLive,
            Compared::Absent,
            Compared::shown("a grant that was revoked"),
        ),
        StoreReply::Done
        | StoreReply::Unknown
        | StoreReply::Code(_)
        | StoreReply::CodeConsumed(_)
        | StoreReply::CodeAlreadyUsed(_)
        | StoreReply::Token(_)
        | StoreReply::RefreshConsumed(_)
        | StoreReply::RefreshAlreadyUsed(_)
        | StoreReply::Pushed(_) => {
            Refusal::unreachable("the store replied something that nobody asked")
        }
    }
}
