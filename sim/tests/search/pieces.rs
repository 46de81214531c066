//! One search as many.

use std::collections::BTreeMap;

use grantlab_sim::search::{
    Bounds, Cost, Limits, OnFinding, Options, Pieces, Sketch, Space, Unwatched, search,
};

use crate::registers::Registers;
use crate::two_phase_commit::TwoPhaseCommit;

/// What all pieces saw together: distinct states, explored states, and the length of the shortest path to each kind
/// of finding.
fn together<S: Space>(space: &S, options: Options, depth: u32) -> (u64, u64, BTreeMap<u64, usize>) {
    let pieces = Pieces::cut(space, options, depth, &Unwatched).unwrap();
    assert!(pieces.len() > 3);
    let mut sketch = Sketch::default();
    let mut explored = 0;
    let mut shortest = BTreeMap::new();
    // Any order will do.
    for number in (0..pieces.len()).rev() {
        let piece = pieces.search(number, &Unwatched).unwrap();
        sketch.merge(&piece.sketch);
        explored += piece.report.counts.states;
        for found in piece.report.found {
            let length = shortest.entry(found.key.0).or_insert(usize::MAX);
            *length = found.path.len().min(*length);
        }
    }
    assert!(pieces.search(pieces.len(), &Unwatched).is_none());
    assert!(sketch.is_exact());
    (sketch.count(), explored, shortest)
}

fn compare<S: Space>(space: &S, options: Options) {
    let whole = search(space, options, &Unwatched);
    let found = whole.found.iter();
    let shortest: BTreeMap<u64, usize> =
        found.map(|found| (found.key.0, found.path.len())).collect();
    for depth in [1, 3, 4] {
        let (distinct, explored, found) = together(space, options, depth);
        assert_eq!(distinct, whole.counts.states);
        assert!(explored > distinct);
        assert_eq!(found, shortest);
    }
}

#[test]
fn pieces_together_see_what_one_search_sees() {
    let hasty = TwoPhaseCommit {
        unheard: 1,
        giving_up: Cost::FAULT,
        ..TwoPhaseCommit::of(3)
    };
    let cost = Cost {
        faults: 2,
        ..Cost::FREE
    };
    compare(&hasty, Options::every(Bounds::new(cost, 11)));
    let cost = Cost::INJECTION.plus(Cost::FAULT);
    compare(&Registers, Options::every(Bounds::new(cost, 6)));
}

#[test]
fn what_is_found_above_the_cut_needs_no_pieces_below() {
    let options = Options {
        on_finding: OnFinding::Stop,
        ..Options::every(Bounds::new(Cost::FREE, 9))
    };
    let pieces = Pieces::cut(&Registers, options, 3, &Unwatched).unwrap();
    assert_eq!(pieces.len(), 1);
    assert_eq!(pieces.search(0, &Unwatched).unwrap().report.found.len(), 1);
}

#[test]
fn a_cut_that_needs_too_much_is_none() {
    let limits = Limits {
        states: 10,
        ..Limits::NONE
    };
    let options = Options {
        limits,
        ..Options::every(Bounds::new(Cost::FREE, 9))
    };
    let space = TwoPhaseCommit::of(4);
    assert!(Pieces::cut(&space, options, 5, &Unwatched).is_none());
}
