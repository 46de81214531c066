//! All logins of a client. Finished ones stay until their place is needed: a `state` is remembered as used.

use alloc::vec::Vec;

use super::login::{Login, LoginId, ProviderId, Sent, Stage, Turn, Wait};
use crate::canonical::{Canonical, Encoder};
use crate::limits::LOGINS_MAX;
use crate::machine::ExchangeId;
use crate::refusal::{Compared, Refusal, Rule};
use crate::time::{Span, Timestamp};
use crate::value::{SessionId, State};

/// How long a login that nobody answers keeps its place when places are scarce: one hour, longer than any
/// authorization server of the lab waits for an owner.
const ABANDONED_AFTER: Span = Span::from_seconds(3_600);

/// All logins, oldest first, never more than [`LOGINS_MAX`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Logins {
    list: Vec<Login>,
    named: u64,
}

impl Canonical for Logins {
    /// Which browser began first makes a difference only where there is no room for another, or to a client that
    /// cannot tell logins apart by their `state`.
    fn encode(&self, out: &mut Encoder) {
        if self.list.len() < LOGINS_MAX && self.have_states_of_their_own() {
            out.sorted(&self.list, |one, other| {
                one.session.as_str().cmp(other.session.as_str())
            });
        } else {
            self.list.encode(out);
        }
    }
}

/// There is no room for another login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full;

impl From<Full> for Refusal {
    fn from(_: Full) -> Self {
        Self::new(Rule::LoginsBounded, Compared::Absent, Compared::Absent)
    }
}

impl Logins {
    /// Keeps a new login. When there is no room, the oldest finished one goes, else the oldest abandoned one.
    ///
    /// # Errors
    /// [`Full`] when every login is under way.
    pub(super) fn open(
        &mut self,
        session: &SessionId,
        provider: ProviderId,
        sent: Sent,
        now: Timestamp,
        stage: Stage,
    ) -> Result<LoginId, Full> {
        if self.list.len() >= LOGINS_MAX {
            let leaving = self.replaceable(now).ok_or(Full)?;
            self.list.remove(leaving);
        }
        let id = LoginId(self.named);
        self.named = self.named.saturating_add(1);
        self.list.push(Login {
            id,
            session: session.clone(),
            provider,
            sent,
            started_at: now,
            stage,
        });
        Ok(id)
    }

    /// What a client does that has one place for all logins: those that wait for a response have the newest one's
    /// server, verifier and `nonce`.
    pub(super) fn overwrite(&mut self, provider: ProviderId, sent: &Sent) {
        let waiting = self.list.iter_mut();
        for login in waiting.filter(|login| login.stage.is_started()) {
            login.provider = provider;
            login.sent.code_verifier.clone_from(&sent.code_verifier);
            login.sent.nonce.clone_from(&sent.nonce);
        }
    }

    fn have_states_of_their_own(&self) -> bool {
        let states = self.list.iter().map(|login| login.sent.state.as_ref());
        let mut states: Vec<Option<&State>> = states.collect();
        states.sort_unstable_by_key(|state| state.map(State::as_str));
        let mut pairs = states.iter().zip(states.iter().skip(1));
        states.iter().all(Option::is_some) && pairs.all(|(one, next)| one != next)
    }

    /// Whether another login can be kept.
    pub(super) fn has_room(&self, now: Timestamp) -> bool {
        self.list.len() < LOGINS_MAX || self.replaceable(now).is_some()
    }

    fn replaceable(&self, now: Timestamp) -> Option<usize> {
        let finished = |login: &Login| login.stage.is_finished();
        let abandoned = |login: &Login| {
            login.stage.is_started() && now.since(login.started_at) > ABANDONED_AFTER
        };
        let mut places = self.list.iter();
        places
            .position(finished)
            .or_else(|| self.list.iter().position(abandoned))
    }

    /// Newest first.
    pub(super) fn newest_first(&self) -> impl Iterator<Item = &Login> {
        self.list.iter().rev()
    }

    /// The login of that name.
    pub(super) fn find(&self, id: LoginId) -> Option<&Login> {
        self.list.iter().find(|login| login.id == id)
    }

    /// The login that waits for this answer.
    pub(super) fn awaiting(&self, exchange: ExchangeId) -> Option<&Login> {
        self.list.iter().find(|login| {
            login
                .stage
                .wait()
                .is_some_and(|wait| wait.exchange == exchange)
        })
    }

    /// Every wait of every login, oldest login first.
    pub(super) fn waits(&self) -> impl Iterator<Item = Wait> {
        self.list.iter().filter_map(|login| login.stage.wait())
    }

    /// Moves a login on. What the life cycle does not have leaves it where it is, and says so.
    pub(super) fn turn(&mut self, id: LoginId, turn: Turn) -> bool {
        let Some(login) = self.list.iter_mut().find(|login| login.id == id) else {
            return false;
        };
        match login.stage.clone().next(turn) {
            Some(stage) => {
                login.stage = stage;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::RedirectionUri;

    fn sent() -> Sent {
        Sent {
            state: None,
            nonce: None,
            code_verifier: None,
            redirect_uri: RedirectionUri::new("https://client.example/cb").unwrap(),
        }
    }

    fn open(logins: &mut Logins, now: Timestamp) -> Result<LoginId, Full> {
        let session = SessionId::new("s").unwrap();
        logins.open(&session, ProviderId(0), sent(), now, Stage::Started)
    }

    #[test]
    fn logins_are_bounded_and_finished_ones_go_first() {
        let mut logins = Logins::default();
        let first: Vec<LoginId> = (0..LOGINS_MAX)
            .map(|_| open(&mut logins, Timestamp::ZERO).unwrap())
            .collect();
        assert_eq!(open(&mut logins, Timestamp::ZERO), Err(Full));
        assert!(!logins.has_room(Timestamp::ZERO));

        assert!(logins.turn(first[7], Turn::GivenUp));
        assert!(open(&mut logins, Timestamp::ZERO).is_ok());
        assert!(logins.find(first[7]).is_none());

        let later = Timestamp::ZERO.after(ABANDONED_AFTER).after(Span(1));
        assert!(open(&mut logins, later).is_ok());
        assert!(logins.find(first[0]).is_none());
        assert_eq!(logins.list.len(), LOGINS_MAX);
    }

    #[test]
    fn what_the_life_cycle_does_not_have_changes_nothing() {
        let mut logins = Logins::default();
        let id = open(&mut logins, Timestamp::ZERO).unwrap();
        let before = logins.clone();
        assert!(!logins.turn(id, Turn::Known));
        assert!(!logins.turn(LoginId(99), Turn::GivenUp));
        assert_eq!(logins, before);
    }
}
