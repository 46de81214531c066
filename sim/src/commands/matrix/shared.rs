//! `grantlab matrix --out DIR`: an attack is a chunk, for many processes and machines.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use grantlab_core::canonical::Encoder;
use grantlab_sim::attacks::Attack;
use grantlab_sim::finding::Stop;
use grantlab_sim::shard::{ChunkWork, Plan, Share};

use super::report::Rows;
use super::{Desk, STATES};
use crate::arguments::{Budget, MatrixArguments};
use crate::commands::console::Console;
use crate::commands::hunt::plan;
use crate::commands::interrupt::interrupts;
use crate::commands::shards::{self, Shard};
use crate::commands::{Failure, Verdict};

/// Rows of the matrix, to be shared.
struct Matrix<'a> {
    plan: Plan,
    attacks: &'a [&'static Attack],
    arguments: &'a MatrixArguments,
}

/// Does the chunks of a shard.
pub(super) fn run(
    arguments: &MatrixArguments,
    out: &str,
    attacks: &[&'static Attack],
    console: &mut Console,
) -> Result<Verdict, Failure> {
    let work = Matrix {
        plan: plan_of(arguments, attacks),
        attacks,
        arguments,
    };
    let shard = Shard {
        share: arguments.shard.unwrap_or(Share::WHOLE),
        out,
        threads: plan::threads(&arguments.budget),
    };
    let report = shards::run(&work, &shard, console, &*interrupts()?)?;
    console.report(&report, shards::text)?;
    Ok(Verdict::Fine)
}

impl ChunkWork for Matrix<'_> {
    type Part = Rows;

    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn chunk(&self, number: u64, stop: &AtomicBool) -> Option<Rows> {
        let stop = Stop(stop);
        let arguments = MatrixArguments {
            budget: Budget {
                threads: std::num::NonZeroUsize::new(1),
                seconds: None,
                ..self.arguments.budget
            },
            attacks: Vec::new(),
            out: None,
            ..*self.arguments
        };
        let desk = Desk {
            arguments: &arguments,
            watcher: &stop,
            clock: || Duration::ZERO,
        };
        let mut rows = Rows::default();
        for place in self.plan.range(number) {
            let attack = self.attacks.get(usize::try_from(place).ok()?)?;
            // What cannot be searched was refused before.
            let row = desk.row(attack).ok()?;
            if stop.is_set() {
                return None;
            }
            rows.0.insert(attack.id.clone(), row.timeless());
        }
        Some(rows)
    }
}

fn plan_of(arguments: &MatrixArguments, attacks: &[&'static Attack]) -> Plan {
    let states = arguments.budget.states.unwrap_or(STATES);
    let mut words = String::new();
    let mut subject = Encoder::default();
    for attack in attacks {
        let _ = write!(words, " --attack {}", attack.id);
        subject.octets(format!("{attack:?}").as_bytes());
    }
    Plan {
        end: attacks.len() as u64,
        budgets: BTreeMap::from([
            ("states".to_owned(), states),
            ("octets".to_owned(), plan::octets(&arguments.budget)),
            ("depth_beyond".to_owned(), arguments.depth_beyond.into()),
        ]),
        ..Plan::new(
            "matrix",
            words.trim_start().to_owned(),
            &subject.into_octets(),
        )
    }
}
