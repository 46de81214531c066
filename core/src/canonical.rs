//! One portable way to turn a value into octets, for fingerprints and trace hashes.
//!
//! Explicit and little-endian: the same octets in debug and release, on every platform and target.
//! `derive(Hash)` is none of these things.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::text::Text;

/// Collects the canonical octets of values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encoder {
    octets: Vec<u8>,
}

impl Encoder {
    /// An encoder that reuses the memory of `octets`, whose content is dropped.
    #[must_use]
    pub fn reusing(mut octets: Vec<u8>) -> Self {
        octets.clear();
        Self { octets }
    }

    /// Writes which variant of an enum follows.
    pub fn tag(&mut self, tag: u8) {
        self.octets.push(tag);
    }

    /// Writes octets, preceded by their number.
    pub fn octets(&mut self, octets: &[u8]) {
        self.length(octets.len());
        self.octets.extend_from_slice(octets);
    }

    /// Writes a count as four octets.
    pub fn length(&mut self, length: usize) {
        u32::try_from(length).unwrap_or(u32::MAX).encode(self);
    }

    /// Writes things in the order of what `compare` compares, where nobody can tell in which order they came.
    pub fn sorted<T: Canonical>(
        &mut self,
        things: &[T],
        compare: impl FnMut(&&T, &&T) -> core::cmp::Ordering,
    ) {
        let mut sorted: Vec<&T> = things.iter().collect();
        sorted.sort_by(compare);
        sorted.as_slice().encode(self);
    }

    /// The octets so far.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.octets
    }

    /// The octets, and the end of this encoder.
    #[must_use]
    pub fn into_octets(self) -> Vec<u8> {
        self.octets
    }
}

/// A value with exactly one octet form.
/// Two values have the same canonical octets if and only if nobody who uses them can tell them apart.
pub trait Canonical {
    /// Appends the octets of `self`.
    fn encode(&self, out: &mut Encoder);
}

/// Encodes a struct field by field, in the order written here, which names every field.
#[macro_export]
macro_rules! canonical_struct {
    ($type:ty { $($field:ident),* $(,)? }) => {
        impl $crate::canonical::Canonical for $type {
            fn encode(&self, out: &mut $crate::canonical::Encoder) {
                let Self { $($field),* } = self;
                $($crate::canonical::Canonical::encode($field, out);)*
                let _ = out;
            }
        }
    };
}

/// Encodes an enum without data as its number in the list, which names every variant.
#[macro_export]
macro_rules! canonical_unit_enum {
    ($type:ty { $($variant:ident = $tag:literal),* $(,)? }) => {
        impl $crate::canonical::Canonical for $type {
            fn encode(&self, out: &mut $crate::canonical::Encoder) {
                out.tag(match self { $(Self::$variant => $tag),* });
            }
        }
    };
}

/// Encodes newtypes as the one value inside.
#[macro_export]
macro_rules! canonical_tuple {
    ($($type:ty),* $(,)?) => {
        $(impl $crate::canonical::Canonical for $type {
            fn encode(&self, out: &mut $crate::canonical::Encoder) {
                $crate::canonical::Canonical::encode(&self.0, out);
            }
        })*
    };
}

macro_rules! integers {
    ($($integer:ty),*) => {
        $(impl Canonical for $integer {
            fn encode(&self, out: &mut Encoder) {
                out.octets.extend_from_slice(&self.to_le_bytes());
            }
        })*
    };
}

integers!(u8, u16, u32, u64, u128, i64);

impl Canonical for bool {
    fn encode(&self, out: &mut Encoder) {
        out.tag(u8::from(*self));
    }
}

impl Canonical for Text {
    fn encode(&self, out: &mut Encoder) {
        out.octets(self.as_bytes());
    }
}

impl Canonical for str {
    fn encode(&self, out: &mut Encoder) {
        out.octets(self.as_bytes());
    }
}

impl<const N: usize> Canonical for [u8; N] {
    fn encode(&self, out: &mut Encoder) {
        out.octets.extend_from_slice(self);
    }
}

impl<T: Canonical> Canonical for Option<T> {
    fn encode(&self, out: &mut Encoder) {
        match self {
            None => out.tag(0),
            Some(value) => {
                out.tag(1);
                value.encode(out);
            }
        }
    }
}

impl<T: Canonical> Canonical for Vec<T> {
    fn encode(&self, out: &mut Encoder) {
        self.as_slice().encode(out);
    }
}

impl<T: Canonical> Canonical for [T] {
    fn encode(&self, out: &mut Encoder) {
        out.length(self.len());
        for value in self {
            value.encode(out);
        }
    }
}

impl<T: Canonical + ?Sized> Canonical for Box<T> {
    fn encode(&self, out: &mut Encoder) {
        (**self).encode(out);
    }
}

impl<T: Canonical + ?Sized> Canonical for Arc<T> {
    fn encode(&self, out: &mut Encoder) {
        (**self).encode(out);
    }
}

impl<T: Canonical + ?Sized> Canonical for &T {
    fn encode(&self, out: &mut Encoder) {
        (**self).encode(out);
    }
}

impl<A: Canonical, B: Canonical> Canonical for (A, B) {
    fn encode(&self, out: &mut Encoder) {
        self.0.encode(out);
        self.1.encode(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn octets(value: &impl Canonical) -> Vec<u8> {
        let mut encoder = Encoder::default();
        value.encode(&mut encoder);
        encoder.into_octets()
    }

    #[test]
    fn integers_are_little_endian_and_lengths_have_four_octets() {
        assert_eq!(octets(&0x0102_0304_u32), [4, 3, 2, 1]);
        assert_eq!(octets(&Text::new("ab")), [2, 0, 0, 0, b'a', b'b']);
        assert_eq!(octets(&vec![Some(7_u8), None]), [2, 0, 0, 0, 1, 7, 0]);
    }

    #[test]
    fn neighbours_never_run_together() {
        let apart = (Text::new("ab"), Text::new("c"));
        let together = (Text::new("a"), Text::new("bc"));
        assert_ne!(octets(&apart), octets(&together));
    }
}
