//! The request for the protected resource (RFC 6749 §7, RFC 6750 §2).

use crate::http::Fields;
use crate::message::{MessageError, MessageFault, Parameters, Repeats};
use crate::text::Text;
use crate::value::{AccessToken, Malformed};
use crate::wire::bearer::{self, BearerError};

/// The word before an access token (RFC 6750 §2.1, RFC 9449 §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenScheme {
    /// `Bearer`: whoever has it can use it.
    Bearer,
    /// `DPoP`: a proof goes with it.
    Dpop,
}

crate::canonical_unit_enum!(TokenScheme { Bearer = 0, Dpop = 1 });

impl TokenScheme {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::Dpop => "DPoP",
        }
    }
}

/// What the client asks of the resource server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceRequest {
    /// What opens it; none is an answer of its own (RFC 6750 §3.1).
    pub access_token: Option<AccessToken>,
    /// How it is used.
    pub scheme: TokenScheme,
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
        match (in_header, in_form) {
            (Some(_), Some(_)) => Err(MessageError {
                parameter: "access_token",
                fault: MessageFault::Repeated,
            }),
            (Some((access_token, scheme)), None) => Ok(Self {
                access_token: Some(access_token),
                scheme,
            }),
            (None, access_token) => Ok(Self {
                access_token,
                scheme: TokenScheme::Bearer,
            }),
        }
    }

    /// The `Authorization`: the one place that every resource server knows (RFC 6750 §2.1).
    #[must_use]
    pub fn write_authorization(&self) -> Option<Text> {
        let token = self.access_token.as_ref()?;
        Some(bearer::write_after(self.scheme.as_str(), token.as_str()))
    }
}

/// RFC 6750 §2.1, RFC 9449 §7.1 (MUST): what follows the word `Bearer` or `DPoP` is a token.
fn header_token(authorization: &Text) -> Result<Option<(AccessToken, TokenScheme)>, MessageError> {
    let expected = "one token";
    let is_dpop =
        bearer::scheme(authorization.as_str()).eq_ignore_ascii_case(TokenScheme::Dpop.as_str());
    let scheme = if is_dpop {
        TokenScheme::Dpop
    } else {
        TokenScheme::Bearer
    };
    let malformed = match bearer::read_after(scheme.as_str(), authorization.as_str()) {
        Ok(token) => {
            return AccessToken::new(token)
                .map(|token| Some((token, scheme)))
                .map_err(in_header);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::form;

    fn parse(
        authorization: &str,
        query: &str,
        form: &str,
    ) -> Result<ResourceRequest, MessageError> {
        let authorization = Some(Text::new(authorization)).filter(|text| !text.is_empty());
        let fields = |text: &str| form::parse(text.as_bytes()).unwrap();
        ResourceRequest::parse(authorization.as_ref(), &fields(query), &fields(form))
    }

    #[test]
    fn the_examples_of_rfc_6750() {
        let expected = ResourceRequest {
            access_token: Some(AccessToken::new("mF_9.B5f-4.1JqM").unwrap()),
            scheme: TokenScheme::Bearer,
        };
        for (authorization, form) in [
            ("Bearer mF_9.B5f-4.1JqM", ""),
            ("bearer mF_9.B5f-4.1JqM", "p=q"),
            ("", "access_token=mF_9.B5f-4.1JqM"),
            ("Basic Yzpz", "access_token=mF_9.B5f-4.1JqM"),
        ] {
            assert_eq!(parse(authorization, "p=q", form), Ok(expected.clone()));
        }
        let written = expected.write_authorization();
        assert_eq!(written, Some(Text::new("Bearer mF_9.B5f-4.1JqM")));
    }

    #[test]
    fn a_token_with_a_proof_has_another_word() {
        let request = parse("dpop a", "", "").unwrap();
        assert_eq!(request.scheme, TokenScheme::Dpop);
        assert_eq!(request.write_authorization(), Some(Text::new("DPoP a")));
        assert_eq!(
            parse("DPoP", "", "").unwrap_err().parameter,
            "Authorization"
        );
    }

    #[test]
    fn one_token_in_one_place_and_not_in_the_url() {
        for (authorization, query, form, parameter) in [
            ("", "access_token=a", "", "access_token"),
            ("", "access_token=", "", "access_token"),
            ("Bearer a", "access_token=a", "", "access_token"),
            ("Bearer a", "", "access_token=a", "access_token"),
            ("", "", "access_token=a&access_token=a", "access_token"),
            ("Bearer", "", "", "Authorization"),
            ("Bearer a b", "", "", "Authorization"),
            ("Bearer é", "", "", "Authorization"),
        ] {
            let error = parse(authorization, query, form).unwrap_err();
            assert_eq!(error.parameter, parameter, "{authorization} {query} {form}");
        }
        for (authorization, form) in [("", ""), ("Basic Yzpz", ""), ("", "access_token=")] {
            let none = ResourceRequest {
                access_token: None,
                scheme: TokenScheme::Bearer,
            };
            assert_eq!(parse(authorization, "", form), Ok(none));
        }
    }
}
