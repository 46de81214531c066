//! `grantlab explore --out DIR`: an exploration in pieces, for many processes and machines.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use grantlab_sim::attacker::Move;
use grantlab_sim::finding::{Chase, Quarry, Stop, words};
use grantlab_sim::hunt::Caught;
use grantlab_sim::search::{Found, Options, Pieces};
use grantlab_sim::shard::{Exploring, FoundPart, Plan, Share};

use crate::arguments::ExploreArguments;
use crate::commands::checkpoint::subject;
use crate::commands::console::Console;
use crate::commands::hunt::no_world;
use crate::commands::hunt::plan;
use crate::commands::interrupt::interrupts;
use crate::commands::shards::{self, Shard};
use crate::commands::{Failure, Verdict};

/// Moves above the cut: the pieces begin behind them.
const CUT: u32 = 1;

/// Does the pieces of a shard.
pub(super) fn run(
    arguments: &ExploreArguments,
    out: &str,
    quarry: &Quarry,
    options: Options,
    console: &mut Console,
) -> Result<Verdict, Failure> {
    let chase = quarry.chase().map_err(no_world)?;
    let interrupted = interrupts()?;
    // A piece is searched on one thread: the threads take pieces.
    let alone = Options {
        threads: 1,
        ..options
    };
    let Some(pieces) = Pieces::cut(&chase, alone, CUT, &Stop(&interrupted)) else {
        return Ok(Verdict::Fine);
    };
    let tell = |found: &Found<Move, Caught>| told(&chase, found);
    let work = Exploring {
        plan: plan_of(arguments, quarry, &chase, options, &pieces),
        pieces,
        tell: &tell,
    };
    let shard = Shard {
        share: arguments.shard.unwrap_or(Share::WHOLE),
        out,
        threads: options.threads,
    };
    let report = shards::run(&work, &shard, console, &interrupted)?;
    console.report(&report, shards::text)?;
    Ok(Verdict::Fine)
}

/// A finding by the name of its kind.
fn told(chase: &Chase, found: &Found<Move, Caught>) -> (String, FoundPart) {
    let (trace, _) = chase.run(&found.path);
    let moves = found.path.iter();
    let part = FoundPart {
        length: found.path.len() as u64,
        steps: moves.map(|one| words(one, chase.setup(), &trace)).collect(),
        words: found.finding.violation.words.clone(),
    };
    (found.finding.invariant.id.to_owned(), part)
}

fn plan_of(
    arguments: &ExploreArguments,
    quarry: &Quarry,
    chase: &Chase,
    options: Options,
    pieces: &Pieces<'_, Chase>,
) -> Plan {
    let world = &arguments.world;
    let mut words = format!(
        "--profile {} --powers {} --granularity {} --depth {}",
        plan::profile_name(world),
        quarry.arena.powers,
        quarry.granularity.as_str(),
        options.bounds.depth
    );
    for setting in &world.settings {
        let _ = write!(words, " --set {setting}");
    }
    let cost = options.bounds.cost;
    let budget = |name: &str, number: u64| (name.to_owned(), number);
    Plan {
        end: pieces.len() as u64,
        budgets: BTreeMap::from([
            budget("sessions", cost.sessions.into()),
            budget("injections", cost.injections.into()),
            budget("faults", cost.faults.into()),
            budget("states", options.limits.states),
            budget("octets", options.limits.octets),
        ]),
        ..Plan::new("explore", words, &subject(quarry, chase, options))
    }
}
