//! Which cookies are kept (RFC 6265 §5.3, RFC 6265bis §5.7).

use super::super::fetch::{Destination, Fetch};
use super::super::policy::SameSiteDefault;
use super::super::site::{is_address, is_secure};
use super::{Cookie, Jar, domain_matches, effective, path_matches};
use crate::http::{SameSite, SetCookie, Url};
use crate::limits::{COOKIE_OCTETS_MAX, COOKIES_MAX};
use crate::text::Text;
use crate::time::{Span, Timestamp};

/// What became of a cookie that passed every rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Kept {
    /// It is in the jar.
    Stored {
        /// To whom it goes back.
        host: Text,
        /// The cookie that had to go to make room.
        evicted: Option<Text>,
    },
    /// It had expired when it came, which removes the one that it would have replaced.
    Removed,
}

/// Why a cookie is not kept.
type Reason = &'static str;

impl Jar {
    /// Keeps `cookie`, which came with the response to `fetch`.
    ///
    /// # Errors
    /// The rule that it breaks, in a few words.
    pub(in super::super) fn keep(
        &mut self,
        cookie: &SetCookie,
        fetch: &Fetch,
        default: SameSiteDefault,
        now: Timestamp,
    ) -> Result<Kept, Reason> {
        let kept = self.judge(cookie, fetch, default, now)?;
        Ok(self.put(kept, now))
    }

    /// The rules, in the order of RFC 6265bis §5.7.
    fn judge(
        &self,
        set: &SetCookie,
        fetch: &Fetch,
        default: SameSiteDefault,
        now: Timestamp,
    ) -> Result<Cookie, Reason> {
        check_size(set)?;
        let domain = check_domain(set, fetch.url.origin.host.as_str())?;
        let cookie = Cookie {
            name: set.name.clone(),
            value: set.value.clone(),
            host_only: domain.is_none(),
            domain: domain.unwrap_or_else(|| fetch.url.origin.host.clone()),
            path: path(set, &fetch.url),
            secure: set.secure,
            http_only: set.http_only,
            same_site: set.same_site,
            expires_at: set.max_age.map(|age| now.after(whole_seconds(age))),
        };
        let over_tls = is_secure(&fetch.url.origin);
        check_secure(&cookie, over_tls)?;
        self.check_no_overlay(&cookie, over_tls, now)?;
        check_same_site(&cookie, fetch, default)?;
        check_prefix(set)?;
        Ok(cookie)
    }

    /// RFC 6265bis §5.7 (MUST): what comes without TLS does not shadow a cookie that came with it.
    fn check_no_overlay(
        &self,
        cookie: &Cookie,
        over_tls: bool,
        now: Timestamp,
    ) -> Result<(), Reason> {
        let shadows = |kept: &&Cookie| {
            kept.secure
                && kept.is_live(now)
                && kept.name == cookie.name
                && (domain_matches(kept.domain.as_str(), cookie.domain.as_str())
                    || domain_matches(cookie.domain.as_str(), kept.domain.as_str()))
                && path_matches(cookie.path.as_str(), kept.path.as_str())
        };
        if over_tls || !self.0.iter().any(|kept| shadows(&kept)) {
            Ok(())
        } else {
            Err("it would shadow a Secure cookie, and comes without TLS")
        }
    }

    /// RFC 6265 §5.3, steps 11 and 12: one cookie per name, domain and path.
    fn put(&mut self, cookie: Cookie, now: Timestamp) -> Kept {
        let place = self.0.iter().position(|kept| {
            kept.name == cookie.name && kept.domain == cookie.domain && kept.path == cookie.path
        });
        if !cookie.is_live(now) {
            if let Some(place) = place {
                self.0.remove(place);
            }
            return Kept::Removed;
        }
        let host = cookie.domain.clone();
        if let Some(old) = place.and_then(|place| self.0.get_mut(place)) {
            *old = cookie;
            return Kept::Stored {
                host,
                evicted: None,
            };
        }
        let evicted = self.make_room(now);
        self.0.push(cookie);
        Kept::Stored { host, evicted }
    }

    /// RFC 6265 §5.3: expired cookies go first, then the oldest.
    fn make_room(&mut self, now: Timestamp) -> Option<Text> {
        if self.0.len() < COOKIES_MAX {
            return None;
        }
        self.0.retain(|kept| kept.is_live(now));
        (self.0.len() >= COOKIES_MAX).then(|| self.0.remove(0).name)
    }
}

impl Cookie {
    /// Whether it has not expired.
    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|expires_at| now < expires_at)
    }
}

/// RFC 6265bis §5.6: a cookie has a name here, and bounds.
fn check_size(set: &SetCookie) -> Result<(), Reason> {
    if set.name.is_empty() {
        Err("it has no name")
    } else if set.name.len().saturating_add(set.value.len()) > COOKIE_OCTETS_MAX {
        Err("it is too long")
    } else {
        Ok(())
    }
}

/// RFC 6265 §5.3, steps 5 and 6 (MUST): a host sets cookies for itself and for the domains above it, but not for
/// a public suffix. Nothing is returned when the cookie is for this host alone.
fn check_domain(set: &SetCookie, host: &str) -> Result<Option<Text>, Reason> {
    let Some(stated) = &set.domain else {
        return Ok(None);
    };
    let stated = stated.as_str().to_ascii_lowercase();
    let domain = stated.strip_prefix('.').unwrap_or(&stated);
    if domain.is_empty() {
        return Ok(None);
    }
    let suffix = !domain.contains('.') || is_address(domain);
    match (suffix, host == domain) {
        (true, true) => Ok(None),
        (true, false) => Err("its Domain is one below which anybody can register"),
        (false, _) if domain_matches(host, domain) => Ok(Some(Text::new(domain))),
        (false, _) => Err("its Domain is not the one that sent it"),
    }
}

/// RFC 6265 §5.1.4: without `Path`, the directory of the URL that set it.
fn path(set: &SetCookie, url: &Url) -> Text {
    match &set.path {
        Some(path) if path.as_str().starts_with('/') => path.clone(),
        Some(_) | None => {
            let directory = url
                .path
                .as_str()
                .rsplit_once('/')
                .map_or("", |(directory, _)| directory);
            Text::new(if directory.starts_with('/') {
                directory
            } else {
                "/"
            })
        }
    }
}

/// Part of a second counts as a whole one: `Max-Age` has no smaller unit (RFC 6265 §4.1.2.2).
const fn whole_seconds(age: Span) -> Span {
    Span::from_seconds(age.0.div_ceil(1_000))
}

/// RFC 6265bis §5.7 (MUST): a `Secure` cookie comes over TLS, and one for every site is `Secure`.
fn check_secure(cookie: &Cookie, over_tls: bool) -> Result<(), Reason> {
    if cookie.secure && !over_tls {
        Err("it is Secure, and comes without TLS")
    } else if cookie.same_site == SameSite::None && !cookie.secure {
        Err("it is SameSite=None, and not Secure")
    } else {
        Ok(())
    }
}

/// RFC 6265bis §5.7 (MUST): a response to another site's request sets `SameSite` cookies only if it fills a tab.
fn check_same_site(cookie: &Cookie, fetch: &Fetch, default: SameSiteDefault) -> Result<(), Reason> {
    let welcome = fetch.is_same_site()
        || match (fetch.destination, effective(cookie.same_site, default)) {
            (Destination::Tab, _) | (_, SameSite::None) => true,
            (
                Destination::Frame | Destination::Content,
                SameSite::Strict | SameSite::Lax | SameSite::Unset,
            ) => false,
        };
    if welcome {
        Ok(())
    } else {
        Err("it is for its own site, and another site's page asked")
    }
}

/// RFC 6265bis §4.1.3, §5.7 (MUST): what the prefixes of a name promise.
fn check_prefix(set: &SetCookie) -> Result<(), Reason> {
    let has = |prefix: &str| {
        set.name
            .as_str()
            .get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    let root = set.path.as_ref().is_some_and(|path| path == "/");
    if has("__Secure-") && !set.secure {
        Err("__Secure- promises Secure")
    } else if has("__Host-") && !(set.secure && set.domain.is_none() && root) {
        Err("__Host- promises Secure, Path=/ and no Domain")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::fetch::Initiator;
    use super::super::super::site::SiteForCookies;
    use super::*;
    use crate::http::ReferrerPolicy;
    use crate::wire::cookie::read_set_cookie;
    use crate::wire::location::parse;
    use alloc::format;
    use alloc::string::String;

    fn keep_at(jar: &mut Jar, field: &str, url: &str, now: u64) -> Result<Kept, Reason> {
        let fetch = Fetch::typed(parse(url).unwrap());
        let cookie = read_set_cookie(field).unwrap();
        jar.keep(&cookie, &fetch, SameSiteDefault::Lax, Timestamp(now))
    }

    fn keep(field: &str, url: &str) -> Result<Cookie, Reason> {
        let mut jar = Jar::default();
        keep_at(&mut jar, field, url, 0)?;
        Ok(jar.0.remove(0))
    }

    /// `host path`, the host with a star when hosts below it get the cookie too; or the reason.
    fn outcome(field: &str, url: &str) -> String {
        match keep(field, url) {
            Ok(kept) => {
                let star = if kept.host_only { "" } else { "*" };
                format!("{}{star} {}", kept.domain, kept.path)
            }
            Err(reason) => reason.into(),
        }
    }

    #[test]
    fn cookies_are_for_their_host_and_directory() {
        let table = [
            ("s=1", "https://a.example/", "a.example /"),
            ("s=1", "https://a.example/x/y?/z", "a.example /x"),
            ("s=1; Path=x", "https://a.example/x/y/", "a.example /x/y"),
            ("s=1; Path=/q", "https://a.example/", "a.example /q"),
            (
                "s=1; Domain=.A.example",
                "https://w.a.example/",
                "a.example* /",
            ),
            ("s=1; Domain=localhost", "http://localhost/", "localhost /"),
            ("s=1; Secure", "http://localhost/", "localhost /"),
            ("__Secure-s=1; Secure", "https://a.example/", "a.example /"),
            (
                "__Host-s=1; Secure; Path=/",
                "https://a.example/",
                "a.example /",
            ),
        ];
        for (field, url, expected) in table {
            assert_eq!(outcome(field, url), expected, "{field}");
        }
    }

    #[test]
    fn each_rule_refuses_what_it_is_for() {
        let table = [
            (
                "s=1; Domain=b.example",
                "https://a.example/",
                "its Domain is not the",
            ),
            (
                "s=1; Domain=w.a.example",
                "https://a.example/",
                "its Domain is not the",
            ),
            (
                "s=1; Domain=example",
                "https://a.example/",
                "its Domain is one below",
            ),
            (
                "s=1; Domain=0.0.1",
                "http://127.0.0.1/",
                "its Domain is one below",
            ),
            ("s=1; Secure", "http://a.example/", "it is Secure, and"),
            (
                "s=1; SameSite=None",
                "https://a.example/",
                "it is SameSite=None, and",
            ),
            ("__Secure-s=1", "https://a.example/", "__Secure- promises"),
            (
                "__Host-s=1; Path=/",
                "https://a.example/",
                "__Host- promises",
            ),
            (
                "__Host-s=1; Secure",
                "https://a.example/",
                "__Host- promises",
            ),
            (
                "__HOST-s=1; Secure; Path=/q",
                "https://a.example/",
                "__Host- promises",
            ),
            (
                "__Host-s=1; Secure; Path=/; Domain=a.example",
                "https://a.example/",
                "__Host- promises",
            ),
        ];
        for (field, url, expected) in table {
            let found = outcome(field, url);
            assert!(found.starts_with(expected), "{field}: {found}");
        }
    }

    #[test]
    fn long_and_nameless_cookies_are_refused() {
        let long = format!("s={}", "x".repeat(COOKIE_OCTETS_MAX));
        assert_eq!(keep(&long, "https://a.example/"), Err("it is too long"));
        let mut cookie = read_set_cookie("s=1").unwrap();
        cookie.name = Text::EMPTY;
        assert_eq!(check_size(&cookie), Err("it has no name"));
    }

    /// RFC 6265bis §8.6: the weak integrity of cookies, and what is left of it.
    #[test]
    fn nobody_without_tls_shadows_a_secure_cookie() {
        let mut jar = Jar::default();
        keep_at(&mut jar, "s=good; Secure; Path=/", "https://a.example/", 0).unwrap();
        let table = [
            ("s=bad", "http://a.example/", false),
            ("s=bad; Domain=a.example", "http://www.a.example/", false),
            ("s=bad; Path=/login", "http://a.example/", false),
            ("t=bad", "http://a.example/", true),
            ("s=bad", "http://b.example/", true),
        ];
        for (field, url, expected) in table {
            let kept = keep_at(&mut jar.clone(), field, url, 0);
            assert_eq!(kept.is_ok(), expected, "{field} {url}");
        }
    }

    #[test]
    fn max_age_removes_replaces_and_expires() {
        let mut jar = Jar::default();
        let url = "https://a.example/";
        keep_at(&mut jar, "s=1; Max-Age=10", url, 5_000).unwrap();
        keep_at(&mut jar, "t=1", url, 5_000).unwrap();
        assert_eq!(jar.0[0].expires_at, Some(Timestamp(15_000)));
        keep_at(&mut jar, "s=2", url, 6_000).unwrap();
        assert_eq!(
            (&jar.0[0].value, jar.0[0].expires_at),
            (&Text::new("2"), None)
        );
        let removed = keep_at(&mut jar, "s=; Max-Age=0", url, 7_000);
        assert_eq!((removed, jar.0.len()), (Ok(Kept::Removed), 1));
    }

    #[test]
    fn a_full_jar_drops_the_expired_then_the_oldest() {
        let mut jar = Jar::default();
        let url = "https://a.example/";
        for number in 0..COOKIES_MAX {
            let age = if number == 7 { "; Max-Age=1" } else { "" };
            keep_at(&mut jar, &format!("c{number}=1{age}"), url, 0).unwrap();
        }
        let kept = keep_at(&mut jar, "x=1", url, 1_000);
        assert!(matches!(kept, Ok(Kept::Stored { evicted: None, .. })));
        let kept = keep_at(&mut jar, "y=1", url, 1_000);
        assert!(matches!(kept, Ok(Kept::Stored { evicted: Some(name), .. }) if name == "c0"));
        assert_eq!(jar.0.len(), COOKIES_MAX);
    }

    #[test]
    fn a_picture_for_another_site_sets_no_same_site_cookie() {
        let initiator = Initiator {
            url: parse("https://evil.example/").unwrap(),
            referrer_policy: ReferrerPolicy::NoReferrer,
            site_for_cookies: SiteForCookies::Nobody,
        };
        let url = parse("https://a.example/").unwrap();
        let table = [
            (Destination::Content, "s=1", false),
            (Destination::Frame, "s=1; SameSite=Strict", false),
            (Destination::Content, "s=1; SameSite=None; Secure", true),
            (Destination::Tab, "s=1; SameSite=Strict", true),
        ];
        for (destination, field, expected) in table {
            let fetch = Fetch::from_page(initiator.clone(), url.clone(), destination);
            let cookie = read_set_cookie(field).unwrap();
            let kept = Jar::default().keep(&cookie, &fetch, SameSiteDefault::Lax, Timestamp(0));
            assert_eq!(kept.is_ok(), expected, "{destination:?} {field}");
        }
    }
}
