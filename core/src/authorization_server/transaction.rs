//! Authorization requests that wait for their owner.
//!
//! Rules of this file: a stage changes by [`Stage::next`] and in no other way; `None` means that the form that
//! asked for it is refused. A transaction that is answered is gone.
//!
//! ```text
//!   AwaitingLogin ──owner known──▶ AwaitingConsent ──approved──▶ Issuing ──code sent──▶ Answered
//!     │  ▲ └──password refused     │            └──denied, error sent──────────────────────▲ ▲
//!     │  └─────────replaced────────┘                                                       │ │
//!     └──denied, error sent────────────────────────────────────────────────────────────────┘ │
//!                                                             Issuing ──code not kept────────┘
//! ```

use alloc::vec::Vec;

use super::policy::Transactions as TransactionsPolicy;
use super::session::Session;
use crate::canonical::{Canonical, Encoder};
use crate::event::Event;
use crate::limits::PENDING_TRANSACTIONS_MAX;
use crate::machine::Context;
use crate::refusal::{Compared, Refusal, Rule};
use crate::text::Text;
use crate::time::{Span, Timestamp};
use crate::value::{
    ClientId, CodeChallenge, CodeChallengeMethod, FormToken, Nonce, Prompt, RedirectionUri,
    ResponseMode, ResponseType, Scope, SessionId, State, Subject, TransactionId,
};

/// Where a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// A login form was shown.
    AwaitingLogin,
    /// The owner is known, and asked.
    AwaitingConsent,
    /// The owner said yes; the code is being kept.
    Issuing,
    /// Nothing more will happen.
    Answered,
}

crate::canonical_unit_enum!(Stage {
    AwaitingLogin = 0,
    AwaitingConsent = 1,
    Issuing = 2,
    Answered = 3
});

/// What can happen to a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A wrong password.
    PasswordRefused,
    /// A right password, or a session that is still good.
    OwnerKnown,
    /// The owner says yes, or need not be asked.
    Approved,
    /// The owner says no.
    Denied,
    /// The request is refused, and now may say so.
    ErrorSent,
    /// The store keeps the code; it is on its way.
    CodeSent,
    /// The store does not keep the code.
    CodeNotKept,
    /// A newer request takes its place, where there is one place per browser.
    Replaced,
}

impl Stage {
    /// Where `step` leads.
    pub(super) const fn next(self, step: Step) -> Option<Self> {
        match (self, step) {
            (Self::AwaitingLogin, Step::PasswordRefused)
            | (Self::AwaitingLogin | Self::AwaitingConsent, Step::Replaced) => {
                Some(Self::AwaitingLogin)
            }
            // A login form that is sent again from the history of a tab may say the password once more, or wrong.
            (Self::AwaitingLogin | Self::AwaitingConsent, Step::OwnerKnown)
            | (Self::AwaitingConsent, Step::PasswordRefused) => Some(Self::AwaitingConsent),
            (Self::AwaitingConsent, Step::Approved) => Some(Self::Issuing),
            (Self::AwaitingLogin | Self::AwaitingConsent, Step::Denied | Step::ErrorSent)
            | (Self::Issuing, Step::CodeSent | Step::CodeNotKept) => Some(Self::Answered),
            (Self::AwaitingLogin, Step::Approved | Step::CodeSent | Step::CodeNotKept)
            | (Self::AwaitingConsent, Step::CodeSent | Step::CodeNotKept)
            | (
                Self::Issuing,
                Step::PasswordRefused
                | Step::OwnerKnown
                | Step::Approved
                | Step::Denied
                | Step::ErrorSent
                | Step::Replaced,
            )
            | (
                Self::Answered,
                Step::PasswordRefused
                | Step::OwnerKnown
                | Step::Approved
                | Step::Denied
                | Step::ErrorSent
                | Step::CodeSent
                | Step::CodeNotKept
                | Step::Replaced,
            ) => None,
        }
    }
}

/// Where and how a response travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Channel {
    /// The redirection URI.
    pub(super) uri: RedirectionUri,
    /// Whether it is registered, octet for octet.
    pub(super) registered: bool,
    /// What comes back unchanged.
    pub(super) state: Option<State>,
    /// In which part of the redirect, or how else.
    pub(super) mode: ResponseMode,
    /// The origin that the request names as the reader of a message, believed or not.
    pub(super) web_message_uri: Option<Text>,
}

crate::canonical_struct!(Channel {
    uri,
    registered,
    state,
    mode,
    web_message_uri
});

/// What the owner is asked for: an authorization request that every rule let pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) client_id: ClientId,
    /// The `redirect_uri` of the request, if it had one: the token request will have to repeat it.
    pub(super) redirect_uri: Option<RedirectionUri>,
    pub(super) scope: Scope,
    /// The `scope` of the request, if it had one.
    pub(super) scope_asked: Option<Scope>,
    pub(super) challenge: Option<(CodeChallenge, CodeChallengeMethod)>,
    pub(super) nonce: Option<Nonce>,
    pub(super) response_type: ResponseType,
    pub(super) prompt: Option<Prompt>,
    /// How long ago the owner may have logged in.
    pub(super) max_age: Option<Span>,
    /// The owner whom the client expects.
    pub(super) hinted: Option<Subject>,
}

crate::canonical_struct!(Asked {
    client_id,
    redirect_uri,
    scope,
    scope_asked,
    challenge,
    nonce,
    response_type,
    prompt,
    max_age,
    hinted
});

/// What the owner's login leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// He is asked.
    Ask(Asked),
    /// The client is told why its request is refused (RFC 9700 §4.11.2: not before the login).
    Tell(Refusal),
}

impl Canonical for Purpose {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Ask(asked) => {
                out.tag(0);
                asked.encode(out);
            }
            Self::Tell(refusal) => {
                out.tag(1);
                refusal.encode(out);
            }
        }
    }
}

/// An authorization request that waits for its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Transaction {
    /// Its handle, in forms and in the consent URL.
    pub(super) id: TransactionId,
    /// What ties its forms to its pages (RFC 6749 §10.12).
    pub(super) form_token: FormToken,
    /// The browser that its pages were shown to.
    pub(super) browser: SessionId,
    /// Where it is.
    pub(super) stage: Stage,
    /// The owner that the consent page was shown to.
    pub(super) owner: Option<Subject>,
    /// When he logged in.
    pub(super) authenticated_at: Option<Timestamp>,
    /// What for.
    pub(super) purpose: Purpose,
    /// Where the answer goes.
    pub(super) channel: Channel,
    /// From when on nobody waits any more.
    pub(super) expires_at: Timestamp,
}

crate::canonical_struct!(Transaction {
    id,
    form_token,
    browser,
    stage,
    owner,
    authenticated_at,
    purpose,
    channel,
    expires_at
});

impl Stage {
    /// Takes a step.
    ///
    /// # Errors
    /// [`Rule::TransactionOpen`] when the table has no such step.
    pub(super) fn take(&mut self, step: Step) -> Result<(), Refusal> {
        match self.next(step) {
            Some(stage) => {
                *self = stage;
                Ok(())
            }
            None => Err(not_open("a form that this stage does not wait for")),
        }
    }
}

impl Transaction {
    /// Takes a step.
    ///
    /// # Errors
    /// [`Rule::TransactionOpen`] when the table has no such step.
    pub(super) fn step(&mut self, step: Step) -> Result<(), Refusal> {
        self.stage.take(step)
    }

    /// The owner is known, from now on by this name.
    ///
    /// # Errors
    /// [`Rule::TransactionOpen`]
    pub(super) fn know(&mut self, session: &Session) -> Result<(), Refusal> {
        self.step(Step::OwnerKnown)?;
        self.owner = Some(session.subject.clone());
        self.authenticated_at = Some(session.authenticated_at);
        Ok(())
    }

    /// From now on the client is told why its request is refused.
    pub(super) fn tell(&mut self, refusal: Refusal, ctx: &mut Context<'_>) {
        if let Purpose::Ask(asked) = &self.purpose {
            ctx.note(Event::AuthorizationRefused {
                client_id: Some(asked.client_id.clone()),
                refusal: refusal.clone(),
            });
        }
        self.purpose = Purpose::Tell(refusal);
    }
}

fn not_open(found: &str) -> Refusal {
    Refusal::new(
        Rule::TransactionOpen,
        Compared::Absent,
        Compared::shown(found),
    )
}

/// The transactions of one server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Transactions(Vec<Transaction>);

impl Canonical for Transactions {
    fn encode(&self, out: &mut Encoder) {
        out.sorted(&self.0, |one, other| {
            one.id.text().as_str().cmp(other.id.text().as_str())
        });
    }
}

impl Transactions {
    /// None.
    pub(super) const NONE: Self = Self(Vec::new());

    /// The one that a form belongs to.
    ///
    /// # Errors
    /// [`Rule::TransactionOpen`]
    pub(super) fn find(&self, id: Option<&Text>) -> Result<&Transaction, Refusal> {
        let Some(id) = id.filter(|id| !id.is_empty()) else {
            return Err(not_open("a form without a transaction"));
        };
        self.0
            .iter()
            .find(|one| one.id.text() == id)
            .ok_or_else(|| not_open("an unknown transaction"))
    }

    /// The same, to be changed.
    pub(super) fn find_mut(&mut self, id: &TransactionId) -> Option<&mut Transaction> {
        self.0.iter_mut().find(|one| one.id == *id)
    }

    /// The one that a newer request of this browser would replace.
    pub(super) fn replaced_by(
        &self,
        policy: TransactionsPolicy,
        browser: Option<&SessionId>,
    ) -> Option<&Transaction> {
        match policy {
            TransactionsPolicy::PerRequest => None,
            TransactionsPolicy::SessionSingleton => {
                let browser = browser?;
                self.0.iter().find(|one| one.browser == *browser)
            }
        }
    }

    /// Takes one out.
    pub(super) fn take(&mut self, id: &TransactionId) -> Option<Transaction> {
        let place = self.0.iter().position(|one| one.id == *id)?;
        Some(self.0.remove(place))
    }

    /// Keeps one; one of the same handle is replaced.
    pub(super) fn keep(&mut self, transaction: Transaction) {
        self.take(&transaction.id);
        self.0.push(transaction);
    }

    /// RFC 6749 §4.1.2.1 (`temporarily_unavailable`): there is room for one more.
    ///
    /// # Errors
    /// [`Rule::TransactionsBounded`]
    pub(super) fn room(&self) -> Result<(), Refusal> {
        if self.0.len() < PENDING_TRANSACTIONS_MAX {
            return Ok(());
        }
        Err(Refusal::new(
            Rule::TransactionsBounded,
            Compared::Absent,
            Compared::shown("as many as can be kept"),
        ))
    }

    /// Whether some transaction was shown to this browser.
    pub(super) fn binds(&self, browser: &SessionId) -> bool {
        self.0.iter().any(|one| one.browser == *browser)
    }

    /// A browser has a new name: its other tabs go on.
    pub(super) fn rebind(&mut self, old: &SessionId, new: &SessionId) {
        for transaction in self.0.iter_mut().filter(|one| one.browser == *old) {
            transaction.browser = new.clone();
        }
    }

    /// Drops those whose time is up.
    pub(super) fn expire(&mut self, now: Timestamp) {
        self.0.retain(|one| one.expires_at > now);
    }

    /// When their time is up.
    pub(super) fn deadlines(&self) -> impl Iterator<Item = Timestamp> {
        self.0.iter().map(|one| one.expires_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;

    const STAGES: [Stage; 4] = [
        Stage::AwaitingLogin,
        Stage::AwaitingConsent,
        Stage::Issuing,
        Stage::Answered,
    ];
    const STEPS: [Step; 8] = [
        Step::PasswordRefused,
        Step::OwnerKnown,
        Step::Approved,
        Step::Denied,
        Step::ErrorSent,
        Step::CodeSent,
        Step::CodeNotKept,
        Step::Replaced,
    ];

    #[test]
    fn the_life_of_a_transaction() {
        let mut matrix = String::new();
        for stage in STAGES {
            for step in STEPS {
                let to = stage
                    .next(step)
                    .map_or_else(|| "-".into(), |to| format!("{to:?}"));
                matrix += &format!("{stage:?} + {step:?} = {to}\n");
            }
        }
        insta::assert_snapshot!(matrix, @"
        AwaitingLogin + PasswordRefused = AwaitingLogin
        AwaitingLogin + OwnerKnown = AwaitingConsent
        AwaitingLogin + Approved = -
        AwaitingLogin + Denied = Answered
        AwaitingLogin + ErrorSent = Answered
        AwaitingLogin + CodeSent = -
        AwaitingLogin + CodeNotKept = -
        AwaitingLogin + Replaced = AwaitingLogin
        AwaitingConsent + PasswordRefused = AwaitingConsent
        AwaitingConsent + OwnerKnown = AwaitingConsent
        AwaitingConsent + Approved = Issuing
        AwaitingConsent + Denied = Answered
        AwaitingConsent + ErrorSent = Answered
        AwaitingConsent + CodeSent = -
        AwaitingConsent + CodeNotKept = -
        AwaitingConsent + Replaced = AwaitingLogin
        Issuing + PasswordRefused = -
        Issuing + OwnerKnown = -
        Issuing + Approved = -
        Issuing + Denied = -
        Issuing + ErrorSent = -
        Issuing + CodeSent = Answered
        Issuing + CodeNotKept = Answered
        Issuing + Replaced = -
        Answered + PasswordRefused = -
        Answered + OwnerKnown = -
        Answered + Approved = -
        Answered + Denied = -
        Answered + ErrorSent = -
        Answered + CodeSent = -
        Answered + CodeNotKept = -
        Answered + Replaced = -
        ");
    }

    /// No code without a known owner, and one code at most.
    #[test]
    fn issuing_follows_consent_and_nothing_follows_the_answer() {
        for step in STEPS {
            assert_eq!(Stage::Answered.next(step), None);
            assert_ne!(Stage::AwaitingLogin.next(step), Some(Stage::Issuing));
            assert_ne!(Stage::Issuing.next(step), Some(Stage::Issuing));
        }
    }
}
