//! The revocation request (RFC 7009 §2.1).

use crate::message::ClientCredentials;
use crate::text::Text;

/// What the client takes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationRequest {
    /// Who asks.
    pub client: Option<ClientCredentials>,
    /// An access or refresh token: any text, since unknown ones are fine (§2.2).
    pub token: Text,
    /// Which kind the client thinks it is; a hint and no more.
    pub token_type_hint: Option<Text>,
}
