//! How much of the core the corpus of each target reaches, beside the ceilings in `ceilings.json`.
//!
//! ```sh
//! rustup component add llvm-tools
//! cargo run -p grantlab-fuzz --example coverage
//! cargo run -p grantlab-fuzz --example coverage -- --write
//! ```
//!
//! It builds itself once more with coverage counters, lets that replay the corpus of one target after the other, and
//! counts the regions that were not reached in the files that the target is there for. More than the ceiling is a
//! failure: code grew without an input that reaches it, or an input was lost. `--write` makes what is measured the
//! ceilings.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use grantlab_fuzz::TARGETS;
use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The ceilings that are written leave room for one missed region in fifty more, and are multiples of this, so that a small
/// change of the core does not break them.
const STEP: u64 = 5;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["replay", target] => replay(target).map(|()| true),
        ["--write"] => check(true),
        [] => check(false),
        _ => Err("expected nothing or --write".into()),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn fuzz() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a target on its corpus.
fn replay(name: &str) -> Outcome<()> {
    let known = TARGETS.iter().find(|(known, _)| *known == name);
    let (_, target) = known.ok_or("there is no such target")?;
    for entry in fs::read_dir(fuzz().join("corpus").join(name))? {
        target(&fs::read(entry?.path())?);
    }
    Ok(())
}

/// Measures every target; `false` when one of them is over its ceiling.
fn check(write: bool) -> Outcome<bool> {
    let path = fuzz().join("ceilings.json");
    let mut ceilings: BTreeMap<String, Value> = serde_json::from_str(&fs::read_to_string(&path)?)?;
    let tools = Tools::find()?;
    let mut fine = true;
    for (name, _) in TARGETS {
        let ceiling = ceilings
            .get_mut(*name)
            .ok_or(format!("{name} has no ceiling"))?;
        let reached = tools.measure(name)?;
        let files: Vec<&str> = ceiling["files"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let (mut regions, mut missed) = (0, 0);
        for (file, (all, covered)) in &reached {
            if files.iter().any(|prefix| file.starts_with(prefix)) {
                regions += all;
                missed += all - covered;
            }
        }
        let most = ceiling["uncovered_regions_max"].as_u64().unwrap_or(0);
        let verdict = if missed <= most { "" } else { "  TOO MANY" };
        // A name of a file that is gone covers nothing.
        fine &= missed <= most && (regions > 0 || files.is_empty());
        println!(
            "{name:24} {missed:5} of {regions:5} regions not reached, at most {most}{verdict}"
        );
        if write {
            ceiling["uncovered_regions_max"] = json!((missed + missed / 50).next_multiple_of(STEP));
        }
    }
    if write {
        let lines: Vec<String> = ceilings
            .iter()
            .map(|(name, ceiling)| format!("  \"{name}\": {ceiling}"))
            .collect();
        fs::write(path, format!("{{\n{}\n}}\n", lines.join(",\n")))?;
    }
    Ok(fine || write)
}

/// What measures: this program with counters, and LLVM's tools of the same toolchain.
struct Tools {
    program: PathBuf,
    bin: PathBuf,
    scratch: PathBuf,
}

impl Tools {
    fn find() -> Outcome<Self> {
        let sysroot =
            PathBuf::from(output(Command::new("rustc").args(["--print", "sysroot"]))?.trim());
        let about = output(Command::new("rustc").arg("-vV"))?;
        let host = about
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .ok_or("rustc has no host")?;
        let bin = sysroot.join("lib/rustlib").join(host).join("bin");
        if !bin.join("llvm-cov").exists() {
            return Err("llvm-tools are missing: rustup component add llvm-tools".into());
        }
        let scratch = fuzz().join("../target/coverage");
        output(
            Command::new("cargo")
                .args([
                    "build",
                    "--locked",
                    "-p",
                    "grantlab-fuzz",
                    "--example",
                    "coverage",
                ])
                .env("CARGO_TARGET_DIR", &scratch)
                .env("RUSTFLAGS", "-C instrument-coverage")
                // Build scripts and macros count too, and nobody reads that.
                .env("LLVM_PROFILE_FILE", scratch.join("build-%m.profraw")),
        )?;
        Ok(Self {
            program: scratch.join("debug/examples/coverage"),
            bin,
            scratch,
        })
    }

    /// Regions of each file of the core, and how many of them the corpus of a target reaches.
    fn measure(&self, target: &str) -> Outcome<BTreeMap<String, (u64, u64)>> {
        let raw = self.scratch.join(format!("{target}.profraw"));
        let merged = self.scratch.join(format!("{target}.profdata"));
        output(
            Command::new(&self.program)
                .args(["replay", target])
                .env("LLVM_PROFILE_FILE", &raw),
        )?;
        output(
            Command::new(self.bin.join("llvm-profdata"))
                .args(["merge", "-sparse"])
                .arg(&raw)
                .arg("-o")
                .arg(&merged),
        )?;
        let report = output(
            Command::new(self.bin.join("llvm-cov"))
                .args(["export", "-summary-only", "-instr-profile"])
                .arg(&merged)
                .arg(&self.program),
        )?;
        fs::remove_file(raw)?;
        let report: Value = serde_json::from_str(&report)?;
        let files = report["data"][0]["files"]
            .as_array()
            .ok_or("llvm-cov reports no files")?;
        let core = files.iter().filter_map(|file| {
            let (_, name) = file["filename"].as_str()?.rsplit_once("/core/src/")?;
            let regions = &file["summary"]["regions"];
            let counts = (regions["count"].as_u64()?, regions["covered"].as_u64()?);
            Some((name.to_owned(), counts))
        });
        Ok(core.collect())
    }
}

/// Runs a command and returns what it prints.
fn output(command: &mut Command) -> Outcome<String> {
    let done = command.output()?;
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        return Err(format!("{command:?} failed:\n{said}").into());
    }
    Ok(String::from_utf8(done.stdout)?)
}
