//! The client registration endpoint (RFC 7591 §3): clients that nobody had to type in.
//!
//! A registered client is in the server's database like what owners decided: a crash does not lose it.
//! Where ownership is checked, a registrant shows an initial access token (§3) that the server gave to one developer,
//! and registers redirection URIs on origins that this developer has proved to own. How he proved it is no part of
//! any protocol here: the configuration says so.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::AuthorizationServer;
use super::back_channel;
use super::content;
use super::policy::Registering;
use super::proof::proof;
use super::redirect_matching::SchemeSafe;
use super::registration::{Developer, Registration};
use crate::entropy::Fresh;
use crate::event::Event;
use crate::http::{Body, Method, Request, Status};
use crate::limits::{REGISTERED_CLIENTS_MAX, REGISTERED_URIS_MAX};
use crate::machine::{Context, ExchangeId};
use crate::message::{ClientInformation, ClientMetadata};
use crate::refusal::{Compared, Refusal, Rule};
use crate::text::Text;
use crate::value::{
    ClientAuthenticationMethod, ClientId, ClientSecret, GrantType, RedirectionUri, Scope,
};
use crate::wire::{bearer, location};

proof! {
    /// Whoever registers may.
    waivable RegistrationAuthorized
}
proof! {
    /// Every redirection URI is one that this registrant may have.
    RedirectsOwned
}
proof! {
    /// There is room for another client.
    ClientsBounded
}

/// A registration that every rule let pass.
struct Registrable {
    metadata: ClientMetadata,
    _proofs: (RegistrationAuthorized, RedirectsOwned, ClientsBounded),
}

impl RegistrationAuthorized {
    /// RFC 7591 §3, §5 (MAY): where ownership is checked, the registrant shows whose initial access token it has.
    fn check<'a>(
        policy: Registering,
        developers: &'a [Developer],
        authorization: Option<&Text>,
    ) -> Result<(Option<&'a Developer>, Self), Refusal> {
        match policy {
            Registering::Closed | Registering::Open => return Ok((None, Self::waived())),
            Registering::OwnershipChecked => {}
        }
        let shown = authorization.and_then(|text| bearer::read(text.as_str()).ok());
        let developer = shown.and_then(|token| {
            let mut all = developers.iter();
            all.find(|developer| developer.initial_access_token.as_str() == token)
        });
        match developer {
            Some(developer) => Ok((Some(developer), Self(()))),
            None => Err(Refusal::new(
                Rule::RegistrationAuthorized,
                Compared::shown("an initial access token"),
                shown.map_or(Compared::Absent, Compared::secret),
            )),
        }
    }
}

impl RedirectsOwned {
    /// RFC 7591 §3.2.2, §5; RFC 9700 §2.6, §4.11.2 (MUST): safe schemes, and origins of the registrant.
    fn check(
        server: &AuthorizationServer,
        developer: Option<&Developer>,
        uris: &[RedirectionUri],
    ) -> Result<Self, Refusal> {
        let refused = |expected: &str, uri: &RedirectionUri| {
            Refusal::new(
                Rule::RegistrationRedirects,
                Compared::shown(expected),
                Compared::Shown(uri.text().clone()),
            )
        };
        for uri in uris {
            if SchemeSafe::check(server.configuration.policy.redirect_scheme, uri).is_err() {
                return Err(refused("https, or a loopback address", uri));
            }
            if developer.is_some_and(|developer| !owns(developer, uri)) {
                return Err(refused("an origin that the registrant owns", uri));
            }
        }
        match uris.get(REGISTERED_URIS_MAX) {
            Some(uri) => Err(refused("no more redirection URIs", uri)),
            None => Ok(Self(())),
        }
    }
}

fn owns(developer: &Developer, uri: &RedirectionUri) -> bool {
    location::parse(uri.as_str()).is_ok_and(|url| developer.origins.contains(&url.origin))
}

impl ClientsBounded {
    /// RFC 7591 §5 (hardening): anybody may register, but not without end.
    fn check(registered: usize) -> Result<Self, Refusal> {
        if registered < REGISTERED_CLIENTS_MAX {
            return Ok(Self(()));
        }
        Err(Refusal::new(
            Rule::ClientsBounded,
            Compared::Absent,
            Compared::shown("too many clients registered themselves"),
        ))
    }
}

impl AuthorizationServer {
    /// RFC 7591 §3.1, §3.2.2, in this order: a `POST` with JSON, by somebody who may, with what it may have.
    fn registrable(&self, request: &Request) -> Result<Registrable, Refusal> {
        content::method(request, &[Method::Post])?;
        let policy = self.configuration.policy.dcr;
        let authorization = request.headers.authorization().map_err(|_| {
            Refusal::new(
                Rule::RegistrationAuthorized,
                Compared::shown("one Authorization"),
                Compared::shown("several"),
            )
        })?;
        let developers = &self.configuration.developers;
        let (developer, authorized) =
            RegistrationAuthorized::check(policy, developers, authorization)?;
        let metadata = metadata(&request.body)?;
        let owned = RedirectsOwned::check(self, developer, &metadata.redirect_uris)?;
        let bounded = ClientsBounded::check(self.registered.len())?;
        Ok(Registrable {
            metadata: self.registered_metadata(metadata),
            _proofs: (authorized, owned, bounded),
        })
    }

    /// RFC 7591 §2 (MAY): what the server makes of what was asked for: scope that some client here has, grant types
    /// that it knows.
    fn registered_metadata(&self, mut metadata: ClientMetadata) -> ClientMetadata {
        let configuration = &self.configuration;
        let known = |token: &str| {
            let mut clients = configuration.clients.iter();
            clients.any(|client| client.scope.contains(token))
        };
        metadata.scope = match metadata.scope {
            None => Some(configuration.options.default_scope.clone()),
            Some(asked) => {
                let tokens: Vec<&str> = asked.tokens().filter(|token| known(token)).collect();
                Scope::new(tokens.join(" ")).ok()
            }
        };
        metadata
            .grant_types
            .retain(|grant| !matches!(grant, GrantType::Other(_)));
        metadata
    }

    /// A request to the endpoint, where there is one.
    pub(super) fn registration_endpoint(
        &mut self,
        exchange: ExchangeId,
        request: &Request,
        ctx: &mut Context<'_>,
    ) {
        match self.configuration.policy.dcr {
            Registering::Closed => return self.no_endpoint(exchange, request, ctx),
            Registering::Open | Registering::OwnershipChecked => {}
        }
        match self.registrable(request) {
            Ok(registrable) => self.register(exchange, registrable, ctx),
            Err(refusal) => back_channel::refuse(exchange, refusal, ctx),
        }
    }

    /// RFC 7591 §3.2.1: the client is known from now on, and told as whom.
    fn register(&mut self, exchange: ExchangeId, registrable: Registrable, ctx: &mut Context<'_>) {
        let Registrable { metadata, .. } = registrable;
        let client_id = ClientId::from_fresh(ctx.entropy.fresh(Fresh::ClientId));
        let public = metadata.token_endpoint_auth_method == ClientAuthenticationMethod::None;
        let client_secret =
            (!public).then(|| ClientSecret::from_fresh(ctx.entropy.fresh(Fresh::ClientSecret)));
        let uris: Vec<&str> = metadata
            .redirect_uris
            .iter()
            .map(RedirectionUri::as_str)
            .collect();
        ctx.note(Event::ClientRegistered {
            client_id: client_id.clone(),
            client_confidential: !public,
            redirect_uris: uris.join(" ").into(),
        });
        self.registered.push(Arc::new(Registration {
            client_id: client_id.clone(),
            client_secret: client_secret.clone(),
            authentication: alloc::vec![metadata.token_endpoint_auth_method],
            redirect_uris: metadata.redirect_uris.clone(),
            response_types: metadata.response_types.clone(),
            response_modes: Vec::new(),
            code_grant: metadata.grant_types.contains(&GrantType::AuthorizationCode),
            refresh_grant: metadata.grant_types.contains(&GrantType::RefreshToken),
            scope: metadata.scope.clone().unwrap_or(Scope::NONE),
            introspects: false,
        }));
        let told = ClientInformation {
            client_id,
            client_secret,
            metadata,
        };
        ctx.respond(exchange, back_channel::json(Status::CREATED, told.write()));
    }
}

/// RFC 7591 §3.1, §3.2.2 (MUST): a JSON object, each of whose members is of its type.
fn metadata(body: &Body) -> Result<ClientMetadata, Refusal> {
    let refused = |found: &str| {
        Refusal::new(
            Rule::RegistrationWellFormed,
            Compared::shown("client metadata"),
            Compared::shown(found),
        )
    };
    match body {
        Body::Json(json) => {
            ClientMetadata::parse(json).map_err(|fault| refused(&alloc::format!("{fault}")))
        }
        Body::Empty | Body::Form(_) | Body::Page(_) | Body::Octets { .. } => {
            Err(refused("no JSON"))
        }
    }
}
