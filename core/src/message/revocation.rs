//! The revocation request (RFC 7009 §2.1).

use crate::http::Fields;
use crate::message::about_token::{self, AboutToken};
use crate::message::{ClientCredentials, MessageError, Repeats};
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

impl RevocationRequest {
    /// RFC 7009 §2.1 (MUST): a token is there, and no parameter twice (RFC 6749 §3.2).
    ///
    /// # Errors
    /// Those of [`ClientCredentials::parse`], then `token` and `token_type_hint`.
    pub fn parse(
        authorization: Option<&Text>,
        fields: &Fields,
        repeats: Repeats,
    ) -> Result<Self, MessageError> {
        let AboutToken {
            client,
            token,
            token_type_hint,
        } = AboutToken::parse(authorization, fields, repeats)?;
        Ok(Self {
            client,
            token,
            token_type_hint,
        })
    }

    /// The body.
    #[must_use]
    pub fn write_fields(&self) -> Fields {
        about_token::write_fields(
            self.client.as_ref(),
            &self.token,
            self.token_type_hint.as_ref(),
        )
    }

    /// The `Authorization`, when that is where the credentials are.
    #[must_use]
    pub fn write_authorization(&self) -> Option<Text> {
        self.client.as_ref()?.write_authorization()
    }
}
