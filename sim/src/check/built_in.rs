//! Our own authorization server, store and resource server in this process, as a profile makes them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use grantlab_core::authorization_server::registration::{Configuration, Registration};
use grantlab_core::authorization_server::{self, AuthorizationServer};
use grantlab_core::entropy::{Entropy, FRESH_OCTETS, Fresh};
use grantlab_core::grant_store::{self, GrantStore};
use grantlab_core::http::{Origin, Request};
use grantlab_core::machine::{Context, ExchangeId, Machine as _, Output};
use grantlab_core::resource_server::{self, ResourceServer};
use grantlab_core::text::Text;
use grantlab_core::time::{Span, Timestamp};
use grantlab_core::value::{
    ClientAuthenticationMethod, ClientId, ClientSecret, Malformed, RedirectionUri, ResponseMode,
    ResponseType,
};
use grantlab_core::wire::http;
use sha2::{Digest as _, Sha256};

use super::answer::{Answer, NoAnswer};
use super::resolved::Target;
use super::subject::Subject;
use super::target::{ClientPart, LifetimesPart, RequestPart, TargetFile, UserPart};
use super::words::{Authentication, Endpoint, Feature};
use crate::profile::{Profile, Scale};
use crate::setup::Setup;

/// Deliveries between the parties for one request; the longest has nine.
const DELIVERIES_MAX: usize = 64;

/// Records of its store.
const RECORDS_MAX: usize = 4_096;

/// The parties of a profile, and their time.
#[derive(Debug)]
pub struct BuiltIn {
    configuration: Arc<Configuration>,
    resource: Arc<resource_server::Configuration>,
    server: AuthorizationServer,
    store: GrantStore,
    resource_server: ResourceServer,
    mint: Counting,
    now: Timestamp,
}

/// Fresh values by counting: another run of the same checks sees the same ones.
#[derive(Clone, Debug, Default)]
struct Counting {
    fresh: u64,
    tickets: u64,
}

impl Entropy for Counting {
    fn fresh(&mut self, kind: Fresh) -> [u8; FRESH_OCTETS] {
        self.fresh = self.fresh.saturating_add(1);
        Sha256::digest(format!("{} {}", kind.name(), self.fresh)).into()
    }

    fn ticket(&mut self) -> u64 {
        self.tickets = self.tickets.saturating_add(1);
        self.tickets
    }
}

/// Who is told something.
enum Told {
    Server(authorization_server::Input),
    Resource(resource_server::Input),
}

impl BuiltIn {
    /// The parties of a profile, and what is known of them.
    ///
    /// # Errors
    /// [`Malformed`] when the profile makes a value that its grammar does not allow.
    pub fn new(profile: &Profile) -> Result<(Self, Target), Malformed> {
        let setup = profile.setup(&Scale::SMALL)?;
        let (Some(server), Some(resource)) = (setup.servers.first(), setup.resources.first())
        else {
            return Err(Malformed {
                position: 0,
                expected: "a profile with a server",
            });
        };
        let mut configuration = Configuration::clone(&server.configuration);
        let more = more_clients(&configuration)?;
        configuration.clients.extend(more);
        let configuration = Arc::new(configuration);
        let resource = Arc::clone(&resource.configuration);
        let target = target(profile, &setup, &configuration, &resource);
        let built_in = Self {
            server: AuthorizationServer::new(Arc::clone(&configuration)),
            store: GrantStore::new(RECORDS_MAX),
            resource_server: ResourceServer::new(Arc::clone(&resource)),
            configuration,
            resource,
            mint: Counting::default(),
            now: Timestamp::from_seconds(1_000_000),
        };
        Ok((built_in, target))
    }

    /// Hands a party something, and says what it wants done.
    fn tell(&mut self, told: Told) -> Vec<Output> {
        let mut outputs = Vec::new();
        let mut ctx = Context::new(self.now, &mut self.mint, &mut outputs);
        match told {
            Told::Server(input) => self.server.handle(input, &mut ctx),
            Told::Resource(input) => self.resource_server.handle(input, &mut ctx),
        }
        outputs
    }

    fn ask_store(&mut self, input: grant_store::Input) -> Vec<Output> {
        let mut outputs = Vec::new();
        let mut ctx = Context::new(self.now, &mut self.mint, &mut outputs);
        self.store.handle(input, &mut ctx);
        outputs
    }

    /// Who is asked at an origin.
    fn at(&self, exchange: ExchangeId, request: Arc<Request>) -> Option<Told> {
        let origin = &request.url.origin;
        if *origin == self.configuration.origin {
            let input = authorization_server::Input::Request { exchange, request };
            Some(Told::Server(input))
        } else if *origin == self.resource.origin {
            let input = resource_server::Input::Request { exchange, request };
            Some(Told::Resource(input))
        } else {
            None
        }
    }

    /// What comes of octets: what is no request is refused.
    fn read(&mut self, origin: &Origin, octets: &[u8]) -> Result<Answer, NoAnswer> {
        match http::read_request(&origin.scheme, octets) {
            Ok(request) => self.carry(Arc::new(request)),
            Err(error) => Ok(Answer::new(400).with_body("text/plain", error.to_string())),
        }
    }

    /// Carries a request, and everything that follows from it.
    fn carry(&mut self, request: Arc<Request>) -> Result<Answer, NoAnswer> {
        let exchange = ExchangeId(self.mint.ticket());
        let first = self.at(exchange, request).ok_or(NoAnswer::Unreachable)?;
        let mut outputs: VecDeque<Output> = self.tell(first).into();
        for _ in 0..DELIVERIES_MAX {
            match outputs.pop_front() {
                None => return Err(NoAnswer::ConnectionLost),
                Some(Output::Note(_)) => {}
                Some(Output::Respond {
                    exchange: answered,
                    response,
                }) => {
                    if answered == exchange {
                        return Ok(Answer::from(&*response));
                    }
                    let input = resource_server::Input::Response {
                        exchange: answered,
                        response,
                    };
                    outputs.extend(self.tell(Told::Resource(input)));
                }
                Some(Output::Send { exchange, request }) => {
                    if let Some(told) = self.at(exchange, request) {
                        outputs.extend(self.tell(told));
                    }
                }
                Some(Output::Store { ticket, request }) => {
                    outputs.extend(self.ask_store(grant_store::Input { ticket, request }));
                }
                Some(Output::Reply { ticket, reply }) => {
                    let input = authorization_server::Input::StoreReply { ticket, reply };
                    outputs.extend(self.tell(Told::Server(input)));
                }
            }
        }
        Err(NoAnswer::ConnectionLost)
    }
}

impl Subject for BuiltIn {
    /// The request travels as octets, so that what cannot be written in HTTP is not sent.
    fn send(&mut self, request: &Request) -> Result<Answer, NoAnswer> {
        self.read(&request.url.origin, &http::write_request(request))
    }

    fn send_octets(&mut self, origin: &Origin, octets: &[u8]) -> Option<Result<Answer, NoAnswer>> {
        Some(self.read(origin, octets))
    }

    fn has_clock(&self) -> bool {
        true
    }

    fn advance(&mut self, by: Span) -> Result<(), String> {
        self.now = self.now.after(by);
        Ok(())
    }

    fn reset(&mut self) -> Result<(), String> {
        self.server = AuthorizationServer::new(Arc::clone(&self.configuration));
        self.store = GrantStore::new(RECORDS_MAX);
        self.resource_server = ResourceServer::new(Arc::clone(&self.resource));
        self.mint.fresh = 0;
        self.now = Timestamp::from_seconds(1_000_000);
        Ok(())
    }
}

/// Clients that a profile has not, made of its own first: so that every check finds one that it is about.
fn more_clients(configuration: &Configuration) -> Result<Vec<Registration>, Malformed> {
    let mut clients = configuration.clients.iter();
    let Some(main) = clients.find(|client| client.code_grant) else {
        return Ok(Vec::new());
    };
    let like_main = |id: &str, secret: Option<&str>, how, uris: &[&str]| {
        Ok(Registration {
            client_id: ClientId::new(id)?,
            client_secret: secret.map(ClientSecret::new).transpose()?,
            authentication: vec![how],
            redirect_uris: uris
                .iter()
                .map(|uri| RedirectionUri::new(*uri))
                .collect::<Result<_, _>>()?,
            ..main.clone()
        })
    };
    let basic = ClientAuthenticationMethod::Basic;
    let several = [
        "https://several.example/cb",
        "https://several.example/other",
        "https://several.example/with?query=kept&also=this",
    ];
    Ok(vec![
        like_main(
            "client-public",
            None,
            ClientAuthenticationMethod::None,
            &["http://127.0.0.1/cb", "com.example.app:/cb"],
        )?,
        like_main(
            "client-several",
            Some("secret-of-client-several"),
            basic,
            &several,
        )?,
        like_main(
            "client-post",
            Some("secret-of-client-post"),
            ClientAuthenticationMethod::Form,
            &["https://post.example/cb"],
        )?,
        like_main(
            "odd/id+1",
            Some("s%25:a+b c&d=e/x"),
            basic,
            &["https://odd.example/cb"],
        )?,
    ])
}

/// What is known of the parties of a profile.
fn target(
    profile: &Profile,
    setup: &Setup,
    configuration: &Configuration,
    resource: &resource_server::Configuration,
) -> Target {
    let origin = &configuration.origin;
    let endpoints = endpoints(profile, configuration, resource);
    let known = configuration
        .clients
        .iter()
        .filter(|client| client.code_grant);
    let clients = known.map(client_part).collect();
    let users = setup.users.iter().filter_map(|user| {
        let (_, username, password) = user.credentials.first()?;
        Some(UserPart {
            username: username.text().to_string(),
            password: password.text().to_string(),
        })
    });
    let seconds = |span: Option<Span>| span.map(Span::seconds);
    let options = &configuration.options;
    let file = TargetFile {
        schema: None,
        name: profile.name.clone(),
        note: None,
        issuer: configuration.issuer.as_str().to_owned(),
        also_at: vec![origin.to_string(), resource.origin.to_string()],
        ca: None,
        discover: false,
        endpoints,
        features: Some(features(profile, configuration).into_iter().collect()),
        clients,
        clients_file: None,
        introspector: configuration
            .clients
            .iter()
            .find(|client| client.introspects)
            .map(client_part),
        registration: super::target::RegistrationPart::default(),
        users: users.collect(),
        request: request(profile),
        pages: Vec::new(),
        lifetimes: LifetimesPart {
            code_s: seconds(options.code_lifetime),
            access_token_s: seconds(options.access_token_lifetime),
            refresh_token_s: seconds(options.refresh_token_lifetime),
        },
        limits: super::target::LimitsPart::default(),
        process: None,
        hooks: super::target::HooksPart::default(),
        deviations: super::known::deviations(profile),
        skip: Vec::new(),
    };
    Target::new(&file, None)
}

/// The endpoints that a profile switches on.
fn endpoints(
    profile: &Profile,
    configuration: &Configuration,
    resource: &resource_server::Configuration,
) -> BTreeMap<Endpoint, String> {
    use grantlab_core::authorization_server::policy::{PushedRequests, Registering};

    let policy = &profile.policies.authorization_server;
    let paths = &configuration.endpoints;
    let at = |path: &Text| format!("{}{path}", configuration.origin);
    let mut endpoints = BTreeMap::from([
        (Endpoint::Authorization, at(&paths.authorization)),
        (Endpoint::Token, at(&paths.token)),
        (Endpoint::Revocation, at(&paths.revocation)),
        (Endpoint::Introspection, at(&paths.introspection)),
        (Endpoint::Metadata, at(&paths.metadata)),
        (
            Endpoint::Resource,
            format!("{}{}", resource.origin, resource.path),
        ),
    ]);
    if configuration.signing_key.is_some() {
        endpoints.insert(Endpoint::Jwks, at(&paths.jwks));
    }
    if policy.par != PushedRequests::Off {
        endpoints.insert(Endpoint::PushedRequests, at(&paths.pushed_requests));
    }
    if policy.dcr != Registering::Closed {
        endpoints.insert(Endpoint::Registration, at(&paths.registration));
    }
    endpoints
}

fn client_part(client: &Registration) -> ClientPart {
    let can = |how| client.authentication.contains(&how);
    let how = match client.authentication.first() {
        Some(ClientAuthenticationMethod::None) | None => Authentication::Id,
        Some(ClientAuthenticationMethod::Basic) => Authentication::Basic,
        Some(ClientAuthenticationMethod::Form) => Authentication::Post,
        // Checks speak forms, as the standard does.
        Some(ClientAuthenticationMethod::Json) if can(ClientAuthenticationMethod::Basic) => {
            Authentication::Basic
        }
        Some(ClientAuthenticationMethod::Json) => Authentication::Post,
    };
    ClientPart {
        name: client.client_id.as_str().to_owned(),
        client_id: Some(client.client_id.as_str().to_owned()),
        client_secret: client
            .client_secret
            .as_ref()
            .map(|secret| secret.text().to_string()),
        authentication: Some(how),
        redirect_uris: client
            .redirect_uris
            .iter()
            .map(|uri| uri.text().to_string())
            .collect(),
        scope: None,
        pkce: None,
        refreshes: client.refresh_grant,
    }
}

/// What a profile asks for when it is honest.
fn request(profile: &Profile) -> RequestPart {
    let asked = profile.client.scope.as_ref().map(|scope| scope.scope());
    let registered = profile.client.registered_scope.scope();
    let scope = asked.unwrap_or_else(|| registered.clone());
    let mut words: Vec<&str> = scope.tokens().collect();
    let narrow = words.first().map(|word| (*word).to_owned());
    // One scope more than the profile asks for, where there is one that opens something: a narrower one is less then.
    let about_login = ["openid", "email", "offline_access"];
    let more = registered
        .tokens()
        .find(|word| !words.contains(word) && !about_login.contains(word));
    words.extend(more);
    RequestPart {
        scope: Some(words.join(" ")).filter(|scope| !scope.is_empty()),
        narrow_scope: narrow,
        ..RequestPart::default()
    }
}

/// What a profile can do.
fn features(profile: &Profile, configuration: &Configuration) -> BTreeSet<Feature> {
    use grantlab_core::authorization_server::policy::{IssParameter, Pkce, PkceMethods};

    let policy = &profile.policies.authorization_server;
    let mut features = BTreeSet::from([Feature::Login, Feature::Consent, Feature::Clock]);
    if policy.pkce != Pkce::Ignored {
        features.insert(Feature::Pkce);
        if policy.pkce_methods == PkceMethods::S256AndPlain {
            features.insert(Feature::PkcePlain);
        }
    }
    if policy.iss_param != IssParameter::Off {
        features.insert(Feature::Iss);
    }
    if profile.client.refreshes {
        features.insert(Feature::Refresh);
    }
    if profile.server.id_tokens {
        features.insert(Feature::Openid);
    }
    let mut clients = configuration.clients.iter();
    if let Some(main) = clients.find(|client| client.code_grant) {
        if main.response_modes.contains(&ResponseMode::FormPost) {
            features.insert(Feature::FormPost);
        }
        if main.response_types.contains(&ResponseType::CODE_ID_TOKEN) {
            features.insert(Feature::Hybrid);
        }
    }
    features
}
