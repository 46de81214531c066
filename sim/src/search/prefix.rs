//! One search as many: the states of some depth are where searches start that need nothing of each other.
//!
//! Together they see every state that one search sees, because a shortest path goes through that depth by a shortest
//! path. A state that can be reached through several of them is explored by each: see [`Sketch`] for how many
//! distinct ones there were.

use super::bounds::Bounds;
use super::breadth::{Options, Search};
use super::report::{Report, ReportOf, Verdict};
use super::sketch::Sketch;
use super::space::Space;
use super::watch::Watch;

/// A search, cut into pieces: the first is what is above the cut, each of the others what is below one prefix.
pub struct Pieces<'a, S: Space> {
    space: &'a S,
    options: Options,
    depth: u32,
    prefixes: Vec<Vec<S::Move>>,
}

/// What one piece saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece<M, F> {
    /// What its search says.
    pub report: Report<M, F>,
    /// Its distinct states.
    pub sketch: Sketch,
}

/// What one piece of a space saw.
pub type PieceOf<S> = Piece<<S as Space>::Move, <S as Space>::Finding>;

impl<'a, S: Space> Pieces<'a, S> {
    /// Cuts a search at `depth`. `None` when whoever watches, or a limit, stopped that.
    #[must_use]
    pub fn cut(space: &'a S, options: Options, depth: u32, watch: &dyn Watch) -> Option<Self> {
        let depth = depth.min(options.bounds.depth);
        let mut pieces = Self {
            space,
            options,
            depth,
            prefixes: Vec::new(),
        };
        let mut above = Search::new(space, pieces.above());
        let report = above.run(watch);
        match report.verdict {
            Verdict::BudgetSpent(_) => return None,
            // What was asked for is above the cut.
            Verdict::Found => {}
            Verdict::Complete => pieces.prefixes = above.frontier(),
        }
        Some(pieces)
    }

    /// How many pieces there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.prefixes.len() + 1
    }

    /// Never: there is at least what is above the cut.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        false
    }

    /// Searches one piece. `None` when there is no such piece.
    pub fn search(&self, piece: usize, watch: &dyn Watch) -> Option<PieceOf<S>> {
        let mut search = match piece.checked_sub(1) {
            None => Search::new(self.space, self.above()),
            Some(place) => {
                let prefix = self.prefixes.get(place)?.clone();
                Search::below(self.space, prefix, self.options)
            }
        };
        let report: ReportOf<S> = search.run(watch);
        Some(Piece {
            report,
            sketch: search.sketch(),
        })
    }

    fn above(&self) -> Options {
        Options {
            bounds: Bounds {
                depth: self.depth,
                ..self.options.bounds
            },
            ..self.options
        }
    }
}
