//! A search that is written down and gone on from, against one that was never stopped.

use std::convert::Infallible;

use grantlab_sim::search::{
    Bounds, Budget, Cost, Limits, NotResumed, OnFinding, Options, Search, Space, Unwatched,
    Verdict, search,
};

use crate::registers::Registers;
use crate::two_phase_commit::{Step, TwoPhaseCommit};

const PLAN: [u8; 32] = [7; 32];

/// There is nothing left to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Short;

fn saved<S: Space>(search: &Search<'_, S>) -> Vec<u8> {
    let mut octets = Vec::new();
    let written: Result<(), Infallible> = search.save(&PLAN, &mut |more| {
        octets.extend_from_slice(more);
        Ok(())
    });
    written.unwrap();
    octets
}

fn resumed<'a, S: Space>(
    fresh: Search<'a, S>,
    plan: &[u8; 32],
    mut octets: &[u8],
) -> Result<Search<'a, S>, NotResumed<Short>> {
    fresh.resume(plan, &mut |wanted| {
        let (now, later) = octets.split_at_checked(wanted.len()).ok_or(Short)?;
        wanted.copy_from_slice(now);
        octets = later;
        Ok(())
    })
}

fn until(states: u64) -> Limits {
    Limits {
        states,
        ..Limits::NONE
    }
}

/// Searches in pieces, with a checkpoint between any two, and compares.
fn in_pieces<S: Space>(space: &S, options: Options, step: u64)
where
    S::Move: PartialEq,
    S::Finding: PartialEq + std::fmt::Debug,
{
    let whole = search(space, options, &Unwatched);
    let mut limits = until(1);
    let start = Options { limits, ..options };
    let mut stopped = Search::new(space, start);
    let mut stops = 0;
    let report = loop {
        let report = stopped.run(&Unwatched);
        if report.verdict != Verdict::BudgetSpent(Budget::States) {
            break report;
        }
        stops += 1;
        limits.states += step;
        let octets = saved(&stopped);
        let fresh = Search::new(space, Options { limits, ..options });
        stopped = resumed(fresh, &PLAN, &octets).unwrap();
        assert_eq!(saved(&stopped).len(), octets.len());
    };
    assert!(stops > 3, "{stops}");
    assert_eq!(report, whole);
}

#[test]
fn a_search_in_pieces_says_what_one_says() {
    let space = TwoPhaseCommit::of(4);
    in_pieces(&space, Options::every(Bounds::new(Cost::FREE, 99)), 300);
    let hasty = TwoPhaseCommit {
        unheard: 2,
        ..space
    };
    for on_finding in [OnFinding::Stop, OnFinding::Prune, OnFinding::GoOn] {
        let options = Options {
            on_finding,
            threads: 2,
            ..Options::every(Bounds::new(Cost::FREE, 99))
        };
        in_pieces(&hasty, options, 100);
    }
    let cost = Cost::INJECTION.plus(Cost::FAULT);
    in_pieces(&Registers, Options::every(Bounds::new(cost, 9)), 200);
}

/// A search that was stopped in the middle.
fn stopped<S: Space>(space: &S) -> Search<'_, S> {
    let mut search = Search::new(space, options(500));
    let report = search.run(&Unwatched);
    assert_eq!(report.verdict, Verdict::BudgetSpent(Budget::States));
    search
}

fn options(states: u64) -> Options {
    Options {
        limits: until(states),
        ..Options::every(Bounds::new(Cost::FREE, 99))
    }
}

#[test]
fn nothing_but_what_was_written_is_gone_on_from() {
    let space = TwoPhaseCommit::of(4);
    let octets = saved(&stopped(&space));
    let error = |fresh, plan: &[u8; 32], octets: &[u8]| resumed(fresh, plan, octets).err();
    let fresh = || Search::new(&space, options(u64::MAX));

    assert!(resumed(fresh(), &PLAN, &octets).is_ok());
    assert_eq!(
        error(fresh(), &[8; 32], &octets),
        Some(NotResumed::OtherPlan)
    );
    let deeper = Options::every(Bounds::new(Cost::FREE, 100));
    assert_eq!(
        error(Search::new(&space, deeper), &PLAN, &octets),
        Some(NotResumed::OtherPlan)
    );
    let below = vec![Step::ManagerPrepares(0)];
    assert_eq!(
        error(Search::below(&space, below, options(1)), &PLAN, &octets),
        Some(NotResumed::OtherPlan)
    );
    assert_eq!(
        error(fresh(), &PLAN, b"something else entirely"),
        Some(NotResumed::Foreign)
    );
    assert_eq!(
        error(fresh(), &PLAN, &octets[..octets.len() - 1]),
        Some(NotResumed::Unread(Short))
    );
}

#[test]
fn damage_anywhere_is_noticed() {
    let space = TwoPhaseCommit::of(3);
    let mut small = Search::new(&space, options(40));
    small.run(&Unwatched);
    let octets = saved(&small);
    for place in 0..octets.len() {
        let mut damaged = octets.clone();
        damaged[place] ^= 1;
        let fresh = Search::new(&space, options(u64::MAX));
        assert!(resumed(fresh, &PLAN, &damaged).is_err(), "{place}");
    }
}

#[test]
fn a_space_with_other_moves_is_noticed() {
    let octets = saved(&stopped(&TwoPhaseCommit::of(5)));
    let other = TwoPhaseCommit::of(3);
    let fresh = Search::new(&other, options(u64::MAX));
    let error = resumed(fresh, &PLAN, &octets).err();
    assert_eq!(error, Some(NotResumed::OtherSpace));
}
