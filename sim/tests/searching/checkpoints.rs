//! A search that is stopped, or killed, and gone on from says what one says that was never stopped.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

use super::{folder, grantlab, json};

const EXPLORE: [&str; 5] = ["explore", "--profile", "pockets", "--depth", "2"];

/// A report without what differs from one time to the next.
fn timeless(mut report: Value) -> Value {
    for member in ["seconds", "checkpoint"] {
        let removed = report.as_object_mut().unwrap().remove(member);
        assert!(removed.is_some(), "{report}");
    }
    report
}

/// The question with a checkpoint, and more.
fn kept<'a>(question: &[&'a str], file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [question, &["--checkpoint", file], more].concat()
}

/// What is wrong with a checkpoint, which then is left as it was.
fn refused(question: &[&str], file: &Path) -> String {
    let before = fs::read(file).unwrap();
    let output = grantlab(&kept(question, file.to_str().unwrap(), &[]));
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(!told.contains("panicked"), "{told}");
    assert_eq!(fs::read(file).unwrap(), before);
    told
}

#[test]
fn a_search_that_is_stopped_and_gone_on_from_says_what_one_says() {
    let file = folder("stopped").join("pockets.search");
    let file = file.to_str().unwrap();
    let mut last = 0;
    for states in ["40", "90"] {
        let stopped = json(&kept(&EXPLORE, file, &["--states", states]));
        assert_eq!(stopped["bounds"]["spent"], "states");
        let resumed = &stopped["checkpoint"]["resumed_states"];
        assert_eq!(resumed.as_u64().unwrap_or(0), last);
        last = stopped["states"].as_u64().unwrap();
    }
    let over = json(&kept(&EXPLORE, file, &["--threads", "2"]));
    assert_eq!(over["checkpoint"]["resumed_states"], last);
    assert!(over["states"].as_u64().unwrap() > last);
    let whole = timeless(json(&EXPLORE));
    assert_eq!(timeless(over), whole);
    // And once more: it is over.
    assert_eq!(timeless(json(&kept(&EXPLORE, file, &[]))), whole);
}

#[test]
fn a_search_that_is_killed_is_gone_on_from() {
    let folder = folder("killed");
    let file = folder.join("pockets.search");
    let question = kept(
        &EXPLORE,
        file.to_str().unwrap(),
        &["--checkpoint-every", "1"],
    );
    let mut child = Command::new(env!("CARGO_BIN_EXE_grantlab"))
        .args(&question)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !file.exists() && child.try_wait().unwrap().is_none() {
        thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(timeless(json(&question)), timeless(json(&EXPLORE)));
}

#[test]
fn a_hunt_goes_on_in_the_preset_where_it_stopped() {
    let file = folder("hunt").join("mix-up.search");
    let file = file.to_str().unwrap();
    let hunt = ["hunt", "--attack", "RU-01"];
    let stopped = json(&kept(&hunt, file, &["--states", "60"]));
    assert_eq!(stopped["verdict"], "budget");
    let over = json(&kept(&hunt, file, &[]));
    assert_eq!(over["attack"], "RU-01");
    assert!(over["checkpoint"]["resumed_states"].as_u64().unwrap() > 1);
    assert_eq!(timeless(over), timeless(json(&hunt)));
}

#[test]
fn another_question_or_version_is_refused() {
    let folder = folder("other");
    let file = folder.join("pockets.search");
    let path = file.to_str().unwrap();
    json(&kept(&EXPLORE, path, &["--states", "40"]));

    let deeper = ["explore", "--profile", "pockets", "--depth", "3"];
    let told = refused(&deeper, &file);
    assert!(told.contains("another question"), "{told}");
    assert!(
        told.contains("--depth 2") && told.contains("--depth 3"),
        "{told}"
    );
    let set = [&EXPLORE[..], &["--set", "as.pkce=required"]].concat();
    assert!(refused(&set, &file).contains("another question"));

    let octets = fs::read(&file).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let head = format!("grantlab checkpoint {version}");
    let rest = octets.strip_prefix(head.as_bytes()).unwrap();
    let newer = [b"grantlab checkpoint 99.0.0", rest].concat();
    fs::write(&file, newer).unwrap();
    assert!(refused(&EXPLORE, &file).contains("another version of grantlab"));

    fs::write(&file, "{}").unwrap();
    assert!(refused(&EXPLORE, &file).contains("is no checkpoint"));
}

#[test]
fn a_damaged_checkpoint_is_refused() {
    let folder = folder("damaged");
    let file = folder.join("small.search");
    let question = ["explore", "--depth", "1"];
    json(&kept(&question, file.to_str().unwrap(), &["--states", "8"]));
    let whole = fs::read(&file).unwrap();
    let places = (0..whole.len()).step_by(whole.len() / 24);
    for place in places.clone() {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x10;
        fs::write(&file, damaged).unwrap();
        refused(&question, &file);
    }
    for length in places {
        fs::write(&file, &whole[..length]).unwrap();
        refused(&question, &file);
    }
    fs::write(&file, [&whole[..], b"more"].concat()).unwrap();
    assert!(refused(&question, &file).contains("something follows"));
}
