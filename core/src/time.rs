//! Time as a value: the core is told what time it is and never asks.

/// A moment, in milliseconds since the start of the run (or of the Unix epoch when live).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub u64);

/// A length of time, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub u64);

crate::canonical_tuple!(Timestamp, Span);

impl Timestamp {
    /// The beginning of time.
    pub const ZERO: Self = Self(0);

    /// The moment `span` later; the end of time is never passed.
    #[must_use]
    pub const fn after(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// How long after `earlier` this is; nothing when it is not later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }

    /// The moment `seconds` after zero.
    #[must_use]
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Whole seconds since zero, as JSON Web Tokens count them (RFC 7519 §2, `NumericDate`).
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0 / 1000
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// `seconds` seconds.
    #[must_use]
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Whole seconds, rounded down, as `expires_in` counts them (RFC 6749 §5.1).
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0 / 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_saturates_at_both_ends() {
        assert_eq!(Timestamp(u64::MAX).after(Span(1)), Timestamp(u64::MAX));
        assert_eq!(Timestamp(1).since(Timestamp(2)), Span::ZERO);
        assert_eq!(Span::from_seconds(u64::MAX), Span(u64::MAX));
        assert_eq!(Timestamp(1_999).seconds(), 1);
    }
}
