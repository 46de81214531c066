//! Makes the parties of a world from a profile: who they are, where they are, what they know of each other.

use std::sync::Arc;

use grantlab_core::authorization_server::policy::{IssParameter, PushedRequests, TokenBinding};
use grantlab_core::authorization_server::registration::{
    Configuration as ServerConfiguration, Endpoints, ExtraMember as CoreExtraMember, Options,
    Registration,
};
use grantlab_core::client::configuration::{Configuration as ClientConfiguration, Provider};
use grantlab_core::client::policy::{
    AskedResponseType, AuthorizationServers, ClientIdAcrossServers, ClientPolicy, ClientType,
    KeysAcrossServers, RedirectUris,
};
use grantlab_core::http::Origin;
use grantlab_core::limits::EXCHANGE_TIMEOUT_MS;
use grantlab_core::message::SigningKey;
use grantlab_core::resource_server::Configuration as ResourceConfiguration;
use grantlab_core::text::Text;
use grantlab_core::time::Span;
use grantlab_core::user_agent::policy::NativeScheme;
use grantlab_core::value::{
    ClientAuthenticationMethod, ClientId, CodeVerifier, Issuer, Malformed, RedirectionUri,
    ResponseMode, ResponseType, State, Username,
};

use super::Profile;
use super::identities::{
    account, certificate, client_id, client_secret, developer, password, proof_key,
    resource_registration, secret_of, signing_key, third_party,
};
use super::json::core_json;
use super::words::{AuthenticationMethod, ExtraMember};
use crate::setup::{ClientSetup, ResourceSetup, ServerSetup, Setup, UserSetup};

/// Authorization servers of a world at most.
pub const SERVERS_MAX: u8 = 2;

/// Nodes of an authorization server at most.
pub const NODES_MAX: u8 = 4;

/// The clients of every world.
pub const CLIENTS: [&str; 2] = ["client", "client2"];

/// The users of every world.
pub const USERS: [&str; 2] = ["alice", "bob"];

/// How large a world is, and whose clocks are wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Authorization servers: `as`, and `as2`.
    pub servers: u8,
    /// Nodes of each.
    pub nodes: u8,
    /// How far the clock of a party is ahead, in milliseconds. A node is named `as/2`.
    pub clock_skew_ms: Vec<(String, i64)>,
}

impl Scale {
    /// One authorization server with one node, and clocks that are right.
    pub const SMALL: Self = Self {
        servers: 1,
        nodes: 1,
        clock_skew_ms: Vec::new(),
    };

    fn skew(&self, party: &str) -> i64 {
        let found = self.clock_skew_ms.iter().find(|(name, _)| name == party);
        found.map_or(0, |(_, skew)| *skew)
    }
}

/// The name of the authorization server at a place.
#[must_use]
pub fn server_name(place: u8) -> String {
    numbered("as", place)
}

/// `as`, `as2`, `as3`, …
fn numbered(word: &str, place: u8) -> String {
    match place {
        0 => word.to_owned(),
        _ => format!("{word}{}", u16::from(place) + 1),
    }
}

/// The origin of the party called `name`.
pub(super) fn origin(name: &str) -> Origin {
    Origin::https(&format!("{name}.example"))
}

fn url(origin: &Origin, path: &Text) -> Text {
    Text::from(format!("{origin}{path}"))
}

impl Profile {
    /// The parties of a world.
    ///
    /// # Errors
    /// [`Malformed`] when the profile makes a value that its grammar does not allow.
    pub fn setup(&self, scale: &Scale) -> Result<Setup, Malformed> {
        let places = 0..scale.servers.clamp(1, SERVERS_MAX);
        let servers = places
            .clone()
            .map(|place| self.server_setup(place, scale))
            .collect::<Result<Vec<_>, _>>()?;
        let clients = CLIENTS
            .iter()
            .map(|name| self.client_setup(name, &servers, scale))
            .collect::<Result<Vec<_>, _>>()?;
        let resources = places
            .zip(&servers)
            .map(|(place, server)| self.resource_setup(place, server, scale))
            .collect::<Result<Vec<_>, _>>()?;
        let users = USERS
            .iter()
            .map(|name| self.user_setup(name, &servers))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Setup {
            servers,
            clients,
            resources,
            users,
            attacker: None,
        })
    }

    fn server_setup(&self, place: u8, scale: &Scale) -> Result<ServerSetup, Malformed> {
        let name = server_name(place);
        let origin = origin(&name);
        let mut clients = CLIENTS
            .iter()
            .map(|client| self.registration(client, &name))
            .collect::<Result<Vec<_>, _>>()?;
        clients.push(resource_registration(&numbered("rs", place))?);
        let accounts = USERS
            .iter()
            .map(|user| account(user, &name))
            .collect::<Result<Vec<_>, _>>()?;
        let configuration = ServerConfiguration {
            issuer: self.issuer(&origin)?,
            origin,
            endpoints: self.endpoints(),
            policy: self.policies.authorization_server,
            options: self.options(),
            clients,
            accounts,
            developers: CLIENTS
                .iter()
                .map(|client| developer(client, &name))
                .collect::<Result<Vec<_>, _>>()?,
            signing_key: self.server.id_tokens.then(|| signing_key(&name)),
        };
        let nodes = scale.nodes.clamp(1, NODES_MAX);
        let skew_of = |node: u8| scale.skew(&name) + scale.skew(&format!("{name}/{}", node + 1));
        Ok(ServerSetup {
            name: Text::from(&name),
            configuration: Arc::new(configuration),
            nodes,
            clock_skew_ms: (0..nodes).map(skew_of).collect(),
            store_records_max: usize::try_from(self.server.store_records_max).unwrap_or(usize::MAX),
        })
    }

    /// What a server at `origin` calls itself.
    fn issuer(&self, origin: &Origin) -> Result<Issuer, Malformed> {
        match &self.server.issuer {
            Some(identifier) => Issuer::new(identifier.as_str()),
            None => Issuer::new(origin.to_string()),
        }
    }

    fn endpoints(&self) -> Endpoints {
        let text = |path: &super::words::Path| Text::new(path.as_str());
        let server = &self.server;
        Endpoints {
            authorization: text(&server.authorization_endpoint),
            login: text(&server.login_endpoint),
            consent: text(&server.consent_endpoint),
            token: text(&server.token_endpoint),
            revocation: text(&server.revocation_endpoint),
            introspection: text(&server.introspection_endpoint),
            pushed_requests: text(&server.pushed_authorization_request_endpoint),
            registration: text(&server.registration_endpoint),
            metadata: text(&server.metadata_endpoint),
            jwks: text(&server.jwks_endpoint),
        }
    }

    fn options(&self) -> Options {
        let server = &self.server;
        let extra_members = server.extra_members.iter().map(|member| match member {
            ExtraMember::Fixed(fixed) => {
                CoreExtraMember::Fixed(Text::from(&fixed.name), core_json(&fixed.value))
            }
            ExtraMember::OwnerData(name) => CoreExtraMember::OwnerData(Text::from(name)),
            ExtraMember::Roles(name) => CoreExtraMember::Roles(Text::from(name)),
        });
        Options {
            code_lifetime: self.policies.code_lifetime,
            access_token_lifetime: server.access_token_lifetime_s.map(Span::from_seconds),
            refresh_token_lifetime: server.refresh_token_lifetime_s.map(Span::from_seconds),
            session_lifetime: Span::from_seconds(server.session_lifetime_s),
            transaction_lifetime: Span::from_seconds(server.transaction_lifetime_s),
            pushed_lifetime: Span::from_seconds(server.pushed_lifetime_s),
            refresh_token: server.refresh_tokens.into(),
            absent_redirect_uri: server.absent_redirect_uri.into(),
            default_scope: server.default_scope.scope(),
            scope_in_response: server.scope_in_response.into(),
            scope_in_redirect: server.scope_in_redirect,
            authorization_by_post: server.authorization_by_post,
            json_token_requests: server.json_token_requests,
            token_type: Text::from(&server.token_type),
            extra_members: extra_members.collect(),
            third_party: third_party(),
        }
    }

    /// The policy of a client. `client2` is confidential whatever the other is.
    fn client_policy(&self, client: &str) -> ClientPolicy {
        let mut policy = self.policies.client;
        if client != "client" {
            policy.client_type = ClientType::Confidential;
        }
        policy
    }

    fn registration(&self, client: &str, server: &str) -> Result<Registration, Malformed> {
        let policy = self.client_policy(client);
        let asked_type = self.asked_response_type(&policy);
        let asked_mode = ResponseMode::read(policy.response_mode.as_str());
        let fragment = asked_type
            .needs_fragment()
            .then_some(ResponseMode::Fragment);
        let mut redirect_uris = vec![self.redirect_uri(client, server)?];
        for target in &self.client.further_redirect_uris {
            let absolute = match target.as_str().starts_with('/') {
                true => format!("{}{target}", origin(client)),
                false => target.to_string(),
            };
            redirect_uris.push(RedirectionUri::new(absolute)?);
        }
        Ok(Registration {
            client_id: client_id(client, self.known_as(server))?,
            client_secret: client_secret(client, server, &policy)?,
            authentication: self.authentication(&policy),
            redirect_uris,
            response_types: distinct(
                std::iter::once(asked_type).chain(
                    self.client
                        .further_response_types
                        .iter()
                        .map(|words| words.response_type()),
                ),
            ),
            response_modes: distinct(
                asked_mode.into_iter().chain(fragment).chain(
                    self.client
                        .further_response_modes
                        .iter()
                        .map(|mode| (*mode).into()),
                ),
            ),
            code_grant: true,
            refresh_grant: self.client.refreshes,
            scope: self.client.registered_scope.scope(),
            introspects: false,
        })
    }

    fn asked_response_type(&self, policy: &ClientPolicy) -> ResponseType {
        match &self.client.response_type_words {
            Some(words) => words.response_type(),
            None => match policy.response_type {
                AskedResponseType::Code => ResponseType::CODE,
                AskedResponseType::CodeIdToken => ResponseType::CODE_ID_TOKEN,
                AskedResponseType::CodeToken => ResponseType::CODE_TOKEN,
            },
        }
    }

    /// How a client may prove itself; the first is how it does.
    fn authentication(&self, policy: &ClientPolicy) -> Vec<ClientAuthenticationMethod> {
        match policy.client_type {
            ClientType::Public => vec![ClientAuthenticationMethod::None],
            ClientType::Confidential => {
                let further = self.client.further_authentication.iter();
                distinct(
                    std::iter::once(&self.client.authentication)
                        .chain(further)
                        .map(|method: &AuthenticationMethod| (*method).into()),
                )
            }
        }
    }

    /// The server after which a client is called at `server`.
    fn known_as<'a>(&self, server: &'a str) -> &'a str {
        match self.policies.client.client_id_across_as {
            ClientIdAcrossServers::Distinct => server,
            ClientIdAcrossServers::Equal => "as",
        }
    }

    /// The server for which a client made the key that it uses at `server`.
    fn keyed_as<'a>(&self, server: &'a str) -> &'a str {
        match self.policies.client.keys_across_as {
            KeysAcrossServers::Distinct => server,
            KeysAcrossServers::Shared => "as",
        }
    }

    /// Where the responses to a client's requests come back: on its origin, or, where native apps have schemes of
    /// their own, under that of the client called `client`.
    fn redirect_uri(&self, client: &str, server: &str) -> Result<RedirectionUri, Malformed> {
        let path = &self.client.redirect_path;
        let origin = match self.policies.user_agent.native_scheme {
            NativeScheme::CustomSchemeShared if client == "client" => format!("example.{client}:"),
            NativeScheme::CustomSchemeShared | NativeScheme::ClaimedHttps => {
                origin(client).to_string()
            }
        };
        RedirectionUri::new(match self.policies.client.redirect_uris {
            RedirectUris::Shared => format!("{origin}{path}"),
            RedirectUris::PerContext => format!("{origin}{path}/{server}"),
        })
    }

    fn client_setup(
        &self,
        name: &str,
        servers: &[ServerSetup],
        scale: &Scale,
    ) -> Result<ClientSetup, Malformed> {
        let policy = self.client_policy(name);
        let known = match policy.as_set {
            AuthorizationServers::Multi => servers.len(),
            AuthorizationServers::Single => 1,
        };
        let providers = (0..)
            .zip(servers.iter().take(known))
            .map(|(place, server)| self.provider(name, &policy, place, server))
            .collect::<Result<Vec<_>, _>>()?;
        let configuration = ClientConfiguration {
            origin: origin(name),
            policy,
            providers,
            patience: Span(EXCHANGE_TIMEOUT_MS),
            static_state: State::new(format!("state-of-everybody-at-{name}"))?,
            constant_verifier: CodeVerifier::new(format!(
                "the-one-code-verifier-that-{name}-uses-for-everybody"
            ))?,
            third_party: third_party(),
        };
        Ok(ClientSetup {
            name: Text::new(name),
            configuration: Arc::new(configuration),
            clock_skew_ms: scale.skew(name),
        })
    }

    /// What a client knows about an authorization server: what the server's own configuration says.
    fn provider(
        &self,
        client: &str,
        policy: &ClientPolicy,
        place: u8,
        server: &ServerSetup,
    ) -> Result<Provider, Malformed> {
        let known = &server.configuration;
        let at = |path: &Text| url(&known.origin, path);
        let pushes = known.policy.par != PushedRequests::Off;
        let resource = format!("{}{}", origin(&numbered("rs", place)), self.resource.path);
        let words = self.client.response_type_words.as_ref();
        Ok(Provider {
            name: server.name.clone(),
            issuer: known.issuer.clone(),
            authorization_endpoint: at(&known.endpoints.authorization),
            token_endpoint: at(&known.endpoints.token),
            revocation_endpoint: Some(at(&known.endpoints.revocation)),
            pushed_requests_endpoint: pushes.then(|| at(&known.endpoints.pushed_requests)),
            keys: known
                .signing_key
                .iter()
                .map(SigningKey::verifying_key)
                .collect(),
            promises_iss: known.policy.iss_param == IssParameter::On,
            client_id: client_id(client, self.known_as(server.name.as_str()))?,
            client_secret: client_secret(client, server.name.as_str(), policy)?,
            authentication: self
                .authentication(policy)
                .first()
                .copied()
                .unwrap_or(ClientAuthenticationMethod::None),
            proof_key: (known.policy.token_bind == TokenBinding::Dpop)
                .then(|| proof_key(client, self.keyed_as(server.name.as_str()))),
            certificate: (known.policy.token_bind == TokenBinding::Mtls)
                .then(|| certificate(client, self.keyed_as(server.name.as_str()))),
            authorization_method: self.client.authorization_method.into(),
            redirect_uri: self.redirect_uri(client, server.name.as_str())?,
            send_redirect_uri: self.client.send_redirect_uri.into(),
            scope: self.client.scope.as_ref().map(|scope| scope.scope()),
            response_type_words: words.map(|words| Text::new(words.as_str())),
            resource: Some(Text::from(resource)),
            reads_resource_at_once: self.client.reads_resource_at_once,
        })
    }

    fn resource_setup(
        &self,
        place: u8,
        server: &ServerSetup,
        scale: &Scale,
    ) -> Result<ResourceSetup, Malformed> {
        let name = numbered("rs", place);
        let known = &server.configuration;
        let required = self.resource.required_scope.as_ref();
        Ok(ResourceSetup {
            configuration: Arc::new(ResourceConfiguration {
                origin: origin(&name),
                path: Text::new(self.resource.path.as_str()),
                realm: Text::from(&self.resource.realm),
                introspection_endpoint: url(&known.origin, &known.endpoints.introspection),
                client_id: ClientId::new(name.as_str())?,
                client_secret: secret_of(&name)?,
                policy: self.policies.resource_server,
                required_scope: required.map(|scope| Text::new(scope.as_str())),
                issuer: known.issuer.clone(),
                patience: Span(EXCHANGE_TIMEOUT_MS),
            }),
            clock_skew_ms: scale.skew(&name),
            name: Text::from(name),
        })
    }

    fn user_setup(&self, name: &str, servers: &[ServerSetup]) -> Result<UserSetup, Malformed> {
        let credentials = servers.iter().map(|server| {
            Ok((
                server.configuration.origin.clone(),
                Username::new(name)?,
                password(name, server.name.as_str())?,
            ))
        });
        Ok(UserSetup {
            name: Text::new(name),
            credentials: credentials.collect::<Result<Vec<_>, Malformed>>()?,
            user_agent: self.policies.user_agent,
            hostile: false,
        })
    }
}

/// The values in their order, each once.
fn distinct<T: PartialEq>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut kept = Vec::new();
    for value in values {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}
