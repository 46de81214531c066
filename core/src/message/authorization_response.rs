//! The authorization response (RFC 6749 §4.1.2, §4.1.2.1; RFC 9207 §2; OpenID Connect Core §3.3.2.5).

use crate::http::Fields;
use crate::message::parameters::push_optional;
use crate::message::{ErrorCode, MessageError, Parameters, Repeats, SignedIdToken, error_text};
use crate::text::Text;
use crate::value::{AccessToken, AuthorizationCode, Issuer, Malformed, State};

/// What the authorization endpoint answers, through the user-agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationResponse {
    /// How it went.
    pub outcome: Outcome,
    /// The `state` of the request.
    pub state: Option<State>,
    /// Who answers (RFC 9207 §2).
    pub iss: Option<Issuer>,
}

impl AuthorizationResponse {
    /// RFC 6749 §4.1.2 (MUST): unknown parameters are ignored, none is there twice, and there is a code or an
    /// error, not both.
    ///
    /// # Errors
    /// `error` is malformed when there is a code as well; `code` is missing when there is neither; otherwise the
    /// first parameter that is repeated or outside its grammar.
    pub fn parse(fields: &Fields, repeats: Repeats) -> Result<Self, MessageError> {
        let parameters = Parameters::new(fields, repeats);
        Ok(Self {
            state: parameters.optional_value("state", State::new)?,
            iss: parameters.optional_value("iss", Issuer::new)?,
            outcome: Outcome::parse(&parameters)?,
        })
    }

    /// The parameters in the order of RFC 6749 §4.1.2 and §4.1.2.1, `iss` last.
    #[must_use]
    pub fn write(&self) -> Fields {
        self.write_in(Fields::EMPTY)
    }

    /// The same, in memory that the caller lends.
    pub(crate) fn write_in(&self, mut fields: Fields) -> Fields {
        fields.0.clear();
        self.outcome.write(&mut fields);
        if let Some(state) = &self.state {
            fields.push("state", state.text().clone());
        }
        if let Some(iss) = &self.iss {
            fields.push("iss", iss.text().clone());
        }
        fields
    }
}

/// How an authorization request went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The owner said yes.
    Granted {
        /// The code.
        code: AuthorizationCode,
        /// An ID Token, when `id_token` was asked for.
        id_token: Option<SignedIdToken>,
        /// An access token, when `token` was asked for.
        access_token: Option<AccessToken>,
    },
    /// Somebody said no.
    Refused(AuthorizationError),
}

impl Outcome {
    fn parse(parameters: &Parameters<'_>) -> Result<Self, MessageError> {
        let code = parameters.optional_value("code", AuthorizationCode::new)?;
        match (code, AuthorizationError::parse(parameters)?) {
            (Some(code), None) => Ok(Self::Granted {
                code,
                id_token: parameters.optional_value("id_token", SignedIdToken::new)?,
                access_token: front_channel_token(parameters)?,
            }),
            (None, Some(error)) => Ok(Self::Refused(error)),
            (None, None) => Err(MessageError::missing("code")),
            (Some(_), Some(_)) => Err(MessageError::malformed(
                "error",
                Malformed {
                    position: 0,
                    expected: "no error next to a code",
                },
            )),
        }
    }

    fn write(&self, fields: &mut Fields) {
        match self {
            Self::Granted {
                code,
                id_token,
                access_token,
            } => {
                fields.push("code", code.text().clone());
                push_optional(
                    fields,
                    "id_token",
                    id_token.as_ref().map(|token| token.0.as_str()),
                );
                if let Some(token) = access_token {
                    fields.push("access_token", token.text().clone());
                    fields.push("token_type", "Bearer");
                }
            }
            Self::Refused(error) => error.write(fields),
        }
    }
}

/// RFC 6749 §4.2.2 (MUST): an access token has its type with it; here it can only be a bearer token.
fn front_channel_token(parameters: &Parameters<'_>) -> Result<Option<AccessToken>, MessageError> {
    let token = parameters.optional_value("access_token", AccessToken::new)?;
    if token.is_some() {
        let bearer = |word: &str| word.eq_ignore_ascii_case("Bearer").then_some(());
        parameters
            .optional_word("token_type", "Bearer", bearer)?
            .ok_or_else(|| MessageError::missing("token_type"))?;
    }
    Ok(token)
}

/// An error of the authorization endpoint (RFC 6749 §4.1.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationError {
    /// The code, as a word: a client must bear ones it does not know.
    pub error: Text,
    /// For the developer.
    pub error_description: Option<Text>,
    /// Where to read more.
    pub error_uri: Option<Text>,
}

impl AuthorizationError {
    /// An error of a known code. Characters that a description may not hold are replaced.
    #[must_use]
    pub fn new(error: ErrorCode, error_description: &str) -> Self {
        Self {
            error: Text::new(error.as_str()),
            error_description: Some(error_text::to_words(error_description)),
            error_uri: None,
        }
    }

    fn parse(parameters: &Parameters<'_>) -> Result<Option<Self>, MessageError> {
        let Some(error) = parameters.optional_value("error", error_text::words)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            error,
            error_description: parameters.optional_value("error_description", error_text::words)?,
            error_uri: parameters.optional_value("error_uri", error_text::uri)?,
        }))
    }

    fn write(&self, fields: &mut Fields) {
        fields.push("error", self.error.clone());
        let description = self.error_description.as_ref().map(Text::as_str);
        push_optional(fields, "error_description", description);
        push_optional(
            fields,
            "error_uri",
            self.error_uri.as_ref().map(Text::as_str),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::MessageFault;
    use crate::wire::form;
    use alloc::string::String;

    fn parse(query: &str) -> Result<AuthorizationResponse, MessageError> {
        AuthorizationResponse::parse(&form::parse(query.as_bytes()).unwrap(), Repeats::Refuse)
    }

    fn written(response: &AuthorizationResponse) -> String {
        let mut out = String::new();
        form::write(&response.write(), &mut out);
        out
    }

    #[test]
    fn the_examples_of_the_standards() {
        for query in [
            // RFC 6749 §4.1.2, §4.1.2.1
            "code=SplxlOBeZQQYbYS6WxSbIA&state=xyz",
            "error=access_denied&state=xyz",
            // RFC 9207 §2.2
            "code=x1848ZT64p4IirMPT0R-X3141MFPTuBX-VFL_cvaplMH58\
             &state=ZWVlNDBlYzA1NjdkMDNhYjg3ZjUxZjAyNGQzMTM2NzI&iss=https%3A%2F%2Fhonest.as.example",
            "error=access_denied&state=N2JjNGJhY2JiZjRhYzA3MGJkMzNmMDE5OWJhZmJhZjA\
             &iss=https%3A%2F%2Fhonest.as.example",
        ] {
            assert_eq!(written(&parse(query).unwrap()), query);
        }
    }

    #[test]
    fn a_code_or_an_error_and_not_both() {
        for (query, parameter) in [
            ("state=xyz", "code"),
            ("code=&error=", "code"),
            ("code=a&error=access_denied", "error"),
            ("code=a&code=b", "code"),
            ("code=a&state=s&state=s", "state"),
            ("code=a&iss=https://a&iss=https://b", "iss"),
            ("code=a&iss=as.example", "iss"),
            ("code=a&iss=https://a?x", "iss"),
            ("code=a%0Ab", "code"),
            ("code=a&access_token=t", "token_type"),
            ("code=a&access_token=t&token_type=mac", "token_type"),
            ("error=a%22b", "error"),
            ("error=a&error_description=%22", "error_description"),
            ("error=a&error_description=a%5Cb", "error_description"),
            ("error=a&error_description=a%0D%0Ab", "error_description"),
            ("error=a&error_description=a%09b", "error_description"),
            ("error=a&error_description=%C3%A9", "error_description"),
            ("error=a&error_uri=a+b", "error_uri"),
        ] {
            assert_eq!(parse(query).unwrap_err().parameter, parameter, "{query}");
        }
        assert_eq!(parse("").unwrap_err().fault, MessageFault::Missing);
        assert!(parse("code=a&access_token=t&token_type=bearer&expires_in=1").is_ok());
    }

    /// RFC 6749 §4.1.2.1: whatever is said can be read.
    #[test]
    fn a_new_error_says_only_what_it_may() {
        let error = AuthorizationError::new(ErrorCode::ServerError, "a \"b\"\\\r\n\té~");
        assert_eq!(error.error_description, Some(Text::new("a 'b'?   ?~")));
        let response = AuthorizationResponse {
            outcome: Outcome::Refused(error),
            state: None,
            iss: None,
        };
        assert_eq!(parse(&written(&response)), Ok(response));
    }
}
