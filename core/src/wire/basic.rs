//! `Authorization: Basic` (RFC 7617), with the encoding of both halves that RFC 6749 §2.3.1 asks for.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use base64ct::{Base64, Encoding as _};

use super::form::{self, FormError};
use super::octets::{self, Is};
use super::{base64url, bearer};
use crate::text::Text;

/// A client identifier and its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The client identifier.
    pub client_id: Text,
    /// The client secret.
    pub client_secret: Text,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Credentials")
            .field("client_id", &self.client_id)
            .field("client_secret", &format_args!("…"))
            .finish()
    }
}

/// Why a field value holds no Basic credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BasicError {
    /// The first word is not `Basic`.
    Scheme,
    /// The second word is not base64.
    Base64 {
        /// The octet of the field value that cannot stand there, or the end.
        position: usize,
    },
    /// The decoded octets are not UTF-8.
    Utf8 {
        /// The first decoded octet that cannot stand there.
        position: usize,
    },
    /// The decoded text has no colon.
    Colon,
    /// The part before the colon is not form-encoded; positions count from its start.
    ClientId(FormError),
    /// The part after the colon is not form-encoded; positions count from its start.
    ClientSecret(FormError),
}

impl fmt::Display for BasicError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheme => formatter.write_str("octet 0: expected the word Basic"),
            Self::Base64 { position } => write!(formatter, "octet {position}: expected base64"),
            Self::Utf8 { position } => {
                write!(formatter, "decoded octet {position}: expected UTF-8")
            }
            Self::Colon => formatter.write_str("decoded text: expected a colon"),
            Self::ClientId(error) => write!(formatter, "client identifier, {error}"),
            Self::ClientSecret(error) => write!(formatter, "client secret, {error}"),
        }
    }
}

impl core::error::Error for BasicError {}

/// Reads credentials whose halves are form-encoded (RFC 6749 §2.3.1).
///
/// # Errors
/// [`BasicError`] for the first thing that is wrong.
pub fn read(authorization: &str) -> Result<Credentials, BasicError> {
    read_in(authorization, &mut form::Memory::default())
}

/// The same, in memory that the caller lends.
///
/// # Errors
/// [`BasicError`] for the first thing that is wrong.
pub fn read_in(authorization: &str, memory: &mut form::Memory) -> Result<Credentials, BasicError> {
    let mut decoded = [0; USUAL_OCTETS];
    let mut longer = Vec::new();
    let (client_id, client_secret) = halves(authorization, &mut decoded, &mut longer)?;
    let mut read = |half: &str| form::decode(half, memory);
    Ok(Credentials {
        client_id: read(client_id).map_err(BasicError::ClientId)?,
        client_secret: read(client_secret).map_err(BasicError::ClientSecret)?,
    })
}

/// Decoded octets of credentials that need no heap.
const USUAL_OCTETS: usize = 192;

/// Reads credentials as RFC 7617 alone has them: the halves stand for themselves.
///
/// # Errors
/// [`BasicError`] for the first thing that is wrong.
pub fn read_raw(authorization: &str) -> Result<Credentials, BasicError> {
    let mut decoded = [0; USUAL_OCTETS];
    let mut longer = Vec::new();
    let (client_id, client_secret) = halves(authorization, &mut decoded, &mut longer)?;
    Ok(Credentials {
        client_id: Text::new(client_id),
        client_secret: Text::new(client_secret),
    })
}

/// What stands before and after the first colon.
fn halves<'m>(
    authorization: &str,
    decoded: &'m mut [u8; USUAL_OCTETS],
    longer: &'m mut Vec<u8>,
) -> Result<(&'m str, &'m str), BasicError> {
    if !bearer::scheme(authorization).eq_ignore_ascii_case("Basic") {
        return Err(BasicError::Scheme);
    }
    let encoded = bearer::after_scheme(authorization);
    let memory = if encoded.len() <= USUAL_OCTETS {
        decoded.as_mut_slice()
    } else {
        longer.resize(encoded.len(), 0);
        longer.as_mut_slice()
    };
    let octets = decode(encoded.as_bytes(), memory).ok_or_else(|| BasicError::Base64 {
        position: authorization
            .len()
            .saturating_sub(encoded.len())
            .saturating_add(first_foreign(encoded)),
    })?;
    let text = core::str::from_utf8(octets).map_err(|error| BasicError::Utf8 {
        position: error.valid_up_to(),
    })?;
    let colon = octets::find(octets, Is(b':'));
    let (client_id, rest) = text.split_at_checked(colon).unwrap_or_default();
    Ok((client_id, rest.get(1..).ok_or(BasicError::Colon)?))
}

/// The octets that base64 spells, in memory that has room for as many as there are characters.
fn decode<'m>(encoded: &[u8], memory: &'m mut [u8]) -> Option<&'m [u8]> {
    let read = base64url::decode_before_padding(encoded, memory)?;
    let (octets, rest) = (read / 4 * 3, encoded.get(read..)?);
    let last = Base64::decode(rest, memory.get_mut(octets..)?).ok()?.len();
    memory.get(..octets.saturating_add(last))
}

/// The first octet outside the base64 alphabet, or the length.
fn first_foreign(encoded: &str) -> usize {
    encoded
        .bytes()
        .position(|octet| !matches!(octet, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/'))
        .unwrap_or(encoded.len())
}

/// Writes credentials with both halves form-encoded (RFC 6749 §2.3.1).
#[must_use]
pub fn write(client_id: &str, client_secret: &str) -> Text {
    write_raw(&form::encode(client_id), &form::encode(client_secret))
}

/// Writes credentials as they are, which many clients do: a colon in the identifier then ends it early.
#[must_use]
pub fn write_raw(client_id: &str, client_secret: &str) -> Text {
    let mut pair = String::with_capacity(
        client_id
            .len()
            .saturating_add(client_secret.len())
            .saturating_add(1),
    );
    pair.push_str(client_id);
    pair.push(':');
    pair.push_str(client_secret);
    let mut out = String::from("Basic ");
    out.push_str(&Base64::encode_string(pair.as_bytes()));
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use proptest::prelude::*;

    fn credentials(client_id: &str, client_secret: &str) -> Credentials {
        Credentials {
            client_id: Text::new(client_id),
            client_secret: Text::new(client_secret),
        }
    }

    #[test]
    fn the_examples_of_the_standards() {
        let table = [
            // RFC 6749 §2.3.1
            (
                "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3",
                credentials("s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw"),
            ),
            // RFC 7617 §2
            (
                "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
                credentials("Aladdin", "open sesame"),
            ),
        ];
        for (field, expected) in table {
            assert_eq!(read(field), Ok(expected.clone()));
            assert_eq!(
                write_raw(expected.client_id.as_str(), expected.client_secret.as_str()),
                field
            );
        }
        // RFC 7617 §2.1: the user-id is `test`, the password has a pound sign.
        assert_eq!(
            read("Basic dGVzdDoxMjPCow=="),
            Ok(credentials("test", "123£"))
        );
    }

    #[test]
    fn the_word_is_read_in_any_case_and_with_several_spaces() {
        for field in ["basic YTpi", "BASIC   YTpi"] {
            assert_eq!(read(field), Ok(credentials("a", "b")));
        }
    }

    #[test]
    fn halves_are_decoded_only_where_the_standard_says_so() {
        let field = write("my:id", "p+s %");
        assert_eq!(read(field.as_str()), Ok(credentials("my:id", "p+s %")));
        assert_eq!(
            read_raw(field.as_str()),
            Ok(credentials("my%3Aid", "p%2Bs+%25"))
        );
        let raw = write_raw("id", "a+b");
        assert_eq!(read(raw.as_str()), Ok(credentials("id", "a b")));
    }

    #[test]
    fn each_mistake_has_its_place() {
        let table = [
            ("", BasicError::Scheme),
            ("Bearer YTpi", BasicError::Scheme),
            ("BasicYTpi", BasicError::Scheme),
            ("Basic YT!i", BasicError::Base64 { position: 8 }),
            ("Basic YTpiYw", BasicError::Base64 { position: 12 }),
            ("Basic YTpi YTpi", BasicError::Base64 { position: 10 }),
            ("Basic YTr/", BasicError::Utf8 { position: 2 }),
            ("Basic YWI=", BasicError::Colon),
            ("Basic", BasicError::Colon),
        ];
        for (field, expected) in table {
            assert_eq!(read(field), Err(expected), "{field:?}");
        }
        for (pair, shown) in [
            (
                ("a%", "b"),
                "client identifier, octet 1: expected two hexadecimal digits after %",
            ),
            (("a", "b%ff"), "client secret, octet 1: expected UTF-8"),
        ] {
            let error = read(write_raw(pair.0, pair.1).as_str()).unwrap_err();
            assert_eq!(format!("{error}"), shown);
        }
    }

    #[test]
    fn debug_output_hides_the_secret() {
        let shown = format!("{:?}", credentials("id", "hunter2"));
        assert!(
            shown.contains("id") && !shown.contains("hunter2"),
            "{shown}"
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(id in any::<String>(), secret in any::<String>()) {
            prop_assert_eq!(read(write(&id, &secret).as_str()), Ok(credentials(&id, &secret)));
        }

        #[test]
        fn any_text_has_an_answer(field in any::<String>(), rest in any::<String>()) {
            let _ = read(&field);
            let _ = read(&format!("Basic {rest}"));
        }
    }
}
