//! Breadth-first search: counts that others have published, on any number of threads, within any budget.

use std::sync::atomic::{AtomicU64, Ordering};

use grantlab_sim::choices::Key;
use grantlab_sim::search::{
    Bounds, Budget, Cost, Counts, Limits, OnFinding, Options, Progress, ReportOf, Search, Space,
    Unwatched, Verdict, Watch, iterate, search,
};

use crate::two_phase_commit::{Step, Torn, Transaction, TwoPhaseCommit};

/// Everything there is of a space without costs.
const EVERYTHING: Options = Options::every(Bounds::new(Cost::FREE, u32::MAX));

/// A coordinator that does not wait for everybody.
const HASTY: TwoPhaseCommit = TwoPhaseCommit {
    unheard: 1,
    ..TwoPhaseCommit::of(3)
};

fn everything<S: Space>(space: &S) -> ReportOf<S> {
    search(space, EVERYTHING, &Unwatched)
}

#[test]
fn two_phase_commit_has_the_states_that_others_count() {
    // Generated states include the root there: 1,146 and 58,146.
    for (managers, states, transitions, depth) in [(3, 288, 1_145, 10), (5, 8_832, 58_145, 16)] {
        let report = everything(&TwoPhaseCommit::of(managers));
        assert_eq!(report.verdict, Verdict::Complete);
        assert_eq!(report.found, []);
        let Counts {
            octets, frontier, ..
        } = report.counts;
        let expected = Counts {
            states,
            transitions,
            depth,
            depth_complete: depth,
            frontier,
            octets,
        };
        assert_eq!(report.counts, expected);
        assert_eq!(frontier, 0);
    }
}

#[test]
fn threads_change_nothing() {
    let spaces = [
        TwoPhaseCommit::of(5),
        HASTY,
        TwoPhaseCommit {
            unheard: 2,
            ..TwoPhaseCommit::of(5)
        },
    ];
    for space in spaces {
        for on_finding in [OnFinding::Stop, OnFinding::Prune, OnFinding::GoOn] {
            let options = Options {
                on_finding,
                ..EVERYTHING
            };
            let alone = search(&space, options, &Unwatched);
            for threads in [2, 3, 8] {
                let options = Options { threads, ..options };
                assert_eq!(search(&space, options, &Unwatched), alone);
            }
        }
    }
}

#[test]
fn the_first_violation_is_the_shortest() {
    let report = search(&HASTY, Options::first(EVERYTHING.bounds), &Unwatched);
    assert_eq!(report.verdict, Verdict::Found);
    let [found] = &report.found[..] else {
        panic!("{report:?}");
    };
    assert_eq!(found.finding, Torn);
    // Two prepare and are heard, the coordinator commits, one hears it, and the third gives up.
    assert_eq!(found.path.len(), 7);
    let mut state = HASTY.root();
    for taken in &found.path {
        assert!(HASTY.moves(&state).contains(taken));
        HASTY.apply(&mut state, taken);
    }
    assert_eq!(HASTY.violation(&state), Some(Torn));
    let shallow = Options::first(Bounds::new(Cost::FREE, 6));
    let report = search(&HASTY, shallow, &Unwatched);
    assert_eq!((report.verdict, report.found.len()), (Verdict::Complete, 0));
    assert_eq!(report.counts.depth, 6);
    assert_eq!(report.counts.depth_complete, 6);
    assert!(report.counts.frontier > 0);
}

#[test]
fn what_follows_a_violation_is_looked_at_only_on_demand() {
    let space = TwoPhaseCommit {
        unheard: 4,
        ..TwoPhaseCommit::of(5)
    };
    let states = |on_finding| {
        let options = Options {
            on_finding,
            ..EVERYTHING
        };
        let report = search(&space, options, &Unwatched);
        assert_eq!(report.found.len(), 1, "one kind, however many states");
        report.counts.states
    };
    let (some, most, all) = (
        states(OnFinding::Stop),
        states(OnFinding::Prune),
        states(OnFinding::GoOn),
    );
    assert!(some < most && most < all, "{some} {most} {all}");
}

#[test]
fn only_the_wanted_kind_counts() {
    let options = Options {
        wanted: Some(Key(7)),
        ..Options::first(EVERYTHING.bounds)
    };
    let report = search(&HASTY, options, &Unwatched);
    assert_eq!(report.verdict, Verdict::Complete);
    assert_eq!(report.counts, everything(&HASTY).counts);
}

/// Giving up is a fault.
const FAULTY: TwoPhaseCommit = TwoPhaseCommit {
    giving_up: Cost::FAULT,
    ..HASTY
};

fn faults(faults: u8) -> Bounds {
    let cost = Cost {
        faults,
        ..Cost::FREE
    };
    Bounds::new(cost, u32::MAX)
}

#[test]
fn nothing_is_found_beyond_a_budget() {
    let found = |bounds| {
        let report = search(&FAULTY, Options::first(bounds), &Unwatched);
        report.found.first().map(|found| found.path.len())
    };
    assert_eq!(found(faults(1)), Some(7));
    // Without faults, one manager hears the commit and nobody ever aborts.
    assert_eq!(found(faults(0)), None);
    let no_total = Bounds {
        total: 0,
        ..faults(1)
    };
    assert_eq!(found(no_total), None);
}

#[test]
fn the_same_world_with_more_left_is_another_state() {
    let one = search(&FAULTY, Options::every(faults(1)), &Unwatched);
    let three = search(&FAULTY, Options::every(faults(3)), &Unwatched);
    let free = everything(&HASTY);
    assert!(one.counts.states < three.counts.states);
    assert!(free.counts.states < three.counts.states);
}

#[test]
fn iterating_finds_what_uses_least() {
    let report = iterate(&FAULTY, Options::first(faults(3)), &Unwatched);
    assert_eq!(report.verdict, Verdict::Found);
    assert_eq!(report.bounds.total, 1);
    let gave_up = |step: &&Step| matches!(step, Step::ManagerChoosesToAbort(_));
    assert_eq!(report.found[0].path.iter().filter(gave_up).count(), 1);
    let safe = TwoPhaseCommit {
        unheard: 0,
        ..FAULTY
    };
    let report = iterate(&safe, Options::first(faults(3)), &Unwatched);
    assert_eq!(report.verdict, Verdict::Complete);
    assert_eq!(report.bounds, faults(3));
}

#[test]
fn a_limit_is_kept_and_can_be_raised() {
    let space = TwoPhaseCommit::of(5);
    let whole = everything(&space);
    let limited = |limits| Options {
        limits,
        ..EVERYTHING
    };
    for threads in [1, 2] {
        let states = Limits {
            states: 1_000,
            ..Limits::NONE
        };
        let options = Options {
            threads,
            ..limited(states)
        };
        let mut stopped = Search::new(&space, options);
        let report = stopped.run(&Unwatched);
        assert_eq!(report.verdict, Verdict::BudgetSpent(Budget::States));
        assert!(report.counts.states <= 1_000 && report.counts.states > 980);
        stopped.set_limits(Limits::NONE);
        assert_eq!(stopped.run(&Unwatched), whole);
    }
    let memory = Limits {
        octets: 200_000,
        ..Limits::NONE
    };
    let alone = search(&space, limited(memory), &Unwatched);
    assert_eq!(alone.verdict, Verdict::BudgetSpent(Budget::Memory));
    assert!(alone.counts.octets <= 200_000);
    let both = Options {
        threads: 2,
        ..limited(memory)
    };
    assert_eq!(search(&space, both, &Unwatched), alone);
}

#[test]
fn memory_for_each_state_is_a_name_and_a_link() {
    let report = everything(&TwoPhaseCommit::of(6));
    assert_eq!(report.counts.states, 50_816);
    let octets = report.counts.octets_per_state();
    assert!((24..=40).contains(&octets), "{octets}");
}

/// Stops after having been asked some times.
struct Impatient(AtomicU64);

impl Watch for Impatient {
    fn stop(&self) -> Option<Budget> {
        let left = self.0.load(Ordering::Relaxed);
        self.0.store(left.saturating_sub(1), Ordering::Relaxed);
        (left == 0).then_some(Budget::Interrupted)
    }

    fn see(&self, progress: &Progress) {
        assert!(progress.counts.states > 0);
    }
}

#[test]
fn an_interrupted_search_goes_on_where_it_was() {
    let space = TwoPhaseCommit::of(4);
    let whole = everything(&space);
    for threads in [1, 3] {
        let options = Options {
            threads,
            ..EVERYTHING
        };
        let mut search = Search::new(&space, options);
        let mut interruptions = 0;
        let report = loop {
            let report = search.run(&Impatient(AtomicU64::new(100)));
            if report.verdict == Verdict::Complete {
                break report;
            }
            assert_eq!(report.verdict, Verdict::BudgetSpent(Budget::Interrupted));
            interruptions += 1;
        };
        assert!(interruptions > 3);
        assert_eq!(report, whole);
    }
}

#[test]
fn a_search_below_a_prefix_counts_from_the_root() {
    let prefix = vec![Step::ManagerPrepares(0), Step::CoordinatorHearsPrepared(0)];
    let mut search = Search::below(&HASTY, prefix.clone(), Options::first(EVERYTHING.bounds));
    let report = search.run(&Unwatched);
    assert_eq!(report.found[0].path.len(), 7);
    assert_eq!(report.found[0].path[..2], prefix[..]);
    assert_eq!(report.counts.depth, 7);
}

/// Counts the moves that are taken.
struct Counting(TwoPhaseCommit, AtomicU64);

impl Space for Counting {
    type State = Transaction;
    type Move = Step;
    type Finding = Torn;

    fn root(&self) -> Transaction {
        self.0.root()
    }

    fn moves(&self, state: &Transaction) -> Vec<Step> {
        self.0.moves(state)
    }

    fn apply(&self, state: &mut Transaction, taken: &Step) {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.apply(state, taken);
    }

    fn fingerprint(&self, state: &Transaction) -> u128 {
        self.0.fingerprint(state)
    }

    fn cost(&self, of: &Step) -> Cost {
        self.0.cost(of)
    }

    fn violation(&self, state: &Transaction) -> Option<Torn> {
        self.0.violation(state)
    }

    fn key(&self, finding: &Torn) -> Key {
        self.0.key(finding)
    }
}

#[test]
fn making_worlds_again_takes_few_moves() {
    let space = Counting(TwoPhaseCommit::of(5), AtomicU64::new(0));
    let counts = everything(&space).counts;
    let again = space.1.into_inner() - counts.transitions;
    // At least one for each state but the root; here states have hardly more than one new child.
    assert!(again >= counts.states - 1);
    assert!(2 * again < 5 * counts.states, "{again} of {counts:?}");
}
