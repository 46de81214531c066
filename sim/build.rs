//! Puts the scenarios and the checks into the binary: writes the lists that `src/scenario/shelf.rs` and
//! `src/check/shelf.rs` include.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folders of `scenarios/` that have something else: profiles, checks of servers, and servers and clients
/// that others wrote.
const NO_SCENARIOS: [&str; 4] = ["profiles", CHECKS, "clients", "targets"];

/// The folder of `scenarios/` that has checks.
const CHECKS: &str = "checks";

fn main() -> io::Result<()> {
    let folder = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("../scenarios");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut scenarios = Vec::new();
    gather(&folder, "", &mut scenarios)?;
    put("shelf.rs", scenarios)?;
    let mut checks = Vec::new();
    gather(&folder.join(CHECKS), "", &mut checks)?;
    put("checks.rs", checks)
}

/// Writes the list of files called `name`.
fn put(name: &str, mut files: Vec<(String, PathBuf)>) -> io::Result<()> {
    files.sort();
    let mut list = String::from("&[\n");
    for (name, path) in files {
        let _ = writeln!(list, "    ({name:?}, include_str!({path:?})),");
    }
    list.push_str("]\n");
    fs::write(PathBuf::from(variable("OUT_DIR")?).join(name), list)
}

#[expect(
    clippy::disallowed_methods,
    reason = "so cargo tells build scripts where they are"
)]
fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(io::Error::other)
}

/// Adds name and path of every JSON file below `folder`. Their names begin with `prefix`.
fn gather(folder: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        if path.is_dir() && !NO_SCENARIOS.contains(&name) {
            gather(&path, &format!("{prefix}{name}/"), files)?;
        } else if let Some(stem) = name.strip_suffix(".json") {
            files.push((format!("{prefix}{stem}"), path));
        }
    }
    Ok(())
}
