//! The access token request (RFC 6749 §4.1.3, §6; RFC 7636 §4.5).

use crate::http::Fields;
use crate::message::parameters::push_optional;
use crate::message::{ClientCredentials, MessageError, Parameters, Repeats};
use crate::text::Text;
use crate::value::{
    AuthorizationCode, CodeVerifier, GrantType, RedirectionUri, RefreshToken, Scope,
};
use crate::wire::form::Memory;

/// What is handed in for a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// RFC 6749 §4.1.3.
    AuthorizationCode {
        /// The code.
        code: AuthorizationCode,
        /// The `redirect_uri` of the authorization request.
        redirect_uri: Option<RedirectionUri>,
        /// RFC 7636 §4.5.
        code_verifier: Option<CodeVerifier>,
        /// Whether an empty verifier was sent, which is not the same as none.
        empty_verifier: bool,
    },
    /// RFC 6749 §6.
    RefreshToken {
        /// The token.
        refresh_token: RefreshToken,
        /// Less than, or the same as, what was granted.
        scope: Option<Scope>,
    },
    /// A grant type that this server does not know.
    Other(GrantType),
}

/// What the client asks of the token endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessTokenRequest {
    /// Who asks; none when nobody said so.
    pub client: Option<ClientCredentials>,
    /// For what.
    pub grant: Grant,
}

impl AccessTokenRequest {
    /// RFC 6749 §3.2 (MUST): no parameter twice, an empty one as none, unknown ones ignored.
    ///
    /// # Errors
    /// The first fault in this order: those of [`ClientCredentials::parse`], `grant_type`, then the parameters of
    /// the grant.
    pub fn parse(
        authorization: Option<&Text>,
        fields: &Fields,
        repeats: Repeats,
    ) -> Result<Self, MessageError> {
        Self::parse_in(authorization, fields, repeats, &mut Memory::default())
    }

    /// The same, in memory that the caller lends.
    pub(crate) fn parse_in(
        authorization: Option<&Text>,
        fields: &Fields,
        repeats: Repeats,
        memory: &mut Memory,
    ) -> Result<Self, MessageError> {
        let parameters = Parameters::new(fields, repeats);
        Ok(Self {
            client: ClientCredentials::parse_in(authorization, &parameters, memory)?,
            grant: Grant::parse(&parameters)?,
        })
    }

    /// The body: the grant in the order of RFC 6749 §4.1.3 and §6, then what the client says about itself there.
    #[must_use]
    pub fn write_fields(&self) -> Fields {
        let mut fields = self.grant.write();
        if let Some(client) = &self.client {
            client.write_fields(&mut fields);
        }
        fields
    }

    /// The `Authorization`, when that is where the credentials are.
    #[must_use]
    pub fn write_authorization(&self) -> Option<Text> {
        self.client.as_ref()?.write_authorization()
    }
}

impl Grant {
    fn parse(parameters: &Parameters<'_>) -> Result<Self, MessageError> {
        match GrantType::read(parameters.required("grant_type")?) {
            GrantType::AuthorizationCode => Self::authorization_code(parameters),
            GrantType::RefreshToken => Ok(Self::RefreshToken {
                refresh_token: parameters.required_value("refresh_token", RefreshToken::new)?,
                scope: parameters.optional_value("scope", Scope::new)?,
            }),
            unknown @ GrantType::Other(_) => Ok(Self::Other(unknown)),
        }
    }

    fn authorization_code(parameters: &Parameters<'_>) -> Result<Self, MessageError> {
        let code = parameters.required_value("code", AuthorizationCode::new)?;
        let redirect_uri = parameters.optional_value("redirect_uri", RedirectionUri::new)?;
        let code_verifier = parameters.optional_value("code_verifier", CodeVerifier::new)?;
        Ok(Self::AuthorizationCode {
            code,
            redirect_uri,
            empty_verifier: code_verifier.is_none() && parameters.mentions("code_verifier"),
            code_verifier,
        })
    }

    fn write(&self) -> Fields {
        match self {
            Self::AuthorizationCode {
                code,
                redirect_uri,
                code_verifier,
                empty_verifier,
            } => {
                let mut fields = Fields::EMPTY
                    .with("grant_type", GrantType::AuthorizationCode.as_str())
                    .with("code", code.as_str());
                let redirect_uri = redirect_uri.as_ref().map(RedirectionUri::as_str);
                push_optional(&mut fields, "redirect_uri", redirect_uri);
                match code_verifier {
                    Some(verifier) => fields.push("code_verifier", verifier.as_str()),
                    None if *empty_verifier => fields.push("code_verifier", Text::EMPTY),
                    None => {}
                }
                fields
            }
            Self::RefreshToken {
                refresh_token,
                scope,
            } => {
                let mut fields = Fields::EMPTY
                    .with("grant_type", GrantType::RefreshToken.as_str())
                    .with("refresh_token", refresh_token.as_str());
                push_optional(&mut fields, "scope", scope.as_ref().map(Scope::as_str));
                fields
            }
            Self::Other(unknown) => Fields::EMPTY.with("grant_type", unknown.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::MessageFault;
    use crate::value::ClientId;
    use crate::wire::form;
    use alloc::string::String;

    fn parse(body: &str) -> Result<AccessTokenRequest, MessageError> {
        let fields = form::parse(body.as_bytes()).unwrap();
        AccessTokenRequest::parse(None, &fields, Repeats::Refuse)
    }

    #[test]
    fn the_examples_of_rfc_6749() {
        for body in [
            // §4.1.3
            "grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA\
                 &redirect_uri=https%3A%2F%2Fclient.example.com%2Fcb",
            // §6
            "grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA",
        ] {
            let basic = Text::new("Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW");
            let fields = form::parse(body.as_bytes()).unwrap();
            let request =
                AccessTokenRequest::parse(Some(&basic), &fields, Repeats::Refuse).unwrap();
            assert_eq!(request.write_authorization(), Some(basic));
            let mut written = String::new();
            form::write(&request.write_fields(), &mut written);
            assert_eq!(written, body);
        }
    }

    #[test]
    fn a_public_client_names_itself_in_the_body() {
        let request = parse("grant_type=authorization_code&code=c&client_id=p").unwrap();
        let client = ClientCredentials::body(ClientId::new("p").unwrap(), None);
        assert_eq!(request.client, Some(client));
        assert_eq!(request.write_authorization(), None);
    }

    #[test]
    fn an_empty_verifier_is_none_and_is_said() {
        for (body, expected) in [
            ("", (None, false)),
            ("&code_verifier=", (None, true)),
            (
                "&code_verifier=v",
                (Some(CodeVerifier::new("v").unwrap()), false),
            ),
        ] {
            let body = String::from("grant_type=authorization_code&code=c") + body;
            let Grant::AuthorizationCode {
                code_verifier,
                empty_verifier,
                ..
            } = parse(&body).unwrap().grant
            else {
                panic!("{body}");
            };
            assert_eq!((code_verifier, empty_verifier), expected, "{body}");
        }
    }

    #[test]
    fn each_grant_has_its_parameters() {
        use MessageFault::{Missing, Repeated};
        for (body, parameter, fault) in [
            ("", "grant_type", Some(Missing)),
            ("grant_type=", "grant_type", Some(Missing)),
            ("grant_type=x&grant_type=x", "grant_type", Some(Repeated)),
            ("grant_type=authorization_code", "code", Some(Missing)),
            ("grant_type=authorization_code&code=", "code", Some(Missing)),
            (
                "grant_type=authorization_code&code=a&code=a",
                "code",
                Some(Repeated),
            ),
            ("grant_type=authorization_code&code=%C3%A9", "code", None),
            (
                "grant_type=authorization_code&code=a&redirect_uri=cb",
                "redirect_uri",
                None,
            ),
            (
                "grant_type=authorization_code&code=a&code_verifier=%01",
                "code_verifier",
                None,
            ),
            ("grant_type=refresh_token", "refresh_token", Some(Missing)),
            (
                "grant_type=refresh_token&refresh_token=%7F",
                "refresh_token",
                None,
            ),
            (
                "grant_type=refresh_token&refresh_token=r&scope=a++b",
                "scope",
                None,
            ),
            (
                "grant_type=refresh_token&refresh_token=r&scope=a&scope=a",
                "scope",
                Some(Repeated),
            ),
            (
                "grant_type=refresh_token&client_id=c&client_id=c",
                "client_id",
                Some(Repeated),
            ),
        ] {
            let error = parse(body).unwrap_err();
            assert_eq!(error.parameter, parameter, "{body}");
            assert!(fault.is_none_or(|fault| fault == error.fault), "{body}");
        }
    }

    /// RFC 6749 §5.2: an unknown grant type is a refusal of its own; what belongs to others is ignored (§3.2).
    #[test]
    fn other_grants_are_read_by_name() {
        let password = parse("grant_type=password&username=u&code=%01").unwrap();
        let expected = Grant::Other(GrantType::Other(Text::new("password")));
        assert_eq!(password.grant, expected);
        assert!(parse("grant_type=authorization_code&code=c&scope=%22&x=1&x=2").is_ok());
    }
}
