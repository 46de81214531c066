//! Which cookies go along with a request (RFC 6265 §5.4, RFC 6265bis §5.8.3).

use alloc::vec::Vec;
use core::cmp::Reverse;

use super::super::fetch::{Destination, Fetch};
use super::super::policy::SameSiteDefault;
use super::super::site::is_secure;
use super::{Cookie, Jar, domain_matches, effective, path_matches};
use crate::http::{Fields, Method, SameSite};
use crate::text::Text;
use crate::time::Timestamp;

/// The cookies that belong to a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Chosen {
    /// Those that go along, in the order of the `Cookie` field.
    pub(in super::super) sent: Fields,
    /// The names of those that stay because the request is another site's.
    pub(in super::super) withheld: Vec<Text>,
}

impl Jar {
    /// Chooses the cookies for `fetch`. RFC 6265 §5.4 (SHOULD): longer paths first, then older cookies.
    pub(in super::super) fn choose(
        &self,
        fetch: &Fetch,
        default: SameSiteDefault,
        now: Timestamp,
    ) -> Chosen {
        let mut matching: Vec<&Cookie> = self
            .0
            .iter()
            .filter(|cookie| cookie.is_live(now) && cookie.belongs_to(fetch))
            .collect();
        matching.sort_by_key(|cookie| Reverse(cookie.path.len()));
        let mut chosen = Chosen::default();
        for cookie in matching {
            if is_for_initiator(effective(cookie.same_site, default), fetch) {
                chosen
                    .sent
                    .0
                    .push((cookie.name.clone(), cookie.value.clone()));
            } else {
                chosen.withheld.push(cookie.name.clone());
            }
        }
        chosen
    }
}

impl Cookie {
    /// RFC 6265 §5.4, step 1: host, path and TLS.
    fn belongs_to(&self, fetch: &Fetch) -> bool {
        let host = fetch.url.origin.host.as_str();
        let at_host = if self.host_only {
            self.domain == host
        } else {
            domain_matches(host, self.domain.as_str())
        };
        at_host
            && path_matches(fetch.url.path.as_str(), self.path.as_str())
            && (!self.secure || is_secure(&fetch.url.origin))
    }
}

/// RFC 6265bis §5.8.3 (MUST): what `SameSite` allows. `Lax` also lets a cookie come along when another site's
/// page sends the user somewhere: a `GET` that fills a tab. A form that another site posts gets none, however
/// young the cookie is; the two minutes of grace that some browsers gave (§5.6.7.2) are not modelled.
fn is_for_initiator(same_site: SameSite, fetch: &Fetch) -> bool {
    if fetch.is_same_site() {
        return true;
    }
    match same_site {
        SameSite::None => true,
        SameSite::Strict => false,
        SameSite::Lax | SameSite::Unset => {
            fetch.destination == Destination::Tab && fetch.method == Method::Get
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::fetch::Initiator;
    use super::super::super::site::{Site, SiteForCookies};
    use super::*;
    use crate::http::{Body, ReferrerPolicy};
    use crate::wire::cookie::read_set_cookie;
    use crate::wire::location::parse;
    use alloc::format;
    use alloc::string::String;

    const TARGET: &str = "https://a.example/cb";

    fn jar(fields: &[&str]) -> Jar {
        let mut jar = Jar::default();
        let fetch = Fetch::typed(parse(TARGET).unwrap());
        for field in fields {
            let cookie = read_set_cookie(field).unwrap();
            jar.keep(&cookie, &fetch, SameSiteDefault::Lax, Timestamp(0))
                .unwrap();
        }
        jar
    }

    fn from(page: &str, destination: Destination) -> Fetch {
        let url = parse(page).unwrap();
        let initiator = Initiator {
            site_for_cookies: SiteForCookies::Only(Site::of(&url.origin)),
            url,
            referrer_policy: ReferrerPolicy::NoReferrer,
        };
        Fetch::from_page(initiator, parse(TARGET).unwrap(), destination)
    }

    fn names(fields: &Fields) -> String {
        fields.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Who asks for what, and which of Strict, Lax, None and Unset come along under either default.
    #[test]
    fn the_same_site_matrix() {
        use Destination::{Content, Frame, Tab};
        let own = "https://www.a.example/";
        let other = "https://evil.example/";
        let plain = "http://a.example/";
        let table = [
            (own, Tab, false, "SLNU", "SLNU"),
            (own, Tab, true, "SLNU", "SLNU"),
            (own, Frame, false, "SLNU", "SLNU"),
            (own, Content, false, "SLNU", "SLNU"),
            (other, Tab, false, "LNU", "LNU"),
            (other, Tab, true, "N", "NU"),
            (other, Frame, false, "N", "NU"),
            (other, Frame, true, "N", "NU"),
            (other, Content, false, "N", "NU"),
            (plain, Tab, false, "LNU", "LNU"),
            (plain, Tab, true, "N", "NU"),
        ];
        let jar = jar(&[
            "S=1; SameSite=Strict; Path=/",
            "L=1; SameSite=Lax; Path=/",
            "N=1; SameSite=None; Secure; Path=/",
            "U=1; Path=/",
        ]);
        for (page, destination, post, lax, none) in table {
            let mut fetch = from(page, destination);
            if post {
                fetch = fetch.with_post(Body::Empty);
            }
            for (default, expected) in [(SameSiteDefault::Lax, lax), (SameSiteDefault::None, none)]
            {
                let chosen = jar.choose(&fetch, default, Timestamp(0));
                let case = format!("{page} {destination:?} post={post} {default:?}");
                assert_eq!(names(&chosen.sent), expected, "{case}");
                assert_eq!(chosen.withheld.len(), 4 - expected.len(), "{case}");
            }
        }
    }

    #[test]
    fn the_user_himself_is_no_other_site() {
        let jar = jar(&["S=1; SameSite=Strict"]);
        let typed = Fetch::typed(parse(TARGET).unwrap());
        let chosen = jar.choose(&typed, SameSiteDefault::Lax, Timestamp(0));
        assert_eq!(names(&chosen.sent), "S");
    }

    #[test]
    fn host_path_tls_and_time_choose() {
        let jar = jar(&[
            "h=1; Path=/",
            "d=1; Path=/; Domain=a.example",
            "p=1; Path=/cb",
            "s=1; Path=/; Secure",
            "m=1; Path=/; Max-Age=1",
        ]);
        let table = [
            ("https://a.example/", 0, "hdsm"),
            ("https://a.example/", 1_000, "hds"),
            ("https://a.example/cb", 0, "phdsm"),
            ("http://a.example/", 0, "hdm"),
            ("https://www.a.example/", 0, "d"),
            ("https://b.example/", 0, ""),
        ];
        for (url, now, expected) in table {
            let typed = Fetch::typed(parse(url).unwrap());
            let chosen = jar.choose(&typed, SameSiteDefault::Lax, Timestamp(now));
            assert_eq!(names(&chosen.sent), expected, "{url} {now}");
            assert!(chosen.withheld.is_empty());
        }
    }
}
