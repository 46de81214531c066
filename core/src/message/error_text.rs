//! The three parameters of every error (RFC 6749 §4.1.2.1, §5.2): which characters they may hold.

use alloc::string::String;

use crate::text::Text;
use crate::value::{Malformed, checked};

/// RFC 6749 §4.1.2.1, §5.2, A.7, A.8 (MUST NOT): `error` and `error_description` hold neither quote, backslash
/// nor control characters, so that they can stand in a header as well.
pub(super) fn words(text: Text) -> Result<Text, Malformed> {
    checked(
        text,
        "printable ASCII characters without quote and backslash",
        is_word_octet,
    )
}

/// RFC 6749 §4.1.2.1, §5.2, A.9 (MUST NOT): as [`words`], and no blanks.
pub(super) fn uri(text: Text) -> Result<Text, Malformed> {
    checked(
        text,
        "a URI of printable ASCII characters without quote, backslash and blanks",
        is_uri_octet,
    )
}

/// The same text with every character that [`words`] refuses replaced: a quote by an apostrophe, others by `?`.
/// What was said by a library or typed by a user can then be sent.
pub(super) fn to_words(text: &str) -> Text {
    let replaced: String = text
        .chars()
        .map(|character| match u8::try_from(character) {
            Ok(octet) if is_word_octet(octet) => character,
            Ok(b'"') => '\'',
            Ok(b'\t' | b'\r' | b'\n') => ' ',
            Ok(_) | Err(_) => '?',
        })
        .collect();
    replaced.into()
}

/// `NQSCHAR` of RFC 6749 Appendix A.
const fn is_word_octet(octet: u8) -> bool {
    matches!(octet, 0x20 | 0x21 | 0x23..=0x5b | 0x5d..=0x7e)
}

const fn is_uri_octet(octet: u8) -> bool {
    octet != b' ' && is_word_octet(octet)
}
