//! The request for the protected resource (RFC 6749 §7, RFC 6750 §2).

use crate::http::Fields;
use crate::message::{MessageError, MessageFault, Parameters, Repeats};
use crate::text::Text;
use crate::value::{AccessToken, Malformed};
use crate::wire::bearer::{self, BearerError};

/// What the client asks of the resource server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceRequest {
    /// What opens it; none is an answer of its own (RFC 6750 §3.1).
    pub access_token: Option<AccessToken>,
}

impl ResourceRequest {
    /// RFC 6750 §2 (MUST): one token, in the header or in the form. RFC 9700 §4.3.2 (MUST NOT): never in the URL.
    /// An `Authorization` of another scheme says nothing about a token.
    ///
    /// # Errors
    /// `Authorization` is malformed when it is not one bearer token; `access_token` is malformed in the query, and
    /// repeated when there is a second one anywhere.
    pub fn parse(
        authorization: Option<&Text>,
        query: &Fields,
        form: &Fields,
    ) -> Result<Self, MessageError> {
        if query.first("access_token").is_some() {
            return Err(MessageError::malformed(
                "access_token",
                Malformed {
                    position: 0,
                    expected: "no access token in the URL",
                },
            ));
        }
        let parameters = Parameters::new(form, Repeats::Refuse);
        let in_form = parameters.optional_value("access_token", AccessToken::new)?;
        let in_header = authorization.map(header_token).transpose()?.flatten();
        if in_form.is_some() && in_header.is_some() {
            return Err(MessageError {
                parameter: "access_token",
                fault: MessageFault::Repeated,
            });
        }
        Ok(Self {
            access_token: in_header.or(in_form),
        })
    }

    /// The `Authorization`: the one place that every resource server knows (RFC 6750 §2.1).
    #[must_use]
    pub fn write_authorization(&self) -> Option<Text> {
        let token = self.access_token.as_ref()?;
        Some(bearer::write(token.as_str()))
    }
}

/// RFC 6750 §2.1 (MUST): what follows the word `Bearer` is a token.
fn header_token(authorization: &Text) -> Result<Option<AccessToken>, MessageError> {
    let expected = "one bearer token";
    let malformed = match bearer::read(authorization.as_str()) {
        Ok(token) => return AccessToken::new(token).map(Some).map_err(in_header),
        Err(BearerError::Scheme) => return Ok(None),
        Err(BearerError::Missing) => Malformed {
            position: authorization.len(),
            expected,
        },
        Err(BearerError::Token { position }) => Malformed { position, expected },
    };
    Err(in_header(malformed))
}

const fn in_header(malformed: Malformed) -> MessageError {
    MessageError::malformed("Authorization", malformed)
}
