//! From octets to messages.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::Cell;

use super::header::{self, Framing};
use super::{HttpError, HttpProblem};
use crate::http::{
    Body, Encoded, Fields, Header, Headers, Method, Origin, Request, Response, Scheme, Status, Url,
};
use crate::limits::{
    BODY_OCTETS_MAX, HEADER_OCTETS_MAX, HEADERS_MAX, PARAMETER_NAME_OCTETS_MAX, TARGET_OCTETS_MAX,
};
use crate::reuse::Reused;
use crate::text::Text;
use crate::wire::octets::{self, Below, Is, Not, Set, Wanted as _, Within};
use crate::wire::{bearer, json, page};

/// Reads a request that came over a connection of `scheme`.
///
/// # Errors
/// [`HttpError`] for the first thing that is wrong.
pub fn read_request(scheme: &Scheme, octets: &[u8]) -> Result<Request, HttpError> {
    let reader = Reader::new(octets, start(octets), Source::copied());
    request(scheme, reader, Headers::EMPTY)
}

/// Memories of octets: what was answered last holds values of earlier requests.
const MEMORIES: usize = 4;

/// Reads one request after the other, in the memory of those that nobody holds any more: values are parts of the
/// octets of their request, and not copied one by one.
#[derive(Debug, Default)]
pub struct RequestReader {
    octets: [Reused<String>; MEMORIES],
    request: Reused<Request>,
    cookies: Fields,
}

impl RequestReader {
    /// Reads a request that came over a connection of `scheme`.
    ///
    /// # Errors
    /// [`HttpError`] for the first thing that is wrong.
    pub fn read(&mut self, scheme: &Scheme, octets: &[u8]) -> Result<Arc<Request>, HttpError> {
        let headers = self.memory();
        let start = start(octets);
        let whole = Text::whole(self.unheld().rewrite(|memory| {
            memory.clear();
            memory.push_str(start);
        }));
        let source = Source {
            whole: Some(&whole),
            cookies: Cell::new(core::mem::take(&mut self.cookies)),
        };
        let reader = Reader::new(octets, whole.as_str(), source);
        Ok(self.request.share(request(scheme, reader, headers)?))
    }

    /// Memory that nobody holds any more, as far as there is any.
    fn unheld(&mut self) -> &mut Reused<String> {
        // The last one that is free comes first: its memory is still at hand.
        self.octets.sort_by_key(|one| !one.is_unheld());
        let [first, ..] = &mut self.octets;
        first
    }

    /// What the last request leaves behind.
    fn memory(&mut self) -> Headers {
        let Some(last) = self.request.unheld() else {
            return Headers::EMPTY;
        };
        let mut headers = core::mem::take(&mut last.headers);
        for header in headers.0.drain(..) {
            if let Header::Cookie(mut cookies) = header {
                cookies.0.clear();
                self.cookies = cookies;
            }
        }
        last.body = Body::Empty;
        last.url.query = None;
        headers
    }
}

/// Where texts come from.
pub(super) struct Source<'a> {
    /// All octets of the message, where its values share them.
    whole: Option<&'a Text>,
    /// Memory for the first cookies.
    cookies: Cell<Fields>,
}

impl Source<'_> {
    /// Texts are copied one by one.
    const fn copied() -> Self {
        Self {
            whole: None,
            cookies: Cell::new(Fields::EMPTY),
        }
    }

    /// Memory for cookies.
    pub(super) fn cookies(&self) -> Fields {
        self.cookies.take()
    }

    /// A text that is a part of the message.
    pub(super) fn text(&self, part: &str) -> Text {
        self.whole
            .map_or_else(|| Text::new(part), |whole| whole.cut_out(part))
    }
}

/// The start of `octets` that is UTF-8: at least the head of every message that can be read.
fn start(octets: &[u8]) -> &str {
    match core::str::from_utf8(octets) {
        Ok(text) => text,
        Err(error) => octets
            .get(..error.valid_up_to())
            .and_then(|start| core::str::from_utf8(start).ok())
            .unwrap_or_default(),
    }
}

fn request(
    scheme: &Scheme,
    mut reader: Reader<'_>,
    headers: Headers,
) -> Result<Request, HttpError> {
    let (method, path, query) = reader.request_line()?;
    let head = reader.head(headers)?;
    let host = head.host.ok_or(HttpError {
        position: reader.position,
        problem: HttpProblem::Host,
    })?;
    let origin = origin(scheme, host.value).ok_or(HttpError {
        position: host.position,
        problem: HttpProblem::Host,
    })?;
    // RFC 9112 §6.3: a request without a length has no content.
    let length = head.content_length.unwrap_or(0);
    let body = reader.body(length, head.content_type)?;
    Ok(Request {
        method,
        url: Url {
            origin,
            path,
            query,
            fragment: None,
        },
        headers: head.headers,
        body,
    })
}

/// Reads a response. Without a `Content-Length` everything behind the head is content (RFC 9112 §6.3).
///
/// # Errors
/// [`HttpError`] for the first thing that is wrong.
pub fn read_response(octets: &[u8]) -> Result<Response, HttpError> {
    let mut reader = Reader::new(octets, start(octets), Source::copied());
    let status = reader.status_line()?;
    let head = reader.head(Headers::EMPTY)?;
    let rest = octets.len().saturating_sub(reader.position);
    let length = head.content_length.unwrap_or(rest);
    let body = reader.body(length, head.content_type)?;
    Ok(Response {
        status,
        headers: head.headers,
        body,
    })
}

/// Scheme, host and port from a `Host` (RFC 9110 §7.2), as a user-agent writes them: the scheme's own port
/// is left out.
fn origin(scheme: &Scheme, field: &str) -> Option<Origin> {
    let end = match field.strip_prefix('[') {
        Some(_) => field.find(']')?.saturating_add(1),
        None => field.find(':').unwrap_or(field.len()),
    };
    let (host, port) = field.split_at_checked(end)?;
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => None,
        None => return None,
        Some("") => None,
        Some(digits) if digits.bytes().all(|octet| octet.is_ascii_digit()) => {
            Some(digits.parse::<u16>().ok()?)
        }
        Some(_) => return None,
    };
    let name = match host.strip_prefix('[') {
        Some(address) => address.strip_suffix(']')?,
        None if host.contains(':') => return None,
        None => host,
    };
    if NO_HOST.meets(name.as_bytes()) {
        return None;
    }
    let host = if host.bytes().any(|octet| octet.is_ascii_uppercase()) {
        host.to_ascii_lowercase().into()
    } else {
        Text::new(host)
    };
    Some(Origin {
        scheme: scheme.clone(),
        host,
        port: port.filter(|port| Some(*port) != scheme.default_port()),
    })
}

/// What is not visible ASCII, and what would end a host in a URL (WHATWG URL standard §3.1).
static NO_HOST: Set = Set::range(b'!', b'~').without(b"#/<>?@[\\]^|").complement();

/// Where the line ends that starts at `position`: at a control character other than the tab (RFC 9110 §5.5).
fn line_end(text: &[u8], position: usize) -> usize {
    let mut start = position;
    loop {
        let rest = text.get(start..).unwrap_or_default();
        let end = start.saturating_add(octets::find(rest, Below(b' ').or(Is(0x7f))));
        if text.get(end) != Some(&b'\t') {
            return end;
        }
        start = end.saturating_add(1);
    }
}

/// Where a request target ends: nothing stands in it but visible ASCII, and no fragment.
fn target_length(octets: &[u8]) -> usize {
    octets::find(octets, Not(Within(b'!', b'~')).or(Is(b'#')))
}

/// A field value and where it stands.
#[derive(Clone, Copy)]
struct Value<'a> {
    position: usize,
    value: &'a str,
}

/// The header fields of a message.
struct Head<'a> {
    headers: Headers,
    host: Option<Value<'a>>,
    content_type: Option<Value<'a>>,
    content_length: Option<usize>,
}

struct Reader<'a> {
    octets: &'a [u8],
    /// The start of `octets` that is UTF-8: at least the head of every message that can be read.
    text: &'a str,
    source: Source<'a>,
    position: usize,
}

impl<'a> Reader<'a> {
    fn new(octets: &'a [u8], text: &'a str, source: Source<'a>) -> Self {
        Self {
            octets,
            text,
            source,
            position: 0,
        }
    }

    /// The next line without its end. No control character but the tab stands in it.
    fn line(&mut self) -> Result<Value<'a>, HttpError> {
        let position = self.position;
        let text = self.text.as_bytes();
        let end = line_end(text, position);
        let complete = text.len() == self.octets.len();
        let problem = match text.get(end..).unwrap_or_default() {
            [b'\r', b'\n', ..] => {
                self.position = end.saturating_add(2);
                let value = self.text.get(position..end).unwrap_or_default();
                return Ok(Value { position, value });
            }
            [] if !complete => HttpProblem::Utf8,
            [] | [b'\r' | b'\n', ..] => HttpProblem::LineEnd,
            [_, ..] => HttpProblem::Control,
        };
        Err(HttpError {
            position: end,
            problem,
        })
    }

    /// RFC 9112 §3: method, target, version.
    fn request_line(&mut self) -> Result<(Method, Text, Option<Encoded>), HttpError> {
        let line = self.line()?;
        let (method, rest) = line
            .split_once(b' ')
            .ok_or_else(|| line.error(HttpProblem::Method))?;
        if method.value.len() > PARAMETER_NAME_OCTETS_MAX || !bearer::is_word(method.value) {
            return Err(method.error(HttpProblem::Method));
        }
        let (path, query, version) = rest.target(&self.source)?;
        version.expect_version()?;
        let method = match method.value {
            "GET" => Method::Get,
            "POST" => Method::Post,
            other => Method::Other(Text::new(other)),
        };
        Ok((method, path, query))
    }

    /// RFC 9112 §4: version, status code, and a reason that is ignored.
    fn status_line(&mut self) -> Result<Status, HttpError> {
        let line = self.line()?;
        let (version, rest) = line
            .split_once(b' ')
            .ok_or_else(|| line.error(HttpProblem::Version))?;
        version.expect_version()?;
        let digits = match rest.split_once(b' ') {
            Some((digits, _)) => digits,
            None => rest,
        };
        let three_digits =
            digits.value.len() == 3 && digits.value.bytes().all(|octet| octet.is_ascii_digit());
        match digits.value.parse::<u16>() {
            Ok(code) if three_digits && code >= 100 => Ok(Status(code)),
            Ok(_) | Err(_) => Err(digits.error(HttpProblem::Status)),
        }
    }

    /// RFC 9112 §5: header fields up to the empty line.
    fn head(&mut self, headers: Headers) -> Result<Head<'a>, HttpError> {
        let mut head = Head {
            headers,
            host: None,
            content_type: None,
            content_length: None,
        };
        loop {
            let line = self.line()?;
            if line.value.is_empty() {
                return Ok(head);
            }
            head.add(line, &self.source)?;
            // What follows from the rest is not counted, for a writer adds it; it occurs once at most.
            if head.headers.0.len() > HEADERS_MAX {
                return Err(line.error(HttpProblem::TooManyHeaders));
            }
        }
    }

    /// The content, which is everything that is left and has `length` octets.
    fn body(&self, length: usize, content_type: Option<Value<'a>>) -> Result<Body, HttpError> {
        let octets = self.octets.get(self.position..).unwrap_or_default();
        let error = |offset: usize, problem| HttpError {
            position: self.position.saturating_add(offset),
            problem,
        };
        if length > BODY_OCTETS_MAX {
            return Err(error(0, HttpProblem::BodyTooLong));
        }
        if octets.len() < length {
            return Err(error(octets.len(), HttpProblem::BodyIncomplete));
        }
        if octets.len() > length {
            return Err(error(length, HttpProblem::End));
        }
        let content_type = content_type.map_or("", |content_type| content_type.value);
        if content_type.is_empty() && octets.is_empty() {
            return Ok(Body::Empty);
        }
        let text = self.text.get(self.position..);
        Ok(body_as(content_type, octets, text, &self.source))
    }
}

/// Content that cannot be read as its type says is kept as octets.
fn body_as(content_type: &str, octets: &[u8], text: Option<&str>, source: &Source<'_>) -> Body {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let is = |expected: &str| essence.eq_ignore_ascii_case(expected);
    let text = || text.filter(|text| text.len() == octets.len());
    let known = if is("application/x-www-form-urlencoded") {
        text().map(|text| Body::Form(Encoded::Octets(source.text(text))))
    } else if is("application/json") {
        json::parse(octets).ok().map(Body::Json)
    } else if is("text/html") {
        text().and_then(page::read).map(Body::Page)
    } else {
        None
    };
    known.unwrap_or_else(|| Body::Octets {
        content_type: Text::new(content_type),
        octets: Vec::from(octets),
    })
}

impl<'a> Head<'a> {
    /// Adds one field line.
    fn add(&mut self, line: Value<'a>, source: &Source<'_>) -> Result<(), HttpError> {
        let (name, value) = line.field()?;
        match header::read(name.value, value.value, &mut self.headers, source) {
            None => {}
            Some(Framing::Host) => once(&mut self.host, value, name)?,
            Some(Framing::ContentType) => once(&mut self.content_type, value, name)?,
            Some(Framing::ContentLength) => once(&mut self.content_length, value.length()?, name)?,
            Some(Framing::TransferEncoding) => {
                return Err(name.error(HttpProblem::TransferEncoding));
            }
        }
        Ok(())
    }
}

/// Keeps what may occur once.
fn once<T>(place: &mut Option<T>, value: T, name: Value<'_>) -> Result<(), HttpError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(name.error(HttpProblem::RepeatedHeader)),
    }
}

impl<'a> Value<'a> {
    #[cold]
    const fn error(self, problem: HttpProblem) -> HttpError {
        HttpError {
            position: self.position,
            problem,
        }
    }

    /// An error `offset` octets from its start.
    #[cold]
    const fn error_at(self, offset: usize, problem: HttpProblem) -> HttpError {
        HttpError {
            position: self.position.saturating_add(offset),
            problem,
        }
    }

    /// The parts before and after the first `separator`.
    fn split_once(self, separator: u8) -> Option<(Self, Self)> {
        let place = octets::find(self.value.as_bytes(), Is(separator));
        let (before, _, after) = self.split_at(place)?;
        Some((before, after))
    }

    /// The ASCII octet at `offset`, and the parts before and after it.
    fn split_at(self, offset: usize) -> Option<(Self, u8, Self)> {
        let octet = *self.value.as_bytes().get(offset)?;
        let next = offset.saturating_add(1);
        let before = Self {
            position: self.position,
            value: self.value.get(..offset)?,
        };
        let after = Self {
            position: self.position.saturating_add(next),
            value: self.value.get(next..)?,
        };
        Some((before, octet, after))
    }

    fn expect_version(self) -> Result<(), HttpError> {
        match self.value {
            "HTTP/1.0" | "HTTP/1.1" => Ok(()),
            _ => Err(self.error(HttpProblem::Version)),
        }
    }

    /// A request target in origin form (RFC 9112 §3.2.1) as path and query, and what follows it.
    fn target(self, source: &Source<'_>) -> Result<(Text, Option<Encoded>, Self), HttpError> {
        let end = target_length(self.value.as_bytes());
        if !self.value.starts_with('/') {
            return Err(self.error(HttpProblem::Target));
        }
        let Some((target, b' ', after)) = self.split_at(end) else {
            return Err(self.error_at(end, HttpProblem::Target));
        };
        if end > TARGET_OCTETS_MAX {
            return Err(self.error(HttpProblem::TargetTooLong));
        }
        let (path, query) = match target.split_once(b'?') {
            Some((path, query)) => (path, Some(Encoded::Octets(source.text(query.value)))),
            None => (target, None),
        };
        Ok((source.text(path.value), query, after))
    }

    /// A field name and its value (RFC 9112 §5): no space before the colon, spaces around the value dropped.
    fn field(self) -> Result<(Self, Self), HttpError> {
        let (name, _) = bearer::NO_WORD.split(self.value);
        let (name, value) = match self.split_at(name.len()) {
            Some((name, b':', value)) if !name.value.is_empty() => (name, value),
            Some(_) | None => return Err(self.error_at(name.len(), HttpProblem::HeaderName)),
        };
        if name.value.len() > HEADER_OCTETS_MAX || value.value.len() > HEADER_OCTETS_MAX {
            return Err(name.error(HttpProblem::HeaderTooLong));
        }
        Ok((name, value.trim()))
    }

    fn trim(self) -> Self {
        let octets = self.value.as_bytes();
        let is_space = |octet: &u8| matches!(octet, b' ' | b'\t');
        let start = octets.iter().take_while(|octet| is_space(octet)).count();
        let rest = octets.get(start..).unwrap_or_default();
        let spaces = rest
            .iter()
            .rev()
            .take_while(|octet| is_space(octet))
            .count();
        let end = octets.len().saturating_sub(spaces);
        Self {
            position: self.position.saturating_add(start),
            value: self.value.get(start..end).unwrap_or_default(),
        }
    }

    /// RFC 9110 §8.6: digits and nothing else. What no memory could hold is as good as the largest number.
    fn length(self) -> Result<usize, HttpError> {
        let digits = self.value.bytes().all(|octet| octet.is_ascii_digit());
        match self.value.parse::<u64>() {
            Ok(length) if digits => Ok(usize::try_from(length).unwrap_or(usize::MAX)),
            Ok(_) | Err(_) => Err(self.error(HttpProblem::ContentLength)),
        }
    }
}
