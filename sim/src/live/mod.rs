//! The edge of the laboratory: the only place with sockets.

pub mod lessons;
mod listener;
pub mod serve;
