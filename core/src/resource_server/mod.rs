//! The resource server.

use crate::http::Origin;
use crate::text::Text;
use crate::time::Span;
use crate::value::{ClientId, ClientSecret, Issuer};

/// What a resource server is told before it starts.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// Where it listens.
    pub origin: Origin,
    /// At which path.
    pub path: Text,
    /// What its challenges call it (RFC 9110 §11.5).
    pub realm: Text,
    /// Where it asks about tokens, as a URL (RFC 7662 §2).
    pub introspection_endpoint: Text,
    /// As whom.
    pub client_id: ClientId,
    /// With which secret.
    pub client_secret: ClientSecret,
    /// What a token must be good for.
    pub required_scope: Option<Text>,
    /// Who must have issued it.
    pub issuer: Issuer,
    /// How long it waits for an answer about a token.
    pub patience: Span,
}
