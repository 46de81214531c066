//! Random walks: the same for any number of threads, within their budgets.

use grantlab_sim::search::{
    Bounds, Cost, Options, Space, Unwatched, Verdict, Walks, search, wander,
};

use crate::two_phase_commit::TwoPhaseCommit;

const HASTY: TwoPhaseCommit = TwoPhaseCommit {
    unheard: 2,
    giving_up: Cost::FAULT,
    ..TwoPhaseCommit::of(6)
};

fn walks(faults: u8) -> Walks {
    let cost = Cost {
        faults,
        ..Cost::FREE
    };
    Walks {
        seeds: 0..2_000,
        bounds: Bounds::new(cost, 60),
        octets: 1 << 20,
        threads: 1,
    }
}

#[test]
fn a_violation_is_found_and_replays() {
    let report = wander(&HASTY, &walks(1), &Unwatched);
    assert_eq!(report.verdict, Verdict::Found);
    let (seed, found) = report.found.unwrap();
    assert_eq!(report.walks, u64::try_from(seed.0).unwrap() + 1);
    let mut state = HASTY.root();
    for taken in &found.path {
        assert_eq!(HASTY.violation(&state), None);
        assert!(HASTY.moves(&state).contains(taken));
        HASTY.apply(&mut state, taken);
    }
    assert_eq!(HASTY.violation(&state), Some(found.finding));
}

#[test]
fn powers_beyond_the_budget_are_never_used() {
    let report = wander(&HASTY, &walks(0), &Unwatched);
    assert_eq!(report.verdict, Verdict::Complete);
    assert_eq!((report.walks, report.found), (2_000, None));
}

#[test]
fn threads_change_nothing() {
    for walks in [walks(0), walks(1)] {
        let alone = wander(&HASTY, &walks, &Unwatched);
        for threads in [2, 5] {
            let walks = Walks {
                threads,
                ..walks.clone()
            };
            assert_eq!(wander(&HASTY, &walks, &Unwatched), alone);
        }
    }
}

#[test]
fn states_are_counted_once_and_never_more_than_there_are() {
    let space = TwoPhaseCommit::of(3);
    let bounds = Bounds::new(Cost::FREE, 60);
    let all = search(&space, Options::every(bounds), &Unwatched);
    let walks = Walks { bounds, ..walks(0) };
    let report = wander(&space, &walks, &Unwatched);
    assert!(report.is_counted);
    let (seen, all) = (report.states, all.counts.states);
    assert!(seen <= all && seen > all * 9 / 10, "{seen} of {all}");
    assert_eq!(report.transitions, 2_000 * 60);
    let narrow = Walks {
        octets: 10_000,
        ..walks
    };
    let report = wander(&space, &narrow, &Unwatched);
    assert!(!report.is_counted && report.states < seen);
}
