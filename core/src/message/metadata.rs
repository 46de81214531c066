//! Authorization server metadata (RFC 8414 §2).

use alloc::vec::Vec;

use crate::json::Json;
use crate::message::MessageError;
use crate::message::members::{Members, Object};
use crate::text::Text;
use crate::value::{Issuer, Malformed, checked};

/// What an authorization server publishes about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Who it is.
    pub issuer: Issuer,
    /// Where authorization requests go.
    pub authorization_endpoint: Text,
    /// Where access token requests go.
    pub token_endpoint: Text,
    /// Where tokens are taken back (RFC 7009).
    pub revocation_endpoint: Option<Text>,
    /// Where tokens are asked about (RFC 7662).
    pub introspection_endpoint: Option<Text>,
    /// Where requests are pushed (RFC 9126 §5).
    pub pushed_authorization_request_endpoint: Option<Text>,
    /// Where clients register themselves (RFC 7591).
    pub registration_endpoint: Option<Text>,
    /// Where its keys are (RFC 7517).
    pub jwks_uri: Option<Text>,
    /// The scope tokens it knows.
    pub scopes_supported: Vec<Text>,
    /// The response types it knows.
    pub response_types_supported: Vec<Text>,
    /// The response modes it knows.
    pub response_modes_supported: Vec<Text>,
    /// The grant types it knows.
    pub grant_types_supported: Vec<Text>,
    /// How clients may prove themselves.
    pub token_endpoint_auth_methods_supported: Vec<Text>,
    /// The challenge methods it knows (RFC 8414 §2, RFC 9700 §2.1.1).
    pub code_challenge_methods_supported: Vec<Text>,
    /// The algorithms of proofs that it takes (RFC 9449 §5.1).
    pub dpop_signing_alg_values_supported: Vec<Text>,
    /// Whether it binds tokens to certificates (RFC 8705 §3.3).
    pub tls_client_certificate_bound_access_tokens: bool,
    /// RFC 9207 §3.
    pub authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    /// RFC 8414 §2 (MUST): issuer and both endpoints are there, every member is of its type, unknown ones are
    /// ignored. Lists that are absent are empty here: what that means (§2 names defaults) is up to the reader.
    ///
    /// # Errors
    /// The first member that is missing, repeated, or of another type or grammar.
    pub fn parse(json: &Json) -> Result<Self, MessageError> {
        let members = Members::new(json)?;
        Ok(Self {
            issuer: members.required_value("issuer", Issuer::new)?,
            authorization_endpoint: members.required_value("authorization_endpoint", url)?,
            token_endpoint: members.required_value("token_endpoint", url)?,
            revocation_endpoint: members.optional_value("revocation_endpoint", url)?,
            introspection_endpoint: members.optional_value("introspection_endpoint", url)?,
            pushed_authorization_request_endpoint: members
                .optional_value("pushed_authorization_request_endpoint", url)?,
            registration_endpoint: members.optional_value("registration_endpoint", url)?,
            jwks_uri: members.optional_value("jwks_uri", url)?,
            scopes_supported: members.texts("scopes_supported")?,
            response_types_supported: members.texts("response_types_supported")?,
            response_modes_supported: members.texts("response_modes_supported")?,
            grant_types_supported: members.texts("grant_types_supported")?,
            token_endpoint_auth_methods_supported: members
                .texts("token_endpoint_auth_methods_supported")?,
            code_challenge_methods_supported: members.texts("code_challenge_methods_supported")?,
            dpop_signing_alg_values_supported: members
                .texts("dpop_signing_alg_values_supported")?,
            tls_client_certificate_bound_access_tokens: members
                .optional_bool("tls_client_certificate_bound_access_tokens")?
                .unwrap_or(false),
            authorization_response_iss_parameter_supported: members
                .optional_bool("authorization_response_iss_parameter_supported")?
                .unwrap_or(false),
        })
    }

    /// The members in the order of this struct. RFC 8414 §3.2 (MUST): empty lists are left out.
    #[must_use]
    pub fn write(&self) -> Json {
        Object::default()
            .with("issuer", self.issuer.as_str())
            .with(
                "authorization_endpoint",
                self.authorization_endpoint.as_str(),
            )
            .with("token_endpoint", self.token_endpoint.as_str())
            .with_optional("revocation_endpoint", self.revocation_endpoint.clone())
            .with_optional(
                "introspection_endpoint",
                self.introspection_endpoint.clone(),
            )
            .with_optional(
                "pushed_authorization_request_endpoint",
                self.pushed_authorization_request_endpoint.clone(),
            )
            .with_optional("registration_endpoint", self.registration_endpoint.clone())
            .with_optional("jwks_uri", self.jwks_uri.clone())
            .with_texts("scopes_supported", &self.scopes_supported)
            .with_texts("response_types_supported", &self.response_types_supported)
            .with_texts("response_modes_supported", &self.response_modes_supported)
            .with_texts("grant_types_supported", &self.grant_types_supported)
            .with_texts(
                "token_endpoint_auth_methods_supported",
                &self.token_endpoint_auth_methods_supported,
            )
            .with_texts(
                "code_challenge_methods_supported",
                &self.code_challenge_methods_supported,
            )
            .with_texts(
                "dpop_signing_alg_values_supported",
                &self.dpop_signing_alg_values_supported,
            )
            .with_optional(
                "tls_client_certificate_bound_access_tokens",
                self.tls_client_certificate_bound_access_tokens
                    .then_some(true),
            )
            .with(
                "authorization_response_iss_parameter_supported",
                self.authorization_response_iss_parameter_supported,
            )
            .into_json()
    }
}

/// An endpoint: a URL without blanks. Whether it is the right one is a rule of the client.
fn url(text: Text) -> Result<Text, Malformed> {
    checked(text, "a URL", |octet| octet.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;

    fn parse(text: &str) -> Result<Metadata, MessageError> {
        Metadata::parse(&json::parse(text.as_bytes()).unwrap())
    }

    /// RFC 8414 §3.2.
    #[test]
    fn the_example_of_rfc_8414() {
        let metadata = parse(
            r#"{"issuer":"https://server.example.com",
                "authorization_endpoint":"https://server.example.com/authorize",
                "token_endpoint":"https://server.example.com/token",
                "token_endpoint_auth_methods_supported":["client_secret_basic","private_key_jwt"],
                "token_endpoint_auth_signing_alg_values_supported":["RS256","ES256"],
                "userinfo_endpoint":"https://server.example.com/userinfo",
                "jwks_uri":"https://server.example.com/jwks.json",
                "scopes_supported":["openid","profile","email","address","phone","offline_access"],
                "response_types_supported":["code","code token"],
                "ui_locales_supported":["en-US","fr-CA"]}"#,
        )
        .unwrap();
        assert_eq!(metadata.issuer.as_str(), "https://server.example.com");
        assert_eq!(metadata.scopes_supported.len(), 6);
        assert_eq!(
            metadata.response_types_supported,
            ["code", "code token"].map(Text::new)
        );
        assert!(metadata.grant_types_supported.is_empty());
        assert!(!metadata.authorization_response_iss_parameter_supported);
        assert_eq!(metadata.write().member("grant_types_supported"), None);
    }

    #[test]
    fn types_are_strict() {
        let good = r#""issuer":"https://a","authorization_endpoint":"https://a/x","token_endpoint":"https://a/y""#;
        for (text, parameter) in [
            ("{}", "issuer"),
            (r#"{"issuer":"https://a?x"}"#, "issuer"),
            (r#"{"issuer":"https://a"}"#, "authorization_endpoint"),
            (
                r#"{"issuer":"https://a","authorization_endpoint":"https://a/x"}"#,
                "token_endpoint",
            ),
        ] {
            assert_eq!(parse(text).unwrap_err().parameter, parameter, "{text}");
        }
        for (rest, parameter) in [
            (r#""jwks_uri":"""#, "jwks_uri"),
            (r#""jwks_uri":"a b""#, "jwks_uri"),
            (r#""scopes_supported":"openid""#, "scopes_supported"),
            (r#""scopes_supported":["openid",1]"#, "scopes_supported"),
            (
                r#""authorization_response_iss_parameter_supported":"true""#,
                "authorization_response_iss_parameter_supported",
            ),
            (r#""issuer":"https://b""#, "body"),
        ] {
            let text = alloc::format!("{{{good},{rest}}}");
            assert_eq!(parse(&text).unwrap_err().parameter, parameter, "{text}");
        }
        let empty = alloc::format!(r#"{{{good},"scopes_supported":[]}}"#);
        assert!(parse(&empty).unwrap().scopes_supported.is_empty());
    }
}
