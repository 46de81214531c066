//! oxide-auth 0.6.1 with its maps in memory, its proof key extension required, and a password policy that compares
//! SHA-256 instead of computing Argon2, which would take 158 ms a request.

use std::borrow::Cow;
use std::convert::Infallible;

use oxide_auth::code_grant::extensions::Pkce;
use oxide_auth::endpoint::{
    AccessTokenFlow, AuthorizationFlow, NormalizedParameter, OwnerConsent, QueryParameter,
    RefreshFlow, Solicitation, WebRequest, WebResponse,
};
use oxide_auth::frontends::simple::endpoint::{FnSolicitor, Generic, Vacant};
use oxide_auth::frontends::simple::extensions::{AddonList, Extended};
use oxide_auth::primitives::authorizer::AuthMap;
use oxide_auth::primitives::generator::RandomGenerator;
use oxide_auth::primitives::issuer::TokenMap;
use oxide_auth::primitives::registrar::{
    Client, ClientMap, ExactUrl, PasswordPolicy, RegistrarError,
};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use url::Url;

use super::Subject;
use super::floor::{Message, decoded, pairs};
use super::oauth_as::json;
use super::requests::{CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, SCOPE, SUBJECT};

type Solicitor = FnSolicitor<fn(&mut Request, Solicitation<'_>) -> OwnerConsent<Response>>;
type Endpoint = Extended<
    Generic<ClientMap, AuthMap<RandomGenerator>, TokenMap<RandomGenerator>, Solicitor, Vacant>,
    AddonList,
>;

/// The endpoint with its maps.
pub(crate) struct OxideAuth {
    endpoint: Endpoint,
}

/// SHA-256 of a secret, compared in constant time.
struct Sha256Policy;

impl PasswordPolicy for Sha256Policy {
    fn store(&self, _: &str, passphrase: &[u8]) -> Vec<u8> {
        Sha256::digest(passphrase).to_vec()
    }

    fn check(&self, _: &str, passphrase: &[u8], stored: &[u8]) -> Result<(), RegistrarError> {
        let same: bool = Sha256::digest(passphrase).as_slice().ct_eq(stored).into();
        if same {
            Ok(())
        } else {
            Err(RegistrarError::Unspecified)
        }
    }
}

fn consents(_: &mut Request, _: Solicitation<'_>) -> OwnerConsent<Response> {
    OwnerConsent::Authorized(SUBJECT.to_owned())
}

impl OxideAuth {
    /// An endpoint that knows the client.
    pub(crate) fn new() -> Self {
        let mut registrar = ClientMap::new();
        registrar.set_password_policy(Sha256Policy);
        registrar.register_client(Client::confidential(
            CLIENT_ID,
            ExactUrl::new(REDIRECT_URI.to_owned())
                .expect("a URI")
                .into(),
            SCOPE.parse().expect("a scope"),
            CLIENT_SECRET.as_bytes(),
        ));
        let mut addons = AddonList::new();
        addons.push_code(Pkce::required());
        let inner = Generic {
            registrar,
            authorizer: AuthMap::new(RandomGenerator::new(32)),
            issuer: TokenMap::new(RandomGenerator::new(32)),
            solicitor: FnSolicitor(consents as fn(&mut Request, Solicitation<'_>) -> _),
            scopes: Vacant,
            response: Vacant,
        };
        Self {
            endpoint: Extended::extend_with(inner, addons),
        }
    }
}

impl Subject for OxideAuth {
    fn name(&self) -> &'static str {
        "oxide-auth"
    }

    fn leaves_out(&self) -> &'static str {
        "keeps codes and tokens in clear, not hashed; a replayed code revokes nothing; reads no session; no `iss`"
    }

    fn answer(&mut self, request: &[u8], response: &mut Vec<u8>) {
        let message = Message::read(request).expect("a request");
        let pairs = parameters(message.query.unwrap_or(message.body));
        let refreshes = message.body.starts_with("grant_type=refresh_token");
        let request = Request {
            authorization: (!message.authorization.is_empty())
                .then(|| message.authorization.to_owned()),
            pairs,
        };
        let answer = if message.query.is_some() {
            AuthorizationFlow::prepare(&mut self.endpoint)
                .expect("prepared")
                .execute(request)
        } else if refreshes {
            RefreshFlow::prepare(&mut self.endpoint)
                .expect("prepared")
                .execute(request)
        } else {
            AccessTokenFlow::prepare(&mut self.endpoint)
                .expect("prepared")
                .execute(request)
        };
        answer.expect("an answer").write(response);
    }
}

fn parameters(text: &str) -> NormalizedParameter {
    let mut parameters = NormalizedParameter::new();
    for (name, value) in pairs(text) {
        let value = decoded(value).into_owned();
        parameters.insert_or_poison(Cow::Owned(name.to_owned()), Cow::Owned(value));
    }
    parameters
}

/// A request, taken apart.
#[derive(Debug)]
struct Request {
    authorization: Option<String>,
    pairs: NormalizedParameter,
}

impl WebRequest for Request {
    type Error = Infallible;
    type Response = Response;

    fn query(&mut self) -> Result<Cow<'_, dyn QueryParameter + 'static>, Infallible> {
        Ok(Cow::Borrowed(&self.pairs))
    }

    fn urlbody(&mut self) -> Result<Cow<'_, dyn QueryParameter + 'static>, Infallible> {
        Ok(Cow::Borrowed(&self.pairs))
    }

    fn authheader(&mut self) -> Result<Option<Cow<'_, str>>, Infallible> {
        Ok(self.authorization.as_deref().map(Cow::Borrowed))
    }
}

/// A response, before it is written.
#[derive(Debug, Default)]
struct Response {
    unauthorized: bool,
    location: Option<Url>,
    body: String,
    failed: bool,
}

impl Response {
    fn write(&self, response: &mut Vec<u8>) {
        if let Some(location) = &self.location {
            response.extend_from_slice(b"HTTP/1.1 302 Found\r\nLocation: ");
            response.extend_from_slice(location.as_str().as_bytes());
            response.extend_from_slice(b"\r\nContent-Length: 0\r\n\r\n");
            return;
        }
        let status = match (self.unauthorized, self.failed) {
            (true, _) => "401 Unauthorized",
            (false, true) => "400 Bad Request",
            (false, false) => "200 OK",
        };
        json(status, self.body.as_bytes(), response);
    }
}

impl WebResponse for Response {
    type Error = Infallible;

    fn ok(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn redirect(&mut self, url: Url) -> Result<(), Infallible> {
        self.location = Some(url);
        Ok(())
    }

    fn client_error(&mut self) -> Result<(), Infallible> {
        self.failed = true;
        Ok(())
    }

    fn unauthorized(&mut self, _: &str) -> Result<(), Infallible> {
        self.unauthorized = true;
        Ok(())
    }

    fn body_text(&mut self, text: &str) -> Result<(), Infallible> {
        text.clone_into(&mut self.body);
        Ok(())
    }

    fn body_json(&mut self, data: &str) -> Result<(), Infallible> {
        data.clone_into(&mut self.body);
        Ok(())
    }
}
