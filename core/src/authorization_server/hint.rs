//! Whom the client expects: an ID Token of an earlier login, as a hint (OpenID Connect Core §3.1.2.1).

use super::proof::proof;
use super::transaction::{Purpose, Transaction};
use crate::message::{SignedIdToken, SigningKey};
use crate::refusal::{Compared, Refusal, Rule};
use crate::value::Subject;

proof! {
    /// A hint, if there is one, is an ID Token of this server.
    waivable HintOurs
}
proof! {
    /// The owner is the one whom the client expects, if it expects one.
    HintedOwner
}

impl HintOurs {
    /// OpenID Connect Core §3.1.2.1: a hint was signed here; for whom it was and until when does not matter.
    ///
    /// A server without ID Tokens ignores a parameter that it does not know (RFC 6749 §3.1).
    pub(super) fn check(
        key: Option<&SigningKey>,
        hint: Option<&SignedIdToken>,
    ) -> Result<(Option<Subject>, Self), Refusal> {
        let (Some(key), Some(hint)) = (key, hint) else {
            return Ok((None, Self::waived()));
        };
        match hint.read(&[key.verifying_key()]) {
            Ok(token) => Ok((Some(token.sub), Self(()))),
            Err(fault) => Err(Refusal::new(
                Rule::HintOurs,
                Compared::shown("an ID Token of this server"),
                Compared::shown(&alloc::format!("{fault:?}")),
            )),
        }
    }
}

impl HintedOwner {
    /// OpenID Connect Core §3.1.2.1 (MUST): where somebody else logs in than the hint names, there is no code.
    pub(super) fn check(transaction: &Transaction, owner: &Subject) -> Result<Self, Refusal> {
        let hinted = match &transaction.purpose {
            Purpose::Ask(asked) => asked.hinted.as_ref(),
            Purpose::Tell(_) => None,
        };
        match hinted.filter(|hinted| *hinted != owner) {
            None => Ok(Self(())),
            Some(hinted) => Err(Refusal::new(
                Rule::HintedOwner,
                Compared::shown(hinted.as_str()),
                Compared::shown(owner.as_str()),
            )),
        }
    }
}
