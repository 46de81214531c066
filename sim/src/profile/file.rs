//! The format of profile files. [`crate::document`] reads them; the schema comes from these types.

use schemars::JsonSchema;
use serde::Deserialize;

use super::part::part;
use super::settings::Settings;
use super::words::{
    AbsentRedirectUri, AuthenticationMethod, AuthorizationMethod, ExtraMember, IssuerIdentifier,
    Path, RedirectTarget, RefreshTokens, ResponseMode, ResponseTypeWords, ScopeInResponse,
    ScopeTokens, SendRedirectUri,
};

/// A profile: what a provider's document says. One that is based on another states only what differs; one that
/// is not states everything but switches, which are then secure.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileFile {
    /// Where the schema of this file is, for editors.
    #[serde(rename = "$schema", default)]
    pub schema: Option<String>,
    /// What the profile is, in a few words.
    pub title: String,
    /// What is special about it.
    #[serde(default)]
    pub note: Option<String>,
    /// The profile that this one differs from: a name, or a path beside this file.
    #[serde(default)]
    pub based_on: Option<String>,
    /// How well the parties keep the rules.
    #[serde(default)]
    pub switches: Settings,
    /// The authorization servers.
    #[serde(default)]
    pub server: ServerDifferences,
    /// The clients.
    #[serde(default)]
    pub client: ClientDifferences,
    /// The resource servers.
    #[serde(default)]
    pub resource: ResourceDifferences,
}

/// What differs from a profile, switches aside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Differences {
    /// The authorization servers.
    pub server: ServerDifferences,
    /// The clients.
    pub client: ClientDifferences,
    /// The resource servers.
    pub resource: ResourceDifferences,
}

part! {
    /// What an authorization server does beyond the standards, and where.
    pub struct Server / ServerDifferences {
        /// Where authorization requests go (RFC 6749 §3.1).
        authorization_endpoint: Path,
        /// Where the login form is sent.
        login_endpoint: Path,
        /// Where the consent form is sent.
        consent_endpoint: Path,
        /// Where access token requests go (RFC 6749 §3.2).
        token_endpoint: Path,
        /// Where tokens are taken back (RFC 7009 §2).
        revocation_endpoint: Path,
        /// Where tokens are asked about (RFC 7662 §2).
        introspection_endpoint: Path,
        /// Where requests are pushed, if `as.par` has that (RFC 9126 §2).
        pushed_authorization_request_endpoint: Path,
        /// Where clients register themselves, if `as.dcr` has that (RFC 7591 §3).
        registration_endpoint: Path,
        /// Where the metadata is (RFC 8414 §3).
        metadata_endpoint: Path,
        /// Where the keys are (RFC 7517 §5).
        jwks_endpoint: Path,
        /// What it calls itself (RFC 8414 §2); `null`: its own origin.
        issuer: Option<IssuerIdentifier>,
        /// How many seconds an access token is good for; `null`: for ever.
        access_token_lifetime_s: Option<u64>,
        /// How many seconds a refresh token is good for; `null`: for ever.
        refresh_token_lifetime_s: Option<u64>,
        /// How many seconds an owner stays logged in.
        session_lifetime_s: u64,
        /// How many seconds a request waits for its owner.
        transaction_lifetime_s: u64,
        /// How many seconds a pushed request is good for (RFC 9126 §2.2).
        pushed_lifetime_s: u64,
        /// Who gets refresh tokens.
        refresh_tokens: RefreshTokens,
        /// What an absent `redirect_uri` means.
        absent_redirect_uri: AbsentRedirectUri,
        /// What an absent `scope` means (RFC 6749 §3.3).
        default_scope: ScopeTokens,
        /// When the token response has a `scope`.
        scope_in_response: ScopeInResponse,
        /// Whether the authorization response has a `scope`.
        scope_in_redirect: bool,
        /// Whether the authorization endpoint takes `POST` (RFC 6749 §3.1, MAY).
        authorization_by_post: bool,
        /// Whether the token endpoint takes JSON beside forms.
        json_token_requests: bool,
        /// The word in `token_type`; its case means nothing (RFC 6749 §5.1).
        token_type: String,
        /// What else the token response has.
        extra_members: Vec<ExtraMember>,
        /// Whether it issues ID Tokens for the scope `openid` (OpenID Connect Core §3.1.2.1).
        id_tokens: bool,
        /// How many codes, and how many tokens, its store can keep.
        store_records_max: u32,
    }
}

part! {
    /// What a client asks for and how, and what it registered.
    pub struct Client / ClientDifferences {
        /// How it proves itself, unless it is public.
        authentication: AuthenticationMethod,
        /// How else it may.
        further_authentication: Vec<AuthenticationMethod>,
        /// Where its responses come back, on its own origin. `client.redirect_uris=per_context` adds the name of
        /// the authorization server.
        redirect_path: Path,
        /// Where else they may go.
        further_redirect_uris: Vec<RedirectTarget>,
        /// Which requests carry `redirect_uri`.
        send_redirect_uri: SendRedirectUri,
        /// What it asks for; `null`: it leaves that to the server.
        scope: Option<ScopeTokens>,
        /// What it may ask for.
        registered_scope: ScopeTokens,
        /// The words of `response_type` as it writes them; `null`: those of `flow.response_type`.
        response_type_words: Option<ResponseTypeWords>,
        /// What it may ask for beside what it does ask for.
        further_response_types: Vec<ResponseTypeWords>,
        /// How its responses may travel beside how they do.
        further_response_modes: Vec<ResponseMode>,
        /// How it sends authorization requests.
        authorization_method: AuthorizationMethod,
        /// Whether it may refresh (RFC 7591 §2, `grant_types`).
        refreshes: bool,
        /// Whether it reads the resource as soon as it has a token.
        reads_resource_at_once: bool,
    }
}

part! {
    /// What the tokens open.
    pub struct Resource / ResourceDifferences {
        /// At which path it is.
        path: Path,
        /// What challenges call it (RFC 9110 §11.5).
        realm: String,
        /// What a token must be good for; `null`: any token opens it.
        required_scope: Option<ScopeTokens>,
    }
}
