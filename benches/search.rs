//! Searching two-phase commit through our engine and through stateright, side by side: the same model, the same
//! states, the same moves. Divide the elements by the time: transitions per second in one group, distinct states per
//! second in the other.

#[path = "../sim/tests/search/two_phase_commit.rs"]
mod two_phase_commit;

use std::hint::black_box;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use grantlab_sim::search::{Bounds, Cost, Counts, Options, Space, Unwatched, search};
use stateright::{Checker, Model, Property};

use two_phase_commit::{Step, Transaction, TwoPhaseCommit};

/// Enough managers for searches that take a while: 296,448 distinct states, 2,744,706 transitions.
const MANAGERS: u8 = 7;

/// The same model, for stateright.
#[derive(Clone)]
struct Theirs(TwoPhaseCommit);

impl Model for Theirs {
    type State = Transaction;
    type Action = Step;

    fn init_states(&self) -> Vec<Transaction> {
        vec![self.0.root()]
    }

    fn actions(&self, state: &Transaction, actions: &mut Vec<Step>) {
        actions.extend(self.0.moves(state));
    }

    fn next_state(&self, last: &Transaction, action: Step) -> Option<Transaction> {
        let mut state = last.clone();
        self.0.apply(&mut state, &action);
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("consistent", |model: &Self, state| {
            model.0.violation(state).is_none()
        })]
    }
}

fn ours(threads: usize) -> Counts {
    let options = Options {
        threads,
        ..Options::every(Bounds::new(Cost::FREE, u32::MAX))
    };
    let space = TwoPhaseCommit::of(black_box(MANAGERS));
    search(&space, options, &Unwatched).counts
}

fn theirs(threads: usize) -> (usize, usize) {
    let model = Theirs(TwoPhaseCommit::of(black_box(MANAGERS)));
    let checker = model.checker().threads(threads).spawn_bfs().join();
    (checker.unique_state_count(), checker.state_count())
}

fn side_by_side(criterion: &mut Criterion) {
    let counts = ours(1);
    let (states, generated) = theirs(1);
    assert_eq!(counts.states, states as u64);
    assert_eq!(
        counts.transitions,
        generated as u64 - 1,
        "they count the root"
    );
    println!("octets per state: {}", counts.octets_per_state());
    for (name, elements) in [
        ("transitions", counts.transitions),
        ("states", counts.states),
    ] {
        let mut group = criterion.benchmark_group(format!("two-phase commit, {name}"));
        group.sampling_mode(SamplingMode::Flat).sample_size(10);
        group.throughput(Throughput::Elements(elements));
        for threads in [1, 2] {
            group.bench_function(format!("grantlab, threads: {threads}"), |bencher| {
                bencher.iter(|| ours(threads));
            });
            group.bench_function(format!("stateright, threads: {threads}"), |bencher| {
                bencher.iter(|| theirs(threads));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, side_by_side);
criterion_main!(benches);
