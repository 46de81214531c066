//! A message in a few words: what it is and its parameters, every value by the name of its provenance.

use grantlab_core::entropy::Fresh;
use grantlab_core::http::{
    Body, Encoded, Fields, Header, Headers, Location, Page, Request, Response,
};
use grantlab_core::json::Json;
use grantlab_core::machine::Failure;
use grantlab_core::message::store::{StoreReply, StoreRequest};
use grantlab_core::message::{CLIENT_CERT, DPOP};
use grantlab_core::text::Text;
use grantlab_core::value::{RequestUri, SecretDigest, first_characters};
use grantlab_core::wire;

use super::Payload;
use crate::provenance::Provenance;

/// A message in a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// What it is: method and URL, or status.
    pub head: String,
    /// Its parameters, in order.
    pub parts: Vec<(String, String)>,
}

/// Parameters whose values are configured secrets: nobody minted them, so they have no name of their own.
const CONFIGURED_SECRETS: [&str; 2] = ["client_secret", "password"];

impl Summary {
    /// Says what `payload` is.
    #[must_use]
    pub fn of(payload: &Payload, provenance: &Provenance) -> Self {
        let mut summary = Self {
            head: String::new(),
            parts: Vec::new(),
        };
        let names = Names { provenance };
        match payload {
            Payload::Request(request) => summary.request(request, &names),
            Payload::Response(response) => summary.response(response, &names),
            Payload::Failure(Failure::Unreachable) => "no connection".clone_into(&mut summary.head),
            Payload::Failure(Failure::ConnectionLost) => {
                "connection lost".clone_into(&mut summary.head)
            }
            Payload::StoreRequest(request) => summary.store_request(request, &names),
            Payload::StoreReply(reply) => summary.store_reply(reply, &names),
        }
        summary
    }

    fn request(&mut self, request: &Request, names: &Names<'_>) {
        self.head = format!("{} {}", request.method.as_str(), request.url.endpoint());
        if let Some(query) = &request.url.query {
            self.encoded("", query, names);
        }
        self.headers(&request.headers, names);
        self.body(&request.body, names);
    }

    fn response(&mut self, response: &Response, names: &Names<'_>) {
        self.head = response.status.0.to_string();
        self.headers(&response.headers, names);
        self.body(&response.body, names);
    }

    fn store_request(&mut self, request: &StoreRequest, names: &Names<'_>) {
        request.name().clone_into(&mut self.head);
        let digest = match request {
            StoreRequest::SaveCode(record) => Some(record.grant.0),
            StoreRequest::LoadCode(digest)
            | StoreRequest::ConsumeCode(digest)
            | StoreRequest::MarkCodeRedeemed(digest)
            | StoreRequest::InvalidateCode(digest)
            | StoreRequest::LoadToken(digest)
            | StoreRequest::ConsumeRefresh(digest)
            | StoreRequest::MarkRefreshRotated(digest)
            | StoreRequest::RevokeToken(digest)
            | StoreRequest::SavePushed(digest, _)
            | StoreRequest::LoadPushed(digest)
            | StoreRequest::TakePushed(digest) => Some(*digest),
            StoreRequest::RevokeFamily(grant) => Some(grant.0),
            StoreRequest::SaveTokens { access, refresh } => {
                self.part("access_token", names.digest(access.0));
                refresh.as_ref().map(|(digest, _)| *digest)
            }
        };
        if let Some(digest) = digest {
            self.part("of", names.digest(digest));
        }
    }

    fn store_reply(&mut self, reply: &StoreReply, names: &Names<'_>) {
        reply.name().clone_into(&mut self.head);
        let grant = match reply {
            StoreReply::Done
            | StoreReply::Full
            | StoreReply::GrantRevoked
            | StoreReply::Unknown
            | StoreReply::Pushed(_) => None,
            StoreReply::Code(code)
            | StoreReply::CodeConsumed(code)
            | StoreReply::CodeAlreadyUsed(code) => Some(code.grant),
            StoreReply::Token(token)
            | StoreReply::RefreshConsumed(token)
            | StoreReply::RefreshAlreadyUsed(token) => Some(token.grant),
        };
        if let Some(grant) = grant {
            self.part("grant", names.digest(grant.0));
        }
    }

    fn headers(&mut self, headers: &Headers, names: &Names<'_>) {
        for header in &headers.0 {
            match header {
                Header::Authorization(text) => {
                    self.part("Authorization", names.authorization(text.as_str()))
                }
                Header::Cookie(cookies) => self.fields("Cookie ", cookies, names),
                Header::Location(location) => self.location(location, names),
                Header::SetCookie(cookie) => {
                    let value = names.named(cookie.value.as_str());
                    self.part(&format!("Set-Cookie {}", cookie.name), value);
                }
                Header::Origin(text) => self.part("Origin", text.to_string()),
                Header::Referer(text) => self.part("Referer", names.within(text.as_str())),
                Header::WwwAuthenticate(text) => self.part("WWW-Authenticate", text.to_string()),
                Header::CacheControl(text) => self.part("Cache-Control", text.to_string()),
                Header::Allow(text) => self.part("Allow", text.to_string()),
                Header::Other { name, .. } if name == DPOP => {
                    self.part("DPoP", "‹signed proof›".to_owned());
                }
                Header::Other { name, value } if name == CLIENT_CERT => {
                    self.part("Client-Cert", value.to_string());
                }
                Header::Accept(_)
                | Header::Pragma(_)
                | Header::ReferrerPolicy(_)
                | Header::FrameDeny
                | Header::Other { .. } => {}
            }
        }
    }

    fn location(&mut self, location: &Location, names: &Names<'_>) {
        let joined = wire::location::join(location);
        let (place, rest) = joined.split_at(joined.find(['?', '#']).unwrap_or(joined.len()));
        self.part("Location", place.to_owned());
        for (mark, piece) in split_parameters(rest) {
            if let Ok(fields) = wire::form::parse(piece.as_bytes()) {
                self.fields(mark, &fields, names);
            }
        }
    }

    fn body(&mut self, body: &Body, names: &Names<'_>) {
        match body {
            Body::Empty => {}
            Body::Form(form) => self.encoded("", form, names),
            Body::Json(json) => self.json(json, names),
            Body::Page(page) => self.page(page, names),
            Body::Octets {
                content_type,
                octets,
            } => {
                self.part(
                    "content",
                    format!("{} octets of {content_type:?}", octets.len()),
                );
            }
        }
    }

    fn json(&mut self, json: &Json, names: &Names<'_>) {
        match json.members() {
            Some(members) => {
                for (name, value) in members {
                    let shown = match value {
                        Json::String(text) => names.parameter(name.as_str(), text.as_str()),
                        Json::Null
                        | Json::Bool(_)
                        | Json::Number(_)
                        | Json::Array(_)
                        | Json::Object(_) => names.within(&written(value)),
                    };
                    self.part(name.as_str(), shown);
                }
            }
            None => self.part("content", names.within(&written(json))),
        }
    }

    fn page(&mut self, page: &Page, names: &Names<'_>) {
        self.part("page", format!("{:?}", page.title.as_str()));
        for form in &page.forms {
            let fields: Vec<String> = form
                .fields
                .iter()
                .map(|field| match field.value.is_empty() {
                    true => field.name.to_string(),
                    false => format!(
                        "{}={}",
                        field.name,
                        names.parameter(field.name.as_str(), field.value.as_str())
                    ),
                })
                .chain(
                    form.buttons
                        .0
                        .iter()
                        .map(|(name, value)| format!("[{name}={value}]")),
                )
                .collect();
            self.part("form", format!("{} {}", form.action, fields.join(" ")));
        }
        for resource in &page.resources {
            self.part("loads", names.within(resource.url.as_str()));
        }
        for message in &page.messages {
            self.fields(
                &format!("posts to {} ", message.target_origin),
                &message.data,
                names,
            );
        }
    }

    fn encoded(&mut self, prefix: &str, encoded: &Encoded, names: &Names<'_>) {
        match wire::form::pairs(encoded) {
            Ok(fields) => self.fields(prefix, &fields, names),
            Err(_) => self.part("content", "not readable as a form".to_owned()),
        }
    }

    fn fields(&mut self, prefix: &str, fields: &Fields, names: &Names<'_>) {
        for (name, value) in &fields.0 {
            self.part(
                &format!("{prefix}{name}"),
                names.parameter(name.as_str(), value.as_str()),
            );
        }
    }

    fn part(&mut self, name: &str, value: String) {
        self.parts.push((name.to_owned(), value));
    }
}

/// Knows the names of values.
pub(super) struct Names<'a> {
    pub(super) provenance: &'a Provenance,
}

impl Names<'_> {
    /// A value by its name, or itself when nobody minted it.
    pub(super) fn named(&self, value: &str) -> String {
        self.provenance
            .label(value)
            .unwrap_or_else(|| value.to_owned())
    }

    /// A secret by its name; one that nobody minted shows its first characters.
    pub(super) fn secret(&self, value: &str) -> String {
        self.provenance
            .label(value)
            .unwrap_or_else(|| format!("{}…", first_characters(value)))
    }

    /// A digest by the name of the value that it is of.
    pub(super) fn digest(&self, digest: SecretDigest) -> String {
        let minted = self.provenance.minted().iter().find(|minted| {
            let text = match minted.kind == Fresh::RequestUri.name() {
                true => Text::from(format!("{}{}", RequestUri::PREFIX, minted.text)),
                false => minted.text.clone(),
            };
            SecretDigest::of(text.as_str()) == digest
        });
        minted.map_or_else(
            || "something unknown".to_owned(),
            |minted| self.provenance.label_of(minted),
        )
    }

    /// A text with every value in it by its name.
    pub(super) fn within(&self, text: &str) -> String {
        let mut shown = text.to_owned();
        for minted in self.provenance.minted() {
            if shown.contains(minted.text.as_str()) {
                shown = shown.replace(minted.text.as_str(), &self.provenance.label_of(minted));
            }
        }
        shown
    }

    /// The value of a parameter.
    fn parameter(&self, name: &str, value: &str) -> String {
        if CONFIGURED_SECRETS.contains(&name) {
            return format!("‹{name}›");
        }
        if name == "id_token" {
            return "‹signed id_token›".to_owned();
        }
        self.within(value)
    }

    fn authorization(&self, text: &str) -> String {
        if let Ok(credentials) = wire::basic::read(text) {
            return format!("Basic {}:‹client_secret›", credentials.client_id);
        }
        let schemes = ["Bearer", "DPoP"];
        let token = schemes.into_iter().find_map(|scheme| {
            let token = wire::bearer::read_after(scheme, text).ok()?;
            Some(format!("{scheme} {}", self.secret(token)))
        });
        token.unwrap_or_else(|| format!("{} …", wire::bearer::scheme(text)))
    }
}

fn written(json: &Json) -> String {
    let mut text = String::new();
    wire::json::write(json, &mut text);
    text
}

/// The query and the fragment of what follows a path, each with its mark.
fn split_parameters(rest: &str) -> Vec<(&'static str, &str)> {
    let (query, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let query = query.strip_prefix('?').unwrap_or(query);
    [("?", query), ("#", fragment)]
        .into_iter()
        .filter(|(_, piece)| !piece.is_empty())
        .collect()
}
