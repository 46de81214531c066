//! A server and its store, with every store request held back until a test lets it go.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use grantlab_core::authorization_server::policy::AuthorizationServerPolicy;
use grantlab_core::authorization_server::registration::{
    AbsentRedirectUri, Account, Configuration, Endpoints, IssueRefreshToken, Options, Registration,
    ScopeInResponse,
};
use grantlab_core::authorization_server::{AuthorizationServer, Command, Input};
use grantlab_core::canonical::{Canonical, Encoder};
use grantlab_core::entropy::{Entropy, FRESH_OCTETS, Fresh};
use grantlab_core::event::Event;
use grantlab_core::grant_store::{self, GrantStore};
use grantlab_core::http::{
    Body, Encoded, Fields, Header, Method, Origin, Request, Response, Status, Url,
};
use grantlab_core::json::Json;
use grantlab_core::machine::{Context, ExchangeId, Machine, Output, Ticket};
use grantlab_core::message::store::{
    CodeRecord, CodeStage, GrantId, StoreReply, StoreRequest, TokenStage,
};
use grantlab_core::message::{IntrospectionResponse, SigningKey};
use grantlab_core::refusal::{Refusal, Rule};
use grantlab_core::text::Text;
use grantlab_core::time::{Span, Timestamp};
use grantlab_core::value::{
    ClientAuthenticationMethod, ClientId, ClientSecret, CodeChallenge, CodeChallengeMethod, Issuer,
    Nonce, Password, RedirectionUri, ResponseMode, ResponseType, Scope, SecretDigest, Subject,
    Username,
};
use grantlab_core::wire::basic;

/// The verifier and challenge of RFC 7636 Appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// The code, client, secret and redirection URI of the example in RFC 6749 §4.1.3.
pub(crate) const CODE: &str = "SplxlOBeZQQYbYS6WxSbIA";
pub(crate) const CLIENT: &str = "s6BhdRkqt3";
pub(crate) const SECRET: &str = "gX1fBat3bV";
pub(crate) const CALLBACK: &str = "https://client.example.com/cb";

struct Counter(u64);

impl Entropy for Counter {
    fn fresh(&mut self, kind: Fresh) -> [u8; FRESH_OCTETS] {
        self.0 += 1;
        let mut octets = [kind as u8; FRESH_OCTETS];
        octets[..8].copy_from_slice(&self.0.to_be_bytes());
        octets
    }

    fn ticket(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
}

/// A store request that is held back.
struct Waiting {
    node: usize,
    ticket: Ticket,
    request: Arc<StoreRequest>,
}

/// Two nodes of a server, and their store.
pub(crate) struct Rig {
    nodes: [AuthorizationServer; 2],
    store: GrantStore,
    pub(crate) now: Timestamp,
    entropy: Counter,
    pub(crate) events: Vec<Event>,
    waiting: VecDeque<Waiting>,
    responses: BTreeMap<ExchangeId, Response>,
    exchanges: u64,
}

impl Rig {
    /// A secure server with the code of [`code`] in its store.
    pub(crate) fn new() -> Self {
        Self::set(&[])
    }

    /// The same with switches set, as `key=value`.
    pub(crate) fn set(settings: &[&str]) -> Self {
        Self::with(|configuration| {
            for setting in settings {
                let (key, value) = setting.split_once('=').unwrap();
                configuration.policy.set(key, value).unwrap();
            }
        })
    }

    pub(crate) fn with(change: impl FnOnce(&mut Configuration)) -> Self {
        let mut rig = Self::empty(change, 1_000);
        rig.save(code());
        rig
    }

    /// A server whose store has nothing in it, and not much room.
    pub(crate) fn empty(change: impl FnOnce(&mut Configuration), records: usize) -> Self {
        let mut configuration = configuration();
        change(&mut configuration);
        let node = AuthorizationServer::new(Arc::new(configuration));
        Self {
            nodes: [node.clone(), node],
            store: GrantStore::new(records),
            now: Timestamp(1_000),
            entropy: Counter(0),
            events: Vec::new(),
            waiting: VecDeque::new(),
            responses: BTreeMap::new(),
            exchanges: 0,
        }
    }

    /// Puts a code into the store, as the authorization endpoint does.
    pub(crate) fn save(&mut self, code: CodeRecord) {
        let reply = self.ask(StoreRequest::SaveCode(Arc::new(code)));
        assert_eq!(reply, StoreReply::Done);
    }

    /// Asks the store something of its own.
    pub(crate) fn ask(&mut self, request: StoreRequest) -> StoreReply {
        let input = grant_store::Input {
            ticket: Ticket(0),
            request: request.into(),
        };
        let outputs = step(&mut self.store, input, self.now, &mut self.entropy);
        let mut replies = outputs.into_iter().filter_map(|output| {
            if let Output::Reply { reply, .. } = output {
                return Some(reply);
            }
            None
        });
        replies.next().unwrap()
    }

    /// Sends a request and lets everything go its way.
    pub(crate) fn send(&mut self, request: Request) -> Response {
        let exchange = self.start(request);
        self.finish();
        self.response(exchange)
            .expect("every request has an answer")
    }

    /// Sends a request to the first node and holds its store requests back.
    pub(crate) fn start(&mut self, request: Request) -> ExchangeId {
        self.start_at(0, request)
    }

    /// Likewise, to another node.
    pub(crate) fn start_at(&mut self, node: usize, request: Request) -> ExchangeId {
        self.exchanges += 1;
        let exchange = ExchangeId(self.exchanges);
        self.handle(
            node,
            Input::Request {
                exchange,
                request: request.into(),
            },
        );
        exchange
    }

    /// Lets the oldest store request go, and says which it was.
    pub(crate) fn step(&mut self) -> Option<&'static str> {
        let waiting = self.waiting.pop_front()?;
        Some(self.let_go(waiting))
    }

    /// Lets one of the store requests go, whichever `pick` says, and says whether there was one.
    pub(crate) fn step_any(&mut self, pick: usize) -> bool {
        let place = pick.checked_rem(self.waiting.len());
        let waiting = place.and_then(|place| self.waiting.remove(place));
        waiting.map(|waiting| self.let_go(waiting)).is_some()
    }

    /// Lets the oldest store request of this name go before all others.
    pub(crate) fn step_called(&mut self, name: &str) {
        let mut waiting = self.waiting.iter();
        let place = waiting.position(|waiting| waiting.request.name() == name);
        let waiting = self.waiting.remove(place.unwrap()).unwrap();
        self.let_go(waiting);
    }

    fn let_go(&mut self, waiting: Waiting) -> &'static str {
        let Waiting {
            node,
            ticket,
            request,
        } = waiting;
        let name = request.name();
        let input = grant_store::Input { ticket, request };
        for output in step(&mut self.store, input, self.now, &mut self.entropy) {
            match output {
                Output::Reply { ticket, reply } => {
                    self.handle(node, Input::StoreReply { ticket, reply });
                }
                Output::Note(event) => self.events.push(Arc::unwrap_or_clone(event)),
                Output::Send { .. } | Output::Respond { .. } | Output::Store { .. } => {
                    panic!("not a store's output")
                }
            }
        }
        name
    }

    /// The oldest store request that waits.
    pub(crate) fn held_back(&self) -> Option<&StoreRequest> {
        self.waiting.front().map(|waiting| &*waiting.request)
    }

    /// Everything about the first node that can change.
    pub(crate) fn octets(&self) -> Vec<u8> {
        let mut encoder = Encoder::default();
        self.nodes[0].encode(&mut encoder);
        encoder.into_octets()
    }

    /// Lets everything go.
    pub(crate) fn finish(&mut self) {
        while self.step().is_some() {}
    }

    pub(crate) fn response(&mut self, exchange: ExchangeId) -> Option<Response> {
        self.responses.remove(&exchange)
    }

    /// A crash of every node and a new start: what they were waiting for is gone.
    pub(crate) fn crash(&mut self) {
        for node in &mut self.nodes {
            node.restart();
        }
        self.waiting.clear();
    }

    pub(crate) fn command(&mut self, command: Command) {
        for node in 0..self.nodes.len() {
            self.handle(node, Input::Command(command.clone()));
        }
    }

    pub(crate) fn advance(&mut self, span: Span) {
        self.now = self.now.after(span);
        for node in 0..self.nodes.len() {
            self.handle(node, Input::Deadline);
        }
    }

    fn handle(&mut self, node: usize, input: Input) {
        for output in step(&mut self.nodes[node], input, self.now, &mut self.entropy) {
            match output {
                Output::Respond { exchange, response } => {
                    let earlier = self
                        .responses
                        .insert(exchange, Arc::unwrap_or_clone(response));
                    assert_eq!(earlier, None, "one answer per request");
                }
                Output::Store { ticket, request } => self.waiting.push_back(Waiting {
                    node,
                    ticket,
                    request,
                }),
                Output::Note(event) => self.events.push(Arc::unwrap_or_clone(event)),
                Output::Send { .. } | Output::Reply { .. } => panic!("not a server's output"),
            }
        }
    }

    /// The names of what happened since the last call.
    pub(crate) fn happened(&mut self) -> Vec<&'static str> {
        self.events.drain(..).map(|event| event.name()).collect()
    }

    /// The last refusal that was noted.
    pub(crate) fn refusal(&self) -> Option<&Refusal> {
        self.events.iter().rev().find_map(|event| {
            if let Event::TokenRefused { refusal, .. } | Event::RequestRefused { refusal } = event {
                return Some(refusal);
            }
            None
        })
    }

    pub(crate) fn rule(&self) -> Option<Rule> {
        self.refusal().map(|refusal| refusal.rule)
    }

    /// What became of a request, in one line.
    pub(crate) fn outcome(&mut self, request: Request) -> String {
        self.events.clear();
        let response = self.send(request);
        match self.rule() {
            None => format!("{}", response.status.0),
            Some(rule) => format!(
                "{} {} ({})",
                response.status.0,
                member(&response, "error").unwrap_or_default(),
                rule.text().id
            ),
        }
    }

    pub(crate) fn code_stage(&mut self, code: &str) -> CodeStage {
        let reply = self.ask(StoreRequest::LoadCode(SecretDigest::of(code)));
        let StoreReply::Code(record) = reply else {
            panic!("{reply:?}");
        };
        record.stage
    }

    pub(crate) fn token_stage(&mut self, token: &str) -> Option<TokenStage> {
        let reply = self.ask(StoreRequest::LoadToken(SecretDigest::of(token)));
        let StoreReply::Token(record) = reply else {
            return None;
        };
        Some(record.stage)
    }

    /// What a resource server is told about a token.
    pub(crate) fn introspect(&mut self, token: &str) -> IntrospectionResponse {
        let fields = Fields::EMPTY.with("token", token);
        let response = self.send(post("/introspect", fields, Some(("rs", "rs-secret"))));
        IntrospectionResponse::parse(json(&response)).unwrap()
    }

    pub(crate) fn is_active(&mut self, token: &str) -> bool {
        self.introspect(token) != IntrospectionResponse::Inactive
    }
}

fn step<M: Machine>(
    machine: &mut M,
    input: M::Input,
    now: Timestamp,
    entropy: &mut Counter,
) -> Vec<Output> {
    let mut outputs = Vec::new();
    machine.handle(input, &mut Context::new(now, entropy, &mut outputs));
    outputs
}

fn configuration() -> Configuration {
    Configuration {
        issuer: Issuer::new("https://as.example").unwrap(),
        origin: Origin::https("as.example"),
        endpoints: Endpoints::usual(),
        policy: AuthorizationServerPolicy::secure(),
        options: Options {
            code_lifetime: Some(Span::from_seconds(600)),
            access_token_lifetime: Some(Span::from_seconds(3_600)),
            refresh_token_lifetime: Some(Span::from_seconds(86_400)),
            session_lifetime: Span::from_seconds(3_600),
            transaction_lifetime: Span::from_seconds(1_800),
            pushed_lifetime: Span::from_seconds(60),
            refresh_token: IssueRefreshToken::IfRegistered,
            absent_redirect_uri: AbsentRedirectUri::OnlyRegistered,
            default_scope: scope("read"),
            scope_in_response: ScopeInResponse::Always,
            scope_in_redirect: false,
            authorization_by_post: true,
            json_token_requests: false,
            token_type: Text::new("Bearer"),
            extra_members: Vec::new(),
            third_party: Origin::https("third.example"),
        },
        clients: vec![
            client(CLIENT, Some(SECRET), ClientAuthenticationMethod::Basic),
            client(
                "form",
                Some("form-secret"),
                ClientAuthenticationMethod::Form,
            ),
            client(
                "json",
                Some("json-secret"),
                ClientAuthenticationMethod::Json,
            ),
            client("app", None, ClientAuthenticationMethod::None),
            Registration {
                introspects: true,
                code_grant: false,
                refresh_grant: false,
                ..client("rs", Some("rs-secret"), ClientAuthenticationMethod::Basic)
            },
        ],
        accounts: vec![Account {
            username: Username::new("alice").unwrap(),
            password: Password::new("password").unwrap(),
            subject: Subject::new("sub-alice").unwrap(),
            email: Text::new("alice@mail.example"),
            roles: vec![Text::new("ADMIN"), Text::new("USER")],
        }],
        developers: Vec::new(),
        signing_key: Some(SigningKey::from_seed("k", [7; 32])),
    }
}

fn client(name: &str, secret: Option<&str>, method: ClientAuthenticationMethod) -> Registration {
    Registration {
        client_id: ClientId::new(name).unwrap(),
        client_secret: secret.map(|secret| ClientSecret::new(secret).unwrap()),
        authentication: vec![method],
        redirect_uris: vec![
            RedirectionUri::new(CALLBACK).unwrap(),
            RedirectionUri::new("https://client.example.com/other").unwrap(),
        ],
        response_types: vec![ResponseType::CODE],
        response_modes: vec![ResponseMode::Query],
        code_grant: true,
        refresh_grant: true,
        scope: scope("read write openid email offline_access"),
        introspects: false,
    }
}

pub(crate) fn scope(text: &str) -> Scope {
    Scope::new(text).unwrap()
}

/// What [`CODE`] stands for.
pub(crate) fn code() -> CodeRecord {
    code_called(CODE)
}

pub(crate) fn code_called(name: &str) -> CodeRecord {
    CodeRecord {
        grant: GrantId(SecretDigest::of(name)),
        client_id: ClientId::new(CLIENT).unwrap(),
        subject: Subject::new("sub-alice").unwrap(),
        scope: scope("read write"),
        scope_asked: Some(scope("read write")),
        redirect_uri: Some(RedirectionUri::new(CALLBACK).unwrap()),
        challenge: Some((
            CodeChallenge::new(CHALLENGE).unwrap(),
            CodeChallengeMethod::S256,
        )),
        nonce: Some(Nonce::new("n-0S6_WzA2Mj").unwrap()),
        auth_time: None,
        issued_at: Timestamp(1_000),
        expires_at: Some(Timestamp(601_000)),
        stage: CodeStage::Issued,
    }
}

/// The form of an honest redemption.
pub(crate) fn redemption() -> Fields {
    Fields::EMPTY
        .with("grant_type", "authorization_code")
        .with("code", CODE)
        .with("redirect_uri", CALLBACK)
        .with("code_verifier", VERIFIER)
}

/// An honest redemption.
pub(crate) fn redeem() -> Request {
    as_client(redemption())
}

/// A token request of the example client.
pub(crate) fn as_client(fields: Fields) -> Request {
    post("/token", fields, Some((CLIENT, SECRET)))
}

pub(crate) fn refresh_with(token: &str) -> Request {
    as_client(refresh_fields(token))
}

pub(crate) fn refresh_fields(token: &str) -> Fields {
    Fields::EMPTY
        .with("grant_type", "refresh_token")
        .with("refresh_token", token)
}

/// A form, with Basic credentials or without.
pub(crate) fn post(path: &str, fields: Fields, credentials: Option<(&str, &str)>) -> Request {
    let url = Url::new(&Origin::https("as.example"), path);
    let mut request = Request::post(url, Body::Form(Encoded::Fields(fields)));
    if let Some((client_id, client_secret)) = credentials {
        let authorization = basic::write(client_id, client_secret);
        request.headers.push(Header::Authorization(authorization));
    }
    request
}

pub(crate) fn get(path: &str) -> Request {
    let url = Url::new(&Origin::https("as.example"), path);
    Request {
        method: Method::Get,
        ..Request::post(url, Body::Empty)
    }
}

pub(crate) fn json(response: &Response) -> &Json {
    let Body::Json(json) = &response.body else {
        panic!("not JSON: {response:?}");
    };
    json
}

/// A string member of a JSON response.
pub(crate) fn member(response: &Response, name: &str) -> Option<String> {
    let text = json(response).member(name)?.as_text()?;
    Some(text.as_str().to_owned())
}

/// The tokens of a response that grants them.
pub(crate) fn tokens(response: &Response) -> (String, String) {
    assert_eq!(response.status, Status::OK, "{response:?}");
    (
        member(response, "access_token").unwrap(),
        member(response, "refresh_token").unwrap_or_default(),
    )
}
