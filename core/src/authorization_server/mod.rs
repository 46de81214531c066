//! The authorization server: one machine, a file for each endpoint.
//!
//! The rules of RFC 6749 are in `authorization_endpoint` (§3.1, §4.1.1) and `token_endpoint` (§3.2, §4.1.3, §6).

mod authorization_endpoint;
mod authorization_error;
mod authorization_response;
mod back_channel;
mod client_authentication;
mod client_registration;
mod code_challenge;
mod code_rules;
mod code_verifier;
mod consent;
mod content;
mod forms;
mod grant;
mod hint;
mod introspection;
mod login;
mod metadata;
pub mod policy;
mod prompt;
mod proof;
mod pushed_requests;
mod redirect_matching;
mod refresh;
pub mod registration;
mod request_uri;
mod response_channel;
mod revocation;
mod sender;
mod session;
mod store_replies;
mod token_endpoint;
mod token_step;
mod tokens;
mod transaction;
mod unsupported;
mod waiting;

use alloc::sync::Arc;
use alloc::vec::Vec;

use consent::Remembered;
use registration::{Account, Configuration, Registration};
use session::Session;
use transaction::Transactions;
use waiting::{Pending, Waiting};

use crate::canonical::{Canonical, Encoder};
use crate::event::Event;
use crate::http::Request;
use crate::limits::{EXCHANGE_TIMEOUT_MS, SESSIONS_MAX, WAITING_MAX};
use crate::machine::{Context, ExchangeId, Machine, Ticket};
use crate::message::ProofsSeen;
use crate::message::store::{StoreReply, StoreRequest};
use crate::refusal::{Compared, Refusal, Rule};
use crate::text::Text;
use crate::time::{Span, Timestamp};
use crate::value::{ClientId, Subject};
use crate::wire::form;

/// An authorization server. What it must not lose is in its store; the rest is lost in a crash.
#[derive(Clone, Debug)]
pub struct AuthorizationServer {
    configuration: Arc<Configuration>,
    /// Who is logged in where.
    sessions: Vec<Session>,
    /// Requests that wait for their owner.
    transactions: Transactions,
    /// What owners said yes to, where that counts again.
    consents: Vec<Remembered>,
    /// Owners that the administrator disabled.
    disabled: Vec<Subject>,
    /// Clients that registered themselves.
    registered: Vec<Arc<Registration>>,
    /// Consents that were withdrawn, and when.
    withdrawn: Vec<Withdrawal>,
    /// Which proofs of possession were used.
    proofs: ProofsSeen,
    /// What goes on once the store replies.
    waiting: Vec<Pending>,
    /// For reading forms, one after the other.
    memory: form::Memory,
}

impl Canonical for AuthorizationServer {
    /// What can change: the configuration is the same for the whole run.
    fn encode(&self, out: &mut Encoder) {
        let Self {
            configuration: _,
            sessions,
            transactions,
            consents,
            disabled,
            registered,
            withdrawn,
            proofs,
            waiting,
            memory: _,
        } = self;
        if sessions.len() < SESSIONS_MAX {
            // Which one is the oldest makes a difference only where there is no room for another.
            out.sorted(sessions, |one, other| {
                one.id.as_str().cmp(other.id.as_str())
            });
        } else {
            sessions.encode(out);
        }
        transactions.encode(out);
        out.sorted(consents, |one, other| one.about().cmp(&other.about()));
        disabled.encode(out);
        registered.encode(out);
        withdrawn.encode(out);
        proofs.encode(out);
        waiting.encode(out);
    }
}

/// A consent that is no more.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Withdrawal {
    subject: Subject,
    client_id: ClientId,
    at: Timestamp,
}

crate::canonical_struct!(Withdrawal {
    subject,
    client_id,
    at
});

/// What an authorization server can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Somebody asks something.
    Request {
        /// The name of the exchange.
        exchange: ExchangeId,
        /// What is asked.
        request: Arc<Request>,
    },
    /// The store replies.
    StoreReply {
        /// Which of its requests the store replies to.
        ticket: Ticket,
        /// The reply.
        reply: StoreReply,
    },
    /// The administrator acts.
    Command(Command),
    /// Time has passed.
    Deadline,
}

/// What an administrator can do (RFC 9700 §4.14.2: what a refresh looks at again).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// This owner may not log in any more.
    DisableOwner(Subject),
    /// This owner takes back what he granted this client.
    RevokeConsent {
        /// The owner.
        subject: Subject,
        /// The client.
        client_id: ClientId,
    },
    /// This owner is logged out, in every browser.
    EndSessions(Subject),
}

/// The endpoints, in the order of the standards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Endpoint {
    Authorization,
    Login,
    Consent,
    Token,
    Revocation,
    Introspection,
    PushedRequests,
    Registration,
    Metadata,
    Jwks,
}

impl AuthorizationServer {
    /// A server that has seen nobody yet.
    #[must_use]
    pub fn new(configuration: Arc<Configuration>) -> Self {
        Self {
            configuration,
            sessions: Vec::new(),
            transactions: Transactions::NONE,
            consents: Vec::new(),
            disabled: Vec::new(),
            registered: Vec::new(),
            withdrawn: Vec::new(),
            proofs: ProofsSeen::NONE,
            waiting: Vec::new(),
            memory: form::Memory::default(),
        }
    }

    /// A crash and a new start. What owners and the administrator decided, and
    /// the clients that registered themselves, are in the database and stay;
    /// sessions, used proofs, waiting requests and half-done work are gone.
    pub fn restart(&mut self) {
        self.sessions.clear();
        self.transactions = Transactions::NONE;
        self.proofs.clear();
        self.waiting.clear();
    }

    /// What it was told before it started.
    #[must_use]
    pub fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    fn request(&mut self, exchange: ExchangeId, request: &Request, ctx: &mut Context<'_>) {
        match self.endpoint(&request.url.path) {
            Some(Endpoint::Authorization) => self.authorization_endpoint(exchange, request, ctx),
            Some(Endpoint::Login) => self.login_endpoint(exchange, request, ctx),
            Some(Endpoint::Consent) => self.consent_endpoint(exchange, request, ctx),
            Some(Endpoint::Token) => self.token_endpoint(exchange, request, ctx),
            Some(Endpoint::Revocation) => self.revocation_endpoint(exchange, request, ctx),
            Some(Endpoint::Introspection) => self.introspection_endpoint(exchange, request, ctx),
            Some(Endpoint::Metadata) => self.metadata_endpoint(exchange, request, ctx),
            Some(Endpoint::Jwks) => self.jwks_endpoint(exchange, request, ctx),
            Some(Endpoint::PushedRequests) => {
                self.pushed_requests_endpoint(exchange, request, ctx);
            }
            Some(Endpoint::Registration) => self.registration_endpoint(exchange, request, ctx),
            None => self.no_endpoint(exchange, request, ctx),
        }
    }

    /// RFC 9110 §15.5.5: only what is published is answered.
    #[cold]
    fn no_endpoint(&self, exchange: ExchangeId, request: &Request, ctx: &mut Context<'_>) {
        let refusal = Refusal::new(
            Rule::EndpointExists,
            Compared::Absent,
            Compared::Shown(request.url.path.clone()),
        );
        let visit = self.visit(exchange, request);
        self.show_refusal(&visit, &refusal, ctx);
        ctx.note(Event::RequestRefused { refusal });
    }

    fn endpoint(&self, path: &Text) -> Option<Endpoint> {
        let paths = &self.configuration.endpoints;
        [
            (&paths.authorization, Endpoint::Authorization),
            (&paths.login, Endpoint::Login),
            (&paths.consent, Endpoint::Consent),
            (&paths.token, Endpoint::Token),
            (&paths.revocation, Endpoint::Revocation),
            (&paths.introspection, Endpoint::Introspection),
            (&paths.pushed_requests, Endpoint::PushedRequests),
            (&paths.registration, Endpoint::Registration),
            (&paths.metadata, Endpoint::Metadata),
            (&paths.jwks, Endpoint::Jwks),
        ]
        .into_iter()
        .find(|(its_path, _)| *its_path == path)
        .map(|(_, endpoint)| endpoint)
    }

    /// Asks the store and goes on with `waiting` once it has replied.
    ///
    /// # Errors
    /// [`Rule::StoreHasRoom`] when too much is waiting already; the store is not asked then.
    fn ask_store(
        &mut self,
        request: StoreRequest,
        waiting: Waiting,
        ctx: &mut Context<'_>,
    ) -> Result<(), Refusal> {
        self.room_to_wait()?;
        self.wait_for_store(request, waiting, ctx);
        Ok(())
    }

    /// Whether one more request may wait for the store.
    ///
    /// # Errors
    /// [`Rule::StoreHasRoom`]
    fn room_to_wait(&self) -> Result<(), Refusal> {
        if self.waiting.len() < WAITING_MAX {
            return Ok(());
        }
        Err(Refusal::new(
            Rule::StoreHasRoom,
            Compared::Absent,
            Compared::shown("too many requests wait for the store"),
        ))
    }

    /// Asks the store; whoever calls this has found room to wait.
    fn wait_for_store(&mut self, request: StoreRequest, waiting: Waiting, ctx: &mut Context<'_>) {
        match ctx.answer_at_once(&request) {
            Some(reply) => self.go_on(waiting, reply, ctx),
            None => self.park(request, waiting, ctx),
        }
    }

    /// Asks a store that is elsewhere.
    fn park(&mut self, request: StoreRequest, waiting: Waiting, ctx: &mut Context<'_>) {
        let ticket = ctx.store(request);
        self.waiting.push(Pending {
            ticket,
            since: ctx.now,
            waiting,
        });
    }

    /// A reply to a request that nobody waits for any more is ignored.
    fn store_reply(&mut self, ticket: Ticket, reply: StoreReply, ctx: &mut Context<'_>) {
        let place = self
            .waiting
            .iter()
            .position(|pending| pending.ticket == ticket);
        if let Some(place) = place {
            let pending = self.waiting.remove(place);
            self.go_on(pending.waiting, reply, ctx);
        }
    }

    fn go_on(&mut self, waiting: Waiting, reply: StoreReply, ctx: &mut Context<'_>) {
        match waiting {
            Waiting::LoadingPushed(reference) => self.pushed_loaded(*reference, reply, ctx),
            Waiting::SavingCode(issuance) => self.code_saved(issuance, &reply, ctx),
            Waiting::SavingFrontToken(issuance) => self.front_token_saved(*issuance, &reply, ctx),
            Waiting::Pushing(push) => self.pushed_saved(*push, &reply, ctx),
            Waiting::Tokens(step) => self.go_on_with_tokens(step, reply, ctx),
            Waiting::Revocation(step) => self.go_on_with_revocation(step, reply, ctx),
            Waiting::Introspection(exchange) => {
                self.go_on_with_introspection(exchange, reply, ctx);
            }
        }
    }

    /// A store that does not reply in time is as good as a full one.
    fn give_up_waiting(&mut self, ctx: &mut Context<'_>) {
        while let Some(place) = self
            .waiting
            .iter()
            .position(|pending| pending_until(pending) <= ctx.now)
        {
            let pending = self.waiting.remove(place);
            self.go_on(pending.waiting, StoreReply::Full, ctx);
        }
    }

    fn command(&mut self, command: Command, ctx: &mut Context<'_>) {
        match command {
            Command::DisableOwner(subject) => {
                ctx.note(Event::OwnerDisabled {
                    subject: subject.clone(),
                });
                self.end_sessions(&subject);
                if !self.disabled.contains(&subject) {
                    self.disabled.push(subject);
                }
            }
            Command::RevokeConsent { subject, client_id } => {
                ctx.note(Event::ConsentWithdrawn {
                    subject: subject.clone(),
                    client_id: client_id.clone(),
                });
                self.consents
                    .retain(|one| one.subject != subject || one.client_id != client_id);
                self.withdrawn
                    .retain(|one| one.subject != subject || one.client_id != client_id);
                self.withdrawn.push(Withdrawal {
                    subject,
                    client_id,
                    at: ctx.now,
                });
            }
            Command::EndSessions(subject) => self.end_sessions(&subject),
        }
    }

    /// Drops what nobody may use any more.
    fn expire(&mut self, now: Timestamp) {
        self.sessions.retain(|session| session.expires_at > now);
        self.transactions.expire(now);
    }

    /// The registration of a client.
    fn client(&self, client_id: &ClientId) -> Option<&Registration> {
        let configured = self.configuration.clients.iter();
        configured
            .chain(self.registered.iter().map(Arc::as_ref))
            .find(|client| client.client_id == *client_id)
    }

    /// The account of an owner who may still log in.
    fn account(&self, subject: &Subject) -> Option<&Account> {
        self.configuration
            .accounts
            .iter()
            .find(|account| account.subject == *subject && !self.disabled.contains(subject))
    }

    /// Whether what was granted at that time still is: the owner may have taken it back since.
    fn consent_stands(&self, subject: &Subject, client_id: &ClientId, granted: Timestamp) -> bool {
        !self
            .withdrawn
            .iter()
            .any(|one| one.subject == *subject && one.client_id == *client_id && granted <= one.at)
    }
}

fn pending_until(pending: &Pending) -> Timestamp {
    pending.since.after(Span(EXCHANGE_TIMEOUT_MS))
}

impl Machine for AuthorizationServer {
    type Input = Input;

    fn handle(&mut self, input: Input, ctx: &mut Context<'_>) {
        self.expire(ctx.now);
        self.give_up_waiting(ctx);
        match input {
            Input::Request { exchange, request } => self.request(exchange, &request, ctx),
            Input::StoreReply { ticket, reply } => self.store_reply(ticket, reply, ctx),
            Input::Command(command) => self.command(command, ctx),
            Input::Deadline => {}
        }
    }

    fn next_deadline(&self) -> Option<Timestamp> {
        let waiting = self.waiting.iter().map(pending_until);
        let sessions = self.sessions.iter().map(|session| session.expires_at);
        waiting
            .chain(sessions)
            .chain(self.transactions.deadlines())
            .min()
    }
}
