//! What the documents say about files.

use crate::Finding;

/// Lines of the README's code map.
const CODE_MAP_LINES_MAX: usize = 40;

/// The code map is a map, not a tour.
pub(crate) fn code_map_length(path: &str, text: &str) -> Vec<Finding> {
    if path != "README.md" {
        return Vec::new();
    }
    let mut lines = text.lines().enumerate();
    let Some((start, _)) = lines.find(|(_, line)| *line == "## Code map") else {
        return vec![Finding::new(path, 1, "has no code map")];
    };
    let length = lines
        .take_while(|(_, line)| !line.starts_with("## "))
        .filter(|(_, line)| !line.is_empty())
        .count();
    if length == 0 || length > CODE_MAP_LINES_MAX {
        return vec![Finding::new(
            path,
            start + 1,
            format!("the code map has {length} lines, not 1 to {CODE_MAP_LINES_MAX}"),
        )];
    }
    Vec::new()
}

/// Files whose prose names other files.
fn names_files(path: &str) -> bool {
    path.ends_with(".md") || path == "core/src/lib.rs" || path == "core/src/attacks.rs"
}

/// A file that a document names in backticks is there. `*` stands for any characters but `/`.
pub(crate) fn paths_exist(path: &str, text: &str, files: &[&str]) -> Vec<Finding> {
    if !names_files(path) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (place, line) in text.lines().enumerate() {
        for named in line.split('`').skip(1).step_by(2) {
            if is_path(named) && !files.iter().any(|file| leads_to(named, file)) {
                findings.push(Finding::new(
                    path,
                    place + 1,
                    format!("`{named}` is not there"),
                ));
            }
        }
    }
    findings
}

fn is_path(named: &str) -> bool {
    let folders = [".ci/", "benches/", "core/", "fuzz/", "scenarios/", "sim/"];
    folders.iter().any(|folder| named.starts_with(folder)) && !named.contains([' ', '<', '…'])
}

/// Whether `named` is the file, or a folder above it.
fn leads_to(named: &str, file: &str) -> bool {
    let named: Vec<&str> = named.trim_end_matches('/').split('/').collect();
    let file: Vec<&str> = file.split('/').collect();
    named.len() <= file.len()
        && named
            .iter()
            .zip(&file)
            .all(|(pattern, part)| matches_part(pattern, part))
}

fn matches_part(pattern: &str, part: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == part,
        Some((start, end)) => part
            .strip_prefix(start)
            .is_some_and(|rest| rest.len() >= end.len() && rest.ends_with(end)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_or_missing_code_map_is_found() {
        let map = |lines: usize| format!("# A\n## Code map\n{}## B\nx\n", "x\n".repeat(lines));
        assert!(code_map_length("README.md", &map(CODE_MAP_LINES_MAX)).is_empty());
        for text in [map(CODE_MAP_LINES_MAX + 1), map(0), String::new()] {
            assert_eq!(code_map_length("README.md", &text).len(), 1);
        }
    }

    #[test]
    fn a_path_that_leads_nowhere_is_found() {
        let files = ["core/src/client/login.rs", "README.md"];
        for good in [
            "`core/`, `core/src/client/`",
            "`core/src/client/login.rs`",
            "`core/src/client/*.rs`",
            "`sim/src/<name>.rs` and `cargo test`",
            "core/none.rs without backticks",
        ] {
            assert!(paths_exist("README.md", good, &files).is_empty(), "{good}");
        }
        for bad in [
            "`core/src/none.rs`",
            "a `sim/` b",
            "`core/src/client/*_endpoint.rs`",
        ] {
            assert_eq!(paths_exist("README.md", bad, &files).len(), 1, "{bad}");
        }
    }
}
