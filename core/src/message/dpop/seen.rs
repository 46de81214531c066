//! Which proofs were used already (RFC 9449 §11.1).

use alloc::vec::Vec;

use super::DpopProof;
use crate::canonical::{Canonical, Encoder};
use crate::limits::PROOFS_SEEN_MAX;
use crate::time::Timestamp;
use crate::value::{SecretDigest, Thumbprint};

/// The proofs that were used and could be used again if nobody remembered them; never more than
/// [`PROOFS_SEEN_MAX`]. Those of one node are unknown to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProofsSeen(Vec<(SecretDigest, Timestamp)>);

impl Canonical for ProofsSeen {
    fn encode(&self, out: &mut Encoder) {
        self.0.encode(out);
    }
}

/// Why a proof is not good, although it is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeenFault {
    /// It was used before.
    Used,
    /// No more can be remembered for now.
    Full,
}

impl ProofsSeen {
    /// None was used.
    pub const NONE: Self = Self(Vec::new());

    /// Whether this is the first use of a proof by the owner of this key.
    ///
    /// # Errors
    /// [`SeenFault`]
    pub fn unused(
        &self,
        proof: &DpopProof,
        key: &Thumbprint,
        now: Timestamp,
    ) -> Result<(), SeenFault> {
        let name = name(proof, key);
        let mut remembered = self.0.iter().filter(|(_, until)| *until > now);
        if remembered.clone().any(|(seen, _)| *seen == name) {
            return Err(SeenFault::Used);
        }
        match remembered.nth(PROOFS_SEEN_MAX.saturating_sub(1)) {
            Some(_) => Err(SeenFault::Full),
            None => Ok(()),
        }
    }

    /// Remembers a proof, and forgets those that are too old for anybody.
    pub fn remember(&mut self, proof: &DpopProof, key: &Thumbprint, now: Timestamp) {
        self.0.retain(|(_, until)| *until > now);
        self.0.push((name(proof, key), proof.useless_from()));
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

/// Names are unique for a key alone: nobody else's proof uses one up.
fn name(proof: &DpopProof, key: &Thumbprint) -> SecretDigest {
    SecretDigest::of(&alloc::format!("{} {}", key.as_str(), proof.jti))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;

    fn proof(jti: usize) -> DpopProof {
        DpopProof {
            jti: alloc::format!("{jti}").into(),
            htm: Text::new("GET"),
            htu: Text::new("https://rs.example/"),
            iat: Timestamp::ZERO,
            ath: None,
        }
    }

    #[test]
    fn a_proof_is_used_once_and_by_its_owner() {
        let (now, key, other) = (Timestamp(1), Thumbprint::of(b"1"), Thumbprint::of(b"2"));
        let mut seen = ProofsSeen::NONE;
        assert_eq!(seen.unused(&proof(1), &key, now), Ok(()));
        seen.remember(&proof(1), &key, now);
        assert_eq!(seen.unused(&proof(1), &key, now), Err(SeenFault::Used));
        assert_eq!(seen.unused(&proof(1), &other, now), Ok(()));
        assert_eq!(seen.unused(&proof(2), &key, now), Ok(()));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_forgotten_in_time() {
        let (now, key) = (Timestamp(1), Thumbprint::of(b"1"));
        let mut seen = ProofsSeen::NONE;
        for jti in 0..PROOFS_SEEN_MAX {
            seen.remember(&proof(jti), &key, now);
        }
        let next = proof(PROOFS_SEEN_MAX);
        assert_eq!(seen.unused(&next, &key, now), Err(SeenFault::Full));
        let later = next.useless_from();
        assert_eq!(seen.unused(&next, &key, later), Ok(()));
        seen.remember(&next, &key, later);
        assert_eq!(seen.0.len(), 1);
    }
}
