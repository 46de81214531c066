//! Sets of octets, and finding the first octet of a text that is wanted.

/// Octets that are looked for. One octet can be asked, and eight at once and without a branch.
pub(crate) trait Wanted: Copy {
    /// Whether it is this one.
    fn one(self, octet: u8) -> bool;

    /// Which of eight octets it is.
    fn eight(self, octets: Eight) -> Marks;

    /// These octets and `other` ones.
    fn or<W: Wanted>(self, other: W) -> Or<Self, W> {
        Or(self, other)
    }
}

/// This octet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Is(pub(crate) u8);

/// Those below this one, which is ASCII.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Below(pub(crate) u8);

/// Those from the first to the last, which are ASCII.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Within(pub(crate) u8, pub(crate) u8);

/// ASCII letters and digits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alphanumeric;

/// Both kinds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Or<A, B>(A, B);

/// All others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Not<W>(pub(crate) W);

/// Eight octets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Eight(u64);

/// Some of eight octets: the highest bit of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Marks(u64);

/// The highest bit of each octet.
const HIGH: u64 = each(0x80);
/// All other bits.
const LOW: u64 = each(0x7f);

/// The same octet eight times.
const fn each(octet: u8) -> u64 {
    u64::from_le_bytes([octet; 8])
}

impl Wanted for Is {
    #[inline]
    fn one(self, octet: u8) -> bool {
        octet == self.0
    }

    #[inline]
    fn eight(self, Eight(octets): Eight) -> Marks {
        let other = octets ^ each(self.0);
        // A sum of seven bits carries into the eighth and no further.
        Marks(!((other & LOW).wrapping_add(LOW) | other) & HIGH)
    }
}

impl Wanted for Below {
    #[inline]
    fn one(self, octet: u8) -> bool {
        octet < self.0
    }

    #[inline]
    fn eight(self, Eight(octets): Eight) -> Marks {
        let room = each(0x80_u8.wrapping_sub(self.0));
        Marks(!((octets & LOW).wrapping_add(room) | octets) & HIGH)
    }
}

impl Wanted for Within {
    #[inline]
    fn one(self, octet: u8) -> bool {
        (self.0..=self.1).contains(&octet)
    }

    #[inline]
    fn eight(self, octets: Eight) -> Marks {
        let (Marks(below), Marks(up_to)) = (
            Below(self.0).eight(octets),
            Below(self.1.wrapping_add(1)).eight(octets),
        );
        Marks(up_to & !below)
    }
}

impl Wanted for Alphanumeric {
    #[inline]
    fn one(self, octet: u8) -> bool {
        Within(b'a', b'z').one(octet | 0x20) | Within(b'0', b'9').one(octet)
    }

    #[inline]
    fn eight(self, octets: Eight) -> Marks {
        let lower_case = Eight(octets.0 | each(0x20));
        let (Marks(letters), Marks(digits)) = (
            Within(b'a', b'z').eight(lower_case),
            Within(b'0', b'9').eight(octets),
        );
        Marks(letters | digits)
    }
}

impl<A: Wanted, B: Wanted> Wanted for Or<A, B> {
    #[inline]
    fn one(self, octet: u8) -> bool {
        self.0.one(octet) | self.1.one(octet)
    }

    #[inline]
    fn eight(self, octets: Eight) -> Marks {
        let (Marks(one), Marks(other)) = (self.0.eight(octets), self.1.eight(octets));
        Marks(one | other)
    }
}

impl<W: Wanted> Wanted for Not<W> {
    #[inline]
    fn one(self, octet: u8) -> bool {
        !self.0.one(octet)
    }

    #[inline]
    fn eight(self, octets: Eight) -> Marks {
        let Marks(others) = self.0.eight(octets);
        Marks(!others & HIGH)
    }
}

impl Marks {
    /// How many octets come before the first one.
    const fn first(self) -> Option<usize> {
        match self.0 {
            0 => None,
            marks => Some((marks.trailing_zeros() / u8::BITS) as usize),
        }
    }

    /// Without the first one.
    const fn without_first(self) -> Self {
        Self(self.0 & self.0.wrapping_sub(1))
    }
}

/// Whether some of sixteen octets is wanted. They are compared all at once where the processor can do that.
#[inline]
fn any(octets: &[u8; 16], wanted: impl Wanted) -> bool {
    octets
        .iter()
        .fold(false, |found, octet| found | wanted.one(*octet))
}

/// Whether some octet is wanted.
#[inline]
pub(crate) fn meets(octets: &[u8], wanted: impl Wanted) -> bool {
    let (sixteens, rest) = octets.as_chunks::<16>();
    match octets.last_chunk::<16>() {
        // Some of the last sixteen are asked twice.
        Some(last) => sixteens.iter().any(|sixteen| any(sixteen, wanted)) || any(last, wanted),
        None => find_in_sixteen(rest, wanted).is_some(),
    }
}

/// Where the first octet stands that is wanted, or the length when there is none.
#[inline]
pub(crate) fn find(octets: &[u8], wanted: impl Wanted) -> usize {
    let rest = after_unwanted(octets, wanted);
    let before = octets.len().wrapping_sub(rest.len());
    match find_in_sixteen(rest, wanted) {
        Some(place) => before.wrapping_add(place),
        None => octets.len(),
    }
}

/// What is left after sixteens in which nothing is wanted.
#[inline]
fn after_unwanted(octets: &[u8], wanted: impl Wanted) -> &[u8] {
    let mut rest = octets;
    while let Some((sixteen, behind)) = rest.split_first_chunk::<16>()
        && !any(sixteen, wanted)
    {
        rest = behind;
    }
    rest
}

/// Where the first octet stands that is wanted, among the first sixteen.
#[inline]
fn find_in_sixteen(octets: &[u8], wanted: impl Wanted) -> Option<usize> {
    let (eight, behind) = octets.split_at_checked(8).unwrap_or((octets, &[]));
    let place = asked(eight, wanted).first();
    place.or_else(|| Some(asked(behind, wanted).first()?.wrapping_add(8)))
}

/// Those that are wanted among the first eight octets, or as many as there are.
#[inline]
fn asked(octets: &[u8], wanted: impl Wanted) -> Marks {
    match octets.first_chunk::<8>() {
        Some(eight) => wanted.eight(Eight(u64::from_le_bytes(*eight))),
        None => {
            let Marks(marks) = wanted.eight(Eight(up_to_seven(octets)));
            // Behind them there are zeros, which nobody asked about.
            Marks(marks & !(u64::MAX << (octets.len() * 8)))
        }
    }
}

/// The places of all octets that are wanted, one after the other. [`find`] is faster where there are few.
#[derive(Debug)]
pub(crate) struct Places<'a, W> {
    /// The octets that were not asked yet.
    rest: &'a [u8],
    wanted: W,
    /// Where the last eight begin that were asked.
    last: usize,
    /// Those of them that were not handed out yet.
    marks: Marks,
}

impl<'a, W: Wanted> Places<'a, W> {
    #[inline]
    pub(crate) fn of(octets: &'a [u8], wanted: W) -> Self {
        let (_, rest) = octets.split_at_checked(8).unwrap_or_default();
        Self {
            rest,
            wanted,
            last: 0,
            marks: asked(octets, wanted),
        }
    }
}

impl<W: Wanted> Iterator for Places<'_, W> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.marks == Marks(0) {
            if self.rest.is_empty() {
                return None;
            }
            self.marks = asked(self.rest, self.wanted);
            self.last = self.last.wrapping_add(8);
            let (_, rest) = self.rest.split_at_checked(8).unwrap_or_default();
            self.rest = rest;
        }
        let place = self.marks.first()?;
        self.marks = self.marks.without_first();
        Some(self.last.wrapping_add(place))
    }
}

/// Octets of a text that is shorter than eight; zeros behind them.
#[inline]
fn up_to_seven(octets: &[u8]) -> u64 {
    match (octets.first_chunk::<4>(), octets.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            let behind = u64::from(u32::from_le_bytes(*last)) << (octets.len().wrapping_sub(4) * 8);
            u64::from(u32::from_le_bytes(*first)) | behind
        }
        (_, _) => octets
            .iter()
            .rev()
            .fold(0, |sum, octet| (sum << 8) | u64::from(*octet)),
    }
}

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
        let mut places = octets.iter();
        let place = places.position(|octet| self.contains(*octet));
        place.unwrap_or(octets.len())
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

/// The parts of `text` before and after the first `separator`.
pub(crate) fn split_once(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let place = find(text, Is(separator));
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

    fn are_found(wanted: impl Wanted, expected: fn(u8) -> bool) {
        for length in 0..40 {
            for place in 0..length {
                for octet in 0..=255 {
                    let mut octets = [b'a'; 40];
                    octets[place] = octet;
                    let text = &octets[..length];
                    let first = text.iter().position(|octet| expected(*octet));
                    assert_eq!(find(text, wanted), first.unwrap_or(length), "{text:?}");
                    assert_eq!(meets(text, wanted), first.is_some(), "{text:?}");
                }
            }
        }
    }

    /// Every octet, at every place of texts of every length.
    #[test]
    fn many_octets_are_asked_like_one() {
        are_found(Is(b'&'), |octet| octet == b'&');
        are_found(Below(b' ').or(Is(0x7f)), |octet| octet.is_ascii_control());
        are_found(Not(Within(b'!', b'~')), |octet| !octet.is_ascii_graphic());
        are_found(Not(Alphanumeric), |octet| !octet.is_ascii_alphanumeric());
    }

    proptest! {
        #[test]
        fn all_of_them_are_found(text in "[a-z0-9\u{0}é]{0,40}") {
            let octets = text.as_bytes();
            let expected = (0..octets.len()).filter(|place| octets[*place].is_ascii_digit());
            let found: alloc::vec::Vec<usize> = Places::of(octets, Within(b'0', b'9')).collect();
            prop_assert_eq!(found, expected.collect::<alloc::vec::Vec<_>>());
        }

        #[test]
        fn the_first_one_is_found(text in "[a-z]{0,30}[0-9é]?[a-z0-9]{0,20}") {
            let plain = text.bytes().position(|octet| octet.is_ascii_digit());
            prop_assert_eq!(DIGITS.find(text.as_bytes()), plain.unwrap_or(text.len()));
            prop_assert_eq!(DIGITS.meets(text.as_bytes()), plain.is_some());
            let (before, after) = DIGITS.split(&text);
            prop_assert_eq!(before.len(), plain.unwrap_or(text.len()));
            prop_assert_eq!(before.len() + after.len(), text.len());
            let expected = text.split_once('7');
            let expected = expected.map(|(before, after)| (before.as_bytes(), after.as_bytes()));
            prop_assert_eq!(split_once(text.as_bytes(), b'7'), expected);
        }
    }
}
