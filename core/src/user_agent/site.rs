//! Who belongs together: sites, and which of them a request's cookies may know about.
//!
//! A site is a scheme and a registrable domain. Which domains anybody can register below is written in the
//! Public Suffix List, which no run needs: here the last label of a host is the public suffix, so the last two
//! labels are the registrable domain. An IP address or a host of one label is a site of its own.

use crate::canonical::{Canonical, Encoder};
use crate::http::{Origin, Scheme};
use crate::text::Text;

/// Scheme and registrable domain; the port does not count (RFC 6265bis §5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Site {
    scheme: Scheme,
    domain: Text,
}

crate::canonical_struct!(Site { scheme, domain });

impl Site {
    /// The site that `origin` belongs to.
    pub(super) fn of(origin: &Origin) -> Self {
        Self {
            scheme: origin.scheme.clone(),
            domain: Text::new(registrable(origin.host.as_str())),
        }
    }
}

/// The last two labels of a domain name, or the whole host.
fn registrable(host: &str) -> &str {
    if is_address(host) {
        return host;
    }
    host.rmatch_indices('.')
        .nth(1)
        .and_then(|(dot, _)| host.get(dot.saturating_add(1)..))
        .unwrap_or(host)
}

/// Whether a host is an IP address: in brackets, or ending in a number (WHATWG URL standard §3.5).
pub(super) fn is_address(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    host.starts_with('[') || (!last.is_empty() && last.bytes().all(|octet| octet.is_ascii_digit()))
}

/// Whether nobody on the way can read or change what is sent there: TLS, or this very machine
/// (W3C Secure Contexts §3.1).
pub(super) fn is_secure(origin: &Origin) -> bool {
    match origin.scheme {
        Scheme::Https => true,
        Scheme::Http => is_loopback(origin.host.as_str()),
        Scheme::Other(_) => false,
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "[::1]"
        || (host.starts_with("127.") && is_address(host))
}

/// The site that a request's cookies with `SameSite` are reserved for (RFC 6265bis §5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SiteForCookies {
    /// No page asked: the user did, and every site is his own.
    Any,
    /// The site of the page that asked, and of all pages around it.
    Only(Site),
    /// None: the page that asked is framed by another site, or a redirect came from one.
    Nobody,
}

impl Canonical for SiteForCookies {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Any => out.tag(0),
            Self::Only(site) => {
                out.tag(1);
                site.encode(out);
            }
            Self::Nobody => out.tag(2),
        }
    }
}

impl SiteForCookies {
    /// Whether a request to `target` is a same-site request.
    pub(super) fn includes(&self, target: &Origin) -> bool {
        match self {
            Self::Any => true,
            Self::Only(site) => *site == Site::of(target),
            Self::Nobody => false,
        }
    }

    /// What is left of it when `from` redirects to `to`.
    ///
    /// Every site on the way counts: a redirect from one site to another makes all that follows cross-site.
    /// This is the strict reading, which withholds more. RFC 6265bis dropped it because too much broke, and
    /// wants it back (httpwg/http-extensions, issues 2104 and 2751).
    pub(super) fn across_redirect(self, from: &Origin, to: &Origin) -> Self {
        if Site::of(from) == Site::of(to) {
            self
        } else {
            Self::Nobody
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::location::parse;

    fn origin(url: &str) -> Origin {
        parse(url).unwrap().origin
    }

    #[test]
    fn sites_are_scheme_and_two_labels() {
        let table = [
            ("https://a.example", "https://a.example:8443", true),
            ("https://www.a.example", "https://id.a.example", true),
            ("https://a.example", "https://b.example", false),
            ("https://a.example", "http://a.example", false),
            ("https://aa.example", "https://a.example", false),
            ("http://localhost:1", "http://localhost:2", true),
            ("http://127.0.0.1", "http://127.0.0.2", false),
            ("http://10.1.0.1", "http://10.2.0.1", false),
            ("http://[::1]", "http://[::2]", false),
        ];
        for (one, other, same) in table {
            let sites = (Site::of(&origin(one)), Site::of(&origin(other)));
            assert_eq!(sites.0 == sites.1, same, "{one} {other}");
        }
    }

    #[test]
    fn loopback_is_as_good_as_tls() {
        let table = [
            ("https://a.example", true),
            ("http://a.example", false),
            ("http://localhost:8080", true),
            ("http://app.localhost", true),
            ("http://127.9.9.9", true),
            ("http://[::1]:1", true),
            ("http://127.example", false),
            ("http://notlocalhost", false),
            ("com.example.app:/cb", false),
        ];
        for (url, secure) in table {
            assert_eq!(is_secure(&origin(url)), secure, "{url}");
        }
    }

    #[test]
    fn a_redirect_between_sites_ends_it() {
        let (a, b) = (origin("https://a.example"), origin("https://b.example"));
        let own = SiteForCookies::Only(Site::of(&a));
        assert!(own.includes(&a) && !own.includes(&b));
        assert!(own.clone().across_redirect(&a, &a).includes(&a));
        let away = own.across_redirect(&a, &b);
        assert!(!away.includes(&b));
        assert!(!away.across_redirect(&b, &a).includes(&a));
        assert!(SiteForCookies::Any.includes(&b));
    }
}
