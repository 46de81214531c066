//! Field names and values, and the [`Header`] that each stands for.

use alloc::string::String;

use super::read::Source;
use crate::http::{Header, Headers, Location, ReferrerPolicy};
use crate::text::Text;
use crate::wire::{bearer, cookie, location, octets};

/// The longest field name that has a meaning here: `transfer-encoding`.
const KNOWN_NAME_OCTETS_MAX: usize = 17;

/// A field that says how the message is framed; the message itself does not keep it.
pub(super) enum Framing {
    /// `Host`
    Host,
    /// `Content-Type`
    ContentType,
    /// `Content-Length`
    ContentLength,
    /// `Transfer-Encoding`
    TransferEncoding,
}

/// Keeps a field among `headers`, or says how it frames the message.
/// `name` is a word, `value` has no control characters.
/// A known field whose value has no meaning here is kept as any other.
pub(super) fn read(
    name: &str,
    value: &str,
    headers: &mut Headers,
    source: &Source<'_>,
) -> Option<Framing> {
    let mut buffer = [0; KNOWN_NAME_OCTETS_MAX];
    let text = || source.text(value);
    headers.push(match lower_case(name, &mut buffer) {
        "host" => return Some(Framing::Host),
        "content-type" => return Some(Framing::ContentType),
        "content-length" => return Some(Framing::ContentLength),
        "transfer-encoding" => return Some(Framing::TransferEncoding),
        "accept" => Header::Accept(text()),
        "allow" => Header::Allow(text()),
        "authorization" => Header::Authorization(text()),
        "cache-control" => Header::CacheControl(text()),
        "cookie" => Header::Cookie(cookie::read_cookie_in(value, source.cookies(), &|part| {
            source.text(part)
        })),
        "location" => Header::Location(Location::to(value)),
        "origin" => Header::Origin(text()),
        "pragma" => Header::Pragma(text()),
        "referer" => Header::Referer(text()),
        "www-authenticate" => Header::WwwAuthenticate(text()),
        "set-cookie" => match cookie::read_set_cookie(value) {
            Some(cookie) => Header::SetCookie(cookie),
            None => other(name, value),
        },
        "referrer-policy" => match referrer_policy(value) {
            Some(policy) => Header::ReferrerPolicy(policy),
            None => other(name, value),
        },
        "x-frame-options" if value.eq_ignore_ascii_case("DENY") => Header::FrameDeny,
        _ => other(name, value),
    });
    None
}

fn other(name: &str, value: &str) -> Header {
    Header::Other {
        name: name.to_ascii_lowercase().into(),
        value: Text::new(value),
    }
}

/// The name in lower case, or nothing when it is too long to be known.
fn lower_case<'a>(name: &str, buffer: &'a mut [u8; KNOWN_NAME_OCTETS_MAX]) -> &'a str {
    let Some(lower) = buffer.get_mut(..name.len()) else {
        return "";
    };
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    core::str::from_utf8(lower).unwrap_or_default()
}

fn referrer_policy(value: &str) -> Option<ReferrerPolicy> {
    [
        ReferrerPolicy::NoReferrer,
        ReferrerPolicy::StrictOriginWhenCrossOrigin,
        ReferrerPolicy::NoReferrerWhenDowngrade,
        ReferrerPolicy::UnsafeUrl,
    ]
    .into_iter()
    .find(|policy| value.eq_ignore_ascii_case(policy.as_str()))
}

/// Appends the line of one field, if it may be written.
pub(super) fn append(header: &Header, out: &mut String) {
    match header {
        Header::Authorization(text) => append_text("Authorization", text, out),
        Header::Cookie(cookies) => {
            append_with("Cookie", out, |out| cookie::append_cookie(cookies, out));
        }
        Header::Origin(text) => append_text("Origin", text, out),
        Header::Referer(text) => append_text("Referer", text, out),
        Header::Accept(text) => append_text("Accept", text, out),
        Header::Location(target) => {
            append_with("Location", out, |out| location::append(target, out));
        }
        Header::SetCookie(cookie) => append_with("Set-Cookie", out, |out| {
            cookie::append_set_cookie(cookie, out);
        }),
        Header::CacheControl(text) => append_text("Cache-Control", text, out),
        Header::Pragma(text) => append_text("Pragma", text, out),
        Header::WwwAuthenticate(text) => append_text("WWW-Authenticate", text, out),
        Header::ReferrerPolicy(policy) => {
            append_with("Referrer-Policy", out, |out| out.push_str(policy.as_str()));
        }
        Header::FrameDeny => append_with("X-Frame-Options", out, |out| out.push_str("DENY")),
        Header::Allow(text) => append_text("Allow", text, out),
        Header::Other { name, value } => {
            if may_be_written(name.as_str()) {
                append_text(name.as_str(), value, out);
            }
        }
    }
}

/// Whether `name` is a word that does not follow from the rest of the message.
fn may_be_written(name: &str) -> bool {
    let follows = [
        "host",
        "content-type",
        "content-length",
        "transfer-encoding",
    ];
    bearer::is_word(name) && !follows.iter().any(|known| name.eq_ignore_ascii_case(known))
}

pub(super) fn append_text(name: &str, value: &Text, out: &mut String) {
    append_with(name, out, |out| out.push_str(value.as_str()));
}

/// Appends `name: value` and the end of the line; control characters of the value become spaces.
fn append_with(name: &str, out: &mut String, value: impl FnOnce(&mut String)) {
    out.push_str(name);
    out.push_str(": ");
    let start = out.len();
    value(out);
    let written = out.as_bytes().get(start..).unwrap_or_default();
    if find_control(written) < written.len() {
        let written = out.split_off(start);
        out.extend(
            written
                .chars()
                .map(|character| match u8::try_from(character) {
                    Ok(octet) if is_control(octet) => ' ',
                    Ok(_) | Err(_) => character,
                }),
        );
    }
    out.push_str("\r\n");
}

/// A control character that no line may hold: all but the tab (RFC 9110 §5.5).
const fn is_control(octet: u8) -> bool {
    (octet < b' ') & (octet != b'\t') | (octet == 0x7f)
}

/// Where the first control character stands, or the length when there is none.
pub(super) fn find_control(octets: &[u8]) -> usize {
    octets::find::<16>(octets, is_control)
}
