//! The header fields that the flow depends on, and room for any other.

use alloc::vec::Vec;

use super::body::Fields;
use crate::canonical::{Canonical, Encoder};
use crate::text::Text;
use crate::time::Span;

/// Where a redirect leads: a URI as it was given, and the parameters to be added to it.
/// `wire::location` joins the two (RFC 6749 §3.1.2). Equal means: the same octets once joined.
#[derive(Clone, Debug)]
pub struct Location {
    /// The URI, untouched: whoever made it chose its octets.
    pub uri: Text,
    /// Parameters appended to its query.
    pub query: Fields,
    /// Parameters appended as its fragment.
    pub fragment: Fields,
}

impl Location {
    /// A URI with nothing to be added.
    #[must_use]
    pub fn to(uri: impl Into<Text>) -> Self {
        Self {
            uri: uri.into(),
            query: Fields::EMPTY,
            fragment: Fields::EMPTY,
        }
    }
}

/// `SameSite` of a cookie (RFC 6265bis §4.1.2.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameSite {
    /// Sent to its own site alone.
    Strict,
    /// Also sent with a top-level `GET` from elsewhere.
    Lax,
    /// Always sent.
    None,
    /// Not stated: the user-agent's default decides.
    Unset,
}

crate::canonical_unit_enum!(SameSite { Strict = 0, Lax = 1, None = 2, Unset = 3 });

/// A cookie to keep (RFC 6265 §4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetCookie {
    /// Its name; `__Host-` and `__Secure-` are promises that the user-agent checks (RFC 6265bis §4.1.3).
    pub name: Text,
    /// Its value.
    pub value: Text,
    /// `Domain`; without it the cookie goes back to this host alone.
    pub domain: Option<Text>,
    /// `Path`.
    pub path: Option<Text>,
    /// `Max-Age`; zero removes the cookie.
    pub max_age: Option<Span>,
    /// `Secure`
    pub secure: bool,
    /// `HttpOnly`
    pub http_only: bool,
    /// `SameSite`
    pub same_site: SameSite,
}

crate::canonical_struct!(SetCookie {
    name,
    value,
    domain,
    path,
    max_age,
    secure,
    http_only,
    same_site
});

/// What a page allows its user-agent to tell others about its URL (W3C Referrer Policy §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferrerPolicy {
    /// `no-referrer`: nothing.
    NoReferrer,
    /// `strict-origin-when-cross-origin`: the origin alone to others, the URL to oneself.
    StrictOriginWhenCrossOrigin,
    /// `no-referrer-when-downgrade`: the whole URL, unless it would leave TLS.
    NoReferrerWhenDowngrade,
    /// `unsafe-url`: the whole URL, always.
    UnsafeUrl,
}

crate::canonical_unit_enum!(ReferrerPolicy {
    NoReferrer = 0,
    StrictOriginWhenCrossOrigin = 1,
    NoReferrerWhenDowngrade = 2,
    UnsafeUrl = 3,
});

impl ReferrerPolicy {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoReferrer => "no-referrer",
            Self::StrictOriginWhenCrossOrigin => "strict-origin-when-cross-origin",
            Self::NoReferrerWhenDowngrade => "no-referrer-when-downgrade",
            Self::UnsafeUrl => "unsafe-url",
        }
    }
}

/// One header field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Header {
    /// `Authorization`, as written: scheme and credentials (RFC 9110 §11.6.2).
    Authorization(Text),
    /// `Cookie`: names and values (RFC 6265 §4.2).
    Cookie(Fields),
    /// `Origin` of the page that sent a form (RFC 6454 §7); `null` when it is opaque.
    Origin(Text),
    /// `Referer` (RFC 9110 §10.1.3).
    Referer(Text),
    /// `Accept`
    Accept(Text),
    /// `Location` (RFC 9110 §10.2.2).
    Location(Location),
    /// `Set-Cookie`
    SetCookie(SetCookie),
    /// `Cache-Control`, as written.
    CacheControl(Text),
    /// `Pragma`, as written.
    Pragma(Text),
    /// `WWW-Authenticate`, as written; `wire::bearer` reads and writes it.
    WwwAuthenticate(Text),
    /// `Referrer-Policy`
    ReferrerPolicy(ReferrerPolicy),
    /// `X-Frame-Options: DENY`
    FrameDeny,
    /// `Allow`, as written.
    Allow(Text),
    /// Any other.
    Other {
        /// Its name in lower case.
        name: Text,
        /// Its value.
        value: Text,
    },
}

impl Canonical for Header {
    fn encode(&self, out: &mut Encoder) {
        let (tag, text) = match self {
            Self::Authorization(text) => (0, text),
            Self::Cookie(cookies) => {
                out.tag(1);
                return cookies.encode(out);
            }
            Self::Origin(text) => (2, text),
            Self::Referer(text) => (3, text),
            Self::Accept(text) => (4, text),
            Self::Location(location) => {
                out.tag(5);
                return location.encode(out);
            }
            Self::SetCookie(cookie) => {
                out.tag(6);
                return cookie.encode(out);
            }
            Self::CacheControl(text) => (7, text),
            Self::Pragma(text) => (8, text),
            Self::WwwAuthenticate(text) => (9, text),
            Self::ReferrerPolicy(policy) => {
                out.tag(10);
                return policy.encode(out);
            }
            Self::FrameDeny => return out.tag(11),
            Self::Allow(text) => (12, text),
            Self::Other { name, value } => {
                out.tag(13);
                name.encode(out);
                (14, value)
            }
        };
        out.tag(tag);
        text.encode(out);
    }
}

/// Header fields in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(pub Vec<Header>);

crate::canonical_tuple!(Headers);

impl Headers {
    /// No header fields.
    pub const EMPTY: Self = Self(Vec::new());

    /// Appends one.
    pub fn push(&mut self, header: Header) {
        self.0.push(header);
    }

    /// The first thing that `pick` finds.
    pub fn find<'a, T>(&'a self, pick: impl FnMut(&'a Header) -> Option<T>) -> Option<T> {
        self.0.iter().find_map(pick)
    }

    /// The `Location`.
    #[must_use]
    pub fn location(&self) -> Option<&Location> {
        self.find(|header| {
            if let Header::Location(location) = header {
                Some(location)
            } else {
                None
            }
        })
    }

    /// The `Authorization` as written. Repeated fields are `Err`: nobody may choose between two (RFC 6749 §2.3).
    ///
    /// # Errors
    /// [`RepeatedHeader`] when the field occurs twice.
    pub fn authorization(&self) -> Result<Option<&Text>, RepeatedHeader> {
        let mut found = None;
        for header in &self.0 {
            if let Header::Authorization(text) = header
                && found.replace(text).is_some()
            {
                return Err(RepeatedHeader);
            }
        }
        Ok(found)
    }

    /// The cookie called `name`, the first if there are several.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&Text> {
        self.find(|header| {
            if let Header::Cookie(cookies) = header {
                cookies.first(name)
            } else {
                None
            }
        })
    }

    /// The field called `name`, which is in lower case and has no meaning here. Repeated fields are `Err`.
    ///
    /// # Errors
    /// [`RepeatedHeader`] when the field occurs twice.
    pub fn other(&self, name: &str) -> Result<Option<&Text>, RepeatedHeader> {
        let mut found = None;
        for header in &self.0 {
            if let Header::Other { name: other, value } = header
                && other.as_str().eq_ignore_ascii_case(name)
                && found.replace(value).is_some()
            {
                return Err(RepeatedHeader);
            }
        }
        Ok(found)
    }

    /// The `Origin`.
    #[must_use]
    pub fn origin(&self) -> Option<&Text> {
        self.find(|header| {
            if let Header::Origin(origin) = header {
                Some(origin)
            } else {
                None
            }
        })
    }

    /// The `Referrer-Policy`.
    #[must_use]
    pub fn referrer_policy(&self) -> Option<ReferrerPolicy> {
        self.find(|header| {
            if let Header::ReferrerPolicy(policy) = header {
                Some(*policy)
            } else {
                None
            }
        })
    }
}

/// A header field that may occur once occurred twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RepeatedHeader;
