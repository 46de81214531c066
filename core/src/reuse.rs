//! Memory that is used again.
//!
//! A server that answers one request after the other shares the same few values each time. What nobody else holds
//! any more is overwritten in place: a server in steady state asks for no memory.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::text::{INLINE_OCTETS_MAX, Text};

/// A place for one shared value. A copy of it is empty; it is part of no value, so that all are equal.
pub struct Reused<T>(Option<Arc<T>>);

impl<T> Reused<T> {
    /// Nothing yet.
    pub const EMPTY: Self = Self(None);

    /// Shares `value`, in the memory of the one before if nobody else holds that any more.
    pub fn share(&mut self, value: T) -> Arc<T> {
        let shared = match self.0.take() {
            Some(mut before) => match Arc::get_mut(&mut before) {
                Some(place) => {
                    *place = value;
                    before
                }
                None => Arc::new(value),
            },
            None => Arc::new(value),
        };
        self.0 = Some(Arc::clone(&shared));
        shared
    }

    /// Whether something was shared that nobody else holds any more.
    #[must_use]
    pub fn is_unheld(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|one| Arc::strong_count(one) == 1)
    }

    /// What was shared last, if nobody else holds it any more.
    pub fn unheld(&mut self) -> Option<&mut T> {
        self.0.as_mut().and_then(Arc::get_mut)
    }

    /// What was shared last.
    #[must_use]
    pub const fn last(&self) -> Option<&Arc<T>> {
        self.0.as_ref()
    }

    /// Forgets what was shared last.
    pub fn forget(&mut self) {
        self.0 = None;
    }
}

impl<T: Default> Reused<T> {
    /// Shares what `write` makes of the value before, if nobody else holds that any more, or of a new one.
    pub fn rewrite(&mut self, write: impl FnOnce(&mut T)) -> Arc<T> {
        let mut value = self.0.take().unwrap_or_default();
        let shared = match Arc::get_mut(&mut value) {
            Some(place) => {
                write(place);
                value
            }
            None => {
                let mut new = T::default();
                write(&mut new);
                Arc::new(new)
            }
        };
        self.0 = Some(Arc::clone(&shared));
        shared
    }
}

impl<T> Clone for Reused<T> {
    fn clone(&self) -> Self {
        Self::EMPTY
    }
}

impl<T> Default for Reused<T> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<T> PartialEq for Reused<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for Reused<T> {}

impl<T> fmt::Debug for Reused<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Reused")
    }
}

/// Texts that one request needs at the same time, at most: more of them are new each time.
const TEXTS_MAX: usize = 16;

/// Memory for the long texts that are made for one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReusedTexts {
    places: Vec<Reused<String>>,
    next: usize,
}

impl ReusedTexts {
    /// Nothing yet.
    pub const EMPTY: Self = Self {
        places: Vec::new(),
        next: 0,
    };

    /// A text, in memory that nobody else holds any more.
    pub fn text(&mut self, text: &str) -> Text {
        if text.len() <= INLINE_OCTETS_MAX {
            return Text::new(text);
        }
        if self.places.len() < TEXTS_MAX {
            self.places.resize(TEXTS_MAX, Reused::EMPTY);
        }
        self.next = self.next.wrapping_add(1) % TEXTS_MAX;
        match self.places.get_mut(self.next) {
            Some(place) => Text::whole(place.rewrite(|memory| {
                memory.clear();
                memory.push_str(text);
            })),
            None => Text::new(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_used_again_once_nobody_else_holds_it() {
        let mut place = Reused::EMPTY;
        let first = place.share(1);
        let second = place.share(2);
        assert_eq!((*first, *second), (1, 2), "what is held stays as it is");
        let memory = Arc::as_ptr(&second);
        drop(second);
        assert_eq!(Arc::as_ptr(&place.share(3)), memory);
        assert_eq!(place.clone().last(), None, "a copy shares nothing");
    }

    #[test]
    fn texts_that_are_held_stay_as_they_are() {
        let mut texts = ReusedTexts::EMPTY;
        let long = |number: usize| alloc::format!("{number:043}");
        let held: Vec<Text> = (0..100).map(|number| texts.text(&long(number))).collect();
        for (number, text) in held.iter().enumerate() {
            assert_eq!(*text, long(number).as_str());
        }
        assert_eq!(texts.text("short"), "short");
    }
}
