//! Where a redirect leads: joining parameters to a redirection URI, and reading URLs as a user-agent does.

use alloc::string::String;
use core::fmt;
use core::fmt::Write as _;

use super::form;
use crate::canonical::{Canonical, Encoder};
use crate::http::{Encoded, Location, Origin, Scheme, Url};
use crate::limits::TARGET_OCTETS_MAX;
use crate::text::Text;

/// Writes where a redirect leads (RFC 6749 §3.1.2).
///
/// The octets of the URI stay as they are, its query included; parameters go behind that query and before a
/// fragment. A registered URI has no fragment; one that has keeps it, and fragment parameters go behind it.
#[must_use]
pub fn join(location: &Location) -> String {
    let mut out = String::with_capacity(location.uri.len().saturating_add(octets_guess(location)));
    append(location, &mut out);
    out
}

/// Enough memory for the parameters of an honest response.
const fn octets_guess(location: &Location) -> usize {
    let fields = location
        .query
        .0
        .len()
        .saturating_add(location.fragment.0.len());
    fields.saturating_mul(64)
}

/// Appends what [`join`] writes.
pub(super) fn append(location: &Location, out: &mut String) {
    let uri = location.uri.as_str();
    let (before, fragment) = match uri.split_once('#') {
        Some((before, fragment)) => (before, Some(fragment)),
        None => (uri, None),
    };
    out.push_str(before);
    if !location.query.0.is_empty() {
        match before.split_once('?') {
            None => out.push('?'),
            Some((_, query)) if query.is_empty() || query.ends_with('&') => {}
            Some(_) => out.push('&'),
        }
        form::write(&location.query, out);
    }
    if let Some(fragment) = fragment {
        out.push('#');
        out.push_str(fragment);
    }
    if !location.fragment.0.is_empty() {
        match fragment {
            None => out.push('#'),
            Some(fragment) if fragment.is_empty() || fragment.ends_with('&') => {}
            Some(_) => out.push('&'),
        }
        form::write(&location.fragment, out);
    }
}

impl PartialEq for Location {
    fn eq(&self, other: &Self) -> bool {
        let same_parts =
            self.uri == other.uri && self.query == other.query && self.fragment == other.fragment;
        same_parts || join(self) == join(other)
    }
}

impl Eq for Location {}

impl Canonical for Location {
    fn encode(&self, out: &mut Encoder) {
        out.octets(join(self).as_bytes());
    }
}

/// Why text is not a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlError {
    /// It does not start with a scheme, and there is nothing it could be relative to.
    Scheme,
    /// The scheme asks for a host and there is none.
    EmptyHost,
    /// The host is no domain name and no IP address.
    Host,
    /// The port is not a number up to 65535.
    Port,
    /// It is relative to a URL without a hierarchy, such as `mailto:`.
    Base,
    /// It has more than [`TARGET_OCTETS_MAX`] octets.
    TooLong,
}

impl fmt::Display for UrlError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheme => formatter.write_str("scheme: expected one, followed by a colon"),
            Self::EmptyHost => formatter.write_str("host: expected one after //"),
            Self::Host => formatter.write_str("host: expected a domain name or an IP address"),
            Self::Port => formatter.write_str("port: expected a number from 0 to 65535"),
            Self::Base => formatter.write_str("base: expected a URL with a hierarchical path"),
            Self::TooLong => write!(formatter, "expected at most {TARGET_OCTETS_MAX} octets"),
        }
    }
}

impl core::error::Error for UrlError {}

impl From<url::ParseError> for UrlError {
    fn from(error: url::ParseError) -> Self {
        use url::ParseError;
        match error {
            ParseError::EmptyHost => Self::EmptyHost,
            ParseError::InvalidPort => Self::Port,
            ParseError::RelativeUrlWithoutBase => Self::Scheme,
            ParseError::RelativeUrlWithCannotBeABaseBase
            | ParseError::SetHostOnCannotBeABaseUrl => Self::Base,
            ParseError::Overflow => Self::TooLong,
            ParseError::IdnaError
            | ParseError::InvalidIpv4Address
            | ParseError::InvalidIpv6Address
            | ParseError::InvalidDomainCharacter
            | _ => Self::Host,
        }
    }
}

/// Reads an absolute URL as a user-agent does (WHATWG URL standard §4.4).
///
/// User name and password are dropped: a user-agent does not show them to the party it speaks to here.
///
/// # Errors
/// [`UrlError`] names the part that is wrong.
pub fn parse(text: &str) -> Result<Url, UrlError> {
    bounded(text)?;
    match plain(text) {
        Some(url) => Ok(url),
        None => url::Url::parse(text)
            .map(|url| from_parsed(&url))
            .map_err(UrlError::from),
    }
}

/// Reads a URL that may be relative to `base`, such as a `Location` or the action of a form.
///
/// # Errors
/// [`UrlError`] names the part that is wrong.
pub fn resolve(base: &Url, reference: &str) -> Result<Url, UrlError> {
    bounded(reference)?;
    if let Some(url) = plain(reference).or_else(|| plain_below(&base.origin, reference)) {
        return Ok(url);
    }
    let base = url::Url::parse(&text(base))?;
    Ok(from_parsed(&base.join(reference)?))
}

const fn bounded(text: &str) -> Result<(), UrlError> {
    if text.len() > TARGET_OCTETS_MAX {
        Err(UrlError::TooLong)
    } else {
        Ok(())
    }
}

/// The parts of a URL that the `url` crate took apart.
fn from_parsed(url: &url::Url) -> Url {
    Url {
        origin: Origin {
            scheme: match url.scheme() {
                "http" => Scheme::Http,
                "https" => Scheme::Https,
                other => Scheme::Other(Text::new(other)),
            },
            host: Text::new(url.host_str().unwrap_or_default()),
            port: url.port(),
        },
        path: Text::new(url.path()),
        query: url.query().map(octets),
        fragment: url.fragment().map(octets),
    }
}

fn octets(text: &str) -> Encoded {
    Encoded::Octets(Text::new(text))
}

/// Reads a URL in which nothing needs a user-agent's judgement: every character stands for itself.
/// `None` says nothing about the others.
fn plain(text: &str) -> Option<Url> {
    let (scheme, rest) = match text.strip_prefix("https://") {
        Some(rest) => (Scheme::Https, rest),
        None => (Scheme::Http, text.strip_prefix("http://")?),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at_checked(end)?;
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(plain_port(port)?)),
        None => (authority, None),
    };
    if !is_plain_host(host) {
        return None;
    }
    let origin = Origin {
        port: port.filter(|port| Some(*port) != scheme.default_port()),
        host: Text::new(host),
        scheme,
    };
    plain_target(origin, rest)
}

/// Reads a reference that starts with one slash.
fn plain_below(origin: &Origin, reference: &str) -> Option<Url> {
    match origin.scheme {
        Scheme::Http | Scheme::Https => {}
        Scheme::Other(_) => return None,
    }
    if reference.starts_with("//")
        || !reference.starts_with('/')
        || !is_plain_host(origin.host.as_str())
    {
        return None;
    }
    plain_target(origin.clone(), reference)
}

/// Reads path, query and fragment.
fn plain_target(origin: Origin, text: &str) -> Option<Url> {
    let (text, fragment) = match text.split_once('#') {
        Some((text, fragment)) => (text, Some(fragment)),
        None => (text, None),
    };
    let (path, query) = match text.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (text, None),
    };
    let plain_path = path.bytes().all(is_plain_in_path) && !path.contains("/.");
    let plain_rest = [query, fragment]
        .into_iter()
        .flatten()
        .all(|part| part.bytes().all(is_plain_in_query));
    if !plain_path || !plain_rest {
        return None;
    }
    Some(Url {
        origin,
        path: Text::new(if path.is_empty() { "/" } else { path }),
        query: query.map(octets),
        fragment: fragment.map(octets),
    })
}

fn plain_port(digits: &str) -> Option<u16> {
    let all_digits = digits.bytes().all(|octet| octet.is_ascii_digit());
    if all_digits {
        digits.parse().ok()
    } else {
        None
    }
}

/// A domain name in lower case that cannot be mistaken for an IPv4 address or an encoded name.
fn is_plain_host(host: &str) -> bool {
    let last_label = host.rsplit('.').next().unwrap_or_default();
    host.bytes()
        .all(|octet| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'))
        && last_label.starts_with(|first: char| first.is_ascii_lowercase())
        && host.split('.').all(|label| !label.is_empty())
        && !host.contains("--")
        && host.len() <= 253
}

/// Dots may form `..`, percent signs may spell it: `plain_target` and this leave both to the `url` crate.
const fn is_plain_in_path(octet: u8) -> bool {
    octet != b'%' && octet != b'?' && is_plain_in_query(octet)
}

const fn is_plain_in_query(octet: u8) -> bool {
    matches!(
        octet,
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9'
            | b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&' | b'(' | b')' | b'*'
            | b'+' | b',' | b';' | b'=' | b':' | b'@' | b'/' | b'?' | b'%'
    )
}

/// Writes a URL with its query and fragment.
#[must_use]
pub fn text(url: &Url) -> String {
    let mut out = text_without_fragment(url);
    if let Some(fragment) = &url.fragment {
        out.push('#');
        form::append(fragment, &mut out);
    }
    out
}

/// Writes a URL with its query.
#[must_use]
pub fn text_without_fragment(url: &Url) -> String {
    let mut out = String::with_capacity(url.path.len().saturating_add(64));
    append_origin(&url.origin, url.path.as_str(), &mut out);
    out.push_str(url.path.as_str());
    if let Some(query) = &url.query {
        out.push('?');
        form::append(query, &mut out);
    }
    out
}

/// Private-use schemes have no host (RFC 8252 §7.1), hence no `//`, unless the path would pretend to be one.
fn append_origin(origin: &Origin, path: &str, out: &mut String) {
    out.push_str(origin.scheme.as_str());
    out.push(':');
    if !origin.host.is_empty() || path.starts_with("//") {
        out.push_str("//");
        out.push_str(origin.host.as_str());
    }
    if let Some(port) = origin.port {
        // Writing to a `String` cannot fail.
        let _ = write!(out, ":{port}");
    }
}
