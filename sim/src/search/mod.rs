//! Searching a space of worlds: what is the shortest way to a violation, or up to where is there none?
//!
//! The engine knows nothing of OAuth. It asks a [`Space`] for a root, for moves, and for what a move makes of a
//! state; toy spaces in the tests have counts that others have published.
//!
//! - Breadth first: the first violation is among the shortest. What a path uses of each budget ([`Cost`]) is part
//!   of its state, so that nothing cheap is hidden behind something dear; [`iterate`] asks for the cheapest first.
//! - A visited state is a fingerprint of 16 octets and a link to its parent. Worlds of a layer are made again by
//!   replaying moves; siblings share their parent's world, which costs one to three moves more per state.
//! - Chunks of a layer are expanded on several threads and merged in their order: states, transitions and findings
//!   are the same for any number of threads.
//! - The answer is *found*, *complete up to* the [`Bounds`], or *budget spent*, and then [`Search::save`] and
//!   [`Search::resume`] go on where it stopped. It is never more than that.
//!
//! [`wander`] takes random walks where that is too much, [`shrink()`] makes any path as short as can be, and [`Pieces`]
//! cuts one search into many for many machines.
//!
//! No clock is read and no file touched here; whoever runs a search passes a [`Watch`].

mod bounds;
mod breadth;
mod checkpoint;
mod expand;
mod prefix;
mod replay;
mod report;
mod shrink;
mod sketch;
mod space;
mod threads;
mod tree;
mod visited;
mod wander;
mod watch;

pub use bounds::{Bounds, Cost, Limits};
pub use breadth::{OnFinding, Options, Search, iterate, search};
pub use checkpoint::{DIGEST_OCTETS, NotResumed};
pub use prefix::{Piece, PieceOf, Pieces};
pub use report::{Budget, Counts, Found, Report, ReportOf, Verdict};
pub use shrink::{Shrunk, ShrunkOf, cost_of, replay, shrink};
pub use sketch::{KEPT_MAX, Sketch};
pub use space::Space;
pub use wander::{WalkReport, WalkReportOf, Walks, wander};
pub use watch::{Progress, Unwatched, Watch};
