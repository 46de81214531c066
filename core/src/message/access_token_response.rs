//! The access token response (RFC 6749 §5.1, §5.2).

use alloc::vec::Vec;

use crate::json::Json;
use crate::message::members::{Members, Object};
use crate::message::{ErrorCode, MessageError, SignedIdToken, error_text};
use crate::text::Text;
use crate::time::Span;
use crate::value::{AccessToken, RefreshToken, Scope, TokenType};

/// The members that the standards define; whatever else is there is kept apart.
const MEMBERS: [&str; 6] = [
    "access_token",
    "token_type",
    "expires_in",
    "refresh_token",
    "scope",
    "id_token",
];

/// What the token endpoint grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessTokenResponse {
    /// The token.
    pub access_token: AccessToken,
    /// How it is used.
    pub token_type: TokenType,
    /// How long it is good for, in whole seconds on the wire (§5.1).
    pub expires_in: Option<Span>,
    /// What renews it.
    pub refresh_token: Option<RefreshToken>,
    /// What it opens; required when that is not what was asked for (§5.1).
    pub scope: Option<Scope>,
    /// Who logged in (OpenID Connect Core §3.1.3.3).
    pub id_token: Option<SignedIdToken>,
    /// Members that nobody defined, in their order (§5.1: a client ignores what it does not know).
    pub extra: Vec<(Text, Json)>,
}

impl AccessTokenResponse {
    /// RFC 6749 §5.1 (MUST): a token and its type are there, strings are strings and numbers numbers, and what
    /// nobody defined does no harm.
    ///
    /// # Errors
    /// The first member that is missing, repeated, or of another type or grammar.
    pub fn parse(json: &Json) -> Result<Self, MessageError> {
        let members = Members::new(json)?;
        Ok(Self {
            access_token: members.required_value("access_token", AccessToken::new)?,
            token_type: members.required_value("token_type", TokenType::new)?,
            expires_in: members
                .optional_number("expires_in")?
                .map(Span::from_seconds),
            refresh_token: members.optional_value("refresh_token", RefreshToken::new)?,
            scope: members.optional_value("scope", Scope::new)?,
            id_token: members.optional_value("id_token", SignedIdToken::new)?,
            extra: members.unknown(&MEMBERS),
        })
    }

    /// The members in the order of RFC 6749 §5.1, the extra ones last. An empty scope has no spelling (A.4) and
    /// is left out.
    #[must_use]
    pub fn write(&self) -> Json {
        self.write_in(Vec::new())
    }

    /// The same, in memory that the caller lends.
    pub(crate) fn write_in(&self, memory: Vec<(Text, Json)>) -> Json {
        let scope = self.scope.as_ref().filter(|scope| !scope.is_empty());
        let refresh_token = self.refresh_token.as_ref().map(RefreshToken::text);
        let id_token = self.id_token.as_ref().map(|token| token.0.as_str());
        Object::with_memory(memory)
            .with("access_token", self.access_token.text().clone())
            .with("token_type", self.token_type.0.clone())
            .with_optional("expires_in", self.expires_in.map(Span::seconds))
            .with_optional("refresh_token", refresh_token.cloned())
            .with_optional("scope", scope.map(|scope| scope.text().clone()))
            .with_optional("id_token", id_token)
            .with_unknown(&self.extra, &MEMBERS)
            .into_json()
    }
}

/// What the token endpoint refuses with (RFC 6749 §5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenError {
    /// The code, as a word.
    pub error: Text,
    /// For the developer.
    pub error_description: Option<Text>,
    /// Where to read more.
    pub error_uri: Option<Text>,
}

impl TokenError {
    /// An error of a known code. Characters that a description may not hold are replaced.
    #[must_use]
    pub fn new(error: ErrorCode, error_description: &str) -> Self {
        Self {
            error: Text::new(error.as_str()),
            error_description: Some(error_text::to_words(error_description)),
            error_uri: None,
        }
    }

    /// RFC 6749 §5.2 (MUST): `error` is there, and all three hold only the characters they may.
    ///
    /// # Errors
    /// The first member that is missing, repeated, or of another type or grammar.
    pub fn parse(json: &Json) -> Result<Self, MessageError> {
        let members = Members::new(json)?;
        Ok(Self {
            error: members.required_value("error", error_text::words)?,
            error_description: members.optional_value("error_description", error_text::words)?,
            error_uri: members.optional_value("error_uri", error_text::uri)?,
        })
    }

    /// The members in the order of RFC 6749 §5.2.
    #[must_use]
    pub fn write(&self) -> Json {
        let description = self.error_description.as_ref().map(Text::as_str);
        Object::default()
            .with("error", self.error.as_str())
            .with_optional("error_description", description)
            .with_optional("error_uri", self.error_uri.as_ref().map(Text::as_str))
            .into_json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::MessageFault;
    use crate::wire::json;
    use alloc::string::String;

    fn parsed(text: &str) -> Json {
        json::parse(text.as_bytes()).unwrap()
    }

    fn parse(text: &str) -> Result<AccessTokenResponse, MessageError> {
        AccessTokenResponse::parse(&parsed(text))
    }

    fn written(json: &Json) -> String {
        let mut out = String::new();
        json::write(json, &mut out);
        out
    }

    #[test]
    fn the_examples_of_rfc_6749() {
        let granted = r#"{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"example","expires_in":3600,"refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA","example_parameter":"example_value"}"#;
        let response = parse(granted).unwrap();
        assert_eq!(response.expires_in, Some(Span::from_seconds(3600)));
        assert_eq!(written(&response.write()), granted);
        let refused = r#"{"error":"invalid_request"}"#;
        let error = TokenError::parse(&parsed(refused)).unwrap();
        assert_eq!(written(&error.write()), refused);
    }

    /// RFC 6749 §5.1: what nobody defined is kept as it was, nested or not.
    #[test]
    fn unknown_members_are_kept_in_order() {
        let text = r#"{"access_token":"a","token_type":"bearer","b":{"x":[1.50,null]},"a":true}"#;
        let response = parse(text).unwrap();
        let names: Vec<&str> = response
            .extra
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(names, ["b", "a"]);
        assert_eq!(written(&response.write()), text);
    }

    #[test]
    fn types_are_strict() {
        let good = r#""access_token":"a","token_type":"Bearer""#;
        for (text, parameter) in [
            ("[]", "body"),
            ("null", "body"),
            ("{}", "access_token"),
            (r#"{"access_token":"a"}"#, "token_type"),
            (
                r#"{"access_token":"","token_type":"Bearer"}"#,
                "access_token",
            ),
            (
                r#"{"access_token":1,"token_type":"Bearer"}"#,
                "access_token",
            ),
            (
                r#"{"access_token":null,"token_type":"Bearer"}"#,
                "access_token",
            ),
            (
                r#"{"access_token":"a\nb","token_type":"Bearer"}"#,
                "access_token",
            ),
            (r#"{"access_token":"a","token_type":""}"#, "token_type"),
            (
                r#"{"access_token":"a","token_type":["Bearer"]}"#,
                "token_type",
            ),
        ] {
            assert_eq!(parse(text).unwrap_err().parameter, parameter, "{text}");
        }
        for (rest, parameter) in [
            (r#""expires_in":"3600""#, "expires_in"),
            (r#""expires_in":-1"#, "expires_in"),
            (r#""expires_in":3600.0"#, "expires_in"),
            (r#""expires_in":1e3"#, "expires_in"),
            (r#""expires_in":18446744073709551616"#, "expires_in"),
            (r#""expires_in":null"#, "expires_in"),
            (r#""refresh_token":null"#, "refresh_token"),
            (r#""refresh_token":"""#, "refresh_token"),
            (r#""scope":["a","b"]"#, "scope"),
            (r#""scope":"a  b""#, "scope"),
            (r#""id_token":{}"#, "id_token"),
            (r#""access_token":"a""#, "body"),
            (r#""x":1,"x":1"#, "body"),
        ] {
            let text = alloc::format!("{{{good},{rest}}}");
            assert_eq!(parse(&text).unwrap_err().parameter, parameter, "{text}");
        }
        assert!(parse(&alloc::format!("{{{good}}}")).is_ok());
    }

    #[test]
    fn errors_have_a_code_and_only_allowed_characters() {
        for (text, parameter) in [
            ("{}", "error"),
            (r#"{"error":""}"#, "error"),
            (r#"{"error":400}"#, "error"),
            (
                r#"{"error":"a","error_description":"\"b\""}"#,
                "error_description",
            ),
            (
                r#"{"error":"a","error_description":"\u00e9"}"#,
                "error_description",
            ),
            (r#"{"error":"a","error_uri":"a b"}"#, "error_uri"),
            (r#"{"error":"a","error":"a"}"#, "body"),
        ] {
            let error = TokenError::parse(&parsed(text)).unwrap_err();
            assert_eq!(error.parameter, parameter, "{text}");
        }
        let error = TokenError::new(ErrorCode::InvalidGrant, "\u{1f600} \"x\"");
        assert_eq!(error.error_description, Some(Text::new("? 'x'")));
        assert_eq!(TokenError::parse(&error.write()), Ok(error));
    }

    #[test]
    fn an_extra_member_never_replaces_a_defined_one() {
        let mut response = parse(r#"{"access_token":"a","token_type":"Bearer"}"#).unwrap();
        response.extra.push((Text::new("scope"), Json::from("all")));
        assert_eq!(response.write().member("scope"), None);
        let repeated = r#"{"access_token":"a","access_token":"b","token_type":"Bearer"}"#;
        assert_eq!(parse(repeated).unwrap_err().fault, MessageFault::Repeated);
    }
}
