//! The lesson: one run, told step by step.
//!
//! It reads the trace and nothing else of the run; the scenario adds its title and what its parties are.

pub mod model;
