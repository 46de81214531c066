//! Where a redirect leads: joining parameters to a redirection URI, and reading URLs as a user-agent does.

use alloc::string::String;
use core::fmt;
use core::fmt::Write as _;

mod plain;

use super::form;
use super::octets;
use super::out::Out;
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
pub(super) fn append(location: &Location, out: &mut impl Out) {
    let uri = location.uri.as_bytes();
    let (before, fragment) = match octets::split_once(uri, b'#') {
        Some((before, fragment)) => (before, Some(fragment)),
        None => (uri, None),
    };
    out.octets(before);
    if !location.query.0.is_empty() {
        match octets::split_once(before, b'?') {
            None => out.octet(b'?'),
            Some((_, [] | [.., b'&'])) => {}
            Some(_) => out.octet(b'&'),
        }
        form::write(&location.query, out);
    }
    if let Some(fragment) = fragment {
        out.octet(b'#');
        out.octets(fragment);
    }
    if !location.fragment.0.is_empty() {
        match fragment {
            None => out.octet(b'#'),
            Some([] | [.., b'&']) => {}
            Some(_) => out.octet(b'&'),
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
    match plain::absolute(text) {
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
    if let Some(url) = plain::absolute(reference).or_else(|| plain::below(&base.origin, reference))
    {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Fields;
    use alloc::format;
    use alloc::string::ToString;
    use proptest::prelude::*;

    fn joined(uri: &str, query: &[(&str, &str)], fragment: &[(&str, &str)]) -> String {
        let fields = |pairs: &[(&str, &str)]| {
            pairs.iter().fold(Fields::EMPTY, |fields, (name, value)| {
                fields.with(name, *value)
            })
        };
        join(&Location {
            uri: uri.into(),
            query: fields(query),
            fragment: fields(fragment),
        })
    }

    #[test]
    fn parameters_join_the_query_that_is_there() {
        let code = [("code", "a/b"), ("state", "x y")];
        let table = [
            ("https://c/cb", "https://c/cb?code=a%2Fb&state=x+y"),
            ("https://c/cb?", "https://c/cb?code=a%2Fb&state=x+y"),
            (
                "https://c/cb?a=%7e",
                "https://c/cb?a=%7e&code=a%2Fb&state=x+y",
            ),
            ("https://c/cb?a&", "https://c/cb?a&code=a%2Fb&state=x+y"),
            ("https://c/cb#f?g", "https://c/cb?code=a%2Fb&state=x+y#f?g"),
            (
                "HTTPS://C:443/./é",
                "HTTPS://C:443/./é?code=a%2Fb&state=x+y",
            ),
        ];
        for (uri, expected) in table {
            assert_eq!(joined(uri, &code, &[]), expected);
            assert_eq!(joined(uri, &[], &[]), uri);
        }
        assert_eq!(joined("a:/b", &[], &[("c", "d")]), "a:/b#c=d");
        assert_eq!(joined("a:/b#", &[], &[("c", "d")]), "a:/b#c=d");
        assert_eq!(
            joined("a:/b#e", &[("f", "g")], &[("c", "d")]),
            "a:/b?f=g#e&c=d"
        );
    }

    #[test]
    fn equal_locations_are_joined_alike() {
        let whole = Location::to("https://c/cb?code=1");
        let parts = Location {
            query: Fields::EMPTY.with("code", "1"),
            ..Location::to("https://c/cb")
        };
        assert_eq!(whole, parts);
        assert_ne!(whole, Location::to("https://c/cb?code=2"));
    }

    /// Text, what it reads as when written again, host, path.
    #[test]
    fn urls_as_a_user_agent_reads_them() {
        let table = [
            ("https://a.example", "https://a.example/", "a.example", "/"),
            (
                "HTTPS://A.example:443/./b/../c",
                "https://a.example/c",
                "a.example",
                "/c",
            ),
            (
                "https://a@b.example:8443/?q#f",
                "https://b.example:8443/?q#f",
                "b.example",
                "/",
            ),
            (
                "https://a.example\\@b.example/",
                "https://a.example/@b.example/",
                "a.example",
                "/@b.example/",
            ),
            (
                "https:\\\\a.example\\b",
                "https://a.example/b",
                "a.example",
                "/b",
            ),
            ("https:a.example", "https://a.example/", "a.example", "/"),
            (
                " https://a.ex\nample/ ",
                "https://a.example/",
                "a.example",
                "/",
            ),
            ("http://0x7f.1/", "http://127.0.0.1/", "127.0.0.1", "/"),
            ("http://[0:0::1]:80/", "http://[::1]/", "[::1]", "/"),
            (
                "https://bücher.example/é",
                "https://xn--bcher-kva.example/%C3%A9",
                "xn--bcher-kva.example",
                "/%C3%A9",
            ),
            ("com.example.app:/cb?x", "com.example.app:/cb?x", "", "/cb"),
            ("com.example.app:///cb", "com.example.app:/cb", "", "/cb"),
            (
                "com.example.app:////cb",
                "com.example.app:////cb",
                "",
                "//cb",
            ),
            ("com.example.app://cb", "com.example.app://cb", "cb", ""),
            ("mailto:a@b", "mailto:a@b", "", "a@b"),
        ];
        for (given, written, host, path) in table {
            let url = parse(given).unwrap();
            assert_eq!(text(&url), written);
            assert_eq!((url.origin.host.as_str(), url.path.as_str()), (host, path));
            assert_eq!(parse(written), Ok(url));
        }
    }

    #[test]
    fn each_mistake_has_its_part() {
        let table = [
            ("", UrlError::Scheme),
            ("/cb", UrlError::Scheme),
            ("https://", UrlError::EmptyHost),
            ("https://a:65536/", UrlError::Port),
            ("https://a:b/", UrlError::Port),
            ("https://a b/", UrlError::Host),
            ("https://1.2.3.256/", UrlError::Host),
            ("https://[::1/", UrlError::Host),
        ];
        for (given, error) in table {
            assert_eq!(parse(given), Err(error), "{given:?}");
        }
        let long = format!("https://a/{}", "b".repeat(TARGET_OCTETS_MAX));
        assert_eq!(parse(&long), Err(UrlError::TooLong));
        let opaque = parse("mailto:a@b").unwrap();
        assert_eq!(resolve(&opaque, "/c"), Err(UrlError::Base));
        assert_eq!(resolve(&opaque, &long), Err(UrlError::TooLong));
    }

    /// RFC 3986 §5.4.1, with the base of §5.4 over https.
    #[test]
    fn references_are_resolved_as_the_standard_shows() {
        let base = parse("https://a/b/c/d;p?q").unwrap();
        let table = [
            ("g:h", "g:h"),
            ("g", "https://a/b/c/g"),
            ("./g", "https://a/b/c/g"),
            ("g/", "https://a/b/c/g/"),
            ("/g", "https://a/g"),
            ("/g/../h", "https://a/h"),
            ("//g", "https://g/"),
            ("?y", "https://a/b/c/d;p?y"),
            ("g?y#s", "https://a/b/c/g?y#s"),
            ("#s", "https://a/b/c/d;p?q#s"),
            ("", "https://a/b/c/d;p?q"),
            ("../..", "https://a/"),
            ("http://g/h", "http://g/h"),
            ("/\\g", "https://g/"),
        ];
        for (reference, expected) in table {
            let url = resolve(&base, reference).unwrap();
            assert_eq!(text(&url), expected, "{reference:?}");
        }
    }

    proptest! {
        #[test]
        fn joined_parameters_are_found_again(
            uri in "https://a/[a-z]{0,3}([?][a-z=&]{0,6})?(#[a-z?]{0,3})?",
            value in ".{0,10}",
        ) {
            let location = Location {
                uri: Text::new(&uri),
                query: Fields::EMPTY.with("code", value.clone()),
                fragment: Fields::EMPTY.with("token", value.clone()),
            };
            let url = parse(&join(&location)).unwrap();
            for (part, name) in [(url.query, "code"), (url.fragment, "token")] {
                let part = part.unwrap();
                let fields = form::pairs(&part).unwrap();
                let last = fields.0.last().unwrap().clone();
                prop_assert_eq!(last, (Text::new(name), Text::new(&value)));
            }
        }
    }

    #[test]
    fn errors_are_shown_with_their_part() {
        assert_eq!(
            UrlError::Port.to_string(),
            "port: expected a number from 0 to 65535"
        );
    }
}
