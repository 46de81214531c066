//! Nothing that browsers and servers send makes the client panic, and every request is answered once.

use grantlab_core::canonical::{Canonical, Encoder};
use grantlab_core::client::policy::ClientPolicy;
use grantlab_core::client::{Command, Input};
use grantlab_core::http::{
    Body, Encoded, Fields, Header, Location, Method, Origin, Request, Response, Status, Url,
};
use grantlab_core::json::Json;
use grantlab_core::machine::{ExchangeId, Failure, Machine};
use grantlab_core::text::Text;
use grantlab_core::time::Span;
use grantlab_core::value::SessionId;
use proptest::prelude::*;

use crate::driver::{CLIENT, Driver, tokens};

/// What happens to a client; numbers choose among what it did so far.
#[derive(Clone, Debug)]
enum Happening {
    Request(Box<Request>, u8),
    Start(u8),
    Callback(Fields, u8),
    Answer(Box<Response>, u8),
    Tokens(u8),
    Fails(u8),
    Refresh(u8),
    Read(u8),
    Revoke(u8),
    Waits(u64),
}

fn text() -> impl Strategy<Value = Text> {
    prop_oneof![
        "[ -~]{0,12}".prop_map(Text::from),
        any::<String>().prop_map(Text::from),
        Just(Text::new("one")),
        Just(Text::new("https://one.example")),
    ]
}

fn parameter() -> impl Strategy<Value = Text> {
    prop_oneof![
        proptest::sample::select(vec![
            "code",
            "state",
            "error",
            "iss",
            "provider",
            "to",
            "id_token",
            "access_token",
            "token_type",
            "message_source",
        ])
        .prop_map(Text::new),
        text(),
    ]
}

fn fields() -> impl Strategy<Value = Fields> {
    proptest::collection::vec((parameter(), text()), 0..6).prop_map(Fields)
}

fn encoded() -> impl Strategy<Value = Encoded> {
    prop_oneof![
        fields().prop_map(Encoded::Fields),
        text().prop_map(Encoded::Octets),
    ]
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        any::<u64>().prop_map(Json::from),
        text().prop_map(Json::String),
    ];
    let name = prop_oneof![
        proptest::sample::select(vec![
            "access_token",
            "token_type",
            "error",
            "request_uri",
            "sub",
            "id_token",
            "expires_in",
        ])
        .prop_map(Text::new),
        text(),
    ];
    let members = proptest::collection::vec((name, leaf.clone()), 0..5);
    prop_oneof![leaf, members.prop_map(Json::Object)]
}

fn body() -> impl Strategy<Value = Body> {
    prop_oneof![
        Just(Body::Empty),
        encoded().prop_map(Body::Form),
        json().prop_map(Body::Json),
        (text(), any::<Vec<u8>>()).prop_map(|(content_type, octets)| Body::Octets {
            content_type,
            octets,
        }),
    ]
}

fn request() -> impl Strategy<Value = Request> {
    let path = prop_oneof![
        proptest::sample::select(vec![
            "/", "/login", "/read", "/refresh", "/logout", "/go", "/cb/one", "/cb/two", "",
        ])
        .prop_map(Text::new),
        text(),
    ];
    let method = prop_oneof![
        Just(Method::Get),
        Just(Method::Post),
        text().prop_map(Method::Other),
    ];
    let own = Text::from(format!("https://{CLIENT}"));
    let origin = prop_oneof![Just(own), text()];
    (
        method,
        path,
        proptest::option::of(encoded()),
        body(),
        origin,
    )
        .prop_map(|(method, path, query, body, origin)| {
            let mut url = Url::new(&Origin::https(CLIENT), path.as_str());
            url.query = query;
            let mut request = Request::post(url, body);
            request.method = method;
            request.headers.push(Header::Origin(origin));
            request
        })
}

fn response() -> impl Strategy<Value = Response> {
    (100_u16..600, body(), text()).prop_map(|(status, body, to)| {
        Response::new(Status(status), body).with(Header::Location(Location::to(to)))
    })
}

fn happening() -> impl Strategy<Value = Happening> {
    let any = any::<u8>;
    prop_oneof![
        (request(), any()).prop_map(|(request, by)| Happening::Request(Box::new(request), by)),
        any().prop_map(Happening::Start),
        (fields(), any()).prop_map(|(fields, by)| Happening::Callback(fields, by)),
        (response(), any()).prop_map(|(response, to)| Happening::Answer(Box::new(response), to)),
        any().prop_map(Happening::Tokens),
        any().prop_map(Happening::Fails),
        any().prop_map(Happening::Refresh),
        any().prop_map(Happening::Read),
        any().prop_map(Happening::Revoke),
        (0_u64..20_000).prop_map(Happening::Waits),
    ]
}

/// A policy with every switch at the value that these numbers choose.
fn policy(choices: &[u8]) -> ClientPolicy {
    let mut policy = ClientPolicy::secure();
    for (switch, choice) in ClientPolicy::SWITCHES.iter().zip(choices) {
        let value = switch.values[usize::from(*choice) % switch.values.len()];
        policy.set(switch.key, value).unwrap();
    }
    policy
}

/// A client in the middle of things.
struct Scene {
    it: Driver,
    sessions: Vec<SessionId>,
    states: Vec<Text>,
    under_way: Vec<ExchangeId>,
    asked: usize,
    answered: usize,
}

impl Scene {
    fn new(choices: &[u8], pushes: bool) -> Self {
        let mut configuration = crate::driver::configuration(policy(choices));
        if pushes {
            configuration.providers[1].pushed_requests_endpoint =
                Some(Text::new("https://two.example/par"));
        }
        let mut it = Driver::new(configuration);
        let sessions = vec![it.visit(), it.visit()];
        Self {
            it,
            sessions,
            states: vec![Text::EMPTY],
            under_way: Vec::new(),
            asked: 0,
            answered: 0,
        }
    }

    fn session(&self, by: u8) -> SessionId {
        self.sessions[usize::from(by) % self.sessions.len()].clone()
    }

    fn exchange(&mut self, which: u8) -> ExchangeId {
        match self.under_way.len() {
            0 => ExchangeId(u64::from(which)),
            count => self.under_way.swap_remove(usize::from(which) % count),
        }
    }

    fn happens(&mut self, happening: Happening) {
        let done = match happening {
            Happening::Request(request, by) => {
                self.asked += 1;
                let session = self.session(by);
                self.it.request(Some(&session), *request)
            }
            Happening::Start(by) => {
                self.asked += 1;
                let provider = if by % 3 == 0 { "two" } else { "one" };
                let form = Fields::EMPTY.with("provider", provider);
                let session = self.session(by);
                self.it.post(&session, "/login", form)
            }
            Happening::Callback(fields, by) => {
                self.asked += 1;
                let state = self.states[usize::from(by) % self.states.len()].clone();
                let fields = fields.with("code", "c").with("state", state);
                let url = Url::new(&Origin::https(CLIENT), "/cb/one");
                let url = url.with_query(Encoded::Fields(fields));
                let session = self.session(by);
                self.it.request(Some(&session), Request::get(url))
            }
            Happening::Answer(response, to) => {
                let exchange = self.exchange(to);
                self.it.response(exchange, *response)
            }
            Happening::Tokens(to) => {
                let exchange = self.exchange(to);
                self.it.response(exchange, crate::driver::ok(tokens()))
            }
            Happening::Fails(which) => {
                let exchange = self.exchange(which);
                self.it.failed(exchange, Failure::ConnectionLost)
            }
            Happening::Refresh(by) => {
                let session = self.session(by);
                self.it.command(Command::Refresh { session })
            }
            Happening::Read(by) => {
                let session = self.session(by);
                self.it.command(Command::ReadResource { session })
            }
            Happening::Revoke(by) => {
                let session = self.session(by);
                self.it.command(Command::Revoke { session })
            }
            Happening::Waits(time) => {
                self.it.now = self.it.now.after(Span(time));
                self.it.tell(Input::Deadline)
            }
        };
        assert!(done.refused_by() != Some("unreachable"), "{done:?}");
        self.answered += done.answers().len();
        self.under_way
            .extend(done.sent().iter().map(|(exchange, _)| *exchange));
        for event in done.events() {
            if let grantlab_core::event::Event::LoginStarted { state, .. } = event {
                self.states
                    .extend(state.as_ref().map(|state| state.text().clone()));
            }
        }
    }

    /// Time ends every wait.
    fn ends(&mut self) {
        self.happens(Happening::Waits(20_000));
        self.happens(Happening::Waits(20_000));
        assert_eq!(self.it.client.next_deadline(), None);
        assert_eq!(self.asked, self.answered);
        let mut encoder = Encoder::default();
        self.it.client.encode(&mut encoder);
        assert!(!encoder.as_slice().is_empty());
    }
}

proptest! {
    #[test]
    fn every_request_is_answered_once(
        choices in proptest::collection::vec(any::<u8>(), ClientPolicy::SWITCHES.len()),
        weak in any::<bool>(),
        pushes in any::<bool>(),
        happenings in proptest::collection::vec(happening(), 0..40),
    ) {
        let choices = if weak { choices } else { Vec::new() };
        let mut scene = Scene::new(&choices, pushes);
        for happening in happenings {
            scene.happens(happening);
        }
        scene.ends();
    }
}
