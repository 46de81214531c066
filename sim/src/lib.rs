//! The laboratory: seeded worlds of `grantlab-core` parties, and everything that is done with them.
//!
//! One idea carries it: **a run is a pure function of (profile, scenario, choices)**.
//!
//! ```
//! use std::sync::Arc;
//!
//! use grantlab_sim::choices::Seeded;
//! use grantlab_sim::profile::{NamedBy, Profiles, Scale};
//! use grantlab_sim::seed::Seed;
//! use grantlab_sim::walk::{Plan, logins, violations, walk};
//! use grantlab_sim::world::Mode;
//!
//! let profile = Profiles::built_in().find("rfc9700", NamedBy::Argument).expect("it is built in");
//! let setup = Arc::new(profile.setup(&Scale::SMALL).expect("it makes a world"));
//! let run = || walk(&setup, Seed(42), &mut Seeded::new(Seed(42)), &Plan::usual(Mode::Wire));
//!
//! let walked = run();
//! assert!(walked.completed, "everybody who wanted to log in did, whatever went wrong on the way");
//! assert!(logins(&walked.trace) >= 2, "alice and bob");
//! assert!(violations(&walked.trace).is_empty());
//! assert_eq!(walked.trace.hash(), run().trace.hash(), "the same seed, the same octets");
//! ```

extern crate alloc;

pub mod attacker;
pub mod attacks;
pub mod check;
pub mod choices;
pub mod document;
pub mod finding;
pub mod history;
pub mod hunt;
pub mod input_error;
pub mod invariant;
pub mod lesson;
pub mod live;
pub mod nearest;
pub mod party;
pub mod profile;
pub mod provenance;
pub mod scenario;
pub mod schema;
pub mod search;
pub mod seed;
pub mod setup;
pub mod shard;
pub mod switches;
pub mod trace;
pub mod walk;
pub mod world;
