//! Token introspection (RFC 7662 §2).

use crate::http::Fields;
use crate::json::Json;
use crate::message::about_token::{self, AboutToken};
use crate::message::members::{Members, Object};
use crate::message::{ClientCredentials, MessageError, Repeats};
use crate::text::Text;
use crate::time::Timestamp;
use crate::value::{ClientId, Confirmation, Issuer, Scope, Subject, Thumbprint};

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

impl IntrospectionRequest {
    /// RFC 7662 §2.1 (MUST): a token is there, and no parameter twice (RFC 6749 §3.2).
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
        /// Who alone can use it (RFC 8705 §3.2, RFC 9449 §6.2).
        cnf: Option<Confirmation>,
    },
}

impl IntrospectionResponse {
    /// RFC 7662 §2.2 (MUST): `active` is there. Without it being true nothing else counts; with it, the members
    /// that RFC 9700 wants compared are there as well.
    ///
    /// # Errors
    /// The first member that is missing, repeated, or of another type or grammar.
    pub fn parse(json: &Json) -> Result<Self, MessageError> {
        let members = Members::new(json)?;
        let active = members
            .optional_bool("active")?
            .ok_or_else(|| MessageError::missing("active"))?;
        if !active {
            return Ok(Self::Inactive);
        }
        Ok(Self::Active {
            client_id: members.required_value("client_id", ClientId::new)?,
            sub: members.required_value("sub", Subject::new)?,
            scope: members
                .optional_value("scope", Scope::new)?
                .unwrap_or(Scope::NONE),
            exp: members.optional_number("exp")?.map(Timestamp::from_seconds),
            iss: members.required_value("iss", Issuer::new)?,
            cnf: members.find("cnf").map(confirmation).transpose()?,
        })
    }

    /// The members in the order of RFC 7662 §2.2. An empty scope has no spelling (RFC 6749 A.4) and is left out.
    #[must_use]
    pub fn write(&self) -> Json {
        match self {
            Self::Inactive => Object::default().with("active", false),
            Self::Active {
                client_id,
                sub,
                scope,
                exp,
                iss,
                cnf,
            } => Object::default()
                .with("active", true)
                .with_optional(
                    "scope",
                    Some(scope.as_str()).filter(|scope| !scope.is_empty()),
                )
                .with("client_id", client_id.as_str())
                .with_optional("exp", exp.map(Timestamp::seconds))
                .with("sub", sub.as_str())
                .with("iss", iss.as_str())
                .with_optional("cnf", cnf.as_ref().map(written)),
        }
        .into_json()
    }
}

/// What the members of a confirmation are called (RFC 9449 §6.1, RFC 8705 §3.1).
const JKT: &str = "jkt";
const X5T: &str = "x5t#S256";

/// RFC 7800 §3.1 (MUST): a confirmation that is not understood is not passed over: nobody could check it.
fn confirmation(json: &Json) -> Result<Confirmation, MessageError> {
    let members = Members::new(json)?;
    let key = members.optional_value(JKT, Thumbprint::new)?;
    let certificate = members.optional_value(X5T, Thumbprint::new)?;
    match (key, certificate) {
        (Some(key), None) => Ok(Confirmation::Key(key)),
        (None, Some(certificate)) => Ok(Confirmation::Certificate(certificate)),
        (None, None) | (Some(_), Some(_)) => Err(MessageError::missing("cnf")),
    }
}

fn written(confirmation: &Confirmation) -> Json {
    let name = match confirmation {
        Confirmation::Key(_) => JKT,
        Confirmation::Certificate(_) => X5T,
    };
    Object::default()
        .with(name, confirmation.thumbprint().as_str())
        .into_json()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;

    fn parse(text: &str) -> Result<IntrospectionResponse, MessageError> {
        IntrospectionResponse::parse(&json::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn the_examples_of_rfc_7662() {
        let active = r#"{"active":true,"client_id":"l238j323ds-23ij4","username":"jdoe",
            "scope":"read write dolphin","sub":"Z5O3upPC88QrAjx00dis",
            "aud":"https://protected.example.net/resource","iss":"https://server.example.com/",
            "exp":1419356238,"iat":1419350238,"extension_field":"twenty-seven"}"#;
        assert_eq!(
            parse(active),
            Ok(IntrospectionResponse::Active {
                client_id: ClientId::new("l238j323ds-23ij4").unwrap(),
                sub: Subject::new("Z5O3upPC88QrAjx00dis").unwrap(),
                scope: Scope::new("read write dolphin").unwrap(),
                exp: Some(Timestamp::from_seconds(1_419_356_238)),
                iss: Issuer::new("https://server.example.com/").unwrap(),
                cnf: None,
            })
        );
        assert_eq!(
            parse(r#"{"active":false}"#),
            Ok(IntrospectionResponse::Inactive)
        );
    }

    #[test]
    fn nothing_is_active_by_accident() {
        for (text, parameter) in [
            ("{}", "active"),
            (r#"{"active":"true"}"#, "active"),
            (r#"{"active":1}"#, "active"),
            (r#"{"active":null}"#, "active"),
            (r#"{"active":false,"active":true}"#, "body"),
            (r#"{"active":true}"#, "client_id"),
            (r#"{"active":true,"client_id":"c"}"#, "sub"),
            (r#"{"active":true,"client_id":"c","sub":"s"}"#, "iss"),
            (
                r#"{"active":true,"client_id":"c","sub":"s","iss":"https://a","cnf":{"kid":"x"}}"#,
                "cnf",
            ),
            (
                r#"{"active":true,"client_id":"c","sub":"s","iss":"https://a","exp":"1"}"#,
                "exp",
            ),
            (
                r#"{"active":true,"client_id":"c","sub":"s","iss":"https://a","scope":""}"#,
                "scope",
            ),
        ] {
            assert_eq!(parse(text).unwrap_err().parameter, parameter, "{text}");
        }
        let empty = r#"{"active":false,"exp":"never","scope":7}"#;
        assert_eq!(parse(empty), Ok(IntrospectionResponse::Inactive));
    }
}
