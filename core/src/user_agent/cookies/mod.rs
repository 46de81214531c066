//! The cookie jar: which cookies are kept and which go along with a request (RFC 6265 §5.3, §5.4, and
//! RFC 6265bis for `SameSite`, prefixes and the protection of `Secure` cookies).

mod keeping;
mod sending;

pub(super) use keeping::Kept;

use alloc::vec::Vec;
use core::fmt;

use super::policy::SameSiteDefault;
use super::site::is_address;
use crate::canonical::{Canonical, Encoder};
use crate::http::SameSite;
use crate::text::Text;
use crate::time::Timestamp;
use crate::value::first_characters;

/// A cookie in the jar.
#[derive(Clone, PartialEq, Eq)]
struct Cookie {
    name: Text,
    value: Text,
    /// The host that set it, or the `Domain` that it asked for.
    domain: Text,
    /// It goes back to the host that set it and to no other.
    host_only: bool,
    path: Text,
    secure: bool,
    /// No script here reads cookies, so this protects nothing; it is kept because a server may rely on it.
    http_only: bool,
    same_site: SameSite,
    expires_at: Option<Timestamp>,
}

crate::canonical_struct!(Cookie {
    name,
    value,
    domain,
    host_only,
    path,
    secure,
    http_only,
    same_site,
    expires_at,
});

impl fmt::Debug for Cookie {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = first_characters(self.value.as_str());
        write!(
            formatter,
            "{}={value}… for {}{}",
            self.name, self.domain, self.path
        )
    }
}

/// Cookies in the order of their creation. Replacing one keeps its place (RFC 6265 §5.3, step 11).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Jar(Vec<Cookie>);

impl Canonical for Jar {
    /// Whoever reads cookies looks for a name: only among those with one name the order makes a difference.
    fn encode(&self, out: &mut Encoder) {
        out.sorted(&self.0, |one, other| {
            one.name.as_str().cmp(other.name.as_str())
        });
    }
}

/// RFC 6265 §5.1.3: whether `host` is `domain` or lies below it. No address lies below another.
fn domain_matches(host: &str, domain: &str) -> bool {
    host == domain
        || (!is_address(host)
            && host
                .strip_suffix(domain)
                .is_some_and(|rest| rest.ends_with('.')))
}

/// RFC 6265 §5.1.4: whether `path` is `below` or lies below it.
fn path_matches(path: &str, below: &str) -> bool {
    path.strip_prefix(below)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || below.ends_with('/'))
}

/// What a cookie's `SameSite` means to this user-agent (RFC 6265bis §5.6.7.1).
const fn effective(stated: SameSite, default: SameSiteDefault) -> SameSite {
    match (stated, default) {
        (SameSite::Unset, SameSiteDefault::Lax) => SameSite::Lax,
        (SameSite::Unset, SameSiteDefault::None) => SameSite::None,
        (SameSite::Strict | SameSite::Lax | SameSite::None, _) => stated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_match_at_their_dots() {
        let table = [
            ("a.example", "a.example", true),
            ("www.a.example", "a.example", true),
            ("a.example", "www.a.example", false),
            ("aa.example", "a.example", false),
            ("1.127.0.0.1", "127.0.0.1", false),
        ];
        for (host, domain, expected) in table {
            assert_eq!(domain_matches(host, domain), expected, "{host} {domain}");
        }
    }

    #[test]
    fn paths_match_at_their_slashes() {
        let table = [
            ("/", "/", true),
            ("/cb", "/", true),
            ("/cb", "/cb", true),
            ("/cb/x", "/cb", true),
            ("/cb/x", "/cb/", true),
            ("/cbx", "/cb", false),
            ("/cb", "/cb/", false),
        ];
        for (path, below, expected) in table {
            assert_eq!(path_matches(path, below), expected, "{path} {below}");
        }
    }

    #[test]
    fn a_value_is_not_shown_whole() {
        let cookie = Cookie {
            name: Text::new("sid"),
            value: Text::new("a-long-secret"),
            domain: Text::new("a.example"),
            host_only: true,
            path: Text::new("/"),
            secure: true,
            http_only: true,
            same_site: SameSite::Lax,
            expires_at: None,
        };
        assert_eq!(alloc::format!("{cookie:?}"), "sid=a-lo… for a.example/");
    }
}
