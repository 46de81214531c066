//! How many distinct states many searches saw together, without keeping all their names.

use std::collections::BTreeSet;

/// Names that are kept. The count is exact below; above, its standard error is 1 in √2046, about 2.2 %.
pub const KEPT_MAX: usize = 2_048;

/// The smallest names of a set. Those of a union are the smallest of those of its parts, in whatever order they are
/// put together (K. Beyer and others, "On synopses for distinct-value estimation under multiset operations", 2007).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sketch {
    smallest: BTreeSet<u128>,
}

impl Sketch {
    /// Takes a name in.
    pub fn add(&mut self, name: u128) {
        let is_full = self.smallest.len() >= KEPT_MAX;
        if is_full && self.smallest.last().is_some_and(|last| *last <= name) {
            return;
        }
        if self.smallest.insert(name) && is_full {
            self.smallest.pop_last();
        }
    }

    /// Takes another sketch in.
    pub fn merge(&mut self, other: &Self) {
        for name in &other.smallest {
            self.add(*name);
        }
    }

    /// Whether the count is no estimate.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.smallest.len() < KEPT_MAX
    }

    /// How many distinct names were taken in.
    #[must_use]
    pub fn count(&self) -> u64 {
        let kept = self.smallest.len() as u64;
        match self.smallest.last() {
            Some(last) if !self.is_exact() => {
                // The kept names are evenly spread between 0 and the last of them.
                let share = (last >> 64).max(1);
                let all = (u128::from(kept - 1) << 64) / share;
                u64::try_from(all).unwrap_or(u64::MAX)
            }
            _ => kept,
        }
    }

    /// The names that are kept, in ascending order.
    pub fn names(&self) -> impl Iterator<Item = u128> {
        self.smallest.iter().copied()
    }
}

impl FromIterator<u128> for Sketch {
    fn from_iter<I: IntoIterator<Item = u128>>(names: I) -> Self {
        let mut sketch = Self::default();
        for name in names {
            sketch.add(name);
        }
        sketch
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xxhash_rust::xxh3::xxh3_128;

    fn sketch(numbers: std::ops::Range<u64>) -> Sketch {
        numbers
            .map(|number| xxh3_128(&number.to_le_bytes()))
            .collect()
    }

    #[test]
    fn small_sets_are_counted_exactly() {
        let mut sketch = sketch(0..1_000);
        sketch.merge(&self::sketch(500..1_500));
        assert!(sketch.is_exact());
        assert_eq!(sketch.count(), 1_500);
    }

    #[test]
    fn large_sets_are_estimated_and_order_does_not_matter() {
        let (mut one, two) = (sketch(0..60_000), sketch(40_000..100_000));
        let mut other = two.clone();
        other.merge(&one);
        one.merge(&two);
        assert_eq!(one, other);
        assert_eq!(one, sketch(0..100_000));
        assert!(!one.is_exact());
        assert!(one.count().abs_diff(100_000) < 6_000, "{}", one.count());
    }
}
