//! Where fresh values come from: a seed, so that two runs of the same requests have the same values, or the operating
//! system.

use std::collections::BTreeMap;
use std::io;

use grantlab_core::entropy::{Entropy, FRESH_OCTETS, Fresh};
use sha2::{Digest as _, Sha256};

use crate::seed::Seed;

/// What fresh values derive from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A seed: predictable, so for tests alone.
    Seed(Seed),
    /// The operating system.
    System,
}

/// What all fresh values of a server derive from.
#[derive(Clone, Copy)]
pub(super) struct Root([u8; 32]);

impl Source {
    /// Draws the root.
    ///
    /// # Errors
    /// The operating system has no randomness to give.
    pub(super) fn root(self) -> io::Result<Root> {
        match self {
            Self::Seed(seed) => {
                let hash = Sha256::new().chain_update(b"grantlab serve");
                Ok(Root(
                    hash.chain_update(seed.0.to_le_bytes()).finalize().into(),
                ))
            }
            Self::System => {
                let mut octets = [0; 32];
                getrandom::fill(&mut octets).map_err(io::Error::other)?;
                Ok(Root(octets))
            }
        }
    }
}

impl Root {
    /// The `nth` value of a kind. Whoever does not know the root cannot tell it from noise.
    fn derived(&self, segment: &str, kind: &str, nth: &str) -> [u8; 32] {
        let mut hash = Sha256::new().chain_update(self.0);
        for part in [segment, kind, nth] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }
}

/// The fresh values of one issuer. They do not depend on what is asked of another.
pub(super) struct Fountain {
    root: Root,
    segment: String,
    /// How many values of each kind there were.
    drawn: BTreeMap<Fresh, u64>,
    tickets: u64,
}

impl Fountain {
    pub(super) fn new(root: Root, segment: &str) -> Self {
        Self {
            root,
            segment: segment.to_owned(),
            drawn: BTreeMap::new(),
            tickets: 0,
        }
    }

    /// The octets of the key that this issuer signs with under the name of `kid`.
    pub(super) fn key(&self, kid: &str) -> [u8; 32] {
        self.root.derived(&self.segment, "key", kid)
    }
}

impl Entropy for Fountain {
    fn fresh(&mut self, kind: Fresh) -> [u8; FRESH_OCTETS] {
        let nth = self.drawn.entry(kind).or_default();
        *nth = nth.wrapping_add(1);
        self.root
            .derived(&self.segment, kind.name(), &nth.to_string())
    }

    fn ticket(&mut self) -> u64 {
        self.tickets = self.tickets.wrapping_add(1);
        self.tickets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fountain(source: Source, segment: &str) -> Fountain {
        Fountain::new(source.root().unwrap(), segment)
    }

    #[test]
    fn a_value_follows_from_seed_issuer_kind_and_number() {
        let new = |seed, segment| fountain(Source::Seed(Seed(seed)), segment);
        let first = new(1, "a").fresh(Fresh::Code);
        let mut again = new(1, "a");
        assert_eq!(again.fresh(Fresh::Code), first);
        assert_ne!(again.fresh(Fresh::Code), first);
        assert_ne!(new(2, "a").fresh(Fresh::Code), first);
        assert_ne!(new(1, "b").fresh(Fresh::Code), first);
        assert_ne!(new(1, "a").fresh(Fresh::State), first);
    }

    #[test]
    fn the_system_gives_every_server_other_values() {
        let first = fountain(Source::System, "").fresh(Fresh::Code);
        assert_ne!(fountain(Source::System, "").fresh(Fresh::Code), first);
    }
}
