//! The authorization server: one machine, a file for each endpoint.

pub mod policy;
pub mod registration;
