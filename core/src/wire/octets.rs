//! Sets of octets, and finding the first octet of a text that belongs to one.

/// A set of octets.
#[derive(Debug)]
pub(super) struct Set([bool; 256]);

impl Set {
    /// The octets from `first` to `last`.
    pub(super) const fn range(first: u8, last: u8) -> Self {
        Self([false; 256]).and_range(first, last)
    }

    /// ASCII letters and digits.
    pub(super) const fn alphanumeric() -> Self {
        Self::range(b'0', b'9')
            .and_range(b'A', b'Z')
            .and_range(b'a', b'z')
    }

    /// This set and the octets listed.
    pub(super) const fn and(mut self, octets: &[u8]) -> Self {
        let mut rest = octets;
        while let [first, after @ ..] = rest {
            self.0[*first as usize] = true;
            rest = after;
        }
        self
    }

    /// This set and the octets from `first` to `last`.
    pub(super) const fn and_range(mut self, first: u8, last: u8) -> Self {
        let mut octet = first;
        while octet <= last {
            self.0[octet as usize] = true;
            match octet.checked_add(1) {
                Some(next) => octet = next,
                None => break,
            }
        }
        self
    }

    /// This set without the octets listed.
    pub(super) const fn without(mut self, octets: &[u8]) -> Self {
        let mut rest = octets;
        while let [first, after @ ..] = rest {
            self.0[*first as usize] = false;
            rest = after;
        }
        self
    }

    /// Every octet that is not in this set.
    pub(super) const fn complement(mut self) -> Self {
        let mut octet = 0_u8;
        loop {
            self.0[octet as usize] = !self.0[octet as usize];
            match octet.checked_add(1) {
                Some(next) => octet = next,
                None => return self,
            }
        }
    }

    /// Whether `octet` is in this set.
    pub(super) const fn contains(&self, octet: u8) -> bool {
        self.0[octet as usize]
    }

    /// Where the first octet of this set stands, or the length when there is none.
    pub(super) fn find(&self, octets: &[u8]) -> usize {
        find::<8>(octets, |octet| self.contains(octet))
    }

    /// Whether some octet of `octets` is in this set.
    pub(super) fn meets(&self, octets: &[u8]) -> bool {
        self.find(octets) < octets.len()
    }

    /// The start of `text` up to the first octet of this set, which must be ASCII, and the rest.
    pub(super) fn split<'a>(&self, text: &'a str) -> (&'a str, &'a str) {
        text.split_at_checked(self.find(text.as_bytes()))
            .unwrap_or((text, ""))
    }
}

/// Where the first octet that `is` wanted stands, or the length when there is none.
///
/// `CHUNK` octets are asked at a time without a branch between them: most texts hold none for long, and a
/// question that only compares is then asked to all of them at once.
pub(crate) fn find<const CHUNK: usize>(octets: &[u8], is: impl Fn(u8) -> bool) -> usize {
    let (chunks, _) = octets.as_chunks::<CHUNK>();
    let skipped = chunks
        .iter()
        .take_while(|chunk| !chunk.iter().fold(false, |found, octet| found | is(*octet)))
        .count()
        .saturating_mul(CHUNK);
    let rest = octets.get(skipped..).unwrap_or_default();
    let more = rest.iter().position(|octet| is(*octet));
    skipped.saturating_add(more.unwrap_or(rest.len()))
}

/// The parts of `text` before and after the first `separator`, which must be ASCII.
pub(crate) fn split_once(text: &str, separator: u8) -> Option<(&str, &str)> {
    let place = find::<16>(text.as_bytes(), |octet| octet == separator);
    let (before, rest) = text.split_at_checked(place)?;
    Some((before, rest.get(1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    static DIGITS: Set = Set::range(b'0', b'9');

    /// Made while the test runs, where its making can be watched: all others are made by the compiler.
    #[test]
    fn a_set_holds_what_was_said() {
        let odd = Set::alphanumeric().and(b"-\xff").without(b"a");
        let expected = |octet: u8| {
            octet.is_ascii_alphanumeric() && octet != b'a' || octet == b'-' || octet == 0xff
        };
        let even = Set::alphanumeric().and(b"-\xff").without(b"a").complement();
        let all = Set::range(0, 255);
        for octet in 0..=255 {
            assert_eq!(odd.contains(octet), expected(octet));
            assert_eq!(even.contains(octet), !expected(octet));
            assert!(all.contains(octet));
        }
    }

    proptest! {
        #[test]
        fn the_first_one_is_found(text in "[a-z]{0,30}[0-9é]?[a-z0-9]{0,20}") {
            let plain = text.bytes().position(|octet| octet.is_ascii_digit());
            prop_assert_eq!(DIGITS.find(text.as_bytes()), plain.unwrap_or(text.len()));
            prop_assert_eq!(DIGITS.meets(text.as_bytes()), plain.is_some());
            let (before, after) = DIGITS.split(&text);
            prop_assert_eq!(before.len(), plain.unwrap_or(text.len()));
            prop_assert_eq!(before.len() + after.len(), text.len());
            prop_assert_eq!(split_once(&text, b'7'), text.split_once('7'));
        }
    }
}
