//! One request on its way through redirects, for a page or for something that a page loads (Fetch standard §4).

use super::policy::UserAgentPolicy;
use super::redirect;
use super::referrer;
use super::site::SiteForCookies;
use crate::http::{Body, Fields, Header, Method, Origin, ReferrerPolicy, Request, Response, Url};
use crate::text::Text;

/// What the response is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// A page that fills a tab.
    Tab,
    /// A page inside another page.
    Frame,
    /// A picture, style or script.
    Content,
}

crate::canonical_unit_enum!(Destination {
    Tab = 0,
    Frame = 1,
    Content = 2,
});

/// The page that asks.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Initiator {
    /// Its URL.
    pub(super) url: Url,
    /// What it allows others to know about that.
    pub(super) referrer_policy: ReferrerPolicy,
    /// Whose cookies are its own.
    pub(super) site_for_cookies: SiteForCookies,
}

/// One hop of a fetch, with what it remembers of the hops before.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Fetch {
    /// The method of this hop.
    pub(super) method: Method,
    /// Its URL, with the fragment that does not travel.
    pub(super) url: Url,
    /// What it carries.
    pub(super) body: Body,
    /// What the response is for.
    pub(super) destination: Destination,
    /// The URL of the page that asked; none when the user did.
    source: Option<Url>,
    /// That page's policy, or that of the last redirect which stated one.
    referrer_policy: ReferrerPolicy,
    /// Whose cookies with `SameSite` may come along.
    site_for_cookies: SiteForCookies,
    /// A third origin has redirected it, so that nobody can say any more whose request it is.
    origin_tainted: bool,
    /// Redirects so far.
    pub(super) redirects: u8,
}

crate::canonical_struct!(Fetch {
    method,
    url,
    body,
    destination,
    source,
    referrer_policy,
    site_for_cookies,
    origin_tainted,
    redirects,
});

impl Fetch {
    /// An address that the user typed, or a bookmark: a `GET` that no page asked for.
    pub(super) const fn typed(url: Url) -> Self {
        Self {
            method: Method::Get,
            url,
            body: Body::Empty,
            destination: Destination::Tab,
            source: None,
            referrer_policy: ReferrerPolicy::NoReferrer,
            site_for_cookies: SiteForCookies::Any,
            origin_tainted: false,
            redirects: 0,
        }
    }

    /// A `GET` that a page asks for.
    pub(super) fn from_page(initiator: Initiator, url: Url, destination: Destination) -> Self {
        Self {
            destination,
            source: Some(initiator.url),
            referrer_policy: initiator.referrer_policy,
            site_for_cookies: initiator.site_for_cookies,
            ..Self::typed(url)
        }
    }

    /// The same fetch as a `POST`.
    pub(super) fn with_post(mut self, body: Body) -> Self {
        self.method = Method::Post;
        self.body = body;
        self
    }

    /// The same request to another origin.
    pub(super) fn at(&self, origin: Origin) -> Self {
        let mut other = self.clone();
        other.url.origin = origin;
        other
    }

    /// The same request once more, as a reload sends it.
    pub(super) fn again(&self) -> Self {
        Self {
            redirects: 0,
            ..self.clone()
        }
    }

    /// A `GET` for the same URL, from wherever the request came from, as the history sends it.
    pub(super) fn again_as_get(&self) -> Self {
        Self {
            method: Method::Get,
            body: Body::Empty,
            ..self.again()
        }
    }

    /// The next hop, after `response` redirected to `url`.
    pub(super) fn redirected(
        mut self,
        url: Url,
        response: &Response,
        policy: &UserAgentPolicy,
    ) -> Self {
        if redirect::becomes_get(response.status, &self.method, policy.http302_post) {
            self.method = Method::Get;
            self.body = Body::Empty;
        }
        let third = self
            .source
            .as_ref()
            .is_some_and(|source| source.origin != self.url.origin);
        self.origin_tainted |= third && url.origin != self.url.origin;
        self.site_for_cookies = self
            .site_for_cookies
            .across_redirect(&self.url.origin, &url.origin);
        if let Some(stated) = response.headers.referrer_policy() {
            self.referrer_policy = stated;
        }
        self.redirects = self.redirects.saturating_add(1);
        self.url = url;
        self
    }

    /// Whether this hop is a same-site request (RFC 6265bis §5.2).
    pub(super) fn is_same_site(&self) -> bool {
        self.site_for_cookies.includes(&self.url.origin)
    }

    /// The `Referer` of this hop.
    pub(super) fn referer(&self) -> Option<Text> {
        let source = self.source.as_ref()?;
        referrer::referer(source, self.referrer_policy, &self.url.origin)
    }

    /// The `Origin` of this hop. A `GET` has none (Fetch standard §3.2).
    fn origin(&self) -> Option<Text> {
        match self.method {
            Method::Get => None,
            Method::Post | Method::Other(_) if self.origin_tainted => Some(Text::new("null")),
            Method::Post | Method::Other(_) => {
                let source = &self.source.as_ref()?.origin;
                let policy = self.referrer_policy;
                Some(referrer::origin(source, policy, &self.url.origin))
            }
        }
    }

    /// The request of this hop.
    pub(super) fn request(&self, cookies: Fields) -> Request {
        let mut request = Request {
            method: self.method.clone(),
            body: self.body.clone(),
            ..Request::get(Url {
                fragment: None,
                ..self.url.clone()
            })
        };
        let headers = &mut request.headers;
        if let Some(referer) = self.referer() {
            headers.push(Header::Referer(referer));
        }
        if let Some(origin) = self.origin() {
            headers.push(Header::Origin(origin));
        }
        if !cookies.0.is_empty() {
            headers.push(Header::Cookie(cookies));
        }
        request
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Encoded, Location, Status};
    use crate::user_agent::site::Site;
    use crate::wire::location::parse;

    fn posted_from(source: &str, target: &str) -> Fetch {
        let url = parse(source).unwrap();
        let initiator = Initiator {
            site_for_cookies: SiteForCookies::Only(Site::of(&url.origin)),
            url,
            referrer_policy: ReferrerPolicy::StrictOriginWhenCrossOrigin,
        };
        let body = Body::Form(Encoded::Fields(Fields::EMPTY.with("password", "p")));
        Fetch::from_page(initiator, parse(target).unwrap(), Destination::Tab).with_post(body)
    }

    fn hop(fetch: Fetch, status: Status, to: &str) -> Fetch {
        let response = Response::redirect(status, Location::to(to));
        fetch.redirected(parse(to).unwrap(), &response, &UserAgentPolicy::secure())
    }

    #[test]
    fn a_307_carries_the_body_on_and_a_303_does_not() {
        let post = posted_from("https://a.example/login", "https://a.example/login");
        let kept = hop(
            post.clone(),
            Status::TEMPORARY_REDIRECT,
            "https://b.example/cb",
        );
        assert_eq!((&kept.method, &kept.body), (&Method::Post, &post.body));
        let dropped = hop(post, Status::SEE_OTHER, "https://b.example/cb");
        assert_eq!(
            (&dropped.method, &dropped.body),
            (&Method::Get, &Body::Empty)
        );
        assert_eq!(dropped.origin(), None);
    }

    #[test]
    fn a_third_origin_taints_the_origin() {
        let status = Status::TEMPORARY_REDIRECT;
        let own = posted_from("https://a.example/", "https://a.example/");
        let own = hop(own, status, "https://b.example/");
        assert_eq!(own.origin(), Some(Text::new("https://a.example")));
        let third = hop(own, status, "https://c.example/");
        assert_eq!(third.origin(), Some(Text::new("null")));
    }

    #[test]
    fn across_redirects_the_referer_is_still_the_page() {
        let start = posted_from("https://a.example/page?x", "https://a.example/go");
        let same = hop(start, Status::FOUND, "https://a.example/on");
        assert_eq!(same.referer(), Some(Text::new("https://a.example/page?x")));
        let other = hop(same.clone(), Status::FOUND, "https://b.example/");
        assert_eq!(other.referer(), Some(Text::new("https://a.example/")));
        let silenced = Response::redirect(Status::FOUND, Location::to("https://b.example/"))
            .with(Header::ReferrerPolicy(ReferrerPolicy::NoReferrer));
        let url = parse("https://b.example/").unwrap();
        let silent = same.redirected(url, &silenced, &UserAgentPolicy::secure());
        assert_eq!(silent.referer(), None);
    }
}
