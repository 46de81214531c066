//! Dynamic client registration (RFC 7591 §2, §3): what a client says about itself, and what it is told.

use alloc::vec::Vec;

use crate::json::Json;
use crate::message::members::{Members, Object};
use crate::message::{MessageError, MessageFault};
use crate::text::Text;
use crate::value::{
    ClientAuthenticationMethod, ClientId, ClientSecret, GrantType, Malformed, RedirectionUri,
    ResponseType, Scope,
};

/// What a client says about itself (RFC 7591 §2). What it leaves out has the value that the RFC names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientMetadata {
    /// Where its responses shall go.
    pub redirect_uris: Vec<RedirectionUri>,
    /// How it will prove itself.
    pub token_endpoint_auth_method: ClientAuthenticationMethod,
    /// What it will ask the token endpoint for.
    pub grant_types: Vec<GrantType>,
    /// What it will ask the authorization endpoint for.
    pub response_types: Vec<ResponseType>,
    /// What it may ask for; none leaves that to the server.
    pub scope: Option<Scope>,
}

impl ClientMetadata {
    /// RFC 7591 §2 (MUST): every member that is understood is of its type; others are ignored. A client of the code
    /// flow has a redirection URI.
    ///
    /// # Errors
    /// The first member that is missing, repeated, or of another type, word or grammar.
    pub fn parse(json: &Json) -> Result<Self, MessageError> {
        let members = Members::new(json)?;
        let redirect_uris = each(&members, "redirect_uris", |text| {
            RedirectionUri::new(text.clone()).ok()
        })?;
        if redirect_uris.is_empty() {
            return Err(MessageError::missing("redirect_uris"));
        }
        let method = members.optional_value("token_endpoint_auth_method", |text| {
            ClientAuthenticationMethod::read(text.as_str()).ok_or(UNKNOWN_WORD)
        })?;
        let grant_types = each(&members, "grant_types", |text| Some(GrantType::read(text)))?;
        let response_types = each(&members, "response_types", |text| {
            ResponseType::read(text.as_str())
        })?;
        Ok(Self {
            redirect_uris,
            token_endpoint_auth_method: method.unwrap_or(ClientAuthenticationMethod::Basic),
            grant_types: or(grant_types, GrantType::AuthorizationCode),
            response_types: or(response_types, ResponseType::CODE),
            scope: members.optional_value("scope", Scope::new)?,
        })
    }

    /// The members in the order of RFC 7591 §2.
    #[must_use]
    pub fn write(&self) -> Json {
        self.members(Object::default()).into_json()
    }

    fn members(&self, object: Object) -> Object {
        let texts = |words: Vec<&str>| words.into_iter().map(Text::new).collect::<Vec<Text>>();
        let uris = self.redirect_uris.iter().map(RedirectionUri::as_str);
        let grants = self.grant_types.iter().map(GrantType::as_str);
        let responses = self.response_types.iter().map(|asked| asked.as_str());
        object
            .with_texts("redirect_uris", &texts(uris.collect()))
            .with(
                "token_endpoint_auth_method",
                self.token_endpoint_auth_method.as_str(),
            )
            .with_texts("grant_types", &texts(grants.collect()))
            .with_texts("response_types", &texts(responses.collect()))
            .with_optional("scope", self.scope.as_ref().map(Scope::as_str))
    }
}

/// What a registered client is told (RFC 7591 §3.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientInformation {
    /// As whom it is known from now on.
    pub client_id: ClientId,
    /// What it proves itself with, unless it is public.
    pub client_secret: Option<ClientSecret>,
    /// What was registered, which may be less than was asked for.
    pub metadata: ClientMetadata,
}

impl ClientInformation {
    /// RFC 7591 §3.2.1 (MUST): the identifier is there, and everything that was registered.
    ///
    /// # Errors
    /// The first member that is missing, repeated, or of another type, word or grammar.
    pub fn parse(json: &Json) -> Result<Self, MessageError> {
        let members = Members::new(json)?;
        Ok(Self {
            client_id: members.required_value("client_id", ClientId::new)?,
            client_secret: members.optional_value("client_secret", ClientSecret::new)?,
            metadata: ClientMetadata::parse(json)?,
        })
    }

    /// The members in the order of RFC 7591 §3.2.1. A secret never expires here, which the RFC writes as zero.
    #[must_use]
    pub fn write(&self) -> Json {
        let secret = self.client_secret.as_ref();
        let object = Object::default()
            .with("client_id", self.client_id.as_str())
            .with_optional("client_secret", secret.map(ClientSecret::as_str))
            .with_optional("client_secret_expires_at", secret.map(|_| 0_u64));
        self.metadata.members(object).into_json()
    }
}

const UNKNOWN_WORD: Malformed = Malformed {
    position: 0,
    expected: "a word that is known",
};

/// Every element of a list, read by `read`.
fn each<T>(
    members: &Members<'_>,
    name: &'static str,
    read: impl Fn(&Text) -> Option<T>,
) -> Result<Vec<T>, MessageError> {
    let texts = members.texts(name)?;
    let values: Option<Vec<T>> = texts.iter().map(read).collect();
    values.ok_or(MessageError {
        parameter: name,
        fault: MessageFault::Malformed(UNKNOWN_WORD),
    })
}

fn or<T>(mut values: Vec<T>, usual: T) -> Vec<T> {
    if values.is_empty() {
        values.push(usual);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;

    fn parse(text: &str) -> Result<ClientMetadata, MessageError> {
        ClientMetadata::parse(&json::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn what_is_left_out_has_the_usual_value() {
        let least = parse(r#"{"redirect_uris":["https://c/cb"],"client_name":"x"}"#).unwrap();
        assert_eq!(
            least.token_endpoint_auth_method,
            ClientAuthenticationMethod::Basic
        );
        assert_eq!(least.grant_types, [GrantType::AuthorizationCode]);
        assert_eq!(least.response_types, [ResponseType::CODE]);
        assert_eq!(ClientMetadata::parse(&least.write()), Ok(least));
    }

    #[test]
    fn what_a_client_is_told_is_read_back() {
        let told = ClientInformation {
            client_id: ClientId::new("c").unwrap(),
            client_secret: Some(ClientSecret::new("s").unwrap()),
            metadata: parse(
                r#"{"redirect_uris":["https://c/cb"],"grant_types":["refresh_token"],"scope":"a b"}"#,
            )
            .unwrap(),
        };
        assert_eq!(ClientInformation::parse(&told.write()), Ok(told));
    }

    #[test]
    fn members_are_of_their_types() {
        for (text, parameter) in [
            ("{}", "redirect_uris"),
            (r#"{"redirect_uris":[]}"#, "redirect_uris"),
            (r#"{"redirect_uris":"https://c/cb"}"#, "redirect_uris"),
            (r#"{"redirect_uris":["/cb"]}"#, "redirect_uris"),
            (
                r#"{"redirect_uris":["a:b"],"token_endpoint_auth_method":"x"}"#,
                "token_endpoint_auth_method",
            ),
            (
                r#"{"redirect_uris":["a:b"],"response_types":["x"]}"#,
                "response_types",
            ),
            (r#"{"redirect_uris":["a:b"],"scope":""}"#, "scope"),
        ] {
            assert_eq!(parse(text).unwrap_err().parameter, parameter, "{text}");
        }
    }
}
