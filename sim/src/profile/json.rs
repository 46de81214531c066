//! JSON of a file as the core has it.

use grantlab_core::json::Json;
use grantlab_core::text::Text;
use serde_json::Value;

/// The same value. Members of an object come in the order of their names, however they were written.
pub(super) fn core_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) => Json::Number(Text::from(number.to_string())),
        Value::String(text) => Json::String(Text::from(text)),
        Value::Array(values) => Json::Array(values.iter().map(core_json).collect()),
        Value::Object(members) => Json::Object(
            members
                .iter()
                .map(|(name, value)| (Text::from(name), core_json(value)))
                .collect(),
        ),
    }
}
