//! Which pages a request needs, and whether it may have them (OpenID Connect Core §3.1.2.1).

use super::AuthorizationServer;
use super::consent::Asking;
use super::policy::PromptNone;
use super::proof::proof;
use super::session::{Session, Visit};
use super::transaction::Asked;
use crate::refusal::{Compared, Refusal, Rule};
use crate::time::{Span, Timestamp};
use crate::value::Prompt;

proof! {
    /// If no page may be shown, none has to be.
    PromptSatisfiable
}
proof! {
    /// A page that has to be shown can be remembered.
    RoomLeft
}

/// The owner who need not log in for this request.
pub(super) fn owner_at_hand<'a>(
    asked: &Asked,
    session: Option<&'a Session>,
    now: Timestamp,
) -> Option<&'a Session> {
    session.filter(|session| {
        asked.prompt != Some(Prompt::Login)
            && is_fresh(asked.max_age, session, now)
            && asked
                .hinted
                .as_ref()
                .is_none_or(|hinted| *hinted == session.subject)
    })
}

/// OpenID Connect Core §3.1.2.1 (MUST): a login that is older than `max_age` does not count; with 0, none does.
fn is_fresh(max_age: Option<Span>, session: &Session, now: Timestamp) -> bool {
    max_age.is_none_or(|max_age| {
        max_age != Span::ZERO && now.since(session.authenticated_at) <= max_age
    })
}

impl AuthorizationServer {
    /// OpenID Connect Core §3.1.2.1, §3.1.2.6 (MUST): `prompt=none` shows no page.
    pub(super) fn prompt_satisfiable(
        &self,
        asked: &Asked,
        session: Option<&Session>,
        now: Timestamp,
    ) -> Result<PromptSatisfiable, Refusal> {
        if asked.prompt != Some(Prompt::None) {
            return Ok(PromptSatisfiable(()));
        }
        let login_required = |found: &str| {
            Refusal::new(
                Rule::PromptSatisfiable,
                Compared::shown("an owner who is logged in"),
                Compared::shown(found),
            )
        };
        let at_hand = owner_at_hand(asked, session, now);
        match (self.configuration.policy.prompt_none, at_hand) {
            (PromptNone::Forbidden, _) => Err(login_required("prompt=none")),
            (PromptNone::PerPolicy | PromptNone::Allowed, None) => Err(login_required(
                session.map_or("nobody", |_| "somebody else, or a login that is too old"),
            )),
            (PromptNone::Allowed, Some(_)) => Ok(PromptSatisfiable(())),
            (PromptNone::PerPolicy, Some(session)) => match self.asking(asked, &session.subject) {
                Asking::Remembered | Asking::NeverAsked => Ok(PromptSatisfiable(())),
                Asking::Needed => Err(Refusal::new(
                    Rule::ConsentAtHand,
                    Compared::shown("an earlier yes"),
                    Compared::Absent,
                )),
            },
        }
    }

    /// Whether the owner has to log in, or to be asked.
    pub(super) fn needs_page(
        &self,
        asked: &Asked,
        session: Option<&Session>,
        now: Timestamp,
    ) -> bool {
        owner_at_hand(asked, session, now)
            .is_none_or(|session| self.asking(asked, &session.subject) == Asking::Needed)
    }

    /// RFC 6749 §4.1.2.1 (`temporarily_unavailable`): a request that needs a page needs a place to wait.
    pub(super) fn room_left(&self, needs_page: bool, visit: &Visit) -> Result<RoomLeft, Refusal> {
        let policy = self.configuration.policy.txn;
        let has_place = self
            .transactions
            .replaced_by(policy, visit.browser.as_ref())
            .is_some();
        if needs_page && !has_place {
            self.transactions.room()?;
        }
        Ok(RoomLeft(()))
    }
}
