//! Bad input: which file, which line and column, what is wrong there, and what is allowed.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::nearest::{nearest, nearest_ones};

/// Characters in a line of allowed words.
const LINE_CHARACTERS_MAX: usize = 88;

/// The longest list of allowed words that is shown whole.
const WHOLE_LIST_MAX: usize = 60;

/// How many words are shown of a longer list.
const NEAREST_SHOWN: usize = 20;

/// A file as it was read: what people call it, and its text.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceText {
    /// Its name, as the user wrote it.
    pub name: Arc<str>,
    /// What is in it.
    pub text: Arc<str>,
}

/// Its name: the text is long.
impl fmt::Debug for SourceText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({} octets)", self.name, self.text.len())
    }
}

impl SourceText {
    /// A file called `name` that contains `text`.
    #[must_use]
    pub fn new(name: &str, text: &str) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
        }
    }

    /// Line and column of an octet, both counted from 1, columns in characters.
    #[must_use]
    pub fn line_and_column(&self, octet: usize) -> (usize, usize) {
        let before = self.text.get(..octet).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        let column = before.get(line_start..).unwrap_or("").chars().count() + 1;
        (line, column)
    }

    /// The octet at a line and column as `serde_json` counts them: from 1, columns in octets.
    #[must_use]
    pub fn octet_at(&self, line: usize, column: usize) -> usize {
        let line_start: usize = self
            .text
            .split_inclusive('\n')
            .take(line.saturating_sub(1))
            .map(str::len)
            .sum();
        (line_start + column.saturating_sub(1)).min(self.text.len())
    }
}

/// Why input is not taken. Nothing has happened yet when one of these is returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputError(Box<Parts>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Parts {
    source: Option<(SourceText, Range<usize>)>,
    subject: String,
    problem: String,
    label: String,
    allowed: Vec<String>,
    nearest: Option<String>,
    /// What stands in place of one of the allowed words.
    found: String,
}

impl InputError {
    /// A mistake at a place of a file.
    #[must_use]
    pub fn at(source: &SourceText, place: Range<usize>, problem: impl Into<String>) -> Self {
        let subject = source.name.to_string();
        Self::new(subject, problem.into(), Some((source.clone(), place)))
    }

    /// A mistake that is in no file: `subject` is a file that cannot be read, or an argument.
    #[must_use]
    pub fn about(subject: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::new(subject.into(), problem.into(), None)
    }

    fn new(subject: String, problem: String, source: Option<(SourceText, Range<usize>)>) -> Self {
        Self(Box::new(Parts {
            source,
            subject,
            problem,
            label: String::new(),
            allowed: Vec::new(),
            nearest: None,
            found: String::new(),
        }))
    }

    /// The same, with a few words at the place itself.
    #[must_use]
    pub fn labelled(mut self, label: impl Into<String>) -> Self {
        self.0.label = label.into();
        self
    }

    /// The same, with the words that are allowed instead of `found`, the nearest of them first.
    #[must_use]
    pub fn instead_of<'a>(
        mut self,
        found: &str,
        allowed: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        self.0.allowed = allowed.into_iter().map(str::to_owned).collect();
        self.0.nearest =
            nearest(found, self.0.allowed.iter().map(String::as_str)).map(str::to_owned);
        found.clone_into(&mut self.0.found);
        self
    }

    /// The file or argument that it is about.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.0.subject
    }

    /// Line and column, counted from 1; nothing when it is in no file.
    #[must_use]
    pub fn line_and_column(&self) -> Option<(usize, usize)> {
        self.0
            .source
            .as_ref()
            .map(|(source, place)| source.line_and_column(place.start))
    }

    /// What is wrong.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.0.problem
    }

    /// The words that are allowed there, where there is a list of them.
    #[must_use]
    pub fn allowed(&self) -> &[String] {
        &self.0.allowed
    }

    /// The allowed word that was probably meant.
    #[must_use]
    pub fn nearest(&self) -> Option<&str> {
        self.0.nearest.as_deref()
    }

    /// The whole message for a terminal: the line of the file, the place in it, and what is allowed.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let allowed = self.allowed_lines();
        let meant = self
            .0
            .nearest
            .as_ref()
            .map(|word| format!("did you mean `{word}`?"));
        let problem = match self.0.source {
            Some(_) => self.0.problem.clone(),
            None => format!("{}: {}", self.0.subject, self.0.problem),
        };
        let mut group = match &self.0.source {
            Some((source, place)) => Level::ERROR.primary_title(&problem).element(
                Snippet::source(&*source.text)
                    .path(&*source.name)
                    .annotation(
                        AnnotationKind::Primary
                            .span(place.clone())
                            .label((!self.0.label.is_empty()).then_some(&*self.0.label)),
                    ),
            ),
            None => Group::with_title(Level::ERROR.primary_title(&problem)),
        };
        if let Some(meant) = &meant {
            group = group.element(Level::HELP.message(meant));
        }
        if let Some(allowed) = &allowed {
            group = group.element(Level::NOTE.message(allowed));
        }
        renderer.render(&[group])
    }

    /// The allowed words in lines that fit a terminal; of a long list, those that are nearest.
    fn allowed_lines(&self) -> Option<String> {
        if self.0.allowed.is_empty() {
            return None;
        }
        let mut lines = String::from("allowed:");
        let mut width = lines.len();
        let all = self.0.allowed.iter().map(String::as_str);
        let shown = if all.len() > WHOLE_LIST_MAX {
            nearest_ones(&self.0.found, all.clone(), NEAREST_SHOWN)
        } else {
            all.clone().collect()
        };
        for (index, word) in shown.iter().enumerate() {
            if index > 0 {
                lines.push(',');
            }
            if width + word.len() + 4 > LINE_CHARACTERS_MAX {
                lines.push('\n');
                width = 0;
            } else {
                lines.push(' ');
            }
            lines.push_str(&format!("`{word}`"));
            width += word.len() + 4;
        }
        let rest = all.len() - shown.len();
        if rest > 0 {
            lines.push_str(&format!(", and {rest} more"));
        }
        Some(lines)
    }
}

/// One line: `file:line:column: what is wrong`.
impl fmt::Display for InputError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.subject)?;
        if let Some((line, column)) = self.line_and_column() {
            write!(formatter, ":{line}:{column}")?;
        }
        write!(formatter, ": {}", self.0.problem)
    }
}

impl std::error::Error for InputError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_and_octets_as_their_readers_do() {
        let source = SourceText::new("x.json", "ab\ncé d\n");
        assert_eq!(source.line_and_column(0), (1, 1));
        let blank = source.text.find(" d").unwrap();
        assert_eq!(source.line_and_column(blank), (2, 3));
        assert_eq!(source.octet_at(2, 4), blank);
        assert_eq!(source.octet_at(9, 9), source.text.len());
    }

    #[test]
    fn of_a_long_list_the_nearest_are_shown() {
        let all: Vec<String> = (0..100).map(|number| format!("word-{number}")).collect();
        let error = InputError::about("word-77x", "there is no such word")
            .instead_of("word-77x", all.iter().map(String::as_str));
        let rendered = error.render(false);
        assert!(rendered.contains("allowed: `word-77`,"), "{rendered}");
        assert!(rendered.ends_with("and 80 more"), "{rendered}");
        assert_eq!(error.allowed().len(), 100);
    }

    #[test]
    fn a_message_has_the_line_the_place_and_what_is_allowed() {
        let source = SourceText::new("x.json", "{\n  \"stpes\": []\n}\n");
        let error = InputError::at(&source, 4..11, "unknown member `stpes`")
            .labelled("not known here")
            .instead_of("stpes", ["title", "steps"]);
        assert_eq!(error.to_string(), "x.json:2:3: unknown member `stpes`");
        insta::assert_snapshot!(error.render(false), @r#"
        error: unknown member `stpes`
         --> x.json:2:3
          |
        2 |   "stpes": []
          |   ^^^^^^^ not known here
          |
          = help: did you mean `steps`?
          = note: allowed: `title`, `steps`
        "#);
        assert!(error.render(true).contains('\u{1b}'));
    }

    #[test]
    fn a_mistake_without_a_file_has_no_line() {
        let error = InputError::about("nowhere.json", "no such file");
        assert_eq!(error.render(false), "error: nowhere.json: no such file");
        assert_eq!(error.line_and_column(), None);
    }
}
