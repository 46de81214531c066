//! The search engine on spaces whose answers are known.

mod breadth;
mod two_phase_commit;
