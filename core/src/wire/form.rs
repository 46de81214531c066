//! `application/x-www-form-urlencoded`: the body of a form and the query of a URL (RFC 6749 Appendix B).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::octets::{self, Below, Is, Places, Set, Wanted as _};
use super::out::Out;
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

/// Reads form content: order and repeats are kept, empty pieces between `&` are skipped, and a piece without
/// `=` is a name with an empty value.
///
/// # Errors
/// [`FormError`] for the first thing that is wrong.
pub fn parse(octets: &[u8]) -> Result<Fields, FormError> {
    let memory = &mut Memory::default();
    read(octets, None, memory, |text, _| Text::new(text))
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
            let text = whole.as_str();
            let keep = |part: &str, texts: &mut ReusedTexts| {
                whole.shared_part(part).unwrap_or_else(|| texts.text(part))
            };
            read(text.as_bytes(), Some(text), memory, keep).map(Cow::Owned)
        }
    }
}

/// Reads `octets`, which are `text` if they are known to be one.
fn read(
    octets: &[u8],
    text: Option<&str>,
    memory: &mut Memory,
    keep: impl Fn(&str, &mut ReusedTexts) -> Text,
) -> Result<Fields, FormError> {
    let mut fields = core::mem::take(&mut memory.fields);
    if fields.capacity() == 0 {
        fields.reserve(USUAL_PARAMETERS);
    }
    each_pair(octets, |name, value| {
        if fields.len() >= PARAMETERS_MAX {
            return Err(name.error(FormProblem::TooManyParameters));
        }
        let spelled = name.read(text, &mut memory.name)?;
        if spelled.len() > PARAMETER_NAME_OCTETS_MAX {
            return Err(name.error(FormProblem::NameTooLong));
        }
        let kept_name = keep(spelled, &mut memory.texts);
        let spelled = value.read(text, &mut memory.value)?;
        if spelled.len() > PARAMETER_VALUE_OCTETS_MAX {
            return Err(value.error(FormProblem::ValueTooLong));
        }
        fields.push((kept_name, keep(spelled, &mut memory.texts)));
        Ok(())
    })?;
    Ok(Fields(fields))
}

/// Memory for the parameters of an honest authorization request.
const USUAL_PARAMETERS: usize = 8;

/// Decodes octets that are no list of pairs, such as one half of Basic credentials.
pub(super) fn decode(text: &str, memory: &mut Memory) -> Result<Text, FormError> {
    let octets = text.as_bytes();
    let piece = Piece {
        start: 0,
        octets,
        is_plain: !octets::meets(octets, Is(b'%').or(Is(b'+'))),
    };
    let text = piece.read(Some(text), &mut memory.value)?;
    Ok(memory.texts.text(text))
}

/// A name or a value.
#[derive(Clone, Copy)]
struct Piece<'a> {
    /// Where it stands.
    start: usize,
    octets: &'a [u8],
    /// Whether every octet stands for itself.
    is_plain: bool,
}

impl<'a> Piece<'a> {
    #[cold]
    const fn error(&self, problem: FormProblem) -> FormError {
        FormError {
            position: self.start,
            problem,
        }
    }

    /// What it spells; `text` is where it stands, if that is known to be text.
    fn read<'s>(&self, text: Option<&'a str>, memory: &'s mut Vec<u8>) -> Result<&'s str, FormError>
    where
        'a: 's,
    {
        if !self.is_plain {
            self.decode(memory)?;
            return self.utf8(memory);
        }
        let end = self.start.saturating_add(self.octets.len());
        match text.and_then(|text| text.get(self.start..end)) {
            Some(text) => Ok(text),
            None => self.utf8(self.octets),
        }
    }

    fn decode(&self, memory: &mut Vec<u8>) -> Result<(), FormError> {
        memory.clear();
        memory.reserve(self.octets.len());
        let mut rest = self.octets;
        loop {
            let plain = octets::find(rest, Is(b'%').or(Is(b'+')));
            let (plain, special) = rest.split_at_checked(plain).unwrap_or_default();
            memory.extend_from_slice(plain);
            rest = match special {
                [b'+', after @ ..] => {
                    memory.push(b' ');
                    after
                }
                [_, after @ ..] => {
                    let before = self.octets.len().saturating_sub(special.len());
                    let (octet, after) = octet(after).ok_or_else(|| FormError {
                        position: self.start.saturating_add(before),
                        problem: FormProblem::PercentEncoding,
                    })?;
                    memory.push(octet);
                    after
                }
                [] => return Ok(()),
            };
        }
    }

    /// The text that `decoded` is.
    fn utf8<'s>(&self, decoded: &'s [u8]) -> Result<&'s str, FormError> {
        core::str::from_utf8(decoded).map_err(|error| FormError {
            position: self
                .start
                .saturating_add(raw_index(self.octets, error.valid_up_to())),
            problem: FormProblem::Utf8,
        })
    }
}

/// Hands out the pairs of form content as they are spelled. Pieces between `&` in which nothing stands are skipped;
/// a piece without `=` is a name.
fn each_pair<'a>(
    octets: &'a [u8],
    mut take: impl FnMut(Piece<'a>, Piece<'a>) -> Result<(), FormError>,
) -> Result<(), FormError> {
    let piece = |start, end, is_plain| Piece {
        start,
        octets: octets.get(start..end).unwrap_or_default(),
        is_plain,
    };
    // What is special here is a `=` or below the comma, and hardly anything else there is found in a form.
    let mut special = Places::of(octets, Below(b',').or(Is(b'=')));
    // Where the pair began, and the name or value that is being read, and whether that is plain.
    let (mut pair, mut begun, mut is_plain) = (0, 0, true);
    let mut name = None;
    loop {
        let place = special.next().unwrap_or(octets.len());
        match octets.get(place) {
            Some(b'=') if name.is_none() => {
                name = Some(piece(begun, place, is_plain));
                (begun, is_plain) = (place.saturating_add(1), true);
            }
            Some(b'%' | b'+') => is_plain = false,
            Some(b'&') | None => {
                let last = piece(begun, place, is_plain);
                if place > pair {
                    match name.take() {
                        Some(name) => take(name, last)?,
                        None => take(last, piece(place, place, true))?,
                    }
                }
                if place >= octets.len() {
                    return Ok(());
                }
                pair = place.saturating_add(1);
                (begun, is_plain) = (pair, true);
            }
            Some(_) => {}
        }
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
pub fn write(fields: &Fields, out: &mut impl Out) {
    for (index, (name, value)) in fields.0.iter().enumerate() {
        if index > 0 {
            out.octet(b'&');
        }
        append_encoded(name.as_bytes(), out);
        out.octet(b'=');
        append_encoded(value.as_bytes(), out);
    }
}

/// Encodes text that is no list of pairs, such as one half of Basic credentials.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    append_encoded(text.as_bytes(), &mut out);
    out
}

/// Octets that do not stand for themselves (WHATWG URL standard §5.2).
static ENCODED: Set = Set::alphanumeric().and(b"*-._").complement();

fn append_encoded(octets: &[u8], out: &mut impl Out) {
    let mut rest = octets;
    loop {
        let (plain, after) = rest
            .split_at_checked(ENCODED.find(rest))
            .unwrap_or_default();
        out.octets(plain);
        rest = match after {
            [] => return,
            [b' ', behind @ ..] => {
                out.octet(b'+');
                behind
            }
            [octet, behind @ ..] => {
                out.octets(&percent(*octet));
                behind
            }
        };
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
pub(super) fn append(encoded: &Encoded, out: &mut impl Out) {
    match encoded {
        Encoded::Fields(fields) => write(fields, out),
        Encoded::Octets(octets) => out.octets(octets.as_bytes()),
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
