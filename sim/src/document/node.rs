//! Where everything in a JSON text is. The text is known to be JSON when it comes here.

use std::ops::Range;

use super::Step;
use crate::input_error::{InputError, SourceText};

/// Levels of nesting. Scenarios have ten.
const DEPTH_MAX: usize = 64;

/// A value with its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    place: Range<usize>,
    inside: Inside,
}

#[derive(Clone, Debug)]
enum Inside {
    Members(Vec<Member>),
    Items(Vec<Node>),
    Nothing,
}

#[derive(Clone, Debug)]
struct Member {
    name: String,
    name_place: Range<usize>,
    value: Node,
}

/// A value that was looked for, with the name that it has in its object.
pub(super) struct Found<'a> {
    node: &'a Node,
    name_place: Option<&'a Range<usize>>,
}

impl Found<'_> {
    /// Where the value is.
    pub(super) fn value(&self) -> Range<usize> {
        self.node.place.clone()
    }

    /// Where its name is; where the value is, for one without.
    pub(super) fn name(&self) -> Range<usize> {
        self.name_place
            .cloned()
            .unwrap_or_else(|| self.node.place.clone())
    }

    /// Where the member called `name` of this object has its name.
    pub(super) fn member_name(&self, name: &str) -> Option<Range<usize>> {
        self.node
            .member(name)
            .map(|member| member.name_place.clone())
    }

    /// Where the value begins.
    pub(super) fn opening(&self) -> Range<usize> {
        self.node.place.start..self.node.place.start.saturating_add(1)
    }
}

impl Node {
    /// Finds the places of everything in a JSON text.
    pub(super) fn read(source: &SourceText) -> Result<Self, InputError> {
        let mut scanner = Scanner {
            source,
            text: source.text.as_bytes(),
            at: 0,
        };
        scanner.value(0)
    }

    /// What is at the end of `path`, or as far along it as there is anything.
    pub(super) fn find(&self, path: &[Step]) -> Found<'_> {
        let mut found = Found {
            node: self,
            name_place: None,
        };
        for step in path {
            let next = match step {
                Step::Member(name) => found
                    .node
                    .member(name)
                    .map(|member| (&member.value, Some(&member.name_place))),
                Step::Item(index) => found.node.item(*index).map(|item| (item, None)),
            };
            let Some((node, name_place)) = next else {
                break;
            };
            found = Found { node, name_place };
        }
        found
    }

    fn member(&self, name: &str) -> Option<&Member> {
        match &self.inside {
            Inside::Members(members) => members.iter().find(|member| member.name == name),
            Inside::Items(_) | Inside::Nothing => None,
        }
    }

    fn item(&self, index: usize) -> Option<&Self> {
        match &self.inside {
            Inside::Items(items) => items.get(index),
            Inside::Members(_) | Inside::Nothing => None,
        }
    }
}

struct Scanner<'a> {
    source: &'a SourceText,
    text: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    fn value(&mut self, depth: usize) -> Result<Node, InputError> {
        self.blanks();
        let start = self.at;
        if depth > DEPTH_MAX {
            let problem = format!("nested deeper than {DEPTH_MAX} levels");
            return Err(InputError::at(self.source, start..start + 1, problem));
        }
        let inside = match self.peek() {
            Some(b'{') => Inside::Members(self.members(depth)?),
            Some(b'[') => Inside::Items(self.items(depth)?),
            Some(b'"') => {
                self.string();
                Inside::Nothing
            }
            Some(_) | None => {
                self.word();
                Inside::Nothing
            }
        };
        Ok(Node {
            place: start..self.at,
            inside,
        })
    }

    fn members(&mut self, depth: usize) -> Result<Vec<Member>, InputError> {
        let mut members: Vec<Member> = Vec::new();
        self.at += 1;
        while !self.closes(b'}') {
            let name_place = self.string();
            let name = self.unescaped(&name_place)?;
            if members.iter().any(|earlier| earlier.name == name) {
                let problem = format!("member `{name}` is there twice");
                return Err(InputError::at(self.source, name_place, problem));
            }
            self.blanks();
            self.at += 1;
            let value = self.value(depth + 1)?;
            members.push(Member {
                name,
                name_place,
                value,
            });
        }
        Ok(members)
    }

    fn items(&mut self, depth: usize) -> Result<Vec<Node>, InputError> {
        let mut items = Vec::new();
        self.at += 1;
        while !self.closes(b']') {
            items.push(self.value(depth + 1)?);
        }
        Ok(items)
    }

    /// Steps over blanks and a comma; says whether the bracket `end`, or the text's end, follows.
    fn closes(&mut self, end: u8) -> bool {
        while self
            .peek()
            .is_some_and(|octet| octet == b',' || octet.is_ascii_whitespace())
        {
            self.at += 1;
        }
        let closes = self.peek().is_none_or(|octet| octet == end);
        if closes {
            self.at = self.text.len().min(self.at + 1);
        }
        closes
    }

    /// Steps over a string, quotes included.
    fn string(&mut self) -> Range<usize> {
        let start = self.at;
        self.at += 1;
        while let Some(octet) = self.peek() {
            self.at += match octet {
                b'\\' => 2,
                _ => 1,
            };
            if octet == b'"' {
                break;
            }
        }
        self.at = self.at.min(self.text.len());
        start..self.at
    }

    /// Steps over a number, `true`, `false` or `null`.
    fn word(&mut self) {
        while self
            .peek()
            .is_some_and(|octet| octet.is_ascii_alphanumeric() || b"+-.".contains(&octet))
        {
            self.at += 1;
        }
    }

    fn unescaped(&self, place: &Range<usize>) -> Result<String, InputError> {
        let written = self.source.text.get(place.clone()).unwrap_or("");
        serde_json::from_str(written).map_err(|_| {
            InputError::at(self.source, place.clone(), "this is not a name in Unicode")
        })
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|octet| octet.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, path: &[Step]) -> String {
        let source = SourceText::new("x", text);
        let node = Node::read(&source).unwrap();
        let found = node.find(path);
        format!("{}|{}", &text[found.name()], &text[found.value()])
    }

    #[test]
    fn places_are_found() {
        let text = r#" {"a" : [1, {"b\u0063\"": "x\\"} , [] ], "d":null }"#;
        assert_eq!(at(text, &["a".into(), 0.into()]), "1|1");
        assert_eq!(
            at(text, &["a".into(), 1.into(), "bc\"".into()]),
            r#""b\u0063\""|"x\\""#
        );
        assert_eq!(at(text, &["a".into(), 2.into()]), "[]|[]");
        assert_eq!(at(text, &["d".into()]), "\"d\"|null");
        assert_eq!(at(text, &["d".into(), "e".into()]), "\"d\"|null");
        assert_eq!(at(text, &[]), format!("{0}|{0}", text.trim()));
    }
}
