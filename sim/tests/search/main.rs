//! The search engine on spaces whose answers are known.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod breadth;
mod checkpoint;
mod pieces;
mod registers;
mod shrink;
mod two_phase_commit;
mod wander;
