//! The laboratory: seeded worlds of `grantlab-core` parties, and everything that is done with them.
//!
//! One idea carries it: **a run is a pure function of (profile, scenario, choices)**.

pub mod choices;
pub mod document;
pub mod input_error;
pub mod invariant;
pub mod nearest;
pub mod party;
pub mod profile;
pub mod provenance;
pub mod scenario;
pub mod schema;
pub mod seed;
pub mod setup;
pub mod switches;
pub mod trace;
pub mod walk;
pub mod world;
