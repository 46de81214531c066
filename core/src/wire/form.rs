//! `application/x-www-form-urlencoded`: the body of a form and the query of a URL (RFC 6749 Appendix B).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::octets::{self, Set};
use crate::canonical::{Canonical, Encoder};
use crate::http::{Encoded, Fields};
use crate::limits::{PARAMETER_NAME_OCTETS_MAX, PARAMETER_VALUE_OCTETS_MAX, PARAMETERS_MAX};
use crate::reuse::ReusedTexts;
use crate::text::Text;

/// Why octets are not form content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormError {
    /// The octet where reading stopped, counted from zero.
    pub position: usize,
    /// What was wrong there.
    pub problem: FormProblem,
}

/// What was wrong at one octet of form content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormProblem {
    /// A `%` that two hexadecimal digits do not follow.
    PercentEncoding,
    /// An octet that cannot stand here in UTF-8.
    Utf8,
    /// One parameter more than [`PARAMETERS_MAX`].
    TooManyParameters,
    /// A name of more than [`PARAMETER_NAME_OCTETS_MAX`] octets starts here.
    NameTooLong,
    /// A value of more than [`PARAMETER_VALUE_OCTETS_MAX`] octets starts here.
    ValueTooLong,
}

impl fmt::Display for FormError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "octet {}: ", self.position)?;
        match self.problem {
            FormProblem::PercentEncoding => {
                formatter.write_str("expected two hexadecimal digits after %")
            }
            FormProblem::Utf8 => formatter.write_str("expected UTF-8"),
            FormProblem::TooManyParameters => {
                write!(formatter, "expected at most {PARAMETERS_MAX} parameters")
            }
            FormProblem::NameTooLong => write!(
                formatter,
                "expected a name of at most {PARAMETER_NAME_OCTETS_MAX} octets"
            ),
            FormProblem::ValueTooLong => write!(
                formatter,
                "expected a value of at most {PARAMETER_VALUE_OCTETS_MAX} octets"
            ),
        }
    }
}

impl core::error::Error for FormError {}

/// Octets that mean something else than themselves in a name.
const fn is_special_in_name(octet: u8) -> bool {
    is_special_in_value(octet) | (octet == b'=')
}

/// The same in a value.
const fn is_special_in_value(octet: u8) -> bool {
    is_special_in_encoding(octet) | (octet == b'&')
}

/// The same where only the encoding counts.
const fn is_special_in_encoding(octet: u8) -> bool {
    (octet == b'%') | (octet == b'+')
}

/// Reads form content: order and repeats are kept, empty pieces between `&` are skipped, and a piece without
/// `=` is a name with an empty value.
///
/// # Errors
/// [`FormError`] for the first thing that is wrong.
pub fn parse(octets: &[u8]) -> Result<Fields, FormError> {
    let memory = &mut Memory::default();
    read(Reader::new(octets), memory, |text, _| Text::new(text))
}

/// Memory for reading forms, which a server uses for one request after the other.
/// It is part of no value: a copy of it is as good as empty, and all are equal.
#[derive(Debug, Default)]
pub struct Memory {
    fields: Vec<(Text, Text)>,
    /// A name that is spelled with escapes.
    name: Vec<u8>,
    /// A value that is spelled with escapes.
    value: Vec<u8>,
    /// Texts that are part of no request.
    pub texts: ReusedTexts,
}

impl Clone for Memory {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Memory {
    /// Takes back the memory of fields that nobody needs any more.
    pub fn take_back(&mut self, mut fields: Fields) {
        fields.0.clear();
        self.fields = fields.0;
    }
}

/// The pairs of form content, in memory that the caller lends. What needs no decoding is shared and not copied.
///
/// # Errors
/// [`FormError`] when octets are not form content.
pub fn pairs_in<'a>(
    encoded: &'a Encoded,
    memory: &mut Memory,
) -> Result<Cow<'a, Fields>, FormError> {
    match encoded {
        Encoded::Fields(fields) => Ok(Cow::Borrowed(fields)),
        Encoded::Octets(whole) => {
            read(
                Reader::of_text(whole.as_str()),
                memory,
                |text, texts| match whole.has_part(text) {
                    true => whole.cut_out(text),
                    false => texts.text(text),
                },
            )
            .map(Cow::Owned)
        }
    }
}

fn read(
    mut reader: Reader<'_>,
    memory: &mut Memory,
    keep: impl Fn(&str, &mut ReusedTexts) -> Text,
) -> Result<Fields, FormError> {
    let mut fields = core::mem::take(&mut memory.fields);
    if fields.capacity() == 0 {
        fields.reserve(USUAL_PARAMETERS);
    }
    while reader.skip_separators() {
        if fields.len() >= PARAMETERS_MAX {
            return Err(reader.error(FormProblem::TooManyParameters));
        }
        let name = reader.name(&mut memory.name)?;
        let value = reader.value(&mut memory.value)?;
        fields.push((
            keep(name, &mut memory.texts),
            keep(value, &mut memory.texts),
        ));
    }
    Ok(Fields(fields))
}

/// Memory for the parameters of an honest authorization request.
const USUAL_PARAMETERS: usize = 8;

/// Decodes octets that are no list of pairs, such as one half of Basic credentials.
pub(super) fn decode(octets: &[u8], memory: &mut Memory) -> Result<Text, FormError> {
    let text = Reader::new(octets).half(is_special_in_encoding, &mut memory.value)?;
    Ok(memory.texts.text(text))
}

/// What is left of `octets`. Decoded text borrows from them, or from memory that the caller lends.
struct Reader<'a> {
    octets: &'a [u8],
    rest: &'a [u8],
    /// The same octets as text, if they are known to be text.
    known: Option<&'a str>,
}

impl<'a> Reader<'a> {
    const fn new(octets: &'a [u8]) -> Self {
        Self {
            octets,
            rest: octets,
            known: None,
        }
    }

    const fn of_text(text: &'a str) -> Self {
        Self {
            octets: text.as_bytes(),
            rest: text.as_bytes(),
            known: Some(text),
        }
    }

    const fn position(&self) -> usize {
        self.octets.len().saturating_sub(self.rest.len())
    }

    const fn error(&self, problem: FormProblem) -> FormError {
        FormError {
            position: self.position(),
            problem,
        }
    }

    /// Whether another pair starts here, once the separators before it are skipped.
    const fn skip_separators(&mut self) -> bool {
        while let [b'&', rest @ ..] = self.rest {
            self.rest = rest;
        }
        !self.rest.is_empty()
    }

    fn name<'s>(&mut self, memory: &'s mut Vec<u8>) -> Result<&'s str, FormError>
    where
        'a: 's,
    {
        let too_long = self.error(FormProblem::NameTooLong);
        let name = self.half(is_special_in_name, memory)?;
        if name.len() > PARAMETER_NAME_OCTETS_MAX {
            return Err(too_long);
        }
        Ok(name)
    }

    fn value<'s>(&mut self, memory: &'s mut Vec<u8>) -> Result<&'s str, FormError>
    where
        'a: 's,
    {
        let [b'=', rest @ ..] = self.rest else {
            return Ok("");
        };
        self.rest = rest;
        let too_long = self.error(FormProblem::ValueTooLong);
        let value = self.half(is_special_in_value, memory)?;
        if value.len() > PARAMETER_VALUE_OCTETS_MAX {
            return Err(too_long);
        }
        Ok(value)
    }

    /// Steps over octets that stand for themselves.
    fn plain(&mut self, special: impl Fn(u8) -> bool) -> &'a [u8] {
        let (plain, rest) = self
            .rest
            .split_at_checked(octets::find::<16>(self.rest, special))
            .unwrap_or_default();
        self.rest = rest;
        plain
    }

    /// Reads up to the next octet that is `special` but no part of the encoding.
    fn half<'s>(
        &mut self,
        special: impl Fn(u8) -> bool + Copy,
        memory: &'s mut Vec<u8>,
    ) -> Result<&'s str, FormError>
    where
        'a: 's,
    {
        let start = self.rest;
        let place = self.position();
        let plain = self.plain(special);
        if !matches!(self.rest, [b'%' | b'+', ..]) {
            let end = place.saturating_add(plain.len());
            return match self.known.and_then(|text| text.get(place..end)) {
                Some(text) => Ok(text),
                None => self.text(start, plain),
            };
        }
        memory.clear();
        memory.extend_from_slice(plain);
        loop {
            match self.rest {
                [b'+', rest @ ..] => {
                    memory.push(b' ');
                    self.rest = rest;
                }
                [b'%', rest @ ..] => {
                    let (octet, rest) =
                        octet(rest).ok_or(self.error(FormProblem::PercentEncoding))?;
                    memory.push(octet);
                    self.rest = rest;
                }
                _ => break,
            }
            memory.extend_from_slice(self.plain(special));
        }
        self.text(start, memory)
    }

    /// What the octets from `start` on spell.
    fn text<'s>(&self, start: &[u8], decoded: &'s [u8]) -> Result<&'s str, FormError> {
        core::str::from_utf8(decoded).map_err(|error| FormError {
            position: self
                .octets
                .len()
                .saturating_sub(start.len())
                .saturating_add(raw_index(start, error.valid_up_to())),
            problem: FormProblem::Utf8,
        })
    }
}

/// Where in `raw` the decoded octet number `index` was spelled.
fn raw_index(raw: &[u8], index: usize) -> usize {
    let mut place = 0_usize;
    for _ in 0..index {
        let step = if raw.get(place) == Some(&b'%') { 3 } else { 1 };
        place = place.saturating_add(step);
    }
    place
}

/// The octet that two hexadecimal digits spell, and what follows them.
const fn octet(digits: &[u8]) -> Option<(u8, &[u8])> {
    let [high, low, rest @ ..] = digits else {
        return None;
    };
    match (hex(*high), hex(*low)) {
        (Some(high), Some(low)) => Some(((high << 4) | low, rest)),
        (_, _) => None,
    }
}

const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// Appends form content.
pub fn write(fields: &Fields, out: &mut String) {
    let octets = |(name, value): &(Text, Text)| name.len().saturating_add(value.len());
    // Beside the names and values: `=`, `&`, and a few octets that are encoded.
    let expected = fields.0.iter().map(|pair| octets(pair).saturating_add(8));
    out.reserve(expected.fold(0, usize::saturating_add));
    for (index, (name, value)) in fields.0.iter().enumerate() {
        if index > 0 {
            out.push('&');
        }
        append_encoded(name.as_str(), out);
        out.push('=');
        append_encoded(value.as_str(), out);
    }
}

/// Encodes text that is no list of pairs, such as one half of Basic credentials.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    append_encoded(text, &mut out);
    out
}

/// Octets that do not stand for themselves (WHATWG URL standard §5.2).
static ENCODED: Set = Set::alphanumeric().and(b"*-._").complement();

fn append_encoded(text: &str, out: &mut String) {
    let mut rest = text;
    loop {
        let (plain, after) = ENCODED.split(rest);
        out.push_str(plain);
        let mut characters = after.chars();
        let Some(character) = characters.next() else {
            return;
        };
        if character == ' ' {
            out.push('+');
        } else {
            let mut memory = [0; 4];
            let octets = character.encode_utf8(&mut memory).bytes();
            out.extend(octets.flat_map(percent).map(char::from));
        }
        rest = characters.as_str();
    }
}

/// One octet, percent-encoded.
pub(super) const fn percent(octet: u8) -> [u8; 3] {
    const fn digit(nibble: u8) -> u8 {
        match nibble {
            0..=9 => b'0' + nibble,
            _ => b'A' - 10 + (nibble & 15),
        }
    }
    [b'%', digit(octet >> 4), digit(octet & 15)]
}

/// The pairs of form content, read only if they must be.
///
/// # Errors
/// [`FormError`] when octets are not form content.
pub fn pairs(encoded: &Encoded) -> Result<Cow<'_, Fields>, FormError> {
    match encoded {
        Encoded::Fields(fields) => Ok(Cow::Borrowed(fields)),
        Encoded::Octets(octets) => parse(octets.as_bytes()).map(Cow::Owned),
    }
}

/// The octets of form content, written only if they must be.
#[must_use]
pub fn octets(encoded: &Encoded) -> Cow<'_, str> {
    match encoded {
        Encoded::Fields(fields) => {
            let mut out = String::new();
            write(fields, &mut out);
            Cow::Owned(out)
        }
        Encoded::Octets(octets) => Cow::Borrowed(octets.as_str()),
    }
}

/// Appends the octets of form content.
pub(super) fn append(encoded: &Encoded, out: &mut String) {
    match encoded {
        Encoded::Fields(fields) => write(fields, out),
        Encoded::Octets(octets) => out.push_str(octets.as_str()),
    }
}

impl PartialEq for Encoded {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            // No two lists of pairs are written alike, so the pairs decide.
            (Self::Fields(one), Self::Fields(two)) => one == two,
            (Self::Octets(one), Self::Octets(two)) => one == two,
            (Self::Fields(_), Self::Octets(_)) | (Self::Octets(_), Self::Fields(_)) => {
                octets(self) == octets(other)
            }
        }
    }
}

impl Eq for Encoded {}

impl Canonical for Encoded {
    fn encode(&self, out: &mut Encoder) {
        out.octets(octets(self).as_bytes());
    }
}

#[cfg(test)]
mod tests;
