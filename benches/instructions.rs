//! How many instructions the hot paths take, counted by valgrind: the same number however busy the machine is.
//!
//! The counts are compared with `instructions.json`, which is committed. `-- --renew` writes it anew.
//! Valgrind has no SHA extensions, so that hashing counts for more than it costs: compare counts with counts alone.

#![expect(
    dead_code,
    reason = "not everything that can be measured is measured here"
)]
#![expect(clippy::expect_used, reason = "a count that fails is no count")]
#![expect(clippy::panic, reason = "a count that fails is no count")]

mod subjects;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitCode};

use subjects::Subject;
use subjects::grantlab::Grantlab;
use subjects::requests::{authorization, code, redemption, refresh, refresh_token};

/// How much a count may differ from the committed one, in per mille.
const TOLERANCE_PER_MILLE: u64 = 30;

/// What is counted, each with what it does besides what the one before does.
const PATHS: [&str; 3] = ["authorize", "redeem", "refresh"];

/// Requests that are left out, so that memory is there; and requests that are counted.
const WARM: u64 = 100;
const COUNTED: u64 = 400;

/// Answers `flows` flows as far as `path`.
fn run(path: &str, flows: u64) {
    let mut subject = Grantlab::new();
    let authorization = authorization(&subject.session);
    let mut response = Vec::with_capacity(4_096);
    let mut request = String::with_capacity(4_096);
    for _ in 0..flows {
        response.clear();
        subject.answer(&authorization, &mut response);
        if path == "authorize" {
            continue;
        }
        redemption(code(&response), &mut request);
        response.clear();
        subject.answer(request.as_bytes(), &mut response);
        if path == "redeem" {
            continue;
        }
        refresh(refresh_token(&response), &mut request);
        response.clear();
        subject.answer(request.as_bytes(), &mut response);
    }
}

/// Instructions of a whole run.
fn instructions(path: &str, flows: u64) -> u64 {
    let this = std::env::current_exe().expect("this program");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(this)
        .args(["--run", path, &flows.to_string()])
        .output()
        .expect("valgrind is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    let count = said
        .lines()
        .find_map(|line| line.split_once("Collected :"))
        .map(|(_, count)| count.trim().replace(',', ""));
    match count.and_then(|count| count.parse().ok()) {
        Some(count) if output.status.success() => count,
        Some(_) | None => panic!("valgrind failed:\n{said}"),
    }
}

/// Instructions of one request of each kind.
fn counts() -> BTreeMap<&'static str, u64> {
    let mut before = 0;
    PATHS
        .into_iter()
        .map(|path| {
            let whole = instructions(path, WARM + COUNTED) - instructions(path, WARM);
            let upto = whole / COUNTED;
            let count = upto - std::mem::replace(&mut before, upto);
            (path, count)
        })
        .collect()
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let ["--run", path, flows] = words.as_slice() {
        run(path, flows.parse().expect("a number"));
        return ExitCode::SUCCESS;
    }
    let counts = counts();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions.json");
    if words.contains(&"--renew") {
        let text = serde_json::to_string_pretty(&counts).expect("JSON");
        std::fs::write(&path, text + "\n").expect("a file that can be written");
    }
    let text = std::fs::read_to_string(&path).unwrap_or_else(|_| "{}".to_owned());
    let committed: BTreeMap<String, u64> = serde_json::from_str(&text).expect("counts");
    let mut good = true;
    for (path, count) in counts {
        let before = committed.get(path).copied().unwrap_or(0);
        let within = count.abs_diff(before) * 1_000 <= before * TOLERANCE_PER_MILLE;
        let verdict = if within { "" } else { "  DIFFERS" };
        println!("{path:<10} {count:>7} instructions, committed {before:>7}{verdict}");
        good &= within;
    }
    if good {
        ExitCode::SUCCESS
    } else {
        println!(
            "If this is meant: cargo bench -p grantlab-benches --bench instructions -- --renew"
        );
        ExitCode::FAILURE
    }
}
