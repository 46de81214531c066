//! Puts the attacker into a world: his machines, his account, his browser, and what honest parties know of him.

use std::sync::Arc;

use grantlab_core::authorization_server::registration::{Account, Registration};
use grantlab_core::client::configuration::Provider;
use grantlab_core::client::policy::{IssuerUnique, RedirectUris};
use grantlab_core::http::Origin;
use grantlab_core::message::SigningKey;
use grantlab_core::text::Text;
use grantlab_core::value::{
    ClientAuthenticationMethod, ClientId, ClientSecret, CodeVerifier, Issuer, Malformed, Password,
    RedirectionUri, ResponseMode, ResponseType, Subject, Username,
};
use sha2::{Digest as _, Sha256};

use super::environment::{AttackerSubdomain, Environment};
use super::powers::Powers;
use crate::setup::{ClientSetup, ServerSetup, Setup, UserSetup};

/// What honest clients call his authorization server.
pub const SERVER: &str = "evil";

/// What honest clients call the authorization server that he describes with the honest one's issuer and
/// authorization endpoint, and with a token endpoint of his own (RFC 9700 §4.4).
pub const MIXED_SERVER: &str = "evil-mixed";

/// His account, his browser, and his client.
pub const USER: &str = "mallory";

/// Everything about the attacker that does not change.
#[derive(Clone, Debug)]
pub struct AttackerSetup {
    /// What he can do.
    pub powers: Powers,
    /// What the world around lets him do.
    pub environment: Environment,
    /// His site; his servers are there too.
    pub site: Origin,
    /// Every origin where his machines listen.
    pub origins: Vec<Origin>,
    /// His account and browser, by its place among the users.
    pub user: usize,
    /// His client, as the honest authorization servers know it.
    pub client: Registration,
    /// The verifier of everything that he starts himself.
    pub verifier: CodeVerifier,
    /// What his authorization server calls itself.
    pub issuer: Issuer,
    /// What it signs with.
    pub signing_key: SigningKey,
}

impl AttackerSetup {
    /// The URL of a path at his site.
    #[must_use]
    pub fn at(&self, path: &str) -> Text {
        Text::from(format!("{}{path}", self.site))
    }

    /// Where his client's responses go.
    #[must_use]
    pub fn redirect_uri(&self) -> Option<&RedirectionUri> {
        self.client.redirect_uris.first()
    }

    /// Adds him to `setup`, with all that honest parties know of him.
    ///
    /// # Errors
    /// [`Malformed`] when a value of his is not what its grammar allows: then no world comes of it.
    pub fn join(
        setup: &mut Setup,
        powers: Powers,
        environment: Environment,
    ) -> Result<(), Malformed> {
        let attacker = Self::new(setup, powers, environment)?;
        for server in &mut setup.servers {
            let configuration = Arc::make_mut(&mut server.configuration);
            configuration.clients.push(attacker.client.clone());
            configuration.accounts.push(account(server.name.as_str())?);
        }
        for client in &mut setup.clients {
            attacker.meet(client, &setup.servers)?;
        }
        let mut credentials = Vec::new();
        for server in &setup.servers {
            let password = password(server.name.as_str())?;
            credentials.push((
                server.configuration.origin.clone(),
                Username::new(USER)?,
                password,
            ));
        }
        let Some(user_agent) = setup.users.first().map(|user| user.user_agent) else {
            return Ok(());
        };
        setup.users.push(UserSetup {
            name: Text::new(USER),
            credentials,
            user_agent,
            hostile: true,
        });
        setup.attacker = Some(Arc::new(attacker));
        Ok(())
    }

    fn new(setup: &Setup, powers: Powers, environment: Environment) -> Result<Self, Malformed> {
        let site = Origin::https("evil.example");
        let mut origins = vec![site.clone(), Origin::https("client.example.evil.example")];
        origins.extend(
            setup
                .servers
                .iter()
                .map(|server| server.configuration.options.third_party.clone()),
        );
        if environment.attacker_subdomain == AttackerSubdomain::On {
            origins.extend(setup.clients.iter().map(|client| {
                let host = &client.configuration.origin.host;
                Origin::https(&format!("taken.{host}"))
            }));
        }
        origins.dedup();
        Ok(Self {
            powers,
            environment,
            client: registration(setup, &site)?,
            issuer: Issuer::new(site.to_string())?,
            site,
            origins,
            user: setup.users.len(),
            verifier: CodeVerifier::new("the-verifier-that-the-attacker-uses-for-all-he-starts")?,
            signing_key: SigningKey::from_seed(
                "evil-key",
                Sha256::digest("signing key of evil").into(),
            ),
        })
    }

    /// An honest client works with his authorization server too, under both of its descriptions.
    fn meet(&self, client: &mut ClientSetup, servers: &[ServerSetup]) -> Result<(), Malformed> {
        let configuration = Arc::make_mut(&mut client.configuration);
        let Some(honest) = configuration.providers.first().cloned() else {
            return Ok(());
        };
        let own_uri = match configuration.policy.redirect_uris {
            RedirectUris::Shared => honest.redirect_uri.clone(),
            RedirectUris::PerContext => {
                let shared = honest.redirect_uri.as_str();
                let base = servers
                    .first()
                    .and_then(|server| shared.strip_suffix(server.name.as_str()));
                RedirectionUri::new(format!("{}{SERVER}", base.unwrap_or(shared)))?
            }
        };
        let own = Provider {
            name: Text::new(SERVER),
            issuer: self.issuer.clone(),
            authorization_endpoint: self.at("/authorize"),
            token_endpoint: self.at("/token"),
            revocation_endpoint: None,
            pushed_requests_endpoint: None,
            keys: vec![self.signing_key.verifying_key()],
            client_id: ClientId::new(format!("{}-at-{SERVER}", client.name))?,
            client_secret: honest
                .client_secret
                .is_some()
                .then(|| ClientSecret::new(format!("client-secret-of-{}-at-{SERVER}", client.name)))
                .transpose()?,
            redirect_uri: own_uri,
            resource: Some(self.at("/resource")),
            ..honest.clone()
        };
        let mixed = Provider {
            name: Text::new(MIXED_SERVER),
            token_endpoint: own.token_endpoint.clone(),
            revocation_endpoint: None,
            pushed_requests_endpoint: None,
            client_secret: own.client_secret.clone(),
            keys: own.keys.clone(),
            resource: own.resource.clone(),
            ..honest
        };
        configuration.providers.push(own);
        // A client that keeps issuers apart never takes the second description on.
        if configuration.policy.issuer_unique == IssuerUnique::Off {
            configuration.providers.push(mixed);
        }
        Ok(())
    }
}

/// His client is as well registered as an honest one.
fn registration(setup: &Setup, site: &Origin) -> Result<Registration, Malformed> {
    let known = setup
        .servers
        .first()
        .and_then(|server| server.configuration.clients.first());
    Ok(Registration {
        client_id: ClientId::new("evil-client")?,
        client_secret: Some(ClientSecret::new("client-secret-of-evil-client")?),
        authentication: vec![
            ClientAuthenticationMethod::Basic,
            ClientAuthenticationMethod::Form,
        ],
        redirect_uris: vec![RedirectionUri::new(format!("{site}/cb"))?],
        response_types: known.map_or_else(
            || vec![ResponseType::CODE],
            |known| known.response_types.clone(),
        ),
        response_modes: known.map_or_else(
            || vec![ResponseMode::Query],
            |known| known.response_modes.clone(),
        ),
        code_grant: true,
        refresh_grant: true,
        scope: known.map(|known| known.scope.clone()).unwrap_or_default(),
        introspects: false,
    })
}

fn password(server: &str) -> Result<Password, Malformed> {
    Password::new(format!("password-of-{USER}-at-{server}"))
}

fn account(server: &str) -> Result<Account, Malformed> {
    Ok(Account {
        username: Username::new(USER)?,
        password: password(server)?,
        subject: Subject::new(USER)?,
        email: Text::from(format!("{USER}@mail.example")),
        roles: Vec::new(),
    })
}
