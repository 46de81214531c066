//! What `grantlab serve` can be told.

use std::net::{IpAddr, Ipv4Addr};

use clap::{Args, ValueEnum};
use grantlab_sim::seed::Seed;

use super::Setting;

pub(super) const SERVE_HELP: &str = "\
Examples:
  grantlab serve                                      RFC 9700 on ports of this machine that are free
  grantlab serve --port 8080 --admin-port 8081 --auto-approve alice
  grantlab serve --profile rfc6749 --set as.iss_param=off --redirect-uri http://127.0.0.1:3000/callback
  grantlab serve --report client.txt                  what a client made of the cases, once Ctrl-C is pressed
  curl -s localhost:8081/visit -d '{\"url\": \"http://127.0.0.1:8080/authorize?…\"}'    logs in, and says the callback

Users, passwords, clients and both ports are printed at the start. Ctrl-C stops it.";

/// Arguments of `grantlab serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// How the server behaves: a name (`grantlab profiles`), or a file
    #[arg(long, value_name = "PROFILE", default_value = "rfc9700")]
    pub(crate) profile: String,
    /// Set a switch (`grantlab switches`); may be given many times
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) settings: Vec<Setting>,
    /// On which port; any that is free, without
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub(crate) port: u16,
    /// On which port of this machine its administrator is listened to; any that is free, without
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub(crate) admin_port: u16,
    /// On which address; others than this machine's own can be reached by anybody
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub(crate) listen: IpAddr,
    /// This user says yes to every authorization request, without a page
    #[arg(long, value_name = "USER")]
    pub(crate) auto_approve: Option<String>,
    /// Derive codes, tokens and keys from this seed: 1 to 32 hexadecimal digits
    #[arg(
        long,
        value_name = "SEED",
        default_value = "1",
        conflicts_with = "entropy"
    )]
    pub(crate) seed: Seed,
    /// Where codes, tokens and keys come from instead
    #[arg(long, value_enum, value_name = "SOURCE")]
    pub(crate) entropy: Option<Randomness>,
    /// How many milliseconds each question to the store takes: time for `as.code_use=check_then_set` to lose a race
    #[arg(long, value_name = "MS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=10_000))]
    pub(crate) store_delay: u64,
    /// Where responses to the clients that are always there may go; may be given many times
    #[arg(long = "redirect-uri", value_name = "URI")]
    pub(crate) redirect_uris: Vec<String>,
    /// A file with more clients: an array of objects with the members of RFC 7591
    #[arg(long, value_name = "FILE")]
    pub(crate) clients: Option<String>,
    /// A file with more cases, as in `scenarios/clients/cases.json`
    #[arg(long, value_name = "FILE")]
    pub(crate) cases: Option<String>,
    /// Where the report of what the client did is written at the end: as text if the name ends in .txt, otherwise as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<String>,
}

/// Where fresh values come from, if not from a seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Randomness {
    /// The operating system: nobody can guess them
    Os,
}
