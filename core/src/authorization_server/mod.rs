//! The authorization server.

pub mod policy;
