//! The access token request (RFC 6749 §4.1.3, §6; RFC 7636 §4.5).

use crate::value::{
    AuthorizationCode, ClientId, ClientSecret, CodeVerifier, GrantType, RedirectionUri,
    RefreshToken, Scope,
};

/// Where a client puts its credentials (RFC 6749 §2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialsIn {
    /// The `Authorization` header, by Basic.
    Header,
    /// The body.
    Body,
}

crate::canonical_unit_enum!(CredentialsIn { Header = 0, Body = 1 });

/// Who says it is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCredentials {
    /// The identifier that counts: of the header if there is one, else of the body.
    pub client_id: ClientId,
    /// The secret; none for a public client. May be empty text on the wire, which is none here.
    pub client_secret: Option<ClientSecret>,
    /// Where the secret was.
    pub via: CredentialsIn,
    /// The `client_id` of the body, when the header has another one of its own.
    pub client_id_in_body: Option<ClientId>,
    /// Whether an empty secret was sent, which is not the same as none.
    pub empty_secret: bool,
}

/// What is handed in for a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// RFC 6749 §4.1.3.
    AuthorizationCode {
        /// The code.
        code: AuthorizationCode,
        /// The `redirect_uri` of the authorization request.
        redirect_uri: Option<RedirectionUri>,
        /// RFC 7636 §4.5.
        code_verifier: Option<CodeVerifier>,
        /// Whether an empty verifier was sent, which is not the same as none.
        empty_verifier: bool,
    },
    /// RFC 6749 §6.
    RefreshToken {
        /// The token.
        refresh_token: RefreshToken,
        /// Less than, or the same as, what was granted.
        scope: Option<Scope>,
    },
    /// A grant type that this server does not know.
    Other(GrantType),
}

/// What the client asks of the token endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessTokenRequest {
    /// Who asks; none when nobody said so.
    pub client: Option<ClientCredentials>,
    /// For what.
    pub grant: Grant,
}
