//! What can be typed, and what it means. Nothing is read or written here.

mod checking;
mod searching;
mod serving;

use std::fmt;
use std::num::{NonZeroU64, NonZeroUsize};
use std::ops::Range;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};
use grantlab_sim::profile::setup::NODES_MAX;
use grantlab_sim::seed::Seed;
use grantlab_sim::shard::Share;
use grantlab_sim::trace::Detail;
use grantlab_sim::world::Mode;

pub(crate) use checking::{CheckArguments, CompareArguments};
pub(crate) use searching::{
    Budget, CheckpointArguments, ExploreArguments, Grain, HuntArguments, MatrixArguments, World,
};

pub(crate) use serving::{Randomness, ServeArguments};

/// A laboratory for the OAuth 2.0 authorization code flow (RFC 6749 §4.1).
///
/// Client, user-agent, authorization server, resource server and grant store run in memory, step by step, from a
/// seed: the same command always prints the same. Rules of the flow can be weakened one by one, to see what they
/// are good for. Without a command grantlab takes you around.
#[derive(Debug, Parser)]
#[command(name = "grantlab", version, after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// For whom the output is: `text` for people, `json` for programs (`grantlab schema output` says what is in it)
    #[arg(long, global = true, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    pub(crate) format: Format,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

const AFTER_HELP: &str = "\
Examples:
  grantlab                                 the tour, a minute's reading
  grantlab run                             replay every scenario
  grantlab step flows/wishtack-login       read one of them step by step
  grantlab sweep --seeds 0..10000          look for trouble in ten thousand logins with faults
  grantlab explain invalid_grant           which rules answer that, and why

Exit codes: 0 fine; 1 a finding, or an expectation that failed; 2 bad input.";

/// For whom the output is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs: one object.
    Json,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Replay scenarios and say whether what they expect comes true
    #[command(after_help = RUN_HELP)]
    Run(RunArguments),
    /// Walk through a scenario: who sends what, where each value comes from, what holds so far
    #[command(after_help = STEP_HELP)]
    Step(StepArguments),
    /// Make a lesson of scenarios: one page that opens anywhere, or a picture or a capture for other tools
    #[command(after_help = LESSON_HELP)]
    Lesson(LessonArguments),
    /// Let honest users log in while messages get lost, late and doubled, once per seed, and see what breaks
    #[command(after_help = SWEEP_HELP)]
    Sweep(SweepArguments),
    /// Put together what the chunks of a sweep came to that was shared by processes or machines
    #[command(after_help = MERGE_HELP)]
    Merge(MergeArguments),
    /// Search for the shortest attack: what opens, what it needs, what stops it
    #[command(after_help = searching::HUNT_HELP)]
    Hunt(HuntArguments),
    /// Try every move of users and attacker up to a depth, and say what was covered
    #[command(after_help = searching::EXPLORE_HELP)]
    Explore(ExploreArguments),
    /// Search every published attack, and again with every countermeasure
    #[command(after_help = searching::MATRIX_HELP)]
    Matrix(MatrixArguments),
    /// Serve our authorization server over HTTP, for somebody else's client
    #[command(after_help = serving::SERVE_HELP)]
    Serve(ServeArguments),
    /// List the profiles: standards, and what providers' documents say
    #[command(after_help = PROFILES_HELP)]
    Profiles(ProfilesArguments),
    /// List the switches: what each party can be made to do badly
    #[command(after_help = SWITCHES_HELP)]
    Switches(SwitchesArguments),
    /// List the properties: what must be true of every run
    #[command(after_help = PROPERTIES_HELP)]
    Properties(PropertiesArguments),
    /// List the published attacks: what each needs, what it violates, what stops it
    #[command(after_help = ATTACKS_HELP)]
    Attacks(AttacksArguments),
    /// Check somebody's authorization server: what it does with requests, honest and other
    #[command(after_help = checking::CHECK_HELP)]
    Check(CheckArguments),
    /// Put the snapshots of several servers side by side: where they differ
    #[command(after_help = checking::COMPARE_HELP)]
    Compare(CompareArguments),
    /// Print a JSON Schema, for editors and programs
    #[command(after_help = SCHEMA_HELP)]
    Schema(SchemaArguments),
    /// Say what an error code or a rule means: who demands it, how it is answered, which switch weakens it
    #[command(after_help = EXPLAIN_HELP)]
    Explain(ExplainArguments),
}

const RUN_HELP: &str = "\
Examples:
  grantlab run                                        every scenario inside the binary
  grantlab run flows                                  those of one folder
  grantlab run my/first.json --trace --detail messages
  grantlab run faults/duplicated-token-request --set as.code_use=unlimited";

/// Arguments of `grantlab run`.
#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// Files, folders, or names of scenarios inside the binary and of their folders; all of the latter, without
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    /// Print each run as it happened
    #[arg(long)]
    pub(crate) trace: bool,
    /// How much of a trace is printed
    #[arg(long, value_enum, default_value_t = TraceDetail::Story, value_name = "DETAIL")]
    pub(crate) detail: TraceDetail,
    /// Print the whole hash of each run
    #[arg(long)]
    pub(crate) hash: bool,
    /// Carry each run to the server that this file describes, and say where it does something else
    #[arg(long, value_name = "TARGET.json", conflicts_with_all = ["trace", "hash"])]
    pub(crate) against: Option<String>,
    #[command(flatten)]
    pub(crate) changes: Changes,
}

/// How much of a trace is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TraceDetail {
    /// What was done, sent and noted
    Story,
    /// Also the parameters of every message
    Messages,
}

impl From<TraceDetail> for Detail {
    fn from(detail: TraceDetail) -> Self {
        match detail {
            TraceDetail::Story => Self::Story,
            TraceDetail::Messages => Self::Messages,
        }
    }
}

/// What is to be otherwise than the scenario says.
#[derive(Debug, Default, Args)]
pub(crate) struct Changes {
    /// Run with this profile: a name (`grantlab profiles`), or a file
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// Set a switch (`grantlab switches`); may be given many times
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) settings: Vec<Setting>,
    /// Derive the fresh values of the run from this seed: 1 to 32 hexadecimal digits
    #[arg(long, value_name = "SEED")]
    pub(crate) seed: Option<Seed>,
    /// How messages travel from party to party
    #[arg(long, value_enum, value_name = "MODE")]
    pub(crate) mode: Option<Travel>,
}

const STEP_HELP: &str = "\
Examples:
  grantlab step flows/wishtack-login           a walk through it; on a terminal, one step at a time
  grantlab step flows/wishtack-login --from 7 --to 9
  grantlab step flows/wishtack-login | less";

/// Arguments of `grantlab step`.
#[derive(Debug, Args)]
pub(crate) struct StepArguments {
    /// A file, or the name of a scenario inside the binary
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: String,
    /// The first step to show
    #[arg(long, value_name = "STEP", default_value_t = 1)]
    pub(crate) from: usize,
    /// The last step to show
    #[arg(long, value_name = "STEP")]
    pub(crate) to: Option<usize>,
    /// Draw every step, as on a terminal
    #[arg(long)]
    pub(crate) frames: bool,
    /// In which language steps are drawn
    #[arg(long, value_enum, default_value_t = Language::En, value_name = "LANGUAGE")]
    pub(crate) language: Language,
    /// Draw with the signs of ASCII alone
    #[arg(long)]
    pub(crate) ascii: bool,
    #[command(flatten)]
    pub(crate) changes: Changes,
}

const LESSON_HELP: &str = "\
Examples:
  grantlab lesson flows/wishtack-login -o wishtack.html     one page with everything in it
  grantlab lesson login-csrf -o csrf.html                   a ready lesson: attack and defence
  grantlab lesson --all -o lessons                          all of them, and a gallery
  grantlab lesson --serve                                   live: change a switch, and see what it does
  grantlab lesson flows/login --export pcap -o login.pcap   for Wireshark; also svg, mermaid, har and more";

/// Arguments of `grantlab lesson`.
#[derive(Debug, Args)]
pub(crate) struct LessonArguments {
    /// Files, names of scenarios inside the binary, or one ready lesson
    #[arg(value_name = "SCENARIO", required_unless_present_any = ["all", "serve"])]
    pub(crate) scenarios: Vec<String>,
    /// Write every ready lesson, a page for every scenario inside the binary, and a gallery, into one folder
    #[arg(long, conflicts_with_all = ["scenarios", "export"])]
    pub(crate) all: bool,
    /// Serve lessons to this machine's browser, with switches, seed and next action to change
    #[arg(long, conflicts_with_all = ["scenarios", "export", "all", "output"])]
    pub(crate) serve: bool,
    /// On which port of 127.0.0.1; any that is free, without
    #[arg(long, value_name = "PORT", default_value_t = 0, requires = "serve")]
    pub(crate) port: u16,
    /// Where the lesson is written; to the terminal, without
    #[arg(short, long, value_name = "PATH")]
    pub(crate) output: Option<String>,
    /// Write it for other tools
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) export: Option<Export>,
    /// Which run of the lesson is exported; the first, without
    #[arg(long, value_name = "RUN")]
    pub(crate) run: Option<String>,
    /// In which language it is exported; a page has all of them
    #[arg(long, value_enum, default_value_t = Language::En, value_name = "LANGUAGE")]
    pub(crate) language: Language,
    #[command(flatten)]
    pub(crate) changes: Changes,
}

/// In which format a lesson is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Export {
    /// All of it, as data
    Json,
    /// HTTP archive, for browsers and proxies
    Har,
    /// Text with headings
    Markdown,
    /// Sequence diagram for Mermaid
    Mermaid,
    /// Packet capture, for Wireshark
    Pcap,
    /// Sequence diagram for PlantUML
    Plantuml,
    /// Picture
    Svg,
}

/// In which language a lesson speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// English
    En,
    /// French
    Fr,
    /// Russian
    Ru,
}

impl Language {
    /// Its name in texts.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
            Self::Ru => "ru",
        }
    }
}

const SWEEP_HELP: &str = "\
Examples:
  grantlab sweep --seeds 0..100000                    a hardened server, faults, all cores
  grantlab sweep --seeds 0..1000 --set as.code_use=check_then_set --nodes 2
  grantlab sweep --seeds 0..1000 --profile pockets --mode wire
  grantlab sweep --seeds 0..1000000 --shard 3/8 --out results

Whatever the number of threads, the summary and its digest are the same. Ctrl-C stops after the walks under way.";

/// Arguments of `grantlab sweep`.
#[derive(Debug, Args)]
pub(crate) struct SweepArguments {
    /// Which seeds: one walk each, the last one left out
    #[arg(long, value_name = "A..B")]
    pub(crate) seeds: Seeds,
    /// The profile to walk in: a name (`grantlab profiles`), or a file
    #[arg(long, value_name = "PROFILE", default_value = "rfc9700")]
    pub(crate) profile: String,
    /// Set a switch (`grantlab switches`); may be given many times
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) settings: Vec<Setting>,
    /// Faults of a walk at most: messages lost, doubled or late, parties that crash
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) faults: u32,
    /// Nodes that share the authorization server's store
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=i64::from(NODES_MAX)))]
    pub(crate) nodes: u8,
    /// Threads; as many as there are cores, without
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// How messages travel from party to party
    #[arg(long, value_enum, default_value_t = Travel::Message, value_name = "MODE")]
    pub(crate) mode: Travel,
    /// Where the first violation is kept, as a scenario; written only if there is one
    #[arg(long, value_name = "FILE", default_value = "violation.json")]
    pub(crate) save: String,
    /// Only every Nth chunk of seeds, beginning with the Ith: for many processes and machines
    #[arg(long, value_name = "I/N", requires = "out")]
    pub(crate) shard: Option<Share>,
    /// Write a file for each chunk of seeds below this folder, and skip those that are there; `grantlab merge` puts
    /// them together
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<String>,
    /// Seeds of a chunk
    #[arg(long, value_name = "SEEDS", default_value = "1024")]
    pub(crate) chunk: NonZeroU64,
}

const MERGE_HELP: &str = "\
Examples:
  grantlab merge results                   what all chunks came to, or which are missing
  grantlab merge results --plan 3fa0       of several plans, one

What is printed depends on the plan alone: not on who did which chunk, on how many threads, or how often.";

/// Arguments of `grantlab merge`.
#[derive(Debug, Args)]
pub(crate) struct MergeArguments {
    /// The folder that was given to `--out`
    #[arg(value_name = "DIR")]
    pub(crate) folder: String,
    /// How the name of the plan begins, when there are several
    #[arg(long, value_name = "PLAN")]
    pub(crate) plan: Option<String>,
}

/// How messages travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Travel {
    /// As values
    Message,
    /// As the octets of HTTP/1.1, written and read at every hop
    Wire,
}

impl From<Travel> for Mode {
    fn from(travel: Travel) -> Self {
        match travel {
            Travel::Message => Self::Message,
            Travel::Wire => Self::Wire,
        }
    }
}

const PROFILES_HELP: &str = "\
Examples:
  grantlab profiles              all of them
  grantlab profiles wishtack     what is special about one, and its file";

/// Arguments of `grantlab profiles`.
#[derive(Debug, Args)]
pub(crate) struct ProfilesArguments {
    /// A profile: a name, or a file
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
}

const SWITCHES_HELP: &str = "\
Examples:
  grantlab switches              all of them, with their values
  grantlab switches as.pkce      who demands the secure value, and which profiles have another";

/// Arguments of `grantlab switches`.
#[derive(Debug, Args)]
pub(crate) struct SwitchesArguments {
    /// A switch
    #[arg(value_name = "KEY")]
    pub(crate) key: Option<String>,
}

const PROPERTIES_HELP: &str = "\
Examples:
  grantlab properties                      all of them
  grantlab properties code-single-use      who demands it";

/// Arguments of `grantlab properties`.
#[derive(Debug, Args)]
pub(crate) struct PropertiesArguments {
    /// A property
    #[arg(value_name = "ID")]
    pub(crate) id: Option<String>,
}

const ATTACKS_HELP: &str = "\
Examples:
  grantlab attacks               all of them
  grantlab attacks MX-01         one: its presets and what is published to stop it";

/// Arguments of `grantlab attacks`.
#[derive(Debug, Args)]
pub(crate) struct AttacksArguments {
    /// An attack
    #[arg(value_name = "ID")]
    pub(crate) id: Option<String>,
}

const SCHEMA_HELP: &str = "\
Examples:
  grantlab schema scenario > scenario.schema.json
  grantlab schema output         what the commands print with --format json";

/// Arguments of `grantlab schema`.
#[derive(Debug, Args)]
pub(crate) struct SchemaArguments {
    /// Of what
    #[arg(value_enum, value_name = "WHAT")]
    pub(crate) what: Schema,
}

/// What has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Schema {
    /// Scenario files
    Scenario,
    /// Profile files
    Profile,
    /// Files that describe somebody's server
    Target,
    /// Files of checks
    Check,
    /// What each command prints with `--format json`
    Output,
}

const EXPLAIN_HELP: &str = "\
Examples:
  grantlab explain                         every rule
  grantlab explain invalid_grant           every rule that is answered so
  grantlab explain code-redirect-matches   one rule";

/// Arguments of `grantlab explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// An error code or the name of a rule
    #[arg(value_name = "ERROR-OR-RULE")]
    pub(crate) word: Option<String>,
}

/// `KEY=VALUE`, as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) key: String,
    pub(crate) value: String,
}

impl fmt::Display for Setting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}={}", self.key, self.value)
    }
}

impl FromStr for Setting {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((key, value)) if !key.is_empty() => Ok(Self {
                key: key.to_owned(),
                value: value.to_owned(),
            }),
            Some(_) | None => Err("a setting is KEY=VALUE, such as as.pkce=optional"),
        }
    }
}

/// `A..B`, as it was typed: whole decimal numbers, and `A` below `B`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seeds(pub(crate) Range<u64>);

impl FromStr for Seeds {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "seeds are A..B with A below B, such as 0..1000";
        let (start, end) = text.split_once("..").ok_or(EXPECTED)?;
        let start = start.parse().map_err(|_| EXPECTED)?;
        let end = end.parse().map_err(|_| EXPECTED)?;
        if start < end {
            Ok(Self(start..end))
        } else {
            Err(EXPECTED)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;
    use grantlab_sim::scenario::shelf;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_shows_an_example() {
        for command in Arguments::command().get_subcommands() {
            let name = command.get_name();
            let help = command.get_after_help().map(ToString::to_string);
            let example = format!("  grantlab {name}");
            assert!(help.unwrap_or_default().contains(&example), "{name}");
        }
    }

    #[test]
    fn scenarios_in_examples_exist() {
        let helps = [AFTER_HELP, RUN_HELP, STEP_HELP];
        let examples = helps.iter().flat_map(|help| help.lines());
        let mut found = 0;
        for example in examples {
            let words: Vec<&str> = example.split_whitespace().take(3).collect();
            let ["grantlab", "run" | "step", name] = *words else {
                continue;
            };
            if name.ends_with(".json")
                || example.contains("every scenario")
                || example.contains("replay")
            {
                continue;
            }
            let exists = shelf::find(name).is_some() || shelf::below(name).next().is_some();
            assert!(exists, "{example}");
            found += 1;
        }
        assert!(found > 3);
    }

    #[test]
    fn seeds_are_a_range_that_is_not_empty() {
        assert_eq!("3..7".parse(), Ok(Seeds(3..7)));
        for bad in [
            "", "7", "7..", "..7", "7..7", "8..7", "-1..2", "0..=2", "0x1..2",
        ] {
            assert!(bad.parse::<Seeds>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_setting_is_parted_at_its_first_sign() {
        let setting: Setting = "as.code_ttl=a=b".parse().unwrap();
        assert_eq!((&*setting.key, &*setting.value), ("as.code_ttl", "a=b"));
        assert!("as.pkce".parse::<Setting>().is_err());
        assert!("=off".parse::<Setting>().is_err());
    }
}
