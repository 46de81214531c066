//! The hunt: published attacks are found where they work and nowhere else, and searches count what is there.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod counts;
mod grounds;
mod pairs;
mod races;
