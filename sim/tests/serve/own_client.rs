//! Our own client is the first subject: the core's machine, through every case that it has a notion of.

use std::collections::{BTreeMap, VecDeque};
use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use grantlab_core::client::{self, Client, Command};
use grantlab_core::entropy::{Entropy, FRESH_OCTETS, Fresh};
use grantlab_core::event::Event;
use grantlab_core::http::{Header, Origin, Request, Response, Scheme};
use grantlab_core::machine::{Context, ExchangeId, Failure, Machine as _, Output};
use grantlab_core::message::read_jwks;
use grantlab_core::text::Text;
use grantlab_core::time::Timestamp;
use grantlab_core::user_agent::{self, UserAgent};
use grantlab_core::value::{ClientId, ClientSecret, Issuer, RedirectionUri, Scope};
use grantlab_core::wire::{http, json};
use grantlab_sim::live::serve::{Plan, Serving};
use grantlab_sim::profile::{NamedBy, Profiles, Scale};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::dialer::{connect, get, post_json};

/// Exchanges of one trial at most.
const INPUTS_MAX: usize = 500;

/// Where the client is; nothing listens there.
fn client_origin() -> Origin {
    Origin {
        scheme: Scheme::Http,
        host: Text::new("127.0.0.1"),
        port: Some(8085),
    }
}

/// The client of the hardened profile, told about the issuer of a case.
fn configuration(serving: &Serving, issuer: &str) -> client::configuration::Configuration {
    let profile = Profiles::built_in()
        .find("rfc9700", NamedBy::Argument)
        .unwrap();
    let setup = profile.setup(&Scale::SMALL).unwrap();
    let mut told = client::configuration::Configuration::clone(&setup.clients[0].configuration);
    told.origin = client_origin();
    told.providers.truncate(1);
    let target = issuer.strip_prefix(serving.issuer()).unwrap();
    let metadata = get(
        serving.address(),
        &format!("{target}/.well-known/openid-configuration"),
    );
    let metadata: Value = serde_json::from_slice(&metadata.body).unwrap_or_default();
    let keys = get(serving.address(), &format!("{target}/jwks.json")).body;
    let keys = json::parse(&keys).ok().and_then(|keys| read_jwks(&keys));
    let at = |path: &str| Text::from(format!("{issuer}{path}"));
    let provider = &mut told.providers[0];
    provider.issuer = Issuer::new(issuer).unwrap();
    provider.authorization_endpoint = at("/authorize");
    provider.token_endpoint = at("/token");
    provider.revocation_endpoint = Some(at("/revoke"));
    provider.resource = Some(at("/resource"));
    provider.keys = keys.unwrap_or_default();
    provider.promises_iss = metadata["authorization_response_iss_parameter_supported"] == true;
    provider.client_id = ClientId::new("web").unwrap();
    provider.client_secret = Some(ClientSecret::new("secret-of-web").unwrap());
    provider.redirect_uri = RedirectionUri::new("http://127.0.0.1:8085/cb").unwrap();
    provider.scope = Some(Scope::new("openid offline_access read").unwrap());
    told
}

/// Fresh values that are different in every trial.
struct Counter {
    trial: String,
    count: u64,
}

impl Entropy for Counter {
    fn fresh(&mut self, kind: Fresh) -> [u8; FRESH_OCTETS] {
        self.count += 1;
        Sha256::digest(format!("{} {} {}", self.trial, kind.name(), self.count)).into()
    }

    fn ticket(&mut self) -> u64 {
        self.count += 1;
        self.count
    }
}

/// Who wants something done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Client,
    Browser,
}

enum Told {
    Client(client::Input),
    Browser(user_agent::Input),
}

struct Trial<'a> {
    serving: &'a Serving,
    client: Client,
    browser: UserAgent,
    entropy: Counter,
    asked: BTreeMap<u64, Who>,
    events: Vec<Arc<Event>>,
    /// Whether the user closes the window before the response comes back.
    leaves: bool,
}

#[expect(
    clippy::disallowed_methods,
    reason = "ID Tokens are judged by the time of this machine"
)]
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp(since.as_millis() as u64)
}

impl Trial<'_> {
    fn run(&mut self, told: Told) {
        let mut queue = VecDeque::from([told]);
        for _ in 0..INPUTS_MAX {
            let Some(told) = queue.pop_front() else {
                return;
            };
            let mut outputs = Vec::new();
            let mut ctx = Context::new(now(), &mut self.entropy, &mut outputs);
            let who = match told {
                Told::Client(input) => {
                    self.client.handle(input, &mut ctx);
                    Who::Client
                }
                Told::Browser(input) => {
                    self.browser.handle(input, &mut ctx);
                    Who::Browser
                }
            };
            queue.extend(
                outputs
                    .into_iter()
                    .filter_map(|output| self.carried(who, output)),
            );
        }
        panic!("it does not come to rest");
    }

    fn carried(&mut self, who: Who, output: Output) -> Option<Told> {
        match output {
            Output::Note(event) => {
                self.events.push(event);
                None
            }
            Output::Send { request, .. } if self.leaves && request.url.path == "/cb" => None,
            Output::Send { exchange, request } if request.url.origin == client_origin() => {
                self.asked.insert(exchange.0, who);
                Some(Told::Client(client::Input::Request { exchange, request }))
            }
            Output::Send { exchange, request } => {
                let answer = self.dial(&request);
                Some(answered(who, exchange, answer.map(Arc::new)))
            }
            Output::Respond { exchange, response } => {
                let who = self.asked.remove(&exchange.0)?;
                Some(answered(who, exchange, Some(response)))
            }
            Output::Store { .. } | Output::Reply { .. } => None,
        }
    }

    /// Carries a request over a socket. An answer that is none to the core is as good as lost.
    fn dial(&self, request: &Request) -> Option<Response> {
        let mut request = request.clone();
        request.headers.push(Header::Other {
            name: Text::new("connection"),
            value: Text::new("close"),
        });
        let mut stream = connect(self.serving.address());
        stream.write_all(&http::write_request(&request)).ok()?;
        let mut octets = Vec::new();
        stream.read_to_end(&mut octets).ok()?;
        http::read_response(&octets).ok()
    }

    fn browse(&mut self, command: user_agent::Command) {
        self.run(Told::Browser(user_agent::Input::Command(command)));
    }

    fn fill(&mut self, name: &str, value: &str) {
        self.browse(user_agent::Command::Fill {
            tab: tab(),
            name: Text::new(name),
            value: Text::new(value),
        });
    }

    fn press(&mut self, button: Option<(&str, &str)>) {
        let button = button.map(|(name, value)| (Text::new(name), Text::new(value)));
        self.browse(user_agent::Command::Press { tab: tab(), button });
    }

    /// A login of alice, up to where it ends.
    fn log_in(&mut self) {
        self.browser = UserAgent::new(user_agent_policy());
        self.browse(user_agent::Command::Open {
            tab: tab(),
            url: Text::from(format!("{}/", client_origin())),
        });
        self.press(None);
        self.fill("username", "alice");
        self.fill("password", "password-of-alice-at-as");
        self.press(Some(("decision", "approve")));
    }

    fn refusals(&self) -> Vec<String> {
        let refusals = self.events.iter().filter_map(|event| {
            if let Event::CallbackRefused { refusal, .. }
            | Event::LoginFailed { refusal, .. }
            | Event::RefreshFailed { refusal }
            | Event::ResourceUnread { refusal, .. } = event.as_ref()
            {
                Some(refusal.rule.text().id.to_owned())
            } else {
                None
            }
        });
        refusals.collect()
    }

    fn has(&self, name: &str) -> bool {
        self.events.iter().any(|event| event.name() == name)
    }
}

fn tab() -> Text {
    Text::new("1")
}

fn user_agent_policy() -> user_agent::policy::UserAgentPolicy {
    let profile = Profiles::built_in()
        .find("rfc9700", NamedBy::Argument)
        .unwrap();
    profile.policies.user_agent
}

fn answered(who: Who, exchange: ExchangeId, response: Option<Arc<Response>>) -> Told {
    let failure = Failure::ConnectionLost;
    match (who, response) {
        (Who::Client, Some(response)) => {
            Told::Client(client::Input::Response { exchange, response })
        }
        (Who::Client, None) => Told::Client(client::Input::Failed { exchange, failure }),
        (Who::Browser, Some(response)) => {
            Told::Browser(user_agent::Input::Response { exchange, response })
        }
        (Who::Browser, None) => Told::Browser(user_agent::Input::Failed { exchange, failure }),
    }
}

fn trial(serving: &Serving, case: &Value) -> Vec<String> {
    let issuer = case["issuer"].as_str().unwrap();
    let mut trial = Trial {
        serving,
        client: Client::new(Arc::new(configuration(serving, issuer))),
        browser: UserAgent::new(user_agent_policy()),
        entropy: Counter {
            trial: issuer.to_owned(),
            count: 0,
        },
        asked: BTreeMap::new(),
        events: Vec::new(),
        leaves: false,
    };
    let logins = case["logins"].as_u64().unwrap();
    for login in 1..=logins {
        trial.leaves = login < logins;
        trial.log_in();
    }
    if case["refresh"] == true {
        for _ in 0..2 {
            let session = trial.client.sessions().next().cloned();
            if let Some(session) = session {
                trial.run(Told::Client(client::Input::Command(Command::Refresh {
                    session,
                })));
            }
        }
    }
    let mut refusals = trial.refusals();
    if refusals.is_empty() && !(trial.has("login_completed") && trial.has("resource_read")) {
        refusals.push("no login".to_owned());
    }
    refusals
}

/// What it has a notion of: it is told about servers, and asks for neither metadata nor keys nor userinfo.
fn is_known(case: &Value) -> bool {
    let name = case["case"].as_str().unwrap();
    let at = case["at"].as_str().unwrap();
    ["callback", "token", "id_token", "resource", "refresh"].contains(&at)
        && case["deliver"] == 1
        && case["tabs"] == 1
        && !name.starts_with("metadata-")
        && !name.starts_with("keys-")
        && !name.starts_with("token-slow")
}

#[test]
fn our_own_client_goes_through_every_case() {
    let serving = Serving::start(Plan::usual().unwrap()).unwrap();
    let cases = get(serving.admin(), "/cases").json();
    for case in cases["cases"].as_array().unwrap() {
        if !is_known(case) {
            continue;
        }
        let refusals = trial(&serving, case);
        let outcome = if refusals.is_empty() {
            "accepted"
        } else {
            "refused"
        };
        let detail = refusals.join(", ");
        let said = json!({ "case": case["case"], "outcome": outcome, "detail": detail });
        assert_eq!(post_json(serving.admin(), "/trial", &said).status, 200);
    }
    let report = serving.report();
    insta::assert_snapshot!("our_own_client", report.table());
    let all_right = report
        .cases
        .iter()
        .find(|case| case.case == "all-right")
        .unwrap();
    assert_eq!(all_right.verdict.as_str(), "pass", "{all_right:?}");
}
