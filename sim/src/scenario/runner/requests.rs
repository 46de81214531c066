//! The scenario's own requests.

use grantlab_core::http::{Body, Encoded, Fields, Header, Headers, Method, Request, Url};
use grantlab_core::json::Json;
use grantlab_core::text::Text;
use grantlab_core::wire;

use super::stage::{Hitch, Stage};
use crate::scenario::content::Parameters;
use crate::scenario::names::MessageName;
use crate::scenario::step::Send;
use crate::trace::Payload;

/// The request that a step describes.
pub(super) fn made(send: &Send, stage: &Stage<'_>) -> Result<Request, Hitch> {
    let mut headers = Vec::new();
    if let Some(name) = &send.basic {
        let id = stage.filled(&format!("${{{name}.id}}"))?;
        let secret = stage.filled(&format!("${{{name}.secret}}"))?;
        headers.push(Header::Authorization(wire::basic::write(&id, &secret)));
    }
    for (name, value) in &send.headers.0 {
        headers.push(header(name, &stage.filled(value)?));
    }
    let bodies = [
        send.form.is_some(),
        send.json.is_some(),
        send.body.is_some(),
    ];
    if bodies.into_iter().filter(|there| *there).count() > 1 {
        return Err("a request has one body: `form`, `json` or `body`".to_owned());
    }
    let body = match (&send.form, &send.json, &send.body) {
        (Some(form), _, _) => Body::Form(Encoded::Fields(fields(form, stage)?)),
        (None, Some(json), _) => {
            let members = fields(json, stage)?.0.into_iter();
            Body::Json(Json::Object(
                members
                    .map(|(name, value)| (name, Json::String(value)))
                    .collect(),
            ))
        }
        (None, None, Some(raw)) => content(&raw.content_type, stage.filled(&raw.text)?),
        (None, None, None) => Body::Empty,
    };
    Ok(Request {
        method: method(&send.method),
        url: url(&send.url, &send.query, stage)?,
        headers: Headers(headers),
        body,
    })
}

/// Content as the one who reads it gets it: JSON is JSON in either mode of a run.
fn content(content_type: &str, text: String) -> Body {
    match wire::json::parse(text.as_bytes()) {
        Ok(json) if content_type == "application/json" => Body::Json(json),
        Ok(_) | Err(_) => Body::Octets {
            content_type: Text::new(content_type),
            octets: text.into_bytes(),
        },
    }
}

/// The last request of a name, octet for octet.
pub(super) fn repeated(name: MessageName, stage: &Stage<'_>) -> Result<Request, Hitch> {
    let never = || format!("no {} was sent yet", name.as_str());
    let entry = stage.last_sent(name).ok_or_else(never)?;
    match stage.position.world.trace().payload(entry) {
        Some(Payload::Request(request)) => Ok((**request).clone()),
        Some(
            Payload::Response(_)
            | Payload::Failure(_)
            | Payload::StoreRequest(_)
            | Payload::StoreReply(_),
        )
        | None => Err(format!("a {} is no HTTP request", name.as_str())),
    }
}

/// A URL with more parameters in its query.
pub(super) fn url(text: &str, query: &Parameters, stage: &Stage<'_>) -> Result<Url, Hitch> {
    let text = stage.filled(text)?;
    let url = wire::location::parse(&text).map_err(|_| format!("`{text}` is not a URL"))?;
    if query.0.is_empty() {
        return Ok(url);
    }
    let mut octets = url.query.as_ref().map_or(String::new(), |query| {
        format!("{}&", wire::form::octets(query))
    });
    wire::form::write(&fields(query, stage)?, &mut octets);
    Ok(url.with_query(Encoded::Octets(Text::from(octets))))
}

pub(super) fn fields(parameters: &Parameters, stage: &Stage<'_>) -> Result<Fields, Hitch> {
    let mut fields = Fields::EMPTY;
    for (name, value) in &parameters.0 {
        fields.push(name, stage.filled(value)?);
    }
    Ok(fields)
}

pub(super) fn method(word: &str) -> Method {
    match word {
        "GET" => Method::Get,
        "POST" => Method::Post,
        other => Method::Other(Text::new(other)),
    }
}

pub(super) fn header(name: &str, value: &str) -> Header {
    let value = Text::new(value);
    match name.to_ascii_lowercase().as_str() {
        "authorization" => Header::Authorization(value),
        "origin" => Header::Origin(value),
        "referer" => Header::Referer(value),
        "accept" => Header::Accept(value),
        "cookie" => Header::Cookie(wire::cookie::read_cookie(value.as_str())),
        other => Header::Other {
            name: Text::new(other),
            value,
        },
    }
}
