//! `Authorization: Bearer` and `WWW-Authenticate` (RFC 6750 §2.1, §3; RFC 9110 §11).

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::octets::Set;
use crate::text::Text;

/// Why a field value holds no bearer token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BearerError {
    /// The first word is not `Bearer`.
    Scheme,
    /// No token follows.
    Missing,
    /// An octet that cannot stand in a token.
    Token {
        /// The octet of the field value.
        position: usize,
    },
}

impl fmt::Display for BearerError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheme => formatter.write_str("octet 0: expected the word Bearer"),
            Self::Missing => formatter.write_str("end: expected a token"),
            Self::Token { position } => write!(
                formatter,
                "octet {position}: expected a letter, a digit or one of -._~+/, and = only at the end"
            ),
        }
    }
}

impl core::error::Error for BearerError {}

/// Reads a bearer token: `b64token` of RFC 6750 §2.1.
///
/// # Errors
/// [`BearerError`] for the first thing that is wrong.
pub fn read(authorization: &str) -> Result<&str, BearerError> {
    read_after("Bearer", authorization)
}

/// Reads what has the form of a bearer token after another word: `DPoP` (RFC 9449 §7.1).
///
/// # Errors
/// [`BearerError`] for the first thing that is wrong.
pub fn read_after<'a>(word: &str, authorization: &'a str) -> Result<&'a str, BearerError> {
    if !scheme(authorization).eq_ignore_ascii_case(word) {
        return Err(BearerError::Scheme);
    }
    let token = after_scheme(authorization);
    if token.is_empty() {
        return Err(BearerError::Missing);
    }
    let unpadded = token.trim_end_matches('=');
    let position = NO_TOKEN.find(unpadded.as_bytes());
    if position == unpadded.len() && position > 0 {
        return Ok(token);
    }
    Err(BearerError::Token {
        position: authorization
            .len()
            .saturating_sub(token.len())
            .saturating_add(position),
    })
}

/// Octets that are not in the body of a `b64token` (RFC 6750 §2.1).
static NO_TOKEN: Set = Set::alphanumeric().and(b"-._~+/").complement();

/// Writes a bearer token.
#[must_use]
pub fn write(token: &str) -> Text {
    write_after("Bearer", token)
}

/// Writes a token after a word.
#[must_use]
pub fn write_after(word: &str, token: &str) -> Text {
    let length = word.len().saturating_add(token.len()).saturating_add(1);
    let mut out = String::with_capacity(length);
    out.push_str(word);
    out.push(' ');
    out.push_str(token);
    out.into()
}

/// The first word of an `Authorization`: its scheme, as it was written.
#[must_use]
pub fn scheme(authorization: &str) -> &str {
    authorization.split(' ').next().unwrap_or_default()
}

/// What follows the scheme and the spaces behind it.
pub(super) fn after_scheme(authorization: &str) -> &str {
    match authorization.split_once(' ') {
        Some((_, rest)) => rest.trim_start_matches(' '),
        None => "",
    }
}

/// One challenge of a `WWW-Authenticate` (RFC 9110 §11.6.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The scheme, as it was written.
    pub scheme: Text,
    /// Names as they were written, and unquoted values, in their order.
    pub parameters: Vec<(Text, Text)>,
}

/// Why a field value is not one challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChallengeError {
    /// The octet where reading stopped, counted from zero.
    pub position: usize,
    /// What should have been there.
    pub expected: ChallengeExpected,
}

/// What a challenge lacks at some octet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeExpected {
    /// The word that names the scheme.
    Scheme,
    /// A space after the scheme.
    Space,
    /// The name of a parameter.
    Name,
    /// The `=` after a name.
    Equals,
    /// A word or a quoted string.
    Value,
    /// The quote that ends a quoted string.
    Quote,
    /// The comma between two parameters.
    Comma,
}

impl fmt::Display for ChallengeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let expected = match self.expected {
            ChallengeExpected::Scheme => "a scheme",
            ChallengeExpected::Space => "a space",
            ChallengeExpected::Name => "the name of a parameter",
            ChallengeExpected::Equals => "an equals sign",
            ChallengeExpected::Value => "a word or a quoted string",
            ChallengeExpected::Quote => "a closing quote",
            ChallengeExpected::Comma => "a comma",
        };
        write!(formatter, "octet {}: expected {expected}", self.position)
    }
}

impl core::error::Error for ChallengeError {}

impl Challenge {
    /// The value of the first parameter called `name`, in any case.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Text> {
        self.parameters
            .iter()
            .find(|(key, _)| key.as_str().eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Reads one challenge. A second one in the same field is an error at its place.
    ///
    /// # Errors
    /// [`ChallengeError`] names the octet and what was expected there.
    pub fn read(field: &str) -> Result<Self, ChallengeError> {
        let mut reader = ChallengeReader { field, rest: field };
        let scheme = Text::new(reader.token(ChallengeExpected::Scheme)?);
        if !reader.rest.is_empty() && !reader.rest.starts_with(' ') {
            return Err(reader.error(ChallengeExpected::Space));
        }
        let mut parameters = Vec::new();
        loop {
            reader.rest = reader.rest.trim_start_matches([' ', '\t', ',']);
            if reader.rest.is_empty() {
                return Ok(Self { scheme, parameters });
            }
            parameters.push(reader.parameter()?);
            reader.skip_spaces();
            if !reader.rest.is_empty() && !reader.rest.starts_with(',') {
                return Err(reader.error(ChallengeExpected::Comma));
            }
        }
    }

    /// Writes the challenge with every value quoted.
    ///
    /// What cannot be said is left out: characters that no word may hold in scheme and names, and parameters
    /// without a name. A control character in a value becomes a space, so that no line can end early.
    #[must_use]
    pub fn write(&self) -> Text {
        let mut out = String::new();
        out.extend(self.scheme.as_str().chars().filter(char_is_in_word));
        let mut separator = " ";
        for (name, value) in &self.parameters {
            if !name
                .as_str()
                .chars()
                .any(|character| char_is_in_word(&character))
            {
                continue;
            }
            out.push_str(separator);
            separator = ", ";
            out.extend(name.as_str().chars().filter(char_is_in_word));
            out.push_str("=\"");
            for character in value.as_str().chars() {
                match character {
                    '"' | '\\' => out.extend(['\\', character]),
                    '\t' => out.push('\t'),
                    control if control.is_ascii_control() => out.push(' '),
                    plain => out.push(plain),
                }
            }
            out.push('"');
        }
        out.into()
    }
}

fn char_is_in_word(character: &char) -> bool {
    u8::try_from(*character).is_ok_and(|octet| !NO_WORD.contains(octet))
}

/// Octets that are not in a `token` (RFC 9110 §5.6.2).
pub(super) static NO_WORD: Set = Set::alphanumeric().and(b"!#$%&'*+-.^_`|~").complement();

/// Whether `text` is a `token`.
pub(super) fn is_word(text: &str) -> bool {
    !text.is_empty() && !NO_WORD.meets(text.as_bytes())
}

struct ChallengeReader<'a> {
    field: &'a str,
    rest: &'a str,
}

impl<'a> ChallengeReader<'a> {
    const fn error(&self, expected: ChallengeExpected) -> ChallengeError {
        ChallengeError {
            position: self.field.len().saturating_sub(self.rest.len()),
            expected,
        }
    }

    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    fn token(&mut self, expected: ChallengeExpected) -> Result<&'a str, ChallengeError> {
        let (token, rest) = NO_WORD.split(self.rest);
        if token.is_empty() {
            return Err(self.error(expected));
        }
        self.rest = rest;
        Ok(token)
    }

    fn parameter(&mut self) -> Result<(Text, Text), ChallengeError> {
        let name = Text::new(self.token(ChallengeExpected::Name)?);
        self.skip_spaces();
        self.rest = self
            .rest
            .strip_prefix('=')
            .ok_or_else(|| self.error(ChallengeExpected::Equals))?;
        self.skip_spaces();
        let value = match self.rest.strip_prefix('"') {
            Some(rest) => {
                self.rest = rest;
                self.quoted()?
            }
            None => Text::new(self.token(ChallengeExpected::Value)?),
        };
        Ok((name, value))
    }

    /// Reads a quoted string whose first quote is behind us.
    fn quoted(&mut self) -> Result<Text, ChallengeError> {
        let mut value = String::new();
        let mut characters = self.rest.chars();
        loop {
            let character = match characters.next() {
                Some('"') => break,
                Some('\\') => characters.next(),
                plain => plain,
            };
            let Some(character) = character else {
                self.rest = "";
                return Err(self.error(ChallengeExpected::Quote));
            };
            value.push(character);
        }
        self.rest = characters.as_str();
        Ok(value.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::vec;
    use proptest::prelude::*;

    #[test]
    fn the_example_of_rfc_6750_section_2_1() {
        assert_eq!(read("Bearer mF_9.B5f-4.1JqM"), Ok("mF_9.B5f-4.1JqM"));
        assert_eq!(write("mF_9.B5f-4.1JqM"), "Bearer mF_9.B5f-4.1JqM");
    }

    #[test]
    fn tokens_and_what_is_none() {
        assert_eq!(read("bearer   a~+/=="), Ok("a~+/=="));
        assert_eq!(read("BEARER a"), Ok("a"));
        let table = [
            ("", BearerError::Scheme),
            ("Bearera", BearerError::Scheme),
            ("Basic YTpi", BearerError::Scheme),
            (" Bearer a", BearerError::Scheme),
            ("Bearer", BearerError::Missing),
            ("Bearer  ", BearerError::Missing),
            ("Bearer a b", BearerError::Token { position: 8 }),
            ("Bearer a,Bearer b", BearerError::Token { position: 8 }),
            ("Bearer a=b", BearerError::Token { position: 8 }),
            ("Bearer ==", BearerError::Token { position: 7 }),
            ("Bearer é", BearerError::Token { position: 7 }),
            ("Bearer\ta", BearerError::Scheme),
        ];
        for (field, error) in table {
            assert_eq!(read(field), Err(error), "{field:?}");
        }
    }

    fn challenge(scheme: &str, parameters: &[(&str, &str)]) -> Challenge {
        Challenge {
            scheme: scheme.into(),
            parameters: parameters
                .iter()
                .map(|(name, value)| (Text::new(name), Text::new(value)))
                .collect(),
        }
    }

    #[test]
    fn the_examples_of_rfc_6750_section_3() {
        let bare = challenge("Bearer", &[("realm", "example")]);
        assert_eq!(
            Challenge::read("Bearer realm=\"example\""),
            Ok(bare.clone())
        );
        assert_eq!(bare.write(), "Bearer realm=\"example\"");
        let expired = challenge(
            "Bearer",
            &[
                ("realm", "example"),
                ("error", "invalid_token"),
                ("error_description", "The access token expired"),
            ],
        );
        let field = "Bearer realm=\"example\", error=\"invalid_token\", \
                     error_description=\"The access token expired\"";
        assert_eq!(Challenge::read(field), Ok(expired.clone()));
        assert_eq!(expired.write(), field);
        assert_eq!(expired.parameter("ERROR"), Some(&"invalid_token".into()));
    }

    #[test]
    fn challenges_in_other_spellings() {
        let expected = challenge("a", &[("b", "c"), ("d", "e\"\\f")]);
        for field in [
            "a b=c,d=\"e\\\"\\\\f\"",
            "a  , b = c\t,, d\t=\"e\\\"\\\\f\" ,",
        ] {
            assert_eq!(Challenge::read(field), Ok(expected.clone()), "{field}");
        }
        assert_eq!(Challenge::read("Basic"), Ok(challenge("Basic", &[])));
        let table = [
            ("", 0, ChallengeExpected::Scheme),
            ("\"", 0, ChallengeExpected::Scheme),
            ("a,", 1, ChallengeExpected::Space),
            ("a =", 2, ChallengeExpected::Name),
            ("a b", 3, ChallengeExpected::Equals),
            ("a b=", 4, ChallengeExpected::Value),
            ("a b=\"c", 6, ChallengeExpected::Quote),
            ("a b=\"c\\", 7, ChallengeExpected::Quote),
            ("a b=c d=e", 6, ChallengeExpected::Comma),
            ("a b=c, d e=f", 9, ChallengeExpected::Equals),
            ("Negotiate YWI=", 14, ChallengeExpected::Value),
        ];
        for (field, position, expected) in table {
            let error = ChallengeError { position, expected };
            assert_eq!(Challenge::read(field), Err(error), "{field:?}");
        }
    }

    #[test]
    fn a_challenge_cannot_end_its_line() {
        let hostile = challenge("a\r\nb", &[("", "x"), ("c\n\"", "d\r\nX: y\"")]);
        assert_eq!(hostile.write(), "ab c=\"d  X: y\\\"\"");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            scheme in "[A-Za-z-]{1,8}",
            parameters in proptest::collection::vec(("[a-z_!~]{1,8}", "[\t -~é€]{0,20}"), 0..4),
        ) {
            let parameters = parameters.into_iter();
            let challenge = Challenge {
                scheme: scheme.into(),
                parameters: parameters.map(|(name, value)| (name.into(), value.into())).collect(),
            };
            prop_assert_eq!(Challenge::read(challenge.write().as_str()), Ok(challenge));
        }

        #[test]
        fn any_text_has_an_answer(field in any::<String>(), likely in "[ab ,=\"\\\\]{0,20}") {
            for field in [field.as_str(), &likely, &format!("Bearer {likely}")] {
                let _ = read(field);
                if let Ok(challenge) = Challenge::read(field) {
                    let written = challenge.write();
                    prop_assert_eq!(Challenge::read(written.as_str()), Ok(challenge));
                }
            }
        }

        #[test]
        fn a_token_survives(token in "[A-Za-z0-9._~+/-]{1,60}={0,2}") {
            let field = write(&token);
            prop_assert_eq!(read(field.as_str()), Ok(token.as_str()));
        }
    }

    #[test]
    fn the_first_word_is_the_scheme() {
        for (field, word) in [("DPoP x", "DPoP"), ("", ""), ("one", "one"), (" x", "")] {
            assert_eq!(scheme(field), word);
        }
        assert_eq!(vec![after_scheme("a"), after_scheme("a  b c")], ["", "b c"]);
    }
}
