//! A run as an HTTP archive (HAR 1.2), which browsers and proxies read.

use grantlab_core::wire::form;
use serde_json::{Value, json};

use super::exchange::{Exchange, exchanges, parts};
use crate::lesson::model::{Lesson, Message, Run};
use crate::trace::START;

/// The run as HAR.
#[must_use]
pub fn har(lesson: &Lesson, run: &Run) -> Value {
    let entries: Vec<Value> = exchanges(run).iter().map(entry).collect();
    json!({
        "log": {
            "version": "1.2",
            "creator": { "name": "grantlab", "version": env!("CARGO_PKG_VERSION"), "comment": lesson.id },
            "entries": entries,
        }
    })
}

fn entry(exchange: &Exchange<'_>) -> Value {
    let waited = exchange.answer.map_or(0, |(step, _)| {
        step.at_ms.saturating_sub(exchange.asked.at_ms)
    });
    let response = exchange
        .answer
        .map_or_else(none, |(_, message)| response(message));
    json!({
        "startedDateTime": moment(exchange.asked.at_ms),
        "time": waited,
        "request": request(exchange.request),
        "response": response,
        "cache": {},
        "timings": { "send": 0, "wait": waited, "receive": 0 },
        "comment": format!("{} to {}", exchange.asked.from, exchange.asked.to.as_deref().unwrap_or_default()),
    })
}

fn request(message: &Message) -> Value {
    let (first, fields, content) = parts(&message.octets);
    let mut words = first.split(' ');
    let method = words.next().unwrap_or_default();
    let target = words.next().unwrap_or_default();
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let mut request = json!({
        "method": method,
        "url": format!("{}{target}", message.origin.as_deref().unwrap_or_default()),
        "httpVersion": "HTTP/1.1",
        "cookies": cookies(&fields, "Cookie"),
        "headers": headers(&fields),
        "queryString": pairs(query),
        "headersSize": head_size(message, content),
        "bodySize": content.len(),
    });
    if !content.is_empty() {
        let kind = field(&fields, "Content-Type");
        request["postData"] = json!({ "mimeType": kind, "text": content, "params": [] });
    }
    request
}

fn response(message: &Message) -> Value {
    let (first, fields, content) = parts(&message.octets);
    let mut words = first.splitn(3, ' ').skip(1);
    let status: u32 = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
    json!({
        "status": status,
        "statusText": words.next().unwrap_or_default(),
        "httpVersion": "HTTP/1.1",
        "cookies": cookies(&fields, "Set-Cookie"),
        "headers": headers(&fields),
        "content": { "size": content.len(), "mimeType": field(&fields, "Content-Type"), "text": content },
        "redirectURL": field(&fields, "Location"),
        "headersSize": head_size(message, content),
        "bodySize": content.len(),
    })
}

/// What HAR has where no response came.
fn none() -> Value {
    json!({
        "status": 0, "statusText": "", "httpVersion": "", "cookies": [], "headers": [],
        "content": { "size": 0, "mimeType": "" }, "redirectURL": "", "headersSize": -1, "bodySize": -1,
    })
}

fn headers(fields: &[(&str, &str)]) -> Vec<Value> {
    fields
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect()
}

fn cookies(fields: &[(&str, &str)], header: &str) -> Vec<Value> {
    let all = fields.iter().filter(|(name, _)| *name == header);
    let each = all.flat_map(|(_, value)| {
        let bound = if header == "Set-Cookie" {
            1
        } else {
            usize::MAX
        };
        value.split("; ").take(bound).collect::<Vec<_>>()
    });
    each.filter_map(|cookie| cookie.split_once('='))
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect()
}

fn pairs(query: &str) -> Vec<Value> {
    let fields = form::parse(query.as_bytes()).unwrap_or_default();
    let pair = |(name, value): &(grantlab_core::text::Text, grantlab_core::text::Text)| json!({ "name": name.as_str(), "value": value.as_str() });
    fields.0.iter().map(pair).collect()
}

fn field<'a>(fields: &[(&str, &'a str)], name: &str) -> &'a str {
    fields
        .iter()
        .find(|(known, _)| *known == name)
        .map_or("", |(_, value)| value)
}

const fn head_size(message: &Message, content: &str) -> usize {
    message.octets.len().saturating_sub(content.len())
}

/// A moment of the run as RFC 3339 has it. Runs begin with a year, and none lasts until the next.
fn moment(at_ms: u64) -> String {
    const DAYS: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    // A year of the Gregorian calendar has 31,556,952 seconds on average.
    let year = 1970_u64.saturating_add(START.0 / 31_556_952_000);
    let (mut day, mut month) = (at_ms / 86_400_000, 1_u64);
    for days in DAYS {
        if day < days || month == 12 {
            break;
        }
        day = day.saturating_sub(days);
        month = month.saturating_add(1);
    }
    let ms = at_ms % 86_400_000;
    format!(
        "{year:04}-{month:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        day.saturating_add(1),
        ms / 3_600_000,
        ms / 60_000 % 60,
        ms / 1000 % 60,
        ms % 1000
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_count_from_the_beginning_of_the_run() {
        assert_eq!(moment(0), "2026-01-01T00:00:00.000Z");
        assert_eq!(
            moment(31 * 86_400_000 + 3_661_001),
            "2026-02-01T01:01:01.001Z"
        );
    }
}
