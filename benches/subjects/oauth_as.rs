//! oauth-as 1.0.1, through its library interface. Its own `http` service does the same and reads headers besides.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use oauth_as::authorization::AuthorizationRequest;
use oauth_as::client::{Client, ClientAuth, ClientId};
use oauth_as::grant::GrantType;
use oauth_as::scope::ScopeSet;
use oauth_as::server::{AuthorizationServer, ServerConfig, TokenRequest, UserApproval};
use oauth_as::store::MemoryStorage;

use super::Subject;
use super::floor::{Message, basic, decoded, pairs};
use super::requests::{CLIENT_ID, CLIENT_SECRET, ISSUER, REDIRECT_URI, SCOPE, SUBJECT};

/// The server with its map in memory.
pub(crate) struct OauthAs {
    server: AuthorizationServer<MemoryStorage>,
}

impl OauthAs {
    /// A server that knows the client.
    pub(crate) fn new() -> Self {
        let config = ServerConfig::new(ISSUER, "https://as.example/device");
        let server = AuthorizationServer::new(config, MemoryStorage::new());
        let scopes = ScopeSet::parse(SCOPE).expect("a scope");
        let client = Client {
            client_id: ClientId::new(CLIENT_ID),
            auth: ClientAuth::ConfidentialSecret {
                secret: CLIENT_SECRET.to_owned(),
            },
            grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
            redirect_uris: vec![REDIRECT_URI.to_owned()],
            allowed_scopes: scopes.clone(),
            default_scopes: scopes,
            name: None,
            registration: None,
        };
        now(server.register_client(client)).expect("room for a client");
        Self { server }
    }

    fn authorize(&self, query: &str, response: &mut Vec<u8>) {
        let mut request = AuthorizationRequest::default();
        for (name, value) in pairs(query) {
            let value = Some(decoded(value));
            match name {
                "response_type" => request.response_type = value,
                "client_id" => request.client_id = value,
                "redirect_uri" => request.redirect_uri = value,
                "scope" => request.scope = value,
                "state" => request.state = value,
                "code_challenge" => request.code_challenge = value,
                "code_challenge_method" => request.code_challenge_method = value,
                _ => {}
            }
        }
        let valid = now(self.server.validate_authorization_request(&request)).expect("valid");
        let approval = UserApproval::granted(&valid, SUBJECT);
        let issued = now(self.server.issue_authorization_code(approval)).expect("a code");
        response.extend_from_slice(b"HTTP/1.1 302 Found\r\nLocation: ");
        response.extend_from_slice(issued.location(&valid.redirect_uri).as_bytes());
        response.extend_from_slice(b"\r\nContent-Length: 0\r\n\r\n");
    }

    fn token(&self, message: &Message<'_>, response: &mut Vec<u8>) {
        let mut memory = [0; _];
        let (name, secret) = basic(message.authorization, &mut memory).expect("credentials");
        let (client_id, client_secret) = (ClientId::new(name), Some(secret.to_owned()));
        let find = |wanted: &str| {
            let mut pairs = pairs(message.body).filter(|(name, _)| *name == wanted);
            pairs.next().map(|(_, value)| decoded(value).into_owned())
        };
        let request = match find("grant_type").as_deref() {
            Some("authorization_code") => TokenRequest::AuthorizationCode {
                client_id,
                client_secret,
                code: find("code").expect("a code"),
                redirect_uri: find("redirect_uri"),
                code_verifier: find("code_verifier"),
            },
            _ => TokenRequest::RefreshToken {
                client_id,
                client_secret,
                refresh_token: find("refresh_token").expect("a refresh token"),
                scope: None,
            },
        };
        match now(self.server.token(request)) {
            Ok(tokens) => {
                let body = serde_json::to_vec(&tokens).expect("JSON");
                json("200 OK", &body, response);
            }
            Err(error) => {
                let body = serde_json::to_vec(&error).expect("JSON");
                json("400 Bad Request", &body, response);
            }
        }
    }
}

impl Subject for OauthAs {
    fn name(&self) -> &'static str {
        "oauth-as"
    }

    fn leaves_out(&self) -> &'static str {
        "reads no session and no HTTP header: its host does; one mutex around its maps; no `iss` rule beyond its own"
    }

    fn answer(&mut self, request: &[u8], response: &mut Vec<u8>) {
        let message = Message::read(request).expect("a request");
        match message.query {
            Some(query) => self.authorize(query, response),
            None => self.token(&message, response),
        }
    }
}

/// A JSON response.
pub(crate) fn json(status: &str, body: &[u8], response: &mut Vec<u8>) {
    use std::io::Write as _;
    let _ = write!(
        response,
        "HTTP/1.1 {status}\r\nCache-Control: no-store\r\nPragma: no-cache\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    response.extend_from_slice(body);
}

/// What a future that never waits comes to: a store in memory never does.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    match future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("memory does not wait"),
    }
}
