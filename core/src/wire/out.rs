//! Where the octets of a message are written.

use alloc::string::String;
use alloc::vec::Vec;

use crate::text::Text;

/// A text or a list of octets that grows at its end.
pub trait Out {
    /// Appends octets that are UTF-8 by themselves.
    fn octets(&mut self, octets: &[u8]);

    /// Appends one octet of ASCII.
    fn octet(&mut self, octet: u8) {
        self.octets(&[octet]);
    }

    /// Appends a number in decimal digits.
    fn number(&mut self, number: u64) {
        self.octets(Text::digits(number).as_bytes());
    }
}

impl Out for Vec<u8> {
    #[inline]
    fn octets(&mut self, octets: &[u8]) {
        self.extend_from_slice(octets);
    }

    #[inline]
    fn octet(&mut self, octet: u8) {
        self.push(octet);
    }
}

impl Out for String {
    fn octets(&mut self, octets: &[u8]) {
        self.push_str(core::str::from_utf8(octets).unwrap_or_default());
    }

    fn octet(&mut self, octet: u8) {
        self.push(char::from(octet));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_octets_grow_alike() {
        let (mut text, mut octets) = (String::new(), Vec::new());
        for out in [&mut text as &mut dyn Out, &mut octets] {
            out.octets("é".as_bytes());
            out.octet(b'=');
            out.number(303);
        }
        assert_eq!(
            (text.as_str(), octets.as_slice()),
            ("é=303", "é=303".as_bytes())
        );
    }
}
