//! What can be typed, and what it means. Nothing is read or written here.

use clap::{Args, Parser, Subcommand, ValueEnum};

/// A laboratory for the OAuth 2.0 authorization code flow (RFC 6749 §4.1).
///
/// Client, user-agent, authorization server, resource server and grant store run in memory, step by step, from a
/// seed: the same command always prints the same. Rules of the flow can be weakened one by one, to see what they
/// are good for.
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
  grantlab profiles                        what there is
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
    /// List the profiles: standards, and what providers' documents say
    #[command(after_help = PROFILES_HELP)]
    Profiles(ProfilesArguments),
    /// List the switches: what each party can be made to do badly
    #[command(after_help = SWITCHES_HELP)]
    Switches(SwitchesArguments),
    /// List the properties: what must be true of every run
    #[command(after_help = PROPERTIES_HELP)]
    Properties(PropertiesArguments),
    /// Print a JSON Schema, for editors and programs
    #[command(after_help = SCHEMA_HELP)]
    Schema(SchemaArguments),
    /// Say what an error code or a rule means: who demands it, how it is answered, which switch weakens it
    #[command(after_help = EXPLAIN_HELP)]
    Explain(ExplainArguments),
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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

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
}
