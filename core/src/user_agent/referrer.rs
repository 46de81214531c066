//! What a request tells about the page it comes from: `Referer` (RFC 9110 §10.1.3) and `Origin` (RFC 6454 §7).

use alloc::format;

use super::policy::ReferrerDefault;
use super::site::is_secure;
use crate::http::{Origin, ReferrerPolicy, Scheme, Url};
use crate::text::Text;
use crate::wire::location;

/// Octets of a `Referer`; a longer one shrinks to its origin (W3C Referrer Policy §8.3).
const REFERER_OCTETS_MAX: usize = 4_096;

/// The policy of a page that states none.
pub(super) const fn default_policy(default: ReferrerDefault) -> ReferrerPolicy {
    match default {
        ReferrerDefault::StrictOriginWhenCrossOrigin => ReferrerPolicy::StrictOriginWhenCrossOrigin,
        ReferrerDefault::Legacy => ReferrerPolicy::NoReferrerWhenDowngrade,
    }
}

/// What the page at `source` tells `target` about itself. The fragment never travels.
pub(super) fn referer(source: &Url, policy: ReferrerPolicy, target: &Origin) -> Option<Text> {
    let downgrade = is_secure(&source.origin) && !is_secure(target);
    match policy {
        ReferrerPolicy::NoReferrer => None,
        ReferrerPolicy::StrictOriginWhenCrossOrigin if source.origin == *target => {
            Some(whole(source))
        }
        ReferrerPolicy::StrictOriginWhenCrossOrigin => (!downgrade).then(|| origin_alone(source)),
        ReferrerPolicy::NoReferrerWhenDowngrade => (!downgrade).then(|| whole(source)),
        ReferrerPolicy::UnsafeUrl => Some(whole(source)),
    }
}

fn whole(source: &Url) -> Text {
    let text = location::text_without_fragment(source);
    if text.len() > REFERER_OCTETS_MAX {
        origin_alone(source)
    } else {
        text.into()
    }
}

fn origin_alone(source: &Url) -> Text {
    format!("{}/", source.origin).into()
}

/// The `Origin` of a request that is not a `GET` (Fetch standard §3.2): `null` where it shall not be told.
///
/// Fetch hides the origin of a page without referrer even from that origin itself, and adds `Sec-Fetch-Site`,
/// by which a server still knows its own forms. There is no such field here, so a page's own origin sees it.
pub(super) fn origin(source: &Origin, policy: ReferrerPolicy, target: &Origin) -> Text {
    let downgrade = source.scheme == Scheme::Https && target.scheme != Scheme::Https;
    let hidden = match policy {
        ReferrerPolicy::NoReferrer => source != target,
        ReferrerPolicy::StrictOriginWhenCrossOrigin | ReferrerPolicy::NoReferrerWhenDowngrade => {
            downgrade
        }
        ReferrerPolicy::UnsafeUrl => false,
    };
    if hidden {
        Text::new("null")
    } else {
        format!("{source}").into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::location::parse;
    use ReferrerPolicy::{
        NoReferrer, NoReferrerWhenDowngrade, StrictOriginWhenCrossOrigin, UnsafeUrl,
    };

    const PAGE: &str = "https://a.example/cb?code=1#f";
    const WHOLE: &str = "https://a.example/cb?code=1";
    const ORIGIN: &str = "https://a.example/";

    /// W3C Referrer Policy §3: policy; to the same origin, to another, to another without TLS.
    #[test]
    fn every_policy_tells_what_it_says() {
        let table = [
            (NoReferrer, None, None, None),
            (StrictOriginWhenCrossOrigin, Some(WHOLE), Some(ORIGIN), None),
            (NoReferrerWhenDowngrade, Some(WHOLE), Some(WHOLE), None),
            (UnsafeUrl, Some(WHOLE), Some(WHOLE), Some(WHOLE)),
        ];
        let source = parse(PAGE).unwrap();
        let targets = ["https://a.example", "https://b.example", "http://b.example"];
        for (policy, same, other, plain) in table {
            for (target, expected) in targets.into_iter().zip([same, other, plain]) {
                let told = referer(&source, policy, &parse(target).unwrap().origin);
                assert_eq!(
                    told.as_ref().map(Text::as_str),
                    expected,
                    "{policy:?} {target}"
                );
            }
        }
    }

    #[test]
    fn a_page_without_tls_has_nothing_to_lose() {
        let source = parse("http://a.example/x").unwrap();
        let target = parse("http://b.example").unwrap().origin;
        let told = referer(&source, StrictOriginWhenCrossOrigin, &target);
        assert_eq!(told, Some(Text::new("http://a.example/")));
    }

    #[test]
    fn a_long_referer_shrinks_to_its_origin() {
        let long = format!("https://a.example/{}", "b".repeat(REFERER_OCTETS_MAX));
        let source = parse(&long).unwrap();
        let told = referer(&source, UnsafeUrl, &source.origin);
        assert_eq!(told, Some(Text::new(ORIGIN)));
    }

    /// Policy; origin told to itself, to another, to another without TLS.
    #[test]
    fn the_origin_is_hidden_where_the_referer_is() {
        let own = "https://a.example";
        let table = [
            (NoReferrer, own, "null", "null"),
            (StrictOriginWhenCrossOrigin, own, own, "null"),
            (NoReferrerWhenDowngrade, own, own, "null"),
            (UnsafeUrl, own, own, own),
        ];
        let source = parse(own).unwrap().origin;
        let targets = [own, "https://b.example", "http://b.example"];
        for (policy, same, other, plain) in table {
            for (target, expected) in targets.into_iter().zip([same, other, plain]) {
                let told = origin(&source, policy, &parse(target).unwrap().origin);
                assert_eq!(told, expected, "{policy:?} {target}");
            }
        }
    }
}
