//! A browser with a person in front of it and a network behind it, for tests.

use std::sync::Arc;

use grantlab_core::entropy::{Entropy, FRESH_OCTETS, Fresh};
use grantlab_core::event::Event;
use grantlab_core::http::{
    Body, Encoded, Field, Fields, Form, Header, Location, Page, Press, Request, Response, Status,
};
use grantlab_core::machine::{Context, ExchangeId, Failure, Machine, Output};
use grantlab_core::text::Text;
use grantlab_core::time::Timestamp;
use grantlab_core::user_agent::policy::UserAgentPolicy;
use grantlab_core::user_agent::{Command, Input, UserAgent};
use grantlab_core::wire::{cookie, form, location};

/// Counts exchanges; a browser needs nothing else that is fresh.
struct Counter(u64);

impl Entropy for Counter {
    fn fresh(&mut self, _: Fresh) -> [u8; FRESH_OCTETS] {
        [0; FRESH_OCTETS]
    }

    fn ticket(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
}

/// A browser under test.
pub(crate) struct Browser {
    pub(crate) agent: UserAgent,
    pub(crate) events: Vec<Event>,
    /// Requests that are not answered yet, in the order in which they were sent.
    pub(crate) sent: Vec<(ExchangeId, Request)>,
    entropy: Counter,
}

pub(crate) fn text(text: &str) -> Text {
    Text::new(text)
}

impl Browser {
    pub(crate) fn new(policy: UserAgentPolicy) -> Self {
        Self {
            agent: UserAgent::new(policy),
            events: Vec::new(),
            sent: Vec::new(),
            entropy: Counter(0),
        }
    }

    pub(crate) fn secure() -> Self {
        Self::new(UserAgentPolicy::secure())
    }

    pub(crate) fn input(&mut self, input: Input) {
        let mut outputs = Vec::new();
        let mut ctx = Context::new(Timestamp(0), &mut self.entropy, &mut outputs);
        self.agent.handle(input, &mut ctx);
        for output in outputs {
            match output.clone() {
                Output::Send { exchange, request } => {
                    self.sent.push((exchange, Arc::unwrap_or_clone(request)))
                }
                Output::Note(event) => self.events.push(Arc::unwrap_or_clone(event)),
                Output::Respond { .. } | Output::Store { .. } | Output::Reply { .. } => {
                    panic!("a browser does not {output:?}")
                }
            }
        }
    }

    pub(crate) fn obey(&mut self, command: Command) {
        self.input(Input::Command(command));
    }

    pub(crate) fn open(&mut self, tab: &str, url: &str) {
        self.obey(Command::Open {
            tab: text(tab),
            url: text(url),
        });
    }

    pub(crate) fn press(&mut self, tab: &str) {
        self.obey(Command::Press {
            tab: text(tab),
            button: None,
        });
    }

    pub(crate) fn follow(&mut self, tab: &str, link: u32) {
        self.obey(Command::Follow {
            tab: text(tab),
            link,
        });
    }

    /// Takes the oldest request that waits, as `METHOD url`, and what goes with it.
    pub(crate) fn take(&mut self) -> (ExchangeId, Request) {
        assert!(!self.sent.is_empty(), "nothing is asked for");
        self.sent.remove(0)
    }

    /// Answers the oldest request and says what it was.
    pub(crate) fn answer(&mut self, response: Response) -> Request {
        let (exchange, request) = self.take();
        self.input(Input::Response {
            exchange,
            response: response.into(),
        });
        request
    }

    pub(crate) fn fail(&mut self, failure: Failure) {
        let (exchange, _) = self.take();
        self.input(Input::Failed { exchange, failure });
    }

    pub(crate) fn title(&self, tab: &str) -> Option<&str> {
        self.agent.page(&text(tab)).map(|page| page.title.as_str())
    }

    pub(crate) fn url(&self, tab: &str) -> Option<String> {
        self.agent.url(&text(tab)).map(location::text)
    }

    /// The reason of the last stop.
    pub(crate) fn stopped(&self) -> Option<&str> {
        self.events.iter().rev().find_map(|event| {
            if let Event::NavigationStopped { reason, .. } = event {
                Some(reason.as_str())
            } else {
                None
            }
        })
    }
}

/// `METHOD url body`
pub(crate) fn line(request: &Request) -> String {
    let mut body = String::new();
    if let Body::Form(fields) = &request.body {
        body = format!(" {}", form::octets(fields));
    }
    let url = location::text(&request.url);
    format!("{} {url}{body}", request.method.as_str())
}

pub(crate) fn referer(request: &Request) -> Option<&str> {
    request.headers.find(|header| {
        if let Header::Referer(referer) = header {
            Some(referer.as_str())
        } else {
            None
        }
    })
}

/// The names of the cookies that went along.
pub(crate) fn cookies(request: &Request) -> Vec<&str> {
    let sent = request.headers.find(|header| {
        if let Header::Cookie(cookies) = header {
            Some(cookies)
        } else {
            None
        }
    });
    sent.into_iter()
        .flat_map(|fields| &fields.0)
        .map(|(name, _)| name.as_str())
        .collect()
}

pub(crate) fn page(title: &str) -> Page {
    Page {
        title: text(title),
        ..Page::default()
    }
}

pub(crate) fn ok(page: Page) -> Response {
    Response::new(Status::OK, Body::Page(page))
}

pub(crate) fn redirect(status: Status, to: &str) -> Response {
    Response::redirect(status, Location::to(to))
}

pub(crate) fn set(response: Response, field: &str) -> Response {
    response.with(Header::SetCookie(cookie::read_set_cookie(field).unwrap()))
}

/// A form with one visible field `name`, one hidden field `marker`, and a button.
pub(crate) fn post_form(action: &str, marker: &str) -> Form {
    let field = |name: &str, hidden| Field {
        name: text(name),
        value: text("v"),
        hidden,
    };
    Form {
        action: text(action),
        post: true,
        fields: vec![field("name", false), field(marker, true)],
        buttons: Fields::EMPTY.with("do", "go"),
        press: Press::ByUser,
    }
}

pub(crate) fn form_body(request: &Request) -> Fields {
    let Body::Form(Encoded::Fields(fields)) = &request.body else {
        panic!("no form: {:?}", request.body);
    };
    fields.clone()
}
