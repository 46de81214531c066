//! How every visited state was reached: eight octets each.

use std::collections::BTreeMap;
use std::mem::size_of;

use super::space::Space;

/// A visited state: its place in the order in which states were found. The root is 0.
pub(super) type Node = u32;

/// Which state it was found from, and by which move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) parent: Node,
    /// The place of the move in the table of moves.
    pub(super) taken: u32,
}

/// The root has no parent.
pub(super) const ROOT: Link = Link {
    parent: 0,
    taken: u32::MAX,
};

/// Links are kept in blocks of this many, so that growing never copies them.
const BLOCK_LINKS: usize = 1 << 12;

/// Octets of a move in the table beside the move itself: its key, its number, and the nodes of the map.
const MOVE_OVERHEAD_OCTETS: u64 = 48;

/// The links of all visited states, and their moves, each once.
pub(super) struct Tree<S: Space> {
    blocks: Vec<Vec<Link>>,
    moves: Vec<S::Move>,
    /// Places in the table of moves, by the fingerprints of the moves.
    places: BTreeMap<u128, u32>,
}

impl<S: Space> Tree<S> {
    /// The root alone.
    pub(super) fn new() -> Self {
        let mut tree = Self {
            blocks: Vec::new(),
            moves: Vec::new(),
            places: BTreeMap::new(),
        };
        tree.link(ROOT);
        tree
    }

    /// How many states there are.
    pub(super) fn len(&self) -> Node {
        let full = self.blocks.len().saturating_sub(1) * BLOCK_LINKS;
        let last = self.blocks.last().map_or(0, Vec::len);
        Node::try_from(full + last).unwrap_or(Node::MAX)
    }

    /// Octets of memory.
    pub(super) fn octets(&self) -> u64 {
        let links = (self.blocks.len() * BLOCK_LINKS * size_of::<Link>()) as u64;
        let each = size_of::<S::Move>() as u64 + MOVE_OVERHEAD_OCTETS;
        links + self.moves.len() as u64 * each
    }

    /// Octets of memory at most with `more` states, each by a move that is new.
    pub(super) fn octets_with(&self, more: u64) -> u64 {
        let block = (BLOCK_LINKS * size_of::<Link>()) as u64;
        let each = size_of::<S::Move>() as u64 + MOVE_OVERHEAD_OCTETS;
        self.octets() + more.div_ceil(BLOCK_LINKS as u64) * block + more * each
    }

    /// Adds a state.
    pub(super) fn link(&mut self, link: Link) -> Node {
        let node = self.len();
        match self.blocks.last_mut() {
            Some(block) if block.len() < BLOCK_LINKS => block.push(link),
            _ => {
                let mut block = Vec::with_capacity(BLOCK_LINKS);
                block.push(link);
                self.blocks.push(block);
            }
        }
        node
    }

    pub(super) fn at(&self, node: Node) -> Link {
        let place = node as usize;
        let block = self.blocks.get(place / BLOCK_LINKS);
        let link = block.and_then(|block| block.get(place % BLOCK_LINKS));
        link.copied().unwrap_or(ROOT)
    }

    /// The links in the order of their states.
    pub(super) fn links(&self) -> impl Iterator<Item = Link> {
        self.blocks.iter().flatten().copied()
    }

    /// How many moves there are in the table.
    pub(super) fn moves_len(&self) -> u32 {
        u32::try_from(self.moves.len()).unwrap_or(u32::MAX)
    }

    /// The fingerprints of the moves in the table, in its order.
    pub(super) fn move_names(&self) -> Vec<u128> {
        let places = self.places.iter();
        let mut names: Vec<(u32, u128)> = places.map(|(name, place)| (*place, *name)).collect();
        names.sort_unstable();
        names.into_iter().map(|(_, name)| name).collect()
    }

    /// The place of a move in the table, where it is put if it is new.
    pub(super) fn intern(&mut self, name: u128, taken: S::Move) -> u32 {
        let next = self.moves_len();
        let place = *self.places.entry(name).or_insert(next);
        if place == next {
            self.moves.push(taken);
        }
        place
    }

    pub(super) fn taken(&self, link: Link) -> Option<&S::Move> {
        self.moves.get(link.taken as usize)
    }

    /// The moves from the root to `node`.
    pub(super) fn path(&self, mut node: Node) -> Vec<S::Move> {
        let mut moves = Vec::new();
        while node != 0 {
            let link = self.at(node);
            moves.extend(self.taken(link).cloned());
            node = link.parent;
        }
        moves.reverse();
        moves
    }
}
