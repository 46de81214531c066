//! Finding a row by the digest of its secret: extendible hashing.
//!
//! A digest is random, so its first octets are the hash. Few rows are looked through one after the other; more are
//! spread over shards, and a shard has buckets of [`SLOTS_MAX`] places. A full bucket is split by one more bit. No
//! step moves more than one bucket or one shard's directory, however many rows there are: growing never pauses a
//! request.

use alloc::vec::Vec;

/// Places in a bucket before it is split. Splitting one looks at 448 rows: well under 0.1 ms.
const SLOTS_MAX: usize = 512;
/// Places in a new bucket.
const SLOTS_MIN: usize = 64;
/// Bits of the hash that choose a shard.
const SHARD_BITS: u32 = 8;
/// Bits of the hash that choose a bucket of a shard at most; beyond them buckets grow instead. The directory of a
/// shard has 16 KiB at most, and all shards have room for some 470 million rows.
const DEPTH_MAX: u32 = 12;
/// Rows that are looked through without an index: what a simulated store has.
pub(super) const UNINDEXED_MAX: usize = 32;

/// The bits of a place that number a row, counted from one; zero is an empty place.
const ROW_BITS: u32 = 26;
const ROW_MASK: u32 = (1 << ROW_BITS) - 1;

/// Rows by digest.
#[derive(Clone, Debug)]
pub(super) struct Index {
    /// None while there are so few rows that they are looked through.
    shards: Vec<Shard>,
}

/// The rows whose hashes begin with the same bits.
#[derive(Clone, Debug)]
struct Shard {
    /// Which bucket has the digests that go on with these bits.
    directory: Vec<u32>,
    buckets: Vec<Bucket>,
    /// Bits of the hash that choose a place of the directory.
    depth: u32,
}

#[derive(Clone, Debug)]
struct Bucket {
    /// Open addressing: a tag of the hash, and the row.
    slots: Vec<u32>,
    used: usize,
    /// Bits of the hash that all its rows share, besides those of the shard.
    depth: u32,
}

/// The octets of a digest that choose shard, bucket, place and tag.
pub(super) fn hash(digest: &[u8]) -> u64 {
    digest
        .first_chunk()
        .map_or(0, |first| u64::from_be_bytes(*first))
}

const fn tag(hash: u64) -> u32 {
    // The low bits choose the place; these are far from them.
    ((hash >> 20) as u32) << ROW_BITS
}

const fn shard_number(hash: u64) -> usize {
    (hash >> (u64::BITS - SHARD_BITS)) as usize
}

/// The bits that come after those of the shard.
const fn bucket_number(hash: u64, depth: u32) -> usize {
    match (hash << SHARD_BITS).checked_shr(u64::BITS.saturating_sub(depth)) {
        Some(number) => number as usize,
        None => 0,
    }
}

impl Index {
    pub(super) const EMPTY: Self = Self { shards: Vec::new() };

    /// Whether rows are found through it at all.
    pub(super) const fn is_in_use(&self) -> bool {
        !self.shards.is_empty()
    }

    /// The row with this hash for which `is` holds.
    pub(super) fn find(&self, hash: u64, mut is: impl FnMut(u32) -> bool) -> Option<u32> {
        let shard = self.shards.get(shard_number(hash))?;
        shard.bucket(hash)?.find(hash, &mut is)
    }

    /// Adds a row; `hash_of` tells the hash of any row that is there.
    pub(super) fn insert(&mut self, hash: u64, row: u32, hash_of: impl Fn(u32) -> u64) {
        if !self.is_in_use() {
            self.shards = alloc::vec![Shard::EMPTY; 1 << SHARD_BITS];
        }
        if let Some(shard) = self.shards.get_mut(shard_number(hash)) {
            shard.insert(hash, row, &hash_of);
        }
    }

    /// Takes a row out.
    pub(super) fn remove(&mut self, hash: u64, row: u32, hash_of: impl Fn(u32) -> u64) {
        let shard = self.shards.get_mut(shard_number(hash));
        if let Some(bucket) = shard.and_then(|shard| shard.bucket_mut(hash)) {
            bucket.remove(hash, row, &hash_of);
        }
    }
}

impl Shard {
    const EMPTY: Self = Self {
        directory: Vec::new(),
        buckets: Vec::new(),
        depth: 0,
    };

    fn number_of_bucket(&self, hash: u64) -> Option<usize> {
        let number = self.directory.get(bucket_number(hash, self.depth))?;
        usize::try_from(*number).ok()
    }

    fn bucket(&self, hash: u64) -> Option<&Bucket> {
        self.buckets.get(self.number_of_bucket(hash)?)
    }

    fn bucket_mut(&mut self, hash: u64) -> Option<&mut Bucket> {
        let number = self.number_of_bucket(hash)?;
        self.buckets.get_mut(number)
    }

    fn insert(&mut self, hash: u64, row: u32, hash_of: &impl Fn(u32) -> u64) {
        if self.buckets.is_empty() {
            self.directory.push(0);
            self.buckets.push(Bucket::new(SLOTS_MIN, 0));
        }
        while let Some(bucket) = self.bucket_mut(hash) {
            if !bucket.is_full() {
                return bucket.place(hash, row);
            }
            if bucket.slots.len() < SLOTS_MAX || bucket.depth >= DEPTH_MAX {
                bucket.grow(hash_of);
            } else {
                self.split(hash, hash_of);
            }
        }
    }

    /// Cuts the bucket of this hash in two by one more bit.
    fn split(&mut self, hash: u64, hash_of: &impl Fn(u32) -> u64) {
        let Ok(new) = u32::try_from(self.buckets.len()) else {
            return;
        };
        let Some(old) = self.bucket_mut(hash) else {
            return;
        };
        let depth = old.depth.saturating_add(1);
        let whole = core::mem::replace(old, Bucket::new(SLOTS_MAX, depth));
        let mut upper = Bucket::new(SLOTS_MAX, depth);
        for row in whole.rows() {
            let hash = hash_of(row);
            if bucket_number(hash, depth) & 1 == 1 {
                upper.place(hash, row);
            } else {
                old.place(hash, row);
            }
        }
        self.buckets.push(upper);
        if depth > self.depth {
            self.directory = self.directory.iter().flat_map(|one| [*one, *one]).collect();
            self.depth = depth;
        }
        // The places of a bucket lie side by side; their upper half is the new one's.
        let places = 1_usize
            .checked_shl(self.depth.saturating_sub(depth))
            .unwrap_or(1);
        let first = (bucket_number(hash, depth) | 1).saturating_mul(places);
        for place in self.directory.iter_mut().skip(first).take(places) {
            *place = new;
        }
    }
}

impl Bucket {
    fn new(slots: usize, depth: u32) -> Self {
        Self {
            slots: alloc::vec![0; slots],
            used: 0,
            depth,
        }
    }

    /// Full means: seven eighths are taken.
    const fn is_full(&self) -> bool {
        self.used.saturating_mul(8) >= self.slots.len().saturating_mul(7)
    }

    const fn mask(&self) -> usize {
        self.slots.len().saturating_sub(1)
    }

    const fn home(&self, hash: u64) -> usize {
        hash as usize & self.mask()
    }

    /// Where a search goes on.
    const fn next(&self, place: usize) -> usize {
        place.wrapping_add(1) & self.mask()
    }

    fn find(&self, hash: u64, is: &mut impl FnMut(u32) -> bool) -> Option<u32> {
        let tag = tag(hash);
        let mut place = self.home(hash);
        loop {
            let slot = *self.slots.get(place)?;
            if slot == 0 {
                return None;
            }
            let row = (slot & ROW_MASK).wrapping_sub(1);
            if slot & !ROW_MASK == tag && is(row) {
                return Some(row);
            }
            place = self.next(place);
        }
    }

    fn place(&mut self, hash: u64, row: u32) {
        let mut place = self.home(hash);
        while self.slots.get(place).is_some_and(|slot| *slot != 0) {
            place = self.next(place);
        }
        if let Some(slot) = self.slots.get_mut(place) {
            *slot = tag(hash) | (row.wrapping_add(1) & ROW_MASK);
            self.used = self.used.saturating_add(1);
        }
    }

    fn rows(&self) -> impl Iterator<Item = u32> {
        let taken = self.slots.iter().filter(|slot| **slot != 0);
        taken.map(|slot| (slot & ROW_MASK).wrapping_sub(1))
    }

    fn grow(&mut self, hash_of: &impl Fn(u32) -> u64) {
        let mut larger = Self::new(self.slots.len().saturating_mul(2), self.depth);
        for row in self.rows() {
            larger.place(hash_of(row), row);
        }
        *self = larger;
    }

    /// Takes a row out and moves those behind it up, so that no search ends early.
    fn remove(&mut self, hash: u64, row: u32, hash_of: &impl Fn(u32) -> u64) {
        let wanted = tag(hash) | (row.wrapping_add(1) & ROW_MASK);
        let mut hole = self.home(hash);
        while self.slots.get(hole).is_some_and(|slot| *slot != wanted) {
            if self.slots.get(hole) == Some(&0) {
                return;
            }
            hole = self.next(hole);
        }
        self.used = self.used.saturating_sub(1);
        let mut place = self.next(hole);
        while let Some(slot) = self.slots.get(place).copied().filter(|slot| *slot != 0) {
            let home = self.home(hash_of((slot & ROW_MASK).wrapping_sub(1)));
            let from_home = place.wrapping_sub(home) & self.mask();
            let from_hole = place.wrapping_sub(hole) & self.mask();
            if from_home >= from_hole {
                self.set(hole, slot);
                hole = place;
            }
            place = self.next(place);
        }
        self.set(hole, 0);
    }

    fn set(&mut self, place: usize, slot: u32) {
        if let Some(old) = self.slots.get_mut(place) {
            *old = slot;
        }
    }
}

#[cfg(test)]
mod tests;
