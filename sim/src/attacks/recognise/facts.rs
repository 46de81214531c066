//! What a run shows about codes, tokens and logins: gathered in one pass, so that each attack is a small question.

use std::borrow::Cow;

use grantlab_core::event::Event;
use grantlab_core::http::{Body, Encoded, Fields, Header, Request};
use grantlab_core::value::{
    AccessToken, AuthorizationCode, ClientId, CodeChallenge, CodeVerifier, Issuer, RedirectionUri,
    RefreshToken, SessionId, State, Subject, TransactionId,
};
use grantlab_core::wire::form;

use crate::party::{PartyId, Role};
use crate::trace::{Entry, EntryId, Leak, Payload, Trace, What};

/// A code and what it was issued for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Issued<'t> {
    pub(super) entry: EntryId,
    pub(super) code: &'t AuthorizationCode,
    pub(super) transaction: &'t TransactionId,
    pub(super) client_id: &'t ClientId,
    pub(super) subject: &'t Subject,
    pub(super) redirect_uri: &'t RedirectionUri,
    pub(super) redirect_registered: bool,
    pub(super) code_challenge: Option<&'t CodeChallenge>,
    /// The browser that the owner said yes in.
    pub(super) browser: Option<PartyId>,
}

/// An authorization request that a server took on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Requested<'t> {
    pub(super) entry: EntryId,
    pub(super) transaction: &'t TransactionId,
    pub(super) state: Option<&'t State>,
    pub(super) redirect_uri: &'t RedirectionUri,
    pub(super) code_challenge: Option<&'t CodeChallenge>,
    pub(super) browser: Option<PartyId>,
}

/// A login that an honest client started.
#[derive(Clone, Copy, Debug)]
pub(super) struct Started<'t> {
    pub(super) entry: EntryId,
    pub(super) client: PartyId,
    pub(super) session: &'t SessionId,
    pub(super) issuer: &'t Issuer,
    pub(super) redirect_uri: Option<&'t RedirectionUri>,
    pub(super) state: Option<&'t State>,
    pub(super) code_challenge: Option<&'t CodeChallenge>,
    pub(super) browser: Option<PartyId>,
}

/// A response that an honest client believed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Accepted<'t> {
    pub(super) entry: EntryId,
    pub(super) client: PartyId,
    pub(super) session: &'t SessionId,
    pub(super) issuer: &'t Issuer,
    pub(super) state: Option<&'t State>,
    pub(super) code: &'t AuthorizationCode,
    pub(super) browser: Option<PartyId>,
    /// The entry of the request that brought it.
    pub(super) request: Option<EntryId>,
}

/// A code that was redeemed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Redeemed<'t> {
    pub(super) entry: EntryId,
    pub(super) code: &'t AuthorizationCode,
    pub(super) client_id: &'t ClientId,
    pub(super) client_confidential: bool,
    pub(super) client_authenticated: bool,
    pub(super) code_verifier: Option<&'t CodeVerifier>,
    /// Who sent the token request.
    pub(super) presenter: Option<PartyId>,
    /// The entry of the token request's arrival.
    pub(super) arrived: Option<EntryId>,
}

/// A refresh token that was used.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refreshed<'t> {
    pub(super) entry: EntryId,
    pub(super) token: &'t RefreshToken,
    pub(super) client_id: &'t ClientId,
    pub(super) presenter: Option<PartyId>,
    pub(super) arrived: Option<EntryId>,
}

/// An access token that was issued.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'t> {
    pub(super) entry: EntryId,
    pub(super) token: &'t AccessToken,
    pub(super) client_id: &'t ClientId,
    pub(super) subject: &'t Subject,
}

/// A login that was completed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Completed<'t> {
    pub(super) entry: EntryId,
    pub(super) issuer: &'t Issuer,
    pub(super) account: &'t str,
    pub(super) browser: Option<PartyId>,
}

/// A value that the attacker learned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Learned<'t> {
    pub(super) entry: EntryId,
    pub(super) kind: &'static str,
    pub(super) value: &'t str,
    pub(super) leak: Leak,
}

/// An HTTP request that was sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent<'t> {
    pub(super) entry: EntryId,
    pub(super) from: PartyId,
    pub(super) to: PartyId,
    pub(super) request: &'t Request,
}

/// Everything that the questions are asked of.
#[derive(Debug)]
pub(super) struct Facts<'t> {
    pub(super) trace: &'t Trace,
    pub(super) issued: Vec<Issued<'t>>,
    pub(super) requested: Vec<Requested<'t>>,
    pub(super) started: Vec<Started<'t>>,
    pub(super) accepted: Vec<Accepted<'t>>,
    pub(super) redeemed: Vec<Redeemed<'t>>,
    pub(super) refreshed: Vec<Refreshed<'t>>,
    pub(super) tokens: Vec<Token<'t>>,
    pub(super) completed: Vec<Completed<'t>>,
    pub(super) learned: Vec<Learned<'t>>,
    pub(super) sent: Vec<Sent<'t>>,
}

impl<'t> Facts<'t> {
    /// Reads a run.
    pub(super) fn of(trace: &'t Trace) -> Self {
        let mut facts = Self {
            trace,
            issued: Vec::new(),
            requested: Vec::new(),
            started: Vec::new(),
            accepted: Vec::new(),
            redeemed: Vec::new(),
            refreshed: Vec::new(),
            tokens: Vec::new(),
            completed: Vec::new(),
            learned: Vec::new(),
            sent: Vec::new(),
        };
        for (id, entry) in (0..).zip(trace.entries()) {
            facts.note(id, entry);
        }
        facts
    }

    fn note(&mut self, id: EntryId, entry: &'t Entry) {
        if let What::Sent { to, payload } = &entry.what
            && let Payload::Request(request) = payload
        {
            self.sent.push(Sent {
                entry: id,
                from: entry.party,
                to: *to,
                request,
            });
        } else if let What::Learned { kind, value, leak } = &entry.what {
            self.learned.push(Learned {
                entry: id,
                kind,
                value: value.as_str(),
                leak: *leak,
            });
        } else if let What::Noted(event) = &entry.what {
            self.authorizations(id, event);
            self.logins(id, entry, event);
            self.back_channel(id, event);
        }
    }

    /// What servers note of the front channel.
    fn authorizations(&mut self, id: EntryId, event: &'t Event) {
        if let Event::CodeIssued {
            code,
            transaction,
            client_id,
            subject,
            redirect_uri,
            redirect_registered,
            code_challenge,
            ..
        } = event
        {
            self.issued.push(Issued {
                entry: id,
                code,
                transaction,
                client_id,
                subject,
                redirect_uri,
                redirect_registered: *redirect_registered,
                code_challenge: code_challenge.as_ref(),
                browser: self.browser(id),
            });
        } else if let Event::AuthorizationRequested {
            transaction,
            redirect_uri,
            state,
            code_challenge,
            ..
        } = event
        {
            self.requested.push(Requested {
                entry: id,
                transaction,
                state: state.as_ref(),
                redirect_uri,
                code_challenge: code_challenge.as_ref(),
                browser: self.browser(id),
            });
        }
    }

    /// What clients note of logins.
    fn logins(&mut self, id: EntryId, entry: &'t Entry, event: &'t Event) {
        if let Event::LoginStarted {
            session,
            issuer,
            redirect_uri,
            state,
            code_challenge,
            ..
        } = event
        {
            self.started.push(Started {
                entry: id,
                client: entry.party,
                session,
                issuer,
                redirect_uri: redirect_uri.as_ref(),
                state: state.as_ref(),
                code_challenge: code_challenge.as_ref(),
                browser: self.browser(id),
            });
        } else if let Event::CallbackAccepted {
            session,
            issuer,
            state,
            code,
            ..
        } = event
        {
            self.accepted.push(Accepted {
                entry: id,
                client: entry.party,
                session,
                issuer,
                state: state.as_ref(),
                code,
                browser: self.browser(id),
                request: self.request_of(id),
            });
        } else if let Event::LoginCompleted {
            issuer, account, ..
        } = event
        {
            self.completed.push(Completed {
                entry: id,
                issuer,
                account: account.as_str(),
                browser: self.browser(id),
            });
        }
    }

    /// What servers note of the back channel.
    fn back_channel(&mut self, id: EntryId, event: &'t Event) {
        if let Event::CodeRedeemed {
            code,
            client_id,
            client_confidential,
            client_authenticated,
            code_verifier,
            ..
        } = event
        {
            self.redeemed.push(Redeemed {
                entry: id,
                code,
                client_id,
                client_confidential: *client_confidential,
                client_authenticated: *client_authenticated,
                code_verifier: code_verifier.as_ref(),
                presenter: self.presenter(id),
                arrived: self.arrival_of(id),
            });
        } else if let Event::RefreshTokenUsed {
            refresh_token,
            client_id,
            ..
        } = event
        {
            self.refreshed.push(Refreshed {
                entry: id,
                token: refresh_token,
                client_id,
                presenter: self.presenter(id),
                arrived: self.arrival_of(id),
            });
        } else if let Event::AccessTokenIssued {
            access_token,
            client_id,
            subject,
            ..
        } = event
        {
            self.tokens.push(Token {
                entry: id,
                token: access_token,
                client_id,
                subject,
            });
        }
    }

    /// An entry and everything that led to it, the nearest first.
    pub(super) fn chain(&self, id: EntryId) -> impl Iterator<Item = (EntryId, &'t Entry)> {
        let trace = self.trace;
        let first = trace.entry(id).map(|entry| (id, entry));
        std::iter::successors(first, move |(_, entry)| {
            let cause = entry.cause?;
            Some((cause, trace.entry(cause)?))
        })
    }

    /// The browser in which it began.
    pub(super) fn browser(&self, id: EntryId) -> Option<PartyId> {
        self.chain(id)
            .find(|(_, entry)| self.trace.role(entry.party) == Some(Role::UserAgent))
            .map(|(_, entry)| entry.party)
    }

    /// The arrival of the HTTP request that a party answers with what it notes here.
    pub(super) fn arrival_of(&self, id: EntryId) -> Option<EntryId> {
        let party = self.trace.entry(id)?.party;
        self.chain(id)
            .find(|(at, entry)| {
                entry.party == party
                    && matches!(entry.what, What::Arrived { .. })
                    && matches!(self.trace.payload(*at), Some(Payload::Request(_)))
            })
            .map(|(at, _)| at)
    }

    /// The entry that sent the HTTP request which a party answers with what it notes here.
    pub(super) fn request_of(&self, id: EntryId) -> Option<EntryId> {
        let arrived = self.trace.entry(self.arrival_of(id)?)?;
        if let What::Arrived { sent } = arrived.what {
            Some(sent)
        } else {
            None
        }
    }

    /// Who sent the HTTP request which a party answers with what it notes here.
    pub(super) fn presenter(&self, id: EntryId) -> Option<PartyId> {
        let sent = self.trace.entry(self.request_of(id)?)?;
        Some(sent.party)
    }

    /// The request that an entry sent, or that came with it.
    pub(super) fn request(&self, id: EntryId) -> Option<&'t Request> {
        match self.trace.payload(id)? {
            Payload::Request(request) => Some(request),
            Payload::Response(_)
            | Payload::Failure(_)
            | Payload::StoreRequest(_)
            | Payload::StoreReply(_) => None,
        }
    }

    /// Whether a party plays for the attacker.
    pub(super) fn is_hostile(&self, party: Option<PartyId>) -> bool {
        party.is_some_and(|party| self.trace.is_hostile(party))
    }

    /// Whether a party is known and does not play for the attacker.
    pub(super) fn is_honest(&self, party: Option<PartyId>) -> bool {
        party.is_some_and(|party| !self.trace.is_hostile(party))
    }

    /// Whether it is the browser of somebody honest.
    pub(super) fn is_honest_browser(&self, party: Option<PartyId>) -> bool {
        self.is_honest(party)
            && party.and_then(|party| self.trace.role(party)) == Some(Role::UserAgent)
    }

    /// Whether an owner, a client or a server with this name is the attacker's.
    pub(super) fn is_his(&self, identity: &str) -> bool {
        self.trace.is_hostile_identity(identity)
    }

    /// The code called `code`, as it was issued.
    pub(super) fn issue(&self, code: &AuthorizationCode) -> Option<&Issued<'t>> {
        self.issued.iter().find(|issued| issued.code == code)
    }

    /// The authorization request that a code answers.
    pub(super) fn request_for(&self, issued: &Issued<'_>) -> Option<&Requested<'t>> {
        self.requested
            .iter()
            .rev()
            .find(|asked| asked.transaction == issued.transaction && asked.entry < issued.entry)
    }

    /// How and when the attacker first learned a value.
    pub(super) fn leak(&self, value: &str) -> Option<&Learned<'t>> {
        self.learned.iter().find(|learned| learned.value == value)
    }

    /// When the attacker learned a value in this way.
    pub(super) fn leak_by(&self, value: &str, leak: Leak) -> Option<&Learned<'t>> {
        self.learned
            .iter()
            .find(|learned| learned.value == value && learned.leak == leak)
    }

    /// A code of an honest owner for an honest client, in the attacker's hands: redeemed by himself, or by the client
    /// in a session of his.
    pub(super) fn theft(&self, issued: &Issued<'t>) -> Option<EntryId> {
        if self.is_his(issued.subject.as_str()) {
            return None;
        }
        self.redemption_by_him(issued)
            .or_else(|| self.injection(issued))
    }

    /// He redeems a code himself.
    pub(super) fn redemption_by_him(&self, issued: &Issued<'t>) -> Option<EntryId> {
        let mut redeemed = self.redeemed.iter();
        redeemed
            .find(|redeemed| redeemed.code == issued.code && self.is_hostile(redeemed.presenter))
            .map(|redeemed| redeemed.entry)
    }

    /// A client believes a code in a session of the attacker's, and redeems it.
    pub(super) fn injection(&self, issued: &Issued<'t>) -> Option<EntryId> {
        let mut accepted = self.accepted.iter();
        let accepted = accepted
            .find(|accepted| accepted.code == issued.code && self.is_hostile(accepted.browser))?;
        let mut redeemed = self.redeemed.iter();
        redeemed
            .any(|redeemed| redeemed.code == issued.code && redeemed.entry > accepted.entry)
            .then_some(accepted.entry)
    }

    /// Responses that an honest browser brought, with codes that are the attacker's own.
    pub(super) fn forced(&self) -> impl Iterator<Item = (&Accepted<'t>, &Issued<'t>)> {
        self.accepted.iter().filter_map(|accepted| {
            let issued = self.issue(accepted.code)?;
            let his = self.is_his(issued.subject.as_str());
            (his && self.is_honest_browser(accepted.browser)).then_some((accepted, issued))
        })
    }

    /// The login that a session had under way before `entry`, the newest first.
    pub(super) fn logins_of<'f>(
        &'f self,
        session: &'f SessionId,
        entry: EntryId,
    ) -> impl Iterator<Item = &'f Started<'t>> {
        let started = self.started.iter().rev();
        started.filter(move |started| started.session == session && started.entry < entry)
    }

    /// The login of the attacker's browser that a request belongs to, whoever carried it.
    pub(super) fn login_of_his(&self, asked: &Requested<'t>) -> Option<&Started<'t>> {
        let mut started = self.started.iter();
        started.find(|started| {
            let same_state = started.state.is_some() && started.state == asked.state;
            let same_challenge =
                started.code_challenge.is_some() && started.code_challenge == asked.code_challenge;
            self.is_hostile(started.browser) && (same_state || same_challenge)
        })
    }

    /// Whether a code answers a request of a login that the attacker's browser started.
    pub(super) fn is_asked_by_him(&self, issued: &Issued<'t>) -> bool {
        let asked = self.request_for(issued);
        asked.is_some_and(|asked| self.login_of_his(asked).is_some())
    }

    /// The login whose `state` this is.
    pub(super) fn login_with_state(&self, state: &State) -> Option<&Started<'t>> {
        let mut started = self.started.iter();
        started.find(|started| started.state == Some(state))
    }

    /// Facts of a kind, with their entries: `pick` takes what it wants.
    pub(super) fn find<T>(
        &self,
        pick: impl Fn(EntryId, &'t Entry, &'t Event) -> Option<T>,
    ) -> Option<T> {
        let mut events = self.trace.events();
        events.find_map(|(id, entry, event)| pick(id, entry, event))
    }
}

/// The parameters of a request: of its query and of its form.
pub(super) fn parameters(request: &Request) -> Vec<Fields> {
    let query = request.url.query.as_ref();
    let form = if let Body::Form(form) = &request.body {
        Some(form)
    } else {
        None
    };
    let read = |encoded: &Encoded| form::pairs(encoded).ok().map(Cow::into_owned);
    query.into_iter().chain(form).filter_map(read).collect()
}

/// The value of a parameter of a request.
pub(super) fn parameter(request: &Request, name: &str) -> Option<String> {
    let fields = parameters(request);
    fields
        .iter()
        .find_map(|fields| fields.first(name))
        .map(ToString::to_string)
}

/// Where a request says that it comes from.
pub(super) fn referer(request: &Request) -> Option<&str> {
    request.headers.0.iter().find_map(|header| {
        if let Header::Referer(text) = header {
            Some(text.as_str())
        } else {
            None
        }
    })
}
