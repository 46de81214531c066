//! A client with a browser and servers that do as a test says.

use std::sync::{Arc, LazyLock};

use grantlab_core::client::configuration::{Configuration, Provider, SendRedirectUri};
use grantlab_core::client::policy::ClientPolicy;
use grantlab_core::client::{Client, Command, Input};
use grantlab_core::entropy::{Entropy, FRESH_OCTETS, Fresh};
use grantlab_core::event::Event;
use grantlab_core::http::{
    Body, Encoded, Fields, Header, Method, Origin, Page, Request, Response, SetCookie, Status, Url,
};
use grantlab_core::json::Json;
use grantlab_core::machine::{Context, ExchangeId, Failure, Machine, Output};
use grantlab_core::message::{IdToken, SigningKey, VerifyingKey};
use grantlab_core::text::Text;
use grantlab_core::time::{Span, Timestamp};
use grantlab_core::value::{
    ClientAuthenticationMethod, ClientId, ClientSecret, CodeVerifier, Issuer, RedirectionUri,
    Scope, SessionId, State, Subject,
};
use grantlab_core::wire::{form, location};

/// Where the client listens.
pub(crate) const CLIENT: &str = "client.example";

/// How long it waits for an answer.
pub(crate) const PATIENCE: Span = Span::from_seconds(10);

/// The moment at which tests begin: late enough that things can have expired before.
pub(crate) const START: Timestamp = Timestamp(1_000_000_000);

/// Fresh values in their order.
#[derive(Default)]
struct Counter {
    fresh: u16,
    tickets: u64,
}

impl Entropy for Counter {
    fn fresh(&mut self, kind: Fresh) -> [u8; FRESH_OCTETS] {
        self.fresh += 1;
        let mut octets = [0; FRESH_OCTETS];
        octets[0] = Fresh::ALL.iter().position(|one| *one == kind).unwrap() as u8;
        octets[1..3].copy_from_slice(&self.fresh.to_le_bytes());
        octets
    }

    fn ticket(&mut self) -> u64 {
        self.tickets += 1;
        self.tickets
    }
}

/// Two servers, `one` and `two`, both known to the client.
pub(crate) fn configuration(policy: ClientPolicy) -> Configuration {
    Configuration {
        origin: Origin::https(CLIENT),
        policy,
        providers: vec![provider("one"), provider("two")],
        patience: PATIENCE,
        static_state: State::new("everybody").unwrap(),
        constant_verifier: CodeVerifier::new("constant".repeat(6)).unwrap(),
        third_party: Origin::https("third.example"),
    }
}

/// A server at `https://NAME.example`, whose responses go to `/cb/NAME`.
pub(crate) fn provider(name: &str) -> Provider {
    let at = |path: &str| Text::from(format!("https://{name}.example{path}"));
    Provider {
        name: Text::new(name),
        issuer: issuer(name),
        authorization_endpoint: at("/authorize"),
        token_endpoint: at("/token"),
        revocation_endpoint: Some(at("/revoke")),
        pushed_requests_endpoint: None,
        keys: vec![verifying_key(name)],
        promises_iss: false,
        client_id: ClientId::new(format!("client-at-{name}")).unwrap(),
        client_secret: Some(ClientSecret::new("secret").unwrap()),
        authentication: ClientAuthenticationMethod::Basic,
        proof_key: None,
        certificate: None,
        authorization_method: Method::Get,
        redirect_uri: RedirectionUri::new(format!("https://{CLIENT}/cb/{name}")).unwrap(),
        send_redirect_uri: SendRedirectUri::Both,
        scope: Some(Scope::new("read").unwrap()),
        response_type_words: None,
        resource: Some(at("/resource")),
        reads_resource_at_once: false,
    }
}

pub(crate) fn issuer(name: &str) -> Issuer {
    Issuer::new(format!("https://{name}.example")).unwrap()
}

/// What the server of that name signs with.
pub(crate) fn key(name: &str) -> SigningKey {
    SigningKey::from_seed(name, [name.len() as u8 + name.as_bytes()[0]; 32])
}

/// Its public half, made once for all tests.
fn verifying_key(name: &str) -> VerifyingKey {
    static KEYS: LazyLock<Vec<VerifyingKey>> = LazyLock::new(|| {
        ["one", "two"]
            .map(|name| key(name).verifying_key())
            .to_vec()
    });
    let mut keys = KEYS.iter();
    keys.find(|key| key.kid == name).unwrap().clone()
}

/// A good ID Token of the server of that name.
pub(crate) fn id_token(name: &str) -> IdToken {
    IdToken {
        iss: issuer(name),
        sub: Subject::new("alice").unwrap(),
        aud: ClientId::new(format!("client-at-{name}")).unwrap(),
        exp: START.after(Span::from_seconds(600)),
        iat: START,
        auth_time: None,
        nonce: None,
        c_hash: None,
        at_hash: None,
        email: Some(Text::new("alice@mail.example")),
    }
}

/// A good token response, to be spoiled.
pub(crate) fn tokens() -> Vec<(Text, Json)> {
    vec![
        (Text::new("access_token"), Json::from("at-1")),
        (Text::new("token_type"), Json::from("bearer")),
        (Text::new("refresh_token"), Json::from("rt-1")),
    ]
}

pub(crate) fn ok(members: Vec<(Text, Json)>) -> Response {
    Response::new(Status::OK, Body::Json(Json::Object(members)))
}

/// An error of a token endpoint.
pub(crate) fn error(word: &str) -> Response {
    let member = (Text::new("error"), Json::from(word));
    Response::new(Status::BAD_REQUEST, Body::Json(Json::Object(vec![member])))
}

pub(crate) fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().fold(Fields::EMPTY, |fields, (name, value)| {
        fields.with(name, *value)
    })
}

/// What a client did about one input.
#[derive(Debug)]
pub(crate) struct Done {
    outputs: Vec<Output>,
}

impl Done {
    /// The names of the facts that it noted, in their order.
    pub(crate) fn facts(&self) -> Vec<&'static str> {
        self.events().iter().map(|event| event.name()).collect()
    }

    pub(crate) fn events(&self) -> Vec<&Event> {
        self.outputs
            .iter()
            .filter_map(|output| {
                if let Output::Note(event) = output {
                    Some(&**event)
                } else {
                    None
                }
            })
            .collect()
    }

    /// The requests that it sent.
    pub(crate) fn sent(&self) -> Vec<(ExchangeId, &Request)> {
        self.outputs
            .iter()
            .filter_map(|output| {
                if let Output::Send { exchange, request } = output {
                    Some((*exchange, &**request))
                } else {
                    None
                }
            })
            .collect()
    }

    /// The only request that it sent.
    pub(crate) fn only_sent(&self) -> (ExchangeId, &Request) {
        match self.sent().as_slice() {
            [only] => *only,
            sent => panic!("{} requests: {self:?}", sent.len()),
        }
    }

    /// The answers that it gave.
    pub(crate) fn answers(&self) -> Vec<&Response> {
        self.outputs
            .iter()
            .filter_map(|output| {
                if let Output::Respond { response, .. } = output {
                    Some(&**response)
                } else {
                    None
                }
            })
            .collect()
    }

    /// The only answer that it gave.
    pub(crate) fn answer(&self) -> &Response {
        match self.answers().as_slice() {
            [only] => only,
            answers => panic!("{} answers: {self:?}", answers.len()),
        }
    }

    /// The rule of the last refusal that it noted.
    pub(crate) fn refused_by(&self) -> Option<&'static str> {
        let mut events = self.events().into_iter().rev();
        events.find_map(|event| {
            if let Event::CallbackRefused { refusal, .. }
            | Event::LoginFailed { refusal, .. }
            | Event::FormRefused { refusal }
            | Event::RefreshFailed { refusal }
            | Event::ResourceUnread { refusal, .. } = event
            {
                Some(refusal.rule.text().id)
            } else {
                None
            }
        })
    }
}

/// A client and the browser of one user.
pub(crate) struct Driver {
    pub(crate) client: Client,
    pub(crate) now: Timestamp,
    entropy: Counter,
    exchanges: u64,
}

impl Driver {
    pub(crate) fn new(configuration: Configuration) -> Self {
        Self {
            client: Client::new(Arc::new(configuration)),
            now: START,
            entropy: Counter::default(),
            exchanges: 1_000,
        }
    }

    /// A client that keeps all rules, with one change to its policy.
    pub(crate) fn with(key: &str, value: &str) -> Self {
        Self::with_all(&[(key, value)])
    }

    pub(crate) fn with_all(settings: &[(&str, &str)]) -> Self {
        let mut policy = ClientPolicy::secure();
        for (key, value) in settings {
            policy.set(key, value).unwrap();
        }
        Self::new(configuration(policy))
    }

    pub(crate) fn secure() -> Self {
        Self::with_all(&[])
    }

    pub(crate) fn tell(&mut self, input: Input) -> Done {
        let mut outputs = Vec::new();
        let mut ctx = Context::new(self.now, &mut self.entropy, &mut outputs);
        self.client.handle(input, &mut ctx);
        Done { outputs }
    }

    pub(crate) fn command(&mut self, command: Command) -> Done {
        self.tell(Input::Command(command))
    }

    pub(crate) fn response(&mut self, exchange: ExchangeId, response: Response) -> Done {
        self.tell(Input::Response {
            exchange,
            response: response.into(),
        })
    }

    pub(crate) fn failed(&mut self, exchange: ExchangeId, failure: Failure) -> Done {
        self.tell(Input::Failed { exchange, failure })
    }

    /// A request of a browser with this session cookie.
    pub(crate) fn request(&mut self, session: Option<&SessionId>, mut request: Request) -> Done {
        if let Some(session) = session {
            let cookie = Fields::EMPTY.with("__Host-session", session.text().clone());
            request.headers.push(Header::Cookie(cookie));
        }
        self.exchanges += 1;
        let exchange = ExchangeId(self.exchanges);
        self.tell(Input::Request {
            exchange,
            request: request.into(),
        })
    }

    pub(crate) fn get(&mut self, session: Option<&SessionId>, target: &str) -> Done {
        let url = location::parse(&format!("https://{CLIENT}{target}")).unwrap();
        self.request(session, Request::get(url))
    }

    /// A form of one of the client's own pages.
    pub(crate) fn post(&mut self, session: &SessionId, path: &str, fields: Fields) -> Done {
        let mut request = form_request(path, fields);
        let origin = Text::from(format!("https://{CLIENT}"));
        request.headers.push(Header::Origin(origin));
        self.request(Some(session), request)
    }

    /// A first visit: the session that it opens.
    pub(crate) fn visit(&mut self) -> SessionId {
        session_cookie(self.get(None, "/").answer()).unwrap()
    }

    /// Presses a login button: what the browser is sent away with.
    pub(crate) fn start(&mut self, session: &SessionId, provider: &str) -> Fields {
        let done = self.post(session, "/login", fields(&[("provider", provider)]));
        assert_eq!(done.facts(), ["login_started"], "{done:?}");
        let location = done.answer().headers.location().unwrap();
        assert_eq!(
            location.uri,
            Text::from(format!("https://{provider}.example/authorize"))
        );
        location.query.clone()
    }

    /// An authorization response to `/cb/NAME`.
    pub(crate) fn callback(
        &mut self,
        session: Option<&SessionId>,
        provider: &str,
        pairs: &[(&str, &str)],
    ) -> Done {
        let mut query = String::new();
        form::write(&fields(pairs), &mut query);
        self.get(session, &format!("/cb/{provider}?{query}"))
    }

    /// A login from its button up to the token request: the session and the exchange.
    pub(crate) fn redeeming(&mut self, provider: &str) -> (SessionId, ExchangeId) {
        let session = self.visit();
        let asked = self.start(&session, provider);
        let state = asked.first("state").unwrap().clone();
        let response = [("code", "code-1"), ("state", state.as_str())];
        let done = self.callback(Some(&session), provider, &response);
        assert_eq!(done.facts(), ["callback_accepted", "token_requested"]);
        let exchange = done.only_sent().0;
        (session, exchange)
    }

    /// A complete login: its session.
    pub(crate) fn logged_in(&mut self, provider: &str) -> SessionId {
        let (session, exchange) = self.redeeming(provider);
        let done = self.response(exchange, ok(tokens()));
        assert_eq!(done.facts(), ["tokens_received", "login_completed"]);
        session
    }
}

pub(crate) fn form_request(path: &str, fields: Fields) -> Request {
    let url = Url::new(&Origin::https(CLIENT), path);
    Request::post(url, Body::Form(Encoded::Fields(fields)))
}

/// The cookie that a response sets.
pub(crate) fn cookie(response: &Response) -> Option<&SetCookie> {
    response.headers.find(|header| {
        if let Header::SetCookie(cookie) = header {
            Some(cookie)
        } else {
            None
        }
    })
}

/// The session that a response opens.
pub(crate) fn session_cookie(response: &Response) -> Option<SessionId> {
    SessionId::new(cookie(response)?.value.clone()).ok()
}

/// The fields of a form in a request.
pub(crate) fn form_of(request: &Request) -> Fields {
    let Body::Form(encoded) = &request.body else {
        panic!("no form: {request:?}");
    };
    form::pairs(encoded).unwrap().into_owned()
}

/// The page that a response shows.
pub(crate) fn page(response: &Response) -> &Page {
    let Body::Page(page) = &response.body else {
        panic!("no page: {response:?}");
    };
    page
}
