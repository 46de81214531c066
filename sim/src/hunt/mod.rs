//! The hunt: the game of honest users and an attacker, to be searched.

pub mod play;

pub use play::Position;
