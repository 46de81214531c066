//! Remembers the decisions of any other source.

use super::{Choices, Key};

/// Passes decisions on and keeps the keys that were picked, so that [`super::Keyed`] can repeat the run.
#[derive(Clone, Debug)]
pub struct Recorder<C> {
    inner: C,
    picked: Vec<Key>,
}

impl<C: Choices> Recorder<C> {
    /// Records `inner`.
    #[must_use]
    pub const fn new(inner: C) -> Self {
        Self {
            inner,
            picked: Vec::new(),
        }
    }

    /// The keys picked so far.
    #[must_use]
    pub fn picked(&self) -> &[Key] {
        &self.picked
    }
}

impl<C: Choices> Choices for Recorder<C> {
    fn pick(&mut self, site: &'static str, alternatives: &[Key]) -> usize {
        let place = self
            .inner
            .pick(site, alternatives)
            .min(alternatives.len().saturating_sub(1));
        self.picked.extend(alternatives.get(place));
        place
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Keyed, Seeded};
    use super::*;
    use crate::seed::Seed;

    #[test]
    fn a_recorded_run_repeats_by_its_keys() {
        let alternatives: Vec<Key> = (0..5).map(Key).collect();
        let mut recorder = Recorder::new(Seeded::new(Seed(7)));
        let first: Vec<usize> = (0..20).map(|_| recorder.pick("", &alternatives)).collect();
        let mut keyed = Keyed::new(recorder.picked().to_vec());
        let second: Vec<usize> = (0..20).map(|_| keyed.pick("", &alternatives)).collect();
        assert_eq!(first, second);
        assert!(
            first.iter().any(|place| *place != first[0]),
            "a seed that always says the same proves nothing"
        );
    }
}
