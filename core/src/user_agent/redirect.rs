//! Where a redirect leads and with which request (RFC 9110 §15.4, §10.2.2).

use super::policy::{FragmentReattach, Http302Post};
use crate::http::{Method, Response, Status, Url};
use crate::wire::location::{self, UrlError};

/// Where `response`, which answers a request to `current`, redirects; nothing when it is no redirect.
///
/// RFC 9110 §10.2.2 (MUST): without a fragment of its own, the new URL keeps that of the old one.
///
/// # Errors
/// [`UrlError`] when the `Location` is no URL.
pub(super) fn target(
    current: &Url,
    response: &Response,
    reattach: FragmentReattach,
) -> Option<Result<Url, UrlError>> {
    if !response.status.is_redirect() {
        return None;
    }
    let reference = location::join(response.headers.location()?);
    Some(location::resolve(current, &reference).map(|mut url| {
        if url.fragment.is_none() && reattach == FragmentReattach::On {
            url.fragment.clone_from(&current.fragment);
        }
        url
    }))
}

/// Whether the next request is a `GET` without the old one's body.
///
/// RFC 9110 §15.4.2 to §15.4.4, §15.4.8, §15.4.9: 303 always; 301 and 302 for a `POST`, by habit; 307 and 308
/// never.
pub(super) fn becomes_get(status: Status, method: &Method, habit: Http302Post) -> bool {
    match (status.0, method) {
        (303, _) => true,
        (301 | 302, Method::Post) => habit == Http302Post::Rewrite,
        (_, Method::Get | Method::Post | Method::Other(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Body, Location};
    use crate::text::Text;
    use Http302Post::{Keep, Rewrite};

    #[test]
    fn methods_after_each_redirect() {
        let put = Method::Other(Text::new("PUT"));
        let table = [
            (301, Method::Post, Rewrite, true),
            (302, Method::Post, Rewrite, true),
            (301, Method::Post, Keep, false),
            (302, Method::Post, Keep, false),
            (303, Method::Post, Keep, true),
            (303, put.clone(), Rewrite, true),
            (302, put.clone(), Rewrite, false),
            (307, Method::Post, Rewrite, false),
            (308, Method::Post, Rewrite, false),
            (302, Method::Get, Rewrite, false),
        ];
        for (status, method, habit, expected) in table {
            let found = becomes_get(Status(status), &method, habit);
            assert_eq!(found, expected, "{status} {method:?} {habit:?}");
        }
    }

    #[test]
    fn locations_are_resolved_and_fragments_inherited() {
        let current = location::parse("https://a.example/go?to=x#code=1").unwrap();
        let table = [
            (
                "https://b.example/",
                "https://b.example/#code=1",
                "https://b.example/",
            ),
            (
                "/home#",
                "https://a.example/home#",
                "https://a.example/home#",
            ),
            (
                "next#top",
                "https://a.example/next#top",
                "https://a.example/next#top",
            ),
        ];
        for (to, on, off) in table {
            let response = Response::redirect(Status::FOUND, Location::to(to));
            for (reattach, expected) in [(FragmentReattach::On, on), (FragmentReattach::Off, off)] {
                let url = target(&current, &response, reattach).unwrap().unwrap();
                assert_eq!(location::text(&url), expected);
            }
        }
    }

    #[test]
    fn only_a_redirect_with_a_location_leads_somewhere() {
        let current = location::parse("https://a.example/").unwrap();
        let reattach = FragmentReattach::On;
        let bare = Response::new(Status::FOUND, Body::Empty);
        assert!(target(&current, &bare, reattach).is_none());
        let created = Response::redirect(Status::CREATED, Location::to("/x"));
        assert!(target(&current, &created, reattach).is_none());
        let broken = Response::redirect(Status::FOUND, Location::to("https://"));
        assert_eq!(
            target(&current, &broken, reattach),
            Some(Err(UrlError::EmptyHost))
        );
    }
}
