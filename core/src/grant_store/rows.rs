//! Rows of records, packed: what a live server keeps by the million.
//!
//! A row has only what differs from one grant to the next. Everything that many of them share (client, scope,
//! redirection URI, lifetime) is one [`Terms`](super::terms::Terms) and its number.

use alloc::vec::Vec;

use crate::message::store::{CodeStage, TokenStage};
use crate::value::SecretDigest;

/// No row.
pub(super) const NONE: u32 = u32::MAX;

/// A code. 82 octets.
#[derive(Clone, Debug)]
pub(super) struct CodeRow {
    pub(super) digest: [u8; 32],
    /// The challenge, where it is the base64url of 32 octets.
    pub(super) challenge: [u8; 32],
    pub(super) terms: Packed,
    pub(super) subject: Packed,
    /// The first of its tokens.
    pub(super) family: Packed,
    pub(super) issued_at: Moment,
    pub(super) stage: CodeStage,
}

/// A token. 42 octets.
#[derive(Clone, Debug)]
pub(super) struct TokenRow {
    pub(super) digest: Short,
    /// The row of its code.
    pub(super) grant: Packed,
    pub(super) terms: Packed,
    /// The next token of the same family.
    pub(super) next: Packed,
    pub(super) issued_at: Moment,
    pub(super) stage: TokenStage,
}

/// The low octets of a time: 34 years. What is above them is in the terms.
pub(super) type Moment = [u8; 5];

/// The first 192 bits of the digest of a token: as many as nobody finds a second token for. The digest of a code is
/// kept whole, because it names the grant.
pub(super) type Short = [u8; 24];

pub(super) fn short(SecretDigest(octets): &SecretDigest) -> Short {
    octets.first_chunk().copied().unwrap_or_default()
}

/// A number that needs no alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packed([u8; 4]);

impl Packed {
    pub(super) const NONE: Self = Self::new(NONE);

    pub(super) const fn new(number: u32) -> Self {
        Self(number.to_le_bytes())
    }

    pub(super) const fn number(self) -> u32 {
        u32::from_le_bytes(self.0)
    }
}

/// Rows in one segment: a new one moves no row of another.
const SEGMENT_ROWS: usize = 4_096;

/// A place for a row.
#[derive(Clone, Debug)]
enum Place<T> {
    Taken(T),
    /// Free, and the next free one.
    Free(Packed),
}

/// Numbered rows.
#[derive(Clone, Debug)]
pub(super) struct Slab<T> {
    segments: Vec<Vec<Place<T>>>,
    /// Places, taken or free.
    places: usize,
    taken: usize,
    free: Packed,
}

const fn place_of(number: u32) -> (usize, usize) {
    let number = number as usize;
    (number / SEGMENT_ROWS, number % SEGMENT_ROWS)
}

impl<T> Slab<T> {
    pub(super) const EMPTY: Self = Self {
        segments: Vec::new(),
        places: 0,
        taken: 0,
        free: Packed::NONE,
    };

    /// How many rows there are.
    pub(super) const fn len(&self) -> usize {
        self.taken
    }

    /// One more than the highest number of a row.
    pub(super) const fn end(&self) -> usize {
        self.places
    }

    pub(super) fn get(&self, number: u32) -> Option<&T> {
        let (segment, place) = place_of(number);
        match self.segments.get(segment)?.get(place)? {
            Place::Taken(row) => Some(row),
            Place::Free(_) => None,
        }
    }

    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        let (segment, place) = place_of(number);
        match self.segments.get_mut(segment)?.get_mut(place)? {
            Place::Taken(row) => Some(row),
            Place::Free(_) => None,
        }
    }

    /// The number that the next row gets.
    pub(super) fn next(&self) -> u32 {
        match self.free.number() {
            NONE => u32::try_from(self.places).unwrap_or(NONE),
            free => free,
        }
    }

    /// Keeps a row, and says under which number.
    pub(super) fn insert(&mut self, row: T) -> u32 {
        let number = self.next();
        let (segment, place) = place_of(number);
        self.taken = self.taken.saturating_add(1);
        if let Some(free) = self
            .segments
            .get_mut(segment)
            .and_then(|segment| segment.get_mut(place))
        {
            if let Place::Free(next) = free {
                self.free = *next;
            }
            *free = Place::Taken(row);
            return number;
        }
        if segment > 0 && place == 0 {
            self.segments.push(Vec::with_capacity(SEGMENT_ROWS));
        } else if self.segments.is_empty() {
            self.segments.push(Vec::new());
        }
        if let Some(segment) = self.segments.last_mut() {
            segment.push(Place::Taken(row));
            self.places = self.places.saturating_add(1);
        }
        number
    }

    pub(super) fn remove(&mut self, number: u32) -> Option<T> {
        let (segment, place) = place_of(number);
        let place = self.segments.get_mut(segment)?.get_mut(place)?;
        match core::mem::replace(place, Place::Free(self.free)) {
            Place::Taken(row) => {
                self.free = Packed::new(number);
                self.taken = self.taken.saturating_sub(1);
                Some(row)
            }
            Place::Free(next) => {
                *place = Place::Free(next);
                None
            }
        }
    }

    /// The rows with their numbers, in the order of their places.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        let places = self.segments.iter().flatten().enumerate();
        places.filter_map(|(number, place)| match place {
            Place::Taken(row) => Some((u32::try_from(number).unwrap_or(NONE), row)),
            Place::Free(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_that_were_left_are_taken_again() {
        let mut slab = Slab::EMPTY;
        let rows = SEGMENT_ROWS + 100;
        for row in 0..rows {
            assert_eq!(slab.insert(row) as usize, row);
        }
        for turn in 0..3 {
            for number in (turn..rows).step_by(7) {
                let number = u32::try_from(number).unwrap();
                assert!(slab.remove(number).is_some());
                assert!(slab.remove(number).is_none(), "once");
                assert!(slab.get(number).is_none());
            }
            while slab.len() < rows {
                let number = slab.insert(turn);
                assert_eq!(slab.get(number), Some(&turn));
            }
            assert_eq!(
                slab.end(),
                rows,
                "as many places as there were rows at most"
            );
            assert_eq!(slab.iter().count(), rows);
        }
    }
}
