//! The search engine on spaces whose answers are known.

mod breadth;
mod checkpoint;
mod pieces;
mod registers;
mod shrink;
mod two_phase_commit;
mod wander;
