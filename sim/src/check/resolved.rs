//! A target that is ready to be checked: its endpoints found, its clients known.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use grantlab_core::http::Origin;
use grantlab_core::json::Json;
use grantlab_core::wire::location;

use super::target::{
    ClientPart, Deviation, LifetimesPart, PagePart, Pkce, RequestPart, Skip, TargetFile, UserPart,
};
use super::words::{Authentication, Endpoint, Feature, Role};

/// A target that is ready to be checked.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// What it is.
    pub name: String,
    /// Its issuer identifier.
    pub issuer: String,
    /// The origins at which it answers. Whatever is elsewhere is a client.
    pub origins: Vec<Origin>,
    /// Its endpoints as URLs.
    pub endpoints: BTreeMap<Endpoint, String>,
    /// What it can do.
    pub features: BTreeSet<Feature>,
    /// Its clients.
    pub clients: Vec<Client>,
    /// Who asks about tokens, if not the clients themselves.
    pub introspector: Option<Client>,
    /// Its users.
    pub users: Vec<UserPart>,
    /// What an honest request looks like.
    pub request: RequestPart,
    /// How its pages are filled in.
    pub pages: Vec<PagePart>,
    /// How long what it issues is good for.
    pub lifetimes: LifetimesPart,
    /// Verdicts that are known and accepted.
    pub deviations: Vec<Deviation>,
    /// Checks that are not to be tried.
    pub skip: Vec<Skip>,
}

/// A client of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// What reports call it.
    pub name: String,
    /// Its id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Option<String>,
    /// How it proves itself.
    pub authentication: Authentication,
    /// Its redirection URIs.
    pub redirect_uris: Vec<String>,
    /// What it asks for.
    pub scope: Option<String>,
    /// Whether it sends a PKCE challenge.
    pub pkce: bool,
    /// Whether it gets refresh tokens.
    pub refreshes: bool,
}

impl Client {
    /// A client of a target file, once its id is known.
    #[must_use]
    pub fn of(part: &ClientPart, request: &RequestPart) -> Option<Self> {
        let usual = match part.client_secret {
            Some(_) => Authentication::Basic,
            None => Authentication::Id,
        };
        Some(Self {
            name: part.name.clone(),
            client_id: part.client_id.clone()?,
            client_secret: part.client_secret.clone(),
            authentication: part.authentication.unwrap_or(usual),
            redirect_uris: part.redirect_uris.clone(),
            scope: part.scope.clone().or_else(|| request.scope.clone()),
            pkce: part.pkce.unwrap_or(request.pkce) == Pkce::S256,
            refreshes: part.refreshes,
        })
    }

    /// The redirection URI that most checks use.
    #[must_use]
    pub fn redirect_uri(&self) -> Option<&str> {
        self.redirect_uris.first().map(String::as_str)
    }

    fn is_odd(&self) -> bool {
        let plain = |text: &str| {
            text.bytes()
                .all(|octet| octet.is_ascii_alphanumeric() || b"-._~".contains(&octet))
        };
        !plain(&self.client_id) || !self.client_secret.as_deref().is_none_or(plain)
    }
}

impl Target {
    /// A target as its file and its metadata say. Clients without an id are not there yet.
    #[must_use]
    pub fn new(file: &TargetFile, metadata: Option<&Json>) -> Self {
        let endpoints = endpoints(file, metadata);
        let features = match &file.features {
            Some(features) => features.iter().copied().collect(),
            None => features(metadata),
        };
        let mut target = Self {
            name: file.name.clone(),
            issuer: file.issuer.clone(),
            origins: Vec::new(),
            endpoints,
            features,
            clients: file
                .clients
                .iter()
                .filter_map(|part| Client::of(part, &file.request))
                .collect(),
            introspector: file
                .introspector
                .as_ref()
                .and_then(|part| Client::of(part, &file.request)),
            users: file.users.clone(),
            request: file.request.clone(),
            pages: file.pages.clone(),
            lifetimes: file.lifetimes.clone(),
            deviations: file.deviations.clone(),
            skip: file.skip.clone(),
        };
        target.add_features_of_endpoints();
        let urls = target.endpoints.values().map(String::as_str);
        let urls = urls.chain([file.issuer.as_str()]);
        let urls = urls.chain(file.also_at.iter().map(String::as_str));
        let origins: Vec<Origin> = urls.filter_map(origin).collect();
        target.origins = origins;
        target
    }

    /// What an endpoint is for is what a target with it can do.
    fn add_features_of_endpoints(&mut self) {
        for (endpoint, feature) in [
            (Endpoint::Revocation, Feature::Revocation),
            (Endpoint::Introspection, Feature::Introspection),
            (Endpoint::Userinfo, Feature::Userinfo),
            (Endpoint::Registration, Feature::Registration),
            (Endpoint::PushedRequests, Feature::PushedRequests),
            (Endpoint::Metadata, Feature::Metadata),
            (Endpoint::Jwks, Feature::Jwks),
            (Endpoint::Resource, Feature::Resource),
        ] {
            if self.endpoints.contains_key(&endpoint) {
                self.features.insert(feature);
            } else {
                self.features.remove(&feature);
            }
        }
        if let Some(userinfo) = self.endpoints.get(&Endpoint::Userinfo).cloned()
            && !self.endpoints.contains_key(&Endpoint::Resource)
        {
            self.endpoints.insert(Endpoint::Resource, userinfo);
            self.features.insert(Feature::Resource);
        }
    }

    /// Whether the target answers at this origin.
    #[must_use]
    pub fn is_at(&self, origin: &Origin) -> bool {
        self.origins.contains(origin)
    }

    /// The client that plays a role. The redirection URI that makes it fit, where one does, is its first.
    #[must_use]
    pub fn client(&self, role: Role) -> Option<Cow<'_, Client>> {
        let found = self.playing(role)?;
        let wanted: fn(&str) -> bool = match role {
            Role::Loopback => is_loopback,
            Role::PrivateScheme => is_private,
            Role::Query => has_query,
            Role::Main
            | Role::Other
            | Role::Public
            | Role::Post
            | Role::Basic
            | Role::Several
            | Role::Odd
            | Role::NoRedirect => return Some(Cow::Borrowed(found)),
        };
        let mut client = found.clone();
        client.redirect_uris.sort_by_key(|uri| !wanted(uri));
        Some(Cow::Owned(client))
    }

    fn playing(&self, role: Role) -> Option<&Client> {
        let main = self.clients.first()?;
        let others = || self.clients.iter().skip(1);
        let with_uri = |wanted: fn(&str) -> bool| {
            self.clients
                .iter()
                .find(|client| client.redirect_uris.iter().any(|uri| wanted(uri)))
        };
        match role {
            Role::Main => Some(main),
            Role::Other => others().find(|client| client.client_secret.is_some()),
            Role::Public => self
                .clients
                .iter()
                .find(|client| client.client_secret.is_none()),
            Role::Post => self.authenticated(Authentication::Post),
            Role::Basic => self
                .authenticated(Authentication::Basic)
                .or_else(|| self.authenticated(Authentication::BasicRaw)),
            Role::Several => self
                .clients
                .iter()
                .find(|client| client.redirect_uris.len() > 1),
            Role::Loopback => with_uri(is_loopback),
            Role::PrivateScheme => with_uri(is_private),
            Role::Query => with_uri(has_query),
            Role::Odd => self.clients.iter().find(|client| client.is_odd()),
            Role::NoRedirect => self
                .clients
                .iter()
                .find(|client| client.redirect_uris.is_empty()),
        }
    }

    fn authenticated(&self, how: Authentication) -> Option<&Client> {
        self.clients
            .iter()
            .find(|client| client.authentication == how)
    }
}

fn is_loopback(uri: &str) -> bool {
    ["http://127.", "http://[::1]", "http://localhost"]
        .iter()
        .any(|start| uri.starts_with(start))
}

fn has_query(uri: &str) -> bool {
    uri.contains('?')
}

fn is_private(uri: &str) -> bool {
    uri.split_once(':')
        .is_some_and(|(scheme, _)| !matches!(scheme, "http" | "https"))
}

/// The origin of a URL.
#[must_use]
pub fn origin(url: &str) -> Option<Origin> {
    Some(location::parse(url).ok()?.origin)
}

/// Where the metadata of an issuer are, in the order in which they are asked for: RFC 8414 §3.1, OpenID Connect
/// Discovery §4, and what the file says before both.
#[must_use]
pub fn metadata_urls(file: &TargetFile) -> Vec<String> {
    if let Some(said) = file.endpoints.get(&Endpoint::Metadata) {
        return vec![absolute(&file.issuer, said)];
    }
    let Some(origin) = origin(&file.issuer) else {
        return Vec::new();
    };
    let issuer = file.issuer.trim_end_matches('/');
    let path = issuer.get(origin.to_string().len()..).unwrap_or_default();
    vec![
        format!("{origin}/.well-known/oauth-authorization-server{path}"),
        format!("{issuer}/.well-known/openid-configuration"),
    ]
}

/// A URL, or a path behind the origin of the issuer, as a URL.
fn absolute(issuer: &str, url: &str) -> String {
    match (url.starts_with('/'), origin(issuer)) {
        (true, Some(origin)) => format!("{origin}{url}"),
        (true | false, _) => url.to_owned(),
    }
}

fn endpoints(file: &TargetFile, metadata: Option<&Json>) -> BTreeMap<Endpoint, String> {
    let mut endpoints = BTreeMap::new();
    if let Some(metadata) = metadata {
        for (endpoint, member) in [
            (Endpoint::Authorization, "authorization_endpoint"),
            (Endpoint::Token, "token_endpoint"),
            (Endpoint::Revocation, "revocation_endpoint"),
            (Endpoint::Introspection, "introspection_endpoint"),
            (Endpoint::Userinfo, "userinfo_endpoint"),
            (Endpoint::Registration, "registration_endpoint"),
            (
                Endpoint::PushedRequests,
                "pushed_authorization_request_endpoint",
            ),
            (Endpoint::Jwks, "jwks_uri"),
        ] {
            if let Some(url) = metadata.member(member).and_then(Json::as_text) {
                endpoints.insert(endpoint, url.to_string());
            }
        }
    }
    for (endpoint, url) in &file.endpoints {
        endpoints.insert(*endpoint, absolute(&file.issuer, url));
    }
    endpoints
}

/// What a target can do, as far as its metadata say.
fn features(metadata: Option<&Json>) -> BTreeSet<Feature> {
    let mut features = BTreeSet::from([Feature::Login, Feature::Consent]);
    let Some(metadata) = metadata else {
        return features;
    };
    let lists = |member: &str, word: &str| match metadata.member(member) {
        Some(Json::Array(items)) => items
            .iter()
            .any(|item| item.as_text().is_some_and(|text| text == word)),
        Some(_) | None => false,
    };
    for (feature, member, word) in [
        (Feature::Pkce, "code_challenge_methods_supported", "S256"),
        (
            Feature::PkcePlain,
            "code_challenge_methods_supported",
            "plain",
        ),
        (Feature::Refresh, "grant_types_supported", "refresh_token"),
        (Feature::Openid, "scopes_supported", "openid"),
        (Feature::FormPost, "response_modes_supported", "form_post"),
        (Feature::Hybrid, "response_types_supported", "code id_token"),
    ] {
        if lists(member, word) {
            features.insert(feature);
        }
    }
    let iss = metadata.member("authorization_response_iss_parameter_supported");
    if iss == Some(&Json::Bool(true)) {
        features.insert(Feature::Iss);
    }
    features
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_uri_that_makes_a_client_fit_is_its_first() {
        let client = Client {
            name: "app".to_owned(),
            client_id: "app".to_owned(),
            client_secret: None,
            authentication: Authentication::Id,
            redirect_uris: [
                "https://a.example/cb",
                "http://127.0.0.1/cb",
                "com.example:/cb?q=1",
            ]
            .map(str::to_owned)
            .to_vec(),
            scope: None,
            pkce: true,
            refreshes: true,
        };
        let target = Target {
            clients: vec![client],
            ..Target::default()
        };
        for (role, first) in [
            (Role::Main, "https://a.example/cb"),
            (Role::Several, "https://a.example/cb"),
            (Role::Loopback, "http://127.0.0.1/cb"),
            (Role::PrivateScheme, "com.example:/cb?q=1"),
            (Role::Query, "com.example:/cb?q=1"),
        ] {
            let client = target.client(role).unwrap();
            assert_eq!(client.redirect_uri(), Some(first), "{}", role.word());
            assert_eq!(client.redirect_uris.len(), 3);
        }
        assert!(target.client(Role::Other).is_none());
    }
}
