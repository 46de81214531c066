//! A switch without an effect is worse than none: every value of every switch changes some trace.

mod support;

use std::fmt::Write as _;

use grantlab_core::switch::Switch;
use grantlab_sim::choices::Seeded;
use grantlab_sim::profile::Scale;
use grantlab_sim::seed::Seed;
use grantlab_sim::switches;
use grantlab_sim::trace::{Trace, What};
use grantlab_sim::walk::{Plan, walk};
use grantlab_sim::world::Mode;
use support::world_of;

/// Seeds within which a value must show.
const SEEDS: u128 = 24;

/// What must be set besides, for a switch to come to bear.
const BESIDES: &[(&str, &[(&str, &str)])] = &[];

fn besides(switch: &Switch) -> &'static [(&'static str, &'static str)] {
    BESIDES
        .iter()
        .find(|(key, _)| *key == switch.key)
        .map_or(&[], |(_, settings)| settings)
}

fn run(settings: &[(&str, &str)], seed: Seed) -> Trace {
    let setup = world_of(
        "rfc9700",
        settings,
        &Scale {
            servers: 2,
            nodes: 2,
            ..Scale::SMALL
        },
    );
    walk(
        &setup,
        seed,
        &mut Seeded::new(seed),
        &Plan::probed(Mode::Message),
    )
    .trace
}

/// The first entry that differs, in words.
fn first_difference(switch: &Switch, value: &str) -> Option<(Seed, String)> {
    let with = |value| [besides(switch), &[(switch.key, value)]].concat();
    (0..SEEDS).map(Seed).find_map(|seed| {
        let (secure, weak) = (run(&with(switch.secure), seed), run(&with(value), seed));
        let at = secure.hash().first_difference(weak.hash())?;
        Some((
            seed,
            weak.entries()
                .get(at)
                .map_or("the run ends".to_owned(), |entry| words(&weak, &entry.what)),
        ))
    })
}

fn words(trace: &Trace, what: &What) -> String {
    match what {
        What::Noted(event) => format!("event {}", event.name()),
        What::Sent { to, .. } => format!("a message to {}", trace.name(*to)),
        What::Acted(words) => format!("action: {words}"),
        What::Arrived { .. }
        | What::Lost { .. }
        | What::Duplicated { .. }
        | What::Delayed { .. }
        | What::TimePassed(_)
        | What::DeadlineCame
        | What::Crashed
        | What::Restarted
        | What::WireDiffers { .. }
        | What::NobodyThere { .. }
        | What::BoundReached(_) => "an event of the environment".to_owned(),
    }
}

#[test]
fn every_value_of_every_switch_changes_some_trace() {
    let mut table = String::new();
    let mut without_effect = Vec::new();
    for switch in switches::all() {
        for value in switch
            .values
            .iter()
            .filter(|value| **value != switch.secure)
        {
            match first_difference(switch, value) {
                Some((seed, words)) => {
                    let _ = writeln!(table, "{}={value}: seed {seed}, {words}", switch.key);
                }
                None => without_effect.push(format!("{}={value}", switch.key)),
            }
        }
    }
    assert!(
        without_effect.is_empty(),
        "no effect within {SEEDS} seeds: {without_effect:#?}"
    );
    insta::assert_snapshot!(table);
}
