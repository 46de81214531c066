//! Live lessons in a browser: what the form asks for is computed and drawn.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::chromium::{Chromium, Clock};
use crate::skipping::skipped;

/// `grantlab lesson --serve` on a port that the system chose; it ends with the test.
struct Served {
    process: Child,
    address: String,
}

impl Served {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_grantlab"))
            .args(["lesson", "--serve", "--port", "0"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(process.stderr.take().unwrap());
        said.read_line(&mut line).unwrap();
        let begin = line.find("http://").unwrap();
        let address = line[begin..].split_whitespace().next().unwrap().to_owned();
        Self { process, address }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_live_lesson_is_drawn_and_a_changed_switch_changes_it() {
    let Some(chromium) = Chromium::find() else {
        return skipped("Chromium is not installed");
    };
    let served = Served::start();
    let drawn = |query: &str| {
        let address = format!("{}{query}", served.address);
        let seen = chromium.document(&address, Clock::Wall, &[]);
        assert_eq!(seen.console, "", "{query}");
        seen.document
    };
    let step = "#step=18";
    let usual = drawn(&format!("lesson?scenario=lessons/login-csrf-stopped{step}"));
    let changed = drawn(&format!(
        "lesson?scenario=lessons/login-csrf-stopped&set=client.state%3Dsent_not_checked{step}"
    ));
    // The pill of the decision is drawn by the script.
    let pill = |page: &str, words: &str| {
        let diagram = page.split("<script").next().unwrap();
        diagram.contains(words)
    };
    assert!(pill(&usual, "callback.state ≠ login.state"));
    assert!(!pill(&usual, "state is not compared"));
    assert!(pill(&changed, "state is not compared"));

    let around = drawn("?scenario=flows/login&seed=2a&set=&set=&set=&then=refresh&lang=ru");
    assert!(around.contains("then=refresh"), "{around}");
    assert!(around.contains("seed=2a"));
    assert!(around.contains("#lang=ru\"></iframe>"));
    assert!(around.contains("<button>Пуск</button>"));
}
