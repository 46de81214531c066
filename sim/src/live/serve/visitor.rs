//! The visitor: our user-agent with a user at it, for those who have no browser.
//!
//! It opens an authorization URL, logs in, decides, and stops where the response leaves for the client: nobody is
//! connected to there. Every visit is a browser of its own, without cookies from before.

use std::sync::Arc;

use grantlab_core::entropy::{Entropy, FRESH_OCTETS, Fresh};
use grantlab_core::http::{Body, Form, Request, Response};
use grantlab_core::machine::{Context, ExchangeId, Machine as _, Output};
use grantlab_core::text::Text;
use grantlab_core::time::Timestamp;
use grantlab_core::user_agent::policy::UserAgentPolicy;
use grantlab_core::user_agent::{Command, Input, UserAgent};
use grantlab_core::wire::location;
use serde_json::{Value, json};

use super::journal::readable;

/// Pages that a visitor looks at before he gives up: login, a second try, consent, and as much again.
const PAGES_MAX: usize = 8;

/// Requests of one visit at most.
const REQUESTS_MAX: usize = 64;

/// What the user says to the client's wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Approve,
    /// No.
    Deny,
}

impl Decision {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Deny => "deny",
        }
    }
}

/// Who visits, and what he wants.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    pub(super) username: String,
    pub(super) password: String,
    pub(super) decision: Decision,
    pub(super) browser: UserAgentPolicy,
    pub(super) now: Timestamp,
}

/// How a visit ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Visited {
    /// The response is on its way to the client.
    Callback {
        /// Where it goes, octet for octet as the server wrote it.
        url: String,
        /// The form that goes there; with `form_post` the response is in it.
        form: Option<Vec<(String, String)>>,
    },
    /// There is none: what the user saw last.
    Stopped {
        /// The title and text of the page.
        page: String,
    },
}

impl Visited {
    /// How it ended, as data.
    pub(super) fn json(&self) -> Value {
        match self {
            Self::Callback { url, form } => json!({
                "callback": url,
                "method": if form.is_some() { "POST" } else { "GET" },
                "form": form,
                "parameters": parameters(url, form.as_deref()),
            }),
            Self::Stopped { page } => json!({ "stopped": page }),
        }
    }
}

/// The parameters of a response, wherever they are, with repeats.
fn parameters(url: &str, form: Option<&[(String, String)]>) -> Vec<(String, String)> {
    if let Some(form) = form {
        return form.to_vec();
    }
    let Ok(url) = location::parse(url) else {
        return Vec::new();
    };
    let parts = url.query.iter().chain(&url.fragment);
    parts
        .flat_map(|part| readable(part).0)
        .map(|(name, value)| (name.as_str().to_owned(), value.as_str().to_owned()))
        .collect()
}

/// Whoever answers the visitor's requests.
pub(super) trait Site {
    /// Whether a URL is one of this site.
    fn has(&self, request: &Request) -> bool;

    /// The answer to a request.
    fn respond(&mut self, request: Request) -> Arc<Response>;
}

/// The tab of a visit.
fn tab() -> Text {
    Text::new("1")
}

/// Names exchanges; a browser needs nothing else that is fresh.
struct Tickets(u64);

impl Entropy for Tickets {
    fn fresh(&mut self, _: Fresh) -> [u8; FRESH_OCTETS] {
        [0; FRESH_OCTETS]
    }

    fn ticket(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(1);
        self.0
    }
}

/// A visit under way.
struct Visit<'a, S> {
    site: &'a mut S,
    visitor: &'a Visitor,
    browser: UserAgent,
    tickets: Tickets,
    requests: usize,
}

/// Opens `url` and does what the page says until the response leaves for the client.
pub(super) fn visit(site: &mut impl Site, visitor: &Visitor, url: &str) -> Visited {
    let mut visit = Visit {
        site,
        visitor,
        browser: UserAgent::new(visitor.browser),
        tickets: Tickets(0),
        requests: 0,
    };
    let open = Command::Open {
        tab: tab(),
        url: Text::new(url),
    };
    if let Some(found) = visit.obey(open) {
        return found;
    }
    for _ in 0..PAGES_MAX {
        let Some(commands) = visit.next_commands() else {
            break;
        };
        for command in commands {
            if let Some(found) = visit.obey(command) {
                return found;
            }
        }
    }
    visit.stopped()
}

impl<S: Site> Visit<'_, S> {
    /// What the user does at the page that he sees: he fills in what he knows and presses a button.
    fn next_commands(&self) -> Option<Vec<Command>> {
        let page = self.browser.page(&tab())?;
        let form = page.forms.iter().find(|form| !form.buttons.0.is_empty())?;
        let mut commands = Vec::new();
        for (name, value) in [
            ("username", &self.visitor.username),
            ("password", &self.visitor.password),
        ] {
            if form.fields.iter().any(|field| field.name == *name) {
                commands.push(Command::Fill {
                    tab: tab(),
                    name: Text::new(name),
                    value: Text::from(value.as_str()),
                });
            }
        }
        commands.push(Command::Press {
            tab: tab(),
            button: self.button(form),
        });
        Some(commands)
    }

    /// The button that says what the user wants, or else the first.
    fn button(&self, form: &Form) -> Option<(Text, Text)> {
        let wanted = self.visitor.decision.as_str();
        let mut buttons = form.buttons.0.iter();
        let decides = buttons.clone().find(|(_, value)| value == wanted);
        decides.or_else(|| buttons.next()).cloned()
    }

    /// Tells the browser something and carries its requests until it wants nothing more, or leaves for the client.
    fn obey(&mut self, command: Command) -> Option<Visited> {
        let mut inputs = vec![Input::Command(command)];
        while let Some(input) = inputs.pop() {
            for (exchange, request) in self.tell(input) {
                if !self.site.has(&request) {
                    return Some(left(&request));
                }
                self.requests = self.requests.saturating_add(1);
                if self.requests > REQUESTS_MAX {
                    return Some(self.stopped());
                }
                let response = self.site.respond(Request::clone(&request));
                if let Some(found) = self.leaves(&response) {
                    return Some(found);
                }
                inputs.push(Input::Response { exchange, response });
            }
        }
        None
    }

    fn tell(&mut self, input: Input) -> Vec<(ExchangeId, Arc<Request>)> {
        let mut outputs = Vec::new();
        let mut ctx = Context::new(self.visitor.now, &mut self.tickets, &mut outputs);
        self.browser.handle(input, &mut ctx);
        let sent = outputs.into_iter().filter_map(|output| match output {
            Output::Send { exchange, request } => Some((exchange, request)),
            Output::Respond { .. }
            | Output::Store { .. }
            | Output::Reply { .. }
            | Output::Note(_) => None,
        });
        sent.collect()
    }

    /// The octets of a redirect to somewhere else: what a browser makes of them is the client's own affair.
    fn leaves(&self, response: &Response) -> Option<Visited> {
        if !response.status.is_redirect() {
            return None;
        }
        let url = location::join(response.headers.location()?);
        // What cannot be resolved without a page is a path on this site.
        let target = location::parse(&url).ok()?;
        let is_here = self.site.has(&Request::get(target));
        (!is_here).then_some(Visited::Callback { url, form: None })
    }

    fn stopped(&self) -> Visited {
        let page = self.browser.page(&tab()).map_or_else(
            || "no page".to_owned(),
            |page| format!("{}: {}", page.title, page.text),
        );
        Visited::Stopped { page }
    }
}

/// A request that leaves this site: a form that was sent to the client.
fn left(request: &Request) -> Visited {
    let form = match &request.body {
        Body::Form(encoded) => readable(encoded)
            .0
            .into_iter()
            .map(|(name, value)| (name.as_str().to_owned(), value.as_str().to_owned()))
            .collect(),
        Body::Empty | Body::Json(_) | Body::Page(_) | Body::Octets { .. } => Vec::new(),
    };
    Visited::Callback {
        url: location::text(&request.url),
        form: Some(form).filter(|_| request.body != Body::Empty),
    }
}
