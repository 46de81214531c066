//! Which chunks are whose.

use std::fmt;
use std::str::FromStr;

/// `i/n`: the chunks whose number leaves `i - 1` when divided by `n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// From 1 to `of`.
    index: u64,
    of: u64,
}

impl Share {
    /// All chunks.
    pub const WHOLE: Self = Self { index: 1, of: 1 };

    /// The numbers of its chunks, of `chunks` altogether.
    pub fn numbers(self, chunks: u64) -> impl Iterator<Item = u64> {
        let step = usize::try_from(self.of).unwrap_or(usize::MAX);
        (self.index - 1..chunks).step_by(step)
    }
}

/// A text is not a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAShare;

impl fmt::Display for NotAShare {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a shard is I/N with I from 1 to N, such as 3/8")
    }
}

impl std::error::Error for NotAShare {}

impl FromStr for Share {
    type Err = NotAShare;

    fn from_str(text: &str) -> Result<Self, NotAShare> {
        let (index, of) = text.split_once('/').ok_or(NotAShare)?;
        let index = index.parse().map_err(|_| NotAShare)?;
        let of = of.parse().map_err(|_| NotAShare)?;
        if index == 0 || index > of {
            return Err(NotAShare);
        }
        Ok(Self { index, of })
    }
}

impl fmt::Display for Share {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.index, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chunk_is_in_exactly_one_share() {
        for of in 1..9_u64 {
            let mut numbers: Vec<u64> = (1..=of)
                .flat_map(|index| Share { index, of }.numbers(20))
                .collect();
            numbers.sort_unstable();
            assert_eq!(numbers, (0..20).collect::<Vec<_>>());
        }
        assert_eq!(Share::WHOLE.numbers(3).count(), 3);
    }

    #[test]
    fn shares_are_counted_from_one() {
        let share: Share = "2/3".parse().unwrap();
        assert_eq!(share.numbers(8).collect::<Vec<_>>(), [1, 4, 7]);
        assert_eq!(share.to_string(), "2/3");
        for bad in ["", "1", "0/3", "4/3", "1/0", "-1/3", "a/b", "1/2/3"] {
            assert_eq!(bad.parse::<Share>(), Err(NotAShare), "{bad}");
        }
    }
}
