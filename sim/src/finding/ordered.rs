//! JSON whose members stay in the order in which they were put: the order of parameters is part of a request.

use serde::ser::{Serialize, SerializeMap as _, Serializer};

/// A value of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Ordered {
    /// A text.
    Text(String),
    /// A whole number.
    Number(u64),
    /// A list.
    List(Vec<Self>),
    /// An object.
    Object(Members),
    /// Anything in which the order of members means nothing.
    Any(serde_json::Value),
}

/// Names and values in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Members(Vec<(String, Ordered)>);

impl Members {
    /// Appends a member.
    pub fn put(&mut self, name: &str, value: impl Into<Ordered>) {
        self.0.push((name.to_owned(), value.into()));
    }

    /// The same with one more member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Ordered>) -> Self {
        self.put(name, value);
        self
    }

    /// Whether there is a member called `name`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }
}

impl Serialize for Ordered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(members) => members.serialize(serializer),
            Self::Any(value) => value.serialize(serializer),
        }
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl From<&str> for Ordered {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Ordered {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Ordered {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<Vec<Self>> for Ordered {
    fn from(items: Vec<Self>) -> Self {
        Self::List(items)
    }
}

impl From<Members> for Ordered {
    fn from(members: Members) -> Self {
        Self::Object(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stay_in_their_order() {
        let inner = Members::default().with("z", 1).with("a", "2");
        let outer = Members::default()
            .with("b", inner)
            .with("a", vec![Ordered::from("x")]);
        let text = serde_json::to_string(&outer).unwrap();
        assert_eq!(text, r#"{"b":{"z":1,"a":"2"},"a":["x"]}"#);
        assert!(outer.has("a") && !outer.has("z"));
    }
}
