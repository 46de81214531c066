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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::MessageFault;
    use crate::wire::form;

    fn parse(body: &str) -> Result<RevocationRequest, MessageError> {
        let basic = Text::new("Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW");
        let fields = form::parse(body.as_bytes()).unwrap();
        RevocationRequest::parse(Some(&basic), &fields, Repeats::Refuse)
    }

    #[test]
    fn the_example_of_rfc_7009() {
        let request = parse("token=45ghiukldjahdnhzdauz&token_type_hint=refresh_token").unwrap();
        assert_eq!(request.token, "45ghiukldjahdnhzdauz");
        assert_eq!(request.token_type_hint, Some(Text::new("refresh_token")));
        let client = request
            .client
            .as_ref()
            .map(|client| client.client_id.as_str());
        assert_eq!(client, Some("s6BhdRkqt3"));
    }

    #[test]
    fn any_token_will_do_but_one_is_needed() {
        assert!(parse("token=%00%C3%A9&token_type_hint=made_up").is_ok());
        for (body, parameter, fault) in [
            ("", "token", MessageFault::Missing),
            ("token=", "token", MessageFault::Missing),
            ("token=a&token=a", "token", MessageFault::Repeated),
            (
                "token=a&token_type_hint=b&token_type_hint=b",
                "token_type_hint",
                MessageFault::Repeated,
            ),
        ] {
            assert_eq!(
                parse(body),
                Err(MessageError { parameter, fault }),
                "{body}"
            );
        }
    }
}
