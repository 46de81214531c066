//! Decisions from octets: what property tests and fuzzers have.

use super::{Choices, Key};

/// Each decision takes a fixed cell of two octets, little-endian, modulo the number of alternatives.
/// When the octets are used up every decision is the honest one.
#[derive(Clone, Debug)]
pub struct Bytes<'a> {
    cells: std::slice::Chunks<'a, u8>,
}

/// Octets of a cell. Fixed, so that changing one cell leaves the meaning of the others alone.
pub(super) const CELL_OCTETS: usize = 2;

impl<'a> Bytes<'a> {
    /// Decisions by `octets`; half a cell at the end counts as a whole one.
    #[must_use]
    pub fn new(octets: &'a [u8]) -> Self {
        Self {
            cells: octets.chunks(CELL_OCTETS),
        }
    }

    /// Whether the octets are used up.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.cells.len() == 0
    }
}

impl Choices for Bytes<'_> {
    fn pick(&mut self, _site: &'static str, alternatives: &[Key]) -> usize {
        let cell = self.cells.next().unwrap_or_default();
        let number = cell
            .iter()
            .rev()
            .fold(0_usize, |number, octet| number << 8 | usize::from(*octet));
        number.checked_rem(alternatives.len()).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_two_octets_and_the_end_is_honest() {
        let mut choices = Bytes::new(&[4, 0, 0, 1, 2]);
        let three = [Key(0), Key(1), Key(2)];
        assert_eq!(choices.pick("", &three), 1);
        assert_eq!(choices.pick("", &three), 1);
        assert_eq!(choices.pick("", &three), 2);
        assert!(choices.is_spent());
        assert_eq!(choices.pick("", &three), 0);
        assert_eq!(choices.pick("", &[]), 0);
    }
}
