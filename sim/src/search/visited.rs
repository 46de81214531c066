//! The names of the states that were seen, 16 octets each.
//!
//! Names are fingerprints and need no further hashing. The set is cut into many small tables, so that growing one
//! of them never needs much more memory than the set already has.

/// Tables that the set is cut into, by the upper bits of a name.
const TABLES: usize = 256;

/// Slots of a table that has any.
const SLOTS_MIN: usize = 8;

/// Octets of a name.
const NAME_OCTETS: u64 = 16;

/// What stands in an empty slot. The name 0 is kept as 1.
const EMPTY: u128 = 0;

/// A set of names.
#[derive(Clone, Debug)]
pub(super) struct Visited {
    tables: Vec<Table>,
    names: u64,
    slots: u64,
    /// Slots that the largest table will have when it grows.
    growth: u64,
}

impl Visited {
    pub(super) fn new() -> Self {
        Self {
            tables: vec![Table::default(); TABLES],
            names: 0,
            slots: 0,
            growth: SLOTS_MIN as u64,
        }
    }

    /// How many names there are.
    pub(super) const fn len(&self) -> u64 {
        self.names
    }

    /// Octets of memory.
    pub(super) const fn octets(&self) -> u64 {
        self.slots * NAME_OCTETS
    }

    /// Octets of memory at most while `more` names are taken in, whichever they are.
    pub(super) fn octets_with_any(&self, more: u64) -> u64 {
        let growing = more.min(self.tables.len() as u64);
        (self.slots + growing * self.growth) * NAME_OCTETS
    }

    /// Octets of memory while these names are taken in.
    pub(super) fn octets_with(&self, names: impl Iterator<Item = u128>) -> u64 {
        let mut growing: Vec<usize> = names
            .filter(|name| !self.contains(*name))
            .map(table_of)
            .filter(|place| self.tables.get(*place).is_some_and(Table::is_full))
            .collect();
        growing.sort_unstable();
        growing.dedup();
        (self.slots + growing.len() as u64 * self.growth) * NAME_OCTETS
    }

    pub(super) fn contains(&self, name: u128) -> bool {
        let name = name.max(1);
        let table = self.tables.get(table_of(name));
        table.is_some_and(|table| table.find(name) == Place::Taken)
    }

    /// Takes a name in; `false` when it was there.
    pub(super) fn insert(&mut self, name: u128) -> bool {
        let name = name.max(1);
        let Some(table) = self.tables.get_mut(table_of(name)) else {
            return false;
        };
        let before = table.slots.len();
        let inserted = table.insert(name);
        self.slots += (table.slots.len() - before) as u64;
        self.growth = self.growth.max(grown(table.slots.len()) as u64);
        self.names += u64::from(inserted);
        inserted
    }

    /// Every name, in no particular order.
    pub(super) fn names(&self) -> impl Iterator<Item = u128> {
        let slots = self.tables.iter().flat_map(|table| &table.slots);
        slots.copied().filter(|name| *name != EMPTY)
    }
}

fn table_of(name: u128) -> usize {
    (name >> 120) as usize
}

/// Half as much again: memory is never twice what is needed.
fn grown(slots: usize) -> usize {
    SLOTS_MIN.max(slots + slots / 2)
}

/// Open addressing with linear probing. At most four slots of five are taken.
#[derive(Clone, Debug, Default)]
struct Table {
    slots: Vec<u128>,
    names: usize,
}

/// Where a name stands, or would.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Taken,
    Free(usize),
    NoSlots,
}

impl Table {
    /// The slot where a name is looked for first: its lower half, scaled to the number of slots.
    fn first(&self, name: u128) -> usize {
        let lower = u128::from(name as u64);
        ((lower * self.slots.len() as u128) >> 64) as usize
    }

    fn find(&self, name: u128) -> Place {
        if self.slots.is_empty() {
            return Place::NoSlots;
        }
        let mut place = self.first(name);
        loop {
            match self.slots.get(place) {
                Some(&EMPTY) => return Place::Free(place),
                Some(there) if *there == name => return Place::Taken,
                Some(_) => place += 1,
                None => place = 0,
            }
        }
    }

    /// Whether the next name makes it grow.
    fn is_full(&self) -> bool {
        (self.names + 1) * 5 > self.slots.len() * 4
    }

    /// A name that is there never makes the table grow: its size depends on its names alone.
    fn insert(&mut self, name: u128) -> bool {
        if self.find(name) == Place::Taken {
            return false;
        }
        if self.is_full() {
            let larger = vec![EMPTY; grown(self.slots.len())];
            let names = std::mem::replace(&mut self.slots, larger);
            for name in names.into_iter().filter(|name| *name != EMPTY) {
                self.put(name);
            }
        }
        self.put(name);
        self.names += 1;
        true
    }

    fn put(&mut self, name: u128) {
        if let Place::Free(place) = self.find(name)
            && let Some(slot) = self.slots.get_mut(place)
        {
            *slot = name;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use xxhash_rust::xxh3::xxh3_128;

    #[test]
    fn it_is_a_set() {
        let mut visited = Visited::new();
        let mut reference = BTreeSet::new();
        for number in 0..20_000_u32 {
            let name = xxh3_128(&(number % 7_000).to_le_bytes());
            assert_eq!(visited.contains(name), reference.contains(&name));
            assert_eq!(visited.insert(name), reference.insert(name));
        }
        assert_eq!(visited.len(), 7_000);
        assert_eq!(visited.names().collect::<BTreeSet<_>>(), reference);
    }

    #[test]
    fn names_need_not_be_well_spread() {
        let mut visited = Visited::new();
        assert!(!visited.contains(0));
        for name in (0..600).chain([u128::MAX, u128::MAX - 1]) {
            assert_eq!(visited.insert(name), name != 1, "0 and 1 share a name");
        }
        assert_eq!(visited.len(), 601);
    }

    #[test]
    fn a_name_takes_20_to_30_octets_and_a_little_more_while_growing() {
        let mut visited = Visited::new();
        for number in 0..300_000_u64 {
            let name = xxh3_128(&number.to_le_bytes());
            let foreseen = visited.octets_with([name].into_iter());
            assert!(foreseen <= visited.octets_with_any(1));
            visited.insert(name);
            assert!(visited.octets() <= foreseen);
            if number > 100_000 {
                let each = visited.octets() / visited.len();
                assert!((19..=31).contains(&each), "{each}");
                assert!(foreseen <= visited.len() * 32);
            }
        }
    }
}
