//! What is done with an input without libFuzzer: it is run again, and it is kept.

use std::ffi::OsStr;
use std::fs;
use std::io::{Error, Result};
use std::path::{Path, PathBuf};

use grantlab_sim::profile::settings::Settings;
use grantlab_sim::walk::violations;
use grantlab_sim::world::Mode;
use serde_json::json;

use crate::Target;
use crate::world::{Course, play, regression, setup, shrunk};

/// The repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What the binary of a target does: runs the files that the command line names, or with `--keep NAME FILE` makes the file
/// a corpus entry, so that every later test runs it.
///
/// # Errors
/// When a file cannot be read or written, or when there is an entry of that name.
pub fn run(name: &str, target: Target) -> Result<()> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    match arguments.as_slice() {
        [keep, entry, file] if keep == "--keep" => {
            for path in keep_entry(name, entry, Path::new(file), &root())? {
                println!("{}", path.display());
            }
        }
        files => {
            for file in files {
                target(&fs::read(file)?);
            }
        }
    }
    Ok(())
}

/// Keeps `file` as the entry `entry` of the target `name` below `root`, and says what was written. A course of the world
/// is written for people; if it violates an invariant, a regression scenario is written for each, without what it does
/// not need.
///
/// # Errors
/// When a file cannot be read or written, or when there is an entry of that name.
pub fn keep_entry(name: &str, entry: &OsStr, file: &Path, root: &Path) -> Result<Vec<PathBuf>> {
    let octets = fs::read(file)?;
    let mut path = root.join("fuzz/corpus").join(name).join(entry);
    let Some(course) = Course::read(&octets).filter(|_| name == "world") else {
        write_new(&path, &octets)?;
        return Ok(vec![path]);
    };
    path.set_extension("json");
    // First as it is: playing it may panic.
    write_new(&path, &octets)?;
    let hardened = setup(&Settings::default()).ok_or_else(|| Error::other("there is no world"))?;
    let played = play(&hardened, Mode::Message, &course, usize::MAX);
    fs::write(&path, played.pinned.write_for_people(&played.what))?;
    let mut written = vec![path];
    for (invariant, _) in violations(&played.trace) {
        let least = shrunk(&hardened, &course, invariant);
        if let Some(scenario) = regression(&hardened, &json!({}), &least, invariant) {
            let mut file = entry.to_owned();
            file.push(format!("-{invariant}.json"));
            let path = root.join("scenarios/regressions").join(file);
            write_new(&path, scenario.as_bytes())?;
            written.push(path);
        }
    }
    Ok(written)
}

fn write_new(path: &Path, octets: &[u8]) -> Result<()> {
    use std::io::Write as _;

    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::File::create_new(path)?.write_all(octets)
}
