//! The authorization response (RFC 6749 §4.1.2, §4.1.2.1; RFC 9207 §2; OpenID Connect Core §3.3.2.5).

use crate::message::{ErrorCode, SignedIdToken};
use crate::text::Text;
use crate::value::{AccessToken, AuthorizationCode, Issuer, State};

/// What the authorization endpoint answers, through the user-agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationResponse {
    /// How it went.
    pub outcome: Outcome,
    /// The `state` of the request.
    pub state: Option<State>,
    /// Who answers (RFC 9207 §2).
    pub iss: Option<Issuer>,
}

/// How an authorization request went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The owner said yes.
    Granted {
        /// The code.
        code: AuthorizationCode,
        /// An ID Token, when `id_token` was asked for.
        id_token: Option<SignedIdToken>,
        /// An access token, when `token` was asked for.
        access_token: Option<AccessToken>,
    },
    /// Somebody said no.
    Refused(AuthorizationError),
}

/// An error of the authorization endpoint (RFC 6749 §4.1.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationError {
    /// The code, as a word: a client must bear ones it does not know.
    pub error: Text,
    /// For the developer.
    pub error_description: Option<Text>,
    /// Where to read more.
    pub error_uri: Option<Text>,
}

impl AuthorizationError {
    /// An error of a known code.
    #[must_use]
    pub fn new(error: ErrorCode, error_description: &str) -> Self {
        Self {
            error: Text::new(error.as_str()),
            error_description: Some(Text::new(error_description)),
            error_uri: None,
        }
    }
}
