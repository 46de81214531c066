//! Who says it is asking, at the token endpoint and every other that clients prove themselves at
//! (RFC 6749 §2.3.1, §3.2.1; RFC 7009 §2.1; RFC 7662 §2.1; RFC 9126 §2).

use crate::http::Fields;
use crate::message::{MessageError, Parameters};
use crate::text::Text;
use crate::value::{ClientId, ClientSecret, Malformed};
use crate::wire::basic;
use crate::wire::form::Memory;

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
    /// The secret, from where [`Self::via`] says; none for a public client, and none if it was empty.
    pub client_secret: Option<ClientSecret>,
    /// Where the secret was.
    pub via: CredentialsIn,
    /// The `client_id` of the body next to a header. It may be the same (RFC 6749 §3.2.1) or not.
    pub client_id_in_body: Option<ClientId>,
    /// The `client_secret` of the body next to a header: a second way to prove itself (RFC 6749 §2.3).
    pub client_secret_in_body: Option<ClientSecret>,
    /// Whether an empty secret was sent, which is not the same as none.
    pub empty_secret: bool,
}

impl ClientCredentials {
    /// What a confidential client sends in the header.
    #[must_use]
    pub const fn basic(client_id: ClientId, client_secret: ClientSecret) -> Self {
        Self {
            client_id,
            client_secret: Some(client_secret),
            via: CredentialsIn::Header,
            client_id_in_body: None,
            client_secret_in_body: None,
            empty_secret: false,
        }
    }

    /// What a client sends in the body; a public one without secret.
    #[must_use]
    pub const fn body(client_id: ClientId, client_secret: Option<ClientSecret>) -> Self {
        Self {
            client_id,
            client_secret,
            via: CredentialsIn::Body,
            client_id_in_body: None,
            client_secret_in_body: None,
            empty_secret: false,
        }
    }

    /// RFC 6749 §2.3.1 (MUST): Basic credentials with both halves form-encoded, or `client_id` and
    /// `client_secret` in the body. `None` when nobody says who asks.
    ///
    /// # Errors
    /// `Authorization` is malformed when it holds no Basic credentials of a client: that is a failed
    /// authentication, not a bad request (§5.2). `client_id` is missing when the body has a secret and nobody is
    /// named. Otherwise the parameter that is repeated or outside its grammar.
    pub fn parse(
        authorization: Option<&Text>,
        parameters: &Parameters<'_>,
    ) -> Result<Option<Self>, MessageError> {
        Self::parse_in(authorization, parameters, &mut Memory::default())
    }

    /// The same, in memory that the caller lends.
    pub(crate) fn parse_in(
        authorization: Option<&Text>,
        parameters: &Parameters<'_>,
        memory: &mut Memory,
    ) -> Result<Option<Self>, MessageError> {
        let client_id = parameters.optional_value("client_id", ClientId::new)?;
        let client_secret = parameters.optional_value("client_secret", ClientSecret::new)?;
        if let Some(authorization) = authorization {
            return Self::from_header(authorization, memory)
                .map(|credentials| Self {
                    client_id_in_body: client_id,
                    client_secret_in_body: client_secret,
                    ..credentials
                })
                .map(Some)
                .map_err(|malformed| MessageError::malformed("Authorization", malformed));
        }
        let Some(client_id) = client_id else {
            return match client_secret {
                Some(_) => Err(MessageError::missing("client_id")),
                None => Ok(None),
            };
        };
        Ok(Some(Self {
            empty_secret: client_secret.is_none() && parameters.mentions("client_secret"),
            ..Self::body(client_id, client_secret)
        }))
    }

    fn from_header(authorization: &Text, memory: &mut Memory) -> Result<Self, Malformed> {
        let found = basic::read_in(authorization.as_str(), memory).map_err(|_| Malformed {
            position: 0,
            expected: "Basic credentials, both halves form-encoded",
        })?;
        let client_id = ClientId::new(found.client_id)?;
        let empty_secret = found.client_secret.is_empty();
        let client_secret = if empty_secret {
            None
        } else {
            Some(ClientSecret::new(found.client_secret)?)
        };
        Ok(Self {
            client_id,
            client_secret,
            via: CredentialsIn::Header,
            client_id_in_body: None,
            client_secret_in_body: None,
            empty_secret,
        })
    }

    /// The `Authorization`, when that is where the credentials are. Basic cannot say that there is no secret: it
    /// then says that the secret is empty.
    #[must_use]
    pub fn write_authorization(&self) -> Option<Text> {
        match self.via {
            CredentialsIn::Body => None,
            CredentialsIn::Header => {
                let secret = self.client_secret.as_ref().map_or("", ClientSecret::as_str);
                Some(basic::write(self.client_id.as_str(), secret))
            }
        }
    }

    /// Appends what the body says about the client.
    pub fn write_fields(&self, fields: &mut Fields) {
        let (client_id, client_secret, empty_secret) = match self.via {
            CredentialsIn::Header => (
                self.client_id_in_body.as_ref(),
                self.client_secret_in_body.as_ref(),
                false,
            ),
            CredentialsIn::Body => (
                Some(&self.client_id),
                self.client_secret.as_ref(),
                self.empty_secret,
            ),
        };
        if let Some(client_id) = client_id {
            fields.push("client_id", client_id.as_str());
        }
        match client_secret {
            Some(secret) => fields.push("client_secret", secret.as_str()),
            None if empty_secret => fields.push("client_secret", Text::EMPTY),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{MessageFault, Repeats};
    use crate::wire::form;

    fn parse(
        authorization: Option<&str>,
        body: &str,
    ) -> Result<Option<ClientCredentials>, MessageError> {
        let fields = form::parse(body.as_bytes()).unwrap();
        let parameters = Parameters::new(&fields, Repeats::Refuse);
        ClientCredentials::parse(authorization.map(Text::new).as_ref(), &parameters)
    }

    fn client_id(text: &str) -> ClientId {
        ClientId::new(text).unwrap()
    }

    fn secret(text: &str) -> ClientSecret {
        ClientSecret::new(text).unwrap()
    }

    /// RFC 6749 §2.3.1, in both places.
    #[test]
    fn the_examples_of_rfc_6749() {
        let (id, proof) = (client_id("s6BhdRkqt3"), secret("7Fjfp0ZBr1KtDRbnfVdmIw"));
        assert_eq!(
            parse(
                Some("Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"),
                ""
            ),
            Ok(Some(ClientCredentials::basic(id.clone(), proof.clone())))
        );
        assert_eq!(
            parse(
                None,
                "client_id=s6BhdRkqt3&client_secret=7Fjfp0ZBr1KtDRbnfVdmIw"
            ),
            Ok(Some(ClientCredentials::body(id, Some(proof))))
        );
        assert_eq!(parse(None, "grant_type=x"), Ok(None));
    }

    #[test]
    fn an_empty_secret_is_none_and_is_said() {
        for (authorization, body, empty) in [
            (None, "client_id=c", false),
            (None, "client_id=c&client_secret=", true),
            // c:
            (Some("Basic Yzo="), "", true),
        ] {
            let found = parse(authorization, body).unwrap().unwrap();
            assert_eq!(
                (found.client_secret, found.empty_secret),
                (None, empty),
                "{body}"
            );
        }
    }

    /// RFC 6749 §2.3: what is there twice stays visible, for the rule that refuses it.
    #[test]
    fn the_body_next_to_a_header_is_kept() {
        let header = basic::write("c", "s");
        let both = parse(Some(header.as_str()), "client_id=d&client_secret=t").unwrap();
        assert_eq!(
            both,
            Some(ClientCredentials {
                client_id_in_body: Some(client_id("d")),
                client_secret_in_body: Some(secret("t")),
                ..ClientCredentials::basic(client_id("c"), secret("s"))
            })
        );
    }

    #[test]
    fn a_bad_header_is_no_bad_parameter() {
        for header in [
            "",
            "Basic",
            "Basic !",
            "Basic Yw==",
            // :s, é:s, c:é
            "Basic OnM=",
            "Basic w6k6cw==",
            "Basic YzrDqQ==",
            // c%:s
            "Basic YyU6cw==",
            "Bearer Yzpz",
            "Basic Yzpz, Basic Yzpz",
        ] {
            let error = parse(Some(header), "client_id=c").unwrap_err();
            assert_eq!(error.parameter, "Authorization", "{header:?}");
        }
        assert!(parse(Some("basic Yzpz"), "").is_ok());
    }

    #[test]
    fn bad_parameters_have_their_names() {
        for (body, parameter, fault) in [
            ("client_secret=s", "client_id", Some(MessageFault::Missing)),
            (
                "client_id=c&client_id=c",
                "client_id",
                Some(MessageFault::Repeated),
            ),
            (
                "client_id=c&client_secret=s&client_secret=s",
                "client_secret",
                Some(MessageFault::Repeated),
            ),
            ("client_id=%C3%A9", "client_id", None),
            ("client_id=c&client_secret=%00", "client_secret", None),
        ] {
            let error = parse(None, body).unwrap_err();
            assert_eq!(error.parameter, parameter, "{body}");
            assert!(fault.is_none_or(|fault| fault == error.fault), "{body}");
        }
    }
}
