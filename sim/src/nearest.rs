//! Which of the known words somebody meant.

/// Changes that a typing mistake may have, for a word of `length` characters.
const fn changes_max(length: usize) -> usize {
    match length {
        0..=2 => 1,
        3..=5 => 2,
        _ => length / 3 + 1,
    }
}

/// The candidate that is fewest changes away from `word`, if it is near enough to have been meant.
/// The first in the list wins among equals.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .min_by_key(|(changes, _)| *changes)
        .filter(|(changes, _)| *changes <= changes_max(length))
        .map(|(_, candidate)| candidate)
}

/// The `count` candidates that are fewest changes away from `word`, the nearest first.
#[must_use]
pub fn nearest_ones<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    count: usize,
) -> Vec<&'a str> {
    let mut ranked: Vec<&str> = candidates.into_iter().collect();
    ranked.sort_by_cached_key(|candidate| distance(word, candidate));
    ranked.truncate(count);
    ranked
}

/// How many insertions, deletions, replacements and swaps of neighbours lie between two words
/// (optimal string alignment). Case counts for nothing, and `-` is as good as `_`.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().map(folded).collect();
    let right: Vec<char> = right.chars().map(folded).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for (row, from) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, to) in right.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX);
            let replaced = at(&previous, column) + usize::from(from != to);
            let deleted = at(&previous, column + 1) + 1;
            let inserted = at(&current, column) + 1;
            let mut best = replaced.min(deleted).min(inserted);
            let swapped = row > 0
                && column > 0
                && left.get(row - 1) == Some(to)
                && right.get(column - 1) == Some(from);
            if swapped {
                best = best.min(at(&before, column - 1) + 1);
            }
            current.push(best);
        }
        before = std::mem::replace(&mut previous, current);
    }
    previous.last().copied().unwrap_or(0)
}

fn folded(letter: char) -> char {
    match letter.to_ascii_lowercase() {
        '-' => '_',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (left, right, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("login", "logn", 1),
            ("login", "lgoin", 1),
            ("Login", "login", 0),
            ("code-use", "code_use", 0),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(left, right), expected, "{left} {right}");
            assert_eq!(distance(right, left), expected, "{right} {left}");
        }
    }

    #[test]
    fn what_is_too_far_is_not_meant() {
        let words = ["start", "login", "approve", "deny"];
        assert_eq!(nearest("logn", words), Some("login"));
        assert_eq!(nearest("aprove", words), Some("approve"));
        assert_eq!(nearest("xyzzy", words), None);
        assert_eq!(nearest("a", []), None);
        assert_eq!(nearest_ones("dent", words, 2), ["deny", "start"]);
    }
}
