//! What the attacker gets to see, and what his own browser does not do by itself.

use std::sync::Arc;

use grantlab_core::http::{
    Body, Encoded, Header, Origin, Press, Request, Response, Scheme, Status, Url,
};
use grantlab_core::machine::ExchangeId;
use grantlab_core::text::Text;
use grantlab_core::wire::{form, location};

use super::World;
use super::flight::{Flight, FlightId, MessageKind};
use super::network::Origination;
use super::node::Party;
use crate::attacker::environment::ResponsesLeak;
use crate::attacker::learning::Lesson;
use crate::attacker::{Attacker, AttackerSetup, Power};
use crate::party::{PartyId, Role};
use crate::provenance::{FlowId, Path};
use crate::trace::{EntryId, Leak, Payload, What};

impl World {
    /// The attacker with all that he knows, if there is one.
    #[must_use]
    pub fn attacker(&self) -> Option<&Attacker> {
        match &self.nodes.get(usize::from(self.attacker_id()?.0))?.party {
            Party::Attacker(machine) => Some(machine),
            Party::UserAgent(_)
            | Party::Client(_)
            | Party::AuthorizationServer { .. }
            | Party::GrantStore(_)
            | Party::ResourceServer(_)
            | Party::Tester => None,
        }
    }

    /// The attacker, to be changed.
    pub(crate) fn attacker_mut(&mut self) -> Option<&mut Attacker> {
        let place = self.attacker_id()?;
        match &mut self.nodes.get_mut(usize::from(place.0))?.node_mut().party {
            Party::Attacker(machine) => Some(machine),
            Party::UserAgent(_)
            | Party::Client(_)
            | Party::AuthorizationServer { .. }
            | Party::GrantStore(_)
            | Party::ResourceServer(_)
            | Party::Tester => None,
        }
    }

    /// The attacker's machines; they come last but one, before the tester.
    pub(crate) fn attacker_id(&self) -> Option<PartyId> {
        let place = self.nodes.len().checked_sub(2)?;
        self.setup.attacker.as_ref()?;
        u16::try_from(place).ok().map(PartyId)
    }

    fn hostile_setup(&self) -> Option<&AttackerSetup> {
        self.setup.attacker.as_deref()
    }

    /// Whether a party plays for the attacker.
    fn is_hostile(&self, party: PartyId) -> bool {
        self.trace.is_hostile(party)
    }

    fn is_honest_browser(&self, party: PartyId) -> bool {
        self.trace.role(party) == Some(Role::UserAgent) && !self.is_hostile(party)
    }

    /// The attacker remembers what a message teaches, and the trace says what was new.
    pub(super) fn teach(&mut self, lesson: Lesson, cause: EntryId, flow: FlowId) {
        let Some(place) = self.attacker_id().filter(|_| !lesson.is_empty()) else {
            return;
        };
        let Some(machine) = self.attacker_mut() else {
            return;
        };
        let knowledge = &mut machine.knowledge;
        let mut values = lesson.values;
        values.retain(|(kind, value, _)| knowledge.learn(*kind, value));
        for sighting in lesson.requests {
            knowledge.saw_request(sighting);
        }
        for sighting in lesson.responses {
            knowledge.saw_response(sighting);
        }
        for (kind, value, leak) in values {
            let kind = kind.as_str();
            self.record(
                place,
                flow,
                Some(cause),
                What::Learned { kind, value, leak },
            );
        }
    }

    /// What the powers A3, A4 and A5 read of a message that was sent between others (RFC 9700 §3).
    pub(super) fn overhear(
        &mut self,
        (from, to): (PartyId, PartyId),
        kind: MessageKind,
        payload: &Payload,
        (sent, flow): (EntryId, FlowId),
    ) {
        let Some(powers) = self.hostile_setup().map(|setup| setup.powers) else {
            return;
        };
        let lesson = match payload {
            Payload::Response(response) if powers.has(Power::A3) && self.is_honest_browser(to) => {
                response_url(response)
                    .map(|url| Lesson {
                        requests: Vec::new(),
                        ..Lesson::of_url(&url, Leak::Response)
                    })
                    .filter(|lesson| !lesson.responses.is_empty())
            }
            Payload::Request(request)
                if powers.has(Power::A4)
                    && kind == MessageKind::Authorization
                    && self.is_honest_browser(from) =>
            {
                Some(Lesson::of_url(&request.url, Leak::Request))
            }
            Payload::Request(request)
                if powers.has(Power::A1) && self.is_for_an_app(from, request) =>
            {
                Some(Lesson::of_url(&request.url, Leak::App))
            }
            Payload::Response(response)
                if powers.has(Power::A5)
                    && kind == MessageKind::Token
                    && self.trace.role(to) == Some(Role::Client) =>
            {
                match &response.body {
                    Body::Json(json) => Some(Lesson::of_tokens(json, Leak::Token)),
                    Body::Empty | Body::Form(_) | Body::Page(_) | Body::Octets { .. } => None,
                }
            }
            Payload::Request(_)
            | Payload::Response(_)
            | Payload::Failure(_)
            | Payload::StoreRequest(_)
            | Payload::StoreReply(_) => None,
        };
        if let Some(lesson) = lesson {
            self.teach(lesson, sent, flow);
        }
    }

    /// Whether an authorization response never reaches its client, because it leaked on the way.
    pub(super) fn is_swallowed(&self, flight: &Flight) -> bool {
        if let Payload::Request(request) = &flight.payload
            && self.is_for_an_app(flight.from, request)
        {
            let powers = self.hostile_setup().map(|setup| setup.powers);
            return powers.is_some_and(|powers| powers.has(Power::A1));
        }
        let lost = self
            .hostile_setup()
            .is_some_and(|setup| setup.environment.a3 == ResponsesLeak::OnLost);
        if !lost || flight.kind != MessageKind::Callback || !self.is_honest_browser(flight.from) {
            return false;
        }
        match &flight.payload {
            Payload::Request(request) => {
                let lesson = Lesson::of_url(&request.url, Leak::Response);
                lesson.responses.iter().any(|seen| {
                    self.attacker()
                        .is_some_and(|machine| machine.knowledge.responses().contains(seen))
                })
            }
            Payload::Response(_)
            | Payload::Failure(_)
            | Payload::StoreRequest(_)
            | Payload::StoreReply(_) => false,
        }
    }

    /// Whether a browser hands a request to an app, by a scheme that another app may claim too (RFC 8252 §8.1): the
    /// attacker's gets it then, and the client's does not.
    fn is_for_an_app(&self, from: PartyId, request: &Request) -> bool {
        let private_use = matches!(request.url.origin.scheme, Scheme::Other(_));
        private_use && self.is_honest_browser(from)
    }

    /// What a party gets of what arrives. The attacker learns what comes to him; his browser shows him where it
    /// is sent and what a page would send, and does neither by itself.
    pub(super) fn perceived(
        &mut self,
        flight: &Flight,
        payload: Payload,
        cause: EntryId,
    ) -> Payload {
        if !self.is_hostile(flight.to) {
            return payload;
        }
        match payload {
            Payload::Request(request) => {
                self.teach(Lesson::of_request(&request), cause, flight.flow);
                Payload::Request(request)
            }
            Payload::Response(response) => {
                let origin = self.origin_of(flight.from);
                let url = origin.as_ref().map(|origin| Url::new(origin, "/"));
                self.teach(
                    Lesson::of_response(url.as_ref(), &response),
                    cause,
                    flight.flow,
                );
                Payload::Response(Arc::new(
                    self.stay(flight.from, Arc::unwrap_or_clone(response)),
                ))
            }
            Payload::Failure(_) | Payload::StoreRequest(_) | Payload::StoreReply(_) => payload,
        }
    }

    /// One of the attacker's machines sends a request.
    pub(crate) fn send_as_attacker(&mut self, request: Request) {
        let Some(party) = self.attacker_id() else {
            return;
        };
        let flow = self.trace.provenance_mut().flow("attacker");
        let root = Path::root(&request);
        let [low @ .., _, _, _, _, _, _, _, _] = root.0.to_le_bytes();
        let nth = self
            .attacker_mut()
            .map_or(0, |machine| machine.count(u64::from_le_bytes(low)));
        let words = Text::from(format!(
            "sends {} {}",
            request.method.as_str(),
            request.url.endpoint()
        ));
        let cause = self.record(party, flow, None, What::Acted(words));
        let path = root.child(party, nth);
        let why = Origination { cause, path, flow };
        self.dispatch(
            party,
            ExchangeId(FlightId::of(path).0),
            Arc::new(request),
            why,
        );
    }

    /// The attacker's authorization server answers a browser that waits for it.
    pub(crate) fn answer_waiting(&mut self, waiting: usize, response: Response) {
        let Some(party) = self.attacker_id() else {
            return;
        };
        let Some(released) = self
            .attacker_mut()
            .and_then(|machine| machine.release(waiting))
        else {
            return;
        };
        let number = released.exchange.0;
        let flow = self
            .network
            .connections
            .iter()
            .find(|open| open.number == number)
            .map(|open| open.flow);
        let Some(flow) = flow else {
            return;
        };
        let cause = self.record(
            party,
            flow,
            None,
            What::Acted(Text::new("answers the browser that waits")),
        );
        let path = Path(u128::from(number)).child(party, 1);
        self.answer(
            party,
            number,
            Payload::Response(Arc::new(response)),
            Origination { cause, path, flow },
        );
    }

    /// Whoever controls the network changes which server the next login starts with (A2).
    pub(crate) fn rewrite_next_start(&mut self, instead: Option<Text>) {
        self.network.rewrite = instead;
    }

    /// A request as it leaves: changed, if somebody controls the network.
    pub(super) fn rewritten(&mut self, request: Arc<Request>) -> Arc<Request> {
        let (Body::Form(encoded), Some(instead)) = (&request.body, self.network.rewrite.take())
        else {
            return request;
        };
        let Ok(fields) = form::pairs(encoded) else {
            return request;
        };
        if fields.first("provider").is_none() {
            return request;
        }
        let mut fields = fields.into_owned();
        fields.set("provider", instead);
        let mut rewritten = Request::clone(&request);
        rewritten.body = Body::Form(Encoded::Fields(fields));
        Arc::new(rewritten)
    }

    fn origin_of(&self, party: PartyId) -> Option<Origin> {
        self.nodes.get(usize::from(party.0))?.origin.clone()
    }

    /// A response without what would send the browser to another site.
    fn stay(&self, from: PartyId, mut response: Response) -> Response {
        let own = |url: &Url| {
            self.nodes
                .get(usize::from(from.0))
                .is_some_and(|node| node.listens_at(&url.origin))
        };
        let leaves =
            response.status.is_redirect() && response_url(&response).is_some_and(|url| !own(&url));
        if leaves {
            response.status = Status::OK;
            response
                .headers
                .0
                .retain(|header| !matches!(header, Header::Location(_)));
        }
        if let Body::Page(page) = &mut response.body {
            page.forms.retain(|form| {
                form.press == Press::ByUser
                    || !location::parse(form.action.as_str()).is_ok_and(|url| !own(&url))
            });
            page.messages.clear();
        }
        response
    }
}

/// Where a response redirects to. Relative references stay where they are.
fn response_url(response: &Response) -> Option<Url> {
    location::parse(&location::join(response.headers.location()?)).ok()
}
