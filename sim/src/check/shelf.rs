//! The checks inside the binary: every file of `scenarios/checks/`, as it was when it was built.

use super::file::Group;
use crate::input_error::{InputError, SourceText};

const SHELF: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/checks.rs"));

/// The checks inside the binary, group by group.
///
/// # Errors
/// The first mistake in one of the files.
pub fn groups() -> Result<Vec<Group>, InputError> {
    let source = |(name, text): &(&str, &str)| {
        SourceText::new(&format!("scenarios/checks/{name}.json"), text)
    };
    SHELF.iter().map(|file| Group::read(source(file))).collect()
}
