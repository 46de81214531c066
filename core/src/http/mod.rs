//! HTTP requests and responses as values (RFC 9110).
//!
//! In message mode parties hand these to each other as they are; in wire mode `wire::http` writes them as
//! octets and reads them back at every hop. Both modes show the same trace.

mod body;
mod header;
mod page;
mod url;

pub use body::{Body, Encoded, Fields};
pub use header::{Header, Headers, Location, ReferrerPolicy, RepeatedHeader, SameSite, SetCookie};
pub use page::{Field, Form, Page, PostMessage, Press, Resource, ResourceKind};
pub use url::{Origin, Scheme, Url};

use crate::canonical::{Canonical, Encoder};
use crate::text::Text;

/// A request method (RFC 9110 §9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// Any other, as it was written.
    Other(Text),
}

impl Method {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Other(word) => word.as_str(),
        }
    }
}

impl Canonical for Method {
    fn encode(&self, out: &mut Encoder) {
        self.as_str().encode(out);
    }
}

/// A status code (RFC 9110 §15).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Status(pub u16);

crate::canonical_tuple!(Status);

impl Status {
    /// 200
    pub const OK: Self = Self(200);
    /// 201
    pub const CREATED: Self = Self(201);
    /// 302
    pub const FOUND: Self = Self(302);
    /// 303
    pub const SEE_OTHER: Self = Self(303);
    /// 307
    pub const TEMPORARY_REDIRECT: Self = Self(307);
    /// 308
    pub const PERMANENT_REDIRECT: Self = Self(308);
    /// 400
    pub const BAD_REQUEST: Self = Self(400);
    /// 401
    pub const UNAUTHORIZED: Self = Self(401);
    /// 403
    pub const FORBIDDEN: Self = Self(403);
    /// 404
    pub const NOT_FOUND: Self = Self(404);
    /// 405
    pub const METHOD_NOT_ALLOWED: Self = Self(405);
    /// 413
    pub const CONTENT_TOO_LARGE: Self = Self(413);
    /// 500
    pub const INTERNAL_SERVER_ERROR: Self = Self(500);
    /// 502
    pub const BAD_GATEWAY: Self = Self(502);
    /// 503
    pub const SERVICE_UNAVAILABLE: Self = Self(503);

    /// Whether a user-agent follows it to its `Location`: 301, 302, 303, 307, 308 (RFC 9110 §15.4).
    #[must_use]
    pub const fn is_redirect(self) -> bool {
        matches!(self.0, 301 | 302 | 303 | 307 | 308)
    }
}

/// A request (RFC 9110 §3.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What is wanted.
    pub method: Method,
    /// Of what. A fragment never travels; it is absent here (RFC 9110 §7.1).
    pub url: Url,
    /// Header fields in their order. `Host`, `Content-Type` and `Content-Length` follow from the rest.
    pub headers: Headers,
    /// The content.
    pub body: Body,
}

crate::canonical_struct!(Request {
    method,
    url,
    headers,
    body
});

impl Request {
    /// A `GET` without header fields.
    #[must_use]
    pub const fn get(url: Url) -> Self {
        Self {
            method: Method::Get,
            url,
            headers: Headers::EMPTY,
            body: Body::Empty,
        }
    }

    /// A `POST` without header fields.
    #[must_use]
    pub const fn post(url: Url, body: Body) -> Self {
        Self {
            method: Method::Post,
            url,
            headers: Headers::EMPTY,
            body,
        }
    }
}

/// A response (RFC 9110 §3.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// How it went.
    pub status: Status,
    /// Header fields in their order. `Content-Type` and `Content-Length` follow from the body.
    pub headers: Headers,
    /// The content.
    pub body: Body,
}

crate::canonical_struct!(Response {
    status,
    headers,
    body
});

impl Response {
    /// A response without header fields.
    #[must_use]
    pub const fn new(status: Status, body: Body) -> Self {
        Self {
            status,
            headers: Headers::EMPTY,
            body,
        }
    }

    /// The same response with one more header field.
    #[must_use]
    pub fn with(mut self, header: Header) -> Self {
        self.headers.push(header);
        self
    }

    /// A redirect.
    #[must_use]
    pub fn redirect(status: Status, location: Location) -> Self {
        Self::new(status, Body::Empty).with(Header::Location(location))
    }
}
