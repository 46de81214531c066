//! The clock of all measurements.

use rustix::time::{ClockId, clock_gettime};

/// CPU time of this thread, in nanoseconds: what others do on the machine does not count.
pub(crate) fn cpu_ns() -> u64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    u64::try_from(now.tv_sec).unwrap_or(0) * 1_000_000_000 + u64::try_from(now.tv_nsec).unwrap_or(0)
}
