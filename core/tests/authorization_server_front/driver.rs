//! A server with its store, and browsers that do just what the tests need.

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
    Body, Encoded, Fields, Form, Header, Method, Origin, Page, Request, Response, SetCookie, Url,
};
use grantlab_core::machine::{Context, ExchangeId, Machine, Output, Ticket};
use grantlab_core::message::SigningKey;
use grantlab_core::message::store::{PushedRecord, StoreRequest};
use grantlab_core::refusal::{Refusal, Rule};
use grantlab_core::text::Text;
use grantlab_core::time::{Span, Timestamp};
use grantlab_core::value::{
    ClientAuthenticationMethod, ClientId, ClientSecret, Issuer, Password, RedirectionUri,
    ResponseMode, ResponseType, Scope, SecretDigest, Subject, Username,
};
use grantlab_core::wire::{form, location};

/// The challenge of RFC 7636 Appendix B.
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// Where `web`, the confidential client, is called back.
pub(crate) const CALLBACK: &str = "https://client.example/cb";

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

/// One server and its store.
pub(crate) struct Rig {
    pub(crate) server: AuthorizationServer,
    store: GrantStore,
    pub(crate) now: Timestamp,
    entropy: Counter,
    /// How many requests reach the store before the line is cut.
    pub(crate) store_requests_left: usize,
    pub(crate) events: Vec<Event>,
}

impl Rig {
    /// A secure server.
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// A server with one switch set.
    pub(crate) fn switched(key: &str, value: &str) -> Self {
        Self::with(|configuration| configuration.policy.set(key, value).unwrap())
    }

    /// A server with switches set, as `key=value`.
    pub(crate) fn set(settings: &[&str]) -> Self {
        Self::with(|configuration| set(configuration, settings))
    }

    pub(crate) fn with(change: impl FnOnce(&mut Configuration)) -> Self {
        Self::with_store(change, 1_000)
    }

    pub(crate) fn with_store(change: impl FnOnce(&mut Configuration), records: usize) -> Self {
        let mut configuration = configuration();
        change(&mut configuration);
        Self {
            server: AuthorizationServer::new(Arc::new(configuration)),
            store: GrantStore::new(records),
            now: Timestamp(1_000),
            entropy: Counter(0),
            store_requests_left: usize::MAX,
            events: Vec::new(),
        }
    }

    /// Sends one request and waits for its answer.
    pub(crate) fn send(&mut self, request: Request) -> Response {
        self.begin(request).expect("every request has an answer")
    }

    /// Sends one request; without the store there may be no answer yet.
    pub(crate) fn begin(&mut self, request: Request) -> Option<Response> {
        let exchange = ExchangeId(1);
        self.handle(Input::Request {
            exchange,
            request: request.into(),
        })
    }

    pub(crate) fn command(&mut self, command: Command) {
        assert_eq!(self.handle(Input::Command(command)), None);
    }

    /// Moves the clock, and hands out an answer that waited for it.
    pub(crate) fn advance(&mut self, span: Span) -> Option<Response> {
        self.now = self.now.after(span);
        self.handle(Input::Deadline)
    }

    /// Puts parameters into the store as if they had been pushed, for 60 s.
    pub(crate) fn push(&mut self, client_id: &str, request_uri: &str, parameters: Fields) {
        let record = PushedRecord {
            client_id: ClientId::new(client_id).unwrap(),
            parameters,
            expires_at: self.now.after(Span::from_seconds(60)),
        };
        let digest = SecretDigest::of(request_uri);
        let input = grant_store::Input {
            ticket: Ticket(0),
            request: StoreRequest::SavePushed(digest, Arc::new(record)).into(),
        };
        step(&mut self.store, input, self.now, &mut self.entropy);
    }

    /// Everything about the server that can change.
    pub(crate) fn state(&self) -> Vec<u8> {
        let mut encoder = Encoder::default();
        self.server.encode(&mut encoder);
        encoder.into_octets()
    }

    fn handle(&mut self, input: Input) -> Option<Response> {
        let mut responses = Vec::new();
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            for output in step(&mut self.server, input, self.now, &mut self.entropy) {
                match output {
                    Output::Respond { response, .. } => responses.push(response),
                    Output::Store { .. } if self.store_requests_left == 0 => {}
                    Output::Store { ticket, request } => {
                        self.store_requests_left -= 1;
                        let input = grant_store::Input { ticket, request };
                        let replies = step(&mut self.store, input, self.now, &mut self.entropy);
                        inputs.extend(replies.into_iter().filter_map(|output| {
                            if let Output::Reply { ticket, reply } = output {
                                Some(Input::StoreReply { ticket, reply })
                            } else {
                                None
                            }
                        }));
                    }
                    Output::Note(event) => self.events.push(Arc::unwrap_or_clone(event)),
                    Output::Send { .. } | Output::Reply { .. } => panic!("not a server's output"),
                }
            }
        }
        assert!(responses.len() <= 1, "one answer at most");
        responses.pop().map(Arc::unwrap_or_clone)
    }

    /// The names of what happened since the last call.
    pub(crate) fn happened(&mut self) -> Vec<&'static str> {
        self.events.drain(..).map(|event| event.name()).collect()
    }

    /// The last refusal that was noted.
    pub(crate) fn refusal(&self) -> Option<&Refusal> {
        self.events.iter().rev().find_map(|event| {
            if let Event::AuthorizationRefused { refusal, .. }
            | Event::FormRefused { refusal }
            | Event::RequestRefused { refusal } = event
            {
                Some(refusal)
            } else {
                None
            }
        })
    }

    pub(crate) fn rule(&self) -> Option<Rule> {
        self.refusal().map(|refusal| refusal.rule)
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

/// Sets switches, as `key=value`.
pub(crate) fn set(configuration: &mut Configuration, settings: &[&str]) {
    for setting in settings {
        let (key, value) = setting.split_once('=').unwrap();
        configuration.policy.set(key, value).unwrap();
    }
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
            refresh_token_lifetime: None,
            session_lifetime: Span::from_seconds(3_600),
            transaction_lifetime: Span::from_seconds(1_800),
            pushed_lifetime: Span::from_seconds(60),
            refresh_token: IssueRefreshToken::IfRegistered,
            absent_redirect_uri: AbsentRedirectUri::OnlyRegistered,
            default_scope: Scope::new("read").unwrap(),
            scope_in_response: ScopeInResponse::Always,
            scope_in_redirect: false,
            authorization_by_post: true,
            json_token_requests: false,
            token_type: Text::new("Bearer"),
            extra_members: Vec::new(),
            third_party: Origin::https("third.example"),
        },
        clients: vec![
            client("web", true, &[CALLBACK]),
            client("app", false, &["https://app.example/cb"]),
            client(
                "two",
                true,
                &["https://two.example/a", "https://two.example/b?x=1"],
            ),
            client("none", true, &[]),
        ],
        accounts: vec![account("alice"), account("bob")],
        developers: Vec::new(),
        signing_key: Some(SigningKey::from_seed("k", [7; 32])),
    }
}

fn client(name: &str, confidential: bool, uris: &[&str]) -> Registration {
    Registration {
        client_id: ClientId::new(name).unwrap(),
        client_secret: confidential.then(|| ClientSecret::new("secret").unwrap()),
        authentication: vec![if confidential {
            ClientAuthenticationMethod::Basic
        } else {
            ClientAuthenticationMethod::None
        }],
        redirect_uris: uris
            .iter()
            .map(|uri| RedirectionUri::new(*uri).unwrap())
            .collect(),
        response_types: vec![ResponseType::CODE, ResponseType::CODE_ID_TOKEN],
        response_modes: vec![ResponseMode::FormPost],
        code_grant: true,
        refresh_grant: true,
        scope: Scope::new("read write openid").unwrap(),
        introspects: false,
    }
}

fn account(name: &str) -> Account {
    Account {
        username: Username::new(name).unwrap(),
        password: Password::new(format!("{name}-password")).unwrap(),
        subject: Subject::new(format!("sub-{name}")).unwrap(),
        email: format!("{name}@mail.example").into(),
        roles: Vec::new(),
    }
}

/// The parameters of an honest request.
pub(crate) fn asked(client_id: &str, redirect_uri: &str) -> Fields {
    Fields::EMPTY
        .with("response_type", "code")
        .with("client_id", client_id)
        .with("redirect_uri", redirect_uri)
        .with("scope", "read write")
        .with("state", "af0ifjsldkj")
        .with("code_challenge", CHALLENGE)
        .with("code_challenge_method", "S256")
}

/// The same for the client `web`.
pub(crate) fn web() -> Fields {
    asked("web", CALLBACK)
}

/// A browser: cookies, and nothing else.
#[derive(Default)]
pub(crate) struct Browser {
    pub(crate) cookies: Fields,
}

impl Browser {
    /// Follows a link to the authorization endpoint.
    pub(crate) fn authorize(&mut self, rig: &mut Rig, fields: &Fields) -> Response {
        let url = Url::new(&Origin::https("as.example"), "/authorize");
        self.send(
            rig,
            Request::get(url.with_query(Encoded::Fields(fields.clone()))),
        )
    }

    /// Posts a form of the server's own pages.
    pub(crate) fn post(&mut self, rig: &mut Rig, path: &str, fields: Fields) -> Response {
        let request = form_request(path, fields);
        self.send(rig, request)
    }

    /// The request that posting a form makes, with this browser's cookies.
    pub(crate) fn request(&self, path: &str, fields: Fields) -> Request {
        let mut request = form_request(path, fields);
        request.headers.push(Header::Cookie(self.cookies.clone()));
        request
    }

    /// Fills in the form of a page and presses one of its buttons.
    pub(crate) fn submit(
        &mut self,
        rig: &mut Rig,
        page: &Page,
        typed: &[(&str, &str)],
        button: (&str, &str),
    ) -> Response {
        let [form] = page.forms.as_slice() else {
            panic!("one form, not {page:?}");
        };
        self.post(rig, form.action.as_str(), filled(form, typed, button))
    }

    /// Logs in on a login page, and says yes where it asks.
    pub(crate) fn log_in(&mut self, rig: &mut Rig, page: &Page, name: &str) -> Response {
        let password = format!("{name}-password");
        let button = button(page);
        let typed = [("username", name), ("password", password.as_str())];
        self.submit(rig, page, &typed, button)
    }

    /// From the request to the authorization response, whatever pages come.
    pub(crate) fn grant(&mut self, rig: &mut Rig, fields: &Fields, name: &str) -> Response {
        let mut response = self.authorize(rig, fields);
        for _ in 0..4 {
            let location = response.headers.location().map(location::join);
            if let Some(own) = location.filter(|uri| uri.starts_with("https://as.example/")) {
                response = self.send(rig, Request::get(location::parse(&own).unwrap()));
                continue;
            }
            let Body::Page(page) = &response.body else {
                return response;
            };
            match page.title.as_str() {
                "Log in" => response = self.log_in(rig, &page.clone(), name),
                "Allow access?" => {
                    let page = page.clone();
                    response = self.submit(rig, &page, &[], ("decision", "approve"));
                }
                _ => return response,
            }
        }
        response
    }

    pub(crate) fn send(&mut self, rig: &mut Rig, mut request: Request) -> Response {
        if !self.cookies.0.is_empty() {
            request.headers.push(Header::Cookie(self.cookies.clone()));
        }
        assert!(matches!(request.method, Method::Get | Method::Post));
        let response = rig.send(request);
        for header in &response.headers.0 {
            if let Header::SetCookie(cookie) = header {
                self.cookies.set(cookie.name.as_str(), cookie.value.clone());
            }
        }
        response
    }
}

fn form_request(path: &str, fields: Fields) -> Request {
    let url = Url::new(&Origin::https("as.example"), path);
    let mut request = Request::post(url, Body::Form(Encoded::Fields(fields)));
    request
        .headers
        .push(Header::Origin(Text::new("https://as.example")));
    request
}

/// What a form sends when it is filled in.
pub(crate) fn filled(form: &Form, typed: &[(&str, &str)], button: (&str, &str)) -> Fields {
    let mut fields = Fields::EMPTY;
    for field in &form.fields {
        let typed = typed.iter().find(|(name, _)| field.name == *name);
        let value = typed.map_or_else(|| field.value.clone(), |(_, value)| Text::new(value));
        fields.push(field.name.as_str(), value);
    }
    fields.with(button.0, button.1)
}

fn button(page: &Page) -> (&'static str, &'static str) {
    let has = |name: &str, value: &str| page.forms[0].buttons.all(name).any(|one| one == value);
    if has("decision", "approve") {
        ("decision", "approve")
    } else {
        assert!(has("action", "login"), "{page:?}");
        ("action", "login")
    }
}

/// The cookie that a response sets.
pub(crate) fn cookie(response: &Response) -> Option<SetCookie> {
    response.headers.find(|header| {
        if let Header::SetCookie(cookie) = header {
            Some(cookie.clone())
        } else {
            None
        }
    })
}

/// The page of a response.
pub(crate) fn page(response: &Response) -> Page {
    let Body::Page(page) = &response.body else {
        panic!("a page, not {response:?}");
    };
    page.clone()
}

/// Where a response redirects to, with the parameters that it adds.
pub(crate) fn redirected(response: &Response) -> (String, Fields) {
    let location = response
        .headers
        .location()
        .unwrap_or_else(|| panic!("a redirect, not {:?}", response.body));
    let mut fields = location.query.clone();
    fields.0.extend(location.fragment.0.clone());
    (location.uri.as_str().to_owned(), fields)
}

/// One parameter of a redirect.
pub(crate) fn parameter(response: &Response, name: &str) -> Option<String> {
    let (_, fields) = redirected(response);
    fields.first(name).map(|text| text.as_str().to_owned())
}

/// Parameters as a query has them.
pub(crate) fn query(fields: &Fields) -> String {
    let mut out = String::new();
    form::write(fields, &mut out);
    out
}
