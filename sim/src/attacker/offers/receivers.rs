//! What honest parties turn down whatever they remember.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use grantlab_core::authorization_server::{AuthorizationServer, Input as ServerInput};
use grantlab_core::client::{Client, Input as ClientInput};
use grantlab_core::event::Event;
use grantlab_core::http::{Body, Encoded, Fields, Header, Page, Press, Request, Response, Url};
use grantlab_core::machine::{Context, ExchangeId, Machine as _, Output};
use grantlab_core::text::Text;

use crate::choices::Key;
use crate::party::PartyId;
use crate::provenance::{Mint, Path};
use crate::seed::Seed;
use crate::setup::{ClientSetup, ServerSetup};
use crate::trace::START;

/// What a receiver says to a request that it knows nothing about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reception {
    /// It goes on: with a page that asks something, with a redirect, or by asking somebody else.
    GoesOn,
    /// It turns the request down with a redirect to this endpoint (RFC 6749 §4.1.2.1).
    RedirectsError(Text),
    /// It turns the request down.
    Refuses,
}

/// Asks parties without a memory, and remembers what they said. What it says depends on the question alone.
#[derive(Debug, Default)]
pub struct Receivers {
    said: RwLock<BTreeMap<Key, Reception>>,
}

impl Receivers {
    /// What the authorization server says to an authorization request.
    pub(super) fn server_says(&self, server: &ServerSetup, request: &Request) -> Reception {
        self.remembered(Key::of(request), || {
            let mut machine = AuthorizationServer::new(server.configuration.clone());
            let input = ServerInput::Request {
                exchange: ExchangeId(0),
                request: Arc::new(request.clone()),
            };
            server_reception(&ask(|ctx| machine.handle(input, ctx)))
        })
    }

    /// Whether a client goes on with a request that needs no session.
    pub(super) fn client_goes_on(&self, client: &ClientSetup, request: &Request) -> bool {
        let said = self.remembered(Key::of(request), || reception(&ask_client(client, request)));
        said == Reception::GoesOn
    }

    /// Whether a client starts a login when its own page asks it to.
    pub(super) fn client_starts(&self, client: &ClientSetup, provider: &Text) -> bool {
        let origin = &client.configuration.origin;
        let fields = Fields::EMPTY.with("provider", provider.clone());
        let mut request = Request::post(
            Url::new(origin, "/login"),
            Body::Form(Encoded::Fields(fields)),
        );
        request
            .headers
            .push(Header::Origin(Text::from(origin.to_string())));
        let said = self.remembered(Key::of(&request), || {
            let outputs = ask_client(client, &request);
            let starts = outputs.iter().any(is_start);
            if starts {
                Reception::GoesOn
            } else {
                Reception::Refuses
            }
        });
        said == Reception::GoesOn
    }

    fn remembered(&self, key: Key, ask: impl FnOnce() -> Reception) -> Reception {
        let known = self
            .said
            .read()
            .ok()
            .and_then(|said| said.get(&key).cloned());
        known.unwrap_or_else(|| {
            let answer = ask();
            if let Ok(mut said) = self.said.write() {
                said.insert(key, answer.clone());
            }
            answer
        })
    }
}

fn ask_client(client: &ClientSetup, request: &Request) -> Vec<Output> {
    let mut machine = Client::new(client.configuration.clone());
    let input = ClientInput::Request {
        exchange: ExchangeId(0),
        request: Arc::new(request.clone()),
    };
    ask(|ctx| machine.handle(input, ctx))
}

fn ask(handle: impl FnOnce(&mut Context<'_>)) -> Vec<Output> {
    let mut outputs = Vec::new();
    let mut entropy = Mint {
        seed: Seed(0),
        path: Path(0),
        party: PartyId(0),
        flow: 0,
        entry: 0,
        drawn: 0,
        provenance: None,
    };
    handle(&mut Context::new(START, &mut entropy, &mut outputs));
    outputs
}

fn is_start(output: &Output) -> bool {
    match output {
        Output::Note(event) => matches!(**event, Event::LoginStarted { .. }),
        Output::Send { .. }
        | Output::Respond { .. }
        | Output::Store { .. }
        | Output::Reply { .. } => false,
    }
}

/// As [`reception`]. A server may ask its user who he is before it tells the client that the request is wrong.
fn server_reception(outputs: &[Output]) -> Reception {
    let said = reception(outputs);
    let taken_on = outputs.iter().any(|output| match output {
        Output::Note(event) => matches!(**event, Event::AuthorizationRequested { .. }),
        Output::Store { .. } => true,
        Output::Send { .. } | Output::Respond { .. } | Output::Reply { .. } => false,
    });
    match said {
        Reception::GoesOn if !taken_on => Reception::RedirectsError(Text::EMPTY),
        Reception::GoesOn | Reception::RedirectsError(_) | Reception::Refuses => said,
    }
}

fn reception(outputs: &[Output]) -> Reception {
    let said = outputs.iter().find_map(|output| match output {
        Output::Respond { response, .. } => Some(answer(response)),
        Output::Send { .. } | Output::Store { .. } => Some(Reception::GoesOn),
        Output::Reply { .. } | Output::Note(_) => None,
    });
    said.unwrap_or(Reception::Refuses)
}

/// What an answer says: a redirect or a page with a form leads on, unless the redirect carries an error.
fn answer(response: &Response) -> Reception {
    if let Some(to) = response
        .headers
        .location()
        .filter(|_| response.status.is_redirect())
    {
        let is_error = [&to.query, &to.fragment]
            .iter()
            .any(|fields| fields.first("error").is_some());
        return match is_error {
            true => Reception::RedirectsError(to.uri.clone()),
            false => Reception::GoesOn,
        };
    }
    match &response.body {
        Body::Page(page) if response.status.0 < 400 && !page.forms.is_empty() => {
            error_form(page).map_or(Reception::GoesOn, Reception::RedirectsError)
        }
        Body::Page(_) | Body::Empty | Body::Form(_) | Body::Json(_) | Body::Octets { .. } => {
            Reception::Refuses
        }
    }
}

/// Where a form that sends itself takes an error to (OAuth 2.0 Form Post Response Mode §2).
fn error_form(page: &Page) -> Option<Text> {
    let form = page.forms.iter().find(|form| form.press == Press::OnLoad)?;
    let is_error = form.fields.iter().any(|field| field.name == "error");
    is_error.then(|| form.action.clone())
}
