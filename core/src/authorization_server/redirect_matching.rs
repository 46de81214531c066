//! Which redirection URIs count as registered (RFC 6749 §3.1.2.3): one right way, and ways that were tried.

use alloc::vec::Vec;

use super::policy::{RedirectMatch, RedirectParameters, RedirectScheme};
use super::proof::proof;
use super::registration::Registration;
use crate::http::{Origin, Scheme};
use crate::refusal::{Compared, Refusal, Rule};
use crate::value::RedirectionUri;
use crate::wire::octets::{self, Is};
use crate::wire::{form, location};

proof! {
    /// The redirection URI is the client's.
    waivable RedirectTrusted
}
proof! {
    /// The redirection URI carries nothing that the response will carry.
    waivable RedirectUnreserved
}

proof! {
    /// Nobody on the way reads what goes there, and no script runs.
    waivable SchemeSafe
}

/// Parameters of the response, which a redirection URI has no business to carry.
const RESERVED: [&str; 5] = ["code", "state", "iss", "error", "response"];

impl RedirectTrusted {
    /// RFC 6749 §3.1.2.3, RFC 9700 §2.1 (MUST): a registered redirection URI, octet for octet.
    pub(super) fn check(
        policy: RedirectMatch,
        asked: &RedirectionUri,
        client: &Registration,
    ) -> Result<Self, Refusal> {
        if policy == RedirectMatch::None {
            return Ok(Self::waived());
        }
        let registered = &client.redirect_uris;
        if registered.iter().any(|one| policy.takes(one, asked)) {
            return Ok(Self(()));
        }
        Err(Refusal::new(
            Rule::RedirectRegistered,
            registered
                .first()
                .map_or(Compared::Absent, |one| Compared::Shown(one.text().clone())),
            Compared::Shown(asked.text().clone()),
        ))
    }

    /// RFC 6749 §3.1.2.3 (MUST): the one to use when the request names none comes from the registration.
    pub(super) const fn by_registration(_: &RedirectionUri) -> Self {
        Self(())
    }
}

impl RedirectUnreserved {
    /// OAuth security topics, issue 72; RFC 9207 §2: no parameter of the response is there already.
    pub(super) fn check(
        policy: RedirectParameters,
        asked: &RedirectionUri,
    ) -> Result<Self, Refusal> {
        match (policy, reserved_parameter(asked.as_str())) {
            (RedirectParameters::Allow, _) => Ok(Self::waived()),
            (RedirectParameters::RejectReserved, None) => Ok(Self(())),
            (RedirectParameters::RejectReserved, Some(name)) => Err(Refusal::new(
                Rule::RedirectUnreserved,
                Compared::Absent,
                Compared::shown(name),
            )),
        }
    }
}

impl SchemeSafe {
    /// RFC 9700 §2.6, RFC 8252 §7 (MUST): what the response carries is not sent in the clear, and not to a script.
    pub(super) fn check(policy: RedirectScheme, asked: &RedirectionUri) -> Result<Self, Refusal> {
        let uri = asked.as_str();
        let colon = octets::find(uri.as_bytes(), Is(b':'));
        let (scheme, rest) = uri.split_at_checked(colon).unwrap_or_default();
        let rest = rest.get(1..).unwrap_or_default();
        let is = |word| scheme.eq_ignore_ascii_case(word);
        let good = match policy {
            RedirectScheme::Any => return Ok(Self::waived()),
            RedirectScheme::Http if is("http") => return Ok(Self::waived()),
            RedirectScheme::Http | RedirectScheme::HttpsOrLoopback if is("http") => {
                is_on_loopback(rest)
            }
            RedirectScheme::Http | RedirectScheme::HttpsOrLoopback => {
                is("https") || scheme.contains('.')
            }
        };
        if good {
            return Ok(Self(()));
        }
        Err(Refusal::new(
            Rule::RedirectSchemeSafe,
            Compared::shown("https"),
            Compared::Shown(asked.text().clone()),
        ))
    }
}

/// RFC 8252 §7.3, §8.3: what never leaves the machine. `localhost` is not recommended, and used.
fn is_on_loopback(behind_scheme: &str) -> bool {
    let mut hosts = ["//127.0.0.1", "//[::1]", "//localhost"].into_iter();
    hosts.any(|host| {
        behind_scheme.strip_prefix(host).is_some_and(|rest| {
            let port = rest.strip_prefix(':').unwrap_or(rest);
            let path = port.trim_start_matches(|octet: char| octet.is_ascii_digit());
            path.is_empty() || path.starts_with(['/', '?'])
        })
    })
}

/// Whether `asked` is one that the client registered, octet for octet, whatever the policy says.
pub(super) fn is_registered(client: &Registration, asked: &RedirectionUri) -> bool {
    client.redirect_uris.contains(asked)
}

impl RedirectMatch {
    /// Whether `asked` counts as `registered` under this way of comparing (RFC 6749 §3.1.2.3): the same octets, and
    /// what else each weak way takes for them.
    #[must_use]
    pub fn takes(self, registered: &RedirectionUri, asked: &RedirectionUri) -> bool {
        let (registered, asked) = (registered.as_str(), asked.as_str());
        match self {
            Self::Exact => registered == asked,
            Self::ExactLoopbackPort => {
                registered == asked || same_but_for_loopback_port(registered, asked)
            }
            Self::Prefix => asked.starts_with(registered),
            Self::Origin => same_origin(registered, asked),
            Self::WildcardSubdomain => same_or_longer_host(registered, asked),
            Self::GlobAny => matches_glob(registered, asked),
            Self::RegexUnescaped => is_found_as_pattern(registered, asked),
            Self::Normalised => normalise(registered) == normalise(asked),
            Self::LoopbackAnyHost => registered == asked || seems_loopback(asked),
            Self::None => true,
        }
    }
}

/// RFC 8252 §7.3 (MUST): a loopback address may have any port, and everything else stays the same.
fn same_but_for_loopback_port(registered: &str, asked: &str) -> bool {
    ["http://127.0.0.1", "http://[::1]"]
        .into_iter()
        .any(|host| {
            let behind = |uri| after_host_and_port(uri, host);
            matches!((behind(registered), behind(asked)), (Some(one), Some(two)) if one == two)
        })
}

/// What comes after `host` and a port, if the URI starts with these and goes on as a URI may.
fn after_host_and_port<'a>(uri: &'a str, host: &str) -> Option<&'a str> {
    let rest = uri.strip_prefix(host)?;
    let rest = match rest.strip_prefix(':') {
        None => rest,
        Some(rest) => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (port, rest) = rest.split_at_checked(digits)?;
            port.parse::<u16>().ok()?;
            rest
        }
    };
    (rest.is_empty() || rest.starts_with(['/', '?'])).then_some(rest)
}

fn origin(uri: &str) -> Option<Origin> {
    location::parse(uri).ok().map(|url| url.origin)
}

fn same_origin(registered: &str, asked: &str) -> bool {
    matches!((origin(registered), origin(asked)), (Some(one), Some(two)) if one == two)
}

/// The host may have more labels in front. Everything else is the same.
fn same_or_longer_host(registered: &str, asked: &str) -> bool {
    let (Ok(registered), Ok(asked)) = (location::parse(registered), location::parse(asked)) else {
        return false;
    };
    let under = asked
        .origin
        .host
        .as_str()
        .strip_suffix(registered.origin.host.as_str())
        .is_some_and(|labels| labels.is_empty() || labels.ends_with('.'));
    under
        && asked.origin.scheme == registered.origin.scheme
        && asked.origin.port == registered.origin.port
        && asked.path == registered.path
        && asked.query == registered.query
}

/// `*` stands for any octets, slashes included; a pattern without one gets one at its end.
fn matches_glob(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return text.starts_with(pattern);
    };
    let Some(mut text) = text.strip_prefix(start) else {
        return false;
    };
    let mut pieces = rest.split('*').peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return text.ends_with(piece);
        }
        match text.split_once(piece) {
            Some((_, after)) => text = after,
            None => return false,
        }
    }
    true
}

/// A dot is any octet, and nobody said where the match must start or end.
fn is_found_as_pattern(pattern: &str, text: &str) -> bool {
    let pattern = pattern.as_bytes();
    text.as_bytes().windows(pattern.len()).any(|window| {
        window
            .iter()
            .zip(pattern)
            .all(|(octet, wanted)| *wanted == b'.' || octet == wanted)
    })
}

/// Percent-decoded, scheme and host in lower case, dot segments gone.
/// As in the libraries where this went wrong, all that follows the host counts as path, the query included.
fn normalise(uri: &str) -> Vec<u8> {
    let decoded = percent_decoded(uri);
    let authority = decoded
        .windows(3)
        .position(|window| window == b"://")
        .map_or(0, |colon| colon.saturating_add(3));
    let path = decoded
        .iter()
        .skip(authority)
        .position(|octet| matches!(octet, b'/' | b'?'))
        .map_or(decoded.len(), |length| authority.saturating_add(length));
    let (host, path) = decoded.split_at_checked(path).unwrap_or((&decoded, &[]));
    let mut segments: Vec<&[u8]> = Vec::new();
    for segment in path.split(|octet| *octet == b'/') {
        match segment {
            b"." => {}
            // Nothing is above the root.
            b".." => segments.truncate(segments.len().saturating_sub(1).max(1)),
            _ => segments.push(segment),
        }
    }
    let mut out = host.to_ascii_lowercase();
    out.extend(segments.join(&b'/'));
    out
}

/// What cannot be decoded stays as it is.
fn percent_decoded(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.extend_from_slice(before.as_bytes());
        let octet = after
            .get(..2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match octet {
            Some(octet) => {
                out.push(octet);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                out.push(b'%');
                rest = after;
            }
        }
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

/// Takes a host for a loopback address by how it starts (CVE-2020-15233 and its kind).
fn seems_loopback(asked: &str) -> bool {
    origin(asked).is_some_and(|origin| {
        matches!(origin.scheme, Scheme::Http | Scheme::Https)
            && ["localhost", "127.0.0.1", "[::1]"]
                .into_iter()
                .any(|name| origin.host.as_str().starts_with(name))
    })
}

/// The first reserved name in the query, however it is spelled.
fn reserved_parameter(uri: &str) -> Option<&'static str> {
    let (_, query) = octets::split_once(uri.as_bytes(), b'?')?;
    query.split(|octet| *octet == b'&').find_map(|piece| {
        let fields = form::parse(piece).ok()?;
        let (name, _) = fields.0.first()?;
        RESERVED.into_iter().find(|reserved| name == reserved)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTERED: &str = "https://client.example/cb";

    fn uri(text: &str) -> RedirectionUri {
        RedirectionUri::new(text).unwrap()
    }

    fn accepted(policy: RedirectMatch, registered: &str, asked: &str) -> bool {
        policy.takes(&uri(registered), &uri(asked))
    }

    /// RU-02 to RU-29, RU-36 to RU-42: what is not the same octets is not the same.
    #[test]
    fn exact_takes_nothing_but_the_same_octets() {
        for hostile in [
            "https://evil.example/cb",
            "https://x.client.example/cb",
            "https://client.example.evil.example/cb",
            "https://client.example/cb/x",
            "https://client.example/other",
            "https://client.example/CB",
            "https://client.example/cb/",
            "https://client.example/cb?x=1",
            "https://client.example/cb?",
            "http://client.example/cb",
            "https://client.example:443/cb",
            "https://CLIENT.example/cb",
            "https://client.example:8443/cb",
            "https://localhost/cb",
            "https://client.example@evil.example/cb",
            "https://client.example%40evil.example/cb",
            "https://evil.example\\@client.example/cb",
            "https://evil.example%5C@client.example/cb",
            "https://client.example/cb/../cb",
            "https://client.example/x/..%2fcb",
            "https://client.example/x/%252e%252e/cb",
            "https://client.example/cb;/../x",
            "https://client.example/c%62",
            "https://client.example/%63b",
            "https://clıent.example/cb",
            "https://xn--clent-q4a.example/cb",
            "javascript:alert(1)",
            "file:///cb",
            "ftp://client.example/cb",
        ] {
            assert!(
                !accepted(RedirectMatch::Exact, REGISTERED, hostile),
                "{hostile}"
            );
        }
        assert!(accepted(RedirectMatch::Exact, REGISTERED, REGISTERED));
    }

    /// Each policy takes what its name says, and each is told apart from the others by something.
    #[test]
    fn each_policy_has_its_own_hole() {
        use RedirectMatch::{
            Exact, ExactLoopbackPort, GlobAny, LoopbackAnyHost, None, Normalised, Origin, Prefix,
            RegexUnescaped, WildcardSubdomain,
        };
        let all = [
            Exact,
            ExactLoopbackPort,
            Prefix,
            Origin,
            WildcardSubdomain,
            GlobAny,
            RegexUnescaped,
            Normalised,
            LoopbackAnyHost,
            None,
        ];
        let cases: &[(&str, &[RedirectMatch])] = &[
            (REGISTERED, &all),
            (
                "https://client.example/cb/../go?to=https://evil.example",
                &[Prefix, Origin, GlobAny, RegexUnescaped, None],
            ),
            (
                "https://client.example/cb.evil",
                &[Prefix, Origin, GlobAny, RegexUnescaped, None],
            ),
            ("https://client.example/go", &[Origin, None]),
            ("https://client.example:443/go", &[Origin, None]),
            (
                "https://taken.client.example/cb",
                &[WildcardSubdomain, None],
            ),
            ("https://takenclient.example/cb", &[None]),
            ("https://clientXexample/cb", &[RegexUnescaped, None]),
            (
                "https://evil.example/?x=https://client.example/cb",
                &[RegexUnescaped, None],
            ),
            (
                "HTTPS://Client.Example/cb",
                &[Origin, WildcardSubdomain, Normalised, None],
            ),
            (
                "https://client.example/x/%2e%2e/cb",
                &[Origin, WildcardSubdomain, Normalised, None],
            ),
            (
                "https://client.example/go?to=https://evil.example/../../../../cb",
                &[Origin, Normalised, None],
            ),
            ("http://localhost.evil.example/x", &[LoopbackAnyHost, None]),
            ("http://127.0.0.1:9/evil", &[LoopbackAnyHost, None]),
            ("http://testlocalhost/", &[None]),
            ("https://evil.example/", &[None]),
        ];
        for (asked, expected) in cases {
            let found: Vec<RedirectMatch> = all
                .into_iter()
                .filter(|policy| accepted(*policy, REGISTERED, asked))
                .collect();
            assert_eq!(found, *expected, "{asked}");
        }
    }

    /// RU-20 to RU-25: any port of a loopback address, and nothing else.
    #[test]
    fn a_loopback_address_may_have_any_port() {
        let accepted =
            |registered, asked| accepted(RedirectMatch::ExactLoopbackPort, registered, asked);
        for (registered, asked, expected) in [
            ("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb", true),
            ("http://127.0.0.1:1/cb", "http://127.0.0.1/cb", true),
            ("http://[::1]/cb", "http://[::1]:49152/cb", true),
            ("http://127.0.0.1/cb", "http://127.0.0.1:49152/other", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb?x", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:99999/cb", false),
            (
                "http://127.0.0.1/cb",
                "http://127.0.0.1:80@evil.example/cb",
                false,
            ),
            ("http://127.0.0.1/cb", "http://user@127.0.0.1:80/cb", false),
            (
                "http://127.0.0.1/cb",
                "http://127.0.0.1.evil.example/cb",
                false,
            ),
            ("http://127.0.0.1/cb", "http://[::1]:49152/cb", false),
            ("http://127.0.0.1/cb", "https://127.0.0.1:49152/cb", false),
            ("http://localhost/cb", "http://localhost:49152/cb", false),
            (REGISTERED, "https://client.example:8443/cb", false),
        ] {
            assert_eq!(accepted(registered, asked), expected, "{asked}");
        }
    }

    #[test]
    fn a_star_takes_slashes_too() {
        let accepted = |asked| {
            accepted(
                RedirectMatch::GlobAny,
                "https://*.client.example/cb*x",
                asked,
            )
        };
        assert!(accepted("https://a.client.example/cbx"));
        assert!(accepted("https://evil.example/y.client.example/cb/zx"));
        assert!(!accepted("https://a.client.example/cby"));
        assert!(!accepted("https://client.example/cbx"));
    }

    /// What is safe, what is safe only where nobody listens, and what never is.
    #[test]
    fn schemes_are_told_apart() {
        use RedirectScheme::{Any, Http, HttpsOrLoopback};
        for (asked, expected) in [
            (
                "https://client.example/cb",
                &[HttpsOrLoopback, Http, Any][..],
            ),
            ("HTTPS://client.example/cb", &[HttpsOrLoopback, Http, Any]),
            ("http://127.0.0.1:49152/cb", &[HttpsOrLoopback, Http, Any]),
            ("http://[::1]/cb", &[HttpsOrLoopback, Http, Any]),
            ("http://localhost:3000?x", &[HttpsOrLoopback, Http, Any]),
            ("com.example.client:/cb", &[HttpsOrLoopback, Http, Any]),
            ("http://client.example/cb", &[Http, Any]),
            ("http://localhost.evil.example/cb", &[Http, Any]),
            ("http://127.0.0.1:80@evil.example/cb", &[Http, Any]),
            ("javascript:alert(1)", &[Any]),
            ("data:text/html,x", &[Any]),
            ("myapp:/cb", &[Any]),
        ] {
            let good = |policy: &RedirectScheme| SchemeSafe::check(*policy, &uri(asked)).is_ok();
            let found: Vec<RedirectScheme> = [HttpsOrLoopback, Http, Any]
                .into_iter()
                .filter(good)
                .collect();
            assert_eq!(found, expected, "{asked}");
        }
    }

    /// RU-31, RU-32.
    #[test]
    fn reserved_parameters_are_found_however_they_are_spelled() {
        for (asked, expected) in [
            ("https://client.example/cb?code=1", Some("code")),
            ("https://client.example/cb?x=1&%63ode=1", Some("code")),
            ("https://client.example/cb?iss", Some("iss")),
            ("https://client.example/cb?codes=1&x=code", None),
            ("https://client.example/code?x=%zz", None),
            ("https://client.example/cb?%zz&state=1", Some("state")),
        ] {
            assert_eq!(reserved_parameter(asked), expected, "{asked}");
            let allowed = RedirectUnreserved::check(RedirectParameters::Allow, &uri(asked));
            assert!(allowed.is_ok());
        }
    }
}
