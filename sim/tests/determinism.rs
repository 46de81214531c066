//! The same seed gives the same octets: twice, in both modes, on any number of threads, in any build profile.

mod support;

use std::fmt::Write as _;
use std::sync::Arc;

use grantlab_sim::choices::{Choices, Key, Seeded};
use grantlab_sim::profile::Scale;
use grantlab_sim::seed::Seed;
use grantlab_sim::setup::Setup;
use grantlab_sim::walk::{Plan, Progress, Sweep, replay, sweep, walk};
use grantlab_sim::world::Mode;
use support::world_of;

fn two_nodes() -> Arc<Setup> {
    world_of(
        "rfc9700",
        &[],
        &Scale {
            nodes: 2,
            ..Scale::SMALL
        },
    )
}

/// The golden hashes. They change when the protocol, the walk or the encoding changes, and at no other time:
/// this file holds in debug and release, and `.ci/run` runs it in both.
#[test]
fn golden_hashes_of_64_seeds() {
    let setup = two_nodes();
    let mut lines = String::new();
    for seed in (0..64).map(Seed) {
        let walked = walk(
            &setup,
            seed,
            &mut Seeded::new(seed),
            &Plan::probed(Mode::Wire),
        );
        let _ = writeln!(
            lines,
            "{seed:>2} {} {}",
            walked.trace.hash(),
            walked.trace.entries().len()
        );
    }
    insta::assert_snapshot!(lines);
}

#[test]
fn the_same_seed_twice_is_the_same_run() {
    let setup = two_nodes();
    for seed in (100..116).map(Seed) {
        let run = || {
            walk(
                &setup,
                seed,
                &mut Seeded::new(seed),
                &Plan::probed(Mode::Message),
            )
            .trace
        };
        let (first, second) = (run(), run());
        assert_eq!(
            first.hash().first_difference(second.hash()),
            None,
            "seed {seed}"
        );
        assert_eq!(first, second, "seed {seed}");
    }
}

#[test]
fn message_mode_and_wire_mode_are_the_same_run() {
    for profile in [
        "rfc9700",
        "rfc6749",
        "wishtack",
        "isogeo",
        "pockets",
        "login-retry",
        "aidbox",
        "oauth21",
    ] {
        let setup = world_of(profile, &[], &Scale::SMALL);
        for seed in (0..12).map(Seed) {
            let run = |mode| walk(&setup, seed, &mut Seeded::new(seed), &Plan::probed(mode)).trace;
            let (message, wire) = (run(Mode::Message), run(Mode::Wire));
            let parted = message.hash().first_difference(wire.hash());
            assert_eq!(
                parted,
                None,
                "{profile}, seed {seed}: {:?}",
                parted.and_then(|at| wire.entries().get(at))
            );
        }
    }
}

#[test]
fn one_thread_and_two_threads_find_the_same() {
    let setup = two_nodes();
    let report = |threads| {
        let plan = Plan::usual(Mode::Message);
        sweep(
            &Sweep {
                setup: setup.clone(),
                seeds: 0..300,
                plan,
                threads,
            },
            &Progress::default(),
        )
    };
    assert_eq!(report(1), report(2));
}

#[test]
fn a_walk_repeats_from_its_keys() {
    let setup = two_nodes();
    for seed in (0..16).map(Seed) {
        let walked = walk(
            &setup,
            seed,
            &mut Seeded::new(seed),
            &Plan::usual(Mode::Message),
        );
        let again = replay(&setup, seed, Mode::Message, &walked.keys);
        assert_eq!(
            walked.trace.hash().first_difference(again.hash()),
            None,
            "seed {seed}"
        );
    }
}

/// What a party with a randomly ordered map inside would do to decisions.
struct RandomOrder;

impl Choices for RandomOrder {
    #[expect(
        clippy::disallowed_types,
        reason = "the canary is about just this type"
    )]
    fn pick(&mut self, _site: &'static str, alternatives: &[Key]) -> usize {
        let map: std::collections::HashMap<usize, Key> =
            alternatives.iter().copied().enumerate().collect();
        map.into_iter().next().map_or(0, |(place, _)| place)
    }
}

/// If this fails, the comparison of two runs sees nothing.
#[test]
fn a_canary_with_random_order_is_caught() {
    let setup = two_nodes();
    let hash = || {
        walk(
            &setup,
            Seed(1),
            &mut RandomOrder,
            &Plan::usual(Mode::Message),
        )
        .trace
        .hash()
        .value()
    };
    let first = hash();
    assert!(
        (0..32).any(|_| hash() != first),
        "33 runs in random order were all the same"
    );
}
