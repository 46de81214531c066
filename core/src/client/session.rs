//! Browser sessions: what the client remembers about one browser.

use alloc::vec::Vec;

use super::login::ProviderId;
use crate::canonical::{Canonical, Encoder};
use crate::limits::SESSIONS_MAX;
use crate::machine::ExchangeId;
use crate::text::Text;
use crate::value::{AccessToken, RefreshToken, SessionId};

/// A browser that waits for an answer, and whether it has to be told its session with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Visitor {
    /// What is to be answered.
    pub(super) exchange: ExchangeId,
    /// Whether its session was opened just now, so that the answer carries the cookie.
    pub(super) is_new: bool,
}

crate::canonical_struct!(Visitor { exchange, is_new });

/// What the client got from a token endpoint and may use for one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tokens {
    /// From whom.
    pub(super) provider: ProviderId,
    /// What opens the resource.
    pub(super) access_token: AccessToken,
    /// What renews it.
    pub(super) refresh_token: Option<RefreshToken>,
}

crate::canonical_struct!(Tokens {
    provider,
    access_token,
    refresh_token
});

/// One browser session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Session {
    /// The value of its cookie.
    pub(super) id: SessionId,
    /// Whom it acts for; nobody, until a login completes.
    pub(super) account: Option<Text>,
    /// What it may use.
    pub(super) tokens: Option<Tokens>,
}

crate::canonical_struct!(Session {
    id,
    account,
    tokens
});

impl Session {
    /// Whether losing it would be noticed.
    const fn is_empty(&self) -> bool {
        self.account.is_none() && self.tokens.is_none()
    }
}

/// All sessions, oldest first, never more than [`SESSIONS_MAX`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sessions(Vec<Session>);

impl Canonical for Sessions {
    /// Which one is the oldest makes a difference only where there is no room for another.
    fn encode(&self, out: &mut Encoder) {
        if self.0.len() < SESSIONS_MAX {
            out.sorted(&self.0, |one, other| one.id.as_str().cmp(other.id.as_str()));
        } else {
            self.0.encode(out);
        }
    }
}

impl Sessions {
    /// The session with this cookie value; a value that the client did not make is no session.
    pub(super) fn find(&self, id: &SessionId) -> Option<&Session> {
        self.0.iter().find(|session| session.id == *id)
    }

    /// The same, to be changed.
    pub(super) fn find_mut(&mut self, id: &SessionId) -> Option<&mut Session> {
        self.0.iter_mut().find(|session| session.id == *id)
    }

    /// Keeps a new session. When there is no room, the oldest one goes that nobody is logged in to, else the oldest.
    pub(super) fn open(&mut self, id: SessionId) -> &mut Session {
        if self.0.len() >= SESSIONS_MAX {
            let leaving = self.0.iter().position(Session::is_empty).unwrap_or(0);
            self.0.remove(leaving);
        }
        self.0.push_mut(Session {
            id,
            account: None,
            tokens: None,
        })
    }

    /// Changes a session, which is opened again if it had to make room meanwhile.
    pub(super) fn change(&mut self, id: &SessionId, change: impl FnOnce(&mut Session)) {
        match self.0.iter_mut().find(|session| session.id == *id) {
            Some(session) => change(session),
            None => change(self.open(id.clone())),
        }
    }

    /// Those that hold tokens.
    pub(super) fn with_tokens(&self) -> impl Iterator<Item = &SessionId> {
        self.0
            .iter()
            .filter(|session| session.tokens.is_some())
            .map(|session| &session.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn id(number: usize) -> SessionId {
        SessionId::new(format!("s{number}")).unwrap()
    }

    #[test]
    fn sessions_are_bounded_and_the_emptiest_oldest_one_goes() {
        let mut sessions = Sessions::default();
        for number in 0..SESSIONS_MAX {
            sessions.open(id(number));
        }
        sessions.find_mut(&id(0)).unwrap().account = Some(Text::new("alice"));
        sessions.open(id(SESSIONS_MAX));
        assert!(sessions.find(&id(0)).is_some());
        assert!(sessions.find(&id(1)).is_none());
        assert!(sessions.find(&id(SESSIONS_MAX)).is_some());
        assert_eq!(sessions.0.len(), SESSIONS_MAX);
    }
}
