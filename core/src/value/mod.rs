//! One newtype per protocol value. The syntax is that of RFC 6749 Appendix A; who may be equal to whom is a
//! rule and lives with the rules.
//!
//! Every value is made by `new`, which refuses what the grammar refuses, shows its text by `as_str`, and has
//! no setters. Secrets show only their first octets in `Debug`.

mod code_challenge;
mod issuer;
mod redirection_uri;
mod response_type;
mod scope;
mod secret;
mod thumbprint;

pub use code_challenge::{CodeChallenge, CodeChallengeMethod, CodeVerifier};
pub use issuer::Issuer;
pub use redirection_uri::RedirectionUri;
pub use response_type::{
    ClientAuthenticationMethod, GrantType, Prompt, ResponseMode, ResponseType, TokenType,
};
pub use scope::Scope;
pub use secret::SecretDigest;
pub use thumbprint::{Confirmation, Thumbprint};

use core::fmt;

use crate::text::Text;
use crate::wire::octets::{self, Not, Within};

/// Why a text is not a value of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Which octet is wrong; the length of the text when something is missing at its end.
    pub position: usize,
    /// What the grammar allows there.
    pub expected: &'static str,
}

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "octet {}: expected {}",
            self.position, self.expected
        )
    }
}

/// The same text, unless it is empty or has an octet for which `allowed` is false.
pub(crate) fn checked(
    text: Text,
    expected: &'static str,
    allowed: fn(u8) -> bool,
) -> Result<Text, Malformed> {
    let wrong = text
        .as_str()
        .bytes()
        .position(|octet| !allowed(octet))
        .or(text.is_empty().then_some(0));
    match wrong {
        Some(position) => Err(Malformed { position, expected }),
        None => Ok(text),
    }
}

/// The same text, unless it is not one or more `VSCHAR` (RFC 6749 Appendix A): printable ASCII and the blank.
pub(crate) fn printable(text: Text) -> Result<Text, Malformed> {
    let octets = text.as_bytes();
    let unprintable = Not(Within(b' ', b'~'));
    if octets.is_empty() || octets::meets(octets, unprintable) {
        return Err(Malformed {
            position: octets::find(octets, unprintable),
            expected: "one or more printable ASCII characters",
        });
    }
    Ok(text)
}

/// Declares a value that is non-empty `VSCHAR` text.
macro_rules! vschar_value {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(Text);

        $crate::canonical_tuple!($name);

        impl $name {
            /// Takes `text` if it is one or more `VSCHAR` (RFC 6749 Appendix A).
            ///
            /// # Errors
            /// [`Malformed`] names the octet that is not.
            pub fn new(text: impl Into<Text>) -> Result<Self, Malformed> {
                printable(text.into()).map(Self)
            }

            /// The value of 32 fresh octets, in base64url.
            #[must_use]
            pub fn from_fresh(octets: [u8; $crate::entropy::FRESH_OCTETS]) -> Self {
                Self::from_fresh_text($crate::wire::base64url::encode(&octets))
            }

            /// The value whose text was made of fresh octets.
            #[must_use]
            pub(crate) const fn from_fresh_text(text: Text) -> Self {
                Self(text)
            }

            /// Its text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            /// Its text, to be kept.
            #[must_use]
            pub const fn text(&self) -> &Text {
                &self.0
            }
        }

        impl From<$name> for Text {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

/// Shows a public value whole.
macro_rules! shown {
    ($($name:ident),*) => {
        $(impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}({})", stringify!($name), self.0)
            }
        })*
    };
}

/// Shows the first octets of a secret, enough to tell two apart in a trace.
macro_rules! redacted {
    ($($name:ident),*) => {
        $(impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}({}…)", stringify!($name), $crate::value::first_characters(self.as_str()))
            }
        })*
    };
}
pub(crate) use redacted;

/// Characters of a secret that may be shown.
pub const SHOWN_CHARACTERS: usize = 4;

/// As much of a secret as may be shown: its first characters, and never more than half of it.
#[must_use]
pub fn first_characters(secret: &str) -> &str {
    let shown = SHOWN_CHARACTERS.min(secret.chars().count() / 2);
    secret
        .char_indices()
        .nth(shown)
        .map_or("", |(end, _)| secret.get(..end).unwrap_or(""))
}

vschar_value! {
    /// Names a client at one authorization server (RFC 6749 §2.2, A.1).
    ClientId
}
vschar_value! {
    /// What a confidential client proves itself with (RFC 6749 §2.3.1, A.2).
    ClientSecret
}
vschar_value! {
    /// What the owner's consent becomes on its way to the client (RFC 6749 §1.3.1, A.11).
    AuthorizationCode
}
vschar_value! {
    /// What opens the resource (RFC 6749 §1.4, A.12).
    AccessToken
}
vschar_value! {
    /// What renews an access token (RFC 6749 §1.5, A.17).
    RefreshToken
}
vschar_value! {
    /// What the client sends along and wants back unchanged (RFC 6749 §4.1.1, A.5).
    State
}
vschar_value! {
    /// Ties an ID Token to the request it answers (OpenID Connect Core §3.1.2.1).
    Nonce
}
vschar_value! {
    /// Names a pushed authorization request (RFC 9126 §2.2).
    RequestUri
}
vschar_value! {
    /// The value of a session cookie. Whoever has it is the session.
    SessionId
}
vschar_value! {
    /// Names the transaction that a login or consent form belongs to.
    TransactionId
}
vschar_value! {
    /// Ties a form to the page that showed it (RFC 6749 §10.12).
    FormToken
}
vschar_value! {
    /// A resource owner's password.
    Password
}
vschar_value! {
    /// A resource owner's login name (RFC 6749 A.15).
    Username
}
vschar_value! {
    /// Names a resource owner at one issuer (OpenID Connect Core §2, `sub`).
    Subject
}

impl TransactionId {
    /// The name of a transaction that nobody sees. It names none that waits.
    pub(crate) const fn unseen() -> Self {
        Self(Text::EMPTY)
    }
}

impl FormToken {
    /// The token of a form that nobody sees. It is on no page.
    pub(crate) const fn unseen() -> Self {
        Self(Text::EMPTY)
    }
}

impl RequestUri {
    /// What authorization servers put before a fresh value to make a `request_uri` of it (RFC 9126 §2.2).
    pub const PREFIX: &'static str = "urn:ietf:params:oauth:request_uri:";
}

shown!(ClientId, Username, Subject);
redacted!(
    ClientSecret,
    AuthorizationCode,
    AccessToken,
    RefreshToken,
    State,
    Nonce,
    RequestUri,
    SessionId,
    TransactionId,
    FormToken,
    Password
);

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn a_secret_is_never_shown_whole() {
        for secret in ["s", "se", "secret", "a-long-secret-of-many-characters"] {
            let shown = format!("{:?}", ClientSecret::new(secret).unwrap());
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn the_grammar_refuses_what_is_not_printable() {
        assert_eq!(ClientId::new("").unwrap_err().position, 0);
        assert_eq!(State::new("ab\ncd").unwrap_err().position, 2);
        assert_eq!(AuthorizationCode::new("é").unwrap_err().position, 0);
        assert!(State::new(" ~").is_ok());
    }
}
