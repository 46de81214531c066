//! What happened so far: a sequence that only grows, and whose copies share their past.
//!
//! A search copies a world before every step. Its past may be long by then, and each copy adds a few lines to it.

use std::fmt;
use std::sync::Arc;

/// A sequence that only grows. Copying it costs the same however long it is.
pub struct History<T> {
    tip: Option<Arc<Segment<T>>>,
}

/// What was added between two copies.
struct Segment<T> {
    before: Option<Arc<Self>>,
    /// How many items come before this segment.
    start: usize,
    items: Vec<T>,
}

impl<T> History<T> {
    /// Nothing happened yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { tip: None }
    }

    /// Nothing happened yet, and there is room for `items` before memory is asked for again.
    #[must_use]
    pub fn with_room(items: usize) -> Self {
        Self {
            tip: Some(Arc::new(Segment {
                before: None,
                start: 0,
                items: Vec::with_capacity(items),
            })),
        }
    }

    /// How many items there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tip
            .as_ref()
            .map_or(0, |tip| tip.start.saturating_add(tip.items.len()))
    }

    /// Whether nothing happened yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at `place`.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&T> {
        let segment = self.segments().find(|segment| segment.start <= place)?;
        segment.items.get(place.saturating_sub(segment.start))
    }

    /// Every item, in order.
    pub fn iter(&self) -> Iter<'_, T> {
        self.since(0)
    }

    /// The items from `place` on, in order. Costs nothing for those before.
    pub fn since(&self, place: usize) -> Iter<'_, T> {
        let mut slices = Vec::new();
        for segment in self.segments() {
            let seen = place.saturating_sub(segment.start);
            slices.push(segment.items.get(seen..).unwrap_or_default());
            if segment.start <= place {
                break;
            }
        }
        slices.reverse();
        slices.into_iter().flatten()
    }

    /// How many items are such. Asks for no memory.
    pub fn count(&self, is_such: impl Fn(&T) -> bool) -> usize {
        let items = self.segments().flat_map(|segment| &segment.items);
        items.filter(|item| is_such(item)).count()
    }

    /// Adds an item.
    pub fn push(&mut self, item: T) {
        if let Some(tip) = self.tip.as_mut().and_then(Arc::get_mut) {
            tip.items.push(item);
            return;
        }
        self.tip = Some(Arc::new(Segment {
            start: self.len(),
            before: self.tip.take(),
            items: vec![item],
        }));
    }

    /// The segments, the newest first.
    fn segments(&self) -> impl Iterator<Item = &Segment<T>> {
        std::iter::successors(self.tip.as_deref(), |segment| segment.before.as_deref())
    }
}

/// The items of a [`History`] in order.
pub type Iter<'a, T> = std::iter::Flatten<std::vec::IntoIter<&'a [T]>>;

/// One segment after the other: a long chain would overflow the stack if each dropped the one before.
impl<T> Drop for Segment<T> {
    fn drop(&mut self) {
        let mut before = self.before.take();
        while let Some(segment) = before {
            before = Arc::into_inner(segment).and_then(|mut last| last.before.take());
        }
    }
}

impl<T> Clone for History<T> {
    fn clone(&self) -> Self {
        Self {
            tip: self.tip.clone(),
        }
    }
}

impl<T> Default for History<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Equal are histories with equal items, however they are cut.
impl<T: PartialEq> PartialEq for History<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other)
    }
}

impl<T: Eq> Eq for History<T> {}

impl<T: fmt::Debug> fmt::Debug for History<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self).finish()
    }
}

impl<'a, T> IntoIterator for &'a History<T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_shares_the_past_and_not_the_future() {
        let mut first = History::new();
        let mut copies = Vec::new();
        for item in 0..10 {
            copies.push(first.clone());
            first.push(item);
            if item % 3 == 0 {
                first.push(item + 100);
            }
        }
        let mut second = copies[5].clone();
        second.push(7);
        let all: Vec<i32> = first.iter().copied().collect();
        assert_eq!(all, [0, 100, 1, 2, 3, 103, 4, 5, 6, 106, 7, 8, 9, 109]);
        assert_eq!(
            second.iter().copied().collect::<Vec<_>>(),
            [0, 100, 1, 2, 3, 103, 4, 7]
        );
        for (place, item) in all.iter().enumerate() {
            assert_eq!(first.get(place), Some(item));
            assert!(first.since(place).eq(&all[place..]));
        }
        assert_eq!((first.get(14), first.since(14).next()), (None, None));
        assert_eq!(first.count(|item| *item > 100), 3);
        let mut roomy = History::with_room(3);
        assert!(roomy.is_empty() && roomy.get(0).is_none() && roomy.iter().next().is_none());
        assert_eq!(roomy, History::new());
        all.iter().for_each(|item| roomy.push(*item));
        assert_eq!(roomy, first);
        assert!(first.iter().rev().eq(all.iter().rev()));
        let mut in_one_piece = History::new();
        all.into_iter().for_each(|item| in_one_piece.push(item));
        assert_eq!(first, in_one_piece);
        assert_ne!(first, second);
    }

    #[test]
    fn a_history_of_many_segments_is_dropped_without_recursion() {
        let mut history = History::new();
        for item in 0..200_000 {
            let before = history.clone();
            history.push(item);
            drop(before);
        }
        assert_eq!(history.len(), 200_000);
    }
}
