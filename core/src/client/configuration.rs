//! What a client is told before it starts.

use alloc::vec::Vec;

use super::policy::ClientPolicy;
use crate::http::{Method, Origin};
use crate::message::{SigningKey, VerifyingKey};
use crate::text::Text;
use crate::time::Span;
use crate::value::{
    ClientAuthenticationMethod, ClientId, ClientSecret, CodeVerifier, Issuer, RedirectionUri,
    Scope, State, Thumbprint,
};

/// Everything that does not change while the client runs.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// Where it listens.
    pub origin: Origin,
    /// How well it keeps the rules.
    pub policy: ClientPolicy,
    /// The authorization servers that it knows, in order of preference.
    pub providers: Vec<Provider>,
    /// How long it waits for an answer.
    pub patience: Span,
    /// The `state` of everybody, where `client.state` is `static`.
    pub static_state: State,
    /// The verifier of everybody, where `client.pkce` is `constant`.
    pub constant_verifier: CodeVerifier,
    /// A site whose picture its pages show, where a policy wants that.
    pub third_party: Origin,
}

/// Whether requests carry the redirection URI (RFC 6749 §3.1.2.3, §4.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendRedirectUri {
    /// Both the authorization request and the token request do.
    Both,
    /// The authorization request alone does, as one provider's document has it.
    AuthorizationRequestOnly,
    /// Neither does.
    Neither,
}

/// What the client knows about one authorization server.
#[derive(Clone, Debug)]
pub struct Provider {
    /// What users and scenarios call it.
    pub name: Text,
    /// Who it is.
    pub issuer: Issuer,
    /// Where authorization requests go, as a URL.
    pub authorization_endpoint: Text,
    /// Where access token requests go, as a URL.
    pub token_endpoint: Text,
    /// Where tokens are taken back, as a URL.
    pub revocation_endpoint: Option<Text>,
    /// Where requests are pushed, as a URL (RFC 9126); the client pushes if there is one.
    pub pushed_requests_endpoint: Option<Text>,
    /// Its keys.
    pub keys: Vec<VerifyingKey>,
    /// Whether it promises `iss` (RFC 9207 §3).
    pub promises_iss: bool,
    /// As whom the client is registered there.
    pub client_id: ClientId,
    /// With which secret.
    pub client_secret: Option<ClientSecret>,
    /// How it proves itself.
    pub authentication: ClientAuthenticationMethod,
    /// What it signs proofs of possession with, where the server binds tokens to keys (RFC 9449).
    pub proof_key: Option<SigningKey>,
    /// The certificate of its connections, where the server binds tokens to certificates (RFC 8705).
    pub certificate: Option<Thumbprint>,
    /// How it sends authorization requests: `GET`, or `POST` by a form that sends itself.
    pub authorization_method: Method,
    /// Where responses come back.
    pub redirect_uri: RedirectionUri,
    /// Whether requests say so.
    pub send_redirect_uri: SendRedirectUri,
    /// What it asks for; nothing leaves it to the server.
    pub scope: Option<Scope>,
    /// The words of `response_type`, in the order in which they are written; the policy's own, without.
    pub response_type_words: Option<Text>,
    /// The resource that the tokens open, as a URL.
    pub resource: Option<Text>,
    /// Whether the client reads the resource as soon as it has a token.
    pub reads_resource_at_once: bool,
}
