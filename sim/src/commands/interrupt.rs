//! Ctrl-C.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// The exit code of a process that was interrupted twice: 128 + SIGINT, as shells have it.
const INTERRUPTED: i32 = 130;

/// Is set by Ctrl-C. A second one ends the process at once.
pub(super) fn interrupts() -> io::Result<Arc<AtomicBool>> {
    let interrupted = Arc::new(AtomicBool::new(false));
    // Handlers run in this order: the first time nothing is set yet.
    flag::register_conditional_shutdown(SIGINT, INTERRUPTED, Arc::clone(&interrupted))?;
    flag::register(SIGINT, Arc::clone(&interrupted))?;
    Ok(interrupted)
}

/// Lets whoever asks the process to end set the same flag: nobody presses Ctrl-C in a pipeline.
pub(super) fn terminations(interrupted: &Arc<AtomicBool>) -> io::Result<()> {
    flag::register(SIGTERM, Arc::clone(interrupted)).map(|_| ())
}
