//! What a client was seen to do at one issuer. It is from here that reports are made, whatever the client says.

use grantlab_core::authorization_server::registration::Configuration as ServerConfiguration;
use grantlab_core::http::{Body, Fields, Request, Response, Status};
use grantlab_core::json::Json;
use grantlab_core::resource_server::Configuration as ResourceConfiguration;
use grantlab_core::text::Text;
use grantlab_core::wire::{basic, bearer};
use serde::Serialize;

use super::journal::{body_fields, readable};

/// Values of a kind that are remembered.
const VALUES_MAX: usize = 128;

/// The shortest value that is looked for in what a client says: shorter ones are in any text by chance.
const SECRET_OCTETS_MIN: usize = 12;

/// Where nothing is, and where answers redirect to in order to see who follows.
pub(super) const ELSEWHERE: &str = "/elsewhere";

/// How often something was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Seen {
    /// Requests for the metadata.
    pub(super) metadata: u32,
    /// Requests for the keys.
    pub(super) keys: u32,
    /// Authorization requests.
    pub(super) logins: u32,
    /// Authorization responses that left for the client.
    pub(super) callbacks: u32,
    /// Requests that bring a code.
    pub(super) redemptions: u32,
    /// Those that were good, whatever the answer was made into.
    pub(super) redeemed: u32,
    /// Requests that bring a refresh token.
    pub(super) refreshes: u32,
    /// Those that bring one that is not the newest.
    pub(super) stale_refreshes: u32,
    /// Requests for the resource.
    pub(super) resource: u32,
    /// Requests to the userinfo endpoint.
    pub(super) userinfo: u32,
    /// Those of both whose token is in the `Authorization` header (RFC 6750 §2.1).
    pub(super) token_in_header: u32,
    /// In the form (§2.2).
    pub(super) token_in_body: u32,
    /// In the query (§2.3).
    pub(super) token_in_query: u32,
    /// Requests to the revocation endpoint.
    pub(super) revocations: u32,
    /// Requests to where an answer redirected.
    pub(super) followed: u32,
    /// Those that brought a code, a token or a secret along.
    pub(super) followed_with_credentials: u32,
}

/// A witness at one issuer.
#[derive(Clone, Debug, Default)]
pub(super) struct Witness {
    pub(super) seen: Seen,
    /// The `state` of each authorization request.
    pub(super) states: Vec<String>,
    /// The `nonce` of each.
    pub(super) nonces: Vec<String>,
    /// What nobody else may read.
    secrets: Vec<String>,
    newest_refresh_token: Option<String>,
    /// The first authorization response, as it left.
    pub(super) first_callback: Option<Fields>,
    /// Who asked last.
    pub(super) client_id: String,
}

fn more(count: &mut u32) {
    *count = count.saturating_add(1);
}

fn remember(values: &mut Vec<String>, value: Option<&Text>) {
    if let Some(value) = value
        && values.len() < VALUES_MAX
    {
        values.push(value.as_str().to_owned());
    }
}

/// What an issuer's paths are.
pub(super) struct Paths<'a> {
    pub(super) server: &'a ServerConfiguration,
    pub(super) resource: &'a ResourceConfiguration,
    pub(super) userinfo: &'a ResourceConfiguration,
}

impl Witness {
    /// Sees a request, and what the machines answered to it.
    pub(super) fn see(&mut self, paths: &Paths<'_>, request: &Request, response: &Response) {
        let path = &request.url.path;
        let endpoints = &paths.server.endpoints;
        let seen = &mut self.seen;
        if *path == endpoints.metadata {
            more(&mut seen.metadata);
        } else if *path == endpoints.jwks {
            more(&mut seen.keys);
        } else if *path == endpoints.authorization {
            self.see_login(request);
        } else if *path == endpoints.token {
            self.see_token_request(request, response);
        } else if *path == endpoints.revocation {
            more(&mut seen.revocations);
        } else if *path == paths.resource.path {
            more(&mut seen.resource);
            self.see_token(request);
        } else if *path == paths.userinfo.path {
            more(&mut seen.userinfo);
            self.see_token(request);
        } else if path.as_str().ends_with(ELSEWHERE) {
            self.see_elsewhere(request);
        }
    }

    /// Sees a response leave for the client.
    pub(super) fn see_callback(&mut self, fields: &Fields) {
        more(&mut self.seen.callbacks);
        remember(&mut self.secrets, fields.first("code"));
        if self.first_callback.is_none() {
            self.first_callback = Some(fields.clone());
        }
    }

    fn see_login(&mut self, request: &Request) {
        let query = request.url.query.as_ref().map(readable).unwrap_or_default();
        let form = body_fields(&request.body);
        let find = |name| query.first(name).or_else(|| form.first(name));
        more(&mut self.seen.logins);
        remember(&mut self.states, find("state"));
        remember(&mut self.nonces, find("nonce"));
        if let Some(client_id) = find("client_id") {
            client_id.as_str().clone_into(&mut self.client_id);
        }
    }

    fn see_token_request(&mut self, request: &Request, response: &Response) {
        let form = body_fields(&request.body);
        for name in ["client_secret", "code_verifier"] {
            remember(&mut self.secrets, form.first(name));
        }
        if let Ok(Some(authorization)) = request.headers.authorization()
            && let Ok(credentials) = basic::read(authorization.as_str())
        {
            remember(&mut self.secrets, Some(&credentials.client_secret));
        }
        let good = response.status == Status::OK;
        if let Some(token) = form.first("refresh_token") {
            more(&mut self.seen.refreshes);
            let newest = self.newest_refresh_token.as_deref();
            if newest.is_some_and(|newest| newest != token.as_str()) {
                more(&mut self.seen.stale_refreshes);
            }
        } else {
            more(&mut self.seen.redemptions);
            if good {
                more(&mut self.seen.redeemed);
            }
        }
        let Body::Json(answer) = &response.body else {
            return;
        };
        for name in ["access_token", "refresh_token", "id_token"] {
            remember(
                &mut self.secrets,
                answer.member(name).and_then(Json::as_text),
            );
        }
        if let Some(token) = answer.member("refresh_token").and_then(Json::as_text) {
            self.newest_refresh_token = Some(token.as_str().to_owned());
        }
    }

    fn see_token(&mut self, request: &Request) {
        let query = request.url.query.as_ref().map(readable).unwrap_or_default();
        let authorization = request.headers.authorization().ok().flatten();
        if authorization.is_some_and(|text| bearer::read(text.as_str()).is_ok()) {
            more(&mut self.seen.token_in_header);
        }
        if body_fields(&request.body).first("access_token").is_some() {
            more(&mut self.seen.token_in_body);
        }
        if query.first("access_token").is_some() {
            more(&mut self.seen.token_in_query);
        }
    }

    fn see_elsewhere(&mut self, request: &Request) {
        more(&mut self.seen.followed);
        let form = body_fields(&request.body);
        let brings = |name| form.first(name).is_some();
        let authorization = request.headers.authorization();
        if authorization != Ok(None) || brings("code") || brings("client_secret") {
            more(&mut self.seen.followed_with_credentials);
        }
    }

    /// Whether a text that a client shows has a secret in it.
    pub(super) fn is_told_in(&self, text: &str) -> bool {
        let mut secrets = self.secrets.iter();
        secrets.any(|secret| secret.len() >= SECRET_OCTETS_MIN && text.contains(secret.as_str()))
    }
}

impl Seen {
    /// Whether an access token was used, or what the client took for one.
    pub(super) const fn uses_token(&self) -> bool {
        self.resource > 0 || self.userinfo > 0
    }
}
