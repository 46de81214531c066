//! The edge of the laboratory: the only place with sockets.

mod dialer;
pub mod lessons;
mod line;
mod listener;
mod process;
pub mod serve;
mod subject;

pub use process::{NotStarted, start};
pub use subject::HttpSubject;
