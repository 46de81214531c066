//! The seed of a run: 16 octets, written as hexadecimal digits.

use std::fmt;
use std::str::FromStr;

/// From this and from provenance every fresh value of a run derives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seed(pub u128);

/// Hexadecimal digits of a seed at most.
const DIGITS_MAX: usize = 32;

/// A text is not a seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotASeed;

impl fmt::Display for NotASeed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "a seed is 1 to {DIGITS_MAX} hexadecimal digits, such as 2a"
        )
    }
}

impl std::error::Error for NotASeed {}

impl FromStr for Seed {
    type Err = NotASeed;

    fn from_str(text: &str) -> Result<Self, NotASeed> {
        let digits = !text.is_empty()
            && text.len() <= DIGITS_MAX
            && text.bytes().all(|octet| octet.is_ascii_hexdigit());
        if !digits {
            return Err(NotASeed);
        }
        u128::from_str_radix(text, 16)
            .map(Self)
            .map_err(|_| NotASeed)
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_reads_what_it_writes() {
        for seed in [0, 1, 0x2a, u128::MAX] {
            assert_eq!(Seed(seed).to_string().parse(), Ok(Seed(seed)));
        }
        for bad in ["", "0x1", "g", "+1", "111111111111111111111111111111111"] {
            assert_eq!(bad.parse::<Seed>(), Err(NotASeed), "{bad}");
        }
    }
}
