//! The attacker of RFC 9700 §3: what he has, what he learns, and what he can do with it.
//!
//! He is a party like any other. His machines ([`site`]) answer at his own origins: a web site, a client that is
//! registered at the honest authorization server, an authorization server that honest clients know, a resource
//! server. He has an account and a browser of his own, which shows him everything and goes nowhere by itself.
//! What reaches him he remembers ([`knowledge`]); what he can do next ([`moves`]) is derived from what he knows
//! and from what a receiver could accept, never written for one attack.

pub mod environment;
pub mod knowledge;
pub(crate) mod learning;
pub mod moves;
pub mod offers;
pub mod powers;
pub mod setup;
pub mod site;

pub use knowledge::{Kind, Knowledge};
pub use moves::{Bait, Move, Pause};
pub use offers::offers;
pub use powers::{Power, Powers};
pub use setup::AttackerSetup;
pub use site::Attacker;
