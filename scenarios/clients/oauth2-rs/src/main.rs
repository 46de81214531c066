//! The `oauth2` crate as its documentation shows it: PKCE, and a comparison of `state` that the crate leaves to its
//! user. It has neither discovery nor ID Tokens, and does not look at `iss`.
//!
//! ```text
//! cargo run -- http://127.0.0.1:ADMIN-PORT [CASE …]
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

use oauth2::basic::{BasicClient, BasicTokenResponse};
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, TokenResponse, TokenUrl,
};
use serde_json::{Value, json};

type Failure = Box<dyn Error>;

const REDIRECT_URI: &str = "http://127.0.0.1:8085/cb";
const PATIENCE: Duration = Duration::from_secs(10);

/// The agent of the documentation: it follows no redirects.
fn agent() -> ureq::Agent {
    ureq::AgentBuilder::new().redirects(0).timeout(PATIENCE).build()
}

/// The administrator's port.
struct Admin(String);

impl Admin {
    fn ask(&self, path: &str, body: Option<Value>) -> Result<Value, Failure> {
        let url = format!("{}{path}", self.0);
        let answer = match body {
            Some(body) => agent().post(&url).send_json(body)?,
            None => agent().get(&url).call()?,
        };
        Ok(answer.into_json()?)
    }

    /// The parameters of the callback, as a browser would request it: without the fragment. Of two the first counts,
    /// as in most frameworks.
    fn visit(&self, url: &str) -> Result<BTreeMap<String, String>, Failure> {
        let visited = self.ask("/visit", Some(json!({ "url": url })))?;
        let callback = visited["callback"].as_str().ok_or("the browser stopped")?;
        let callback = oauth2::url::Url::parse(callback)?;
        let mut parameters = BTreeMap::new();
        for (name, value) in callback.query_pairs() {
            parameters.entry(name.into_owned()).or_insert(value.into_owned());
        }
        Ok(parameters)
    }
}

/// What the application keeps while its user is away.
struct Login {
    state: CsrfToken,
    verifier: String,
    callback: BTreeMap<String, String>,
}

fn trial(admin: &Admin, case: &Value) -> Result<(), Failure> {
    let issuer = case["issuer"].as_str().unwrap_or_default();
    let client = BasicClient::new(ClientId::new("web".to_owned()))
        .set_client_secret(ClientSecret::new("secret-of-web".to_owned()))
        .set_auth_uri(AuthUrl::new(format!("{issuer}/authorize"))?)
        .set_token_uri(TokenUrl::new(format!("{issuer}/token"))?)
        .set_redirect_uri(RedirectUrl::new(REDIRECT_URI.to_owned())?);
    let agent = agent();
    let begin = || -> Result<Login, Failure> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state) = client
            .authorize_url(CsrfToken::new_random)
            .add_scopes(["openid", "email", "offline_access", "read"].map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        let callback = admin.visit(url.as_str())?;
        let verifier = verifier.secret().to_owned();
        Ok(Login { state, verifier, callback })
    };
    let mut login = begin()?;
    for _ in 1..case["logins"].as_u64().unwrap_or(1) {
        login = begin()?;
    }
    if let Some(error) = login.callback.get("error") {
        return Err(format!("the server says {error}").into());
    }
    if login.callback.get("state") != Some(login.state.secret()) {
        return Err("the state is another".into());
    }
    let code = login.callback.get("code").ok_or("there is no code")?;
    let mut tokens: Option<BasicTokenResponse> = None;
    for _ in 0..case["deliver"].as_u64().unwrap_or(1) {
        let asked = client
            .exchange_code(AuthorizationCode::new(code.clone()))
            .set_pkce_verifier(PkceCodeVerifier::new(login.verifier.clone()));
        tokens = Some(asked.request(&agent)?);
    }
    let mut tokens = tokens.ok_or("no tokens")?;
    for path in ["/userinfo", "/resource"] {
        read(issuer, path, &tokens)?;
    }
    if case["refresh"] == true {
        let mut refresh_token = tokens.refresh_token().ok_or("no refresh token")?.clone();
        for _ in 0..2 {
            tokens = client.exchange_refresh_token(&refresh_token).request(&agent)?;
            if let Some(newer) = tokens.refresh_token() {
                refresh_token = newer.clone();
            }
            read(issuer, "/resource", &tokens)?;
        }
    }
    Ok(())
}

fn read(issuer: &str, path: &str, tokens: &BasicTokenResponse) -> Result<(), Failure> {
    let token = tokens.access_token().secret();
    let asked = agent().get(&format!("{issuer}{path}"));
    let answer = asked.set("Authorization", &format!("Bearer {token}")).call()?;
    match answer.status() {
        200 => Ok(()),
        status => Err(format!("{path} answers {status}").into()),
    }
}

/// What the crate has.
fn is_known(case: &Value) -> bool {
    let at = case["at"].as_str().unwrap_or_default();
    let name = case["case"].as_str().unwrap_or_default();
    // What a browser has open is the application's affair.
    let is_known = ["callback", "token", "resource", "refresh"].contains(&at) && case["tabs"] == 1;
    is_known && !name.starts_with("metadata-") || name == "all-right"
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let admin = Admin(arguments.next().ok_or("where is the administrator's port?")?);
    let chosen: Vec<String> = arguments.collect();
    let cases = admin.ask("/cases", None)?;
    for case in cases["cases"].as_array().into_iter().flatten() {
        let name = case["case"].as_str().unwrap_or_default();
        if !is_known(case) || !chosen.is_empty() && !chosen.iter().any(|one| one == name) {
            continue;
        }
        let (outcome, detail) = match trial(&admin, case) {
            Ok(()) => ("accepted", String::new()),
            Err(error) => ("refused", error.to_string()),
        };
        admin.ask("/trial", Some(json!({ "case": name, "outcome": outcome, "detail": detail })))?;
        println!("{name:28} {outcome:9} {detail:.160}");
    }
    Ok(())
}
