//! Base64 with the URL and filename safe alphabet, without padding (RFC 4648 §5; RFC 7515 §2).

use alloc::vec::Vec;

use base64ct::{Base64UrlUnpadded, Encoding as _};

use crate::text::Text;

/// Octets whose encoding needs no heap: a SHA-256 digest, 32 octets of entropy.
const SHORT_OCTETS_MAX: usize = 33;

/// Writes octets as base64url.
#[must_use]
pub fn encode(octets: &[u8]) -> Text {
    if let Ok(octets) = octets.try_into() {
        return Text::new(encode_32(octets, &mut Characters::new()));
    }
    if octets.len() > SHORT_OCTETS_MAX {
        return Base64UrlUnpadded::encode_string(octets).into();
    }
    let mut buffer = [0; SHORT_OCTETS_MAX / 3 * 4];
    Text::new(Base64UrlUnpadded::encode(octets, &mut buffer).unwrap_or_default())
}

/// Memory for 32 octets in base64url. There is room for 48 characters, so that none is left over when they are
/// worked on sixteen at a time.
#[derive(Clone, Copy, Debug)]
#[repr(align(16))]
pub struct Characters([u8; 48]);

impl Characters {
    /// Nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self([0; 48])
    }
}

impl Default for Characters {
    fn default() -> Self {
        Self::new()
    }
}

/// Writes 32 octets as base64url, into memory that the caller lends.
#[must_use]
pub fn encode_32<'m>(octets: &[u8; 32], Characters(memory): &'m mut Characters) -> &'m str {
    let (threes, rest) = octets.as_chunks::<3>();
    let (fours, _) = memory.as_chunks_mut::<4>();
    for ([a, b, c], four) in threes.iter().zip(&mut *fours) {
        *four = [a >> 2, (a << 4) | (b >> 4), (b << 2) | (c >> 6), *c];
    }
    if let ([a, b], Some(four)) = (rest, fours.get_mut(threes.len())) {
        *four = [a >> 2, (a << 4) | (b >> 4), b << 2, 0];
    }
    for octet in memory.iter_mut() {
        *octet = character(*octet & 63);
    }
    let text = core::str::from_utf8(memory).unwrap_or_default();
    text.get(..43).unwrap_or_default()
}

/// The character of six bits. No place in memory depends on them.
const fn character(sextet: u8) -> u8 {
    let lower = if sextet >= 26 { 6 } else { 0 };
    let digit = if sextet >= 52 { 75 } else { 0 };
    let minus = if sextet == 62 { 13 } else { 0 };
    let low_line = if sextet == 63 { 36 } else { 0 };
    let letter = sextet.wrapping_add(b'A').wrapping_add(lower);
    letter
        .wrapping_sub(digit)
        .wrapping_sub(minus)
        .wrapping_add(low_line)
}

/// The two characters that are neither letters nor digits: `-` and `_` in a URL, `+` and `/` elsewhere
/// (RFC 4648 §4, §5).
#[derive(Clone, Copy)]
struct Alphabet {
    sixty_two: u8,
    sixty_three: u8,
}

const URL_SAFE: Alphabet = Alphabet {
    sixty_two: b'-',
    sixty_three: b'_',
};

const STANDARD: Alphabet = Alphabet {
    sixty_two: b'+',
    sixty_three: b'/',
};

impl Alphabet {
    /// The six bits of a character; the highest bit is set where there are none. No branch and no place in memory
    /// depends on the character.
    const fn sextet(self, character: u8) -> u8 {
        const fn within(character: u8, first: u8, last: u8) -> u8 {
            let length = last.wrapping_sub(first);
            if character.wrapping_sub(first) <= length {
                255
            } else {
                0
            }
        }
        const fn same(character: u8, other: u8) -> u8 {
            if character == other { 255 } else { 0 }
        }
        let upper = within(character, b'A', b'Z');
        let lower = within(character, b'a', b'z');
        let digit = within(character, b'0', b'9');
        let sixty_two = same(character, self.sixty_two);
        let sixty_three = same(character, self.sixty_three);
        let known = upper | lower | digit | sixty_two | sixty_three;
        (character.wrapping_sub(b'A') & upper)
            | (character.wrapping_sub(b'a' - 26) & lower)
            | (character.wrapping_add(52 - b'0') & digit)
            | (62 & sixty_two)
            | (63 & sixty_three)
            | (128 & !known)
    }
}

/// Three octets for each four sextets. Says which bits were set in some sextet.
fn join(sextets: &[u8], octets: &mut [u8]) -> u8 {
    let (fours, _) = sextets.as_chunks::<4>();
    let (threes, _) = octets.as_chunks_mut::<3>();
    for ([a, b, c, d], three) in fours.iter().zip(threes) {
        *three = [(a << 2) | (b >> 4), (b << 4) | (c >> 2), (c << 6) | d];
    }
    sextets.iter().fold(0, |found, sextet| found | sextet)
}

/// Reads base64url that spells 32 octets, without a heap.
#[must_use]
pub fn decode_32(text: &str) -> Option<[u8; 32]> {
    let text: &[u8; 43] = text.as_bytes().try_into().ok()?;
    let mut sextets = [b'A'; 48];
    let (spelled, _) = sextets.split_first_chunk_mut()?;
    *spelled = *text;
    let sextets = sextets.map(|character| URL_SAFE.sextet(character));
    let mut octets = [0; 36];
    let found = join(&sextets, &mut octets);
    let (first, rest) = octets.split_first_chunk::<32>()?;
    // The last character spells two bits more than there are; only zeros are read, so that there is one spelling.
    (found & 128 == 0 && rest.first() == Some(&0)).then_some(*first)
}

/// Characters that are read at a time.
const BLOCK: usize = 48;

/// Reads the groups of four characters of base64 (RFC 4648 §4) before the last one, which may be padded; says how
/// many characters that were.
#[must_use]
pub(super) fn decode_before_padding(text: &[u8], octets: &mut [u8]) -> Option<usize> {
    let length = text.len().saturating_sub(1) / 4 * 4;
    let mut found = 0;
    let mut rest = octets.get_mut(..length / 4 * 3)?;
    for block in text.get(..length)?.chunks(BLOCK) {
        let mut sextets = [b'A'; BLOCK];
        sextets.get_mut(..block.len())?.copy_from_slice(block);
        let sextets = sextets.map(|character| STANDARD.sextet(character));
        let (here, behind) = rest.split_at_mut_checked(block.len() / 4 * 3)?;
        found |= join(&sextets, here);
        rest = behind;
    }
    (found & 128 == 0).then_some(length)
}

/// Reads base64url. Padding, other alphabets, line breaks and unused bits that are not zero give `None`.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_vectors_of_the_standards() {
        // RFC 4648 §10 without padding, and RFC 7515 appendix C.
        let table: [(&[u8], &str); 8] = [
            (b"", ""),
            (b"f", "Zg"),
            (b"fo", "Zm8"),
            (b"foo", "Zm9v"),
            (b"foob", "Zm9vYg"),
            (b"fooba", "Zm9vYmE"),
            (b"foobar", "Zm9vYmFy"),
            (&[3, 236, 255, 224, 193], "A-z_4ME"),
        ];
        for (octets, text) in table {
            assert_eq!(encode(octets), text);
            assert_eq!(decode(text).as_deref(), Some(octets));
        }
    }

    #[test]
    fn only_one_spelling_is_read() {
        for text in [
            "Zg==", "Zh", "Zm9", "A+z/4ME", "Z", "Zm9v\n", " Zm9v", "Zm 9v", "Zm9vé",
        ] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn thirty_two_octets_are_written_alike(octets: [u8; 32]) {
            let written = Base64UrlUnpadded::encode_string(&octets);
            let encoded = encode(&octets);
            prop_assert_eq!(decode_32(&written), Some(octets));
            prop_assert_eq!(encoded.as_str(), written);
        }

        #[test]
        fn what_is_written_is_read(octets in proptest::collection::vec(any::<u8>(), 0..100)) {
            prop_assert_eq!(decode(encode(&octets).as_str()), Some(octets));
        }

        #[test]
        fn what_is_read_is_written_alike(text in "[A-Za-z0-9_-]{0,40}") {
            let long = text.repeat(2);
            prop_assert_eq!(decode_32(&long).map(Vec::from), decode(&long).filter(|octets| octets.len() == 32));
            if let Some(octets) = decode(&text) {
                let written = encode(&octets);
                prop_assert_eq!(decode_32(&text).is_some(), octets.len() == 32);
                prop_assert_eq!(written.as_str(), text);
            }
        }
    }
}
