//! Field names and values, and the [`Header`] that each stands for.

use alloc::vec::Vec;

use super::read::Source;
use crate::http::{Header, Headers, Location, ReferrerPolicy};
use crate::text::Text;
use crate::wire::octets::{self, Below, Is, Wanted as _};
use crate::wire::{Out as _, bearer, cookie, location};

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
        b"host" => return Some(Framing::Host),
        b"content-type" => return Some(Framing::ContentType),
        b"content-length" => return Some(Framing::ContentLength),
        b"transfer-encoding" => return Some(Framing::TransferEncoding),
        b"accept" => Header::Accept(text()),
        b"allow" => Header::Allow(text()),
        b"authorization" => Header::Authorization(text()),
        b"cache-control" => Header::CacheControl(text()),
        b"cookie" => Header::Cookie(cookie::read_cookie_in(value, source.cookies(), &|part| {
            source.text(part)
        })),
        b"location" => Header::Location(Location::to(value)),
        b"origin" => Header::Origin(text()),
        b"pragma" => Header::Pragma(text()),
        b"referer" => Header::Referer(text()),
        b"www-authenticate" => Header::WwwAuthenticate(text()),
        b"set-cookie" => match cookie::read_set_cookie(value) {
            Some(cookie) => Header::SetCookie(cookie),
            None => other(name, value),
        },
        b"referrer-policy" => match referrer_policy(value) {
            Some(policy) => Header::ReferrerPolicy(policy),
            None => other(name, value),
        },
        b"x-frame-options" if value.eq_ignore_ascii_case("DENY") => Header::FrameDeny,
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
fn lower_case<'a>(name: &str, buffer: &'a mut [u8; KNOWN_NAME_OCTETS_MAX]) -> &'a [u8] {
    let Some(lower) = buffer.get_mut(..name.len()) else {
        return b"";
    };
    for (octet, lower) in name.bytes().zip(&mut *lower) {
        *lower = octet.to_ascii_lowercase();
    }
    lower
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
pub(super) fn append(header: &Header, out: &mut Vec<u8>) {
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
            append_with("Referrer-Policy", out, |out| {
                out.octets(policy.as_str().as_bytes())
            });
        }
        Header::FrameDeny => append_with("X-Frame-Options", out, |out| out.octets(b"DENY")),
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

pub(super) fn append_text(name: &str, value: &Text, out: &mut Vec<u8>) {
    append_with(name, out, |out| out.octets(value.as_bytes()));
}

/// Appends `name: value` and the end of the line; control characters of the value become spaces.
fn append_with(name: &str, out: &mut Vec<u8>, value: impl FnOnce(&mut Vec<u8>)) {
    out.octets(name.as_bytes());
    out.octets(b": ");
    let start = out.len();
    value(out);
    let written = out.get_mut(start..).unwrap_or_default();
    if octets::meets(written, Below(b' ').or(Is(0x7f))) {
        for octet in written.iter_mut().filter(|octet| is_control(**octet)) {
            *octet = b' ';
        }
    }
    out.octets(b"\r\n");
}

/// A control character that no line may hold: all but the tab (RFC 9110 §5.5).
const fn is_control(octet: u8) -> bool {
    (octet < b' ') & (octet != b'\t') | (octet == 0x7f)
}
