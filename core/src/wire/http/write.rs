//! From messages to octets.

use alloc::vec::Vec;

use super::header;
use crate::http::{Body, Encoded, Headers, Method, Origin, Request, Response, Status, Url};
use crate::wire::octets::Set;
use crate::wire::{Out as _, bearer, form, json, page};

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
    let mut out = Vec::with_capacity(HEAD_OCTETS_GUESS);
    append_method(method, &mut out);
    out.octet(b' ');
    append_target(url, &mut out);
    out.octets(b" HTTP/1.1\r\nHost: ");
    append_host(&url.origin, &mut out);
    out.octets(b"\r\n");
    append_headers(headers, &mut out);
    let length = match (body, method) {
        (Body::Empty, Method::Get) => Length::Unsaid,
        (Body::Empty, Method::Post | Method::Other(_))
        | (Body::Form(_) | Body::Json(_) | Body::Page(_) | Body::Octets { .. }, _) => Length::Said,
    };
    let mut memory = Vec::new();
    let content = finish(&mut out, body, &mut memory, length);
    out.octets(content);
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
    /// Content whose length must be said before it.
    content: Vec<u8>,
    octets: Vec<u8>,
}

impl ResponseWriter {
    /// The octets of a response, until the next one is written.
    pub fn write(&mut self, response: &Response) -> &[u8] {
        self.octets.clear();
        self.octets.reserve(HEAD_OCTETS_GUESS);
        append_response_head(response, &mut self.octets);
        // RFC 9110 §8.6: these have no content, and no length of it.
        let length = match (response.status.0, &response.body) {
            (100..=199 | 204, Body::Empty) => Length::Unsaid,
            (_, _) => Length::Said,
        };
        let content = finish(&mut self.octets, &response.body, &mut self.content, length);
        self.octets.octets(content);
        &self.octets
    }
}

fn append_response_head(response: &Response, out: &mut Vec<u8>) {
    let status = match response.status.0 {
        100..=999 => response.status,
        _ => Status::INTERNAL_SERVER_ERROR,
    };
    out.octets(b"HTTP/1.1 ");
    out.number(u64::from(status.0));
    out.octet(b' ');
    out.octets(reason(status).as_bytes());
    out.octets(b"\r\n");
    append_headers(&response.headers, out);
}

/// Whether `Content-Length` is written.
enum Length {
    Said,
    Unsaid,
}

/// A method that is no word is written as `-`, which is one and means nothing.
fn append_method(method: &Method, out: &mut Vec<u8>) {
    let word = method.as_str();
    out.octets(if bearer::is_word(word) {
        word.as_bytes()
    } else {
        b"-"
    });
}

fn append_target(url: &Url, out: &mut Vec<u8>) {
    let path = url.path.as_str();
    if !path.starts_with('/') {
        out.octet(b'/');
    }
    append_visible(path, &ENCODED_IN_PATH, out);
    match &url.query {
        None => {}
        Some(Encoded::Fields(fields)) => {
            out.octet(b'?');
            form::write(fields, out);
        }
        Some(Encoded::Octets(octets)) => {
            out.octet(b'?');
            append_visible(octets.as_str(), &ENCODED_IN_QUERY, out);
        }
    }
}

fn append_host(origin: &Origin, out: &mut Vec<u8>) {
    append_visible(origin.host.as_str(), &ENCODED_IN_HOST, out);
    if let Some(port) = origin.port {
        out.octet(b':');
        out.number(u64::from(port));
    }
}

/// What is not visible ASCII, and what would end the path.
static ENCODED_IN_PATH: Set = Set::range(b'!', b'~').without(b"?#").complement();

/// What is not visible ASCII, and what would end the query.
static ENCODED_IN_QUERY: Set = Set::range(b'!', b'~').without(b"#").complement();

/// What is not visible ASCII, and what would end a user name.
static ENCODED_IN_HOST: Set = Set::range(b'!', b'~').without(b"@").complement();

/// Appends text, with what is `encoded` percent-encoded.
fn append_visible(text: &str, encoded: &Set, out: &mut Vec<u8>) {
    if !encoded.meets(text.as_bytes()) {
        out.octets(text.as_bytes());
        return;
    }
    for octet in text.bytes() {
        if encoded.contains(octet) {
            out.octets(&form::percent(octet));
        } else {
            out.octet(octet);
        }
    }
}

fn append_headers(headers: &Headers, out: &mut Vec<u8>) {
    for header in &headers.0 {
        header::append(header, out);
    }
}

/// Ends the head. What it returns is the content that follows.
fn finish<'m>(
    head: &mut Vec<u8>,
    body: &'m Body,
    memory: &'m mut Vec<u8>,
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
                    memory.as_slice()
                }
                Encoded::Octets(octets) => octets.as_bytes(),
            };
            (content_type, octets)
        }
        Body::Json(value) => {
            json::write(value, memory);
            ("application/json", memory.as_slice())
        }
        Body::Page(value) => {
            memory.octets(page::write(value).as_bytes());
            ("text/html; charset=utf-8", memory.as_slice())
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
        head.octets(b"Content-Type: ");
        head.octets(content_type.as_bytes());
        head.octets(b"\r\n");
    }
    match length {
        Length::Said => {
            let length = u64::try_from(octets.len()).unwrap_or(u64::MAX);
            head.octets(b"Content-Length: ");
            head.number(length);
            head.octets(b"\r\n");
        }
        Length::Unsaid => {}
    }
    head.octets(b"\r\n");
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
