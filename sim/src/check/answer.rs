//! What came back, as it came, and what it comes to.

use std::fmt;

use grantlab_core::http::{Header, Response};
use grantlab_core::json::Json;
use grantlab_core::wire::{http, json};

/// An answer of the target: nothing of it is interpreted, merged or sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Header fields in their order, with names as they came.
    pub headers: Vec<(String, String)>,
    /// The content, without transfer coding.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// Nobody listens there.
    Unreachable,
    /// The connection was closed before the answer was whole.
    ConnectionLost,
    /// It took longer than the target file allows.
    TooSlow,
    /// It is longer than the target file allows.
    TooLong,
    /// It is no HTTP.
    NotHttp,
    /// It comes with a certificate that nobody vouches for (RFC 9110 §4.3.4), and nothing was sent.
    Untrusted,
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Unreachable => "nobody listens",
            Self::ConnectionLost => "the connection was closed before the answer was whole",
            Self::TooSlow => "the answer took too long",
            Self::TooLong => "the answer is too long",
            Self::NotHttp => "the answer is no HTTP",
            Self::Untrusted => {
                "its certificate is not trusted: `ca` of the target file can name who signed it"
            }
        })
    }
}

impl std::error::Error for NoAnswer {}

impl Answer {
    /// An answer without header fields and content.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    /// The same answer with one more header field.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same answer with this content.
    #[must_use]
    pub fn with_body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.with_header("Content-Type", content_type)
    }

    /// Every value of a header field; its name is in lower case.
    pub fn header_values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The first value of a header field; its name is in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Where it redirects to, as it is written.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        let redirects = matches!(self.status, 301 | 302 | 303 | 307 | 308);
        self.header("location").filter(|_| redirects)
    }

    /// The content as text; what is no UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The content as JSON, whatever its type says.
    #[must_use]
    pub fn json(&self) -> Option<Json> {
        json::parse(&self.body).ok()
    }

    /// Whether the content is a page.
    #[must_use]
    pub fn is_page(&self) -> bool {
        let essence = self.header("content-type").unwrap_or_default();
        let essence = essence.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("text/html")
            || essence.eq_ignore_ascii_case("application/xhtml+xml")
    }

    /// Reads an answer that one of our own parties wrote.
    ///
    /// # Errors
    /// [`NoAnswer::NotHttp`] when it did not.
    pub fn of_octets(octets: &[u8]) -> Result<Self, NoAnswer> {
        let end = octets
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .ok_or(NoAnswer::NotHttp)?;
        let (head, body) = octets.split_at_checked(end).ok_or(NoAnswer::NotHttp)?;
        let head = String::from_utf8_lossy(head);
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let status = status.and_then(|digits| digits.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(':'));
        Ok(Self {
            status: status.ok_or(NoAnswer::NotHttp)?,
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
                .collect(),
            body: body.get(4..).unwrap_or_default().to_vec(),
        })
    }

    /// The header fields as the user-agent takes them. What it could not read is left out.
    #[must_use]
    pub fn core_headers(&self) -> Vec<Header> {
        let mut out = Vec::new();
        for (name, value) in self.headers.iter().take(60) {
            let value = value.replace(char::is_control, " ");
            let line = format!("HTTP/1.1 200 OK\r\n{name}: {value}\r\nContent-Length: 0\r\n\r\n");
            if let Ok(response) = http::read_response(line.as_bytes()) {
                out.extend(response.headers.0);
            }
        }
        out
    }
}

impl From<&Response> for Answer {
    fn from(response: &Response) -> Self {
        Self::of_octets(&http::write_response(response)).unwrap_or_default()
    }
}
