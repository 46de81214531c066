//! Records by digest, sorted, in chunks.
//!
//! A search copies a store of a few records by the million: one short chunk of digests and shared records is
//! cheap to copy. A live server keeps millions of records: a chunk bounds what one insertion moves.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::canonical::{Canonical, Encoder};
use crate::value::SecretDigest;

/// Records of one chunk at most; a full one is halved. 128 records of 40 octets are moved in well under 1 µs.
const CHUNK_RECORDS_MAX: usize = 128;

type Entry<T> = (SecretDigest, Arc<T>);

/// A sorted map from digests to records.
#[derive(Clone, Debug)]
pub(super) struct Table<T> {
    /// None is empty; the first digest of each is above the last of the one before.
    chunks: Vec<Vec<Entry<T>>>,
    length: usize,
}

impl<T> Table<T> {
    pub(super) const EMPTY: Self = Self {
        chunks: Vec::new(),
        length: 0,
    };

    /// How many records there are.
    pub(super) const fn len(&self) -> usize {
        self.length
    }

    pub(super) fn contains(&self, digest: &SecretDigest) -> bool {
        self.get(digest).is_some()
    }

    pub(super) fn get(&self, digest: &SecretDigest) -> Option<&T> {
        self.record(digest).map(|record| &**record)
    }

    /// The record under `digest`, to be kept: it stays as it is now.
    pub(super) fn shared(&self, digest: &SecretDigest) -> Option<Arc<T>> {
        self.record(digest).cloned()
    }

    fn record(&self, digest: &SecretDigest) -> Option<&Arc<T>> {
        let chunk = self.chunks.get(self.chunk_of(digest))?;
        let place = find(chunk, digest).ok()?;
        chunk.get(place).map(|(_, record)| record)
    }

    /// Keeps `record` under `digest`; one that is there already stays as it is.
    pub(super) fn insert(&mut self, digest: SecretDigest, record: Arc<T>) {
        let number = self.chunk_of(&digest);
        let Some(chunk) = self.chunks.get_mut(number) else {
            self.chunks.push(alloc::vec![(digest, record)]);
            self.length = self.length.saturating_add(1);
            return;
        };
        let Err(place) = find(chunk, &digest) else {
            return;
        };
        chunk.insert(place, (digest, record));
        self.length = self.length.saturating_add(1);
        if chunk.len() > CHUNK_RECORDS_MAX {
            let upper = chunk.split_off(CHUNK_RECORDS_MAX / 2);
            self.chunks.insert(number.saturating_add(1), upper);
        }
    }

    pub(super) fn remove(&mut self, digest: &SecretDigest) -> Option<Arc<T>> {
        let number = self.chunk_of(digest);
        let chunk = self.chunks.get_mut(number)?;
        let place = find(chunk, digest).ok()?;
        let (_, record) = chunk.remove(place);
        if chunk.is_empty() {
            self.chunks.remove(number);
        }
        self.length = self.length.saturating_sub(1);
        Some(record)
    }

    /// How many chunks there are.
    pub(super) const fn chunks(&self) -> usize {
        self.chunks.len()
    }

    /// The digests in one chunk.
    pub(super) fn chunk_digests(&self, number: usize) -> Vec<SecretDigest> {
        self.chunks.get(number).map_or_else(Vec::new, |chunk| {
            chunk.iter().map(|(digest, _)| *digest).collect()
        })
    }

    fn entries(&self) -> impl Iterator<Item = &Entry<T>> {
        self.chunks.iter().flatten()
    }

    /// The chunk that has `digest` or would have it.
    fn chunk_of(&self, digest: &SecretDigest) -> usize {
        self.chunks
            .partition_point(|chunk| chunk.first().is_some_and(|(first, _)| first <= digest))
            .saturating_sub(1)
    }
}

/// How the records are cut into chunks is no part of the value.
impl<T: PartialEq> PartialEq for Table<T> {
    fn eq(&self, other: &Self) -> bool {
        self.entries().eq(other.entries())
    }
}

impl<T: Eq> Eq for Table<T> {}

/// The records in the order of their digests.
impl<T: Canonical> Canonical for Table<T> {
    fn encode(&self, out: &mut Encoder) {
        out.length(self.length);
        for (digest, record) in self.entries() {
            digest.encode(out);
            (**record).encode(out);
        }
    }
}

fn find<T>(chunk: &[Entry<T>], digest: &SecretDigest) -> Result<usize, usize> {
    chunk.binary_search_by(|(mine, _)| mine.cmp(digest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeMap;
    use alloc::format;
    use proptest::prelude::*;

    fn digest(number: u16) -> SecretDigest {
        SecretDigest::of(&format!("{number}"))
    }

    proptest! {
        /// Whatever is done to it, a table is the map that the standard library would be.
        #[test]
        fn a_table_is_a_map(steps in prop::collection::vec((0_u16..700, 0_u8..3), 0..2_000)) {
            let mut table = Table::EMPTY;
            let mut map = BTreeMap::new();
            for (number, step) in steps {
                let key = digest(number);
                match step {
                    0 => { prop_assert_eq!(table.remove(&key).map(|record| *record), map.remove(&key)); }
                    _ => { table.insert(key, Arc::new(number)); map.entry(key).or_insert(number); }
                }
                prop_assert_eq!(table.len(), map.len());
                prop_assert_eq!(table.get(&key), map.get(&key));
            }
            prop_assert!(table.chunks.iter().all(|chunk| (1..=CHUNK_RECORDS_MAX).contains(&chunk.len())));
            let digests: Vec<_> = (0..table.chunks()).flat_map(|number| table.chunk_digests(number)).collect();
            prop_assert_eq!(digests, map.into_keys().collect::<Vec<_>>());
        }
    }
}
