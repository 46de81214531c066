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
        return Text::new(encode_32(octets, &mut [0; 43]));
    }
    if octets.len() > SHORT_OCTETS_MAX {
        return Base64UrlUnpadded::encode_string(octets).into();
    }
    let mut buffer = [0; SHORT_OCTETS_MAX / 3 * 4];
    Text::new(Base64UrlUnpadded::encode(octets, &mut buffer).unwrap_or_default())
}

/// Writes 32 octets as base64url, into memory that the caller lends.
#[must_use]
pub fn encode_32<'m>(octets: &[u8; 32], memory: &'m mut [u8; 43]) -> &'m str {
    let (threes, rest) = octets.as_chunks::<3>();
    let (fours, last) = memory.as_chunks_mut::<4>();
    for ([a, b, c], four) in threes.iter().zip(fours) {
        *four = [a >> 2, (a << 4) | (b >> 4), (b << 2) | (c >> 6), *c];
    }
    if let ([a, b], [x, y, z]) = (rest, last) {
        (*x, *y, *z) = (a >> 2, (a << 4) | (b >> 4), b << 2);
    }
    for octet in memory.iter_mut() {
        *octet = character(*octet & 63);
    }
    core::str::from_utf8(memory).unwrap_or_default()
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

/// The six bits of a character; the highest bit is set where there are none.
const fn sextet(character: u8) -> u8 {
    match character {
        b'A'..=b'Z' => character.wrapping_sub(b'A'),
        b'a'..=b'z' => character.wrapping_sub(b'a').wrapping_add(26),
        b'0'..=b'9' => character.wrapping_sub(b'0').wrapping_add(52),
        b'-' => 62,
        b'_' => 63,
        _ => 128,
    }
}

/// Reads base64url that spells 32 octets, without a heap.
#[must_use]
pub fn decode_32(text: &str) -> Option<[u8; 32]> {
    let text: &[u8; 43] = text.as_bytes().try_into().ok()?;
    let sextets = text.map(sextet);
    let foreign = sextets.iter().fold(0, |found, sextet| found | sextet);
    let mut octets = [0; 32];
    let (threes, rest) = octets.as_chunks_mut::<3>();
    let (fours, last) = sextets.as_chunks::<4>();
    for ([a, b, c, d], three) in fours.iter().zip(threes) {
        *three = [(a << 2) | (b >> 4), (b << 4) | (c >> 2), (c << 6) | d];
    }
    let ([a, b, c], [x, y]) = (last, rest) else {
        return None;
    };
    (*x, *y) = ((a << 2) | (b >> 4), (b << 4) | (c >> 2));
    // The last character spells two bits more than there are; only zeros are read, so that there is one spelling.
    (foreign & 128 == 0 && c & 3 == 0).then_some(octets)
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
