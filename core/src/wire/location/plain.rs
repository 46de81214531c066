//! URLs in which nothing needs a user-agent's judgement: every character stands for itself.
//! They are most of what a run sees, and are read without the `url` crate, to the same result.

use super::octets;
use crate::http::{Origin, Scheme, Url};
use crate::text::Text;
use crate::wire::octets::Set;

/// Reads an absolute URL. `None` says nothing: the `url` crate decides.
pub(super) fn absolute(text: &str) -> Option<Url> {
    let (scheme, rest) = match text.strip_prefix("https://") {
        Some(rest) => (Scheme::Https, rest),
        None => (Scheme::Http, text.strip_prefix("http://")?),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at_checked(end)?;
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port_number(port)?)),
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
    target(origin, rest)
}

/// Reads a reference that starts with one slash.
pub(super) fn below(origin: &Origin, reference: &str) -> Option<Url> {
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
    target(origin.clone(), reference)
}

/// Reads path, query and fragment.
fn target(origin: Origin, text: &str) -> Option<Url> {
    let (text, fragment) = match text.split_once('#') {
        Some((text, fragment)) => (text, Some(fragment)),
        None => (text, None),
    };
    let (path, query) = match text.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (text, None),
    };
    let judged = JUDGED_IN_PATH.meets(path.as_bytes())
        || path.contains("/.")
        || query.is_some_and(|query| JUDGED.meets(query.as_bytes()))
        || fragment.is_some_and(|fragment| JUDGED.meets(fragment.as_bytes()));
    if judged {
        return None;
    }
    Some(Url {
        origin,
        path: Text::new(if path.is_empty() { "/" } else { path }),
        query: query.map(octets),
        fragment: fragment.map(octets),
    })
}

fn port_number(digits: &str) -> Option<u16> {
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
    !JUDGED_IN_HOST.meets(host.as_bytes())
        && last_label.starts_with(|first: char| first.is_ascii_lowercase())
        && host.split('.').all(|label| !label.is_empty())
        && !host.contains("--")
        && host.len() <= 253
}

/// Characters that a user-agent encodes or removes somewhere in a URL.
static JUDGED: Set = Set::alphanumeric().and(b"-._~!$&()*+,;=:@/?%").complement();

/// The same, and the percent sign, which may spell a dot.
static JUDGED_IN_PATH: Set = Set::alphanumeric().and(b"-._~!$&()*+,;=:@/").complement();

/// Characters that are not in a plain host.
static JUDGED_IN_HOST: Set = Set::range(b'a', b'z')
    .and_range(b'0', b'9')
    .and(b"-.")
    .complement();

#[cfg(test)]
mod tests {
    use super::super::{UrlError, from_parsed, parse, resolve, text};
    use super::*;
    use alloc::string::String;
    use proptest::prelude::*;

    #[test]
    fn honest_urls_are_plain() {
        let origin = Origin::https("as.example");
        for url in [
            "https://as.example/authorize?response_type=code&scope=a+b&x=%2F#y=z",
            "http://client.example:8080/cb",
            "https://as.example",
        ] {
            assert!(absolute(url).is_some(), "{url}");
        }
        assert!(below(&origin, "/login?next=%2Fauthorize").is_some());
    }

    fn nearly_plain() -> impl Strategy<Value = String> {
        prop_oneof![
            "https?://[a-z0-9.:-]{1,12}(/[a-z0-9.%~;=@:!$&()*+,_-]{0,6}){0,3}([?#][ -~]{0,12})?",
            "[hH]ttps?:[/\\\\]{0,3}[ -~]{0,20}",
            "https://[ -~]{0,20}",
            "https://a[/?#][ -~é]{0,20}",
            "[a-z]{1,3}:/{0,4}[ -~]{0,8}",
            any::<String>(),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn the_fast_path_is_the_url_crate(given in nearly_plain()) {
            let theirs = url::Url::parse(&given).map(|url| from_parsed(&url));
            prop_assert_eq!(parse(&given), theirs.map_err(UrlError::from));
        }

        #[test]
        fn resolving_is_the_url_crate(
            base in "https?://[a-z]{1,3}(:8080)?/[a-z/]{0,6}",
            reference in prop_oneof![nearly_plain(), "/[a-z0-9/.%]{0,8}([?#][ -~]{0,8})?".boxed()],
        ) {
            let theirs = url::Url::parse(&base)
                .and_then(|base| base.join(&reference))
                .map(|url| from_parsed(&url));
            let ours = resolve(&parse(&base).unwrap(), &reference);
            prop_assert_eq!(ours, theirs.map_err(UrlError::from));
        }

        #[test]
        fn what_is_written_is_read(given in nearly_plain()) {
            if let Ok(url) = parse(&given) {
                let written = text(&url);
                prop_assert_eq!(parse(&written), Ok(url), "{}", written);
            }
        }
    }
}
