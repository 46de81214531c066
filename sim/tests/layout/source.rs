//! Rust source as lexemes, and the paths that it names. Comments and the insides of literals are no code.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// One token; `::` is one. Doc comments are the attributes that they stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lexeme {
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// A path that the source names, from its first segment; `self` and `super` are resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
}

impl Named {
    /// The segment at a place, or nothing.
    pub(crate) fn segment(&self, place: usize) -> &str {
        self.segments.get(place).map_or("", String::as_str)
    }
}

/// Whether a path is that of a Rust file.
pub(crate) fn is_rust(path: &str) -> bool {
    path.ends_with(".rs")
}

/// The tokens of a Rust file.
pub(crate) fn lexemes(text: &str) -> Vec<Lexeme> {
    let stream: TokenStream = text.parse().expect("Rust source has tokens");
    let mut out = Vec::new();
    flatten(stream, &mut out);
    out
}

fn flatten(stream: TokenStream, out: &mut Vec<Lexeme>) {
    let mut joint = false;
    for tree in stream {
        let line = tree.span().start().line;
        let mut push = |text: String, line| out.push(Lexeme { text, line });
        match tree {
            TokenTree::Ident(ident) => push(ident.to_string(), line),
            TokenTree::Literal(literal) => push(literal.to_string(), line),
            TokenTree::Punct(punct) => {
                let colons = joint && punct.as_char() == ':';
                joint = punct.as_char() == ':' && punct.spacing() == Spacing::Joint && !colons;
                match out.last_mut() {
                    Some(last) if colons && last.text == ":" => last.text.push(':'),
                    _ => out.push(Lexeme {
                        text: punct.as_char().to_string(),
                        line,
                    }),
                }
                continue;
            }
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                push(open.to_owned(), line);
                flatten(group.stream(), out);
                out.push(Lexeme {
                    text: close.to_owned(),
                    line: group.span_close().start().line,
                });
            }
        }
        joint = false;
    }
}

/// Every path of at least two segments that the source names.
pub(crate) fn named(path: &str, text: &str) -> Vec<Named> {
    let lexemes = lexemes(text);
    let mut modules = module_of(path);
    let mut braces: Vec<bool> = Vec::new();
    let mut out = Vec::new();
    let mut place = 0;
    while place < lexemes.len() {
        match lexemes[place].text.as_str() {
            "{" => {
                let is_module = place >= 2 && lexemes[place - 2].text == "mod";
                if is_module {
                    modules.push(lexemes[place - 1].text.clone());
                }
                braces.push(is_module);
            }
            "}" if braces.pop() == Some(true) => {
                modules.pop();
            }
            _ if starts_path(&lexemes, place) => {
                let first = out.len();
                place = read_path(&lexemes, place, &[], &mut out);
                for named in &mut out[first..] {
                    resolve(&mut named.segments, &modules);
                }
                continue;
            }
            _ => {}
        }
        place += 1;
    }
    out
}

/// The module that a file is, below its crate.
fn module_of(path: &str) -> Vec<String> {
    let below = path.split_once("/src/").map_or("", |(_, below)| below);
    let mut names: Vec<String> = below
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    if names
        .last()
        .is_some_and(|name| matches!(name.as_str(), "" | "lib" | "main" | "mod"))
    {
        names.pop();
    }
    names
}

/// Turns `self` and `super` at the front into a path from `crate`.
fn resolve(segments: &mut Vec<String>, modules: &[String]) {
    let ups = segments.iter().take_while(|name| *name == "super").count();
    let relative = ups + usize::from(segments[0] == "self");
    if relative > 0 {
        let kept = modules.len().saturating_sub(ups);
        let base = std::iter::once("crate".to_owned()).chain(modules[..kept].iter().cloned());
        segments.splice(..relative, base);
    }
}

fn text_at(lexemes: &[Lexeme], place: usize) -> &str {
    lexemes.get(place).map_or("", |lexeme| lexeme.text.as_str())
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

fn starts_path(lexemes: &[Lexeme], place: usize) -> bool {
    let goes_on = place >= 2
        && lexemes[place - 1].text == "::"
        && (is_identifier(&lexemes[place - 2].text) || lexemes[place - 2].text == ">");
    !goes_on && is_identifier(&lexemes[place].text) && text_at(lexemes, place + 1) == "::"
}

/// Reads one path, or the group of paths that it ends in. Returns the place behind it.
fn read_path(lexemes: &[Lexeme], start: usize, prefix: &[String], out: &mut Vec<Named>) -> usize {
    let mut segments = prefix.to_vec();
    let mut place = start;
    loop {
        match text_at(lexemes, place) {
            "{" => return read_group(lexemes, place + 1, &segments, out),
            name if is_identifier(name) || name == "*" => segments.push(name.to_owned()),
            _ => break,
        }
        place += 1;
        if text_at(lexemes, place) != "::" {
            break;
        }
        place += 1;
    }
    let line = lexemes[start].line;
    out.push(Named { segments, line });
    place.max(start + 1)
}

fn read_group(
    lexemes: &[Lexeme],
    mut place: usize,
    prefix: &[String],
    out: &mut Vec<Named>,
) -> usize {
    while !matches!(text_at(lexemes, place), "}" | "") {
        place = read_path(lexemes, place, prefix, out);
        while !matches!(text_at(lexemes, place), "," | "}" | "") {
            place += 1;
        }
        if text_at(lexemes, place) == "," {
            place += 1;
        }
    }
    place + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(path: &str, text: &str) -> Vec<String> {
        named(path, text)
            .iter()
            .map(|named| named.segments.join("::"))
            .collect()
    }

    #[test]
    fn groups_are_spelled_out() {
        assert_eq!(
            paths(
                "core/src/time.rs",
                "use crate::{text::Text, http::{self, Url as U, *}};\nuse std::fs;"
            ),
            [
                "crate::text::Text",
                "crate::http::self",
                "crate::http::Url",
                "crate::http::*",
                "std::fs"
            ]
        );
    }

    #[test]
    fn paths_inside_macros_and_expressions_count() {
        assert_eq!(
            paths(
                "core/src/time.rs",
                "fn f() { vec![crate::http::Url::new(::std::env::args::<u8>())] }"
            ),
            ["crate::http::Url::new", "std::env::args"]
        );
        assert_eq!(
            paths(
                "core/src/a.rs",
                "macro_rules! m { () => { $crate::wire::form } }"
            ),
            ["crate::wire::form"]
        );
    }

    #[test]
    fn comments_and_literals_do_not_count() {
        let text =
            "//! crate::a::b\n/* std::fs::read */ const A: &str = \"std::env::var\"; // x::y";
        assert_eq!(paths("core/src/a.rs", text), [""; 0]);
    }

    #[test]
    fn relative_paths_are_resolved() {
        let text = "use super::x; mod tests { use super::y; use super::super::z; } use self::w;";
        assert_eq!(
            paths("core/src/client/login.rs", text),
            [
                "crate::client::x",
                "crate::client::login::y",
                "crate::client::z",
                "crate::client::login::w"
            ]
        );
        assert_eq!(
            paths("core/src/client/mod.rs", "use super::http::Url;"),
            ["crate::http::Url"]
        );
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let found = named("core/src/a.rs", "\n\nuse crate::b::C;\n");
        assert_eq!(found[0].line, 3);
    }
}
