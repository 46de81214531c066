//! The names that scenarios use: of parties, messages, facts, rules, errors and invariants.

use std::borrow::Cow;
use std::sync::LazyLock;

use grantlab_core::event::Event;
use grantlab_core::message::ErrorCode;
use grantlab_core::refusal::Rule;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::attacker::Power;
use crate::invariant;
use crate::seed::Seed;
use crate::world::MessageKind;

/// A resource owner with his browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum User {
    /// She usually is the one.
    #[default]
    Alice,
    /// Somebody else.
    Bob,
    /// The attacker, where the scenario has one: his own account and browser.
    Mallory,
}

impl User {
    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alice => "alice",
            Self::Bob => "bob",
            Self::Mallory => "mallory",
        }
    }
}

/// A client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientName {
    /// The client at `https://client.example`.
    #[default]
    Client,
    /// Another one at `https://client2.example`, always confidential.
    Client2,
}

impl ClientName {
    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Client2 => "client2",
        }
    }
}

/// An authorization server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServerName {
    /// The authorization server at `https://as.example`.
    #[default]
    As,
    /// Another one at `https://as2.example`, where the scenario has two.
    As2,
}

impl ServerName {
    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::As => "as",
            Self::As2 => "as2",
        }
    }

    /// Its place among the authorization servers of a world.
    #[must_use]
    pub const fn place(self) -> u8 {
        match self {
            Self::As => 0,
            Self::As2 => 1,
        }
    }
}

/// Declares a name that is one of a list.
macro_rules! listed {
    ($(#[doc = $about:literal])+ pub struct $name:ident: $list:expr;) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(&'static str);

        impl $name {
            /// Every name.
            #[must_use]
            pub fn all() -> &'static [&'static str] {
                static ALL: LazyLock<Vec<&'static str>> = LazyLock::new(|| $list);
                &ALL
            }

            /// The name called `text`.
            #[must_use]
            pub fn read(text: &str) -> Option<Self> {
                Self::all().iter().find(|name| **name == text).map(|name| Self(name))
            }

            /// The name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::read(&text).ok_or_else(|| D::Error::unknown_variant(&text, Self::all()))
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
                    "enum": Self::all(),
                })
            }
        }
    };
}

listed! {
    /// A message in the words of the flow, or an operation on the grant store.
    pub struct MessageName: MessageKind::ALL
        .into_iter()
        .flat_map(|kind| [kind.words(false), kind.words(true)])
        .chain(STORE_OPERATIONS)
        .collect();
}
listed! {
    /// A fact that parties note; `grantlab explain` says what each means.
    pub struct EventName: Event::NAMES.to_vec();
}
listed! {
    /// A rule that can refuse something; `grantlab explain` says who demands it.
    pub struct RuleName: Rule::ALL.iter().map(|rule| rule.text().id).collect();
}
listed! {
    /// An `error` of a response.
    pub struct ErrorName: ErrorCode::ALL.into_iter().map(ErrorCode::as_str).collect();
}
listed! {
    /// Something that must be true of every run.
    pub struct InvariantName: invariant::ALL.iter().map(|invariant| invariant.id).collect();
}

listed! {
    /// An attacker of RFC 9700 §3.
    pub struct PowerName: Power::ALL.iter().map(|power| power.as_str()).collect();
}

/// The operations on a grant store, as `StoreRequest::name` has them.
const STORE_OPERATIONS: [&str; 14] = [
    "save code",
    "load code",
    "consume code",
    "mark code redeemed",
    "invalidate code",
    "save tokens",
    "load token",
    "consume refresh token",
    "mark refresh token rotated",
    "revoke token",
    "revoke family",
    "save pushed request",
    "load pushed request",
    "take pushed request",
];

/// A seed: hexadecimal digits, because a large number does not survive every JSON reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HexSeed(pub Seed);

impl Default for HexSeed {
    fn default() -> Self {
        Self(Seed(1))
    }
}

impl<'de> Deserialize<'de> for HexSeed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

impl JsonSchema for HexSeed {
    fn schema_name() -> Cow<'static, str> {
        "Seed".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "1 to 32 hexadecimal digits.",
            "type": "string",
            "pattern": "^[0-9a-fA-F]{1,32}$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grantlab_core::message::store::StoreRequest;
    use grantlab_core::value::SecretDigest;

    #[test]
    fn names_are_each_others_only_once() {
        for list in [
            MessageName::all(),
            EventName::all(),
            RuleName::all(),
            ErrorName::all(),
            InvariantName::all(),
        ] {
            let mut sorted = list.to_vec();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(sorted.len(), list.len());
        }
    }

    #[test]
    fn store_operations_are_called_as_the_core_calls_them() {
        let digest = SecretDigest::of("code");
        for request in [
            StoreRequest::LoadCode(digest),
            StoreRequest::ConsumeCode(digest),
            StoreRequest::MarkCodeRedeemed(digest),
            StoreRequest::InvalidateCode(digest),
            StoreRequest::LoadToken(digest),
            StoreRequest::ConsumeRefresh(digest),
            StoreRequest::MarkRefreshRotated(digest),
            StoreRequest::RevokeToken(digest),
            StoreRequest::LoadPushed(digest),
            StoreRequest::TakePushed(digest),
        ] {
            assert!(
                MessageName::read(request.name()).is_some(),
                "{}",
                request.name()
            );
        }
    }
}
