//! What a request is about: which endpoint of which party it goes to.

use grantlab_core::http::{Body, Fields, Request, Url};
use grantlab_core::wire;

use crate::setup::Setup;

/// What an exchange of a request and its response is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exchange {
    /// The client's home page.
    Home,
    /// The client's button to log in.
    LoginStart,
    /// Another of the client's own pages.
    ClientPage,
    /// The authorization endpoint (RFC 6749 §3.1).
    Authorization,
    /// The form in which the owner logs in or decides.
    OwnerForm,
    /// The redirection endpoint (RFC 6749 §3.1.2).
    Callback,
    /// The token endpoint, for a code (RFC 6749 §4.1.3).
    Token,
    /// The token endpoint, for a refresh token (RFC 6749 §6).
    Refresh,
    /// The token endpoint, for anything else.
    TokenOther,
    /// RFC 7009.
    Revocation,
    /// RFC 7662.
    Introspection,
    /// RFC 9126.
    Pushed,
    /// RFC 8414.
    Metadata,
    /// The resource (RFC 6749 §7).
    Resource,
    /// A site that belongs to nobody of these.
    Elsewhere,
    /// A page of a party that has no other name here.
    Other,
}

impl Exchange {
    /// Its word in the names of texts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::LoginStart => "login_start",
            Self::ClientPage => "client_page",
            Self::Authorization => "authorization",
            Self::OwnerForm => "owner_form",
            Self::Callback => "callback",
            Self::Token => "token",
            Self::Refresh => "refresh",
            Self::TokenOther => "token_other",
            Self::Revocation => "revocation",
            Self::Introspection => "introspection",
            Self::Pushed => "pushed",
            Self::Metadata => "metadata",
            Self::Resource => "resource",
            Self::Elsewhere => "elsewhere",
            Self::Other => "other",
        }
    }
}

/// The client's own pages, as its links and forms name them.
const HOME: &str = "/";
const LOGIN: &str = "/login";

/// The client's page that goes on wherever a parameter says, if it has one.
const GO: &str = "/go";

/// Where everybody listens.
#[derive(Debug)]
pub struct Places {
    endpoints: Vec<(String, Exchange)>,
    clients: Vec<String>,
    redirects: Vec<String>,
    origins: Vec<String>,
}

impl Places {
    /// The places of a setup.
    #[must_use]
    pub fn of(setup: &Setup) -> Self {
        let mut endpoints = Vec::new();
        let mut origins = Vec::new();
        for server in &setup.servers {
            let known = &server.configuration;
            let at = |path: &str| format!("{}{path}", known.origin);
            let paths = &known.endpoints;
            endpoints.extend([
                (at(paths.authorization.as_str()), Exchange::Authorization),
                (at(paths.login.as_str()), Exchange::OwnerForm),
                (at(paths.consent.as_str()), Exchange::OwnerForm),
                (at(paths.token.as_str()), Exchange::Token),
                (at(paths.revocation.as_str()), Exchange::Revocation),
                (at(paths.introspection.as_str()), Exchange::Introspection),
                (at(paths.pushed_requests.as_str()), Exchange::Pushed),
                (at(paths.metadata.as_str()), Exchange::Metadata),
                (at(paths.jwks.as_str()), Exchange::Metadata),
            ]);
            origins.push(known.origin.to_string());
        }
        for resource in &setup.resources {
            let known = &resource.configuration;
            endpoints.push((
                format!("{}{}", known.origin, known.path),
                Exchange::Resource,
            ));
            origins.push(known.origin.to_string());
        }
        let clients: Vec<String> = setup
            .clients
            .iter()
            .map(|client| client.configuration.origin.to_string())
            .collect();
        let redirects = setup
            .clients
            .iter()
            .flat_map(|client| &client.configuration.providers);
        origins.extend(clients.iter().cloned());
        Self {
            endpoints,
            redirects: redirects
                .map(|known| known.redirect_uri.as_str().to_owned())
                .collect(),
            clients,
            origins,
        }
    }

    /// What a request is about.
    #[must_use]
    pub fn exchange(&self, request: &Request) -> Exchange {
        let endpoint = request.url.endpoint();
        let origin = request.url.origin.to_string();
        if self.clients.contains(&origin) {
            return self.at_client(request, &endpoint);
        }
        let known = self.endpoints.iter().find(|(known, _)| *known == endpoint);
        match known {
            Some((_, Exchange::Token)) => by_grant_type(request),
            Some((_, exchange)) => *exchange,
            None if self.origins.contains(&origin) => Exchange::Other,
            None => Exchange::Elsewhere,
        }
    }

    fn at_client(&self, request: &Request, endpoint: &str) -> Exchange {
        let is_redirect = self
            .redirects
            .iter()
            .any(|uri| uri.split('?').next() == Some(endpoint));
        match request.url.path.as_str() {
            _ if is_redirect => Exchange::Callback,
            GO => Exchange::ClientPage,
            _ if answers(request) => Exchange::Callback,
            HOME => Exchange::Home,
            LOGIN => Exchange::LoginStart,
            _ => Exchange::ClientPage,
        }
    }
}

/// Whether it has the parameters of an authorization response.
fn answers(request: &Request) -> bool {
    ["code", "error"].iter().any(|name| {
        parameters(request)
            .iter()
            .any(|fields| fields.first(name).is_some())
    })
}

fn by_grant_type(request: &Request) -> Exchange {
    let forms = parameters(request);
    let grant_type = forms.iter().find_map(|fields| fields.first("grant_type"));
    match grant_type.map(|text| text.as_str()) {
        Some("refresh_token") => Exchange::Refresh,
        Some("authorization_code") => Exchange::Token,
        Some(_) | None => Exchange::TokenOther,
    }
}

/// The parameters of a request: of its query, and of its form.
pub(super) fn parameters(request: &Request) -> Vec<Fields> {
    let body = match &request.body {
        Body::Form(form) => wire::form::pairs(form)
            .ok()
            .map(|fields| fields.into_owned()),
        Body::Json(json) => json.members().map(|members| {
            let texts = members
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), value.as_text()?.clone())));
            Fields(texts.collect())
        }),
        Body::Empty | Body::Page(_) | Body::Octets { .. } => None,
    };
    query(&request.url).into_iter().chain(body).collect()
}

/// The parameters of a query.
pub(super) fn query(url: &Url) -> Option<Fields> {
    let query = url.query.as_ref()?;
    wire::form::pairs(query)
        .ok()
        .map(|fields| fields.into_owned())
}
