//! A message twice: its octets as they travel, and its parameters, one a line.

use grantlab_core::http::{Method, Request, Response};
use grantlab_core::wire::{form, http};

use super::model::{Line, Message, MessageKind, Span, SpanStyle};
use super::values::Values;
use crate::trace::{Payload, Summary, Trace};

/// Turns messages into what a lesson shows of them.
#[derive(Clone, Copy)]
pub struct Scribe<'a> {
    /// The values to look out for.
    pub values: &'a Values,
    /// The run.
    pub trace: &'a Trace,
}

impl Scribe<'_> {
    /// What a lesson shows of a message.
    #[must_use]
    pub fn message(&self, payload: &Payload) -> Message {
        match payload {
            Payload::Request(request) => self.request(request),
            Payload::Response(response) => self.response(response),
            Payload::Failure(_) => {
                let summary = Summary::of(payload, self.trace.provenance());
                self.words(MessageKind::Failure, &summary.head)
            }
            Payload::StoreRequest(_) | Payload::StoreReply(_) => self.store(payload),
        }
    }

    fn request(&self, request: &Request) -> Message {
        let octets = http::write_request(request);
        let text = String::from_utf8_lossy(&octets).into_owned();
        let (head, body) = halves(&text);
        let mut head = head.split("\r\n");
        let mut lines = request_line(head.next().unwrap_or_default(), self);
        lines.extend(head.map(|field| self.field(field)));
        self.content(body, is_form(&text), &mut lines);
        Message {
            kind: MessageKind::Request,
            origin: Some(request.url.origin.to_string()),
            length: length(&octets),
            octets: text,
            lines,
        }
    }

    fn response(&self, response: &Response) -> Message {
        let octets = http::write_response(response);
        let text = String::from_utf8_lossy(&octets).into_owned();
        let (head, body) = halves(&text);
        let mut head = head.split("\r\n");
        let mut lines = vec![vec![strong(head.next().unwrap_or_default())]];
        for field in head {
            match field.strip_prefix("Location: ") {
                Some(target) => self.location(target, &mut lines),
                None => lines.push(self.field(field)),
            }
        }
        self.content(body, false, &mut lines);
        Message {
            kind: MessageKind::Response,
            origin: None,
            length: length(&octets),
            octets: text,
            lines,
        }
    }

    /// A message that is not HTTP: in a few words.
    fn words(&self, kind: MessageKind, words: &str) -> Message {
        Message {
            kind,
            origin: None,
            octets: words.to_owned(),
            length: length(words.as_bytes()),
            lines: vec![vec![strong(words)]],
        }
    }

    /// What is said between a server and its store has no octets: its name, and what it is about.
    fn store(&self, payload: &Payload) -> Message {
        let summary = Summary::of(payload, self.trace.provenance());
        let mut message = self.words(MessageKind::Store, &summary.head);
        for (name, value) in &summary.parts {
            let minted = self.trace.provenance().value(value);
            let number = minted.and_then(|text| self.values.find(text.as_str()));
            let mut line = vec![plain("  "), name_of(name, " ", None)];
            line.push(Span {
                text: value.clone(),
                style: SpanStyle::Value,
                value: number,
                parameter: None,
            });
            message.lines.push(line);
        }
        message
    }

    /// One header field.
    fn field(&self, field: &str) -> Line {
        let Some((name, value)) = field.split_once(": ") else {
            return vec![plain(field)];
        };
        let mut line = vec![name_of(name, ": ", Some(name))];
        match name {
            "Cookie" => self.cookies(value, &mut line),
            "Set-Cookie" => {
                let (cookie, attributes) = value.split_at(value.find(';').unwrap_or(value.len()));
                self.cookies(cookie, &mut line);
                line.push(plain(attributes));
            }
            "Authorization" => {
                let (scheme, credentials) =
                    value.split_at(value.find(' ').map_or(0, |end| end.saturating_add(1)));
                line.push(plain(scheme));
                self.value(credentials, name, &mut line);
            }
            _ => self.value(value, name, &mut line),
        }
        line
    }

    fn cookies(&self, cookies: &str, line: &mut Line) {
        for (place, cookie) in cookies.split("; ").enumerate() {
            if place > 0 {
                line.push(plain("; "));
            }
            let (name, value) = cookie.split_once('=').unwrap_or((cookie, ""));
            line.push(name_of(name, "=", Some(name)));
            self.value(value, name, line);
        }
    }

    /// A redirect: where to, and each parameter on a line of its own.
    fn location(&self, target: &str, lines: &mut Vec<Line>) {
        let end = target.find(['?', '#']).unwrap_or(target.len());
        let (place, rest) = target.split_at(end);
        let mut line = vec![name_of("Location", ": ", Some("Location"))];
        self.value(place, "Location", &mut line);
        lines.push(line);
        let (query, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        self.pairs(query.trim_start_matches('?'), '?', lines);
        self.pairs(fragment, '#', lines);
    }

    /// Parameters, one a line, the first behind `mark`.
    fn pairs(&self, encoded: &str, mark: char, lines: &mut Vec<Line>) {
        if encoded.is_empty() {
            return;
        }
        for (place, pair) in encoded.split('&').enumerate() {
            let sign = if place == 0 { mark } else { '&' };
            let mut line = vec![plain(&format!("  {sign} "))];
            match form::parse(pair.as_bytes()) {
                Ok(fields) => {
                    for (name, value) in &fields.0 {
                        line.push(name_of(name.as_str(), "=", Some(name.as_str())));
                        self.value(value.as_str(), name.as_str(), &mut line);
                    }
                }
                Err(_) => line.push(plain(pair)),
            }
            lines.push(line);
        }
    }

    fn content(&self, body: &str, is_form: bool, lines: &mut Vec<Line>) {
        if body.is_empty() {
            return;
        }
        lines.push(Line::new());
        match serde_json::from_str::<serde_json::Value>(body) {
            _ if is_form => self.pairs(body, ' ', lines),
            Ok(serde_json::Value::Object(members)) => self.members(body, &members, lines),
            Ok(_) | Err(_) => {
                for text in body.lines() {
                    let mut line = Line::new();
                    self.value(text, "", &mut line);
                    lines.push(line);
                }
            }
        }
    }

    /// The members of an object in the order in which they stand there.
    fn members(
        &self,
        body: &str,
        members: &serde_json::Map<String, serde_json::Value>,
        lines: &mut Vec<Line>,
    ) {
        let mut ordered: Vec<_> = members.iter().collect();
        ordered.sort_by_key(|(name, _)| body.find(&format!("{:?}:", name)));
        lines.push(vec![plain("{")]);
        let last = ordered.len().saturating_sub(1);
        for (place, (name, value)) in ordered.into_iter().enumerate() {
            let mut line = vec![plain("  "), name_of(&format!("{name:?}"), ": ", Some(name))];
            self.value(&value.to_string(), name, &mut line);
            if place < last {
                line.push(plain(","));
            }
            lines.push(line);
        }
        lines.push(vec![plain("}")]);
    }

    /// A text of a parameter, with every followed value in it as a piece of its own.
    fn value(&self, text: &str, parameter: &str, line: &mut Line) {
        let parameter = (!parameter.is_empty()).then(|| parameter.to_owned());
        let piece = |text: &str, value| Span {
            text: text.to_owned(),
            style: SpanStyle::Value,
            value,
            parameter: parameter.clone(),
        };
        let mut reached = 0;
        for (start, end, number) in self.values.within(text) {
            if start > reached {
                line.push(piece(text.get(reached..start).unwrap_or_default(), None));
            }
            line.push(piece(
                text.get(start..end).unwrap_or_default(),
                Some(number),
            ));
            reached = end;
        }
        if reached < text.len() {
            line.push(piece(text.get(reached..).unwrap_or_default(), None));
        }
    }
}

/// The first line of a request: with parameters, one a line, and the version behind the last.
fn request_line(first: &str, scribe: &Scribe<'_>) -> Vec<Line> {
    let (target, version) = first.rsplit_once(' ').unwrap_or((first, ""));
    let Some((path, query)) = target.split_once('?') else {
        return vec![vec![strong(first)]];
    };
    let mut lines = vec![vec![strong(path)]];
    scribe.pairs(query, '?', &mut lines);
    if let Some(line) = lines.last_mut() {
        line.push(plain(&format!(" {version}")));
    }
    lines
}

/// What stands at the arrow of a request.
#[must_use]
pub fn request_label(request: &Request) -> String {
    let method = match &request.method {
        Method::Get | Method::Post | Method::Other(_) => request.method.as_str(),
    };
    format!("{method} {}", request.url.path)
}

fn halves(text: &str) -> (&str, &str) {
    text.split_once("\r\n\r\n").unwrap_or((text, ""))
}

fn is_form(text: &str) -> bool {
    text.contains("\r\nContent-Type: application/x-www-form-urlencoded\r\n")
}

fn length(octets: &[u8]) -> u32 {
    u32::try_from(octets.len()).unwrap_or(u32::MAX)
}

fn plain(text: &str) -> Span {
    span(text, SpanStyle::Plain, None)
}

fn strong(text: &str) -> Span {
    span(text, SpanStyle::Strong, None)
}

fn name_of(name: &str, sign: &str, parameter: Option<&str>) -> Span {
    span(&format!("{name}{sign}"), SpanStyle::Name, parameter)
}

fn span(text: &str, style: SpanStyle, parameter: Option<&str>) -> Span {
    Span {
        text: text.to_owned(),
        style,
        value: None,
        parameter: parameter.map(str::to_owned),
    }
}
