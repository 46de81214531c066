//! What all parties have in common: one door in, one list out.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::entropy::{Entropy, Fresh};
use crate::event::Event;
use crate::http::{Request, Response};
use crate::message::store::{StoreReply, StoreRequest};
use crate::time::Timestamp;
use crate::value::{AuthorizationCode, FormToken, Nonce, SessionId, State, TransactionId};

/// Names one request and its response. Whoever sends the request chooses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExchangeId(pub u64);

/// Names one store request and its reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u64);

crate::canonical_tuple!(ExchangeId, Ticket);

/// What a party wants done. No second call is needed to make progress.
/// Messages are shared from here on: whoever carries, records and reads them has the same one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Carry this request to whoever answers at its URL.
    Send {
        /// Under this name the response comes back.
        exchange: ExchangeId,
        /// The request.
        request: Arc<Request>,
    },
    /// Carry this response back.
    Respond {
        /// The name under which the request came in.
        exchange: ExchangeId,
        /// The response.
        response: Arc<Response>,
    },
    /// Ask the grant store.
    Store {
        /// Under this name the reply comes back.
        ticket: Ticket,
        /// The operation.
        request: Arc<StoreRequest>,
    },
    /// Answer as the grant store.
    Reply {
        /// The name under which the operation came in.
        ticket: Ticket,
        /// The reply.
        reply: StoreReply,
    },
    /// Note a fact.
    Note(Arc<Event>),
}

/// Why no response came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nobody answers at that URL.
    Unreachable,
    /// The connection broke before the response was there.
    ConnectionLost,
}

crate::canonical_unit_enum!(Failure { Unreachable = 0, ConnectionLost = 1 });

/// What a party is handed with every input.
pub struct Context<'a> {
    /// The time at this party: clocks of parties may differ.
    pub now: Timestamp,
    /// The source of fresh values.
    pub entropy: &'a mut dyn Entropy,
    /// Where it puts what it wants done.
    pub outputs: &'a mut Vec<Output>,
}

impl Context<'_> {
    /// Notes a fact.
    pub fn note(&mut self, event: Event) {
        self.outputs.push(Output::Note(Arc::new(event)));
    }

    /// Sends a request and says under which name its response comes back.
    pub fn send(&mut self, request: Request) -> ExchangeId {
        let exchange = ExchangeId(self.entropy.ticket());
        let request = Arc::new(request);
        self.outputs.push(Output::Send { exchange, request });
        exchange
    }

    /// Answers a request.
    pub fn respond(&mut self, exchange: ExchangeId, response: Response) {
        let response = Arc::new(response);
        self.outputs.push(Output::Respond { exchange, response });
    }

    /// Asks the store and says under which name its reply comes back.
    pub fn store(&mut self, request: StoreRequest) -> Ticket {
        let ticket = Ticket(self.entropy.ticket());
        let request = Arc::new(request);
        self.outputs.push(Output::Store { ticket, request });
        ticket
    }

    /// A fresh authorization code.
    pub fn fresh_code(&mut self) -> AuthorizationCode {
        AuthorizationCode::from_fresh(self.entropy.fresh(Fresh::Code))
    }

    /// A fresh `state`.
    pub fn fresh_state(&mut self) -> State {
        State::from_fresh(self.entropy.fresh(Fresh::State))
    }

    /// A fresh `nonce`.
    pub fn fresh_nonce(&mut self) -> Nonce {
        Nonce::from_fresh(self.entropy.fresh(Fresh::Nonce))
    }

    /// A fresh session cookie value.
    pub fn fresh_session(&mut self) -> SessionId {
        SessionId::from_fresh(self.entropy.fresh(Fresh::Session))
    }

    /// A fresh transaction handle.
    pub fn fresh_transaction(&mut self) -> TransactionId {
        TransactionId::from_fresh(self.entropy.fresh(Fresh::Transaction))
    }

    /// A fresh form token.
    pub fn fresh_form_token(&mut self) -> FormToken {
        FormToken::from_fresh(self.entropy.fresh(Fresh::FormToken))
    }
}

/// A party: a state machine that turns an input and the time into outputs, and does nothing else.
pub trait Machine {
    /// What it can be told.
    type Input;

    /// Takes one input. Total: every input has a defined effect, and none panics.
    fn handle(&mut self, input: Self::Input, ctx: &mut Context<'_>);

    /// When it wants to be told that time has passed, at the latest.
    fn next_deadline(&self) -> Option<Timestamp>;
}
