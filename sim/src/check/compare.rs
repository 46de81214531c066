//! Several targets side by side: where their snapshots differ.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::MATCHER_ID;
use super::snapshot::{Kept, Snapshot};
use super::words::Verdict;

/// Where several targets differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Comparison {
    /// The targets, in the order of the command line.
    pub targets: Vec<String>,
    /// How many checks all of them have, with the same verdict and sentence.
    pub same: usize,
    /// The checks in which they differ.
    pub differences: Vec<Row>,
}

/// A check in which targets differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// What is so when it passes.
    pub title: String,
    /// What came of it, in the order of the targets; nothing, where it was not done.
    pub cells: Vec<Option<Cell>>,
}

/// What came of a check at one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Cell {
    /// The verdict.
    pub verdict: Verdict,
    /// Why, in one sentence.
    pub says: String,
}

/// Puts snapshots side by side. Verdicts and sentences are compared, not answers: those differ in names alone, often.
#[must_use]
pub fn compare(snapshots: &[Snapshot]) -> Comparison {
    let ids: BTreeSet<&String> = snapshots.iter().flat_map(|one| one.checks.keys()).collect();
    let mut same = 0;
    let mut differences = Vec::new();
    for id in ids {
        let kept: Vec<Option<&Kept>> = snapshots.iter().map(|one| one.checks.get(id)).collect();
        let cells: Vec<Option<Cell>> = kept.iter().map(|kept| kept.map(cell)).collect();
        let Some((first, rest)) = cells.split_first() else {
            continue;
        };
        if rest.iter().all(|cell| cell == first) {
            same += 1;
            continue;
        }
        let title = kept
            .into_iter()
            .flatten()
            .next()
            .map(|kept| kept.title.clone());
        differences.push(Row {
            id: id.clone(),
            title: title.unwrap_or_default(),
            cells,
        });
    }
    differences.extend(matchers(snapshots));
    Comparison {
        targets: snapshots.iter().map(|one| one.target.clone()).collect(),
        same,
        differences,
    }
}

/// Clients whose redirection URIs are not compared in the same way everywhere.
fn matchers(snapshots: &[Snapshot]) -> Vec<Row> {
    let clients: BTreeSet<&String> = snapshots
        .iter()
        .flat_map(|one| one.redirects.keys())
        .collect();
    let row = |client: &String| {
        let said = snapshots.iter().map(|one| one.redirects.get(client));
        let cells: Vec<Option<Cell>> = said
            .map(|says| {
                says.map(|says| Cell {
                    verdict: Verdict::Recorded,
                    says: says.clone(),
                })
            })
            .collect();
        Row {
            id: MATCHER_ID.to_owned(),
            title: format!("How redirection URIs of `{client}` are compared"),
            cells,
        }
    };
    let differs = |row: &Row| row.cells.iter().any(|cell| Some(cell) != row.cells.first());
    clients.into_iter().map(row).filter(differs).collect()
}

fn cell(kept: &Kept) -> Cell {
    Cell {
        verdict: kept.verdict,
        says: kept.says.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_is_counted_and_the_rest_is_shown() {
        let snapshot = |target: &str, says: &[(&str, &str)]| Snapshot {
            target: target.to_owned(),
            normalised: Vec::new(),
            redirects: std::collections::BTreeMap::new(),
            policies: std::collections::BTreeMap::new(),
            checks: says
                .iter()
                .map(|(id, says)| {
                    let kept = Kept {
                        title: "t".to_owned(),
                        verdict: Verdict::Pass,
                        says: (*says).to_owned(),
                        answers: Vec::new(),
                        detail: Vec::new(),
                    };
                    ((*id).to_owned(), kept)
                })
                .collect(),
        };
        let compared = compare(&[
            snapshot("a", &[("X-1", "s"), ("X-2", "s")]),
            snapshot("b", &[("X-1", "s"), ("X-2", "other"), ("X-3", "s")]),
        ]);
        assert_eq!(compared.same, 1);
        let ids: Vec<&str> = compared
            .differences
            .iter()
            .map(|row| row.id.as_str())
            .collect();
        assert_eq!(ids, ["X-2", "X-3"]);
        assert_eq!(compared.differences[1].cells[0], None);

        let with_matcher = |says: &str| {
            let mut one = snapshot("a", &[]);
            one.redirects.insert("main".to_owned(), says.to_owned());
            one
        };
        let compared = compare(&[with_matcher("exact"), with_matcher("prefix")]);
        assert_eq!(compared.differences.len(), 1);
        assert!(compared.differences[0].title.contains("`main`"));
        let compared = compare(&[with_matcher("exact"), with_matcher("exact")]);
        assert!(compared.differences.is_empty());
    }
}
