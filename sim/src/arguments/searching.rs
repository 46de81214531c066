//! Arguments of the commands that search: `hunt`, `explore`, `matrix`.

use std::num::NonZeroUsize;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use grantlab_sim::shard::Share;

use super::{Seeds, Setting};

pub(super) const HUNT_HELP: &str = "\
Examples:
  grantlab hunt --profile wishtack                    what a provider's document leaves open
  grantlab hunt --set as.redirect_match=prefix --set client.type=public
  grantlab hunt --attack MX-01                        a published attack, in its own preset
  grantlab hunt --attack CU-02 --save found.json      kept as a scenario: grantlab run found.json
  grantlab hunt --powers a1,a3 --depth 3 --seconds 60
  grantlab hunt --depth 5 --seconds 600 --checkpoint deep.search   stop, and go on another day
  grantlab hunt --profile aidbox --random 0..10000    random walks, and what they find made short

Exit codes: 0 nothing found; 1 a finding; 2 bad input.";

pub(super) const EXPLORE_HELP: &str = "\
Examples:
  grantlab explore --depth 3                          the hardened profile, every move of three
  grantlab explore --profile oauth21 --depth 3 --powers a1
  grantlab explore --profile pockets --depth 2        every kind of violation in reach
  grantlab explore --depth 4 --shard 3/8 --out results
  grantlab explore --depth 5 --memory 2G --checkpoint deep.search   Ctrl-C, and go on another day

Exit codes: 0 nothing found; 1 findings; 2 bad input.";

pub(super) const MATRIX_HELP: &str = "\
Examples:
  grantlab matrix                                     every attack whose parts are all here
  grantlab matrix --only CU-03,BS-01                  two of them
  grantlab matrix --only MX-01 --depth-beyond 3 --format json
  grantlab matrix --tier 2
  grantlab matrix --shard 3/8 --out results           a part of it; grantlab merge results

Each attack is searched in its own preset, and then with each published countermeasure to two moves more.
Exit codes: 0 all is as published, or known to be otherwise; 1 something is not; 2 bad input.";

/// What is searched, and how far.
#[derive(Clone, Debug, Args)]
pub(crate) struct World {
    /// The profile: a name (`grantlab profiles`), or a file
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// Set a switch (`grantlab switches`); may be given many times
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) settings: Vec<Setting>,
    /// The attackers of RFC 9700 §3, such as `a1,a3`
    #[arg(long, value_name = "POWERS", value_delimiter = ',')]
    pub(crate) powers: Vec<String>,
    /// When a move is over: when all that follows has happened, or at once, which shows races
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) granularity: Option<Grain>,
    /// Logins that are started, at most
    #[arg(long, value_name = "N")]
    pub(crate) sessions: Option<u8>,
    /// Messages that the attacker makes up, at most
    #[arg(long, value_name = "N")]
    pub(crate) injections: Option<u8>,
    /// Faults of the environment, at most
    #[arg(long, value_name = "N")]
    pub(crate) faults: Option<u8>,
    /// Moves at most
    #[arg(long, value_name = "N")]
    pub(crate) depth: Option<u32>,
}

/// When a search stops before its bounds.
#[derive(Clone, Debug, Args)]
pub(crate) struct Budget {
    /// Distinct states at most
    #[arg(long, value_name = "N")]
    pub(crate) states: Option<u64>,
    /// Seconds at most
    #[arg(long, value_name = "N")]
    pub(crate) seconds: Option<u64>,
    /// Memory for visited states at most, such as 512M or 2G
    #[arg(long, value_name = "SIZE")]
    pub(crate) memory: Option<Memory>,
    /// Threads; as many as there are cores, without
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
}

/// Where a search is written down.
#[derive(Clone, Debug, Args)]
pub(crate) struct CheckpointArguments {
    /// Write the search down in this file while it runs and when its budget is spent; go on from it when it exists
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Option<String>,
    /// Seconds between two times that it is written down
    #[arg(long, value_name = "SECONDS", default_value_t = 60, requires = "checkpoint", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) checkpoint_every: u64,
}

/// Arguments of `grantlab hunt`.
#[derive(Clone, Debug, Args)]
pub(crate) struct HuntArguments {
    #[command(flatten)]
    pub(crate) world: World,
    #[command(flatten)]
    pub(crate) budget: Budget,
    /// The property to violate (`grantlab properties`); any, without
    #[arg(long, value_name = "ID")]
    pub(crate) property: Option<String>,
    /// The published attack to find (`grantlab attacks`), in its preset
    #[arg(long, value_name = "ID")]
    pub(crate) attack: Option<String>,
    #[command(flatten)]
    pub(crate) checkpoint: CheckpointArguments,
    /// Take random walks from these seeds instead of searching
    #[arg(
        long,
        visible_alias = "random",
        value_name = "A..B",
        conflicts_with = "checkpoint"
    )]
    pub(crate) seeds: Option<Seeds>,
    /// Keep the finding as a scenario: in this file, or in this folder
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<String>,
}

/// Arguments of `grantlab explore`.
#[derive(Debug, Args)]
pub(crate) struct ExploreArguments {
    #[command(flatten)]
    pub(crate) world: World,
    #[command(flatten)]
    pub(crate) budget: Budget,
    #[command(flatten)]
    pub(crate) checkpoint: CheckpointArguments,
    /// Only every Nth piece, beginning with the Ith: for many processes and machines
    #[arg(long, value_name = "I/N", requires = "out")]
    pub(crate) shard: Option<Share>,
    /// Write a file for each piece below this folder, and skip those that are there; `grantlab merge` puts them together.
    /// Pieces look for harm alone, not for broken rules that stand before it
    #[arg(long, value_name = "DIR", conflicts_with = "checkpoint")]
    pub(crate) out: Option<String>,
}

/// Arguments of `grantlab matrix`.
#[derive(Debug, Args)]
pub(crate) struct MatrixArguments {
    /// An attack (`grantlab attacks`); may be given many times
    #[arg(
        long = "attack",
        visible_alias = "only",
        value_name = "ID",
        value_delimiter = ','
    )]
    pub(crate) attacks: Vec<String>,
    /// Attacks of this tier and below
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=3))]
    pub(crate) tier: u8,
    /// Moves beyond the depth of an attack up to which a countermeasure must stop it
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(crate) depth_beyond: u32,
    #[command(flatten)]
    pub(crate) budget: Budget,
    /// Only every Nth attack, beginning with the Ith: for many processes and machines
    #[arg(long, value_name = "I/N", requires = "out")]
    pub(crate) shard: Option<Share>,
    /// Write a file for each attack below this folder, and skip those that are there; `grantlab merge` puts them together
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<String>,
}

/// When a move is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Grain {
    /// When everything that follows from it has happened
    Action,
    /// At once: every delivery, timer and fault is a move of its own
    Event,
}

impl Grain {
    /// Its word on the command line.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Action => "action",
            Self::Event => "event",
        }
    }
}

/// An amount of memory, as it was typed: a number of octets, or with `K`, `M` or `G` of 1024, 1024² or 1024³.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Memory(pub(crate) u64);

impl FromStr for Memory {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "an amount of memory is a number with K, M or G, such as 512M";
        let upper = text.to_ascii_uppercase();
        let digits = upper.trim_end_matches(['K', 'M', 'G']);
        let unit = match upper.strip_prefix(digits) {
            Some("") => 1,
            Some("K") => 1 << 10,
            Some("M") => 1 << 20,
            Some("G") => 1 << 30,
            Some(_) | None => return Err(EXPECTED),
        };
        let number: u64 = digits.parse().map_err(|_| EXPECTED)?;
        let octets = number.checked_mul(unit).filter(|octets| *octets > 0);
        octets.map(Self).ok_or(EXPECTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_has_units() {
        assert_eq!("512M".parse(), Ok(Memory(512 << 20)));
        assert_eq!("2g".parse(), Ok(Memory(2 << 30)));
        assert_eq!("4096".parse(), Ok(Memory(4096)));
        for bad in ["", "M", "-1M", "1T", "1MM", "0", "99999999999G"] {
            assert!(bad.parse::<Memory>().is_err(), "{bad}");
        }
    }
}
