//! Where a party sits: copies of a world share it until one of them lets it do something.

use std::cell::RefCell;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use grantlab_core::canonical::{Canonical, Encoder};
use xxhash_rust::xxh3::xxh3_128;

use super::node::Node;

/// A party that copies of a world share until one of them changes it, with the fingerprint that goes with it.
#[derive(Clone, Debug)]
pub struct Seat(Arc<Seated>);

#[derive(Debug)]
struct Seated {
    node: Node,
    print: OnceLock<u128>,
}

impl Clone for Seated {
    /// Whoever copies it wants to change it.
    fn clone(&self) -> Self {
        Self {
            node: self.node.clone(),
            print: OnceLock::new(),
        }
    }
}

impl Seat {
    pub(super) fn new(node: Node) -> Self {
        Self(Arc::new(Seated {
            node,
            print: OnceLock::new(),
        }))
    }

    /// The party, to be changed: no other copy of the world sees that.
    pub(super) fn node_mut(&mut self) -> &mut Node {
        let seated = Arc::make_mut(&mut self.0);
        seated.print.take();
        &mut seated.node
    }

    /// Whether neither copy of the world has let the party do anything since they parted.
    pub(super) fn is_shared_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The hash of everything that decides what the party can do.
    pub(super) fn print(&self) -> u128 {
        *self.0.print.get_or_init(|| fingerprint_of(&self.0.node))
    }
}

impl Deref for Seat {
    type Target = Node;

    fn deref(&self) -> &Node {
        &self.0.node
    }
}

thread_local! {
    /// Memory for octets that are hashed and forgotten. Parts are printed while the whole is: each has its own.
    static IDLE: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// The hash of the canonical octets of a part of the world.
pub(super) fn fingerprint_of(part: &impl Canonical) -> u128 {
    let lent = IDLE.with_borrow_mut(Vec::pop);
    let memory = lent.unwrap_or_else(|| Vec::with_capacity(PRINTED_OCTETS_USUAL));
    let mut encoder = Encoder::reusing(memory);
    part.encode(&mut encoder);
    let print = xxh3_128(encoder.as_slice());
    IDLE.with_borrow_mut(|idle| idle.push(encoder.into_octets()));
    print
}

/// Octets of most browsers, clients and servers in the middle of a login.
const PRINTED_OCTETS_USUAL: usize = 2_048;
