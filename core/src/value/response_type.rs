//! The closed vocabularies of requests and responses.

use super::{Malformed, printable};
use crate::text::Text;

/// What the authorization endpoint is asked for: a set of words whose order means nothing (RFC 6749 §3.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResponseType {
    /// `code`
    pub code: bool,
    /// `id_token` (OpenID Connect Core §3.3)
    pub id_token: bool,
    /// `token` (RFC 6749 §4.2.1)
    pub token: bool,
}

crate::canonical_struct!(ResponseType {
    code,
    id_token,
    token
});

impl ResponseType {
    /// `code` alone.
    pub const CODE: Self = Self {
        code: true,
        id_token: false,
        token: false,
    };
    /// `code id_token`
    pub const CODE_ID_TOKEN: Self = Self {
        code: true,
        id_token: true,
        token: false,
    };
    /// `code token`
    pub const CODE_TOKEN: Self = Self {
        code: true,
        id_token: false,
        token: true,
    };

    /// Reads the words in any order; `None` for a word that nobody defined, a repeat, or no word.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        if text == "code" {
            return Some(Self::CODE);
        }
        let mut found = Self {
            code: false,
            id_token: false,
            token: false,
        };
        for word in text.split(' ') {
            let place = match word {
                "code" => &mut found.code,
                "id_token" => &mut found.id_token,
                "token" => &mut found.token,
                _ => return None,
            };
            if core::mem::replace(place, true) {
                return None;
            }
        }
        Some(found)
    }

    /// The words in their usual order.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match (self.code, self.id_token, self.token) {
            (true, false, false) => "code",
            (true, true, false) => "code id_token",
            (true, false, true) => "code token",
            (true, true, true) => "code id_token token",
            (false, true, false) => "id_token",
            (false, true, true) => "id_token token",
            (false, false, true) => "token",
            (false, false, false) => "none",
        }
    }

    /// Whether something comes back that must not be in a query (Multiple Response Types §5).
    #[must_use]
    pub const fn needs_fragment(self) -> bool {
        self.id_token || self.token
    }
}

/// How the authorization response travels (Multiple Response Types §2.1, Form Post §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseMode {
    /// In the query of the redirection URI.
    Query,
    /// In its fragment.
    Fragment,
    /// In the body of a form that sends itself.
    FormPost,
    /// In a message to the window that opened the page.
    WebMessage,
}

crate::canonical_unit_enum!(ResponseMode { Query = 0, Fragment = 1, FormPost = 2, WebMessage = 3 });

impl ResponseMode {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Fragment => "fragment",
            Self::FormPost => "form_post",
            Self::WebMessage => "web_message",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        [
            Self::Query,
            Self::Fragment,
            Self::FormPost,
            Self::WebMessage,
        ]
        .into_iter()
        .find(|mode| mode.as_str() == word)
    }
}

/// What the client wants of the user interface (OpenID Connect Core §3.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// Show nothing: answer or fail.
    None,
    /// Ask for the password again.
    Login,
    /// Ask for consent again.
    Consent,
}

crate::canonical_unit_enum!(Prompt { None = 0, Login = 1, Consent = 2 });

impl Prompt {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        [Self::None, Self::Login, Self::Consent]
            .into_iter()
            .find(|prompt| prompt.as_str() == word)
    }
}

/// What the token endpoint is asked for (RFC 6749 §4.1.3, §6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GrantType {
    /// `authorization_code`
    AuthorizationCode,
    /// `refresh_token`
    RefreshToken,
    /// Anything else, as it was written.
    Other(Text),
}

impl GrantType {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::Other(word) => word.as_str(),
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn read(word: &Text) -> Self {
        match word.as_bytes() {
            b"authorization_code" => Self::AuthorizationCode,
            b"refresh_token" => Self::RefreshToken,
            _ => Self::Other(word.clone()),
        }
    }
}

/// How a client proves itself at the token endpoint (RFC 6749 §2.3.1, RFC 7591 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuthenticationMethod {
    /// `client_secret_basic`: in the `Authorization` header.
    Basic,
    /// `client_secret_post`: in the form.
    Form,
    /// In a JSON body, as some providers want it; no standard has a name for it.
    Json,
    /// `none`: a public client has no secret and names itself in the body.
    None,
}

crate::canonical_unit_enum!(ClientAuthenticationMethod { Basic = 0, Form = 1, Json = 2, None = 3 });

impl ClientAuthenticationMethod {
    /// The word in registrations and metadata.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "client_secret_basic",
            Self::Form => "client_secret_post",
            Self::Json => "client_secret_json",
            Self::None => "none",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        [Self::Basic, Self::Form, Self::Json, Self::None]
            .into_iter()
            .find(|method| method.as_str() == word)
    }
}

/// How an access token is used (RFC 6749 §7.1). The word is case-insensitive (§5.1) and kept as written.
#[derive(Clone, Debug)]
pub struct TokenType(pub Text);

crate::canonical_tuple!(TokenType);

impl TokenType {
    /// Takes `text` if it is one or more printable ASCII characters (RFC 6749 A.13 allows a name or a URI).
    ///
    /// # Errors
    /// [`Malformed`] names the octet that is not.
    pub fn new(text: impl Into<Text>) -> Result<Self, Malformed> {
        printable(text.into()).map(Self)
    }

    /// `DPoP` (RFC 9449 §5)
    #[must_use]
    pub fn dpop() -> Self {
        Self(Text::new("DPoP"))
    }

    /// Whether it is `Bearer` (RFC 6750).
    #[must_use]
    pub fn is_bearer(&self) -> bool {
        self.0.as_str().eq_ignore_ascii_case("Bearer")
    }
}

impl PartialEq for TokenType {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str().eq_ignore_ascii_case(other.0.as_str())
    }
}

impl Eq for TokenType {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_response_type_have_no_order() {
        assert_eq!(
            ResponseType::read("id_token code"),
            Some(ResponseType::CODE_ID_TOKEN)
        );
        for bad in [
            "",
            "code code",
            "code  id_token",
            "nonsense",
            "code nonsense",
        ] {
            assert_eq!(ResponseType::read(bad), None, "{bad}");
        }
    }
}
