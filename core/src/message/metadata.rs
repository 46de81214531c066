//! Authorization server metadata (RFC 8414 §2).

use alloc::vec::Vec;

use crate::text::Text;
use crate::value::Issuer;

/// What an authorization server publishes about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Who it is.
    pub issuer: Issuer,
    /// Where authorization requests go.
    pub authorization_endpoint: Text,
    /// Where access token requests go.
    pub token_endpoint: Text,
    /// Where tokens are taken back (RFC 7009).
    pub revocation_endpoint: Option<Text>,
    /// Where tokens are asked about (RFC 7662).
    pub introspection_endpoint: Option<Text>,
    /// Where requests are pushed (RFC 9126 §5).
    pub pushed_authorization_request_endpoint: Option<Text>,
    /// Where its keys are (RFC 7517).
    pub jwks_uri: Option<Text>,
    /// The scope tokens it knows.
    pub scopes_supported: Vec<Text>,
    /// The response types it knows.
    pub response_types_supported: Vec<Text>,
    /// The response modes it knows.
    pub response_modes_supported: Vec<Text>,
    /// The grant types it knows.
    pub grant_types_supported: Vec<Text>,
    /// How clients may prove themselves.
    pub token_endpoint_auth_methods_supported: Vec<Text>,
    /// The challenge methods it knows (RFC 8414 §2, RFC 9700 §2.1.1).
    pub code_challenge_methods_supported: Vec<Text>,
    /// RFC 9207 §3.
    pub authorization_response_iss_parameter_supported: bool,
}
