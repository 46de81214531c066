//! `Set-Cookie` and `Cookie` (RFC 6265 §4, §5.2).

use alloc::string::String;

use super::octets::{self, Is};
use super::out::Out;
use crate::http::{Fields, SameSite, SetCookie};
use crate::text::Text;
use crate::time::Span;

/// A date before this year lies in the past of every run: it removes the cookie.
const REMOVAL_YEAR: u32 = 2000;

/// Reads a `Set-Cookie` as a user-agent does.
///
/// RFC 6265 §5.2: a cookie without a name, or with a control character, is no cookie; unknown attributes are
/// skipped; the last of several equal attributes counts.
/// `Expires` matters only when it lies in the past: then, unless `Max-Age` overrules it (§5.3), the cookie is
/// removed. Otherwise cookies last as long as a run.
#[must_use]
pub fn read_set_cookie(field: &str) -> Option<SetCookie> {
    if field.bytes().any(ends_cookie_text) {
        return None;
    }
    let mut pieces = field.split(';');
    let (name, value) = pieces.next()?.split_once('=')?;
    let (name, value) = (trim(name), trim(value));
    if name.is_empty() {
        return None;
    }
    let mut cookie = SetCookie {
        name: Text::new(name),
        value: Text::new(value),
        domain: None,
        path: None,
        max_age: None,
        secure: false,
        http_only: false,
        same_site: SameSite::Unset,
    };
    let mut expired = false;
    for piece in pieces {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        let (name, value) = (trim(name), trim(value));
        if name.eq_ignore_ascii_case("Expires") {
            expired = year(value).map_or(expired, |year| year < REMOVAL_YEAR);
        } else {
            attribute(name, value, &mut cookie);
        }
    }
    if expired && cookie.max_age.is_none() {
        cookie.max_age = Some(Span::ZERO);
    }
    Some(cookie)
}

/// RFC 6265 §5.2.2 to §5.2.6, and `SameSite` of RFC 6265bis §5.6.7.
fn attribute(name: &str, value: &str, cookie: &mut SetCookie) {
    if name.eq_ignore_ascii_case("Max-Age") {
        if let Some(span) = max_age(value) {
            cookie.max_age = Some(span);
        }
    } else if name.eq_ignore_ascii_case("Domain") {
        let domain = value.strip_prefix('.').unwrap_or(value);
        if !domain.is_empty() {
            cookie.domain = Some(domain.to_ascii_lowercase().into());
        }
    } else if name.eq_ignore_ascii_case("Path") {
        cookie.path = value.starts_with('/').then(|| Text::new(value));
    } else if name.eq_ignore_ascii_case("Secure") {
        cookie.secure = true;
    } else if name.eq_ignore_ascii_case("HttpOnly") {
        cookie.http_only = true;
    } else if name.eq_ignore_ascii_case("SameSite") {
        cookie.same_site = same_site(value);
    }
}

fn same_site(value: &str) -> SameSite {
    if value.eq_ignore_ascii_case("Strict") {
        SameSite::Strict
    } else if value.eq_ignore_ascii_case("Lax") {
        SameSite::Lax
    } else if value.eq_ignore_ascii_case("None") {
        SameSite::None
    } else {
        SameSite::Unset
    }
}

/// RFC 6265 §5.2.2: an optional minus and digits; what is not positive removes the cookie.
fn max_age(value: &str) -> Option<Span> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    if digits.is_empty() || !digits.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    if digits.len() < value.len() {
        return Some(Span::ZERO);
    }
    Some(Span::from_seconds(digits.parse().unwrap_or(u64::MAX)))
}

/// The year of a cookie date: its second word of digits, the first being the day (RFC 6265 §5.1.1).
fn year(date: &str) -> Option<u32> {
    let digits = date
        .split([' ', '\t', ',', '-'])
        .filter(|word| !word.is_empty() && word.bytes().all(|octet| octet.is_ascii_digit()))
        .nth(1)?;
    let year = digits.parse::<u32>().ok()?;
    Some(match year {
        0..=69 => year.saturating_add(2000),
        70..=99 => year.saturating_add(1900),
        _ => year,
    })
}

/// Spaces and tabs around a name or value do not belong to it.
fn trim(text: &str) -> &str {
    let is_space = |octet: &u8| matches!(octet, b' ' | b'\t');
    let octets = text.as_bytes();
    let start = octets.iter().take_while(|octet| is_space(octet)).count();
    let spaces = octets
        .iter()
        .rev()
        .take_while(|octet| is_space(octet))
        .count();
    let end = octets.len().saturating_sub(spaces);
    text.get(start..end).unwrap_or_default()
}

/// The parts of `text` before and after the first `separator`.
fn split_once(text: &str, separator: u8) -> Option<(&str, &str)> {
    let place = octets::find(text.as_bytes(), Is(separator));
    let (before, rest) = text.split_at_checked(place)?;
    Some((before, rest.get(1..)?))
}

/// An octet that no cookie may hold: a control character other than a tab.
const fn ends_cookie_text(octet: u8) -> bool {
    octet.is_ascii_control() && octet != b'\t'
}

/// Writes a `Set-Cookie`. Each part ends before the first character that it cannot hold, so that a value can
/// neither add an attribute nor end the line. Part of a second counts as a whole one.
#[must_use]
pub fn write_set_cookie(cookie: &SetCookie) -> String {
    let mut out = String::with_capacity(128);
    append_set_cookie(cookie, &mut out);
    out
}

/// Appends what [`write_set_cookie`] writes.
pub(super) fn append_set_cookie(cookie: &SetCookie, out: &mut impl Out) {
    append_pair(&cookie.name, &cookie.value, out);
    if let Some(domain) = &cookie.domain {
        out.octets(b"; Domain=");
        // Reading drops the first dot (RFC 6265 §5.2.3), and spaces before it.
        if domain.as_str().starts_with(['.', ' ', '\t']) {
            out.octet(b'.');
        }
        out.octets(up_to(domain.as_str(), |octet| octet == b';').as_bytes());
    }
    if let Some(path) = &cookie.path {
        out.octets(b"; Path=");
        out.octets(up_to(path.as_str(), |octet| octet == b';').as_bytes());
    }
    if let Some(max_age) = cookie.max_age {
        out.octets(b"; Max-Age=");
        out.number(max_age.0.div_ceil(1000));
    }
    if cookie.secure {
        out.octets(b"; Secure");
    }
    if cookie.http_only {
        out.octets(b"; HttpOnly");
    }
    out.octets(match cookie.same_site {
        SameSite::Strict => b"; SameSite=Strict".as_slice(),
        SameSite::Lax => b"; SameSite=Lax",
        SameSite::None => b"; SameSite=None",
        SameSite::Unset => b"",
    });
}

/// Reads a `Cookie`: pairs between semicolons. A piece without `=` is a value without a name.
#[must_use]
pub fn read_cookie(field: &str) -> Fields {
    read_cookie_in(field, Fields::EMPTY, &Text::new)
}

/// The same, in memory that the caller lends.
pub(super) fn read_cookie_in(
    field: &str,
    mut cookies: Fields,
    keep: &dyn Fn(&str) -> Text,
) -> Fields {
    let mut rest = Some(field);
    while let Some(pieces) = rest {
        let (piece, behind) = match split_once(pieces, b';') {
            Some((piece, behind)) => (piece, Some(behind)),
            None => (pieces, None),
        };
        rest = behind;
        let piece = trim(piece);
        if !piece.is_empty() {
            let (name, value) = split_once(piece, b'=').unwrap_or(("", piece));
            cookies.0.push((keep(trim(name)), keep(trim(value))));
        }
    }
    cookies
}

/// Writes a `Cookie`. Each name and value ends before the first character that it cannot hold.
#[must_use]
pub fn write_cookie(cookies: &Fields) -> String {
    let mut out = String::with_capacity(cookies.0.len().saturating_mul(64));
    append_cookie(cookies, &mut out);
    out
}

/// Appends what [`write_cookie`] writes.
pub(super) fn append_cookie(cookies: &Fields, out: &mut impl Out) {
    for (index, (name, value)) in cookies.0.iter().enumerate() {
        if index > 0 {
            out.octets(b"; ");
        }
        append_pair(name, value, out);
    }
}

fn append_pair(name: &Text, value: &Text, out: &mut impl Out) {
    let name = up_to(name.as_str(), |octet| matches!(octet, b';' | b'='));
    out.octets(name.as_bytes());
    out.octet(b'=');
    out.octets(up_to(value.as_str(), |octet| octet == b';').as_bytes());
}

/// The start of `text` without control characters and without what `ends` it.
fn up_to(text: &str, ends: impl Fn(u8) -> bool) -> &str {
    let end = text
        .bytes()
        .position(|octet| ends_cookie_text(octet) || ends(octet));
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(name: &str, value: &str) -> SetCookie {
        SetCookie {
            name: Text::new(name),
            value: Text::new(value),
            domain: None,
            path: None,
            max_age: None,
            secure: false,
            http_only: false,
            same_site: SameSite::Unset,
        }
    }

    #[test]
    fn the_examples_of_rfc_6265() {
        // §3.1, with dates that are not in the past of a run.
        let table = [
            ("SID=31d4d96e407aad42", plain("SID", "31d4d96e407aad42")),
            (
                "SID=31d4d96e407aad42; Path=/; Domain=example.com",
                SetCookie {
                    path: Some("/".into()),
                    domain: Some("example.com".into()),
                    ..plain("SID", "31d4d96e407aad42")
                },
            ),
            (
                "SID=31d4d96e407aad42; Path=/; Secure; HttpOnly",
                SetCookie {
                    path: Some("/".into()),
                    secure: true,
                    http_only: true,
                    ..plain("SID", "31d4d96e407aad42")
                },
            ),
            (
                "lang=en-US; Expires=Wed, 09 Jun 2021 10:18:14 GMT",
                plain("lang", "en-US"),
            ),
            (
                "lang=; Expires=Sun, 06 Nov 1994 08:49:37 GMT",
                SetCookie {
                    max_age: Some(Span::ZERO),
                    ..plain("lang", "")
                },
            ),
        ];
        for (field, expected) in table {
            assert_eq!(read_set_cookie(field), Some(expected), "{field}");
        }
        assert_eq!(
            read_cookie("SID=31d4d96e407aad42; lang=en-US"),
            Fields::EMPTY
                .with("SID", "31d4d96e407aad42")
                .with("lang", "en-US")
        );
    }

    #[test]
    fn attributes_as_a_user_agent_reads_them() {
        let read = |field: &str| read_set_cookie(field).unwrap();
        assert_eq!(read(" a = b c ;SECURE").value, "b c");
        assert_eq!(read("a=b=c").value, "b=c");
        assert_eq!(read("a=\"b\"").value, "\"b\"");
        assert_eq!(
            read("a=b; domain=.Example.COM").domain,
            Some("example.com".into())
        );
        assert_eq!(read("a=b; Domain=").domain, None);
        assert_eq!(read("a=b; Path=/x; Path=y").path, None);
        assert_eq!(read("a=b; max-age=5; Max-Age=x").max_age, Some(Span(5_000)));
        assert_eq!(read("a=b; Max-Age=-5").max_age, Some(Span::ZERO));
        assert_eq!(read("a=b; Max-Age=").max_age, None);
        assert_eq!(
            read("a=b; Max-Age=99999999999999999999999").max_age,
            Some(Span(u64::MAX))
        );
        assert_eq!(
            read("a=b; Max-Age=9; Expires=Thu, 01 Jan 1970 00:00:00 GMT").max_age,
            Some(Span(9_000))
        );
        assert_eq!(
            read("a=b; expires=Thursday, 01-Jan-70 00:00:00 GMT").max_age,
            Some(Span::ZERO)
        );
        assert_eq!(read("a=b; Expires=Thu Jan  1 00:00:00 2099").max_age, None);
        assert_eq!(read("a=b; SameSite=strict").same_site, SameSite::Strict);
        assert_eq!(
            read("a=b; SameSite=Lax; SameSite=?").same_site,
            SameSite::Unset
        );
        for field in ["", "a", "=b", " =b", "a\u{0}=b", "a=b\r\n", ";a=b"] {
            assert_eq!(read_set_cookie(field), None, "{field:?}");
        }
    }

    #[test]
    fn a_value_cannot_add_a_cookie_or_an_attribute() {
        let cookie = plain("a=x", "b; Domain=evil.example\r\nSet-Cookie: c=d");
        assert_eq!(write_set_cookie(&cookie), "a=b");
        let cookies = Fields::EMPTY.with("a;x", "1; b=2").with("c", "3\r\nX: y");
        assert_eq!(write_cookie(&cookies), "a=1; c=3");
    }

    #[test]
    fn a_cookie_without_a_name_stays_without_one() {
        let cookies = read_cookie("a; =b=c;; d=");
        let expected = Fields::EMPTY.with("", "a").with("", "b=c").with("d", "");
        assert_eq!(cookies, expected);
        assert_eq!(read_cookie(&write_cookie(&cookies)), cookies);
    }

    fn set_cookie() -> impl Strategy<Value = SetCookie> {
        let word = "[!-:<>-~]([ -:<>-~é]{0,20}[!-:<>-~])?";
        let name = proptest::option::of("[!-:<>-~]{1,10}");
        (
            "[!-:<>-~]{1,10}",
            proptest::option::of(word),
            name,
            proptest::option::of("/[!-:<-~]{0,10}"),
            proptest::option::of(0..u64::MAX / 1000),
            any::<(bool, bool)>(),
            0..4_usize,
        )
            .prop_map(
                |(name, value, domain, path, max_age, flags, same_site)| SetCookie {
                    name: name.into(),
                    value: value.unwrap_or_default().into(),
                    domain: domain
                        .filter(|domain| !domain.starts_with('.'))
                        .map(|domain| domain.to_ascii_lowercase().into()),
                    path: path.map(Text::from),
                    max_age: max_age.map(Span::from_seconds),
                    secure: flags.0,
                    http_only: flags.1,
                    same_site: [
                        SameSite::Strict,
                        SameSite::Lax,
                        SameSite::None,
                        SameSite::Unset,
                    ][same_site],
                },
            )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(cookie in set_cookie()) {
            prop_assert_eq!(read_set_cookie(&write_set_cookie(&cookie)), Some(cookie));
        }

        #[test]
        fn any_text_has_an_answer_that_stays(field in any::<String>()) {
            if let Some(cookie) = read_set_cookie(&field) {
                prop_assert_eq!(read_set_cookie(&write_set_cookie(&cookie)), Some(cookie));
            }
        }

        #[test]
        fn cookies_survive_being_written(field in "[ -~é]{0,60}") {
            let cookies = read_cookie(&field);
            prop_assert_eq!(read_cookie(&write_cookie(&cookies)), cookies);
        }
    }
}
