//! The client: a web application that lets its users log in at authorization servers.
//!
//! Step (A) of RFC 6749 figure 3 starts in `authorization_request`, step (C) arrives in `redirection_endpoint`,
//! steps (D) and (E) are in `access_token`, and `login` has the life of one login from end to end.

mod access_token;
mod authorization_request;
mod back_channel;
mod candidates;
mod completion;
pub mod configuration;
mod home;
mod id_token;
mod login;
mod logins;
mod pages;
pub mod policy;
mod possession;
mod pushed_request;
mod redirection_endpoint;
mod refresh;
mod resource;
mod response_rules;
mod session;

use alloc::sync::Arc;
use alloc::vec::Vec;

use back_channel::Errand;
use configuration::{Configuration, Provider};
use logins::Logins;
use policy::{AuthorizationServers, ClientPolicy, OpenRedirector};
use session::Sessions;

use crate::canonical::{Canonical, Encoder};
use crate::http::{Method, Origin, Request, Response, Scheme};
use crate::machine::{Context, ExchangeId, Failure, Machine};
use crate::time::Timestamp;
use crate::value::SessionId;
use crate::wire::location;

/// A client. All that it knows is in its memory: a crash loses it.
#[derive(Clone, Debug)]
pub struct Client {
    configuration: Arc<Configuration>,
    sessions: Sessions,
    logins: Logins,
    /// Requests of its own that belong to no login.
    errands: Vec<Errand>,
}

impl Canonical for Client {
    /// What can change: the configuration is the same for the whole run.
    fn encode(&self, out: &mut Encoder) {
        let Self {
            configuration: _,
            sessions,
            logins,
            errands,
        } = self;
        sessions.encode(out);
        logins.encode(out);
        errands.encode(out);
    }
}

/// What a client can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A browser asks something.
    Request {
        /// The name of the exchange.
        exchange: ExchangeId,
        /// What is asked.
        request: Arc<Request>,
    },
    /// A server answers.
    Response {
        /// Which of the client's requests it answers.
        exchange: ExchangeId,
        /// The answer.
        response: Arc<Response>,
    },
    /// No server answers, and none will.
    Failed {
        /// Which of the client's requests that was.
        exchange: ExchangeId,
        /// Why.
        failure: Failure,
    },
    /// The client does something by itself.
    Command(Command),
    /// Time has passed.
    Deadline,
}

/// What a client can do by itself. A session without tokens leaves nothing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Renew the tokens of a session (RFC 6749 §6).
    Refresh {
        /// Which.
        session: SessionId,
    },
    /// Read the resource with the tokens of a session (RFC 6749 §7).
    ReadResource {
        /// Which.
        session: SessionId,
    },
    /// Log a session out, and have its tokens taken back (RFC 7009).
    Revoke {
        /// Which.
        session: SessionId,
    },
}

impl Client {
    /// A client that has seen nobody yet.
    #[must_use]
    pub fn new(configuration: Arc<Configuration>) -> Self {
        Self {
            configuration,
            sessions: Sessions::default(),
            logins: Logins::default(),
            errands: Vec::new(),
        }
    }

    /// A crash and a new start: memory is lost, and answers to what it had asked will find nobody waiting.
    pub fn restart(&mut self) {
        *self = Self::new(Arc::clone(&self.configuration));
    }

    /// The sessions that hold tokens, oldest first.
    pub fn sessions(&self) -> impl Iterator<Item = &SessionId> {
        self.sessions.with_tokens()
    }

    /// Whether URLs of this origin are for this client although it listens elsewhere: it is a native app, and its
    /// responses come back under a scheme of its own (RFC 8252 §7.1).
    #[must_use]
    pub fn claims(&self, origin: &Origin) -> bool {
        matches!(origin.scheme, Scheme::Other(_))
            && self.configuration.providers.iter().any(|provider| {
                location::parse(provider.redirect_uri.as_str())
                    .is_ok_and(|url| url.origin == *origin)
            })
    }

    /// Whether the client is a native app.
    fn is_native(&self) -> bool {
        let mut providers = self.configuration.providers.iter();
        providers.any(|provider| !provider.redirect_uri.as_str().starts_with("http"))
    }

    fn policy(&self) -> &ClientPolicy {
        &self.configuration.policy
    }

    /// The authorization servers that it works with.
    fn providers(&self) -> impl Iterator<Item = &Provider> {
        let count = match self.policy().as_set {
            AuthorizationServers::Multi => usize::MAX,
            AuthorizationServers::Single => 1,
        };
        self.configuration.providers.iter().take(count)
    }

    fn request(&mut self, exchange: ExchangeId, request: &Request, ctx: &mut Context<'_>) {
        let get = request.method == Method::Get;
        match request.url.path.as_str() {
            pages::HOME if get => self.home(exchange, request, ctx),
            pages::LOGIN => self.login_asked(exchange, request, ctx),
            pages::READ | pages::REFRESH | pages::LOGOUT => {
                self.button_pressed(exchange, request, ctx);
            }
            pages::GO if get && self.policy().open_redirector == OpenRedirector::Present => {
                self.redirect_openly(exchange, request, ctx);
            }
            _ => {
                if !self.redirected(exchange, request, ctx) {
                    self.refuse_path(exchange, ctx);
                }
            }
        }
    }

    fn command(&mut self, command: Command, ctx: &mut Context<'_>) {
        match command {
            Command::Refresh { session } => self.refresh(&session, None, ctx),
            Command::ReadResource { session } => self.read_resource(&session, None, ctx),
            Command::Revoke { session } => self.log_out(&session, None, ctx),
        }
    }
}

impl Machine for Client {
    type Input = Input;

    fn handle(&mut self, input: Input, ctx: &mut Context<'_>) {
        match input {
            Input::Request { exchange, request } => self.request(exchange, &request, ctx),
            Input::Response { exchange, response } => self.response_came(exchange, response, ctx),
            Input::Failed { exchange, failure } => self.request_failed(exchange, failure, ctx),
            Input::Command(command) => self.command(command, ctx),
            Input::Deadline => self.stop_waiting(ctx),
        }
    }

    fn next_deadline(&self) -> Option<Timestamp> {
        self.first_deadline()
    }
}
