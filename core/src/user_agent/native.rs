//! URLs that are for an app on the same device (RFC 8252 §7.1).
//!
//! The operating system hands such a URL to the app that claimed its scheme, or to one of those that did (§8.1): who
//! that is, whoever runs the parties decides. A private-use scheme is the domain name of the app's maker, read
//! backwards, and what the app keeps on this device is what the browser keeps for that domain: so its cookies come
//! along. An app that is not the genuine one must not get them: whoever hands the URL over takes them away.

use alloc::string::String;
use alloc::vec::Vec;

use super::fetch::Fetch;
use super::policy::NativeScheme;
use crate::http::{Method, Origin, Scheme};

/// Whether the operating system finds an app for this request: a `GET` under a private-use scheme.
pub(super) fn is_handed_over(policy: NativeScheme, fetch: &Fetch) -> bool {
    match policy {
        NativeScheme::ClaimedHttps => false,
        NativeScheme::CustomSchemeShared => {
            fetch.method == Method::Get && home(&fetch.url.origin).is_some()
        }
    }
}

/// The origin of an app's maker: `com.example.app:/cb` is for an app of `https://app.example.com`.
pub(super) fn home(origin: &Origin) -> Option<Origin> {
    let scheme = match &origin.scheme {
        Scheme::Http | Scheme::Https => return None,
        Scheme::Other(scheme) => scheme.as_str(),
    };
    let labels: Vec<&str> = scheme.rsplit('.').collect();
    let host: String = labels.join(".");
    (labels.len() > 1).then(|| Origin::https(&host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::location::parse;

    #[test]
    fn a_scheme_with_a_dot_is_a_domain_read_backwards() {
        let home = |url| home(&parse(url).unwrap().origin);
        assert_eq!(
            home("example.client:/cb"),
            Some(Origin::https("client.example"))
        );
        for other in ["https://client.example/cb", "mailto:x", "javascript:1"] {
            assert_eq!(home(other), None, "{other}");
        }
    }

    #[test]
    fn a_form_is_never_handed_over() {
        let fetch = Fetch::typed(parse("example.client:/cb").unwrap());
        let policy = NativeScheme::CustomSchemeShared;
        assert!(is_handed_over(policy, &fetch));
        assert!(!is_handed_over(NativeScheme::ClaimedHttps, &fetch));
        let post = fetch.with_post(crate::http::Body::Empty);
        assert!(!is_handed_over(policy, &post));
    }
}
