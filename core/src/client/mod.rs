//! The client.

pub mod configuration;
pub mod policy;
