//! The binary, in many processes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::binary::{self, grantlab};

/// What decides the walks: a few of them violate something.
const SWEEP: [&str; 9] = [
    "sweep",
    "--seeds",
    "0..400",
    "--nodes",
    "2",
    "--set",
    "as.code_use=check_then_set",
    "--chunk",
    "10",
];

/// Chunks of [`SWEEP`].
const CHUNKS: usize = 40;

/// A folder that is empty.
fn folder(name: &str) -> PathBuf {
    binary::folder("shards", name)
}

fn share(out: &Path, shard: &str, threads: &str) -> Value {
    let own = [
        "--shard",
        shard,
        "--out",
        out.to_str().unwrap(),
        "--threads",
        threads,
    ];
    let output = grantlab(&[&SWEEP[..], &own, &["--format", "json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn merge(out: &Path) -> Output {
    grantlab(&["merge", out.to_str().unwrap(), "--format", "json"])
}

/// What is printed when all chunks are there.
fn merged(out: &Path) -> Vec<u8> {
    let output = merge(out);
    assert_eq!(
        output.status.code(),
        Some(1),
        "there are violations: {output:?}"
    );
    output.stdout
}

/// The files of chunks, in the only plan.
fn chunks(out: &Path) -> Vec<PathBuf> {
    let plans: Vec<_> = fs::read_dir(out).unwrap().collect();
    assert!(plans.len() <= 1);
    let files = plans
        .into_iter()
        .flat_map(|plan| fs::read_dir(plan.unwrap().path()).unwrap());
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    let is_chunk = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.len() == "00000000.json".len() && !name.starts_with('.')
    };
    paths.retain(is_chunk);
    paths.sort();
    paths
}

fn is_done(out: &Path) -> bool {
    chunks(out).len() == CHUNKS
}

#[test]
fn what_is_printed_depends_on_the_plan_alone() {
    let alone = folder("alone");
    let report = share(&alone, "1/1", "1");
    assert_eq!(report["done"], CHUNKS);
    let expected = merged(&alone);

    let shared = folder("shared");
    for shard in ["3/3", "1/3", "2/3"] {
        share(&shared, shard, "2");
    }
    assert_eq!(merged(&shared), expected);
    for (one, other) in chunks(&alone).iter().zip(chunks(&shared)) {
        assert_eq!(fs::read(one).unwrap(), fs::read(other).unwrap());
    }

    let mut whole = SWEEP.to_vec();
    whole.truncate(whole.len() - 2);
    let kept = alone.join("violation.json");
    whole.extend(["--save", kept.to_str().unwrap(), "--format", "json"]);
    let whole: Value = serde_json::from_slice(&grantlab(&whole).stdout).unwrap();
    let merged: Value = serde_json::from_slice(&expected).unwrap();
    for member in [
        "walks",
        "logins",
        "faults",
        "deviations",
        "violating",
        "digest",
    ] {
        assert_eq!(merged["sweep"][member], whole[member], "{member}");
    }
    assert_eq!(merged["sweep"]["first"]["seed"], whole["first"]["seed"]);
}

#[test]
fn missing_chunks_are_named_and_only_they_are_done_again() {
    let out = folder("missing");
    share(&out, "2/4", "2");
    let output = merge(&out);
    assert_eq!(output.status.code(), Some(2));
    let mistake: Value = serde_json::from_slice(&output.stdout).unwrap();
    let problem = mistake["error"]["problem"].as_str().unwrap();
    let named = "30 of 40 chunks are missing: 0, 2-4, 6-8, ";
    assert!(problem.starts_with(named), "{problem}");

    let report = share(&out, "1/1", "2");
    assert_eq!(
        (&report["skipped"], &report["done"]),
        (&10.into(), &30.into())
    );
    let before = merged(&out);
    fs::remove_file(&chunks(&out)[17]).unwrap();
    assert_eq!(merge(&out).status.code(), Some(2));
    let report = share(&out, "1/2", "1");
    assert_eq!(
        (&report["skipped"], &report["done"]),
        (&20.into(), &0.into())
    );
    let report = share(&out, "2/2", "1");
    assert_eq!(
        (&report["skipped"], &report["done"]),
        (&19.into(), &1.into())
    );
    assert_eq!(merged(&out), before);
}

#[test]
fn what_is_not_a_result_is_not_merged() {
    let out = folder("damaged");
    share(&out, "1/1", "2");
    let chunks = chunks(&out);
    fs::copy(&chunks[3], &chunks[4]).unwrap();
    let output = merge(&out);
    assert_eq!(output.status.code(), Some(2));
    let plan = chunks[0].parent().unwrap().join("plan.json");
    let text = fs::read_to_string(&plan).unwrap();
    fs::write(&plan, text.replace("0..", "1..").replace("400", "390")).unwrap();
    let output = merge(&out);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stdout).contains("named after"));
}

/// A shard for each of two processes at a time.
fn parallel(out: &Path, shards: usize) -> Command {
    let mut command = Command::new("parallel");
    command.args(["--will-cite", "--jobs", "2", "--termseq", "KILL"]);
    command.arg(env!("CARGO_BIN_EXE_grantlab")).args(SWEEP);
    command.args(["--threads", "1", "--out"]).arg(out);
    command
        .arg("--shard")
        .arg(format!("{{}}/{shards}"))
        .arg(":::");
    command.args((1..=shards).map(|shard| shard.to_string()));
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// GNU Parallel does the shards, is killed in the middle, and does the rest with another number of shards.
#[test]
fn gnu_parallel_can_be_killed_and_started_again_with_other_shards() {
    let version = Command::new("parallel").arg("--version").output();
    let is_gnu =
        |output: Output| String::from_utf8_lossy(&output.stdout).starts_with("GNU parallel");
    if !version.is_ok_and(is_gnu) {
        println!("skipped: GNU Parallel (Debian package `parallel`) is not installed");
        return;
    }
    let out = folder("parallel");
    let mut first = parallel(&out, 8).spawn().unwrap();
    // Until some chunks are there, and some are not.
    while chunks(&out).is_empty() && first.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    // The first signal asks it to start nothing more, the second to kill what runs.
    while first.try_wait().unwrap().is_none() {
        let id = first.id().to_string();
        let _ = Command::new("kill")
            .args(["-TERM", &id])
            .stderr(Stdio::null())
            .status();
    }
    let left = CHUNKS - chunks(&out).len();
    let second = parallel(&out, 3).status().unwrap();
    assert!(second.success());
    assert!(is_done(&out));
    println!("{left} chunks were left when it was killed");

    let alone = folder("parallel-alone");
    share(&alone, "1/1", "2");
    assert_eq!(merged(&out), merged(&alone));
}
