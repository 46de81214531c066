//! The authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core §3.1.2.1).

use crate::value::{
    ClientId, CodeChallenge, CodeChallengeMethod, Nonce, Prompt, RedirectionUri, RequestUri,
    ResponseMode, ResponseType, Scope, State,
};

/// What the client asks of the authorization endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// What is wanted.
    pub response_type: ResponseType,
    /// By whom.
    pub client_id: ClientId,
    /// Where the answer goes; if absent, where the registration says (§3.1.2.3).
    pub redirect_uri: Option<RedirectionUri>,
    /// What the token shall open; if absent, a default (§3.3).
    pub scope: Option<Scope>,
    /// What comes back unchanged.
    pub state: Option<State>,
    /// RFC 7636 §4.3.
    pub code_challenge: Option<CodeChallenge>,
    /// RFC 7636 §4.3; if absent, `plain`.
    pub code_challenge_method: Option<CodeChallengeMethod>,
    /// OpenID Connect Core §3.1.2.1.
    pub nonce: Option<Nonce>,
    /// Multiple Response Types §2.1; if absent, the response type's own.
    pub response_mode: Option<ResponseMode>,
    /// OpenID Connect Core §3.1.2.1.
    pub prompt: Option<Prompt>,
    /// RFC 9126 §4: the request was pushed before.
    pub request_uri: Option<RequestUri>,
}
