//! The request for the protected resource (RFC 6749 §7, RFC 6750 §2).

use crate::value::AccessToken;

/// What the client asks of the resource server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceRequest {
    /// What opens it; none is an answer of its own (RFC 6750 §3.1).
    pub access_token: Option<AccessToken>,
}
