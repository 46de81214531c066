//! The words of profile files: closed vocabularies and checked texts.

use std::borrow::Cow;
use std::fmt;

use grantlab_core::authorization_server::registration as server;
use grantlab_core::client::configuration::SendRedirectUri as Sent;
use grantlab_core::http::Method;
use grantlab_core::value;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

macro_rules! word {
    (
        $(#[doc = $about:literal])+
        pub enum $name:ident => $core:ty { $( $(#[doc = $doc:literal])+ $variant:ident = $word:literal => $value:expr, )+ }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
        pub enum $name { $( $(#[doc = $doc])+ #[serde(rename = $word)] $variant, )+ }

        impl From<$name> for $core {
            fn from(word: $name) -> Self {
                match word { $($name::$variant => $value,)+ }
            }
        }
    };
}

word! {
    /// Which clients get a refresh token with a code's tokens (RFC 6749 §1.5).
    pub enum RefreshTokens => server::IssueRefreshToken {
        /// None.
        Never = "never" => Self::Never,
        /// Those that registered the grant type.
        IfRegistered = "if_registered" => Self::IfRegistered,
        /// Those that registered the grant type and were granted `offline_access` (OpenID Connect Core §11).
        IfOffline = "if_offline" => Self::IfOffline,
    }
}
word! {
    /// What an authorization request without `redirect_uri` means (RFC 6749 §3.1.2.3).
    pub enum AbsentRedirectUri => server::AbsentRedirectUri {
        /// It is refused.
        Refuse = "refuse" => Self::Refuse,
        /// The registered one is used, if it is the only one.
        OnlyRegistered = "only_registered" => Self::OnlyRegistered,
        /// The first registered one is used.
        FirstRegistered = "first_registered" => Self::FirstRegistered,
    }
}
word! {
    /// When the token response has a `scope` (RFC 6749 §5.1).
    pub enum ScopeInResponse => server::ScopeInResponse {
        /// When it differs from what was asked for.
        IfDifferent = "if_different" => Self::IfDifferent,
        /// Always.
        Always = "always" => Self::Always,
    }
}
word! {
    /// Whether the client's requests carry `redirect_uri` (RFC 6749 §3.1.2.3, §4.1.3).
    pub enum SendRedirectUri => Sent {
        /// Authorization request and token request do.
        Both = "both" => Self::Both,
        /// The authorization request alone does.
        AuthorizationRequestOnly = "authorization_request_only" => Self::AuthorizationRequestOnly,
        /// Neither does.
        Neither = "neither" => Self::Neither,
    }
}
word! {
    /// How the client sends authorization requests (RFC 6749 §3.1).
    pub enum AuthorizationMethod => Method {
        /// By a redirect.
        Get = "GET" => Self::Get,
        /// By a form that sends itself.
        Post = "POST" => Self::Post,
    }
}
word! {
    /// How a client proves itself at the token endpoint (RFC 6749 §2.3.1, RFC 7591 §2).
    pub enum AuthenticationMethod => value::ClientAuthenticationMethod {
        /// In the `Authorization` header.
        Basic = "client_secret_basic" => Self::Basic,
        /// In the form.
        Form = "client_secret_post" => Self::Form,
        /// In a JSON body.
        Json = "client_secret_json" => Self::Json,
        /// Not at all: it has no secret.
        None = "none" => Self::None,
    }
}
word! {
    /// How an authorization response travels (OAuth 2.0 Multiple Response Types §2.1, Form Post §2).
    pub enum ResponseMode => value::ResponseMode {
        /// In the query.
        Query = "query" => Self::Query,
        /// In the fragment.
        Fragment = "fragment" => Self::Fragment,
        /// In a form that sends itself.
        FormPost = "form_post" => Self::FormPost,
        /// In a message to the window that opened the page.
        WebMessage = "web_message" => Self::WebMessage,
    }
}

/// Declares a text that is checked when it is read.
macro_rules! checked_text {
    ($(#[doc = $about:literal])+ pub struct $name:ident($pattern:literal, $check:expr);) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                let check: fn(&str) -> Result<(), String> = $check;
                match check(&text) {
                    Ok(()) => Ok(Self(text)),
                    Err(why) => Err(D::Error::custom(why)),
                }
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "description": concat!($($about),+).trim(),
                    "type": "string",
                    "pattern": $pattern,
                })
            }
        }
    };
}

checked_text! {
    /// A path with its leading slash, without query and fragment.
    pub struct Path("^/[!-\"$-;=@-~]*$", |text| {
        let octets = text.bytes().all(|octet| octet.is_ascii_graphic() && !b"?#<>".contains(&octet));
        if text.starts_with('/') && octets {
            Ok(())
        } else {
            Err("a path is expected here: it starts with `/` and has neither query nor fragment".to_owned())
        }
    });
}
checked_text! {
    /// An issuer identifier (RFC 8414 §2).
    pub struct IssuerIdentifier("^https?://[^?#]+$", |text| {
        value::Issuer::new(text).map(|_| ()).map_err(|malformed| format!("not an issuer: {malformed}"))
    });
}
checked_text! {
    /// Scope tokens separated by single blanks (RFC 6749 §3.3).
    pub struct ScopeTokens("^[!#-\\[\\]-~]+( [!#-\\[\\]-~]+)*$", |text| {
        value::Scope::new(text).map(|_| ()).map_err(|malformed| format!("not a scope: {malformed}"))
    });
}
checked_text! {
    /// The words of a `response_type`, in any order.
    pub struct ResponseTypeWords("^(code|id_token|token)( (code|id_token|token))*$", |text| {
        match value::ResponseType::read(text) {
            Some(_) => Ok(()),
            None => Err("a response type is `code`, `id_token`, `token`, or several of them, each once".to_owned()),
        }
    });
}
checked_text! {
    /// A redirection URI, or a path on the client's own origin.
    pub struct RedirectTarget("^(/|[A-Za-z][A-Za-z0-9+.-]*:.)[^#]*$", |text| {
        if text.starts_with('/') && !text.contains('#') {
            return Ok(());
        }
        value::RedirectionUri::new(text)
            .map(|_| ())
            .map_err(|malformed| format!("not a redirection URI: {malformed}"))
    });
}

impl ScopeTokens {
    /// The scope. It was checked when it was read.
    #[must_use]
    pub fn scope(&self) -> value::Scope {
        value::Scope::new(self.0.as_str()).unwrap_or(value::Scope::NONE)
    }
}

impl ResponseTypeWords {
    /// The response type. It was checked when it was read.
    #[must_use]
    pub fn response_type(&self) -> value::ResponseType {
        value::ResponseType::read(&self.0).unwrap_or(value::ResponseType::CODE)
    }
}

/// A member of the token response that no standard defines.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExtraMember {
    /// The same for everybody.
    Fixed(FixedMember),
    /// An object about the owner, under this name: subject, login name, e-mail address.
    OwnerData(String),
    /// The owner's authorities, under this name.
    Roles(String),
}

/// A member with a fixed value.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FixedMember {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: serde_json::Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads<T: for<'de> Deserialize<'de>>(text: &str) -> bool {
        serde_json::from_value::<T>(serde_json::Value::from(text)).is_ok()
    }

    #[test]
    fn texts_are_checked() {
        for (text, path, scope, words, target) in [
            ("/cb", true, true, false, true),
            ("/cb#x", false, true, false, false),
            ("cb", false, true, false, false),
            ("a  b", false, false, false, false),
            ("id_token code", false, true, true, false),
            ("code code", false, true, false, false),
            ("https://client.example/cb", false, true, false, true),
        ] {
            assert_eq!(reads::<Path>(text), path, "{text}");
            assert_eq!(reads::<ScopeTokens>(text), scope, "{text}");
            assert_eq!(reads::<ResponseTypeWords>(text), words, "{text}");
            assert_eq!(reads::<RedirectTarget>(text), target, "{text}");
        }
    }
}
