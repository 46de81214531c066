//! Short text that needs no heap: the stuff that protocol values are made of.

use alloc::string::String;
use alloc::sync::Arc;
use core::borrow::Borrow;
use core::cmp::Ordering;
use core::fmt;
use core::ops::Range;

/// The longest text kept inside the value itself, in octets: names, methods, most scopes and paths.
/// A text takes three machine words like this. Longer ones, such as codes and URLs, are made once and then shared
/// by the facts, messages and records that hold them, which would all be half as large again otherwise.
pub const INLINE_OCTETS_MAX: usize = 22;

/// Immutable UTF-8 text.
/// Up to [`INLINE_OCTETS_MAX`] octets live inline, longer text is shared: a copy never copies a heap.
#[derive(Clone)]
pub struct Text(Repr);

#[derive(Clone)]
enum Repr {
    Inline {
        length: u8,
        octets: [u8; INLINE_OCTETS_MAX],
    },
    Shared(Arc<str>),
    /// A part of a longer text, such as a value in a request.
    Part {
        whole: Arc<String>,
        start: u32,
        length: u32,
    },
}

impl Text {
    /// The empty text.
    pub const EMPTY: Self = Self(Repr::Inline {
        length: 0,
        octets: [0; INLINE_OCTETS_MAX],
    });

    /// Copies `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        match Self::inline(text.as_bytes()) {
            Some(inline) => inline,
            None => Self(Repr::Shared(Arc::from(text))),
        }
    }

    /// A short text; `octets` are UTF-8.
    fn inline(octets: &[u8]) -> Option<Self> {
        let length = u8::try_from(octets.len()).ok()?;
        let octets = copied(octets)?;
        Some(Self(Repr::Inline { length, octets }))
    }

    /// A number in decimal digits.
    #[must_use]
    pub fn digits(number: u64) -> Self {
        let mut octets = [b'0'; 20];
        let mut rest = number;
        let mut start = octets.len();
        for (place, octet) in octets.iter_mut().enumerate().rev() {
            *octet = b'0'.wrapping_add(u8::try_from(rest % 10).unwrap_or(0));
            start = place;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        let digits = octets.get(start..).unwrap_or_default();
        Self::inline(digits).unwrap_or_default()
    }

    /// Shares `whole`.
    #[must_use]
    pub fn whole(whole: Arc<String>) -> Self {
        match u32::try_from(whole.len()) {
            Ok(length) if whole.len() > INLINE_OCTETS_MAX => Self(Repr::Part {
                whole,
                start: 0,
                length,
            }),
            Ok(_) | Err(_) => Self::new(&whole),
        }
    }

    /// `part`, which must be a part of this text: it is shared where it is long, and not copied. None where it is
    /// a part of something else.
    #[must_use]
    pub fn shared_part(&self, part: &str) -> Option<Self> {
        if part.len() <= INLINE_OCTETS_MAX {
            return Some(Self::new(part));
        }
        let Repr::Part { whole, .. } = &self.0 else {
            return None;
        };
        let start = part.as_ptr().addr().wrapping_sub(whole.as_ptr().addr());
        let end = start.checked_add(part.len())?;
        (end <= whole.len()).then_some(())?;
        Some(Self(Repr::Part {
            whole: Arc::clone(whole),
            start: u32::try_from(start).ok()?,
            length: u32::try_from(part.len()).ok()?,
        }))
    }

    /// The same; a part of something else is copied.
    #[must_use]
    pub fn cut_out(&self, part: &str) -> Self {
        self.shared_part(part).unwrap_or_else(|| Self::new(part))
    }

    /// The same text, which keeps nothing else in memory.
    #[must_use]
    pub fn detached(&self) -> Self {
        match &self.0 {
            Repr::Part { .. } => Self::new(self.as_str()),
            Repr::Inline { .. } | Repr::Shared(_) => self.clone(),
        }
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Inline { length, octets } => octets
                .get(..usize::from(*length))
                .and_then(|octets| core::str::from_utf8(octets).ok())
                .unwrap_or_default(),
            Repr::Shared(text) => text,
            Repr::Part {
                whole,
                start,
                length,
            } => cut(*start, *length)
                .and_then(|range| whole.get(range))
                .unwrap_or_default(),
        }
    }

    /// Its UTF-8 octets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Inline { length, octets } => {
                octets.get(..usize::from(*length)).unwrap_or_default()
            }
            Repr::Shared(text) => text.as_bytes(),
            Repr::Part {
                whole,
                start,
                length,
            } => cut(*start, *length)
                .and_then(|range| whole.as_bytes().get(range))
                .unwrap_or_default(),
        }
    }

    /// Length in octets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Up to [`INLINE_OCTETS_MAX`] octets, with zeros behind them.
/// They are copied as two pieces of a fixed length, which overlap: short texts are made all the time.
fn copied(octets: &[u8]) -> Option<[u8; INLINE_OCTETS_MAX]> {
    fn ends<const N: usize>(octets: &[u8], out: &mut [u8]) -> Option<()> {
        *out.first_chunk_mut::<N>()? = *octets.first_chunk()?;
        *out.get_mut(..octets.len())?.last_chunk_mut::<N>()? = *octets.last_chunk()?;
        Some(())
    }
    let mut out = [0; INLINE_OCTETS_MAX];
    match octets.len() {
        0 => {}
        1 => ends::<1>(octets, &mut out)?,
        2..4 => ends::<2>(octets, &mut out)?,
        4..8 => ends::<4>(octets, &mut out)?,
        8..16 => ends::<8>(octets, &mut out)?,
        16..=INLINE_OCTETS_MAX => ends::<16>(octets, &mut out)?,
        _ => return None,
    }
    Some(out)
}

/// The octets of a part.
fn cut(start: u32, length: u32) -> Option<Range<usize>> {
    let start = usize::try_from(start).ok()?;
    Some(start..start.saturating_add(usize::try_from(length).ok()?))
}

impl Default for Text {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<&String> for Text {
    fn from(text: &String) -> Self {
        Self::new(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (
                Repr::Inline { length, octets },
                Repr::Inline {
                    length: other_length,
                    octets: other_octets,
                },
            ) => length == other_length && octets == other_octets,
            (_, _) => self.as_bytes() == other.as_bytes(),
        }
    }
}

impl Eq for Text {}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl core::hash::Hash for Text {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn digits_are_those_of_the_number() {
        for number in [0, 9, 10, 3_600, u64::MAX] {
            assert_eq!(Text::digits(number), format!("{number}").as_str());
        }
    }

    #[test]
    fn inline_and_shared_text_are_the_same_text() {
        for length in [
            0,
            1,
            INLINE_OCTETS_MAX - 1,
            INLINE_OCTETS_MAX,
            INLINE_OCTETS_MAX + 1,
            300,
        ] {
            let plain = "é".repeat(length / 2) + &"x".repeat(length % 2);
            let text = Text::new(&plain);
            assert_eq!(text, plain.as_str());
            assert_eq!(text.len(), plain.len());
            assert_eq!(text.clone(), text);
            assert_eq!(format!("{text}|{text:?}"), format!("{plain}|{plain:?}"));
            let whole = Text::whole(Arc::new(format!("{plain}, and more behind it")));
            let part = whole.cut_out(whole.as_str().get(..plain.len()).unwrap());
            assert_eq!((&part, part.detached()), (&text, text.clone()));
            assert_eq!(whole.cut_out(&plain), text, "text from elsewhere is copied");
        }
    }
}
