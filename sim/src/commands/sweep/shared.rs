//! `grantlab sweep --out DIR`: a sweep in chunks, for many processes and machines.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use grantlab_core::canonical::Encoder;
use grantlab_sim::profile::Profile;
use grantlab_sim::shard::{Plan, Share, Sweeping};
use grantlab_sim::walk::{Sweep, sweep_part};

use crate::arguments::{SweepArguments, Travel};
use crate::commands::console::Console;
use crate::commands::interrupt::interrupts;
use crate::commands::shards::{self, Shard};
use crate::commands::{Failure, Verdict};

/// Walks that a plan is fingerprinted by: a build that walks otherwise has another plan.
const PROBES: u64 = 4;

/// Does the chunks of a shard.
pub(super) fn run(
    arguments: &SweepArguments,
    out: &str,
    profile: &Profile,
    job: &Sweep,
    console: &mut Console,
) -> Result<Verdict, Failure> {
    let work = Sweeping {
        plan: plan(arguments, profile, job),
        setup: Arc::clone(&job.setup),
        walks: job.plan,
    };
    let shard = Shard {
        share: arguments.shard.unwrap_or(Share::WHOLE),
        out,
        threads: job.threads,
    };
    let report = shards::run(&work, &shard, console, &*interrupts()?)?;
    console.report(&report, shards::text)?;
    Ok(Verdict::Fine)
}

fn plan(arguments: &SweepArguments, profile: &Profile, job: &Sweep) -> Plan {
    let budget = |name: &str, number: u64| (name.to_owned(), number);
    Plan {
        first: job.seeds.start,
        end: job.seeds.end,
        chunk_size: arguments.chunk.get(),
        budgets: BTreeMap::from([
            budget("faults", job.plan.faults_max.into()),
            budget("deviations", job.plan.deviations_max.into()),
            budget("nodes", arguments.nodes.into()),
        ]),
        ..Plan::new("sweep", words(arguments), &subject(profile, job))
    }
}

/// What decides the walks beside the budgets: the profile as it came out of its files and settings, and how this
/// build walks in it.
fn subject(profile: &Profile, job: &Sweep) -> Vec<u8> {
    let mut out = Encoder::default();
    for (key, value) in profile.policies.settings() {
        out.octets(key.as_bytes());
        out.octets(value.as_bytes());
    }
    let Profile {
        server,
        client,
        resource,
        ..
    } = profile;
    out.octets(format!("{server:?} {client:?} {resource:?} {:?}", job.plan.mode).as_bytes());
    let probed = sweep_part(&job.setup, 0..PROBES, &job.plan, &AtomicBool::new(false));
    out.octets(&probed.unwrap_or_default().digest.to_le_bytes());
    out.into_octets()
}

/// The arguments that decide the walks, for people who want to see one of them again.
fn words(arguments: &SweepArguments) -> String {
    let mut words = format!("--profile {}", arguments.profile);
    for setting in &arguments.settings {
        let _ = write!(words, " --set {setting}");
    }
    let _ = write!(
        words,
        " --faults {} --nodes {}",
        arguments.faults, arguments.nodes
    );
    match arguments.mode {
        Travel::Message => {}
        Travel::Wire => words.push_str(" --mode wire"),
    }
    words
}
