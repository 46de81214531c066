//! Between the HTTP library's requests and responses and those of the core.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use grantlab_core::http::{Request, Response, Scheme};
use grantlab_core::wire::http::{self, HttpError};
use hyper::body::{Body, Bytes, Frame, SizeHint};
use hyper::header::{CONTENT_LENGTH, HeaderName, HeaderValue, TRANSFER_ENCODING};
use hyper::http::request::Parts;
use hyper::{StatusCode, Version};

/// How the content of a response ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// Where it should.
    Whole,
    /// Half-way, with a connection that breaks.
    Cut,
}

/// The content of a response.
pub(super) struct Content {
    octets: Option<Bytes>,
    length: u64,
    ending: Ending,
}

impl Content {
    pub(super) fn new(octets: Vec<u8>, ending: Ending) -> Self {
        let length = octets.len();
        let kept = match ending {
            Ending::Whole => length,
            Ending::Cut => length / 2,
        };
        let octets = Bytes::from(octets).slice(..kept);
        Self {
            octets: Some(octets).filter(|octets| !octets.is_empty()),
            length: u64::try_from(length).unwrap_or(u64::MAX),
            ending,
        }
    }
}

impl Body for Content {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match (self.octets.take(), self.ending) {
            (Some(octets), _) => Poll::Ready(Some(Ok(Frame::data(octets)))),
            (None, Ending::Whole) => Poll::Ready(None),
            (None, Ending::Cut) => Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.octets.is_none() && self.ending == Ending::Whole
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}

/// A request as the core reads it: from octets, so that one reader decides what a request is.
///
/// # Errors
/// It is none to the core, though it was one to the library.
pub(super) fn request(parts: &Parts, content: &[u8]) -> Result<Request, HttpError> {
    let target = parts
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let mut octets = format!("{} {target} HTTP/1.1\r\n", parts.method).into_bytes();
    let mut line = |name: &[u8], value: &[u8]| {
        for part in [name, b": ", value, b"\r\n"] {
            octets.extend_from_slice(part);
        }
    };
    for (name, value) in &parts.headers {
        if *name != TRANSFER_ENCODING && *name != CONTENT_LENGTH {
            line(name.as_str().as_bytes(), value.as_bytes());
        }
    }
    let has_length = [TRANSFER_ENCODING, CONTENT_LENGTH]
        .iter()
        .any(|name| parts.headers.contains_key(name));
    if has_length {
        line(b"content-length", content.len().to_string().as_bytes());
    }
    octets.extend_from_slice(b"\r\n");
    octets.extend_from_slice(content);
    http::read_request(&Scheme::Http, &octets)
}

/// A response on its way out, in the parts that can still be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) status: u16,
    /// Names and values, without those that say where the content ends.
    pub(super) headers: Vec<(String, String)>,
    pub(super) content: Vec<u8>,
}

impl Draft {
    /// The response as the core writes it.
    pub(super) fn of(response: &Response) -> Self {
        let octets = http::write_response(response);
        let end = octets
            .windows(4)
            .position(|end| end == b"\r\n\r\n")
            .unwrap_or(octets.len());
        let (head, rest) = octets.split_at_checked(end).unwrap_or((&octets, b""));
        let head = String::from_utf8_lossy(head);
        let headers = head.split("\r\n").skip(1).filter_map(|line| {
            let (name, value) = line.split_once(": ")?;
            let kept = !name.eq_ignore_ascii_case("content-length");
            kept.then(|| (name.to_owned(), value.to_owned()))
        });
        Self {
            status: response.status.0,
            headers: headers.collect(),
            content: rest.get(4..).unwrap_or_default().to_vec(),
        }
    }

    /// Sets a header field, in the place of all that were called so.
    pub(super) fn set_header(&mut self, name: &str, value: &str) {
        self.headers
            .retain(|(key, _)| !key.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// The response as the library writes it.
    pub(super) fn into_response(self, ending: Ending) -> hyper::Response<Content> {
        let mut response = hyper::Response::new(Content::new(self.content, ending));
        *response.version_mut() = Version::HTTP_11;
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in &self.headers {
            // What the library takes for no header field is left out; the core writes none such.
            if let (Ok(name), Ok(value)) = (
                HeaderName::from_bytes(name.as_bytes()),
                HeaderValue::from_bytes(value.as_bytes()),
            ) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grantlab_core::http::{Body as CoreBody, Header, Location, Status};
    use grantlab_core::text::Text;

    #[test]
    fn a_response_comes_apart_and_together() {
        let redirect = Response::redirect(Status::SEE_OTHER, Location::to("https://a.example/?b"))
            .with(Header::CacheControl(Text::new("no-store")));
        let mut draft = Draft::of(&redirect);
        assert_eq!(draft.status, 303);
        let location = ("Location".to_owned(), "https://a.example/?b".to_owned());
        assert!(draft.headers.contains(&location), "{draft:?}");
        assert_eq!(draft.content, b"");
        draft.set_header("LOCATION", "/x");
        let response = draft.into_response(Ending::Whole);
        assert_eq!(response.headers()["location"], "/x");
        assert_eq!(response.headers()["cache-control"], "no-store");
    }

    #[test]
    fn content_is_kept_octet_for_octet() {
        let octets = b"a\r\n\r\nb".to_vec();
        let body = CoreBody::Octets {
            content_type: Text::new("text/plain"),
            octets: octets.clone(),
        };
        let draft = Draft::of(&Response::new(Status::OK, body));
        assert_eq!(draft.content, octets);
        let content_type = ("Content-Type".to_owned(), "text/plain".to_owned());
        assert!(draft.headers.contains(&content_type), "{draft:?}");
    }
}
