//! A dialer that does nothing by itself: no redirects, no cookies.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Opens a connection.
#[expect(clippy::disallowed_methods, reason = "these tests are about sockets")]
pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    stream
}

/// Sends octets on a fresh connection and reads until it is closed; nothing when it was closed without an answer.
pub(crate) fn raw(address: SocketAddr, octets: &[u8]) -> Vec<u8> {
    let mut stream = connect(address);
    // Whoever hangs up in the middle may have answered before.
    let _ = stream.write_all(octets);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

fn parsed(octets: &[u8]) -> Option<Answer> {
    let end = octets.windows(4).position(|end| end == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&octets[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines.filter_map(|line| line.split_once(": "));
    Some(Answer {
        status,
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: octets[end + 4..].to_vec(),
    })
}

/// One request on a connection of its own.
pub(crate) fn send(
    address: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Option<Answer> {
    let mut octets =
        format!("{method} {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        octets += &format!("{name}: {value}\r\n");
    }
    if !body.is_empty() {
        octets += &format!("Content-Length: {}\r\n", body.len());
    }
    octets += "\r\n";
    octets += body;
    parsed(&raw(address, octets.as_bytes()))
}

pub(crate) fn get(address: SocketAddr, target: &str) -> Answer {
    send(address, "GET", target, &[], "").expect("an answer")
}

pub(crate) fn post_form(
    address: SocketAddr,
    target: &str,
    headers: &[(&str, &str)],
    form: &str,
) -> Answer {
    let mut all = vec![("Content-Type", "application/x-www-form-urlencoded")];
    all.extend_from_slice(headers);
    send(address, "POST", target, &all, form).expect("an answer")
}

pub(crate) fn post_json(address: SocketAddr, target: &str, body: &Value) -> Answer {
    let headers = [("Content-Type", "application/json")];
    send(address, "POST", target, &headers, &body.to_string()).expect("an answer")
}
