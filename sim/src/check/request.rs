//! Requests and answers in a line each, for reports.

use grantlab_core::http::{Body, Header, Request};
use grantlab_core::wire::{form, location};

use super::answer::{Answer, NoAnswer};

/// Characters of content that a report shows.
const SHOWN: usize = 600;

/// A request: method, URL, what proves its sender, content.
pub(super) fn sent(request: &Request) -> String {
    let mut line = format!(
        "{} {}",
        request.method.as_str(),
        location::text(&request.url)
    );
    for header in &request.headers.0 {
        match header {
            Header::Authorization(text) => {
                let scheme = text
                    .as_str()
                    .split(' ')
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                // Basic credentials are encoded, so that no name stands in for their parts.
                let shown = match scheme.as_str() {
                    "Basic" => "Basic …".to_owned(),
                    _ => text.to_string(),
                };
                line.push_str(&format!(" [{shown}]"));
            }
            Header::Other { name, value } => line.push_str(&format!(" [{name}: {value}]")),
            Header::Origin(value) => line.push_str(&format!(" [origin: {value}]")),
            Header::Cookie(_)
            | Header::Referer(_)
            | Header::Accept(_)
            | Header::Location(_)
            | Header::SetCookie(_)
            | Header::CacheControl(_)
            | Header::Pragma(_)
            | Header::WwwAuthenticate(_)
            | Header::ReferrerPolicy(_)
            | Header::FrameDeny
            | Header::Allow(_) => {}
        }
    }
    match &request.body {
        Body::Empty | Body::Page(_) | Body::Json(_) => {}
        Body::Form(encoded) => line.push_str(&format!("  {}", form::octets(encoded))),
        Body::Octets {
            content_type,
            octets,
        } => {
            let text = String::from_utf8_lossy(octets);
            line.push_str(&format!("  ({content_type}) {}", shortened(&text)));
        }
    }
    line
}

/// An answer: status, where it leads, content that is no page.
pub(super) fn came(answer: &Result<Answer, NoAnswer>) -> String {
    let answer = match answer {
        Ok(answer) => answer,
        Err(why) => return why.to_string(),
    };
    let mut line = answer.status.to_string();
    if let Some(location) = answer.header("location") {
        line.push_str(&format!(" to {location}"));
    }
    if let Some(challenge) = answer.header("www-authenticate") {
        line.push_str(&format!(" [www-authenticate: {challenge}]"));
    }
    if answer.is_page() {
        line.push_str(" with a page");
    } else if !answer.body.is_empty() {
        line.push_str(&format!("  {}", shortened(&answer.text())));
    }
    line
}

fn shortened(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if one_line.chars().count() <= SHOWN {
        return one_line;
    }
    let shown: String = one_line.chars().take(SHOWN).collect();
    format!("{shown}…")
}
