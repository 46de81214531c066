//! From messages to octets.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use super::header;
use crate::http::{Body, Encoded, Headers, Method, Origin, Request, Response, Status, Url};
use crate::text::Text;
use crate::wire::octets::Set;
use crate::wire::{bearer, form, json, page};

/// Enough memory for the head of an honest message.
const HEAD_OCTETS_GUESS: usize = 512;

/// Writes a request. Its fragment does not travel (RFC 9110 §7.1).
#[must_use]
pub fn write_request(request: &Request) -> Vec<u8> {
    let Request {
        method,
        url,
        headers,
        body,
    } = request;
    let mut out = String::with_capacity(HEAD_OCTETS_GUESS);
    append_method(method, &mut out);
    out.push(' ');
    append_target(url, &mut out);
    out.push_str(" HTTP/1.1\r\nHost: ");
    append_host(&url.origin, &mut out);
    out.push_str("\r\n");
    append_headers(headers, &mut out);
    let length = match (body, method) {
        (Body::Empty, Method::Get) => Length::Unsaid,
        (Body::Empty, Method::Post | Method::Other(_))
        | (Body::Form(_) | Body::Json(_) | Body::Page(_) | Body::Octets { .. }, _) => Length::Said,
    };
    let mut memory = String::new();
    let content = finish(&mut out, body, &mut memory, length);
    let mut out = out.into_bytes();
    out.extend_from_slice(content);
    out
}

/// Writes a response.
#[must_use]
pub fn write_response(response: &Response) -> Vec<u8> {
    let mut writer = ResponseWriter::default();
    writer.write(response);
    writer.octets
}

/// Writes one response after the other into the same memory.
#[derive(Debug, Default)]
pub struct ResponseWriter {
    head: String,
    /// Content whose length must be said before it.
    content: String,
    octets: Vec<u8>,
}

impl ResponseWriter {
    /// The octets of a response, until the next one is written.
    pub fn write(&mut self, response: &Response) -> &[u8] {
        self.head.clear();
        self.head.reserve(HEAD_OCTETS_GUESS);
        append_response_head(response, &mut self.head);
        // RFC 9110 §8.6: these have no content, and no length of it.
        let length = match (response.status.0, &response.body) {
            (100..=199 | 204, Body::Empty) => Length::Unsaid,
            (_, _) => Length::Said,
        };
        let content = finish(&mut self.head, &response.body, &mut self.content, length);
        self.octets.clear();
        self.octets.extend_from_slice(self.head.as_bytes());
        self.octets.extend_from_slice(content);
        &self.octets
    }
}

fn append_response_head(response: &Response, out: &mut String) {
    let status = match response.status.0 {
        100..=999 => response.status,
        _ => Status::INTERNAL_SERVER_ERROR,
    };
    out.push_str("HTTP/1.1 ");
    out.push_str(Text::digits(u64::from(status.0)).as_str());
    out.push(' ');
    out.push_str(reason(status));
    out.push_str("\r\n");
    append_headers(&response.headers, out);
}

/// Whether `Content-Length` is written.
enum Length {
    Said,
    Unsaid,
}

/// A method that is no word is written as `-`, which is one and means nothing.
fn append_method(method: &Method, out: &mut String) {
    let word = method.as_str();
    out.push_str(if bearer::is_word(word) { word } else { "-" });
}

fn append_target(url: &Url, out: &mut String) {
    let path = url.path.as_str();
    if !path.starts_with('/') {
        out.push('/');
    }
    append_visible(path, &ENCODED_IN_PATH, out);
    match &url.query {
        None => {}
        Some(Encoded::Fields(fields)) => {
            out.push('?');
            form::write(fields, out);
        }
        Some(Encoded::Octets(octets)) => {
            out.push('?');
            append_visible(octets.as_str(), &ENCODED_IN_QUERY, out);
        }
    }
}

fn append_host(origin: &Origin, out: &mut String) {
    append_visible(origin.host.as_str(), &ENCODED_IN_HOST, out);
    if let Some(port) = origin.port {
        // Writing to a `String` cannot fail.
        let _ = write!(out, ":{port}");
    }
}

/// What is not visible ASCII, and what would end the path.
static ENCODED_IN_PATH: Set = Set::range(b'!', b'~').without(b"?#").complement();

/// What is not visible ASCII, and what would end the query.
static ENCODED_IN_QUERY: Set = Set::range(b'!', b'~').without(b"#").complement();

/// What is not visible ASCII, and what would end a user name.
static ENCODED_IN_HOST: Set = Set::range(b'!', b'~').without(b"@").complement();

/// Appends text, with what is `encoded` percent-encoded.
fn append_visible(text: &str, encoded: &Set, out: &mut String) {
    if !encoded.meets(text.as_bytes()) {
        out.push_str(text);
        return;
    }
    for octet in text.bytes() {
        if encoded.contains(octet) {
            out.extend(form::percent(octet).map(char::from));
        } else {
            out.push(char::from(octet));
        }
    }
}

fn append_headers(headers: &Headers, out: &mut String) {
    for header in &headers.0 {
        header::append(header, out);
    }
}

/// Ends the head. What it returns is the content that follows.
fn finish<'m>(
    head: &mut String,
    body: &'m Body,
    memory: &'m mut String,
    length: Length,
) -> &'m [u8] {
    memory.clear();
    let (content_type, octets) = match body {
        Body::Empty => ("", b"".as_slice()),
        Body::Form(encoded) => {
            let content_type = "application/x-www-form-urlencoded";
            let octets = match encoded {
                Encoded::Fields(fields) => {
                    form::write(fields, memory);
                    memory.as_bytes()
                }
                Encoded::Octets(octets) => octets.as_bytes(),
            };
            (content_type, octets)
        }
        Body::Json(value) => {
            json::write(value, memory);
            ("application/json", memory.as_bytes())
        }
        Body::Page(value) => {
            memory.push_str(&page::write(value));
            ("text/html; charset=utf-8", memory.as_bytes())
        }
        Body::Octets {
            content_type,
            octets,
        } => {
            if !content_type.is_empty() {
                header::append_text("Content-Type", content_type, head);
            }
            ("", octets.as_slice())
        }
    };
    if !content_type.is_empty() {
        head.push_str("Content-Type: ");
        head.push_str(content_type);
        head.push_str("\r\n");
    }
    match length {
        Length::Said => {
            let length = u64::try_from(octets.len()).unwrap_or(u64::MAX);
            head.push_str("Content-Length: ");
            head.push_str(Text::digits(length).as_str());
            head.push_str("\r\n");
        }
        Length::Unsaid => {}
    }
    head.push_str("\r\n");
    octets
}

/// A word for people; no reader may depend on it (RFC 9112 §4).
const fn reason(status: Status) -> &'static str {
    match status.0 {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "",
    }
}
