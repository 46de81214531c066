//! A run as a packet capture that Wireshark opens: each exchange is a TCP connection between loopback addresses.
//!
//! The octets of HTTP are the true ones. Addresses, ports and sequence numbers are made up, because the simulator has
//! no network below HTTP; and there is no TLS, so that the octets can be read.

use super::exchange::{Exchange, exchanges};
use crate::lesson::model::Run;
use crate::trace::START;

/// The port of HTTP, so that HTTP is what it is taken for.
const PORT: u16 = 80;

/// The first port of those who dial.
const FIRST_PORT: u16 = 49_152;

/// Microseconds between two packets of one moment.
const GAP_US: u64 = 10;

/// Octets of a segment at most: an IPv4 packet has 65,535 with two headers of 20.
const SEGMENT_MAX: usize = 65_000;

/// Flags of a segment (RFC 9293 §3.1).
const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const PSH: u8 = 0x08;
const ACK: u8 = 0x10;

/// The run as a capture of raw IPv4 packets.
#[must_use]
pub fn pcap(run: &Run) -> Vec<u8> {
    let mut capture = Capture {
        out: header(),
        now_us: 0,
    };
    for (number, exchange) in (0..).zip(exchanges(run)) {
        capture.exchange(run, number, &exchange);
    }
    capture.out
}

/// The header of a capture file: little-endian, microseconds, raw IP (link type 101).
fn header() -> Vec<u8> {
    let mut out = Vec::new();
    out.extend(0xa1b2_c3d4_u32.to_le_bytes());
    out.extend(2_u16.to_le_bytes());
    out.extend(4_u16.to_le_bytes());
    out.extend([0; 8]);
    out.extend(65_535_u32.to_le_bytes());
    out.extend(101_u32.to_le_bytes());
    out
}

struct Capture {
    out: Vec<u8>,
    now_us: u64,
}

/// One end of a connection.
#[derive(Clone, Copy)]
struct End {
    address: [u8; 4],
    port: u16,
    sequence: u32,
}

impl Capture {
    fn exchange(&mut self, run: &Run, number: u16, exchange: &Exchange<'_>) {
        self.at(exchange.asked.at_ms);
        let address = |id: &str| {
            let place = run
                .parties
                .iter()
                .position(|known| known == id)
                .unwrap_or(200);
            [
                127,
                0,
                0,
                u8::try_from(place.saturating_add(1)).unwrap_or(u8::MAX),
            ]
        };
        let mut dialer = End {
            address: address(&exchange.asked.from),
            port: FIRST_PORT.saturating_add(number),
            sequence: 1000,
        };
        let mut listener = End {
            address: address(exchange.asked.to.as_deref().unwrap_or_default()),
            port: PORT,
            sequence: 2000,
        };
        self.segment(&mut dialer, &listener, SYN, &[]);
        self.segment(&mut listener, &dialer, SYN | ACK, &[]);
        self.segment(&mut dialer, &listener, ACK, &[]);
        self.data(
            &mut dialer,
            &mut listener,
            exchange.request.octets.as_bytes(),
        );
        let Some((step, answer)) = exchange.answer else {
            return;
        };
        self.at(step.at_ms);
        self.data(&mut listener, &mut dialer, answer.octets.as_bytes());
        self.segment(&mut dialer, &listener, FIN | ACK, &[]);
        self.segment(&mut listener, &dialer, FIN | ACK, &[]);
        self.segment(&mut dialer, &listener, ACK, &[]);
    }

    /// A capture does not go back: what was sent while another waited stands a little later.
    fn at(&mut self, at_ms: u64) {
        self.now_us = self.now_us.max(at_ms.saturating_mul(1000));
    }

    fn data(&mut self, from: &mut End, to: &mut End, octets: &[u8]) {
        for piece in octets.chunks(SEGMENT_MAX) {
            self.segment(from, to, PSH | ACK, piece);
            self.segment(to, from, ACK, &[]);
        }
    }

    fn segment(&mut self, from: &mut End, to: &End, flags: u8, octets: &[u8]) {
        let acknowledged = if flags & ACK == 0 { 0 } else { to.sequence };
        let mut tcp = Vec::with_capacity(octets.len().saturating_add(20));
        tcp.extend(from.port.to_be_bytes());
        tcp.extend(to.port.to_be_bytes());
        tcp.extend(from.sequence.to_be_bytes());
        tcp.extend(acknowledged.to_be_bytes());
        tcp.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        tcp.extend_from_slice(octets);
        let length = u16::try_from(tcp.len()).unwrap_or(u16::MAX);
        let mut pseudo = Vec::from(from.address);
        pseudo.extend(to.address);
        pseudo.extend([0, 6]);
        pseudo.extend(length.to_be_bytes());
        pseudo.extend_from_slice(&tcp);
        place(&mut tcp, 16, checksum(&pseudo));
        let mut packet = vec![0x45, 0];
        packet.extend(length.saturating_add(20).to_be_bytes());
        packet.extend([0, 0, 0x40, 0, 64, 6, 0, 0]);
        packet.extend(from.address);
        packet.extend(to.address);
        let sum = checksum(&packet);
        place(&mut packet, 10, sum);
        packet.extend(tcp);
        self.packet(&packet);
        let counted = u32::from(flags & (SYN | FIN) != 0);
        let sent = u32::try_from(octets.len()).unwrap_or(u32::MAX);
        from.sequence = from.sequence.wrapping_add(sent).wrapping_add(counted);
    }

    fn packet(&mut self, packet: &[u8]) {
        let at_us = START.0.saturating_mul(1000).saturating_add(self.now_us);
        self.now_us = self.now_us.saturating_add(GAP_US);
        let length = u32::try_from(packet.len()).unwrap_or(u32::MAX);
        let seconds = u32::try_from(at_us / 1_000_000).unwrap_or(u32::MAX);
        let rest = u32::try_from(at_us % 1_000_000).unwrap_or(0);
        for word in [seconds, rest, length, length] {
            self.out.extend(word.to_le_bytes());
        }
        self.out.extend_from_slice(packet);
    }
}

fn place(octets: &mut [u8], at: usize, word: u16) {
    for (slot, octet) in octets.iter_mut().skip(at).zip(word.to_be_bytes()) {
        *slot = octet;
    }
}

/// The checksum of IPv4 and TCP (RFC 1071 §1).
fn checksum(octets: &[u8]) -> u16 {
    let mut sum: u32 = 0;
    for pair in octets.chunks(2) {
        let high = pair.first().copied().unwrap_or(0);
        let low = pair.get(1).copied().unwrap_or(0);
        sum = sum.wrapping_add(u32::from(u16::from_be_bytes([high, low])));
    }
    while sum > 0xffff {
        sum = (sum & 0xffff).wrapping_add(sum >> 16);
    }
    !u16::try_from(sum).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 1071 §3, its example.
    #[test]
    fn a_checksum_is_the_complement_of_the_sum() {
        let octets = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        assert_eq!(checksum(&octets), !0xddf2);
    }
}
