//! A test that cannot run here.

use std::io::{Write as _, stderr};

/// Says why nothing was tested, past the runner, which shows what a test prints only when it fails.
pub(crate) fn skipped(why: &str) {
    let _ = writeln!(stderr().lock(), "skipped: {why}");
}
