//! Rules say who demands them.

use crate::Finding;
use crate::source::{Lexeme, is_rust, lexemes};

/// How a citation starts.
const SOURCES: &[&str] = &[
    "RFC ",
    "OpenID Connect ",
    "OAuth 2.0 ",
    "OAuth 2.1 ",
    "OAuth security topics, issue ",
    "Multiple Response Types ",
    "Form Post ",
    "W3C ",
];

/// The names of rule functions: `check` makes a proof, `rules` lists what an endpoint asks for, in its order.
const RULE_FUNCTIONS: &[&str] = &["check", "rules"];

/// In a party, every function that judges starts its documentation with its source.
pub(crate) fn rules(path: &str, text: &str) -> Vec<Finding> {
    let is_party = path.starts_with("core/src/") && path.matches('/').count() > 2;
    let below = ["http", "message", "value", "wire"];
    let module = path.split('/').nth(2).unwrap_or_default();
    if !is_party || !is_rust(path) || below.contains(&module) {
        return Vec::new();
    }
    let lexemes = lexemes(text);
    let mut first_doc: Option<&str> = None;
    let mut findings = Vec::new();
    for (place, lexeme) in lexemes.iter().enumerate() {
        if first_doc.is_none() {
            first_doc = doc_at(&lexemes, place);
        }
        match lexeme.text.as_str() {
            "fn" => {
                let name = lexemes.get(place + 1).map_or("", |next| &next.text);
                if RULE_FUNCTIONS.contains(&name) && !first_doc.is_some_and(cites) {
                    let what = format!("`fn {name}` does not start with who demands it");
                    findings.push(Finding::new(path, lexeme.line, what));
                }
                first_doc = None;
            }
            "{" | "}" | ";" => first_doc = None,
            _ => {}
        }
    }
    findings
}

/// The text of the doc line whose `#` is at `place`, with its quotes.
fn doc_at(lexemes: &[Lexeme], place: usize) -> Option<&str> {
    let words: Vec<&str> = lexemes
        .get(place..place + 5)?
        .iter()
        .map(|lexeme| lexeme.text.as_str())
        .collect();
    matches!(words[..], ["#", "[", "doc", "=", _]).then_some(lexemes[place + 4].text.as_str())
}

fn cites(literal: &str) -> bool {
    let text = literal.trim_start_matches(['r', '#', '"']).trim_start();
    SOURCES
        .iter()
        .any(|source| text.strip_prefix(source).is_some_and(names_a_place))
}

/// A citation without section, or a name, is none.
fn names_a_place(rest: &str) -> bool {
    rest.split(':')
        .next()
        .is_some_and(|place| place.contains('§'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "core/src/client/proof.rs";

    #[test]
    fn a_rule_without_source_is_found() {
        for text in [
            "fn check() {}",
            "/// Checks it.\nfn check() {}",
            "/// RFC 6749: no section.\nfn check() {}",
            "/// RFC 6749 §3.1: of the struct.\nstruct A;\nimpl A { pub(crate) fn check() {} }",
            "/// Why.\n/// RFC 6749 §3.1: too late.\nfn rules() {}",
            "/// RFC 6749 §3.1: of another.\nfn waived() {}\nconst fn check() {}",
        ] {
            assert_eq!(rules(PATH, text).len(), 1, "{text}");
        }
    }

    #[test]
    fn a_rule_with_its_source_is_fine() {
        for text in [
            "/// RFC 6749 §4.1.3 (MUST): bound.\n/// More.\n#[must_use]\npub(crate) fn check() {}",
            "/// OpenID Connect Core §3.1.3.7: signed.\nfn check(&self) {}",
            "fn other() {}",
        ] {
            assert!(rules(PATH, text).is_empty(), "{text}");
        }
        assert!(rules("core/src/value/scope.rs", "fn check() {}").is_empty());
        assert!(rules("sim/src/world.rs", "fn check() {}").is_empty());
    }
}
