//! What the attacker learns from a message that he gets to see.

use grantlab_core::http::{Body, Encoded, Fields, Header, Page, Press, Request, Response, Url};
use grantlab_core::json::Json;
use grantlab_core::text::Text;
use grantlab_core::wire::{basic, form, location};

use super::knowledge::{Kind, Sighting};
use crate::trace::Leak;

/// What a message teaches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lesson {
    /// Values, and how they came to him.
    pub(crate) values: Vec<(Kind, Text, Leak)>,
    /// Authorization requests.
    pub(crate) requests: Vec<Sighting>,
    /// Authorization responses.
    pub(crate) responses: Vec<Sighting>,
}

impl Lesson {
    /// What a request that reached him teaches.
    pub(crate) fn of_request(request: &Request) -> Self {
        let mut lesson = Self::default();
        lesson.read_url(&request.url, Leak::Received);
        for header in &request.headers.0 {
            if let Header::Referer(text) = header
                && let Ok(url) = location::parse(text.as_str())
            {
                lesson.read_url(&url, Leak::Referer);
            } else if let Header::Authorization(text) = header {
                lesson.read_authorization(text.as_str());
            }
        }
        lesson.read_body(&request.url, &request.body);
        lesson
    }

    /// What a response that reached him teaches: `url` is what he had asked for.
    pub(crate) fn of_response(url: Option<&Url>, response: &Response) -> Self {
        let mut lesson = Self::default();
        for header in &response.headers.0 {
            if let Header::Location(to) = header
                && let Ok(url) = location::parse(&location::join(to))
            {
                lesson.read_url(&url, Leak::Received);
            }
        }
        match (&response.body, url) {
            (Body::Page(page), Some(url)) => lesson.read_page(url, page),
            (Body::Json(json), _) => lesson.read_json(json, Leak::Received),
            (Body::Page(_), None) | (Body::Empty | Body::Form(_) | Body::Octets { .. }, _) => {}
        }
        lesson
    }

    /// What a URL alone teaches.
    pub(crate) fn of_url(url: &Url, leak: Leak) -> Self {
        let mut lesson = Self::default();
        lesson.read_url(url, leak);
        lesson
    }

    /// What a token response teaches whoever gets hold of it.
    pub(crate) fn of_tokens(json: &Json, leak: Leak) -> Self {
        let mut lesson = Self::default();
        lesson.read_json(json, leak);
        lesson
    }

    /// Whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty() && self.requests.is_empty() && self.responses.is_empty()
    }

    fn value(&mut self, kind: Kind, value: &Text, leak: Leak) {
        self.values.push((kind, value.clone(), leak));
    }

    fn read_url(&mut self, url: &Url, leak: Leak) {
        let sighting = Sighting::of(url);
        self.read_fields(&sighting.fields, leak);
        self.file(sighting);
    }

    /// Files parameters under requests or responses by what they are (RFC 6749 §4.1.1, §4.1.2).
    fn file(&mut self, sighting: Sighting) {
        let has = |name| sighting.fields.first(name).is_some();
        let asks = has("response_type") || (has("client_id") && has("request_uri"));
        if asks {
            self.requests.push(sighting);
        } else if has("code") || has("access_token") || has("id_token") {
            self.responses.push(sighting);
        }
    }

    fn read_fields(&mut self, fields: &Fields, leak: Leak) {
        for (name, value) in &fields.0 {
            if let Some(kind) = Kind::of_parameter(name.as_str()) {
                self.value(kind, value, leak);
            }
        }
    }

    /// RFC 6749 §2.3.1, RFC 6750 §2.1: a client's secret or a token.
    fn read_authorization(&mut self, text: &str) {
        if let Ok(credentials) = basic::read(text) {
            self.value(
                Kind::ClientSecret,
                &credentials.client_secret,
                Leak::Received,
            );
        } else if let Some((_, token)) = text.split_once(' ') {
            self.value(Kind::AccessToken, &Text::new(token), Leak::Received);
        }
    }

    fn read_body(&mut self, url: &Url, body: &Body) {
        match body {
            Body::Form(encoded) => {
                let Ok(fields) = form::pairs(encoded) else {
                    return;
                };
                self.read_fields(&fields, Leak::Received);
                self.file(Sighting {
                    endpoint: Url::new(&url.origin, url.path.as_str()),
                    fields: fields.into_owned(),
                });
            }
            Body::Json(json) => self.read_json(json, Leak::Received),
            Body::Empty | Body::Page(_) | Body::Octets { .. } => {}
        }
    }

    fn read_json(&mut self, json: &Json, leak: Leak) {
        for (name, value) in json.members().unwrap_or_default() {
            if let (Some(kind), Json::String(text)) = (Kind::of_parameter(name.as_str()), value) {
                self.value(kind, text, leak);
            }
        }
    }

    /// Forms that would send themselves, and messages that would be posted.
    fn read_page(&mut self, url: &Url, page: &Page) {
        for form in page.forms.iter().filter(|form| form.press == Press::OnLoad) {
            let Ok(action) = location::resolve(url, form.action.as_str()) else {
                continue;
            };
            let fields = form
                .fields
                .iter()
                .map(|field| (field.name.clone(), field.value.clone()));
            let fields = Fields(fields.collect());
            let sent = Url::new(&action.origin, action.path.as_str());
            self.read_url(&sent.with_query(Encoded::Fields(fields)), Leak::Received);
        }
        for message in &page.messages {
            self.read_fields(&message.data, Leak::Received);
            self.file(Sighting {
                endpoint: Url::new(&url.origin, "/"),
                fields: message.data.clone(),
            });
        }
    }
}
