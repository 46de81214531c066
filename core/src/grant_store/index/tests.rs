//! An index finds what a list of rows would find, however the hashes lie.

use alloc::vec::Vec;

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
    fn check(&self) -> usize {
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
    rows.check();
    for row in (0..rows.hashes.len()).step_by(6) {
        rows.insert(row);
    }
    rows.check();
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
    assert_eq!(rows.check(), 0);
}

/// No bucket is larger than it is split at, and the tag of a place spares looking at nearly all wrong rows.
#[test]
fn spread_hashes_are_found_in_buckets_that_stay_small() {
    let mut rows = Rows::of((0..4_000).map(spread));
    let looked_at = rows.check();
    assert!(looked_at < 4_400, "{looked_at}");
    assert!(rows.index.buckets.len() >= 8);
    for bucket in &rows.index.buckets {
        assert!(bucket.slots.len() <= SLOTS_MAX);
        let taken = bucket.slots.iter().filter(|slot| **slot != 0).count();
        assert_eq!(bucket.used, taken);
        assert!(taken * 8 <= bucket.slots.len() * 7 + 8);
        assert!(bucket.depth <= rows.index.depth);
    }
    thin_out(&mut rows);
}

/// Hashes that no bit of the directory tells apart: their bucket grows instead.
#[test]
fn hashes_that_begin_alike_share_a_bucket_that_grows() {
    let mut rows = Rows::of((0..1_200).map(|number| 0xabcd_ef01 << 32 | spread(number) >> 32));
    rows.check();
    let most = rows.index.buckets.iter().map(|bucket| bucket.slots.len());
    assert!(most.max() >= Some(2_048));
    assert_eq!(rows.index.depth, DEPTH_MAX);
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
    let used: Vec<usize> = rows.index.buckets.iter().map(|one| one.used).collect();
    rows.remove(20);
    let after: Vec<usize> = rows.index.buckets.iter().map(|one| one.used).collect();
    assert_eq!(after, used);
    rows.check();
}
