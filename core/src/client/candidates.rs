//! Which login an authorization response may answer, and which server it is taken to come from.

use super::Client;
use super::login::{Login, ProviderId};
use super::policy::{CheckScope, ClientPkce, ContextCheck, NonceUse, StateUse, Tracking};
use super::redirection_endpoint::Arrival;

impl Client {
    /// The logins that a response may answer, the likeliest first.
    pub(super) fn candidates(&self, arrival: &Arrival) -> impl Iterator<Item = &Login> {
        let policy = self.policy();
        let session = arrival.session.clone();
        let own = move |login: &&Login| Some(&login.session) == session.as_ref();
        let any_session = match policy.state {
            StateUse::UnboundStore | StateUse::SessionFromState | StateUse::Static => true,
            StateUse::BoundOnce
            | StateUse::BoundMulti
            | StateUse::SentNotChecked
            | StateUse::Absent => false,
        };
        let again = policy.state == StateUse::BoundMulti;
        // Who compares the redirection URI with the login's looks for that login where it has to be.
        let scope = match (policy.check_scope, policy.as_tracking, policy.context_check) {
            (CheckScope::PerProvider, Tracking::RedirectUri, ContextCheck::On) => arrival.called,
            (CheckScope::PerProvider, Tracking::RedirectUri, ContextCheck::Off)
            | (CheckScope::PerProvider, Tracking::Session, _)
            | (CheckScope::Global, _, _) => None,
        };
        let open = move |login: &&Login| {
            (again || login.stage.is_started())
                && scope.is_none_or(|provider| login.provider == provider)
        };
        let own_first = self.logins.newest_first().filter(own.clone()).filter(open);
        let others = self
            .logins
            .newest_first()
            .filter(move |login| any_session && !own(login))
            .filter(open);
        own_first.chain(others)
    }

    /// Whether nothing of a login is needed to redeem a code: no `state`, verifier or `nonce` of its own.
    pub(super) fn keeps_nothing(&self, arrival: &Arrival) -> bool {
        let policy = self.policy();
        let no_state = match policy.state {
            StateUse::Static | StateUse::SentNotChecked | StateUse::Absent => true,
            StateUse::BoundOnce
            | StateUse::BoundMulti
            | StateUse::UnboundStore
            | StateUse::SessionFromState => false,
        };
        let no_verifier = match policy.pkce {
            ClientPkce::Constant | ClientPkce::None => true,
            ClientPkce::S256PerTransaction | ClientPkce::Plain | ClientPkce::Short => false,
        };
        let no_nonce = match policy.nonce {
            NonceUse::SentNotChecked | NonceUse::None => true,
            NonceUse::TokenEndpoint | NonceUse::FrontOnly => {
                let id = self.answering(arrival, None);
                let provider = self.configuration.provider(id);
                provider.is_ok_and(|provider| !self.expects_id_token(provider))
            }
        };
        no_state && no_verifier && no_nonce
    }

    /// Whether a `state` is used up by the first response that has it.
    pub(super) fn is_good_once(&self) -> bool {
        match self.policy().state {
            StateUse::BoundOnce | StateUse::UnboundStore | StateUse::SessionFromState => true,
            StateUse::BoundMulti
            | StateUse::Static
            | StateUse::SentNotChecked
            | StateUse::Absent => false,
        }
    }

    /// RFC 9700 §4.4.2: the server that the client takes a response to come from.
    pub(super) fn answering(&self, arrival: &Arrival, login: Option<&Login>) -> ProviderId {
        let kept = login.map(|login| login.provider);
        let policy = self.policy();
        match (policy.as_tracking, policy.check_scope) {
            (Tracking::Session, CheckScope::PerProvider) => kept.or(arrival.called),
            (Tracking::RedirectUri, _) | (Tracking::Session, CheckScope::Global) => {
                arrival.called.or(kept)
            }
        }
        .unwrap_or(ProviderId(0))
    }
}
