//! Work that is shared through files: the same octets whoever did what, on how many threads, and however often
//! somebody was killed on the way.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "../support/binary.rs"]
mod binary;
mod laws;
mod processes;
#[path = "../search/two_phase_commit.rs"]
mod two_phase_commit;
