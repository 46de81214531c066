//! Which pages a request needs, and whether it may have them (OpenID Connect Core §3.1.2.1).

use super::AuthorizationServer;
use super::consent::Asking;
use super::policy::PromptNone;
use super::proof::proof;
use super::session::{Session, Visit};
use super::transaction::Asked;
use crate::refusal::{Compared, Refusal, Rule};
use crate::value::Prompt;

proof! {
    /// If no page may be shown, none has to be.
    PromptSatisfiable
}
proof! {
    /// A page that has to be shown can be remembered.
    RoomLeft
}

impl AuthorizationServer {
    /// The owner who need not log in for this request.
    pub(super) fn owner_at_hand<'a>(
        &self,
        prompt: Option<Prompt>,
        session: Option<&'a Session>,
    ) -> Option<&'a Session> {
        session.filter(|_| prompt != Some(Prompt::Login))
    }

    /// OpenID Connect Core §3.1.2.1, §3.1.2.6 (MUST): `prompt=none` shows no page.
    pub(super) fn prompt_satisfiable(
        &self,
        asked: &Asked,
        session: Option<&Session>,
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
        match (self.configuration.policy.prompt_none, session) {
            (PromptNone::Forbidden, _) => Err(login_required("prompt=none")),
            (PromptNone::PerPolicy | PromptNone::Allowed, None) => Err(login_required("nobody")),
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

    /// RFC 6749 §4.1.2.1 (`temporarily_unavailable`): a request that needs a page needs a place to wait.
    pub(super) fn room_left(
        &self,
        asked: &Asked,
        session: Option<&Session>,
        visit: &Visit,
    ) -> Result<RoomLeft, Refusal> {
        let needs_page = self
            .owner_at_hand(asked.prompt, session)
            .is_none_or(|session| self.asking(asked, &session.subject) == Asking::Needed);
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
