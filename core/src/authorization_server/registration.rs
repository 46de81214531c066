//! What an authorization server is told before it starts: clients, owners, endpoints, lifetimes.

use alloc::vec::Vec;

use super::policy::AuthorizationServerPolicy;
use crate::http::Origin;
use crate::json::Json;
use crate::message::SigningKey;
use crate::text::Text;
use crate::time::Span;
use crate::value::{
    AccessToken, ClientAuthenticationMethod, ClientId, ClientSecret, Issuer, Password,
    RedirectionUri, ResponseMode, ResponseType, Scope, Subject, Username,
};

/// Everything that does not change while the server runs.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// Who it is.
    pub issuer: Issuer,
    /// Where it listens.
    pub origin: Origin,
    /// At which paths.
    pub endpoints: Endpoints,
    /// How well it keeps the rules.
    pub policy: AuthorizationServerPolicy,
    /// What its document says beyond the rules.
    pub options: Options,
    /// The clients that it knows (RFC 6749 §2).
    pub clients: Vec<Registration>,
    /// The owners that it knows.
    pub accounts: Vec<Account>,
    /// Who may register clients, where ownership is checked (RFC 7591 §3).
    pub developers: Vec<Developer>,
    /// What it signs ID Tokens with; without, it issues none.
    pub signing_key: Option<SigningKey>,
}

/// The paths of the endpoints, each with its leading slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// RFC 6749 §3.1.
    pub authorization: Text,
    /// Where the login form is sent.
    pub login: Text,
    /// Where the consent form is sent.
    pub consent: Text,
    /// RFC 6749 §3.2.
    pub token: Text,
    /// RFC 7009 §2.
    pub revocation: Text,
    /// RFC 7662 §2.
    pub introspection: Text,
    /// RFC 9126 §2.
    pub pushed_requests: Text,
    /// RFC 7591 §3.
    pub registration: Text,
    /// RFC 8414 §3.
    pub metadata: Text,
    /// RFC 7517 §5.
    pub jwks: Text,
}

impl Endpoints {
    /// The paths of the metadata example, RFC 8414 §3.2, where it has them.
    #[must_use]
    pub fn usual() -> Self {
        Self {
            authorization: Text::new("/authorize"),
            login: Text::new("/login"),
            consent: Text::new("/consent"),
            token: Text::new("/token"),
            revocation: Text::new("/revoke"),
            introspection: Text::new("/introspect"),
            pushed_requests: Text::new("/par"),
            registration: Text::new("/register"),
            metadata: Text::new("/.well-known/oauth-authorization-server"),
            jwks: Text::new("/jwks.json"),
        }
    }
}

/// What an absent `redirect_uri` means (RFC 6749 §3.1.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AbsentRedirectUri {
    /// The request is refused: OAuth 2.1, OpenID Connect Core §3.1.2.1.
    Refuse,
    /// The one that is registered, if it is the only one.
    OnlyRegistered,
    /// The first that is registered, however many there are.
    FirstRegistered,
}

/// Which clients get a refresh token with a code's tokens (RFC 6749 §1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssueRefreshToken {
    /// None.
    Never,
    /// Those that registered the grant type.
    IfRegistered,
    /// Those that registered the grant type and were granted `offline_access` (OpenID Connect Core §11).
    IfOffline,
}

/// What the token response says about scope (RFC 6749 §5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeInResponse {
    /// It is there when it differs from what was asked for.
    IfDifferent,
    /// It is always there.
    Always,
}

/// A member of the token response that no standard defines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExtraMember {
    /// The same for everybody.
    Fixed(Text, Json),
    /// An object about the owner, under this name: subject, login name, e-mail address.
    OwnerData(Text),
    /// The owner's authorities, under this name.
    Roles(Text),
}

/// What a provider's document says beyond the standards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How long a code is good for; for ever, without. 10 minutes at most: RFC 6749 §4.1.2.
    pub code_lifetime: Option<Span>,
    /// How long an access token is good for; for ever, without.
    pub access_token_lifetime: Option<Span>,
    /// How long a refresh token is good for; for ever, without.
    pub refresh_token_lifetime: Option<Span>,
    /// How long the owner stays logged in at the server.
    pub session_lifetime: Span,
    /// How long a request waits for its owner.
    pub transaction_lifetime: Span,
    /// How long a pushed request is good for (RFC 9126 §2.2).
    pub pushed_lifetime: Span,
    /// Who gets refresh tokens.
    pub refresh_token: IssueRefreshToken,
    /// What an absent `redirect_uri` means.
    pub absent_redirect_uri: AbsentRedirectUri,
    /// What an absent `scope` means (RFC 6749 §3.3).
    pub default_scope: Scope,
    /// When the token response has a scope.
    pub scope_in_response: ScopeInResponse,
    /// Whether the authorization response repeats the scope, as one provider does.
    pub scope_in_redirect: bool,
    /// Whether the authorization endpoint takes `POST` (RFC 6749 §3.1, MAY).
    pub authorization_by_post: bool,
    /// Whether the token endpoint takes a JSON body beside the form.
    pub json_token_requests: bool,
    /// The word in `token_type` (RFC 6749 §7.1); its case means nothing.
    pub token_type: Text,
    /// What the token response has besides.
    pub extra_members: Vec<ExtraMember>,
    /// A site whose picture the pages show, where `as.third_party_content` is on.
    pub third_party: Origin,
}

/// A registered client (RFC 6749 §2, RFC 7591 §2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Its name.
    pub client_id: ClientId,
    /// Its secret; a public client has none.
    pub client_secret: Option<ClientSecret>,
    /// How it may prove itself; the first is how it does.
    pub authentication: Vec<ClientAuthenticationMethod>,
    /// Where its responses may go.
    pub redirect_uris: Vec<RedirectionUri>,
    /// What it may ask the authorization endpoint for.
    pub response_types: Vec<ResponseType>,
    /// How its responses may travel.
    pub response_modes: Vec<ResponseMode>,
    /// Whether it may redeem codes.
    pub code_grant: bool,
    /// Whether it may refresh.
    pub refresh_grant: bool,
    /// What it may ask for.
    pub scope: Scope,
    /// Whether it may ask about tokens (RFC 7662 §2.1): a resource server.
    pub introspects: bool,
}

crate::canonical_struct!(Registration {
    client_id,
    client_secret,
    authentication,
    redirect_uris,
    response_types,
    response_modes,
    code_grant,
    refresh_grant,
    scope,
    introspects
});

impl Registration {
    /// RFC 6749 §2.1: a client with a secret is confidential.
    #[must_use]
    pub const fn is_confidential(&self) -> bool {
        self.client_secret.is_some()
    }
}

/// Somebody who registers clients, and what he is known to own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Developer {
    /// What he shows (RFC 7591 §3).
    pub initial_access_token: AccessToken,
    /// The origins that he has proved to own.
    pub origins: Vec<Origin>,
}

/// A resource owner, as the server knows him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// What he types.
    pub username: Username,
    /// And what nobody else types.
    pub password: Password,
    /// What clients call him.
    pub subject: Subject,
    /// His e-mail address.
    pub email: Text,
    /// His authorities.
    pub roles: Vec<Text>,
}
