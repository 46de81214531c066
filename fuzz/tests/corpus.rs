//! Every corpus file passes its target on stable, and the table of targets is the one that is built.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use grantlab_fuzz::TARGETS;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn entries(folder: &Path) -> BTreeSet<PathBuf> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect()
}

fn stems(folder: &Path) -> BTreeSet<String> {
    entries(folder)
        .iter()
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

fn names() -> BTreeSet<String> {
    TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect()
}

#[test]
fn the_corpus_passes() {
    for (name, target) in TARGETS {
        let files = entries(&root().join("corpus").join(name));
        assert!(!files.is_empty(), "{name} has no corpus");
        for file in files {
            // Shown when the target panics.
            println!("{}", file.display());
            target(&fs::read(&file).unwrap());
        }
    }
}

/// Short strings over the characters that matter to some parser: a search that needs no libFuzzer.
/// To a world octets are decisions, and characters mean nothing.
#[test]
fn every_short_input_passes() {
    const CHARACTERS: &[u8] = b"a=&;%\" \\{[:/#?\n\xff";
    for (_, target) in TARGETS.iter().filter(|(name, _)| *name != "world") {
        let mut inputs = vec![Vec::new()];
        for _ in 0..3 {
            inputs = inputs
                .iter()
                .flat_map(|input| {
                    target(input);
                    CHARACTERS.iter().map(|character| {
                        let mut longer = input.clone();
                        longer.push(*character);
                        longer
                    })
                })
                .collect();
        }
        inputs.iter().for_each(|input| target(input));
    }
}

#[test]
fn the_table_is_that_of_the_manifest() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let built: BTreeSet<String> = manifest
        .split("[[bin]]")
        .skip(1)
        .filter_map(|section| section.split('"').nth(1))
        .map(str::to_owned)
        .collect();
    assert_eq!(built, names());
}

#[test]
fn every_target_has_its_binary_and_corpus_and_nothing_else_has() {
    assert_eq!(stems(&root().join("fuzz_targets")), names());
    assert_eq!(stems(&root().join("corpus")), names());
}

#[test]
fn every_target_has_a_ceiling_and_nothing_else_has() {
    let ceilings = fs::read_to_string(root().join("ceilings.json")).unwrap();
    let ceilings: BTreeMap<String, serde_json::Value> = serde_json::from_str(&ceilings).unwrap();
    assert_eq!(ceilings.into_keys().collect::<BTreeSet<_>>(), names());
}

/// The world has its own mutator. A dictionary is lines of words in quotes (libFuzzer's and AFL's format).
#[test]
fn every_target_but_the_world_has_a_dictionary_that_can_be_read() {
    let mut expected = names();
    expected.remove("world");
    assert_eq!(stems(&root().join("dictionaries")), expected);
    for path in entries(&root().join("dictionaries")) {
        for line in fs::read_to_string(&path).unwrap().lines() {
            assert!(is_word(line), "{}: {line}", path.display());
        }
    }
}

/// A word in quotes, in which `\\`, `\"` and `\xAB` stand for octets.
fn is_word(line: &str) -> bool {
    let inside = line
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let Some(mut rest) = inside.filter(|inside| !inside.is_empty()) else {
        return false;
    };
    while let Some(place) = rest.find(['\\', '"']) {
        let escape = &rest[place..];
        let length = match escape.as_bytes() {
            [b'\\', b'\\' | b'"', ..] => 2,
            [b'\\', b'x', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                4
            }
            _ => return false,
        };
        rest = &escape[length..];
    }
    true
}

#[test]
fn what_is_no_word_of_a_dictionary_is_told() {
    for word in ["\"a\"", "\"\\\\\"", "\"\\x0A\\\"\""] {
        assert!(is_word(word), "{word}");
    }
    for word in ["", "a", "\"\"", "\"\\n\"", "\"\\x1\"", "\"a\"b\""] {
        assert!(!is_word(word), "{word}");
    }
}
