//! Whole worlds: a login from the button to the resource, walks on which things go wrong, what a search does most,
//! which is copying a world and asking what it looks like, and whole searches of small games.
//!
//! Throughput is in flows per second in `flow`, in actions per second in `actions`, and in transitions per second in
//! `search`.

#![expect(clippy::expect_used, reason = "the profile is built in")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use grantlab_sim::attacker::Powers;
use grantlab_sim::choices::Seeded;
use grantlab_sim::finding::Quarry;
use grantlab_sim::hunt::Granularity;
use grantlab_sim::profile::{NamedBy, Profile, Profiles, Scale};
use grantlab_sim::search::{Bounds, Cost, Options, Unwatched, search};
use grantlab_sim::seed::Seed;
use grantlab_sim::setup::Setup;
use grantlab_sim::walk::{Plan, honest_step, violations, walk};
use grantlab_sim::world::{Mode, World};

/// Both modes with their names.
const MODES: [(&str, Mode); 2] = [("message", Mode::Message), ("wire", Mode::Wire)];

/// Steps of a login after which its world is large: the code is on its way.
const STEPS_TO_THE_MIDDLE: usize = 20;

fn profile() -> Profile {
    Profiles::built_in()
        .find("rfc9700", NamedBy::Argument)
        .expect("a built-in profile")
}

fn setup() -> Arc<Setup> {
    Arc::new(profile().setup(&Scale::SMALL).expect("a world"))
}

/// Honest steps until there is none, or `steps_max` of them.
fn go(world: &mut World, steps_max: usize) -> usize {
    let mut steps = 0;
    while steps < steps_max {
        let Some(action) = honest_step(world) else {
            break;
        };
        world.step(&action);
        steps += 1;
    }
    steps
}

/// One user logs in at one client, and the client reads his resource: every party, every fact noted.
fn flow(criterion: &mut Criterion) {
    let setup = setup();
    for (group, by_step) in [("flow", false), ("actions", true)] {
        let mut group = criterion.benchmark_group(group);
        for (name, mode) in MODES {
            let steps = go(&mut World::new(setup.clone(), Seed(0), mode), usize::MAX);
            group.throughput(Throughput::Elements(if by_step { steps as u64 } else { 1 }));
            group.bench_function(name, |bencher| {
                bencher.iter(|| {
                    let mut world = World::new(setup.clone(), black_box(Seed(0)), mode);
                    go(&mut world, usize::MAX);
                    world
                });
            });
        }
        group.finish();
    }
}

fn walks(criterion: &mut Criterion) {
    let setup = setup();
    let mut group = criterion.benchmark_group("walk");
    group.throughput(Throughput::Elements(1));
    for (name, mode) in MODES {
        let mut seeds = (0..64).cycle().map(Seed);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let seed = seeds.next().expect("a cycle has no end");
                walk(&setup, seed, &mut Seeded::new(seed), &Plan::usual(mode))
            });
        });
    }
    let seed = Seed(0);
    let plan = Plan::usual(Mode::Message);
    let walked = walk(&setup, seed, &mut Seeded::new(seed), &plan);
    group.bench_function("judge", |bencher| {
        bencher.iter(|| violations(black_box(&walked.trace)));
    });
    group.finish();
}

fn world(criterion: &mut Criterion) {
    let mut world = World::new(setup(), Seed(0), Mode::Message);
    go(&mut world, STEPS_TO_THE_MIDDLE);
    let next = honest_step(&world).expect("a login has more steps");
    let mut group = criterion.benchmark_group("world");
    group.bench_function("new", |bencher| {
        let setup = setup();
        bencher.iter(|| World::new(setup.clone(), black_box(Seed(0)), Mode::Message));
    });
    group.bench_function("copy", |bencher| bencher.iter(|| black_box(&world).clone()));
    // A world remembers the fingerprints of parties that nothing has happened to since.
    group.bench_function("fingerprint, known", |bencher| {
        bencher.iter(|| black_box(&world).fingerprint());
    });
    group.bench_function("copy, step, fingerprint", |bencher| {
        bencher.iter(|| {
            let mut copy = black_box(&world).clone();
            copy.step(&next);
            copy.fingerprint()
        });
    });
    group.bench_function("actions", |bencher| {
        bencher.iter(|| black_box(&world).honest_actions());
    });
    group.bench_function("trace hash", |bencher| {
        bencher.iter(|| black_box(&world).trace().clone().hash().value());
    });
    group.finish();
}

/// The secure profile as the searches of the tests play it: moves of users and of a web attacker, and one login with a
/// delivery at a time.
fn searches(criterion: &mut Criterion) {
    let moves = Quarry::any(profile());
    let mut deliveries = Quarry::any(profile());
    deliveries.arena.powers = Powers::NONE;
    deliveries.granularity = Granularity::Event;
    let plenty = Cost {
        sessions: u8::MAX,
        injections: u8::MAX,
        faults: 0,
    };
    let one_login = Cost {
        sessions: 1,
        ..Cost::FREE
    };
    let mut group = criterion.benchmark_group("search");
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    // As many transitions as the tests of the search count.
    for (name, quarry, bounds, transitions) in [
        ("moves", moves, Bounds::new(plenty, 3), 4_309),
        ("deliveries", deliveries, Bounds::new(one_login, 40), 30_380),
    ] {
        let chase = quarry.chase().expect("a game");
        let options = Options::every(bounds);
        group.throughput(Throughput::Elements(transitions));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let counts = search(&chase, options, &Unwatched).counts;
                assert_eq!(counts.transitions, transitions);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, flow, walks, world, searches);
criterion_main!(benches);
