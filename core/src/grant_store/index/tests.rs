//! An index finds what a list of rows would find, however the hashes lie.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;

/// The hash of a row that is there no longer: nobody may ask for it.
const GONE: u64 = u64::MAX;

/// Rows with these hashes, of which some are in the index.
struct Rows {
    hashes: Vec<u64>,
    present: Vec<bool>,
    index: Index,
}

impl Rows {
    fn of(hashes: impl Iterator<Item = u64>) -> Self {
        let hashes: Vec<u64> = hashes.collect();
        let mut rows = Self {
            present: alloc::vec![false; hashes.len()],
            hashes,
            index: Index::EMPTY,
        };
        (0..rows.hashes.len()).for_each(|row| rows.insert(row));
        rows
    }

    fn buckets(&self) -> impl Iterator<Item = &Bucket> {
        self.index.shards.iter().flat_map(|shard| &shard.buckets)
    }

    fn insert(&mut self, row: usize) {
        self.present[row] = true;
        let number = u32::try_from(row).unwrap();
        let hash_of = |other: u32| hash_if(&self.hashes, &self.present, other);
        self.index.insert(self.hashes[row], number, hash_of);
    }

    /// The hash of a row is known until it is out.
    fn remove(&mut self, row: usize) {
        let number = u32::try_from(row).unwrap();
        let hash_of = |other: u32| hash_if(&self.hashes, &self.present, other);
        self.index.remove(self.hashes[row], number, hash_of);
        self.present[row] = false;
    }

    /// Every row is found if and only if it is there; how many rows had to be looked at for that.
    fn rows_looked_at(&self) -> usize {
        let mut looked_at = 0;
        for (row, hash) in self.hashes.iter().enumerate() {
            let wanted = u32::try_from(row).unwrap();
            let found = self.index.find(*hash, |number| {
                looked_at += 1;
                number == wanted
            });
            assert_eq!(found, self.present[row].then_some(wanted), "row {row}");
        }
        looked_at
    }
}

fn hash_if(hashes: &[u64], present: &[bool], row: u32) -> u64 {
    let row = usize::try_from(row).unwrap();
    if present[row] { hashes[row] } else { GONE }
}

/// Takes out every third row, then puts every sixth in again.
fn thin_out(rows: &mut Rows) {
    for row in (0..rows.hashes.len()).step_by(3) {
        rows.remove(row);
    }
    rows.rows_looked_at();
    for row in (0..rows.hashes.len()).step_by(6) {
        rows.insert(row);
    }
    rows.rows_looked_at();
}

/// Numbers as evenly spread as digests (SplitMix64).
fn spread(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[test]
fn an_empty_index_finds_nothing() {
    assert!(!Index::EMPTY.is_in_use());
    assert_eq!(Index::EMPTY.find(0, |_| true), None);
    let mut rows = Rows::of(core::iter::once(7));
    assert!(rows.index.is_in_use());
    rows.remove(0);
    assert_eq!(rows.rows_looked_at(), 0);
}

/// No bucket is larger than it is split at, and the tag of a place spares looking at nearly all wrong rows.
#[test]
fn spread_hashes_are_found_in_buckets_that_stay_small() {
    let mut rows = Rows::of((0..4_000).map(spread));
    let looked_at = rows.rows_looked_at();
    assert!(looked_at < 4_400, "{looked_at}");
    assert!(rows.buckets().count() >= 8);
    for bucket in rows.buckets() {
        assert!(bucket.slots.len() <= SLOTS_MAX);
        let taken = bucket.slots.iter().filter(|slot| **slot != 0).count();
        assert_eq!(bucket.used, taken);
        assert!(taken * 8 <= bucket.slots.len() * 7 + 8);
    }
    thin_out(&mut rows);
}

/// Hashes that no bit of the directory tells apart: their bucket grows instead.
#[test]
fn hashes_that_begin_alike_share_a_bucket_that_grows() {
    let mut rows = Rows::of((0..1_200).map(|number| 0xabcd_ef01 << 32 | spread(number) >> 32));
    rows.rows_looked_at();
    let most = rows.buckets().map(|bucket| bucket.slots.len());
    assert!(most.max() >= Some(2_048));
    let depths = rows.index.shards.iter().map(|shard| shard.depth);
    assert_eq!(depths.max(), Some(DEPTH_MAX));
    thin_out(&mut rows);
}

/// Hashes with one home, and hashes that are equal: a search goes on from place to place, around the end of the bucket.
#[test]
fn hashes_with_one_home_lie_side_by_side() {
    let one_home = (0..40).map(|number| spread(number) & !0xffff | 60);
    thin_out(&mut Rows::of(one_home));
    let equal = (0..40).map(|number| if number % 2 == 0 { 62 } else { 63 });
    thin_out(&mut Rows::of(equal));
}

/// A row that is not there takes nobody else out.
#[test]
fn removing_what_is_not_there_changes_nothing() {
    let mut rows = Rows::of((0..50).map(spread));
    rows.remove(20);
    let used: Vec<usize> = rows.buckets().map(|one| one.used).collect();
    rows.remove(20);
    let after: Vec<usize> = rows.buckets().map(|one| one.used).collect();
    assert_eq!(after, used);
    rows.rows_looked_at();
}

/// What many hashes have in common.
fn hash_mask() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => Just(u64::MAX),
        // Half the bits of a shard, and whatever deep buckets go by.
        2 => Just(0x0fff_ffff_ffff_ffff),
        1 => Just(0x0000_00ff_ffff_ffff),
        1 => Just(0x0000_0000_0000_0fff),
    ]
}

fn scattered(row: u32, mask: u64) -> u64 {
    (u64::from(row) + 1)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(17)
        & mask
}

fn hashes(mask: u64) -> impl Fn(u32) -> u64 {
    move |row| scattered(row, mask)
}

/// Every row is in the one bucket that its hash leads to, and no bucket is fuller than it may be.
fn is_whole(index: &Index, rows: usize) {
    let buckets = index.shards.iter().flat_map(|shard| &shard.buckets);
    assert_eq!(
        buckets.clone().map(|bucket| bucket.used).sum::<usize>(),
        rows
    );
    assert!(
        buckets
            .clone()
            .all(|bucket| bucket.rows().count() == bucket.used)
    );
    assert!(
        buckets
            .clone()
            .all(|bucket| bucket.used < bucket.slots.len())
    );
    for shard in index
        .shards
        .iter()
        .filter(|shard| !shard.buckets.is_empty())
    {
        assert_eq!(shard.directory.len(), 1 << shard.depth);
        for (number, bucket) in (0..).zip(&shard.buckets) {
            let places = shard
                .directory
                .iter()
                .filter(|place| **place == number)
                .count();
            assert_eq!(places, 1 << (shard.depth - bucket.depth));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever is put in and taken out, each row is found under its hash and nothing else is.
    #[test]
    fn an_index_is_a_map(
        mask in hash_mask(),
        runs in prop::collection::vec((0_u32..6_000, 1_u32..2_000, any::<bool>()), 1..12),
    ) {
        let hash_of = hashes(mask);
        let mut index = Index::EMPTY;
        let mut map = BTreeMap::new();
        for (from, count, is_put) in runs {
            // So many of one hash are looked through one after the other.
            let count = if mask < 0x1_0000 { count / 8 } else { count };
            for row in from..from + count {
                let hash = hash_of(row);
                if is_put && map.insert(row, hash).is_none() {
                    index.insert(hash, row, &hash_of);
                } else if !is_put && map.remove(&row).is_some() {
                    index.remove(hash, row, &hash_of);
                }
            }
            is_whole(&index, map.len());
        }
        for row in (0..8_000).step_by(7) {
            let found = index.find(hash_of(row), |found| found == row);
            prop_assert_eq!(found, map.contains_key(&row).then_some(row));
        }
    }
}

#[test]
fn buckets_are_split_by_bits_that_differ_and_grow_when_none_does() {
    let depths = |mask, rows| {
        let hash_of = hashes(mask);
        let mut index = Index::EMPTY;
        (0..rows).for_each(|row| index.insert(hash_of(row), row, &hash_of));
        is_whole(&index, rows as usize);
        let buckets = index.shards.iter().flat_map(|shard| &shard.buckets);
        let places = buckets.map(|bucket| bucket.slots.len()).max();
        let depth = index.shards.iter().map(|shard| shard.depth).max();
        (depth, places)
    };
    assert_eq!(depths(u64::MAX, 10_000), (Some(0), Some(64)));
    assert_eq!(
        depths(0x00ff_ffff_ffff_ffff, 10_000),
        (Some(5), Some(SLOTS_MAX))
    );
    assert_eq!(
        depths(0x0000_0000_ffff_ffff, 1_000),
        (Some(DEPTH_MAX), Some(2_048))
    );
}
