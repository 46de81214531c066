//! JSON text (RFC 8259): members keep their order and their repeats, numbers keep their digits.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::octets::{self, Below, Is, Wanted as _};
use super::out::Out;
use crate::json::Json;
use crate::limits::{JSON_DEPTH_MAX, JSON_VALUES_MAX};
use crate::text::Text;

/// Why octets are not JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// The octet where reading stopped, counted from zero.
    pub position: usize,
    /// What was wrong there.
    pub problem: JsonProblem,
}

/// What was wrong at one octet of JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonProblem {
    /// An octet that cannot stand here in UTF-8.
    Utf8,
    /// A byte order mark, which RFC 8259 §8.1 forbids to add.
    ByteOrderMark,
    /// No value starts here.
    Value,
    /// A digit is missing.
    Digit,
    /// The string goes on and its end is missing.
    Quote,
    /// A control character that must be escaped.
    Control,
    /// A backslash that no known escape follows.
    Escape,
    /// Half of a surrogate pair.
    Surrogate,
    /// The name of a member is missing.
    Name,
    /// The colon after a name is missing.
    Colon,
    /// Neither a comma nor the end of the array or object.
    Comma,
    /// Something follows the value.
    End,
    /// More than [`JSON_DEPTH_MAX`] levels of nesting.
    TooDeep,
    /// More than [`JSON_VALUES_MAX`] values.
    TooManyValues,
}

impl fmt::Display for JsonError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "octet {}: expected ", self.position)?;
        match self.problem {
            JsonProblem::Utf8 => formatter.write_str("UTF-8"),
            JsonProblem::ByteOrderMark => formatter.write_str("no byte order mark"),
            JsonProblem::Value => formatter.write_str("a value"),
            JsonProblem::Digit => formatter.write_str("a digit"),
            JsonProblem::Quote => formatter.write_str("a closing quote"),
            JsonProblem::Control => formatter.write_str("an escaped control character"),
            JsonProblem::Escape => formatter.write_str("an escape"),
            JsonProblem::Surrogate => formatter.write_str("both halves of a surrogate pair"),
            JsonProblem::Name => formatter.write_str("the name of a member"),
            JsonProblem::Colon => formatter.write_str("a colon"),
            JsonProblem::Comma => formatter.write_str("a comma or a closing bracket"),
            JsonProblem::End => formatter.write_str("the end"),
            JsonProblem::TooDeep => write!(formatter, "at most {JSON_DEPTH_MAX} levels"),
            JsonProblem::TooManyValues => write!(formatter, "at most {JSON_VALUES_MAX} values"),
        }
    }
}

impl core::error::Error for JsonError {}

/// Reads JSON text.
///
/// # Errors
/// [`JsonError`] for the first thing that is wrong.
pub fn parse(octets: &[u8]) -> Result<Json, JsonError> {
    let text = core::str::from_utf8(octets).map_err(|error| JsonError {
        position: error.valid_up_to(),
        problem: JsonProblem::Utf8,
    })?;
    let mut reader = Reader {
        text,
        rest: text,
        values: 0,
    };
    if text.starts_with('\u{feff}') {
        return Err(reader.error(JsonProblem::ByteOrderMark));
    }
    let value = reader.value(0)?;
    reader.skip_space();
    if reader.rest.is_empty() {
        Ok(value)
    } else {
        Err(reader.error(JsonProblem::End))
    }
}

/// The start of a string in which all octets stand for themselves, and the rest (RFC 8259 §7).
fn split_plain(text: &[u8]) -> (&[u8], &[u8]) {
    let plain = octets::find(text, Below(b' ').or(Is(b'"')).or(Is(b'\\')));
    text.split_at_checked(plain).unwrap_or_default()
}

struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
    values: usize,
}

impl<'a> Reader<'a> {
    const fn error(&self, problem: JsonProblem) -> JsonError {
        JsonError {
            position: self.text.len().saturating_sub(self.rest.len()),
            problem,
        }
    }

    fn skip_space(&mut self) {
        while let [b' ' | b'\t' | b'\n' | b'\r', ..] = self.rest.as_bytes() {
            self.skip_one();
        }
    }

    fn first(&self) -> Option<u8> {
        self.rest.as_bytes().first().copied()
    }

    /// Steps over one ASCII character.
    fn skip_one(&mut self) {
        self.rest = self.rest.get(1..).unwrap_or_default();
    }

    /// Steps over the ASCII `octet` if it is next.
    fn eat(&mut self, octet: u8) -> bool {
        let found = self.first() == Some(octet);
        if found {
            self.skip_one();
        }
        found
    }

    fn value(&mut self, depth: usize) -> Result<Json, JsonError> {
        self.skip_space();
        if self.values >= JSON_VALUES_MAX {
            return Err(self.error(JsonProblem::TooManyValues));
        }
        self.values = self.values.saturating_add(1);
        match self.first() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Json::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) | None => self.literal(),
        }
    }

    fn literal(&mut self) -> Result<Json, JsonError> {
        for (word, value) in [
            ("true", Json::Bool(true)),
            ("false", Json::Bool(false)),
            ("null", Json::Null),
        ] {
            if let Some(rest) = self.rest.strip_prefix(word) {
                self.rest = rest;
                return Ok(value);
            }
        }
        Err(self.error(JsonProblem::Value))
    }

    fn deeper(&self, depth: usize) -> Result<usize, JsonError> {
        if depth >= JSON_DEPTH_MAX {
            Err(self.error(JsonProblem::TooDeep))
        } else {
            Ok(depth.saturating_add(1))
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json, JsonError> {
        let depth = self.deeper(depth)?;
        let mut values = Vec::new();
        self.eat(b'[');
        self.skip_space();
        if self.eat(b']') {
            return Ok(Json::Array(values));
        }
        loop {
            values.push(self.value(depth)?);
            if self.ends(b']')? {
                return Ok(Json::Array(values));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, JsonError> {
        let depth = self.deeper(depth)?;
        let mut members = Vec::new();
        self.eat(b'{');
        self.skip_space();
        if self.eat(b'}') {
            return Ok(Json::Object(members));
        }
        loop {
            self.skip_space();
            if self.first() != Some(b'"') {
                return Err(self.error(JsonProblem::Name));
            }
            let name = self.string()?;
            self.skip_space();
            if !self.eat(b':') {
                return Err(self.error(JsonProblem::Colon));
            }
            members.push((name, self.value(depth)?));
            if self.ends(b'}')? {
                return Ok(Json::Object(members));
            }
        }
    }

    /// Whether the array or object ends here; otherwise a comma is stepped over.
    fn ends(&mut self, bracket: u8) -> Result<bool, JsonError> {
        self.skip_space();
        if self.eat(bracket) {
            Ok(true)
        } else if self.eat(b',') {
            Ok(false)
        } else {
            Err(self.error(JsonProblem::Comma))
        }
    }

    fn number(&mut self) -> Result<Json, JsonError> {
        let start = self.rest;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        let length = start.len().saturating_sub(self.rest.len());
        Ok(Json::Number(Text::new(
            start.get(..length).unwrap_or_default(),
        )))
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        if !self.first().is_some_and(|octet| octet.is_ascii_digit()) {
            return Err(self.error(JsonProblem::Digit));
        }
        self.rest = self
            .rest
            .trim_start_matches(|digit: char| digit.is_ascii_digit());
        Ok(())
    }

    fn string(&mut self) -> Result<Text, JsonError> {
        self.eat(b'"');
        let plain = self.plain();
        if self.eat(b'"') {
            return Ok(Text::new(plain));
        }
        let mut out = String::from(plain);
        loop {
            match self.first() {
                Some(b'"') => {
                    self.eat(b'"');
                    return Ok(out.into());
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => return Err(self.error(JsonProblem::Control)),
                None => return Err(self.error(JsonProblem::Quote)),
            }
            out.push_str(self.plain());
        }
    }

    /// Steps over characters that stand for themselves.
    fn plain(&mut self) -> &'a str {
        let (plain, _) = split_plain(self.rest.as_bytes());
        let (plain, rest) = self.rest.split_at_checked(plain.len()).unwrap_or_default();
        self.rest = rest;
        plain
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let error = self.error(JsonProblem::Escape);
        self.eat(b'\\');
        let mut characters = self.rest.chars();
        let kind = characters.next().ok_or(error)?;
        if kind == 'u' {
            self.rest = characters.as_str();
            return self.unicode(error);
        }
        let character = match kind {
            '"' | '\\' | '/' => kind,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => return Err(error),
        };
        self.rest = characters.as_str();
        Ok(character)
    }

    /// Reads what follows `\u`; beyond the basic plane that is two escapes.
    fn unicode(&mut self, error: JsonError) -> Result<char, JsonError> {
        let half = JsonError {
            problem: JsonProblem::Surrogate,
            ..error
        };
        let first = self.hexadecimal().ok_or(error)?;
        if !(0xD800..0xE000).contains(&first) {
            return char::from_u32(first).ok_or(half);
        }
        self.rest = self.rest.strip_prefix("\\u").ok_or(half)?;
        let second = self.hexadecimal().ok_or(half)?;
        if !(0xD800..0xDC00).contains(&first) || !(0xDC00..0xE000).contains(&second) {
            return Err(half);
        }
        char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00)).ok_or(half)
    }

    /// Four hexadecimal digits.
    fn hexadecimal(&mut self) -> Option<u32> {
        let (digits, rest) = self.rest.split_at_checked(4)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        self.rest = rest;
        u32::from_str_radix(digits, 16).ok()
    }
}

/// Appends JSON text without spaces. A number whose digits are none is written as a string.
pub fn write(json: &Json, out: &mut impl Out) {
    match json {
        Json::Null => out.octets(b"null"),
        Json::Bool(true) => out.octets(b"true"),
        Json::Bool(false) => out.octets(b"false"),
        Json::Number(digits) if is_number(digits) => out.octets(digits.as_bytes()),
        Json::Number(text) | Json::String(text) => write_string(text.as_bytes(), out),
        Json::Array(values) => {
            out.octet(b'[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.octet(b',');
                }
                write(value, out);
            }
            out.octet(b']');
        }
        Json::Object(members) => {
            out.octet(b'{');
            for (index, (name, value)) in members.iter().enumerate() {
                if index > 0 {
                    out.octet(b',');
                }
                write_string(name.as_bytes(), out);
                out.octet(b':');
                write(value, out);
            }
            out.octet(b'}');
        }
    }
}

fn is_number(text: &Text) -> bool {
    // A whole number, which most are.
    if let [b'1'..=b'9', rest @ ..] = text.as_bytes()
        && rest.iter().all(u8::is_ascii_digit)
    {
        return true;
    }
    let text = text.as_str();
    let mut reader = Reader {
        text,
        rest: text,
        values: 0,
    };
    reader.number().is_ok() && reader.rest.is_empty()
}

fn write_string(text: &[u8], out: &mut impl Out) {
    out.octet(b'"');
    let mut rest = text;
    loop {
        let (plain, after) = split_plain(rest);
        out.octets(plain);
        let [escaped, behind @ ..] = after else {
            break;
        };
        write_escape(*escaped, out);
        rest = behind;
    }
    out.octet(b'"');
}

fn write_escape(octet: u8, out: &mut impl Out) {
    match octet {
        b'\n' => out.octets(b"\\n"),
        b'\r' => out.octets(b"\\r"),
        b'\t' => out.octets(b"\\t"),
        b'"' | b'\\' => out.octets(&[b'\\', octet]),
        control => {
            out.octets(b"\\u00");
            for nibble in [control >> 4, control & 15] {
                out.octet(if nibble < 10 {
                    b'0' + nibble
                } else {
                    b'a' - 10 + nibble
                });
            }
        }
    }
}
