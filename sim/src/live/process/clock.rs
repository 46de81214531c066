//! The clock of somebody's server: `libfaketime` is loaded into it and reads how far it is ahead from a file.

use std::fs;
use std::path::{Path, PathBuf};

use grantlab_core::time::Span;

/// Where systems put the library; the first that is there is taken.
const LIBRARIES: [&str; 5] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
    "/usr/local/lib/faketime/libfaketimeMT.so.1",
];

/// How far a server is ahead.
#[derive(Debug)]
pub(super) struct FakeClock {
    library: &'static str,
    file: PathBuf,
    ahead: Span,
}

impl FakeClock {
    /// A clock that is right; nothing, when the library is not installed.
    pub(super) fn new(scratch: &Path) -> Option<Self> {
        let library = LIBRARIES
            .into_iter()
            .find(|path| Path::new(path).exists())?;
        let mut clock = Self {
            library,
            file: scratch.join("clock"),
            ahead: Span::ZERO,
        };
        clock.reset().ok()?;
        Some(clock)
    }

    /// What the server needs in its environment.
    pub(super) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("LD_PRELOAD", self.library.to_owned()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.display().to_string()),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            // Timers and event loops go on as they are.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ]
    }

    pub(super) fn advance(&mut self, by: Span) -> Result<(), String> {
        self.ahead = Span(self.ahead.0.saturating_add(by.0));
        self.write()
    }

    pub(super) fn reset(&mut self) -> Result<(), String> {
        self.ahead = Span::ZERO;
        self.write()
    }

    fn write(&self) -> Result<(), String> {
        let text = format!("+{}s\n", self.ahead.seconds());
        fs::write(&self.file, text).map_err(|error| format!("its clock: {error}"))
    }
}
