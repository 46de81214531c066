//! A JSON file that people write: read strictly, and every mistake shown at its place.
//!
//! Unknown members and members that are there twice are refused; numbers, words and their limits are the
//! business of the types that the file is read into.

mod node;
mod serde_message;

use std::ops::Range;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_path_to_error::Segment;

use crate::input_error::{InputError, SourceText};
use node::Node;
use serde_message::Mistake;

/// Octets of a file. The longest scenario found by a search has a tenth of that.
pub const FILE_OCTETS_MAX: usize = 1 << 20;

/// One step on the way from the top of a document to a place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the member of this name.
    Member(String),
    /// To the item at this position.
    Item(usize),
}

impl From<&str> for Step {
    fn from(name: &str) -> Self {
        Self::Member(name.to_owned())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Item(index)
    }
}

/// A file with the place of everything in it.
#[derive(Clone, Debug)]
pub struct Document {
    source: SourceText,
    root: Node,
}

impl Document {
    /// Reads a file into a `T`.
    ///
    /// # Errors
    /// The first mistake in it: not JSON, a member twice, an unknown member or word, a wrong type.
    pub fn read<T: DeserializeOwned>(source: SourceText) -> Result<(Self, T), InputError> {
        if source.text.len() > FILE_OCTETS_MAX {
            let problem = format!("the file has more than {FILE_OCTETS_MAX} octets");
            return Err(InputError::about(&*source.name, problem));
        }
        serde_json::from_str::<IgnoredAny>(&source.text)
            .map_err(|error| not_json(&source, &error))?;
        let root = Node::read(&source)?;
        let document = Self { source, root };
        let mut reader = serde_json::Deserializer::from_str(&document.source.text);
        match serde_path_to_error::deserialize(&mut reader) {
            Ok(value) => Ok((document, value)),
            Err(error) => Err(document.misread(&error)),
        }
    }

    /// The file itself.
    #[must_use]
    pub const fn source(&self) -> &SourceText {
        &self.source
    }

    /// A mistake in the value at the end of `path`; where the path ends early, at what is there.
    #[must_use]
    pub fn mistake(&self, path: &[Step], problem: impl Into<String>) -> InputError {
        InputError::at(&self.source, self.root.find(path).value(), problem)
    }

    /// A mistake in the name of the member at the end of `path`.
    #[must_use]
    pub fn mistake_in_name(&self, path: &[Step], problem: impl Into<String>) -> InputError {
        InputError::at(&self.source, self.root.find(path).name(), problem)
    }

    /// Gives a mistake that `serde` found its place.
    fn misread(&self, error: &serde_path_to_error::Error<serde_json::Error>) -> InputError {
        let path: Vec<Step> = error.path().iter().filter_map(step).collect();
        let mistake = Mistake::read(&without_place(error.inner()));
        let found = self.root.find(&path);
        let place = match &mistake {
            Mistake::UnknownMember { name, .. } => match path.last() {
                Some(Step::Member(last)) if last == name => found.name(),
                Some(_) | None => found.member_name(name).unwrap_or_else(|| found.value()),
            },
            Mistake::UnknownWord { name, .. } => {
                found.member_name(name).unwrap_or_else(|| found.value())
            }
            Mistake::MissingMember { .. } => found.opening(),
            Mistake::Other { .. } => found.value(),
        };
        mistake.at(&self.source, place)
    }
}

fn step(segment: &Segment) -> Option<Step> {
    match segment {
        Segment::Seq { index } => Some(Step::Item(*index)),
        Segment::Map { key } => Some(Step::Member(key.clone())),
        Segment::Enum { variant } => Some(Step::Member(variant.clone())),
        Segment::Unknown => None,
    }
}

fn not_json(source: &SourceText, error: &serde_json::Error) -> InputError {
    let octet = source.octet_at(error.line(), error.column());
    let problem = format!("this is not JSON: {}", without_place(error));
    InputError::at(source, one_character(source, octet), problem)
}

/// The character that `octet` belongs to; the last one, at the end of the file.
fn one_character(source: &SourceText, octet: usize) -> Range<usize> {
    let text = &source.text;
    let start = (0..=octet.min(text.len().saturating_sub(1)))
        .rev()
        .find(|place| text.is_char_boundary(*place))
        .unwrap_or(0);
    let length = text
        .get(start..)
        .and_then(|rest| rest.chars().next())
        .map_or(0, char::len_utf8);
    start..start + length
}

/// What `serde_json` says, without the place that it says it at: ours is better.
fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rfind(" at line ") {
        Some(end) => message.get(..end).unwrap_or(&message).to_owned(),
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[expect(dead_code, reason = "only the reading is tested")]
        title: String,
        #[serde(default)]
        #[expect(dead_code, reason = "only the reading is tested")]
        steps: Vec<Move>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Move {
        Login(#[expect(dead_code, reason = "only the reading is tested")] Login),
        Deny(#[expect(dead_code, reason = "only the reading is tested")] Login),
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Login {
        #[expect(dead_code, reason = "only the reading is tested")]
        user: String,
    }

    fn misread(text: &str) -> String {
        let error = Document::read::<File>(SourceText::new("x.json", text)).unwrap_err();
        let (line, column) = error.line_and_column().unwrap();
        let nearest = error
            .nearest()
            .map_or(String::new(), |word| format!(" ({word}?)"));
        format!("{line}:{column} {}{nearest}", error.problem())
    }

    #[test]
    fn every_mistake_has_its_place() {
        for (text, expected) in [
            (
                "{\"title\": \"a\",\n \"stesp\": []}",
                "2:2 unknown member `stesp` (steps?)",
            ),
            (
                "{\"title\": \"a\", \"steps\": [\n  {\"logn\": {}}]}",
                "2:4 unknown word `logn` (login?)",
            ),
            (
                "{\"title\": \"a\", \"steps\": [\n  {\"login\": {\"usr\": \"a\"}}]}",
                "2:14 unknown member `usr` (user?)",
            ),
            (
                "{\"title\": \"a\", \"steps\": [\n  {\"login\": {\"user\": 7}}]}",
                "2:22 invalid type: integer `7`, expected a string",
            ),
            (
                "{\"title\": \"a\", \"steps\": [\n  {\"login\": {}}]}",
                "2:13 member `user` is missing",
            ),
            ("{\"steps\": []}", "1:1 member `title` is missing"),
            (
                "{\"title\": \"a\",\n \"title\": \"b\"}",
                "2:2 member `title` is there twice",
            ),
            (
                "{\"title\": \"a\",\n \"steps\": [{\"login\": {\"user\": \"a\"}, \"deny\": {\"user\": \"a\"}}]}",
                "2:12 exactly one member is expected here, named after what it is",
            ),
            ("{\"title\": }", "1:11 this is not JSON: expected value"),
            (
                "{\"title\": \"a\"",
                "1:13 this is not JSON: EOF while parsing an object",
            ),
            ("", "1:1 this is not JSON: EOF while parsing a value"),
        ] {
            assert_eq!(misread(text), expected, "{text}");
        }
    }

    #[test]
    fn nothing_nested_deep_or_large_is_read() {
        let deep = "[".repeat(500) + &"]".repeat(500);
        assert!(misread(&deep).contains("nested"));
        let large = " ".repeat(FILE_OCTETS_MAX + 1);
        let error = Document::read::<File>(SourceText::new("x.json", &large)).unwrap_err();
        assert!(error.problem().contains("octets"));
    }
}
