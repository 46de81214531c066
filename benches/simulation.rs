//! Whole worlds: a login from the button to the resource, walks on which things go wrong, and what a search does
//! most, which is copying a world and asking what it looks like.

#![expect(clippy::expect_used, reason = "the profile is built in")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use grantlab_sim::choices::Seeded;
use grantlab_sim::profile::{NamedBy, Profiles, Scale};
use grantlab_sim::seed::Seed;
use grantlab_sim::setup::Setup;
use grantlab_sim::walk::{Plan, honest_step, violations, walk};
use grantlab_sim::world::{Mode, World};

/// Both modes with their names.
const MODES: [(&str, Mode); 2] = [("message", Mode::Message), ("wire", Mode::Wire)];

/// Steps of a login after which its world is large: the code is on its way.
const STEPS_TO_THE_MIDDLE: usize = 20;

fn setup() -> Arc<Setup> {
    let profile = Profiles::built_in()
        .find("rfc9700", NamedBy::Argument)
        .expect("a built-in profile");
    Arc::new(profile.setup(&Scale::SMALL).expect("a world"))
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

fn login(criterion: &mut Criterion) {
    let setup = setup();
    let mut group = criterion.benchmark_group("login");
    for (name, mode) in MODES {
        let steps = go(&mut World::new(setup.clone(), Seed(0), mode), usize::MAX);
        group.throughput(Throughput::Elements(steps as u64));
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

fn search(criterion: &mut Criterion) {
    let mut world = World::new(setup(), Seed(0), Mode::Message);
    go(&mut world, STEPS_TO_THE_MIDDLE);
    let mut group = criterion.benchmark_group("world");
    group.bench_function("copy", |bencher| bencher.iter(|| black_box(&world).clone()));
    group.bench_function("fingerprint", |bencher| {
        bencher.iter(|| black_box(&world).fingerprint());
    });
    group.bench_function("actions", |bencher| {
        bencher.iter(|| black_box(&world).honest_actions());
    });
    group.finish();
}

criterion_group!(benches, login, walks, search);
criterion_main!(benches);
