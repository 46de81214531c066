//! An authorization server made of `oxide-auth` and `oxide-auth-axum`, wired as the library's own examples wire it: one
//! `Generic` endpoint over `ClientMap`, `AuthMap` and `TokenMap`, each behind a mutex, with the PKCE extension required.
//!
//! The library leaves the login and the consent page to its user; ours are two plain forms.
mod clients;
mod pages;

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Form, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, serve};
use oxide_auth::code_grant::extensions::Pkce;
use oxide_auth::endpoint::{
    Authorizer, Issuer, OwnerConsent, QueryParameter, Registrar, Solicitation,
};
use oxide_auth::frontends::simple::endpoint::{FnSolicitor, Generic, Vacant};
use oxide_auth::frontends::simple::extensions::{AddonList, Extended};
use oxide_auth::primitives::authorizer::AuthMap;
use oxide_auth::primitives::generator::RandomGenerator;
use oxide_auth::primitives::issuer::TokenMap;
use oxide_auth::primitives::registrar::ClientMap;
use oxide_auth_axum::{OAuthRequest, OAuthResource, OAuthResponse, WebError};
use rand::{Rng, distributions::Alphanumeric};
use tokio::net::TcpListener;

const USERS: [(&str, &str); 2] = [("alice", "alice-password"), ("bob", "bob-password")];

struct Lab {
    registrar: Mutex<ClientMap>,
    authorizer: Mutex<AuthMap<RandomGenerator>>,
    issuer: Mutex<TokenMap<RandomGenerator>>,
    sessions: Mutex<HashMap<String, &'static str>>,
}

type Shared = State<Arc<Lab>>;

impl Lab {
    fn new() -> Self {
        Self {
            registrar: Mutex::new(clients::registered()),
            authorizer: Mutex::new(AuthMap::new(RandomGenerator::new(16))),
            issuer: Mutex::new(TokenMap::new(RandomGenerator::new(16))),
            sessions: Mutex::new(HashMap::new()),
        }
    }

    fn endpoint(&self) -> Generic<impl Registrar, impl Authorizer, impl Issuer> {
        Generic {
            registrar: self
                .registrar
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
            authorizer: self
                .authorizer
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
            issuer: self.issuer.lock().unwrap_or_else(PoisonError::into_inner),
            solicitor: Vacant,
            scopes: Vacant,
            response: Vacant,
        }
    }

    fn user_of(&self, headers: &HeaderMap) -> Option<&'static str> {
        let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
        let session = cookies
            .split(';')
            .find_map(|pair| pair.trim().strip_prefix("session="))?;
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.get(session).copied()
    }
}

fn extensions() -> AddonList {
    let mut list = AddonList::new();
    list.push_code(Pkce::required());
    list
}

fn page(html: &str) -> OwnerConsent<OAuthResponse> {
    match OAuthResponse::default().content_type("text/html; charset=utf-8") {
        Ok(response) => OwnerConsent::InProgress(response.body(html)),
        Err(error) => OwnerConsent::Error(error),
    }
}

/// The request is judged by the library before any page is shown: the solicitor is asked last.
async fn ask(
    State(lab): Shared,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    request: OAuthRequest,
) -> Result<OAuthResponse, WebError> {
    let user = lab.user_of(&headers);
    let query = query.unwrap_or_default();
    let solicitor = FnSolicitor(
        move |_: &mut OAuthRequest, wish: Solicitation<'_>| match user {
            Some(name) => page(&pages::consent(name, wish.pre_grant(), &query)),
            None => page(&pages::login(&query, false)),
        },
    );
    let endpoint = Extended::extend_with(lab.endpoint().with_solicitor(solicitor), extensions());
    oxide_auth::endpoint::AuthorizationFlow::prepare(endpoint)?
        .execute(request)
        .map_err(WebError::from)
}

async fn decide(
    State(lab): Shared,
    headers: HeaderMap,
    request: OAuthRequest,
) -> Result<OAuthResponse, WebError> {
    let user = lab.user_of(&headers);
    let approved = request
        .body()
        .and_then(|body| body.unique_value("decision"))
        .is_some_and(|word| word == "approve");
    let solicitor = FnSolicitor(
        move |_: &mut OAuthRequest, _: Solicitation<'_>| match user {
            Some(name) if approved => OwnerConsent::Authorized(name.to_owned()),
            _ => OwnerConsent::Denied,
        },
    );
    let endpoint = Extended::extend_with(lab.endpoint().with_solicitor(solicitor), extensions());
    oxide_auth::endpoint::AuthorizationFlow::prepare(endpoint)?
        .execute(request)
        .map_err(WebError::from)
}

#[derive(serde::Deserialize)]
struct Login {
    username: String,
    password: String,
}

async fn login(State(lab): Shared, RawQuery(query): RawQuery, Form(form): Form<Login>) -> Response {
    let query = query.unwrap_or_default();
    let known = USERS
        .iter()
        .find(|(name, password)| *name == form.username && *password == form.password);
    let Some((name, _)) = known else {
        return (StatusCode::UNAUTHORIZED, Html(pages::login(&query, true))).into_response();
    };
    let session: String = rand::thread_rng()
        .sample_iter(&Alphanumeric)
        .take(32)
        .map(char::from)
        .collect();
    let cookie = format!("session={session}; Path=/; HttpOnly; SameSite=Lax");
    lab.sessions
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(session, name);
    let headers = [
        (header::SET_COOKIE, cookie),
        (header::LOCATION, format!("/authorize?{query}")),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// As in the library's examples: the grant type chooses the flow, and each flow checks it again.
async fn token(State(lab): Shared, request: OAuthRequest) -> Result<OAuthResponse, WebError> {
    let grant_type = request
        .body()
        .and_then(|body| body.unique_value("grant_type"));
    if grant_type.as_deref() == Some("refresh_token") {
        let flow = lab.endpoint().refresh_flow().execute(request);
        return flow.map_err(WebError::from);
    }
    let endpoint = Extended::extend_with(lab.endpoint(), extensions());
    oxide_auth::endpoint::AccessTokenFlow::prepare(endpoint)?
        .execute(request)
        .map_err(WebError::from)
}

/// Of our own pages nobody makes a frame, a referrer or a copy.
async fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let is_page = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page {
        let rules = "default-src 'none'; frame-ancestors 'none'";
        let guards = [
            (header::CONTENT_SECURITY_POLICY, rules),
            (header::X_FRAME_OPTIONS, "DENY"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::CACHE_CONTROL, "no-store"),
        ];
        for (name, value) in guards {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    response
}

async fn resource(State(lab): Shared, request: OAuthResource) -> Result<Response, WebError> {
    let endpoint = lab.endpoint().with_scopes(vec![clients::needed()]);
    match endpoint
        .resource_flow()
        .execute(OAuthRequest::from(request))
    {
        Ok(grant) => Ok(grant.owner_id.into_response()),
        Err(Ok(response)) => Ok(response.into_response()),
        Err(Err(error)) => Err(error.into()),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port: u16 = match std::env::args()
        .nth(1)
        .or_else(|| std::env::var("PORT").ok())
    {
        Some(word) => word.parse()?,
        None => 8102,
    };
    let routes = Router::new()
        .route("/authorize", get(ask).post(decide))
        .route("/login", post(login))
        .route("/token", post(token))
        .route("/resource", get(resource))
        .layer(map_response(guarded))
        .with_state(Arc::new(Lab::new()));
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("oxide-auth at http://127.0.0.1:{port}");
    serve(listener, routes).await?;
    Ok(())
}
