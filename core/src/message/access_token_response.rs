//! The access token response (RFC 6749 §5.1, §5.2).

use alloc::vec::Vec;

use crate::json::Json;
use crate::message::SignedIdToken;
use crate::text::Text;
use crate::time::Span;
use crate::value::{AccessToken, RefreshToken, Scope, TokenType};

/// What the token endpoint grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessTokenResponse {
    /// The token.
    pub access_token: AccessToken,
    /// How it is used.
    pub token_type: TokenType,
    /// How long it is good for, in whole seconds on the wire (§5.1).
    pub expires_in: Option<Span>,
    /// What renews it.
    pub refresh_token: Option<RefreshToken>,
    /// What it opens; required when that is not what was asked for (§5.1).
    pub scope: Option<Scope>,
    /// Who logged in (OpenID Connect Core §3.1.3.3).
    pub id_token: Option<SignedIdToken>,
    /// Members that nobody defined, in their order (§5.1: a client ignores what it does not know).
    pub extra: Vec<(Text, Json)>,
}

/// What the token endpoint refuses with (RFC 6749 §5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenError {
    /// The code, as a word.
    pub error: Text,
    /// For the developer.
    pub error_description: Option<Text>,
    /// Where to read more.
    pub error_uri: Option<Text>,
}
