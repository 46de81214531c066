//! Decisions from a list of keys.

use std::collections::VecDeque;

use super::{Choices, Key};

/// Takes the next key of the list that is among the alternatives; keys before it that are not are skipped.
/// When the list is empty every decision is the honest one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keyed {
    keys: VecDeque<Key>,
    skipped: usize,
}

impl Keyed {
    /// Decisions by `keys`, in their order.
    #[must_use]
    pub fn new(keys: impl IntoIterator<Item = Key>) -> Self {
        Self {
            keys: keys.into_iter().collect(),
            skipped: 0,
        }
    }

    /// How many keys were not enabled when their turn came.
    #[must_use]
    pub const fn skipped(&self) -> usize {
        self.skipped
    }

    /// Whether every key was used or skipped.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.keys.is_empty()
    }
}

impl Choices for Keyed {
    fn pick(&mut self, _site: &'static str, alternatives: &[Key]) -> usize {
        while let Some(key) = self.keys.pop_front() {
            if let Some(place) = alternatives
                .iter()
                .position(|alternative| *alternative == key)
            {
                return place;
            }
            self.skipped += 1;
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_not_enabled_is_skipped() {
        let mut choices = Keyed::new([Key(7), Key(2), Key(3)]);
        assert_eq!(choices.pick("", &[Key(1), Key(2)]), 1);
        assert_eq!(choices.pick("", &[Key(1), Key(2), Key(3)]), 2);
        assert_eq!(choices.pick("", &[Key(1), Key(2)]), 0);
        assert_eq!(choices.skipped(), 1);
        assert!(choices.is_spent());
    }
}
