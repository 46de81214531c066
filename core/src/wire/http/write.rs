//! From messages to octets.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use super::header;
use crate::http::{Body, Encoded, Headers, Method, Origin, Request, Response, Status, Url};
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
    finish(out, body, length)
}

/// Writes a response.
#[must_use]
pub fn write_response(response: &Response) -> Vec<u8> {
    let Response {
        status,
        headers,
        body,
    } = response;
    let status = match status.0 {
        100..=999 => *status,
        _ => Status::INTERNAL_SERVER_ERROR,
    };
    let mut out = String::with_capacity(HEAD_OCTETS_GUESS);
    // Writing to a `String` cannot fail.
    let _ = write!(out, "HTTP/1.1 {} {}\r\n", status.0, reason(status));
    append_headers(headers, &mut out);
    // RFC 9110 §8.6: these have no content, and no length of it.
    let length = match (status.0, body) {
        (100..=199 | 204, Body::Empty) => Length::Unsaid,
        (_, _) => Length::Said,
    };
    finish(out, body, length)
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

/// Appends the fields that follow from the body, the empty line and the body.
fn finish(mut out: String, body: &Body, length: Length) -> Vec<u8> {
    match body {
        Body::Empty => finish_with(out, "", b"", length),
        Body::Form(encoded) => {
            let content_type = "application/x-www-form-urlencoded";
            finish_with(out, content_type, form::octets(encoded).as_bytes(), length)
        }
        Body::Json(value) => {
            let mut text = String::with_capacity(HEAD_OCTETS_GUESS);
            json::write(value, &mut text);
            finish_with(out, "application/json", text.as_bytes(), length)
        }
        Body::Page(value) => {
            let content_type = "text/html; charset=utf-8";
            finish_with(out, content_type, page::write(value).as_bytes(), length)
        }
        Body::Octets {
            content_type,
            octets,
        } => {
            if !content_type.is_empty() {
                header::append_text("Content-Type", content_type, &mut out);
            }
            finish_with(out, "", octets, length)
        }
    }
}

fn finish_with(mut out: String, content_type: &str, octets: &[u8], length: Length) -> Vec<u8> {
    if !content_type.is_empty() {
        out.push_str("Content-Type: ");
        out.push_str(content_type);
        out.push_str("\r\n");
    }
    match length {
        Length::Said => {
            // Writing to a `String` cannot fail.
            let _ = write!(out, "Content-Length: {}\r\n", octets.len());
        }
        Length::Unsaid => {}
    }
    out.push_str("\r\n");
    let mut out = out.into_bytes();
    out.extend_from_slice(octets);
    out
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
