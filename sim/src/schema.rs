//! The JSON Schemas of the files that people write, for editors: `grantlab schema`.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

use crate::check::file::CheckFile;
use crate::check::target::TargetFile;
use crate::profile::ProfileFile;
use crate::scenario::file::ScenarioFile;

/// The files that have a schema, by the words of the command line.
pub const FILES: [&str; 4] = ["scenario", "profile", "target", "check"];

/// The schema (draft 2020-12) of the file called `file`.
#[must_use]
pub fn schema(file: &str) -> Option<Schema> {
    match file {
        "scenario" => Some(of::<ScenarioFile>()),
        "profile" => Some(of::<ProfileFile>()),
        "target" => Some(of::<TargetFile>()),
        "check" => Some(of::<CheckFile>()),
        _ => None,
    }
}

fn of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<T>()
}
