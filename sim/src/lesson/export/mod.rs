//! A run in the formats of other tools. Each is a pure function of the lesson.

mod capture;
mod exchange;
mod har;
mod markdown;
mod sequence;
mod svg;

pub use capture::pcap;
pub use exchange::{Exchange, exchanges};
pub use har::har;
pub use markdown::markdown;
pub use sequence::{mermaid, plantuml};
pub use svg::svg;
