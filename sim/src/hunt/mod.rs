//! The hunt: the game of honest users and an attacker, to be searched.

mod ample;
mod event;
pub mod game;
mod idle;
pub mod play;
mod world;

pub use event::{Reduction, is_quiet};
pub use game::{Caught, Game, Granularity};
pub use play::Position;
pub use world::{Arena, setup};
