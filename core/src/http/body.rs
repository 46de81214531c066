//! What a message carries.

use alloc::vec::Vec;

use super::page::Page;
use crate::canonical::{Canonical, Encoder};
use crate::json::Json;
use crate::text::Text;

/// Names and values in their order, with repeats.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(pub Vec<(Text, Text)>);

crate::canonical_tuple!(Fields);

impl Fields {
    /// No fields.
    pub const EMPTY: Self = Self(Vec::new());

    /// Appends one field.
    pub fn push(&mut self, name: &str, value: impl Into<Text>) {
        self.0.push((Text::new(name), value.into()));
    }

    /// The same fields and one more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Text>) -> Self {
        self.push(name, value);
        self
    }

    /// The first value called `name`.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&Text> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }

    /// Every value called `name`, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Text> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value)
    }

    /// Replaces every value called `name` by this one, at the place of the first, or appends it.
    pub fn set(&mut self, name: &str, value: impl Into<Text>) {
        let place = self
            .0
            .iter()
            .position(|(key, _)| key == name)
            .unwrap_or(self.0.len());
        self.remove(name);
        let place = place.min(self.0.len());
        self.0.insert(place, (Text::new(name), value.into()));
    }

    /// Takes out every value called `name`.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(key, _)| key != name);
    }
}

/// `application/x-www-form-urlencoded` content (RFC 6749 Appendix B): the pairs, or the octets that spell them.
/// `wire::form` turns one into the other. Equal means: the same octets.
#[derive(Clone, Debug)]
pub enum Encoded {
    /// Pairs that are not written yet.
    Fields(Fields),
    /// Octets that are not read yet.
    Octets(Text),
}

/// The content of a request or response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// None.
    Empty,
    /// `application/x-www-form-urlencoded`
    Form(Encoded),
    /// `application/json`
    Json(Json),
    /// `text/html` that grantlab wrote.
    Page(Page),
    /// Anything else, among it JSON and HTML that could not be read as such.
    Octets {
        /// The `Content-Type`, empty when there was none.
        content_type: Text,
        /// The content.
        octets: Vec<u8>,
    },
}

impl Canonical for Body {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Empty => out.tag(0),
            Self::Form(form) => {
                out.tag(1);
                form.encode(out);
            }
            Self::Json(json) => {
                out.tag(2);
                json.encode(out);
            }
            Self::Page(page) => {
                out.tag(3);
                page.encode(out);
            }
            Self::Octets {
                content_type,
                octets,
            } => {
                out.tag(4);
                content_type.encode(out);
                out.octets(octets);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_keeps_the_place_and_drops_repeats() {
        let mut fields = Fields::EMPTY.with("a", "1").with("b", "2").with("a", "3");
        fields.set("a", "4");
        assert_eq!(fields, Fields::EMPTY.with("a", "4").with("b", "2"));
        fields.set("c", "5");
        assert_eq!(fields.first("c").map(Text::as_str), Some("5"));
        assert_eq!(fields.all("b").count(), 1);
    }
}
