//! Where a request goes. The parts as they were written: nothing is normalised here.

use alloc::string::String;
use core::fmt;

use super::body::Encoded;
use crate::canonical::{Canonical, Encoder};
use crate::text::Text;

/// The scheme of a URL, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `http`
    Http,
    /// `https`
    Https,
    /// Any other, such as the private-use schemes of native apps (RFC 8252 §7.1).
    Other(Text),
}

impl Scheme {
    /// Its name without the colon.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Other(name) => name.as_str(),
        }
    }

    /// The port used when the URL names none.
    #[must_use]
    pub const fn default_port(&self) -> Option<u16> {
        match self {
            Self::Http => Some(80),
            Self::Https => Some(443),
            Self::Other(_) => None,
        }
    }
}

impl Canonical for Scheme {
    fn encode(&self, out: &mut Encoder) {
        self.as_str().encode(out);
    }
}

/// Scheme, host and port: who is spoken to (RFC 6454 §4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The scheme.
    pub scheme: Scheme,
    /// The host as the user-agent resolved it, in lower case.
    pub host: Text,
    /// The port, when it is not the scheme's own.
    pub port: Option<u16>,
}

crate::canonical_struct!(Origin { scheme, host, port });

impl Origin {
    /// The origin `https://host`.
    #[must_use]
    pub fn https(host: &str) -> Self {
        Self {
            scheme: Scheme::Https,
            host: Text::new(host),
            port: None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Scheme::Other(scheme), true) = (&self.scheme, self.host.is_empty()) {
            return write!(formatter, "{scheme}:");
        }
        write!(formatter, "{}://{}", self.scheme.as_str(), self.host)?;
        match self.port {
            Some(port) => write!(formatter, ":{port}"),
            None => Ok(()),
        }
    }
}

/// A URL that a request can be sent to.
/// `url` parses them for the user-agent (`wire::location`); redirection URIs are compared as strings instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Who is spoken to.
    pub origin: Origin,
    /// The path with its leading slash, still percent-encoded.
    pub path: Text,
    /// What follows `?`.
    pub query: Option<Encoded>,
    /// What follows `#`. Only a user-agent sees it.
    pub fragment: Option<Encoded>,
}

crate::canonical_struct!(Url {
    origin,
    path,
    query,
    fragment
});

impl Url {
    /// `path` at `origin`, without query and fragment.
    #[must_use]
    pub fn new(origin: &Origin, path: &str) -> Self {
        Self {
            origin: origin.clone(),
            path: Text::new(path),
            query: None,
            fragment: None,
        }
    }

    /// The same URL with a query.
    #[must_use]
    pub fn with_query(mut self, query: Encoded) -> Self {
        self.query = Some(query);
        self
    }

    /// Origin and path, which name an endpoint.
    #[must_use]
    pub fn endpoint(&self) -> String {
        alloc::format!("{}{}", self.origin, self.path)
    }
}
