//! The shrinker, against what an exhaustive search says is the shortest.

use std::collections::BTreeMap;

use grantlab_sim::search::{
    Bounds, Cost, Limits, Options, Unwatched, cost_of, replay, search, shrink,
};

use crate::registers::Registers;
use crate::two_phase_commit::{Step, TwoPhaseCommit};

/// Enough for every pair of registers.
const BOUNDS: Bounds = Bounds::new(
    Cost {
        sessions: 0,
        injections: 40,
        faults: 40,
    },
    u32::MAX,
);

/// The same as [`BOUNDS`], without budgets in the state: the shortest way to each kind of failure.
fn shortest() -> BTreeMap<u64, usize> {
    let bounds = Bounds::new(
        Cost {
            sessions: 0,
            injections: 12,
            faults: 12,
        },
        12,
    );
    let report = search(&Registers, Options::every(bounds), &Unwatched);
    let found = report.found.iter();
    found.map(|found| (found.key.0, found.path.len())).collect()
}

#[test]
fn a_hundred_failures_shrink_to_the_optimum() {
    let shortest = shortest();
    assert!(shortest.len() > 200, "{}", shortest.len());
    let (mut found, mut deleted, mut shrunk) = (0, 0, 0);
    let mut failures = (0..).filter_map(|seed| {
        let walk = Registers.walk(seed, 40);
        Registers.last_failure(&walk)
    });
    for _ in 0..100 {
        let (path, key) = failures.next().unwrap();
        let result = shrink(&Registers, &path, key, Options::first(BOUNDS), &Unwatched).unwrap();
        assert!(result.is_optimal);
        assert_eq!(result.shortest.path.len(), shortest[&key.0], "{key:?}");
        assert!(result.found_length >= result.deleted_length);
        assert!(result.deleted_length >= result.shortest.path.len());
        let again = replay(&Registers, &result.shortest.path, key).unwrap();
        assert_eq!(
            again, result.shortest,
            "it leads there, and every move counts"
        );
        found += result.found_length;
        deleted += result.deleted_length;
        shrunk += result.shortest.path.len();
    }
    println!(
        "moves of a hundred failures: found {found}, after deleting {deleted}, shortest {shrunk}"
    );
    assert!(found > deleted && deleted > shrunk);
}

#[test]
fn after_deleting_no_move_can_be_spared() {
    let nothing_shorter = Options {
        limits: Limits {
            states: 1,
            ..Limits::NONE
        },
        ..Options::first(BOUNDS)
    };
    let mut failures = 0;
    for seed in 0..40 {
        let Some((path, key)) = Registers.last_failure(&Registers.walk(seed, 40)) else {
            continue;
        };
        let result = shrink(&Registers, &path, key, nothing_shorter, &Unwatched).unwrap();
        let left = result.shortest.path;
        if left.len() > 1 {
            assert!(!result.is_optimal, "nobody looked");
        }
        for place in 0..left.len() {
            let mut without = left.clone();
            without.remove(place);
            assert_eq!(replay(&Registers, &without, key), None, "{left:?} {place}");
        }
        failures += 1;
    }
    assert!(failures > 30);
}

#[test]
fn what_does_not_lead_there_cannot_be_shrunk() {
    let space = TwoPhaseCommit::of(3);
    let path = [Step::ManagerPrepares(0), Step::ManagerChoosesToAbort(1)];
    let key = grantlab_sim::choices::Key(0);
    let options = Options::first(Bounds::new(Cost::FREE, 5));
    assert_eq!(shrink(&space, &path, key, options, &Unwatched), None);
}

#[test]
fn moves_that_are_not_enabled_are_left_out() {
    let hasty = TwoPhaseCommit {
        unheard: 2,
        giving_up: Cost::FAULT,
        ..TwoPhaseCommit::of(2)
    };
    let path = [
        Step::ManagerHearsCommit(0),
        Step::ManagerPrepares(0),
        Step::CoordinatorCommits,
        Step::ManagerHearsCommit(0),
        Step::CoordinatorAborts,
        Step::ManagerHearsCommit(0),
        Step::ManagerChoosesToAbort(1),
    ];
    let bounds = Bounds::new(cost_of(&hasty, &path), 9);
    let key = grantlab_sim::choices::Key(0);
    let result = shrink(&hasty, &path, key, Options::first(bounds), &Unwatched).unwrap();
    assert_eq!(result.deleted_length, 3);
    assert_eq!(result.shortest.path.len(), 3);
    assert!(result.is_optimal);
}
