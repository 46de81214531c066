//! Names, lengths, manifests and attributes.

use crate::Finding;
use crate::source::{Lexeme, is_rust, lexemes};

/// What stands at the root. `target` is cargo's; dotfiles and licences are nobody's concern.
const TOP_LEVEL: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "README.md",
    "benches",
    "core",
    "fuzz",
    "scenarios",
    "sim",
];

pub(crate) fn top_level(names: &[&str]) -> Vec<Finding> {
    let extra = names
        .iter()
        .filter(|name| !TOP_LEVEL.contains(name))
        .filter(|name| !name.starts_with('.') && !name.starts_with("LICENSE-"))
        .map(|name| Finding::new(name, 1, "does not belong at the top level"));
    let missing = TOP_LEVEL
        .iter()
        .filter(|name| !names.contains(name))
        .map(|name| Finding::new(name, 1, "is missing at the top level"));
    extra.chain(missing).collect()
}

/// Names that say nothing: what has no home belongs to a type.
const EMPTY_NAMES: &[&str] = &[
    "common", "helper", "helpers", "misc", "type", "types", "util", "utils",
];

pub(crate) fn name(path: &str) -> Vec<Finding> {
    path.split('/')
        .filter(|part| EMPTY_NAMES.contains(&part.split('.').next().unwrap_or(part)))
        .map(|part| Finding::new(path, 1, format!("`{part}` says nothing")))
        .collect()
}

/// Lines of a Rust file.
const LINES_MAX: usize = 600;

pub(crate) fn length(path: &str, text: &str) -> Vec<Finding> {
    let lines = text.lines().count();
    if is_rust(path) && lines > LINES_MAX {
        return vec![Finding::new(
            path,
            lines,
            format!("has {lines} lines, more than {LINES_MAX}"),
        )];
    }
    Vec::new()
}

/// Members share lints, edition and licence; the core has no features, because a weakness is a value.
pub(crate) fn manifest(path: &str, text: &str) -> Vec<Finding> {
    if path.starts_with("scenarios/") || !path.ends_with("/Cargo.toml") {
        return Vec::new();
    }
    let demanded = [
        "[lints]\nworkspace = true",
        "edition.workspace = true",
        "license.workspace = true",
        "rust-version.workspace = true",
        "version.workspace = true",
    ];
    let missing = demanded
        .iter()
        .filter(|line| !text.contains(*line))
        .map(|line| Finding::new(path, 1, format!("lacks `{}`", line.replace('\n', " "))));
    let features = text
        .lines()
        .position(|line| line == "[features]")
        .map(|place| {
            Finding::new(
                path,
                place + 1,
                "has features: a weakness is a policy value",
            )
        });
    missing.chain(features).collect()
}

/// `#[allow]` hides a lint for good, `#[ignore]` hides a test, and `cfg(test)` is for tests alone.
/// Only the edge may touch what `.clippy.toml` bans, and tests that show why it is banned.
pub(crate) fn attributes(path: &str, text: &str) -> Vec<Finding> {
    if !is_rust(path) {
        return Vec::new();
    }
    let lexemes = lexemes(text);
    attribute_bodies(&lexemes)
        .filter_map(|(first, body, after)| {
            let words: Vec<&str> = body.iter().map(|lexeme| lexeme.text.as_str()).collect();
            attribute(path, &words, after).map(|what| Finding::new(path, first.line, what))
        })
        .collect()
}

fn attribute(path: &str, words: &[&str], after: &[Lexeme]) -> Option<&'static str> {
    let name = words.first().copied().unwrap_or_default();
    let conditional = name == "cfg_attr";
    if name == "allow" || conditional && words.contains(&"allow") {
        return Some("use `#[expect(…, reason = …)]`");
    }
    if name == "ignore" || conditional && words.contains(&"ignore") {
        return Some("a test that does not run tests nothing");
    }
    let banned = words.contains(&"disallowed_methods") || words.contains(&"disallowed_types");
    let is_test = !path.contains("/src/");
    if name == "expect" && banned && !is_test && !is_edge(path) {
        return Some("only the edge may touch what is banned");
    }
    let only_tests = after
        .iter()
        .take_while(|lexeme| lexeme.text != ";" && lexeme.text != "{")
        .any(|lexeme| matches!(lexeme.text.as_str(), "mod" | "use"));
    if name == "cfg" && words.contains(&"test") && !is_test && !only_tests {
        return Some("nothing behaves otherwise when it is tested");
    }
    None
}

fn is_edge(path: &str) -> bool {
    matches!(path, "sim/src/main.rs" | "sim/build.rs") || path.starts_with("sim/src/live")
}

/// Each attribute: its `#`, what is between the brackets, and what follows.
fn attribute_bodies(lexemes: &[Lexeme]) -> impl Iterator<Item = (&Lexeme, &[Lexeme], &[Lexeme])> {
    lexemes.iter().enumerate().filter_map(|(place, first)| {
        if first.text != "#" {
            return None;
        }
        let mut open = place + 1;
        if lexemes.get(open)?.text == "!" {
            open += 1;
        }
        if lexemes.get(open)?.text != "[" {
            return None;
        }
        let close = closing(lexemes, open)?;
        Some((first, &lexemes[open + 1..close], &lexemes[close + 1..]))
    })
}

/// Where the bracket at `open` is closed.
pub(crate) fn closing(lexemes: &[Lexeme], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    lexemes
        .iter()
        .enumerate()
        .skip(open)
        .find_map(|(place, lexeme)| {
            match lexeme.text.as_str() {
                "[" => depth += 1,
                "]" => depth -= 1,
                _ => {}
            }
            (depth == 0).then_some(place)
        })
}

/// Virtual time moves by actions; a test that waits is slow and proves nothing. Only the edge has real time.
pub(crate) fn waiting(path: &str, text: &str) -> Vec<Finding> {
    if !is_rust(path) || path.starts_with("sim/src/live/") {
        return Vec::new();
    }
    lexemes(text)
        .iter()
        .filter(|lexeme| matches!(lexeme.text.as_str(), "sleep" | "sleep_ms" | "park_timeout"))
        .map(|lexeme| Finding::new(path, lexeme.line, "waits"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_and_a_gap_at_the_top_are_found() {
        let mut names = TOP_LEVEL.to_vec();
        names.extend([".ci", "LICENSE-MIT"]);
        assert!(top_level(&names).is_empty());
        names.push("docs");
        assert_eq!(top_level(&names).len(), 1);
        names.retain(|name| *name != "core");
        assert_eq!(top_level(&names).len(), 2);
    }

    #[test]
    fn empty_names_are_found() {
        assert_eq!(name("core/src/utils.rs").len(), 1);
        assert_eq!(name("sim/src/common/mod.rs").len(), 1);
        assert!(name("core/src/value/token_type.rs").is_empty());
    }

    #[test]
    fn a_long_file_is_found() {
        assert!(length("a.rs", &"\n".repeat(LINES_MAX)).is_empty());
        assert_eq!(length("a.rs", &"\n".repeat(LINES_MAX + 1)).len(), 1);
        assert!(length("a.json", &"\n".repeat(LINES_MAX + 1)).is_empty());
    }

    #[test]
    fn a_lax_member_is_found() {
        let good = "version.workspace = true\nedition.workspace = true\nlicense.workspace = true\n\
            rust-version.workspace = true\n[lints]\nworkspace = true\n";
        assert!(manifest("core/Cargo.toml", good).is_empty());
        let lax = good.replace("[lints]", "[hints]") + "[features]\nweak = []\n";
        assert_eq!(manifest("core/Cargo.toml", &lax).len(), 2);
    }

    #[test]
    fn silenced_lints_and_hidden_tests_are_found() {
        for text in [
            "#![allow(dead_code)]",
            "#[allow(clippy::unwrap_used)] fn f() {}",
            "#[cfg_attr(test, allow(unused))] fn f() {}",
            "#[test] #[ignore] fn f() {}",
            "#[ignore = \"slow\"] fn f() {}",
            "#[expect(clippy::disallowed_types, reason = \"x\")] fn f() {}",
            "#[cfg(test)] fn f() {}",
            "#[cfg(not(test))] const A: u8 = 0; mod b {}",
        ] {
            assert_eq!(attributes("core/src/a.rs", text).len(), 1, "{text}");
        }
        for text in [
            "#[expect(dead_code, reason = \"allow\")] fn f() {}",
            "#[cfg(test)] mod tests { #[test] fn f() {} }",
            "// #[allow(x)]\n#[doc = \"#[ignore]\"] fn f() {}",
        ] {
            assert!(attributes("core/src/a.rs", text).is_empty(), "{text}");
        }
        let edge = "#[expect(clippy::disallowed_methods, reason = \"x\")] fn f() {}";
        assert!(attributes("sim/src/live/mod.rs", edge).is_empty());
    }

    #[test]
    fn a_test_that_waits_is_found() {
        assert_eq!(
            waiting("sim/tests/a.rs", "fn f() { thread::sleep(D); }").len(),
            1
        );
        assert!(waiting("sim/src/live/a.rs", "fn f() { sleep(D); }").is_empty());
        assert!(waiting("sim/tests/a.rs", "// sleep\nfn f() { \"sleep\"; }").is_empty());
    }
}
