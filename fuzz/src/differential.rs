//! Our readers beside other people's: what both read, both read alike, and what one refuses has a reason.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use grantlab_core::authorization_server::policy::RedirectMatch;
use grantlab_core::http::{Origin, Scheme, Url};
use grantlab_core::json::Json;
use grantlab_core::limits::TARGET_OCTETS_MAX;
use grantlab_core::value::RedirectionUri;
use grantlab_core::wire::form::FormProblem;
use grantlab_core::wire::json::JsonProblem;
use grantlab_core::wire::{self, base64url, basic, location};
use headers::HeaderMap;
use headers::authorization::{Authorization, Basic};
use headers::{Header as _, HeaderMapExt as _, HeaderValue};
use url::form_urlencoded;

/// Form content beside `form_urlencoded`, which refuses nothing: the same pairs in the same order. What we refuse is not
/// UTF-8 there, or has a `%` that escapes nothing, or is over a limit. What it writes we read.
pub fn differential_form(octets: &[u8]) {
    let theirs: Vec<(String, String)> = form_urlencoded::parse(octets).into_owned().collect();
    match wire::form::parse(octets) {
        Ok(ours) => {
            let ours: Vec<(&str, &str)> = ours
                .0
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            assert!(
                theirs
                    .iter()
                    .map(|(name, value)| (&**name, &**value))
                    .eq(ours.iter().copied()),
                "{theirs:?} {ours:?}"
            );
            let written: String = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(&theirs)
                .finish();
            let again = wire::form::parse(written.as_bytes()).map(|fields| fields.0.len());
            assert_eq!(again, Ok(theirs.len()), "{written}");
        }
        Err(error) => match error.problem {
            FormProblem::PercentEncoding => assert!(octets.contains(&b'%')),
            FormProblem::Utf8 => {
                let replaced = |text: &str| text.contains('\u{fffd}');
                assert!(
                    theirs
                        .iter()
                        .any(|(name, value)| replaced(name) || replaced(value))
                );
            }
            FormProblem::TooManyParameters
            | FormProblem::NameTooLong
            | FormProblem::ValueTooLong => {}
        },
    }
}

/// JSON beside `serde_json`: the same value, where of members with one name it keeps the last. What one refuses the other
/// refuses too, but for our bounds on depth and number, and for numbers that are too large for it.
pub fn differential_json(octets: &[u8]) {
    let theirs: Result<serde_json::Value, _> = serde_json::from_slice(octets);
    match (wire::json::parse(octets), theirs) {
        (Ok(ours), Ok(theirs)) => assert!(is_same_json(&ours, &theirs), "{ours:?} {theirs}"),
        (Ok(_), Err(error)) => {
            assert!(
                error.to_string().starts_with("number out of range"),
                "{error}"
            );
        }
        (Err(error), Ok(theirs)) => assert!(
            matches!(
                error.problem,
                JsonProblem::TooDeep | JsonProblem::TooManyValues
            ),
            "{error} {theirs}"
        ),
        (Err(_), Err(_)) => {}
    }
}

fn is_same_json(ours: &Json, theirs: &serde_json::Value) -> bool {
    use serde_json::Value;
    match (ours, theirs) {
        (Json::Null, Value::Null) => true,
        (Json::Bool(one), Value::Bool(other)) => one == other,
        (Json::Number(digits), Value::Number(other)) => {
            ours.as_u64() == other.as_u64() || digits == "-0" || is_close(digits.as_str(), other)
        }
        (Json::String(one), Value::String(other)) => one == &**other,
        (Json::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|(one, other)| is_same_json(one, other))
        }
        (Json::Object(members), Value::Object(other)) => {
            let last = |name: &str| members.iter().rfind(|(known, _)| known == name);
            members
                .iter()
                .all(|(name, _)| other.contains_key(name.as_str()))
                && other.iter().all(|(name, theirs)| {
                    last(name).is_some_and(|(_, ours)| is_same_json(ours, theirs))
                })
        }
        _ => false,
    }
}

/// Numbers that are no small whole ones: both are the same floating-point number, give or take the last digit.
fn is_close(digits: &str, other: &serde_json::Number) -> bool {
    let (Ok(one), Some(other)) = (digits.parse::<f64>(), other.as_f64()) else {
        return false;
    };
    one == other || (one - other).abs() <= one.abs() * 4.0 * f64::EPSILON
}

/// Basic credentials beside the `headers` crate: what it reads we read alike, and what we read it reads alike, unless the
/// scheme is in other capitals than its own or more than one blank follows it.
pub fn differential_basic(octets: &[u8]) {
    let (Ok(text), Ok(value)) = (str::from_utf8(octets), HeaderValue::from_bytes(octets)) else {
        return;
    };
    let theirs = Authorization::<Basic>::decode(&mut [&value].into_iter());
    match (basic::read_raw(text), theirs) {
        (Ok(ours), Ok(theirs)) => {
            assert_eq!(ours.client_id, *theirs.username());
            assert_eq!(ours.client_secret, *theirs.password());
            let mut map = HeaderMap::new();
            map.typed_insert(Authorization::basic(theirs.username(), theirs.password()));
            let written = basic::write_raw(ours.client_id.as_str(), ours.client_secret.as_str());
            let known = map
                .get("authorization")
                .and_then(|value| value.to_str().ok());
            assert_eq!(known, Some(written.as_str()));
        }
        (Ok(_), Err(_)) => {
            let usual = text.starts_with("Basic ") && !text.starts_with("Basic  ");
            assert!(!usual, "{text} is refused there");
        }
        (Err(error), Ok(_)) => differs(&format!("{text:?} is read there: {error}")),
        (Err(_), Err(_)) => {}
    }
}

/// Base64url beside the `base64` crate: the same octets, the same refusals, the same writing.
pub fn differential_base64url(octets: &[u8]) {
    assert_eq!(base64url::encode(octets), *URL_SAFE_NO_PAD.encode(octets));
    if let Ok(text) = str::from_utf8(octets) {
        assert_eq!(base64url::decode(text), URL_SAFE_NO_PAD.decode(text).ok());
    }
}

/// Our reading of URLs beside `url::Url`, which it goes around where it can: the same parts, the same refusals.
pub fn differential_url(octets: &[u8]) {
    let Ok(text) = str::from_utf8(octets) else {
        return;
    };
    let (ours, theirs) = match (location::parse(text), url::Url::parse(text)) {
        (Ok(ours), Ok(theirs)) => (ours, theirs),
        (Ok(ours), Err(error)) => return differs(&format!("{ours:?} is refused there: {error}")),
        (Err(error), Ok(theirs)) => {
            // A host is asked for where the scheme is one of HTTP's, and an own bound holds.
            return assert!(
                text.len() > TARGET_OCTETS_MAX || theirs.host_str().is_none_or(str::is_empty),
                "{theirs} is refused: {error}"
            );
        }
        (Err(_), Err(_)) => return,
    };
    assert_eq!(ours.origin.scheme.as_str(), theirs.scheme());
    assert_eq!(ours.origin.host, *theirs.host_str().unwrap_or_default());
    assert_eq!(ours.origin.port, theirs.port());
    if ours.origin.scheme == Scheme::Http || ours.origin.scheme == Scheme::Https {
        assert_eq!(ours.path, *theirs.path());
    }
    assert_eq!(ours.query.is_some(), theirs.query().is_some());
    assert_eq!(ours.fragment.is_some(), theirs.fragment().is_some());
}

/// Two redirection URIs of which one is taken for the other: whether a user-agent, which reads as WHATWG says, and somebody
/// who reads as RFC 3986 says would go to the host that was registered. They always do where octets are compared, but for
/// the port of a loopback address. Where origins are compared as a user-agent reads them, it goes elsewhere only with a URI
/// without `//`, which in a redirect is relative to whoever redirects.
///
/// The input is what was registered, a line feed, and what is asked for.
pub fn differential_redirect(octets: &[u8]) {
    let Ok(text) = str::from_utf8(octets) else {
        return;
    };
    let (registered, asked) = text.split_once('\n').unwrap_or((text, text));
    let (Ok(registered), Ok(asked)) = (RedirectionUri::new(registered), RedirectionUri::new(asked))
    else {
        return;
    };
    for policy in [RedirectMatch::Exact, RedirectMatch::ExactLoopbackPort] {
        let parting = Parting::of(policy, &registered, &asked);
        assert_eq!(parting, None, "{policy:?} {registered:?} {asked:?}");
    }
    let policy = RedirectMatch::Origin;
    if Parting::of(policy, &registered, &asked) == Some(Parting::UserAgent) {
        let uris = [registered.as_str(), asked.as_str()];
        assert!(!uris.into_iter().all(has_authority), "{uris:?}");
    }
}

/// Whether two slashes follow the scheme, as a user-agent reads it.
fn has_authority(uri: &str) -> bool {
    let octets = uri.bytes().filter(|octet| !b"\t\n\r".contains(octet));
    let mut behind = octets.skip_while(|octet| *octet != b':').skip(1);
    let slashes = [behind.next(), behind.next()];
    slashes
        .iter()
        .all(|octet| matches!(octet, Some(b'/' | b'\\')))
}

/// Where authorization responses come from.
static REDIRECTING: LazyLock<Url> =
    LazyLock::new(|| Url::new(&Origin::https("as.example"), "/authorize"));

/// Who goes to another host than the one that was registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parting {
    /// A user-agent does (WHATWG URL standard), and the authorization response with it.
    UserAgent,
    /// A user-agent does not, but somebody does who reads as RFC 3986 §3.2 says: a proxy, a filter, a log.
    Rfc3986,
}

impl Parting {
    /// Who parts from `registered` when `policy` takes `asked` for it; nobody, when it does not take it.
    /// A user-agent resolves the URI against that of the authorization server, which redirects to it.
    #[must_use]
    pub fn of(
        policy: RedirectMatch,
        registered: &RedirectionUri,
        asked: &RedirectionUri,
    ) -> Option<Self> {
        if !policy.takes(registered, asked) {
            return None;
        }
        let seen = |uri: &RedirectionUri| {
            let url = location::resolve(&REDIRECTING, uri.as_str());
            url.ok().map(|url| url.origin.host)
        };
        let (home, there) = (seen(registered)?, seen(asked)?);
        if home != there {
            return Some(Self::UserAgent);
        }
        let read = |uri| host_by_rfc3986(uri).map(str::to_ascii_lowercase);
        (read(registered.as_str()) != read(asked.as_str())).then_some(Self::Rfc3986)
    }
}

/// The host of a URI as RFC 3986 Appendix B splits it: the authority ends at `/`, `?` or `#` and at nothing else, user
/// information ends at the last `@`, and a port is digits behind the last colon.
fn host_by_rfc3986(uri: &str) -> Option<&str> {
    let (_, behind) = uri.split_once(':')?;
    let authority = behind.strip_prefix("//")?.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    match host.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|octet| octet.is_ascii_digit()) => Some(host),
        _ => Some(host),
    }
}

/// A difference is a finding.
#[track_caller]
fn differs(what: &str) {
    assert!(what.is_empty(), "{what}");
}
