//! What the server publishes about itself (RFC 8414 §3) and its keys (RFC 7517 §5).

use alloc::vec::Vec;

use super::AuthorizationServer;
use super::back_channel;
use super::content;
use super::policy::{IssParameter, Pkce, PkceMethods, PushedRequests, Registering, TokenBinding};
use super::registration::{IssueRefreshToken, Registration};
use crate::event::Event;
use crate::http::{Body, Header, Method, Request, Response, Status, Url};
use crate::json::Json;
use crate::machine::{Context, ExchangeId};
use crate::message::{Metadata, SigningKey, jwks};
use crate::refusal::{Compared, Refusal, Rule};
use crate::text::Text;
use crate::value::GrantType;

impl AuthorizationServer {
    /// A request for the metadata.
    pub(super) fn metadata_endpoint(
        &self,
        exchange: ExchangeId,
        request: &Request,
        ctx: &mut Context<'_>,
    ) {
        let json = self.metadata().write();
        publish(exchange, request, Some(json), ctx);
    }

    /// A request for the keys.
    pub(super) fn jwks_endpoint(
        &self,
        exchange: ExchangeId,
        request: &Request,
        ctx: &mut Context<'_>,
    ) {
        let key = self.configuration.signing_key.as_ref();
        let keys = key.map(|key: &SigningKey| jwks(&[key.verifying_key()]));
        publish(exchange, request, keys, ctx);
    }

    /// RFC 8414 §2: everything that the configuration and the registrations allow.
    fn metadata(&self) -> Metadata {
        let configuration = &self.configuration;
        let policy = &configuration.policy;
        let paths = &configuration.endpoints;
        let url =
            |path: &Text| Text::from(Url::new(&configuration.origin, path.as_str()).endpoint());
        let pushed = match policy.par {
            PushedRequests::Off => None,
            PushedRequests::Optional | PushedRequests::Required => {
                Some(url(&paths.pushed_requests))
            }
        };
        let registers = match policy.dcr {
            Registering::Closed => None,
            Registering::Open | Registering::OwnershipChecked => Some(url(&paths.registration)),
        };
        Metadata {
            issuer: configuration.issuer.clone(),
            authorization_endpoint: url(&paths.authorization),
            token_endpoint: url(&paths.token),
            revocation_endpoint: Some(url(&paths.revocation)),
            introspection_endpoint: Some(url(&paths.introspection)),
            pushed_authorization_request_endpoint: pushed,
            registration_endpoint: registers,
            jwks_uri: configuration.signing_key.as_ref().map(|_| url(&paths.jwks)),
            scopes_supported: self.of_all(|client| client.scope.tokens().map(Text::new).collect()),
            response_types_supported: self
                .of_all(|client| words(&client.response_types, |one| one.as_str())),
            response_modes_supported: self
                .of_all(|client| words(&client.response_modes, |one| one.as_str())),
            grant_types_supported: self.grant_types(),
            token_endpoint_auth_methods_supported: self
                .of_all(|client| words(&client.authentication, |one| one.as_str())),
            code_challenge_methods_supported: self.challenge_methods(),
            dpop_signing_alg_values_supported: match policy.token_bind {
                TokenBinding::Dpop => alloc::vec![Text::new("EdDSA")],
                TokenBinding::None | TokenBinding::Mtls => Vec::new(),
            },
            tls_client_certificate_bound_access_tokens: policy.token_bind == TokenBinding::Mtls,
            authorization_response_iss_parameter_supported: match policy.iss_param {
                IssParameter::On => true,
                IssParameter::Off => false,
            },
        }
    }

    /// What `pick` finds in the registrations, each once, in their order.
    fn of_all(&self, pick: impl Fn(&Registration) -> Vec<Text>) -> Vec<Text> {
        let mut found = Vec::new();
        for word in self.configuration.clients.iter().flat_map(pick) {
            if !found.contains(&word) {
                found.push(word);
            }
        }
        found
    }

    fn grant_types(&self) -> Vec<Text> {
        let mut types = alloc::vec![Text::new(GrantType::AuthorizationCode.as_str())];
        match self.configuration.options.refresh_token {
            IssueRefreshToken::Never => {}
            IssueRefreshToken::IfRegistered | IssueRefreshToken::IfOffline => {
                types.push(Text::new(GrantType::RefreshToken.as_str()));
            }
        }
        types
    }

    /// RFC 8414 §2, RFC 9700 §2.1.1 (MUST): a server that honours PKCE says so.
    fn challenge_methods(&self) -> Vec<Text> {
        let policy = &self.configuration.policy;
        let methods: &[&str] = match (policy.pkce, policy.pkce_methods) {
            (Pkce::Ignored, _) => &[],
            (Pkce::Required | Pkce::RequiredPublic | Pkce::Optional, PkceMethods::S256) => {
                &["S256"]
            }
            (Pkce::Required | Pkce::RequiredPublic | Pkce::Optional, PkceMethods::S256AndPlain) => {
                &["S256", "plain"]
            }
        };
        methods.iter().copied().map(Text::new).collect()
    }
}

fn words<T: Copy>(values: &[T], word: impl Fn(T) -> &'static str) -> Vec<Text> {
    values.iter().copied().map(word).map(Text::new).collect()
}

/// RFC 8414 §3.2 (MUST): 200 and JSON, for a `GET`.
fn publish(exchange: ExchangeId, request: &Request, json: Option<Json>, ctx: &mut Context<'_>) {
    let found = content::method(request, &[Method::Get]).and_then(|()| {
        json.ok_or_else(|| {
            Refusal::new(
                Rule::EndpointExists,
                Compared::Absent,
                Compared::Shown(request.url.path.clone()),
            )
        })
    });
    match found {
        Ok(json) => ctx.respond(exchange, Response::new(Status::OK, Body::Json(json))),
        Err(refusal) => {
            let response = match refusal.answer().status {
                Status::METHOD_NOT_ALLOWED => {
                    Response::new(Status::METHOD_NOT_ALLOWED, Body::Empty)
                        .with(Header::Allow(Text::new("GET")))
                }
                _ => back_channel::refused(&refusal),
            };
            ctx.note(Event::RequestRefused { refusal });
            ctx.respond(exchange, response);
        }
    }
}
