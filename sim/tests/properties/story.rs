//! Traces made by hand: one login of honest people, of which a test changes one thing.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use grantlab_core::entropy::Fresh;
use grantlab_core::event::Event;
use grantlab_core::http::{
    Body, Encoded, Fields, Header, Location, Origin, Request, Response, Status, Url,
};
use grantlab_core::message::ErrorCode;
use grantlab_core::refusal::{Compared, Refusal, Rule};
use grantlab_core::text::Text;
use grantlab_core::time::Span;
use grantlab_core::value::{
    AccessToken, AuthorizationCode, ClientId, CodeChallengeMethod, CodeVerifier, Issuer,
    RedirectionUri, RefreshToken, Scope, SessionId, State, Subject, Thumbprint, TransactionId,
};
use grantlab_sim::party::{PartyId, Role};
use grantlab_sim::trace::{Cast, EntryId, START, Trace, What};

pub(crate) const ALICE: PartyId = PartyId(0);
pub(crate) const MALLORY: PartyId = PartyId(1);
pub(crate) const CLIENT: PartyId = PartyId(2);
pub(crate) const STORE: PartyId = PartyId(3);
pub(crate) const SERVER: PartyId = PartyId(4);
pub(crate) const RESOURCE: PartyId = PartyId(5);
pub(crate) const EVIL: PartyId = PartyId(6);
pub(crate) const OTHER_SERVER: PartyId = PartyId(7);
pub(crate) const OTHER_RESOURCE: PartyId = PartyId(8);

/// What the honest authorization server calls itself.
pub(crate) const ISSUER: &str = "https://as.example";

fn cast() -> Arc<[Cast]> {
    let party = |name: &str, role, hostile, identities: &[&str]| Cast {
        name: Text::new(name),
        role,
        hostile,
        identities: identities.iter().map(|name| Text::new(name)).collect(),
    };
    let other = "https://as2.example";
    Arc::new([
        party("alice", Role::UserAgent, false, &["alice"]),
        party("mallory", Role::UserAgent, true, &["mallory"]),
        party("client", Role::Client, false, &["client"]),
        party("as-store", Role::GrantStore, false, &[]),
        party("as", Role::AuthorizationServer, false, &[ISSUER]),
        party("rs", Role::ResourceServer, false, &[ISSUER]),
        party(
            "attacker",
            Role::Attacker,
            true,
            &["evil-client", "https://evil.example"],
        ),
        party("as2", Role::AuthorizationServer, false, &[other]),
        party("rs2", Role::ResourceServer, false, &[other]),
    ])
}

/// What happens, and to whom. A test changes one thing.
#[derive(Clone)]
pub(crate) struct Story {
    /// Which server alice wants; none when she did not ask for this login.
    pub(crate) wants: Option<&'static str>,
    /// Whose browser asks the server.
    pub(crate) asks: PartyId,
    /// Who authenticates there.
    pub(crate) subject: &'static str,
    /// For which client the code is.
    pub(crate) client_id: &'static str,
    /// Which client the consent page names.
    pub(crate) shown: &'static str,
    /// Whether the button is pressed by the owner.
    pub(crate) by_user: bool,
    /// What is around the page with the button.
    pub(crate) framed_by: Option<&'static str>,
    /// Of which site the page with the button is.
    pub(crate) page: &'static str,
    /// Without asking: whether that was remembered, and whether the client is confidential.
    pub(crate) skipped: Option<(bool, bool)>,
    /// What the owner allows, and what the code is for.
    pub(crate) scopes: (&'static str, &'static str),
    /// Whether the redirection URI is registered.
    pub(crate) registered: bool,
    /// Where the response really leads.
    pub(crate) location: &'static str,
    /// Who gets the token request.
    pub(crate) token_endpoint: PartyId,
    /// Who sends it.
    pub(crate) redeemer: PartyId,
    /// Who the redeemer says he is, and whether he proves it.
    pub(crate) redeems_as: (&'static str, bool),
    /// The challenge, if there is one.
    pub(crate) method: Option<CodeChallengeMethod>,
    /// Whether the verifier comes along, and how long it is.
    pub(crate) verifier: Option<usize>,
    /// The key that the tokens are bound to.
    pub(crate) bound_to: Option<&'static str>,
    /// The redirection URI at the token endpoint.
    pub(crate) repeats: Option<&'static str>,
    /// Whether the session that brings the code back is the one that asked.
    pub(crate) completes: PartyId,
    /// Which state comes back.
    pub(crate) returns_state: bool,
}

/// Where responses go.
pub(crate) const CALLBACK: &str = "https://client.example/cb";

impl Story {
    /// Alice logs in, and nothing is wrong.
    pub(crate) const HONEST: Self = Self {
        wants: Some("as"),
        asks: ALICE,
        subject: "alice",
        client_id: "client",
        shown: "client",
        by_user: true,
        framed_by: None,
        page: ISSUER,
        skipped: None,
        scopes: ("read", "read"),
        registered: true,
        location: CALLBACK,
        token_endpoint: SERVER,
        redeemer: CLIENT,
        redeems_as: ("client", true),
        method: Some(CodeChallengeMethod::S256),
        verifier: Some(43),
        bound_to: None,
        repeats: Some(CALLBACK),
        completes: ALICE,
        returns_state: true,
    };
}

/// A trace in the making, and the values of its login.
pub(crate) struct Tale {
    pub(crate) trace: Trace,
    pub(crate) session: SessionId,
    pub(crate) code: AuthorizationCode,
    pub(crate) access_token: AccessToken,
    pub(crate) refresh_token: RefreshToken,
    pub(crate) state: State,
    bound_to: Option<Thumbprint>,
    pub(crate) minted: u128,
}

impl Tale {
    /// Tells a story to the end of its login.
    pub(crate) fn of(story: &Story) -> Self {
        let nothing = || Text::new("nothing-yet");
        let mut tale = Self {
            trace: Trace::new(cast()),
            session: SessionId::new(nothing()).unwrap(),
            code: AuthorizationCode::new(nothing()).unwrap(),
            access_token: AccessToken::new(nothing()).unwrap(),
            refresh_token: RefreshToken::new(nothing()).unwrap(),
            state: State::new(nothing()).unwrap(),
            bound_to: story.bound_to.map(|key| Thumbprint::new(key).unwrap()),
            minted: 0,
        };
        tale.trace.provenance_mut().flow("alice.1");
        let verifier = tale.verifier(story);
        let asked = tale.start(story, verifier.as_ref());
        let issued = tale.authorize(story, asked, verifier.as_ref());
        tale.complete(story, issued, verifier);
        tale
    }

    fn verifier(&mut self, story: &Story) -> Option<CodeVerifier> {
        let fresh = self.mint(Fresh::CodeVerifier, CLIENT, 0);
        let characters = story.verifier.unwrap_or(43);
        story.method?;
        Some(CodeVerifier::new(&fresh.as_str()[..characters]).unwrap())
    }

    /// The browser comes to the client, and is sent to the server.
    fn start(&mut self, story: &Story, verifier: Option<&CodeVerifier>) -> EntryId {
        let mut cause = self.acts(ALICE);
        if let Some(server) = story.wants {
            let (client, server) = (Text::new("client"), Text::new(server));
            cause = self.push(ALICE, Some(cause), What::Intended { client, server });
        }
        let arrived = self.asks(ALICE, CLIENT, cause, get("https://client.example", &[]));
        self.session = SessionId::new(self.mint(Fresh::Session, CLIENT, arrived)).unwrap();
        self.state = State::new(self.mint(Fresh::State, CLIENT, arrived)).unwrap();
        let challenge = story
            .method
            .and_then(|method| Some(verifier?.challenge(method)));
        let started = Event::LoginStarted {
            session: self.session.clone(),
            issuer: Issuer::new(ISSUER).unwrap(),
            client_id: ClientId::new("client").unwrap(),
            redirect_uri: Some(RedirectionUri::new(CALLBACK).unwrap()),
            scope: Some(Scope::new("read").unwrap()),
            state: Some(self.state.clone()),
            nonce: None,
            code_challenge: challenge,
        };
        self.notes(CLIENT, arrived, started);
        self.answers(
            CLIENT,
            ALICE,
            arrived,
            Response::new(Status::SEE_OTHER, Body::Empty),
        )
    }

    /// Somebody's browser asks the server, and its owner says yes: up to the response with the code.
    fn authorize(
        &mut self,
        story: &Story,
        cause: EntryId,
        verifier: Option<&CodeVerifier>,
    ) -> EntryId {
        let browser = story.asks;
        let cause = match browser == ALICE {
            true => cause,
            false => self.acts(browser),
        };
        let fields = [("response_type", "code"), ("redirect_uri", CALLBACK)];
        let arrived = self.asks(browser, SERVER, cause, get(ISSUER, &fields));
        let session = SessionId::new(self.mint(Fresh::Session, SERVER, arrived)).unwrap();
        let transaction =
            TransactionId::new(self.mint(Fresh::Transaction, SERVER, arrived)).unwrap();
        let challenge = story
            .method
            .and_then(|method| Some(verifier?.challenge(method)));
        let (allowed, scope) = story.scopes;
        let requested = Event::AuthorizationRequested {
            transaction: transaction.clone(),
            client_id: ClientId::new(story.client_id).unwrap(),
            redirect_uri: RedirectionUri::new(CALLBACK).unwrap(),
            redirect_registered: story.registered,
            scope: Scope::new("read write").unwrap(),
            state: Some(self.state.clone()),
            code_challenge: challenge.clone(),
        };
        self.notes(SERVER, arrived, requested);
        let decided = match story.skipped {
            Some((remembered, confidential)) => {
                self.authenticated(story, arrived, &transaction, &session);
                let skipped = Event::ConsentSkipped {
                    transaction: transaction.clone(),
                    subject: Subject::new(story.subject).unwrap(),
                    client_id: ClientId::new(story.client_id).unwrap(),
                    remembered,
                    client_confidential: confidential,
                };
                self.notes(SERVER, arrived, skipped);
                arrived
            }
            None => self.consents(story, arrived, &transaction, &session, allowed),
        };
        self.code = AuthorizationCode::new(self.mint(Fresh::Code, SERVER, decided)).unwrap();
        let issued = Event::CodeIssued {
            code: self.code.clone(),
            grant: self.grant(),
            transaction,
            client_id: ClientId::new(story.client_id).unwrap(),
            subject: Subject::new(story.subject).unwrap(),
            scope: Scope::new(scope).unwrap(),
            redirect_uri: RedirectionUri::new(CALLBACK).unwrap(),
            redirect_registered: story.registered,
            code_challenge: challenge,
            session,
            expires_at: Some(START.after(Span::from_seconds(60))),
        };
        self.notes(SERVER, decided, issued);
        let response = Response::redirect(Status::SEE_OTHER, Location::to(story.location));
        self.answers(SERVER, browser, decided, response)
    }

    fn authenticated(
        &mut self,
        story: &Story,
        cause: EntryId,
        transaction: &TransactionId,
        session: &SessionId,
    ) {
        let authenticated = Event::OwnerAuthenticated {
            transaction: transaction.clone(),
            subject: Subject::new(story.subject).unwrap(),
            session: session.clone(),
            by_password: true,
        };
        self.notes(SERVER, cause, authenticated);
    }

    /// The consent page, and the form that comes back.
    fn consents(
        &mut self,
        story: &Story,
        cause: EntryId,
        transaction: &TransactionId,
        session: &SessionId,
        allowed: &str,
    ) -> EntryId {
        let browser = story.asks;
        self.authenticated(story, cause, transaction, session);
        let shown = Event::ConsentPageShown {
            transaction: transaction.clone(),
            client_id: ClientId::new(story.shown).unwrap(),
            scope: Scope::new("read write").unwrap(),
        };
        self.notes(SERVER, cause, shown);
        let page = self.answers(
            SERVER,
            browser,
            cause,
            Response::new(Status::OK, Body::Empty),
        );
        let tab = Text::new("1");
        let title = Text::new("Allow access?");
        self.notes(
            browser,
            page,
            Event::PageShown {
                tab: tab.clone(),
                title,
            },
        );
        let press = match story.by_user {
            true => self.acts(browser),
            false => page,
        };
        let sent = Event::FormSent {
            tab,
            by_user: story.by_user,
            framed_by: story.framed_by.map(Text::new),
        };
        self.notes(browser, press, sent);
        let mut form = get(ISSUER, &[]);
        form.headers.push(Header::Origin(Text::new(story.page)));
        let arrived = self.asks(browser, SERVER, press, form);
        let given = Event::ConsentGiven {
            transaction: transaction.clone(),
            subject: Subject::new(story.subject).unwrap(),
            client_id: ClientId::new(story.client_id).unwrap(),
            scope: Scope::new(allowed).unwrap(),
        };
        self.notes(SERVER, arrived, given);
        arrived
    }

    /// The code comes to the client, is redeemed, and a login completes.
    fn complete(&mut self, story: &Story, issued: EntryId, verifier: Option<CodeVerifier>) {
        let browser = story.completes;
        let (cause, session) = match browser == story.asks {
            true => (issued, self.session.clone()),
            false => self.foreign_session(browser),
        };
        let arrived = self.asks(browser, CLIENT, cause, get("https://client.example", &[]));
        let issuer = Issuer::new(ISSUER).unwrap();
        let accepted = Event::CallbackAccepted {
            session: session.clone(),
            issuer: issuer.clone(),
            state: story.returns_state.then(|| self.state.clone()),
            code: self.code.clone(),
            asked_here: true,
        };
        self.notes(CLIENT, arrived, accepted);
        let requested = Event::TokenRequested {
            issuer: issuer.clone(),
            code: self.code.clone(),
            code_verifier: verifier.clone(),
            redirect_uri: None,
        };
        self.notes(CLIENT, arrived, requested);
        let form = Fields::EMPTY.with("code", self.code.text().clone());
        let request = post(ISSUER, form);
        let got = self.asks(CLIENT, story.token_endpoint, arrived, request);
        let redeemed = match story.redeemer == CLIENT {
            true => got,
            false => {
                let acts = self.acts(story.redeemer);
                self.asks(story.redeemer, SERVER, acts, post(ISSUER, Fields::EMPTY))
            }
        };
        self.redeem(
            story,
            redeemed,
            verifier.filter(|_| story.verifier.is_some()),
        );
        let answered = self.answers(
            story.token_endpoint,
            CLIENT,
            got,
            Response::new(Status::OK, Body::Empty),
        );
        let received = Event::TokensReceived {
            issuer: issuer.clone(),
            access_token: self.access_token.clone(),
            refresh_token: Some(self.refresh_token.clone()),
            scope: None,
        };
        self.notes(CLIENT, answered, received);
        let completed = Event::LoginCompleted {
            session,
            issuer,
            subject: Some(Subject::new(story.subject).unwrap()),
            account: Text::from(format!("{ISSUER}|{}", story.subject)),
            code: self.code.clone(),
        };
        self.notes(CLIENT, answered, completed);
    }

    /// A session of another browser, which has started a login with the same values.
    fn foreign_session(&mut self, browser: PartyId) -> (EntryId, SessionId) {
        let acts = self.acts(browser);
        let arrived = self.asks(browser, CLIENT, acts, get("https://client.example", &[]));
        let session = SessionId::new(self.mint(Fresh::Session, CLIENT, arrived)).unwrap();
        (self.acts(browser), session)
    }

    /// What the server notes when it redeems the code.
    pub(crate) fn redeem(&mut self, story: &Story, cause: EntryId, verifier: Option<CodeVerifier>) {
        let (client_id, proved) = story.redeems_as;
        let client_id = ClientId::new(client_id).unwrap();
        let redeemed = Event::CodeRedeemed {
            code: self.code.clone(),
            grant: self.grant(),
            client_id: client_id.clone(),
            client_confidential: true,
            client_authenticated: proved,
            redeemed_at: START,
            code_verifier: verifier,
            redirect_uri: story.repeats.map(|uri| RedirectionUri::new(uri).unwrap()),
        };
        self.notes(SERVER, cause, redeemed);
        self.issue(cause, client_id.as_str(), story.subject, story.scopes.1);
    }

    /// New tokens of the grant.
    pub(crate) fn issue(&mut self, cause: EntryId, client_id: &str, subject: &str, scope: &str) {
        self.access_token = AccessToken::new(self.mint(Fresh::AccessToken, SERVER, cause)).unwrap();
        self.refresh_token =
            RefreshToken::new(self.mint(Fresh::RefreshToken, SERVER, cause)).unwrap();
        let grant = self.grant();
        let client_id = ClientId::new(client_id).unwrap();
        let scope = Scope::new(scope).unwrap();
        self.notes(STORE, cause, Event::TokensKept { grant });
        let issued = Event::AccessTokenIssued {
            access_token: self.access_token.clone(),
            grant,
            client_id: client_id.clone(),
            subject: Subject::new(subject).unwrap(),
            scope: scope.clone(),
            bound_to: self.bound_to.clone(),
            expires_at: None,
        };
        self.notes(SERVER, cause, issued);
        let renewable = Event::RefreshTokenIssued {
            refresh_token: self.refresh_token.clone(),
            grant,
            client_id,
            scope,
            bound_to: None,
        };
        self.notes(SERVER, cause, renewable);
    }
}

/// A `GET` of the first page of an origin.
pub(crate) fn get(origin: &str, fields: &[(&str, &str)]) -> Request {
    let host = origin.trim_start_matches("https://");
    let mut query = Fields::EMPTY;
    for (name, value) in fields {
        query.push(name, Text::new(value));
    }
    Request::get(Url::new(&Origin::https(host), "/").with_query(Encoded::Fields(query)))
}

/// A form for an origin.
pub(crate) fn post(origin: &str, fields: Fields) -> Request {
    let url = get(origin, &[]).url;
    Request::post(url, Body::Form(Encoded::Fields(fields)))
}

/// A refusal by a rule.
pub(crate) fn refusal(rule: Rule) -> Refusal {
    Refusal::new(rule, Compared::Absent, Compared::Absent)
}

/// An error that goes to the client's redirection URI.
pub(crate) fn error_redirected(registered: bool, authenticated: bool) -> Event {
    Event::ErrorRedirected {
        redirect_uri: Text::new(CALLBACK),
        redirect_registered: registered,
        error: ErrorCode::InvalidScope,
        owner_authenticated: authenticated,
    }
}
