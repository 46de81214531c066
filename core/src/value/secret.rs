//! How secrets rest: as digests.

use core::fmt;

use sha2::block_api::compress256;
use sha2::{Digest, Sha256};

use crate::wire::base64url;

/// SHA-256 of a code or token. A store keeps this and cannot give away what it does not have.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretDigest(pub [u8; 32]);

crate::canonical_tuple!(SecretDigest);

impl SecretDigest {
    /// The digest of `secret`.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        Self(sha256(secret.as_bytes()))
    }
}

/// Where SHA-256 starts (FIPS 180-4 §5.3.3).
const START: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// SHA-256. Codes, tokens and usual verifiers fit into one block with their padding (FIPS 180-4 §5.1.1), which is
/// made here: a hasher that keeps what comes piece by piece costs as much again.
pub(super) fn sha256(octets: &[u8]) -> [u8; 32] {
    let mut block = [0; 64];
    let Some((content, length)) = block.split_last_chunk_mut::<8>() else {
        return [0; 32];
    };
    let Some((content, [end, ..])) = content.split_at_mut_checked(octets.len()) else {
        return Sha256::digest(octets).into();
    };
    content.copy_from_slice(octets);
    *end = 0x80;
    let bits = u64::try_from(octets.len()).unwrap_or(0).wrapping_mul(8);
    *length = bits.to_be_bytes();
    let mut state = START;
    compress256(&mut state, &[block]);
    let mut digest = [0; 32];
    for (four, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *four = word.to_be_bytes();
    }
    digest
}

impl fmt::Debug for SecretDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = base64url::encode(&self.0);
        write!(
            formatter,
            "SecretDigest({}…)",
            super::first_characters(text.as_str())
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_block_and_more_are_digested_alike() {
        let octets = [b'x'; 130];
        for length in 0..octets.len() {
            let octets = &octets[..length];
            assert_eq!(sha256(octets), <[u8; 32]>::from(Sha256::digest(octets)));
        }
    }
}
