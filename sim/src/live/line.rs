//! Octets over a connection of their own, and what comes back, in bounded time and space.
//!
//! A library sends what is HTTP. Whether a server stands what is not can only be seen this way.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

use grantlab_core::http::Origin;

use crate::check::target::LimitsPart;
use crate::check::{Answer, NoAnswer};

/// Octets that are read at once.
const READ_OCTETS: usize = 8_192;

/// Octets of a head, beside those of the content.
const HEAD_OCTETS: usize = 65_536;

/// Sends `octets` and reads one answer.
///
/// # Errors
/// Why there is none.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the edge: a socket, and the time that it may take"
)]
pub(super) fn converse(
    origin: &Origin,
    octets: &[u8],
    limits: &LimitsPart,
) -> Result<Answer, NoAnswer> {
    let patience = Duration::from_millis(limits.answer_ms.max(1));
    let until = Instant::now() + patience;
    let host = origin.host.as_str().trim_matches(['[', ']']);
    let mut addresses = (host, origin.port.unwrap_or(80))
        .to_socket_addrs()
        .map_err(|_| NoAnswer::Unreachable)?;
    let address = addresses.next().ok_or(NoAnswer::Unreachable)?;
    let mut stream =
        TcpStream::connect_timeout(&address, patience).map_err(|_| NoAnswer::Unreachable)?;
    let timed = stream
        .set_read_timeout(Some(patience))
        .and_then(|()| stream.set_write_timeout(Some(patience)));
    timed.map_err(|_| NoAnswer::Unreachable)?;
    // Who has read enough to refuse closes before everything is sent: the answer may be there all the same.
    let _ = stream.write_all(octets);
    let most = limits.body_octets.saturating_add(HEAD_OCTETS);
    let mut answer = Vec::new();
    let mut chunk = [0; READ_OCTETS];
    while !is_whole(&answer) {
        if answer.len() > most {
            return Err(NoAnswer::TooLong);
        }
        if Instant::now() >= until {
            return Err(NoAnswer::TooSlow);
        }
        match stream.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => answer.extend_from_slice(chunk.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                return Err(NoAnswer::TooSlow);
            }
            // Reset, because not everything that was sent was read.
            Err(_) => break,
        }
    }
    if answer.is_empty() {
        return Err(NoAnswer::ConnectionLost);
    }
    whole(&answer)
}

/// Whether nothing more belongs to the answer. One without a length ends with its connection.
fn is_whole(octets: &[u8]) -> bool {
    let Some((head, body)) = parts(octets) else {
        return false;
    };
    match (chunked(head), length(head)) {
        (true, _) => body.ends_with(b"0\r\n\r\n"),
        (false, Some(length)) => body.len() >= length,
        (false, None) => false,
    }
}

/// The answer without transfer coding.
fn whole(octets: &[u8]) -> Result<Answer, NoAnswer> {
    let (head, body) = parts(octets).ok_or(NoAnswer::NotHttp)?;
    if !head.starts_with("HTTP/") {
        return Err(NoAnswer::NotHttp);
    }
    let mut answer = Answer::of_octets(octets)?;
    if chunked(head) {
        answer.body = joined(body);
    }
    Ok(answer)
}

fn parts(octets: &[u8]) -> Option<(&str, &[u8])> {
    let end = octets.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, body) = octets.split_at_checked(end)?;
    Some((std::str::from_utf8(head).ok()?, body.get(4..)?))
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.split("\r\n").skip(1).find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

fn chunked(head: &str) -> bool {
    field(head, "transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"))
}

fn length(head: &str) -> Option<usize> {
    field(head, "content-length")?.parse().ok()
}

/// Chunks as the content that they are parts of, as far as they can be read.
fn joined(mut rest: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(rest.get(..end).unwrap_or_default()).unwrap_or_default();
        let digits = size.split(';').next().unwrap_or_default().trim();
        let Ok(size @ 1..) = usize::from_str_radix(digits, 16) else {
            break;
        };
        let from = end.saturating_add(2);
        let to = from.saturating_add(size);
        let Some(chunk) = rest.get(from..to) else {
            break;
        };
        content.extend_from_slice(chunk);
        rest = rest.get(to.saturating_add(2)..).unwrap_or_default();
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_ends_where_it_says() {
        for (octets, ends, body) in [
            (
                "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno",
                true,
                "no",
            ),
            (
                "HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\n\r\nno",
                false,
                "no",
            ),
            ("HTTP/1.0 400 Bad Request\r\n\r\nno", false, "no"),
            (
                "HTTP/1.1 400 x\r\ntransfer-encoding: Chunked\r\n\r\n1;a=b\r\nn\r\n1\r\no\r\n0\r\n\r\n",
                true,
                "no",
            ),
        ] {
            assert_eq!(is_whole(octets.as_bytes()), ends, "{octets}");
            let answer = whole(octets.as_bytes()).unwrap();
            assert_eq!((answer.status, answer.text().as_str()), (400, body));
        }
        for octets in ["", "HTTP/1.1 200 OK\r\n", "<h1>400</h1>\r\n\r\n"] {
            assert_eq!(whole(octets.as_bytes()), Err(NoAnswer::NotHttp), "{octets}");
        }
    }
}
