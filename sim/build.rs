//! Puts the scenarios into the binary: writes the list of them that `src/scenario/shelf.rs` includes.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of `scenarios/` that has profiles instead.
const PROFILES: &str = "profiles";

fn main() -> io::Result<()> {
    let folder = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("../scenarios");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut scenarios = Vec::new();
    gather(&folder, "", &mut scenarios)?;
    scenarios.sort();

    let mut list = String::from("&[\n");
    for (name, path) in scenarios {
        let _ = writeln!(list, "    ({name:?}, include_str!({path:?})),");
    }
    list.push_str("]\n");
    let target = PathBuf::from(variable("OUT_DIR")?).join("shelf.rs");
    fs::write(target, list)
}

#[expect(
    clippy::disallowed_methods,
    reason = "so cargo tells build scripts where they are"
)]
fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(io::Error::other)
}

/// Adds name and path of every scenario below `folder`. Their names begin with `prefix`.
fn gather(folder: &Path, prefix: &str, scenarios: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        if path.is_dir() && name != PROFILES {
            gather(&path, &format!("{prefix}{name}/"), scenarios)?;
        } else if let Some(stem) = name.strip_suffix(".json") {
            scenarios.push((format!("{prefix}{stem}"), path));
        }
    }
    Ok(())
}
