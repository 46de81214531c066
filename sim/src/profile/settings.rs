//! Switches as profiles and scenarios set them: an object of names and values, each checked where it stands.

use std::borrow::Cow;
use std::fmt;

use grantlab_core::switch::Switch;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{DeserializeSeed, Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::switches::{self, CODE_TTL};

/// Switches and the values that they are set to, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(Vec<(&'static str, String)>);

impl Settings {
    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(key, value)| (*key, value.as_str()))
    }
}

impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(SettingsVisitor)
    }
}

struct SettingsVisitor;

impl<'de> Visitor<'de> for SettingsVisitor {
    type Value = Settings;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of switches and their values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Settings, A::Error> {
        let mut settings = Vec::new();
        while let Some(key) = members.next_key::<String>()? {
            let switch = switches::find(&key)
                .ok_or_else(|| A::Error::unknown_field(&key, switches::keys()))?;
            settings.push((switch.key, members.next_value_seed(ValueOf(switch))?));
        }
        Ok(Settings(settings))
    }
}

/// Reads a value of one switch.
struct ValueOf(&'static Switch);

impl<'de> DeserializeSeed<'de> for ValueOf {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        let value = String::deserialize(deserializer)?;
        if switches::takes(self.0, &value) {
            Ok(value)
        } else if self.0.key == CODE_TTL.key {
            let expected = "`none`, or a number of seconds such as `600s`";
            Err(D::Error::invalid_value(Unexpected::Str(&value), &expected))
        } else {
            Err(D::Error::unknown_variant(&value, self.0.values))
        }
    }
}

impl JsonSchema for Settings {
    fn schema_name() -> Cow<'static, str> {
        "Settings".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let properties: Map<String, Value> = switches::all()
            .map(|switch| (switch.key.to_owned(), schema_of(switch)))
            .collect();
        json_schema!({
            "description": "Switches and their values. Those that are not named keep theirs.",
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
        })
    }
}

fn schema_of(switch: &Switch) -> Value {
    let about = format!(
        "{} Secure: `{}` ({}).",
        switch.about.trim(),
        switch.secure,
        switch.demanded_by
    );
    if switch.key == CODE_TTL.key {
        serde_json::json!({ "description": about, "type": "string", "pattern": "^(none|[0-9]+s)$" })
    } else {
        serde_json::json!({ "description": about, "type": "string", "enum": switch.values })
    }
}
