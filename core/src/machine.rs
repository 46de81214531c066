//! What all parties have in common: one door in, one list out.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::entropy::{Entropy, Fresh};
use crate::event::Event;
use crate::http::{Body, Fields, Header, Headers, Request, Response};
use crate::json::Json;
use crate::message::store::{CodeRecord, StoreReply, StoreRequest, TokenKind, TokenRecord};
use crate::reuse::{Reused, ReusedTexts};
use crate::text::Text;
use crate::time::Timestamp;
use crate::value::{
    AccessToken, AuthorizationCode, FormToken, Nonce, RefreshToken, SessionId, State, TransactionId,
};
use crate::wire::base64url;

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

/// A store that answers at once, because it is in the same memory.
/// A simulated server has none at hand: its requests travel, and may be late, reordered or lost.
pub trait StoreAtHand {
    /// Does one operation. What it notes goes to `note`.
    fn answer(
        &mut self,
        request: &StoreRequest,
        now: Timestamp,
        note: &mut dyn FnMut(Event),
    ) -> StoreReply;
}

/// Whether anybody reads the facts that a party notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notes {
    /// They are among the outputs.
    Read,
    /// Nobody does: they are not even made.
    Unread,
}

/// What a party is handed with every input.
pub struct Context<'a> {
    /// The time at this party: clocks of parties may differ.
    pub now: Timestamp,
    /// The source of fresh values.
    pub entropy: &'a mut dyn Entropy,
    /// Where it puts what it wants done.
    pub outputs: &'a mut Vec<Output>,
    store: Option<&'a mut dyn StoreAtHand>,
    notes: Notes,
    spare: Option<&'a mut Spare>,
}

/// Memory of earlier answers that is used again once nobody holds them any more.
#[derive(Debug, Default)]
pub struct Spare {
    texts: ReusedTexts,
    response: Reused<Response>,
    headers: Headers,
    fields: Fields,
    members: Vec<(Text, Json)>,
    code: Reused<CodeRecord>,
    tokens: [Reused<TokenRecord>; 2],
}

impl Spare {
    /// Takes apart the last response, so that the next one is made of it.
    fn take_apart(&mut self) {
        let Some(last) = self
            .response
            .unheld()
            .filter(|last| last.headers.0.capacity() > 0)
        else {
            return;
        };
        let mut headers = core::mem::take(&mut last.headers);
        for header in headers.0.drain(..) {
            if let Header::Location(mut location) = header {
                location.query.0.clear();
                self.fields = location.query;
            }
        }
        self.headers = headers;
        if let Body::Json(Json::Object(mut members)) =
            core::mem::replace(&mut last.body, Body::Empty)
        {
            members.clear();
            self.members = members;
        }
    }
}

impl<'a> Context<'a> {
    /// A context in which everything that a party wants done is an output.
    pub fn new(now: Timestamp, entropy: &'a mut dyn Entropy, outputs: &'a mut Vec<Output>) -> Self {
        Self {
            now,
            entropy,
            outputs,
            store: None,
            notes: Notes::Read,
            spare: None,
        }
    }

    /// The same with a store that answers at once.
    #[must_use]
    pub fn with_store(mut self, store: &'a mut dyn StoreAtHand) -> Self {
        self.store = Some(store);
        self
    }

    /// The same with memory that is used again.
    #[must_use]
    pub const fn with_spare(mut self, spare: &'a mut Spare) -> Self {
        self.spare = Some(spare);
        self
    }

    /// The same with facts read, or not.
    #[must_use]
    pub const fn with_notes(mut self, notes: Notes) -> Self {
        self.notes = notes;
        self
    }
}

impl Context<'_> {
    /// Notes a fact.
    pub fn note(&mut self, event: Event) {
        self.note_with(|| event);
    }

    /// Notes a fact that is made only if somebody reads it.
    pub fn note_with(&mut self, event: impl FnOnce() -> Event) {
        match self.notes {
            Notes::Read => self.note_read(event),
            Notes::Unread => {}
        }
    }

    /// Apart from those who note: where nobody reads, the making of facts is not in the way.
    #[cold]
    #[inline(never)]
    fn note_read(&mut self, event: impl FnOnce() -> Event) {
        self.outputs.push(Output::Note(Arc::new(event())));
    }

    /// A fact to be noted later, if somebody reads it.
    pub fn made_for_readers(&self, event: impl FnOnce() -> Event) -> Option<Event> {
        match self.notes {
            Notes::Read => Some(event()),
            Notes::Unread => None,
        }
    }

    /// Whether somebody reads what is noted.
    #[must_use]
    pub const fn notes(&self) -> Notes {
        self.notes
    }

    /// The reply of a store that answers at once, if there is one.
    pub fn answer_at_once(&mut self, request: &StoreRequest) -> Option<StoreReply> {
        let Self {
            now,
            outputs,
            store,
            notes,
            ..
        } = self;
        let reply = store
            .as_mut()?
            .answer(request, *now, &mut |event| match notes {
                Notes::Read => outputs.push(Output::Note(Arc::new(event))),
                Notes::Unread => {}
            });
        Some(reply)
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
        let response = match &mut self.spare {
            Some(spare) => spare.response.share(response),
            None => Arc::new(response),
        };
        self.outputs.push(Output::Respond { exchange, response });
    }

    /// Asks the store and says under which name its reply comes back.
    pub fn store(&mut self, request: StoreRequest) -> Ticket {
        let ticket = Ticket(self.entropy.ticket());
        let request = Arc::new(request);
        self.outputs.push(Output::Store { ticket, request });
        ticket
    }

    /// Memory for header fields.
    pub(crate) fn headers(&mut self) -> Headers {
        self.spare.as_mut().map_or(Headers::EMPTY, |spare| {
            spare.take_apart();
            core::mem::take(&mut spare.headers)
        })
    }

    /// Memory for the parameters of a redirect.
    pub(crate) fn fields(&mut self) -> Fields {
        self.spare.as_mut().map_or(Fields::EMPTY, |spare| {
            spare.take_apart();
            core::mem::take(&mut spare.fields)
        })
    }

    /// Memory for the members of a JSON object.
    pub(crate) fn members(&mut self) -> Vec<(Text, Json)> {
        self.spare.as_mut().map_or_else(Vec::new, |spare| {
            spare.take_apart();
            core::mem::take(&mut spare.members)
        })
    }

    /// Shares the record of a code with the store.
    pub(crate) fn share_code(&mut self, record: CodeRecord) -> Arc<CodeRecord> {
        match &mut self.spare {
            Some(spare) => spare.code.share(record),
            None => Arc::new(record),
        }
    }

    /// Shares the record of a token with the store.
    pub(crate) fn share_token(&mut self, record: TokenRecord) -> Arc<TokenRecord> {
        match &mut self.spare {
            Some(spare) => {
                let [access, refresh] = &mut spare.tokens;
                match record.kind {
                    TokenKind::Access => access.share(record),
                    TokenKind::Refresh => refresh.share(record),
                }
            }
            None => Arc::new(record),
        }
    }

    /// The text of a fresh value: 32 octets in base64url.
    fn fresh(&mut self, kind: Fresh) -> Text {
        let octets = self.entropy.fresh(kind);
        let mut memory = base64url::Characters::new();
        let text = base64url::encode_32(&octets, &mut memory);
        match &mut self.spare {
            Some(spare) => spare.texts.text(text),
            None => Text::new(text),
        }
    }

    /// A fresh authorization code.
    pub fn fresh_code(&mut self) -> AuthorizationCode {
        AuthorizationCode::from_fresh_text(self.fresh(Fresh::Code))
    }

    /// A fresh access token.
    pub fn fresh_access_token(&mut self) -> AccessToken {
        AccessToken::from_fresh_text(self.fresh(Fresh::AccessToken))
    }

    /// A fresh refresh token.
    pub fn fresh_refresh_token(&mut self) -> RefreshToken {
        RefreshToken::from_fresh_text(self.fresh(Fresh::RefreshToken))
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
        TransactionId::from_fresh_text(self.fresh(Fresh::Transaction))
    }

    /// A fresh form token.
    pub fn fresh_form_token(&mut self) -> FormToken {
        FormToken::from_fresh_text(self.fresh(Fresh::FormToken))
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
