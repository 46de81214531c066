//! A part of a profile, twice: as a file states it, where every member may be left out, and complete.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};

/// A member that a file states, or leaves to the profile that it is based on.
/// `null` is a statement of its own, where the type has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated<T>(pub Option<T>);

impl<T> Default for Stated<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Stated<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(|value| Self(Some(value)))
    }
}

impl<T: JsonSchema> JsonSchema for Stated<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// Declares a part: the complete struct, and the struct of its differences.
macro_rules! part {
    (
        $(#[doc = $about:literal])+
        pub struct $name:ident / $differences:ident { $( $(#[doc = $doc:literal])+ $field:ident: $type:ty, )+ }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name { $( $(#[doc = $doc])+ pub $field: $type, )+ }

        $(#[doc = $about])+
        #[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct $differences { $( $(#[doc = $doc])+ pub $field: $crate::profile::part::Stated<$type>, )+ }

        impl $differences {
            /// Changes what is stated here.
            pub fn apply(&self, part: &mut $name) {
                $( if let Some(value) = &self.$field.0 { part.$field = value.clone(); } )+
            }

            /// The complete part.
            ///
            /// # Errors
            /// The name of the first member that is not stated.
            pub fn complete(&self) -> Result<$name, &'static str> {
                Ok($name { $( $field: self.$field.0.clone().ok_or(stringify!($field))?, )+ })
            }
        }
    };
}
pub(super) use part;
