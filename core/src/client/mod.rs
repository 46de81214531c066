//! The client.

pub mod policy;
