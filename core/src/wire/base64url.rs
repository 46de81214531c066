//! Base64 with the URL and filename safe alphabet, without padding (RFC 4648 §5; RFC 7515 §2).

use alloc::vec::Vec;

use base64ct::{Base64UrlUnpadded, Encoding as _};

use crate::text::Text;

/// Octets whose encoding needs no heap: a SHA-256 digest, 32 octets of entropy.
const SHORT_OCTETS_MAX: usize = 33;

/// Writes octets as base64url.
#[must_use]
pub fn encode(octets: &[u8]) -> Text {
    if octets.len() > SHORT_OCTETS_MAX {
        return Base64UrlUnpadded::encode_string(octets).into();
    }
    let mut buffer = [0; SHORT_OCTETS_MAX / 3 * 4];
    Text::new(Base64UrlUnpadded::encode(octets, &mut buffer).unwrap_or_default())
}

/// Writes 32 octets as base64url, into memory that the caller lends.
#[must_use]
pub fn encode_32<'m>(octets: &[u8; 32], memory: &'m mut [u8; 43]) -> &'m str {
    Base64UrlUnpadded::encode(octets, memory).unwrap_or_default()
}

/// Reads base64url that spells 32 octets, without a heap.
#[must_use]
pub fn decode_32(text: &str) -> Option<[u8; 32]> {
    let mut octets = [0; 32];
    let read = Base64UrlUnpadded::decode(text, &mut octets).ok()?;
    (read.len() == octets.len()).then_some(octets)
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
        fn what_is_written_is_read(octets in proptest::collection::vec(any::<u8>(), 0..100)) {
            prop_assert_eq!(decode(encode(&octets).as_str()), Some(octets));
        }

        #[test]
        fn what_is_read_is_written_alike(text in "[A-Za-z0-9_-]{0,40}") {
            if let Some(octets) = decode(&text) {
                let written = encode(&octets);
                prop_assert_eq!(decode_32(&text).is_some(), octets.len() == 32);
                prop_assert_eq!(written.as_str(), text);
            }
        }
    }
}
