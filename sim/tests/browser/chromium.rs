//! Debian's Chromium without a window.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// Names under which it is installed.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Time that a page may believe to pass, in milliseconds; it costs only what the page does meanwhile.
const VIRTUAL_TIME_MS: u32 = 3_600_000;

/// An installed Chromium.
pub(crate) struct Chromium {
    name: &'static str,
}

/// By which clock a page lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// The one on the wall; the page is over when it is loaded.
    Wall,
    /// One that moves when nothing is left to do; what the page waits for comes at once.
    Virtual,
}

/// What became of a page.
pub(crate) struct Seen {
    pub(crate) document: String,
    /// What the page complained about, a line each.
    pub(crate) console: String,
}

/// A printed page.
pub(crate) struct Paper {
    file: PathBuf,
}

impl Chromium {
    /// Finds it, if it is installed.
    pub(crate) fn find() -> Option<Self> {
        let answers = |name: &&str| {
            let answer = Command::new(name).arg("--version").output();
            answer.is_ok_and(|answer| answer.status.success())
        };
        let name = NAMES.into_iter().find(answers)?;
        Some(Self { name })
    }

    /// Opens an address, waits until the page is done, and answers with the document.
    pub(crate) fn document(&self, address: &str, clock: Clock, options: &[&str]) -> Seen {
        let mut command = self.command();
        if clock == Clock::Virtual {
            command.arg(format!("--virtual-time-budget={VIRTUAL_TIME_MS}"));
        }
        let output = command.args(options).args(["--dump-dom", address]).output();
        let output = output.unwrap();
        let complaints = String::from_utf8_lossy(&output.stderr);
        let complaints = complaints.lines().filter(|line| line.contains("CONSOLE"));
        Seen {
            document: String::from_utf8_lossy(&output.stdout).into_owned(),
            console: complaints.map(|line| format!("{line}\n")).collect(),
        }
    }

    /// Prints a page.
    pub(crate) fn print(&self, address: &str) -> Paper {
        let file = scratch("paper").join("page.pdf");
        let mut command = self.command();
        command.arg(format!("--print-to-pdf={}", file.display()));
        let status = command.args(["--no-pdf-header-footer", address]).output();
        assert!(status.unwrap().status.success());
        Paper { file }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.name);
        command.args([
            "--headless=new",
            "--no-sandbox", // the pages are ours, and root has no sandbox
            "--disable-gpu",
            "--no-first-run",
            "--allow-file-access-from-files",
            "--window-size=1400,1000",
            "--enable-logging=stderr",
        ]);
        command.arg(format!("--user-data-dir={}", scratch("chromium").display()));
        command
    }
}

impl Seen {
    /// The text of the `<pre>` with this name.
    pub(crate) fn text_of(&self, id: &str) -> String {
        let begin = format!("<pre id=\"{id}\">");
        let (_, rest) = self.document.split_once(&begin).unwrap_or_default();
        let (text, _) = rest.split_once("</pre>").unwrap_or_default();
        text.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&nbsp;", "\u{a0}")
            .replace("&amp;", "&")
    }
}

impl Paper {
    /// How many sheets it is.
    pub(crate) fn sheets(&self) -> usize {
        let octets = std::fs::read(&self.file).unwrap();
        let text = String::from_utf8_lossy(&octets);
        text.matches("/Type /Page\n").count()
    }

    /// What stands on it, in one line, if there is a tool that can read it.
    pub(crate) fn words(&self) -> Option<String> {
        let output = Command::new("pdftotext").arg(&self.file).arg("-").output();
        let text = String::from_utf8(output.ok()?.stdout).ok()?;
        Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

/// A new folder of this name.
fn scratch(name: &str) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join("browser")
        .join(format!("{name}-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
