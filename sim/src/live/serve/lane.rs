//! One issuer with everything behind it: its authorization server, its grant store, its two resources.
//!
//! The machines do all of the protocol. What is here carries their outputs from one to the other until somebody has
//! answered.

use std::collections::VecDeque;
use std::sync::Arc;

use grantlab_core::authorization_server::{self, AuthorizationServer};
use grantlab_core::event::Event;
use grantlab_core::grant_store::{self, GrantStore};
use grantlab_core::http::{Body, Request, Response, Status};
use grantlab_core::machine::{Context, ExchangeId, Machine as _, Output};
use grantlab_core::resource_server::{self, ResourceServer};
use grantlab_core::text::Text;
use grantlab_core::time::Timestamp;

use super::configuration::Configurations;
use super::entropy::Fountain;

/// Inputs that one request may lead to. An authorization by code is answered after nine.
const INPUTS_MAX: usize = 256;

/// The resources, in the order in which a lane keeps them.
const RESOURCES: usize = 2;

/// What a machine is told.
enum Told {
    Server(authorization_server::Input),
    Store(grant_store::Input),
    Resource(usize, resource_server::Input),
}

/// One issuer.
pub(super) struct Lane {
    configurations: Configurations,
    server: AuthorizationServer,
    store: GrantStore,
    resources: [ResourceServer; RESOURCES],
    fountain: Fountain,
    /// Which resource waits for which answer about a token.
    asked: Vec<(ExchangeId, usize)>,
}

/// How far a request is carried at once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// To its end.
    AtOnce,
    /// To the next question to the store, so that others can come in between.
    StopsAtStore,
}

/// A request that is being answered.
pub(super) struct Pending {
    exchange: ExchangeId,
    queue: VecDeque<Told>,
    answer: Option<Arc<Response>>,
    /// What the machines noted meanwhile.
    pub(super) events: Vec<Arc<Event>>,
    inputs: usize,
    /// Whether the question to the store that comes next has been waited for.
    waited: bool,
}

impl Pending {
    const fn new(exchange: ExchangeId, queue: VecDeque<Told>) -> Self {
        Self {
            exchange,
            queue,
            answer: None,
            events: Vec::new(),
            inputs: 0,
            waited: false,
        }
    }

    /// The answer, once everything is done.
    pub(super) fn answer(&mut self) -> Arc<Response> {
        self.answer.take().unwrap_or_else(|| Arc::new(no_answer()))
    }
}

impl Lane {
    pub(super) fn new(configurations: Configurations, fountain: Fountain) -> Self {
        Self {
            server: AuthorizationServer::new(Arc::clone(&configurations.server)),
            store: GrantStore::new(configurations.store_records_max),
            resources: [
                ResourceServer::new(Arc::clone(&configurations.resource)),
                ResourceServer::new(Arc::clone(&configurations.userinfo)),
            ],
            asked: Vec::new(),
            configurations,
            fountain,
        }
    }

    pub(super) const fn configurations(&self) -> &Configurations {
        &self.configurations
    }

    /// Begins to answer a request at the time `now`.
    pub(super) fn begin(&mut self, request: Request, now: Timestamp) -> Pending {
        let mut queue = VecDeque::new();
        self.tell_time(now, &mut queue);
        let exchange = self.fresh_exchange();
        let request = Arc::new(request);
        queue.push_back(self.addressed(exchange, request));
        Pending::new(exchange, queue)
    }

    /// Lets the administrator of the authorization server act.
    pub(super) fn command(
        &mut self,
        command: authorization_server::Command,
        now: Timestamp,
    ) -> Vec<Arc<Event>> {
        let input = authorization_server::Input::Command(command);
        let queue = VecDeque::from([Told::Server(input)]);
        let mut pending = Pending::new(self.fresh_exchange(), queue);
        self.advance(&mut pending, now, Pace::AtOnce);
        pending.events
    }

    fn fresh_exchange(&mut self) -> ExchangeId {
        use grantlab_core::entropy::Entropy as _;
        ExchangeId(self.fountain.ticket())
    }

    /// To whom a request goes: to a resource by its path, otherwise to the authorization server.
    fn addressed(&self, exchange: ExchangeId, request: Arc<Request>) -> Told {
        let paths = [
            &self.configurations.resource.path,
            &self.configurations.userinfo.path,
        ];
        match paths.iter().position(|path| **path == request.url.path) {
            Some(place) => {
                Told::Resource(place, resource_server::Input::Request { exchange, request })
            }
            None => Told::Server(authorization_server::Input::Request { exchange, request }),
        }
    }

    fn tell_time(&self, now: Timestamp, queue: &mut VecDeque<Told>) {
        let due = |deadline: Option<Timestamp>| deadline.is_some_and(|at| at <= now);
        if due(self.server.next_deadline()) {
            queue.push_back(Told::Server(authorization_server::Input::Deadline));
        }
        for (place, resource) in self.resources.iter().enumerate() {
            if due(resource.next_deadline()) {
                queue.push_back(Told::Resource(place, resource_server::Input::Deadline));
            }
        }
    }

    /// Carries outputs around until nobody wants anything any more, or until the store is asked. Says whether
    /// everything is done.
    pub(super) fn advance(&mut self, pending: &mut Pending, now: Timestamp, pace: Pace) -> bool {
        let mut outputs = Vec::new();
        while pending.inputs < INPUTS_MAX {
            let asks_store = matches!(pending.queue.front(), Some(Told::Store(_)));
            if asks_store && pace == Pace::StopsAtStore && !pending.waited {
                pending.waited = true;
                return false;
            }
            pending.waited = false;
            let Some(told) = pending.queue.pop_front() else {
                break;
            };
            pending.inputs += 1;
            let from = self.tell(told, now, &mut outputs);
            for output in outputs.drain(..) {
                match output {
                    Output::Note(event) => pending.events.push(event),
                    Output::Respond { exchange, response } if exchange == pending.exchange => {
                        pending.answer = Some(response);
                    }
                    Output::Send { .. }
                    | Output::Respond { .. }
                    | Output::Store { .. }
                    | Output::Reply { .. } => pending.queue.extend(self.carried(from, output)),
                }
            }
        }
        true
    }

    /// Hands a machine its input, and says which resource it was, if it was one.
    fn tell(&mut self, told: Told, now: Timestamp, outputs: &mut Vec<Output>) -> Option<usize> {
        let mut ctx = Context::new(now, &mut self.fountain, outputs);
        match told {
            Told::Server(input) => {
                self.server.handle(input, &mut ctx);
                None
            }
            Told::Store(input) => {
                self.store.handle(input, &mut ctx);
                None
            }
            Told::Resource(place, input) => {
                if let Some(resource) = self.resources.get_mut(place) {
                    resource.handle(input, &mut ctx);
                }
                Some(place)
            }
        }
    }

    /// Who is told what somebody else wants done.
    fn carried(&mut self, from: Option<usize>, output: Output) -> Option<Told> {
        match output {
            Output::Send { exchange, request } => {
                self.asked.push((exchange, from?));
                Some(Told::Server(authorization_server::Input::Request {
                    exchange,
                    request,
                }))
            }
            Output::Respond { exchange, response } => {
                let place = self
                    .asked
                    .iter()
                    .position(|(asked, _)| *asked == exchange)?;
                let (_, resource) = self.asked.swap_remove(place);
                Some(Told::Resource(
                    resource,
                    resource_server::Input::Response { exchange, response },
                ))
            }
            Output::Store { ticket, request } => {
                Some(Told::Store(grant_store::Input { ticket, request }))
            }
            Output::Reply { ticket, reply } => {
                Some(Told::Server(authorization_server::Input::StoreReply {
                    ticket,
                    reply,
                }))
            }
            Output::Note(_) => None,
        }
    }
}

/// What is said when no machine answers, which none of them ever does.
fn no_answer() -> Response {
    Response::new(
        Status::INTERNAL_SERVER_ERROR,
        Body::Octets {
            content_type: Text::new("text/plain"),
            octets: b"nobody answered".to_vec(),
        },
    )
}
