//! The protocol.
#![no_std]
extern crate alloc;

pub mod attacks;
pub mod authorization_server;
pub mod canonical;
pub mod client;
pub mod entropy;
pub mod event;
pub mod grant_store;
pub mod http;
pub mod json;
pub mod limits;
pub mod machine;
pub mod message;
mod proof;
pub mod refusal;
pub mod resource_server;
pub mod switch;
pub mod text;
pub mod time;
pub mod user_agent;
pub mod value;
pub mod wire;
