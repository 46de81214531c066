//! The browser of a check: our user-agent, and a user who reads pages and fills them in.
//!
//! It follows redirects as long as they stay with the target. Where they leave it, the client is: that is the end of
//! the way, and nobody connects to it.

use std::collections::VecDeque;
use std::sync::Arc;

use grantlab_core::entropy::{Entropy, FRESH_OCTETS, Fresh};
use grantlab_core::http::{Body, Header, Request, Response, Scheme, Status, Url};
use grantlab_core::machine::{Context, ExchangeId, Failure, Machine as _, Output};
use grantlab_core::text::Text;
use grantlab_core::time::Timestamp;
use grantlab_core::user_agent::policy::UserAgentPolicy;
use grantlab_core::user_agent::{Command, Input, UserAgent};
use grantlab_core::wire::location;

use super::answer::{Answer, NoAnswer};
use super::callback::Callback;
use super::filling::{Act, Filling, filling};
use super::page::ForeignPage;
use super::resolved::Target;
use super::step::Owner;
use super::subject::Subject;
use super::target::{Purpose, UserPart};

/// Requests of one way; the longest honest one that was seen has eleven.
const REQUESTS_MAX: usize = 40;

/// Pages that a user fills in on one way.
const PAGES_MAX: usize = 12;

/// How often a login page may come back after the right password: the login does not work then.
const LOGINS_MAX: usize = 3;

const TAB: &str = "1";

/// What a user means to do.
#[derive(Clone, Copy, Debug)]
pub struct Intention<'a> {
    /// What he decides.
    pub owner: Owner,
    /// How often he types a wrong password first.
    pub wrong_passwords: u8,
    /// Who he is.
    pub user: &'a UserPart,
}

/// A request, and what came of it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What was sent.
    pub request: Request,
    /// What came.
    pub answer: Result<Answer, NoAnswer>,
}

/// Where a way ended.
#[derive(Clone, Debug)]
pub struct Way {
    /// Everything that was sent and came, in order.
    pub exchanges: Vec<Exchange>,
    /// What the client was told, if the browser came back to it.
    pub callback: Option<Callback>,
    /// The page that is shown otherwise.
    pub page: Option<ForeignPage>,
    /// What that page is for; nothing, when it asks for nothing.
    pub purpose: Option<Purpose>,
}

/// A browser with its cookies.
#[derive(Clone, Debug)]
pub struct Browser {
    agent: UserAgent,
    tickets: Tickets,
}

/// Numbers for exchanges. A user-agent needs no secret of its own.
#[derive(Clone, Debug)]
struct Tickets(u64);

impl Entropy for Tickets {
    fn fresh(&mut self, _: Fresh) -> [u8; FRESH_OCTETS] {
        [0; FRESH_OCTETS]
    }

    fn ticket(&mut self) -> u64 {
        self.0 = self.0.saturating_add(1);
        self.0
    }
}

/// A page that came, and where from.
struct Arrived {
    page: ForeignPage,
    filling: Option<Filling>,
}

/// A way that is under way.
struct Journey<'a> {
    subject: &'a mut dyn Subject,
    target: &'a Target,
    intention: Intention<'a>,
    exchanges: Vec<Exchange>,
    callback: Option<Callback>,
    arrived: Option<Arrived>,
}

impl Default for Browser {
    fn default() -> Self {
        Self {
            agent: UserAgent::new(UserAgentPolicy::secure()),
            tickets: Tickets(0),
        }
    }
}

impl Browser {
    /// Sends `first`, and goes on as the user means to. Its cookies are added to `first`.
    pub fn go(
        &mut self,
        subject: &mut dyn Subject,
        target: &Target,
        first: Request,
        intention: Intention<'_>,
    ) -> Way {
        let mut journey = Journey {
            subject,
            target,
            intention,
            exchanges: Vec::new(),
            callback: None,
            arrived: None,
        };
        // A form without an action goes back to the whole URL. One that no address bar takes is opened without query.
        let open = |url: String| Command::Open {
            tab: Text::new(TAB),
            url: Text::from(url),
        };
        let whole = location::text_without_fragment(&first.url);
        let mut sends = self.tell(Input::Command(open(whole)));
        if sends.is_empty() {
            sends = self.tell(Input::Command(open(first.url.endpoint())));
        }
        if let Some((_, request)) = sends.front_mut() {
            let cookies = request
                .headers
                .0
                .iter()
                .filter(|header| matches!(header, Header::Cookie(_)));
            let mut first = first;
            first.headers.0.extend(cookies.cloned());
            *request = Arc::new(first);
        }
        self.carry(&mut journey, sends);
        self.read_on(&mut journey);
        let arrived = journey.arrived.filter(|_| journey.callback.is_none());
        Way {
            exchanges: journey.exchanges,
            callback: journey.callback,
            purpose: arrived
                .as_ref()
                .and_then(|arrived| arrived.filling.as_ref())
                .map(|filling| filling.purpose),
            page: arrived.map(|arrived| arrived.page),
        }
    }

    /// Fills in page after page, until the user has what he means to have.
    fn read_on(&mut self, journey: &mut Journey<'_>) {
        let mut logins = 0;
        let mut wrong = journey.intention.wrong_passwords;
        if journey.intention.owner == Owner::Mistypes {
            wrong = u8::MAX;
        }
        let mut has_mistyped = false;
        for _ in 0..PAGES_MAX {
            let owner = journey.intention.owner;
            let arrived = journey
                .arrived
                .as_ref()
                .filter(|_| journey.callback.is_none());
            let Some(filling) = arrived.and_then(|arrived| arrived.filling.clone()) else {
                return;
            };
            if stops(owner, filling.purpose, has_mistyped) {
                return;
            }
            let mistypes = filling.purpose == Purpose::Login && wrong > 0;
            if mistypes {
                has_mistyped |= filling.types_out(&journey.intention.user.password);
                wrong = wrong.saturating_sub(1);
            } else if filling.purpose == Purpose::Login {
                logins += 1;
            }
            if logins > LOGINS_MAX {
                return;
            }
            let says_no = owner == Owner::Denies
                && (filling.purpose == Purpose::Consent || filling.decides_at_once);
            let act = if says_no {
                filling.deny.clone()
            } else {
                filling.go_on.clone()
            };
            let Some(act) = act else {
                return;
            };
            self.fill_in(journey, &filling, mistypes);
            journey.arrived = None;
            let sends = self.tell(Input::Command(match act {
                Act::Button(name, value) => Command::Press {
                    tab: Text::new(TAB),
                    button: Some((name, value)),
                },
                Act::Link(link) => Command::Follow {
                    tab: Text::new(TAB),
                    link,
                },
            }));
            self.carry(journey, sends);
        }
    }

    fn fill_in(&mut self, journey: &Journey<'_>, filling: &Filling, mistypes: bool) {
        for (name, value) in &filling.types {
            let is_password = *value == journey.intention.user.password;
            let value = match mistypes && is_password {
                true => format!("{value}-mistyped"),
                false => value.clone(),
            };
            self.tell(Input::Command(Command::Fill {
                tab: Text::new(TAB),
                name: Text::from(name),
                value: Text::from(value),
            }));
        }
    }

    /// Sends what the user-agent wants sent, and hands it what comes, until it wants nothing more.
    fn carry(
        &mut self,
        journey: &mut Journey<'_>,
        mut sends: VecDeque<(ExchangeId, Arc<Request>)>,
    ) {
        while let Some((exchange, request)) = sends.pop_front() {
            let input = if journey.exchanges.len() >= REQUESTS_MAX {
                None
            } else {
                journey.send(&request)
            };
            let input = match input {
                Some(response) => Input::Response {
                    exchange,
                    response: Arc::new(response),
                },
                None => Input::Failed {
                    exchange,
                    failure: Failure::Unreachable,
                },
            };
            sends.extend(self.tell(input));
        }
    }

    fn tell(&mut self, input: Input) -> VecDeque<(ExchangeId, Arc<Request>)> {
        let mut outputs = Vec::new();
        let mut ctx = Context::new(Timestamp::ZERO, &mut self.tickets, &mut outputs);
        self.agent.handle(input, &mut ctx);
        let sends = outputs.into_iter().filter_map(|output| match output {
            Output::Send { exchange, request } => Some((exchange, request)),
            Output::Respond { .. }
            | Output::Store { .. }
            | Output::Reply { .. }
            | Output::Note(_) => None,
        });
        sends.collect()
    }
}

/// Whether the user has what he means to have.
const fn stops(owner: Owner, purpose: Purpose, has_mistyped: bool) -> bool {
    match (owner, purpose) {
        (Owner::Mistypes, Purpose::Login | Purpose::Consent | Purpose::Other) => has_mistyped,
        (Owner::Absent, _)
        | (Owner::LooksAtLogin, Purpose::Login)
        | (Owner::LooksAtConsent, Purpose::Consent) => true,
        (_, Purpose::Login | Purpose::Consent | Purpose::Other) => false,
    }
}

impl Journey<'_> {
    /// What the target answers; nothing, when it does not, or when the request is for somebody else.
    fn send(&mut self, request: &Request) -> Option<Response> {
        if !self.target.is_at(&request.url.origin) {
            // A redirect was looked at when it came; this is a form that a page of the target sends.
            if self.callback.is_none() {
                self.callback = Some(Callback::of_form(request));
            }
            return None;
        }
        let answer = self.subject.send(request);
        self.exchanges.push(Exchange {
            request: request.clone(),
            answer: answer.clone(),
        });
        let answer = answer.ok()?;
        match answer.location() {
            Some(target) => self.redirected(&request.url, target, answer.status),
            None => self.arrive(&request.url, &answer),
        }
        Some(self.for_user_agent(&answer))
    }

    /// A redirect that leaves the target is for the client.
    fn redirected(&mut self, from: &Url, target: &str, status: u16) {
        let stays = match location::resolve(from, target) {
            Ok(url) => match url.origin.scheme {
                Scheme::Http | Scheme::Https => self.target.is_at(&url.origin),
                Scheme::Other(_) => false,
            },
            Err(_) => false,
        };
        if !stays && self.callback.is_none() {
            self.callback = Some(Callback::of_location(target, status));
        }
    }

    fn arrive(&mut self, url: &Url, answer: &Answer) {
        let mut page = match answer.is_page() {
            true => ForeignPage::read(&answer.text()),
            false => ForeignPage::default(),
        };
        let path = url.path.to_string();
        let filling = filling(&page, &path, &self.target.pages, self.intention.user);
        if let Some(filling) = &filling {
            page.choose(&filling.types);
        }
        self.arrived = Some(Arrived { page, filling });
    }

    fn for_user_agent(&self, answer: &Answer) -> Response {
        let body = match &self.arrived {
            Some(arrived) if answer.location().is_none() => {
                Body::Page(arrived.page.for_user_agent())
            }
            Some(_) | None => Body::Empty,
        };
        let mut response = Response::new(Status(answer.status), body);
        response.headers.0 = answer.core_headers();
        response
    }
}
