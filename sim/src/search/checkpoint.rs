//! A search as octets, to go on another day.
//!
//! What is kept is what cannot be found out again: the names of visited states, links, and the names of moves. The
//! moves themselves are recognised by their names when the states that listed them are made again, so that a space
//! needs no way to read moves, and a checkpoint of another space is noticed.
//!
//! All numbers are little-endian. A SHA-256 of everything before it comes last.

use std::ops::Range;

use sha2::{Digest as _, Sha256};

use super::bounds::Cost;
use super::breadth::{OnFinding, Search};
use super::expand::name_of;
use super::replay::Reached;
use super::space::Space;
use super::tree::{Link, Node, Tree};
use super::visited::Visited;
use crate::choices::Key;
use grantlab_core::canonical::Encoder;

/// How a checkpoint starts: what it is, and the version of its format.
const HEAD: [u8; 16] = *b"grantlab search1";

/// Octets of a SHA-256.
pub const DIGEST_OCTETS: usize = 32;

/// Octets that are passed on at a time.
const BUFFER_OCTETS: usize = 1 << 16;

/// A checkpoint cannot be gone on from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotResumed<E> {
    /// Its octets did not come.
    Unread(E),
    /// It is no checkpoint, or one of another version.
    Foreign,
    /// It is of another plan, or of a search with other options.
    OtherPlan,
    /// Something in it is not as it was written.
    Damaged,
    /// The space does not have the moves or findings that it names.
    OtherSpace,
}

impl<S: Space> Search<'_, S> {
    /// Writes the search down, a piece at a time. `plan` identifies whatever decides what the space is.
    ///
    /// # Errors
    /// Those of `sink`.
    pub fn save<E>(
        &self,
        plan: &[u8; DIGEST_OCTETS],
        sink: &mut dyn FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut out = Writer::new(sink);
        out.put(&HEAD)?;
        out.put(plan)?;
        out.put(&self.question())?;
        out.put(&self.layer.start.to_le_bytes())?;
        out.put(&self.layer.end.to_le_bytes())?;
        out.put(&self.depth.to_le_bytes())?;
        out.put(&self.transitions.to_le_bytes())?;
        out.put(&self.tree.len().to_le_bytes())?;
        for link in self.tree.links() {
            out.put(&link.parent.to_le_bytes())?;
            out.put(&link.taken.to_le_bytes())?;
        }
        for name in self.visited.names() {
            out.put(&name.to_le_bytes())?;
        }
        let moves = self.tree.move_names();
        out.count(moves.len())?;
        for name in moves {
            out.put(&name.to_le_bytes())?;
        }
        out.count(self.pruned.len())?;
        for node in &self.pruned {
            out.put(&node.to_le_bytes())?;
        }
        out.count(self.found.len())?;
        for (node, key, _) in &self.found {
            out.put(&node.to_le_bytes())?;
            out.put(&key.0.to_le_bytes())?;
        }
        out.finish()
    }

    /// Goes on from what [`Search::save`] wrote. `self` has not run yet, and has the options of the search that was
    /// written down; limits and threads may differ.
    ///
    /// # Errors
    /// [`NotResumed`] says why the octets of `source`, which fills what it is given, are not what is needed.
    pub fn resume<E>(
        mut self,
        plan: &[u8; DIGEST_OCTETS],
        source: &mut dyn FnMut(&mut [u8]) -> Result<(), E>,
    ) -> Result<Self, NotResumed<E>> {
        let mut octets = Reader::new(source);
        octets.same(&HEAD, NotResumed::Foreign)?;
        octets.same(plan, NotResumed::OtherPlan)?;
        octets.same(&self.question(), NotResumed::OtherPlan)?;
        self.layer = Range {
            start: octets.node()?,
            end: octets.node()?,
        };
        self.depth = octets.node()?;
        self.transitions = u64::from_le_bytes(octets.take()?);
        let states = octets.node()?;
        self.tree = links(&mut octets, states)?;
        self.visited = Visited::new();
        for _ in 0..states {
            self.visited.insert(u128::from_le_bytes(octets.take()?));
        }
        let moves = octets.list(|octets| Ok(u128::from_le_bytes(octets.take()?)))?;
        self.pruned = octets.list(Reader::node)?;
        let found = octets.list(|octets| {
            let node = octets.node()?;
            Ok((node, Key(u64::from_le_bytes(octets.take()?))))
        })?;
        octets.finish()?;
        let whole = self.layer.start <= self.layer.end
            && self.layer.end <= states
            && self.visited.len() == u64::from(states);
        if !whole {
            return Err(NotResumed::Damaged);
        }
        self.recognise(&moves).ok_or(NotResumed::OtherSpace)?;
        self.find_again(&found).ok_or(NotResumed::OtherSpace)?;
        Ok(self)
    }

    /// What was asked, as far as the answer depends on it.
    fn question(&self) -> [u8; DIGEST_OCTETS] {
        let options = &self.options;
        let Cost {
            sessions,
            injections,
            faults,
        } = options.bounds.cost;
        let on_finding = match options.on_finding {
            OnFinding::Stop => 0,
            OnFinding::Prune => 1,
            OnFinding::GoOn => 2,
        };
        let wanted = options.wanted.map_or([0; 9], |Key(key)| {
            let mut octets = [1; 9];
            octets[1..].copy_from_slice(&key.to_le_bytes());
            octets
        });
        let mut hash = Sha256::new()
            .chain_update([sessions, injections, faults, on_finding])
            .chain_update(options.bounds.total.to_le_bytes())
            .chain_update(options.bounds.depth.to_le_bytes())
            .chain_update(wanted);
        for taken in &self.prefix {
            hash.update(name_of(taken, &mut Encoder::default()).to_le_bytes());
        }
        hash.finalize().into()
    }

    /// Fills the table of moves: each is listed by the parent of the first state that it led to.
    fn recognise(&mut self, names: &[u128]) -> Option<()> {
        let mut replay = self.replays.lend();
        let mut encoder = Encoder::default();
        let mut listed: (Node, Vec<S::Move>) = (Node::MAX, Vec::new());
        for node in 1..self.tree.len() {
            let link = self.tree.at(node);
            let known = self.tree.moves_len();
            if link.taken < known {
                continue;
            }
            let name = *names.get(usize::try_from(link.taken).ok()?)?;
            if listed.0 != link.parent {
                let Reached { state, used } = replay.make(self.space, &self.tree, link.parent);
                let left = self.options.bounds.left(used);
                listed = (link.parent, self.space.moves_within(&state, left));
            }
            let mut moves = listed.1.iter();
            let taken = moves.find(|one| name_of(*one, &mut encoder) == name)?;
            self.tree.intern(name, taken.clone());
        }
        (self.tree.moves_len() as usize == names.len()).then_some(())
    }

    /// Judges the states again that the first findings of their kinds were in.
    fn find_again(&mut self, found: &[(Node, Key)]) -> Option<()> {
        let mut replay = self.replays.lend();
        self.found.clear();
        for (node, key) in found {
            let reached = replay.make(self.space, &self.tree, *node);
            let finding = self.space.violation(&reached.state)?;
            if self.space.key(&finding) != *key {
                return None;
            }
            self.found.push((*node, *key, finding));
        }
        Some(())
    }
}

/// The links of `states` states. Each parent comes before its children, and each move in the order of its number.
fn links<S: Space, E>(octets: &mut Reader<'_, E>, states: Node) -> Result<Tree<S>, NotResumed<E>> {
    let mut tree = Tree::new();
    octets.take::<8>()?;
    let mut moves = 0;
    for node in 1..states {
        let link = Link {
            parent: octets.node()?,
            taken: octets.node()?,
        };
        if link.parent >= node || link.taken > moves {
            return Err(NotResumed::Damaged);
        }
        moves = moves.max(link.taken + 1);
        tree.link(link);
    }
    Ok(tree)
}

/// Hashes what it passes on.
struct Writer<'a, E> {
    sink: &'a mut dyn FnMut(&[u8]) -> Result<(), E>,
    buffer: Vec<u8>,
    hash: Sha256,
}

impl<'a, E> Writer<'a, E> {
    fn new(sink: &'a mut dyn FnMut(&[u8]) -> Result<(), E>) -> Self {
        Self {
            sink,
            buffer: Vec::with_capacity(BUFFER_OCTETS),
            hash: Sha256::new(),
        }
    }

    fn put(&mut self, octets: &[u8]) -> Result<(), E> {
        if self.buffer.len() + octets.len() > BUFFER_OCTETS {
            self.flush()?;
        }
        self.buffer.extend_from_slice(octets);
        Ok(())
    }

    fn count(&mut self, length: usize) -> Result<(), E> {
        self.put(&(length as u64).to_le_bytes())
    }

    fn flush(&mut self) -> Result<(), E> {
        self.hash.update(&self.buffer);
        (self.sink)(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<(), E> {
        self.flush()?;
        (self.sink)(&self.hash.finalize())
    }
}

/// Hashes what it reads.
struct Reader<'a, E> {
    source: &'a mut dyn FnMut(&mut [u8]) -> Result<(), E>,
    hash: Sha256,
}

impl<'a, E> Reader<'a, E> {
    fn new(source: &'a mut dyn FnMut(&mut [u8]) -> Result<(), E>) -> Self {
        Self {
            source,
            hash: Sha256::new(),
        }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], NotResumed<E>> {
        let mut octets = [0; N];
        (self.source)(&mut octets).map_err(NotResumed::Unread)?;
        self.hash.update(octets);
        Ok(octets)
    }

    fn node(&mut self) -> Result<Node, NotResumed<E>> {
        self.take().map(Node::from_le_bytes)
    }

    fn list<T>(
        &mut self,
        one: impl Fn(&mut Self) -> Result<T, NotResumed<E>>,
    ) -> Result<Vec<T>, NotResumed<E>> {
        let length = u64::from_le_bytes(self.take()?);
        (0..length).map(|_| one(self)).collect()
    }

    fn same<const N: usize>(
        &mut self,
        expected: &[u8; N],
        otherwise: NotResumed<E>,
    ) -> Result<(), NotResumed<E>> {
        if self.take()? == *expected {
            Ok(())
        } else {
            Err(otherwise)
        }
    }

    fn finish(self) -> Result<(), NotResumed<E>> {
        let expected: [u8; DIGEST_OCTETS] = self.hash.finalize().into();
        let mut written = [0; DIGEST_OCTETS];
        (self.source)(&mut written).map_err(NotResumed::Unread)?;
        if written == expected {
            Ok(())
        } else {
            Err(NotResumed::Damaged)
        }
    }
}
