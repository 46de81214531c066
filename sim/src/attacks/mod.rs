//! The published attacks: what each needs, what it does, what stops it ([`catalogue`]), and how a run shows that it
//! was one ([`recognise()`]).
//!
//! `grantlab_core::attacks` tells the same attacks as prose, with the rule that refuses each.

pub mod catalogue;
pub mod recognise;

pub use catalogue::{ATTACKS, Attack, Countermeasure, Preset, Prologue, find};
pub use recognise::{Recognised, recognise};
