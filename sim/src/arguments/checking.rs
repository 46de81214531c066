//! Arguments of the commands that look at somebody else's server.

use clap::Args;

pub(super) const CHECK_HELP: &str = "\
Examples:
  grantlab check --profile rfc9700                our own server, in this process
  grantlab check my/target.json                   the server that this file describes
  grantlab check my/target.json --only CL --detail   one group, with what was sent and came
  grantlab check my/target.json --accept          keep what it does now, and show from then on what is different
  grantlab schema target                          what a target file can say

Exit codes: 0 fine; 1 a check failed that is not listed as known, or something is different
from the snapshot; 2 bad input.";

/// Arguments of `grantlab check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// The file that describes the server (`scenarios/checks/README.md` says how)
    #[arg(value_name = "TARGET.json", required_unless_present = "profile")]
    pub(crate) target: Option<String>,
    /// Check our own server instead, in this process, as this profile makes it
    #[arg(long, value_name = "PROFILE", conflicts_with = "target")]
    pub(crate) profile: Option<String>,
    /// Do these checks alone: an id such as `CL-02`, or a group such as `CL`; several with commas between, or the option several times
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Do the checks of these files instead of those inside the binary
    #[arg(long, value_name = "FILE")]
    pub(crate) checks: Vec<String>,
    /// Print what was sent and what came, for every check that did not pass
    #[arg(long)]
    pub(crate) detail: bool,
    /// Print passed checks too, not only their number
    #[arg(long)]
    pub(crate) all: bool,
    /// Compare with this snapshot; without, with TARGET.snapshot.json beside the target file, if it is there
    #[arg(long, value_name = "FILE")]
    pub(crate) snapshot: Option<String>,
    /// Write what the server does into the snapshot, instead of comparing
    #[arg(long)]
    pub(crate) accept: bool,
    /// Write the verdicts to this file, as JUnit XML
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<String>,
    /// Wait where the clock of the server cannot be moved
    #[arg(long)]
    pub(crate) wait: bool,
}

pub(super) const COMPARE_HELP: &str = "\
Examples:
  grantlab compare a.snapshot.json b.snapshot.json
  grantlab compare a.snapshot.json b.snapshot.json --only CL

`grantlab check TARGET.json --accept` writes such files.";

/// Arguments of `grantlab compare`.
#[derive(Debug, Args)]
pub(crate) struct CompareArguments {
    /// Snapshots
    #[arg(value_name = "SNAPSHOT.json", required = true, num_args = 2..)]
    pub(crate) snapshots: Vec<String>,
    /// Show these checks alone: an id, or a group; several with commas between, or the option several times
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
}
