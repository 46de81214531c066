//! Decisions from a seed.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};

use super::{Choices, Key, below};
use crate::seed::Seed;

/// Evenly spread decisions, a pure function of the seed.
#[derive(Clone, Debug)]
pub struct Seeded {
    stream: ChaCha8Rng,
}

impl Seeded {
    /// The decisions of `seed`.
    #[must_use]
    pub fn new(seed: Seed) -> Self {
        let key = Sha256::new()
            .chain_update(b"grantlab choices")
            .chain_update(seed.0.to_le_bytes())
            .finalize();
        Self {
            stream: ChaCha8Rng::from_seed(key.into()),
        }
    }

    /// Yes, `chances` times in `of`.
    pub fn happens(&mut self, chances: u32, of: u32) -> bool {
        let drawn = below(
            self.stream.next_u64(),
            usize::try_from(of).unwrap_or(usize::MAX),
        );
        u32::try_from(drawn).unwrap_or(u32::MAX) < chances
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        below(self.stream.next_u64(), bound)
    }
}

impl Choices for Seeded {
    fn pick(&mut self, _site: &'static str, alternatives: &[Key]) -> usize {
        match alternatives.len() {
            0 | 1 => 0,
            bound => below(self.stream.next_u64(), bound),
        }
    }
}
