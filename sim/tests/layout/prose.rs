//! What no text says, and how prose is set.

use crate::Finding;

/// Folders of somebody's machine. Written in two parts, so that this file does not find itself.
const MACHINES: &[(&str, &str)] = &[
    ("/wo", "rk/"),
    ("/ro", "ot/"),
    ("/ho", "me/"),
    ("/Us", "ers/"),
    ("/tm", "p/"),
    ("C:\\", "Users"),
];

/// A path of somebody's machine means nothing elsewhere.
pub(crate) fn machines(path: &str, text: &str) -> Vec<Finding> {
    let lines = text.lines().enumerate();
    lines
        .filter(|(_, line)| {
            MACHINES
                .iter()
                .any(|(first, rest)| line.contains(&format!("{first}{rest}")))
        })
        .map(|(place, _)| Finding::new(path, place + 1, "names a folder of one machine"))
        .collect()
}

/// Markdown has one sentence per line, outside of code and tables.
pub(crate) fn sentences(path: &str, text: &str) -> Vec<Finding> {
    if !path.ends_with(".md") {
        return Vec::new();
    }
    let mut fenced = false;
    let mut findings = Vec::new();
    for (place, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with("```") {
            fenced = !fenced;
        }
        if !fenced && !line.starts_with('|') && has_two_sentences(line) {
            findings.push(Finding::new(path, place + 1, "has two sentences on a line"));
        }
    }
    findings
}

fn has_two_sentences(line: &str) -> bool {
    let ends = [". ", "? ", "! "];
    ends.iter().any(|end| {
        line.match_indices(end).any(|(place, _)| {
            let next = line[place + end.len()..].chars().next();
            let before = &line[..place];
            let is_list_number = before.bytes().all(|octet| octet.is_ascii_digit());
            !is_list_number && next.is_some_and(char::is_uppercase)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machines_folder_is_found() {
        for (first, rest) in MACHINES {
            assert_eq!(machines("a.json", &format!("x\n{first}{rest}y")).len(), 1);
        }
        assert!(machines("a.json", "https://client.example/callback").is_empty());
    }

    #[test]
    fn two_sentences_on_a_line_are_found() {
        assert_eq!(sentences("a.md", "One. Two.").len(), 1);
        assert_eq!(sentences("a.md", "Why? Because.").len(), 1);
        for text in [
            "One.\nTwo.",
            "1. One.",
            "| One. Two. |",
            "```\nOne. Two.\n```",
            "RFC 6749 §4.1.2. and so on",
        ] {
            assert!(sentences("a.md", text).is_empty(), "{text}");
        }
    }
}
