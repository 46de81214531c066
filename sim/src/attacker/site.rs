//! The attacker's machines: what they answer, and whom they keep waiting.

use std::sync::Arc;

use grantlab_core::canonical::{Canonical, Encoder};
use grantlab_core::http::{
    Body, Field, Fields, Form, Location, Page, Press, Request, Response, Status, Url,
};
use grantlab_core::json::Json;
use grantlab_core::machine::{Context, ExchangeId};
use grantlab_core::message::{AccessTokenResponse, IdToken};
use grantlab_core::text::Text;
use grantlab_core::time::Span;
use grantlab_core::value::{AccessToken, ClientId, Nonce, Subject, TokenType};
use grantlab_core::wire::{basic, form};

use super::knowledge::{Kind, Knowledge, Sighting};
use super::setup::{AttackerSetup, USER};
use crate::choices::Key;

/// Where his site baits users.
pub(crate) const LURE: &str = "/lure";

/// Where the scripts of his pages send what they read.
const READ: &str = "/read";

/// Browsers that his authorization server keeps waiting at most.
const WAITING_MAX: usize = 8;

/// What a code of his authorization server looks like, before the name of whoever it is about.
const CODE: &str = "evil-code-about-";

/// What an access token of his looks like, before the name of whoever it is about.
const TOKEN: &str = "evil-token-about-";

/// A browser that waits for his authorization server's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// What is to be answered.
    pub exchange: ExchangeId,
    /// The authorization request that it brought.
    pub request: Sighting,
}

impl Canonical for Waiting {
    fn encode(&self, out: &mut Encoder) {
        self.exchange.encode(out);
        self.request.encode(out);
    }
}

/// The attacker's machines and memory.
#[derive(Clone, Debug)]
pub struct Attacker {
    setup: Arc<AttackerSetup>,
    /// What he knows.
    pub knowledge: Knowledge,
    waiting: Vec<Waiting>,
    bait: Option<Page>,
    /// The authorization requests that he opened himself.
    browsed: Vec<Key>,
    /// The redirection URIs that he asked for.
    asked: Vec<Text>,
    /// How often he did the same thing.
    done: Vec<(u64, u32)>,
}

impl Canonical for Attacker {
    /// How often he did something decides the names of fresh values and nothing else. In which order he did it decides
    /// nothing, but for the nonce that he heard last.
    fn encode(&self, out: &mut Encoder) {
        let Self {
            setup: _,
            knowledge,
            waiting,
            bait,
            browsed,
            asked,
            done: _,
        } = self;
        knowledge.encode(out);
        self.nonce().encode(out);
        let mut waiting: Vec<&Waiting> = waiting.iter().collect();
        waiting.sort_by_key(|waiting| waiting.exchange.0);
        waiting.as_slice().encode(out);
        bait.encode(out);
        let mut browsed: Vec<u64> = browsed.iter().map(|key| key.0).collect();
        browsed.sort_unstable();
        browsed.encode(out);
        let mut asked: Vec<&str> = asked.iter().map(Text::as_str).collect();
        asked.sort_unstable();
        asked.as_slice().encode(out);
    }
}

impl Attacker {
    /// An attacker who knows what is his own.
    #[must_use]
    pub fn new(setup: Arc<AttackerSetup>) -> Self {
        let mut knowledge = Knowledge::default();
        knowledge.learn(Kind::CodeVerifier, &Text::new(setup.verifier.as_str()));
        if let Some(secret) = &setup.client.client_secret {
            knowledge.learn(Kind::ClientSecret, secret.text());
        }
        Self {
            setup,
            knowledge,
            waiting: Vec::new(),
            bait: None,
            browsed: Vec::new(),
            asked: Vec::new(),
            done: Vec::new(),
        }
    }

    /// What does not change about him.
    #[must_use]
    pub fn setup(&self) -> &AttackerSetup {
        &self.setup
    }

    /// The browsers that wait for his authorization server, the oldest first.
    #[must_use]
    pub fn waiting(&self) -> &[Waiting] {
        &self.waiting
    }

    /// The code with which his authorization server says: this is `subject`.
    #[must_use]
    pub fn code_about(subject: &str) -> Text {
        Text::from(format!("{CODE}{subject}"))
    }

    /// Shows `page` to whoever comes to the bait next.
    pub(crate) fn lay(&mut self, page: Page) {
        self.bait = Some(page);
    }

    /// Whether he opened an authorization request with these parameters in his own browser: he has that code.
    #[must_use]
    pub fn has_browsed(&self, fields: &Fields) -> bool {
        self.browsed.contains(&Key::of(fields))
    }

    /// Notes that he opened an authorization request.
    pub(crate) fn browse(&mut self, fields: &Fields) {
        if fields.first("client_id").is_some() {
            self.browsed.push(Key::of(fields));
        }
        self.ask_for(fields);
    }

    /// Notes the redirection URI of a request that he made somebody send.
    pub(crate) fn ask_for(&mut self, fields: &Fields) {
        if let Some(uri) = fields
            .first("redirect_uri")
            .filter(|uri| !self.asked.contains(uri))
        {
            self.asked.push(uri.clone());
        }
    }

    /// The redirection URIs of the requests that he made somebody send, oldest first.
    #[must_use]
    pub fn asked(&self) -> &[Text] {
        &self.asked
    }

    /// How often he did what `key` names before.
    pub(crate) fn count(&mut self, key: u64) -> u32 {
        match self.done.iter_mut().find(|(done, _)| *done == key) {
            Some((_, count)) => {
                *count = count.saturating_add(1);
                *count
            }
            None => {
                self.done.push((key, 0));
                0
            }
        }
    }

    /// Lets a waiting browser go.
    pub(crate) fn release(&mut self, waiting: usize) -> Option<Waiting> {
        (waiting < self.waiting.len()).then(|| self.waiting.remove(waiting))
    }

    /// A request reaches one of his machines.
    pub(crate) fn handle(
        &mut self,
        exchange: ExchangeId,
        request: &Request,
        ctx: &mut Context<'_>,
    ) {
        let at_site = request.url.origin == self.setup.site;
        let response = match request.url.path.as_str() {
            LURE if at_site => page(self.bait.take().unwrap_or_default()),
            "/authorize" if at_site => {
                if self.waiting.len() < WAITING_MAX {
                    self.waiting.push(Waiting {
                        exchange,
                        request: Sighting::of(&request.url),
                    });
                    return;
                }
                page(Page::default())
            }
            "/token" if at_site => self.token(request, ctx),
            "/resource" if at_site => resource(request),
            READ => page(Page::default()),
            _ => page(with_scripts(Page::default())),
        };
        ctx.respond(exchange, response);
    }

    /// His token endpoint: codes of his own get a token, and an ID Token about whoever the code is about.
    fn token(&self, request: &Request, ctx: &Context<'_>) -> Response {
        let fields = match &request.body {
            Body::Form(encoded) => form::pairs(encoded).map(std::borrow::Cow::into_owned),
            Body::Empty | Body::Json(_) | Body::Page(_) | Body::Octets { .. } => Ok(Fields::EMPTY),
        };
        let fields = fields.unwrap_or_default();
        let about = fields
            .first("code")
            .and_then(|code| code.as_str().strip_prefix(CODE));
        let granted = about.and_then(|about| self.tokens(about, &audience(request, &fields)?, ctx));
        match granted {
            Some(json) => Response::new(Status::OK, Body::Json(json)),
            None => {
                let error = (Text::new("error"), Json::String(Text::new("invalid_grant")));
                Response::new(Status::BAD_REQUEST, Body::Json(Json::Object(vec![error])))
            }
        }
    }

    fn tokens(&self, about: &str, client: &ClientId, ctx: &Context<'_>) -> Option<Json> {
        let nonce = self
            .nonce()
            .and_then(|nonce| Nonce::new(nonce.clone()).ok());
        let id_token = self.setup.signing_key.sign(&IdToken {
            iss: self.setup.issuer.clone(),
            sub: Subject::new(about).ok()?,
            aud: client.clone(),
            exp: ctx.now.after(Span::from_seconds(3_600)),
            iat: ctx.now,
            auth_time: None,
            nonce,
            c_hash: None,
            at_hash: None,
            email: Some(Text::from(format!("{about}@mail.example"))),
        });
        let response = AccessTokenResponse {
            access_token: AccessToken::new(format!("{TOKEN}{about}")).ok()?,
            token_type: TokenType::new("Bearer").ok()?,
            expires_in: None,
            refresh_token: None,
            scope: None,
            id_token: Some(id_token),
            extra: Vec::new(),
        };
        Some(response.write())
    }

    /// The nonce of the newest request to his authorization server.
    fn nonce(&self) -> Option<&Text> {
        let mut newest_first = self.knowledge.requests().iter().rev();
        newest_first
            .find(|seen| seen.endpoint.origin == self.setup.site)
            .and_then(|seen| seen.fields.first("nonce"))
    }
}

/// His resource server says what his token endpoint said.
fn resource(request: &Request) -> Response {
    let token = request.headers.authorization().ok().flatten();
    let about = token
        .and_then(|text| text.as_str().split_once(TOKEN))
        .map_or(USER, |(_, about)| about);
    let owner = (Text::new("sub"), Json::String(Text::new(about)));
    Response::new(Status::OK, Body::Json(Json::Object(vec![owner])))
}

/// As which client the sender of a token request presents itself.
fn audience(request: &Request, fields: &Fields) -> Option<ClientId> {
    let by_basic = request
        .headers
        .authorization()
        .ok()
        .flatten()
        .and_then(|text| basic::read(text.as_str()).ok())
        .map(|credentials| credentials.client_id);
    let named = by_basic.or_else(|| fields.first("client_id").cloned());
    ClientId::new(named?).ok()
}

/// The answer that redirects a browser.
pub(crate) fn redirect(location: &Url) -> Response {
    let text = grantlab_core::wire::location::text(location);
    Response::redirect(Status::SEE_OTHER, Location::to(text))
}

fn page(page: Page) -> Response {
    Response::new(Status::OK, Body::Page(page))
}

/// The scripts of all his pages: they read the fragment, and whatever other windows post.
pub(crate) fn with_scripts(mut page: Page) -> Page {
    for marker in [Form::FRAGMENT_READER, Form::MESSAGE_LISTENER] {
        page.forms.push(Form {
            action: Text::new(READ),
            post: true,
            fields: vec![Field {
                name: Text::new(marker),
                value: Text::EMPTY,
                hidden: true,
            }],
            buttons: Fields::EMPTY,
            press: Press::ByUser,
        });
    }
    page
}
