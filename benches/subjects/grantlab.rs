//! Our server and its store, as a live server runs them: octets in, octets out, every rule on.

use std::sync::Arc;

use grantlab_core::authorization_server::policy::AuthorizationServerPolicy;
use grantlab_core::authorization_server::registration::{
    AbsentRedirectUri, Account, Configuration, Endpoints, IssueRefreshToken, Options, Registration,
    ScopeInResponse,
};
use grantlab_core::authorization_server::{AuthorizationServer, Input};
use grantlab_core::entropy::{Entropy, FRESH_OCTETS, Fresh};
use grantlab_core::grant_store::GrantStore;
use grantlab_core::http::{Body, Header, Origin, Page, Scheme};
use grantlab_core::limits::STORE_RECORDS_MAX;
use grantlab_core::machine::{Context, ExchangeId, Machine, Notes, Output, Spare};
use grantlab_core::text::Text;
use grantlab_core::time::{Span, Timestamp};
use grantlab_core::value::{
    ClientAuthenticationMethod, ClientId, ClientSecret, Issuer, Password, RedirectionUri,
    ResponseType, Scope, Subject as Owner, Username,
};
use grantlab_core::wire::http::{RequestReader, ResponseWriter, read_response};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::Subject;
use super::requests::{
    CLIENT_ID, CLIENT_SECRET, HOST, ISSUER, REDIRECT_URI, SCOPE, SUBJECT, authorization,
};

/// Fresh values from a stream cipher.
pub(crate) struct Stream {
    octets: ChaCha8Rng,
    tickets: u64,
}

impl Stream {
    /// The stream of one seed.
    pub(crate) fn new(seed: u8) -> Self {
        Self {
            octets: ChaCha8Rng::from_seed([seed; 32]),
            tickets: 0,
        }
    }
}

impl Entropy for Stream {
    fn fresh(&mut self, _: Fresh) -> [u8; FRESH_OCTETS] {
        let mut octets = [0; FRESH_OCTETS];
        self.octets.fill_bytes(&mut octets);
        octets
    }

    fn ticket(&mut self) -> u64 {
        self.tickets += 1;
        self.tickets
    }
}

/// Fresh values from the operating system, 4 KiB at a time.
pub(crate) struct OperatingSystem {
    octets: Vec<u8>,
    tickets: u64,
}

impl OperatingSystem {
    /// Nothing drawn yet.
    pub(crate) fn new() -> Self {
        Self {
            octets: Vec::new(),
            tickets: 0,
        }
    }
}

impl Entropy for OperatingSystem {
    fn fresh(&mut self, _: Fresh) -> [u8; FRESH_OCTETS] {
        if self.octets.len() < FRESH_OCTETS {
            self.octets.resize(4_096, 0);
            let mut random = std::fs::File::open("/dev/urandom").expect("a random device");
            std::io::Read::read_exact(&mut random, &mut self.octets).expect("random octets");
        }
        let rest = self.octets.len() - FRESH_OCTETS;
        let drawn = self.octets.split_off(rest);
        drawn.try_into().expect("32 octets")
    }

    fn ticket(&mut self) -> u64 {
        self.tickets += 1;
        self.tickets
    }
}

/// A server and its store.
pub(crate) struct Grantlab {
    server: AuthorizationServer,
    store: GrantStore,
    entropy: Box<dyn Entropy + Send>,
    now: Timestamp,
    outputs: Vec<Output>,
    reader: RequestReader,
    writer: ResponseWriter,
    spare: Spare,
    notes: Notes,
    /// The cookie of the browser whose owner is logged in.
    pub(crate) session: String,
}

impl Grantlab {
    /// A server whose owner has logged in and consented once.
    pub(crate) fn new() -> Self {
        Self::with(STORE_RECORDS_MAX, Notes::Unread, Box::new(Stream::new(1)))
    }

    /// The same with a store that keeps so many records of each kind.
    pub(crate) fn with_capacity(records: usize) -> Self {
        Self::with(records, Notes::Unread, Box::new(Stream::new(1)))
    }

    /// The same with facts noted, or another source of fresh values.
    pub(crate) fn with(records: usize, notes: Notes, entropy: Box<dyn Entropy + Send>) -> Self {
        let mut subject = Self {
            server: AuthorizationServer::new(Arc::new(configuration())),
            store: GrantStore::new(records),
            entropy,
            now: Timestamp(1_700_000_000_000),
            outputs: Vec::new(),
            reader: RequestReader::default(),
            writer: ResponseWriter::default(),
            spare: Spare::default(),
            notes,
            session: "none".to_owned(),
        };
        subject.log_in();
        subject
    }

    /// Lets time pass.
    pub(crate) fn advance(&mut self, ms: u64) {
        self.now = self.now.after(Span(ms));
    }

    /// Through the pages, as a browser does.
    fn log_in(&mut self) {
        let page = self.visit(&authorization("none"));
        let password = [("username", "alice"), ("password", "a-password")];
        let page = self.visit(&form(&page, "/login", &password, &self.session));
        let consent = form(&page, "/consent", &[("decision", "approve")], &self.session);
        let mut response = Vec::new();
        self.answer(&consent, &mut response);
        assert!(super::requests::code(&response).len() >= 43);
    }

    /// The same when the session is over: the owner has consented before.
    pub(crate) fn log_in_again(&mut self) {
        let page = self.visit(&authorization("none"));
        let password = [("username", "alice"), ("password", "a-password")];
        self.ask(&form(&page, "/login", &password, &self.session));
    }

    /// Sends a request that a page answers.
    fn visit(&mut self, request: &[u8]) -> Page {
        match self.ask(request) {
            Body::Page(page) => page,
            other @ (Body::Empty | Body::Form(_) | Body::Json(_) | Body::Octets { .. }) => {
                panic!("no page: {other:?}")
            }
        }
    }

    /// Sends a request, and keeps the cookie.
    fn ask(&mut self, request: &[u8]) -> Body {
        let mut response = Vec::new();
        self.answer(request, &mut response);
        let response = read_response(&response).expect("a response");
        for header in &response.headers.0 {
            if let Header::SetCookie(cookie) = header {
                cookie.value.as_str().clone_into(&mut self.session);
            }
        }
        response.body
    }
}

impl Subject for Grantlab {
    fn name(&self) -> &'static str {
        "grantlab"
    }

    fn leaves_out(&self) -> &'static str {
        "nothing: the same machines that the simulator runs, `rfc9700` policy, secrets at rest as SHA-256"
    }

    fn answer(&mut self, request: &[u8], response: &mut Vec<u8>) {
        let request = self
            .reader
            .read(&Scheme::Https, request)
            .expect("a request");
        let mut ctx = Context::new(self.now, &mut *self.entropy, &mut self.outputs)
            .with_store(&mut self.store)
            .with_spare(&mut self.spare)
            .with_notes(self.notes);
        let exchange = ExchangeId(0);
        self.server
            .handle(Input::Request { exchange, request }, &mut ctx);
        for output in self.outputs.drain(..) {
            match output {
                Output::Respond { response: one, .. } => {
                    response.extend_from_slice(self.writer.write(&one));
                }
                Output::Note(_) => {}
                Output::Store { .. } | Output::Reply { .. } | Output::Send { .. } => {
                    unreachable!("the store is at hand, and this server asks nobody else")
                }
            }
        }
    }
}

/// The form of a page, filled in.
fn form(page: &Page, path: &str, fields: &[(&str, &str)], session: &str) -> Vec<u8> {
    let form = page.forms.first().expect("a form");
    let mut pairs = grantlab_core::http::Fields::EMPTY;
    for field in &form.fields {
        let typed = fields.iter().find(|(name, _)| field.name == *name);
        let value = typed.map_or(field.value.clone(), |(_, value)| Text::new(value));
        pairs.push(field.name.as_str(), value);
    }
    for (name, value) in fields {
        if pairs.first(name).is_none() {
            pairs.push(name, *value);
        }
    }
    let mut body = String::new();
    grantlab_core::wire::form::write(&pairs, &mut body);
    format!(
        "POST {path} HTTP/1.1\r\nHost: {HOST}\r\nOrigin: {ISSUER}\r\nCookie: __Host-as_session={session}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn configuration() -> Configuration {
    Configuration {
        issuer: Issuer::new(ISSUER).expect("an issuer"),
        origin: Origin::https(HOST),
        endpoints: Endpoints::usual(),
        policy: AuthorizationServerPolicy::secure(),
        options: options(),
        clients: vec![client()],
        accounts: vec![Account {
            username: Username::new("alice").expect("a name"),
            password: Password::new("a-password").expect("a password"),
            subject: Owner::new(SUBJECT).expect("a subject"),
            email: Text::new("alice@mail.example"),
            roles: Vec::new(),
        }],
        developers: Vec::new(),
        signing_key: None,
    }
}

fn options() -> Options {
    Options {
        code_lifetime: Some(Span::from_seconds(60)),
        access_token_lifetime: Some(Span::from_seconds(3_600)),
        refresh_token_lifetime: Some(Span::from_seconds(1_209_600)),
        session_lifetime: Span::from_seconds(28_800),
        transaction_lifetime: Span::from_seconds(1_800),
        pushed_lifetime: Span::from_seconds(60),
        refresh_token: IssueRefreshToken::IfRegistered,
        absent_redirect_uri: AbsentRedirectUri::OnlyRegistered,
        default_scope: Scope::new(SCOPE).expect("a scope"),
        scope_in_response: ScopeInResponse::Always,
        scope_in_redirect: false,
        authorization_by_post: false,
        json_token_requests: false,
        token_type: Text::new("Bearer"),
        extra_members: Vec::new(),
        third_party: Origin::https("third.example"),
    }
}

fn client() -> Registration {
    Registration {
        client_id: ClientId::new(CLIENT_ID).expect("an id"),
        client_secret: Some(ClientSecret::new(CLIENT_SECRET).expect("a secret")),
        authentication: vec![ClientAuthenticationMethod::Basic],
        redirect_uris: vec![RedirectionUri::new(REDIRECT_URI).expect("a URI")],
        response_types: vec![ResponseType::CODE],
        response_modes: Vec::new(),
        code_grant: true,
        refresh_grant: true,
        scope: Scope::new("openid email offline_access read write").expect("a scope"),
        introspects: false,
    }
}
