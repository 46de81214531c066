//! The user-agent.

pub mod policy;
