//! Token introspection (RFC 7662 §2).

use crate::message::ClientCredentials;
use crate::text::Text;
use crate::time::Timestamp;
use crate::value::{ClientId, Issuer, Scope, Subject};

/// What a resource server asks about a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntrospectionRequest {
    /// Who asks.
    pub client: Option<ClientCredentials>,
    /// The token.
    pub token: Text,
    /// Which kind it may be.
    pub token_type_hint: Option<Text>,
}

/// What it is told (RFC 7662 §2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntrospectionResponse {
    /// `active: false`, and nothing else.
    Inactive,
    /// A token that is good now.
    Active {
        /// For whom it was issued.
        client_id: ClientId,
        /// Whose resource it opens.
        sub: Subject,
        /// For what.
        scope: Scope,
        /// From when on it is expired, in whole seconds on the wire.
        exp: Option<Timestamp>,
        /// Who issued it.
        iss: Issuer,
    },
}
