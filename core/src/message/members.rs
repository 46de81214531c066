//! Reading single members out of a JSON object (RFC 6749 §5.1, RFC 8259 §4), and JSON bodies of requests.

use alloc::vec::Vec;

use crate::http::Fields;
use crate::json::Json;
use crate::limits::{PARAMETER_NAME_OCTETS_MAX, PARAMETER_VALUE_OCTETS_MAX, PARAMETERS_MAX};
use crate::message::{MessageError, MessageFault};
use crate::text::Text;
use crate::value::Malformed;

/// What errors call the whole of a JSON body.
pub const BODY: &str = "body";

/// A JSON object read as members: by name, each at most once, every type as the standard has it.
/// Unlike a parameter of a form, a member without text is not an absent one.
#[derive(Clone, Copy, Debug)]
pub struct Members<'a> {
    pairs: &'a [(Text, Json)],
}

impl<'a> Members<'a> {
    /// RFC 8259 §4 (SHOULD): the names within an object are unique; which of two counts is anybody's guess.
    ///
    /// # Errors
    /// Errors call the whole [`BODY`]: `json` is not an object, or has a name twice.
    pub fn new(json: &'a Json) -> Result<Self, MessageError> {
        let pairs = json.members().ok_or(wrong(BODY, "a JSON object"))?;
        let mut names: Vec<&Text> = pairs.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        let repeated = names
            .iter()
            .zip(names.iter().skip(1))
            .any(|(one, next)| one == next);
        if repeated {
            return Err(MessageError {
                parameter: BODY,
                fault: MessageFault::Repeated,
            });
        }
        Ok(Self { pairs })
    }

    /// The member called `name`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&'a Json> {
        self.pairs
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }

    /// A string.
    ///
    /// # Errors
    /// [`MessageFault::Malformed`] for any other type, `null` too.
    pub fn optional(&self, name: &'static str) -> Result<Option<&'a Text>, MessageError> {
        self.find(name)
            .map(|value| value.as_text().ok_or(wrong(name, "a JSON string")))
            .transpose()
    }

    /// A string that may be absent, read by the constructor of its value.
    ///
    /// # Errors
    /// [`MessageFault::Malformed`]
    pub fn optional_value<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(Text) -> Result<T, Malformed>,
    ) -> Result<Option<T>, MessageError> {
        self.optional(name)?
            .map(|text| read(text.clone()))
            .transpose()
            .map_err(|malformed| MessageError::malformed(name, malformed))
    }

    /// A string that must be there, read by the constructor of its value.
    ///
    /// # Errors
    /// [`MessageFault::Missing`], [`MessageFault::Malformed`]
    pub fn required_value<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(Text) -> Result<T, Malformed>,
    ) -> Result<T, MessageError> {
        self.optional_value(name, read)?
            .ok_or_else(|| MessageError::missing(name))
    }

    /// A whole number that is not negative. Digits in a string are not a number.
    ///
    /// # Errors
    /// [`MessageFault::Malformed`]
    pub fn optional_number(&self, name: &'static str) -> Result<Option<u64>, MessageError> {
        self.find(name)
            .map(|value| value.as_u64().ok_or(wrong(name, "a whole number")))
            .transpose()
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// [`MessageFault::Malformed`]
    pub fn optional_bool(&self, name: &'static str) -> Result<Option<bool>, MessageError> {
        match self.find(name) {
            None => Ok(None),
            Some(Json::Bool(value)) => Ok(Some(*value)),
            Some(
                Json::Null | Json::Number(_) | Json::String(_) | Json::Array(_) | Json::Object(_),
            ) => Err(wrong(name, "true or false")),
        }
    }

    /// A list of strings; an empty one without the member.
    ///
    /// # Errors
    /// [`MessageFault::Malformed`]
    pub fn texts(&self, name: &'static str) -> Result<Vec<Text>, MessageError> {
        let fault = wrong(name, "an array of JSON strings");
        let Some(value) = self.find(name) else {
            return Ok(Vec::new());
        };
        let Json::Array(values) = value else {
            return Err(fault);
        };
        let texts: Option<Vec<Text>> = values
            .iter()
            .map(|value| value.as_text().cloned())
            .collect();
        texts.ok_or(fault)
    }

    /// The members that are not among `known`, in their order.
    #[must_use]
    pub fn unknown(&self, known: &[&str]) -> Vec<(Text, Json)> {
        self.pairs
            .iter()
            .filter(|(name, _)| !known.contains(&name.as_str()))
            .cloned()
            .collect()
    }
}

const fn wrong(parameter: &'static str, expected: &'static str) -> MessageError {
    MessageError::malformed(
        parameter,
        Malformed {
            position: 0,
            expected,
        },
    )
}

/// A JSON object being written, member after member.
#[derive(Debug, Default)]
pub(super) struct Object(Vec<(Text, Json)>);

impl Object {
    /// An object in memory that was used before.
    pub(super) fn with_memory(mut memory: Vec<(Text, Json)>) -> Self {
        memory.clear();
        Self(memory)
    }

    /// Appends a member.
    pub(super) fn with(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.0.push((Text::new(name), value.into()));
        self
    }

    /// Appends a member if there is a value for it.
    pub(super) fn with_optional(self, name: &str, value: Option<impl Into<Json>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Appends a list of strings unless it is empty (RFC 8414 §3.2).
    pub(super) fn with_texts(self, name: &str, texts: &[Text]) -> Self {
        if texts.is_empty() {
            return self;
        }
        let values = texts.iter().cloned().map(Json::String).collect();
        self.with(name, Json::Array(values))
    }

    /// Appends members that nobody defined, but none that is among `known`.
    pub(super) fn with_unknown(mut self, pairs: &[(Text, Json)], known: &[&str]) -> Self {
        self.0.extend(
            pairs
                .iter()
                .filter(|(name, _)| !known.contains(&name.as_str()))
                .cloned(),
        );
        self
    }

    /// The object.
    pub(super) fn into_json(self) -> Json {
        Json::Object(self.0)
    }
}

/// Turns a flat JSON object of strings into parameters; order and repeats are kept, so that the rules for
/// repeated parameters hold for them too. The token endpoint of RFC 6749 §3.2 takes forms alone; some providers
/// take this.
///
/// # Errors
/// Errors call the whole [`BODY`] and count members from zero: no object, a member that is no string, or more
/// than the limits of a form allow.
pub fn json_fields(json: &Json) -> Result<Fields, MessageError> {
    let pairs = json.members().ok_or(wrong(BODY, "a JSON object"))?;
    let mut fields = Fields::EMPTY;
    for (position, (name, value)) in pairs.iter().enumerate() {
        let fault = |expected| MessageError::malformed(BODY, Malformed { position, expected });
        if position >= PARAMETERS_MAX {
            return Err(fault("no more members than a form may have parameters"));
        }
        let value = value.as_text().ok_or(fault("a JSON string"))?;
        if name.len() > PARAMETER_NAME_OCTETS_MAX || value.len() > PARAMETER_VALUE_OCTETS_MAX {
            return Err(fault("a name and value no longer than in a form"));
        }
        fields.0.push((name.clone(), value.clone()));
    }
    Ok(fields)
}

/// Turns parameters into a flat JSON object of strings; order and repeats are kept.
#[must_use]
pub fn fields_json(fields: &Fields) -> Json {
    let pairs = fields.0.iter().cloned();
    Json::Object(
        pairs
            .map(|(name, value)| (name, Json::String(value)))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;
    use alloc::string::String;

    fn fields(text: &str) -> Result<Fields, MessageError> {
        json_fields(&json::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn a_flat_object_of_strings_is_a_form() {
        let read = fields(r#"{"a":"1","b":"","a":"2"}"#).unwrap();
        assert_eq!(
            read,
            Fields::EMPTY.with("a", "1").with("b", "").with("a", "2")
        );
        assert_eq!(json_fields(&fields_json(&read)), Ok(read));
    }

    #[test]
    fn anything_else_is_not() {
        for (text, position) in [
            ("[]", 0),
            (r#""a""#, 0),
            (r#"{"a":1}"#, 0),
            (r#"{"a":"1","b":null}"#, 1),
            (r#"{"a":"1","b":"2","c":["3"]}"#, 2),
        ] {
            let error = fields(text).unwrap_err();
            assert_eq!(error.parameter, BODY);
            let MessageFault::Malformed(malformed) = error.fault else {
                panic!("{text}");
            };
            assert_eq!(malformed.position, position, "{text}");
        }
    }

    #[test]
    fn the_limits_of_a_form_hold() {
        let many = |count| {
            let pairs = (0..count).map(|_| (Text::new("a"), Json::from("1")));
            json_fields(&Json::Object(pairs.collect()))
        };
        assert!(many(PARAMETERS_MAX).is_ok());
        assert!(many(PARAMETERS_MAX + 1).is_err());
        let long = |name, value| {
            let text = |length| Text::from("a".repeat(length));
            json_fields(&Json::Object(alloc::vec![(text(name), text(value).into())]))
        };
        assert!(long(PARAMETER_NAME_OCTETS_MAX, PARAMETER_VALUE_OCTETS_MAX).is_ok());
        assert!(long(PARAMETER_NAME_OCTETS_MAX + 1, 1).is_err());
        assert!(long(1, PARAMETER_VALUE_OCTETS_MAX + 1).is_err());
    }

    #[test]
    fn names_are_unique() {
        let object = json::parse(br#"{"a":1,"b":2,"\u0061":3}"#).unwrap();
        assert_eq!(
            Members::new(&object).unwrap_err().fault,
            MessageFault::Repeated
        );
        let error = alloc::format!("{}", Members::new(&Json::Null).unwrap_err());
        assert_eq!(error, String::from("body: octet 0: expected a JSON object"));
    }
}
