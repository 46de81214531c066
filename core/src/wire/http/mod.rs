//! HTTP/1.1 messages as octets (RFC 9112).
//!
//! Whatever is well formed is read back as it was written.
//! What is not well formed is made harmless while writing, so that no value can end a line, add a field or
//! move the border between two messages:
//! - in the request target and the host, octets that cannot stand there are percent-encoded;
//! - in a field value, each control character becomes a space (RFC 9110 §5.5), and spaces at the ends are lost;
//! - a field whose name is no word, or one that follows from the rest (`Host`, `Content-Type`,
//!   `Content-Length`, `Transfer-Encoding`), is not written;
//! - a status outside 100 to 999 is written as 500.
//!
//! Reading is strict: bare line feeds, folded lines, chunks, and repeats of what must be unique are refused.
//! Two readers that disagree about them are how requests are smuggled (RFC 9112 §11.2).

mod header;
mod read;
mod write;

pub use read::{RequestReader, read_request, read_response};
pub use write::{ResponseWriter, write_request, write_response};

use core::fmt;

use crate::limits::{BODY_OCTETS_MAX, HEADER_OCTETS_MAX, HEADERS_MAX, TARGET_OCTETS_MAX};

/// Why octets are not an HTTP message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpError {
    /// The octet where reading stopped, counted from zero.
    pub position: usize,
    /// What was wrong there.
    pub problem: HttpProblem,
}

/// What was wrong at one octet of an HTTP message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpProblem {
    /// An octet that cannot stand here in UTF-8.
    Utf8,
    /// The line does not end with CR LF.
    LineEnd,
    /// No method of at most 128 octets.
    Method,
    /// No path that starts with a slash, or a character that must be percent-encoded.
    Target,
    /// More than [`TARGET_OCTETS_MAX`] octets of request target.
    TargetTooLong,
    /// Another version than HTTP/1.0 and HTTP/1.1.
    Version,
    /// No status code of three digits.
    Status,
    /// No field name followed by a colon.
    HeaderName,
    /// A control character in a line.
    Control,
    /// More than [`HEADER_OCTETS_MAX`] octets in one field.
    HeaderTooLong,
    /// More than [`HEADERS_MAX`] fields.
    TooManyHeaders,
    /// A second field that contradicts or repeats the first.
    RepeatedHeader,
    /// No `Host`, or one that names no host.
    Host,
    /// A `Content-Length` that is no number.
    ContentLength,
    /// A `Transfer-Encoding`, which this reader does not know.
    TransferEncoding,
    /// More than [`BODY_OCTETS_MAX`] octets of content.
    BodyTooLong,
    /// Fewer octets than `Content-Length` promised.
    BodyIncomplete,
    /// More octets than `Content-Length` promised.
    End,
}

impl fmt::Display for HttpError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "octet {}: expected ", self.position)?;
        match self.problem {
            HttpProblem::Utf8 => formatter.write_str("UTF-8"),
            HttpProblem::LineEnd => formatter.write_str("CR LF at the end of a line"),
            HttpProblem::Method => formatter.write_str("a method"),
            HttpProblem::Target => formatter.write_str("a path and query of visible ASCII"),
            HttpProblem::TargetTooLong => {
                write!(formatter, "a target of at most {TARGET_OCTETS_MAX} octets")
            }
            HttpProblem::Version => formatter.write_str("HTTP/1.1"),
            HttpProblem::Status => formatter.write_str("a status code of three digits"),
            HttpProblem::HeaderName => formatter.write_str("a field name and a colon"),
            HttpProblem::Control => formatter.write_str("a line without control characters"),
            HttpProblem::HeaderTooLong => {
                write!(formatter, "a field of at most {HEADER_OCTETS_MAX} octets")
            }
            HttpProblem::TooManyHeaders => write!(formatter, "at most {HEADERS_MAX} fields"),
            HttpProblem::RepeatedHeader => formatter.write_str("this field once"),
            HttpProblem::Host => formatter.write_str("one Host that names a host"),
            HttpProblem::ContentLength => formatter.write_str("a number of octets"),
            HttpProblem::TransferEncoding => formatter.write_str("no Transfer-Encoding"),
            HttpProblem::BodyTooLong => {
                write!(formatter, "content of at most {BODY_OCTETS_MAX} octets")
            }
            HttpProblem::BodyIncomplete => formatter.write_str("more content"),
            HttpProblem::End => formatter.write_str("the end of the message"),
        }
    }
}

impl core::error::Error for HttpError {}
