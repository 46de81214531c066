//! The protocol.
#![no_std]
extern crate alloc;

pub mod canonical;
pub mod entropy;
pub mod http;
pub mod json;
pub mod limits;
pub mod text;
pub mod time;
pub mod wire;
