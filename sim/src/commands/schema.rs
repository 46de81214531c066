//! `grantlab schema`: JSON Schemas, for editors and programs.

use grantlab_sim::check::Report as CheckReport;
use grantlab_sim::check::compare::Comparison;
use grantlab_sim::schema::schema;
use schemars::{JsonSchema, schema_for};

use super::console::{Console, MistakeReport};
use super::run::RunReport;
use super::{
    Failure, Verdict, against, attacks, explain, explore, hunt, matrix, merge, profiles,
    properties, shards, step, sweep, switches, tour,
};
use crate::arguments::{Schema, SchemaArguments};

/// What commands print with `--format json`: one object each, here by the name of the command.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is needed")]
struct Output {
    /// Any command, when its input is bad.
    any: MistakeReport,
    attacks: attacks::AttacksReport,
    check: CheckReport,
    compare: Comparison,
    explain: explain::ExplainReport,
    explore: explore::ExploreReport,
    hunt: hunt::report::HuntReport,
    matrix: matrix::MatrixReport,
    merge: merge::MergeReport,
    profiles: profiles::ProfilesReport,
    properties: properties::PropertiesReport,
    run: RunReport,
    /// `grantlab run --against`.
    run_against: against::AgainstReport,
    step: step::StepReport,
    /// `grantlab sweep`, whole.
    sweep: sweep::SweepReport,
    /// `grantlab sweep`, `explore` and `matrix` with `--out`.
    sweep_shard: shards::ShardReport,
    switches: switches::SwitchesReport,
    /// `grantlab` alone.
    tour: tour::TourReport,
}

/// A schema is JSON whatever the format.
pub(super) fn run(arguments: &SchemaArguments, console: &mut Console) -> Result<Verdict, Failure> {
    match arguments.what {
        Schema::Scenario => console.json(&schema("scenario"))?,
        Schema::Profile => console.json(&schema("profile"))?,
        Schema::Target => console.json(&schema("target"))?,
        Schema::Check => console.json(&schema("check"))?,
        Schema::Output => console.json(&schema_for!(Output))?,
    }
    Ok(Verdict::Fine)
}
