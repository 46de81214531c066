//! Cuts a trace into steps: one message or one decision each.
//!
//! Everything that a party does because of one thing belongs together: what a server asks its store, and what it
//! notes on the way, goes to the step that comes of it. Every entry of the trace is in exactly one step.

use std::collections::BTreeMap;

use grantlab_core::event::Event;
use grantlab_core::http::Request;

use super::places::{Exchange, Places};
use crate::party::Role;
use crate::trace::{Entry, EntryId, Payload, Trace, What};

/// What a step begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CutKind {
    /// A request is sent.
    Request,
    /// A response is sent, or there will be none.
    Response,
    /// A message between a server and its store.
    Store,
    /// A party decides.
    Decision,
    /// What nobody wanted, or time.
    Fault,
}

/// A step, as entries of the trace.
#[derive(Clone, Debug)]
pub struct Cut {
    /// What it is.
    pub kind: CutKind,
    /// The entry that makes it a step.
    pub lead: EntryId,
    /// All its entries, the lead among them, in order.
    pub entries: Vec<EntryId>,
}

/// A trace, cut into steps, and what its messages are.
#[derive(Debug)]
pub struct Cuts {
    /// The steps.
    pub steps: Vec<Cut>,
    /// Whether messages between servers and stores are steps of their own.
    pub with_stores: bool,
    /// By the entry that sends a message: what its exchange is about.
    exchanges: BTreeMap<EntryId, Exchange>,
}

impl Cuts {
    /// Cuts a trace. Stores are told apart from their servers only where several nodes share one.
    #[must_use]
    pub fn of(trace: &Trace, places: &Places) -> Self {
        let mut cutter = Cutter {
            trace,
            with_stores: shares_a_store(trace),
            exchanges: BTreeMap::new(),
            steps: Vec::new(),
        };
        cutter.name_exchanges(places);
        cutter.lead();
        cutter.follow();
        Self {
            steps: cutter.steps,
            with_stores: cutter.with_stores,
            exchanges: cutter.exchanges,
        }
    }

    /// What the exchange of a sent message is about.
    #[must_use]
    pub fn exchange(&self, sent: EntryId) -> Exchange {
        self.exchanges
            .get(&sent)
            .copied()
            .unwrap_or(Exchange::Other)
    }

    /// The step that an entry is in, counted from 0.
    #[must_use]
    pub fn step_of(&self, entry: EntryId) -> Option<usize> {
        self.steps
            .iter()
            .position(|step| step.entries.contains(&entry))
    }
}

/// Whether two nodes of an authorization server act in this run.
fn shares_a_store(trace: &Trace) -> bool {
    let mut nodes = trace
        .entries()
        .iter()
        .filter(|entry| trace.role(entry.party) == Some(Role::AuthorizationServer))
        .filter(|entry| trace.name(entry.party).contains('/'))
        .map(|entry| entry.party);
    nodes
        .next()
        .is_some_and(|first| nodes.any(|other| other != first))
}

struct Cutter<'a> {
    trace: &'a Trace,
    with_stores: bool,
    exchanges: BTreeMap<EntryId, Exchange>,
    steps: Vec<Cut>,
}

impl Cutter<'_> {
    fn name_exchanges(&mut self, places: &Places) {
        for (id, entry) in (0..).zip(self.trace.entries()) {
            let What::Sent { payload, .. } = &entry.what else {
                continue;
            };
            let exchange = match payload {
                Payload::Request(request) => places.exchange(request),
                Payload::Response(_) | Payload::Failure(_) => self.asked(entry),
                Payload::StoreRequest(_) | Payload::StoreReply(_) => Exchange::Other,
            };
            self.exchanges.insert(id, exchange);
        }
    }

    /// What was asked before this was answered.
    fn asked(&self, entry: &Entry) -> Exchange {
        let mut cause = entry.cause;
        while let Some(id) = cause {
            let sent = match self.trace.entry(id).map(|entry| &entry.what) {
                Some(What::Arrived { sent } | What::Lost { sent }) => *sent,
                _ => id,
            };
            if let Some(Payload::Request(_)) = self.trace.payload(sent)
                && self.is_for(sent, entry)
            {
                return self
                    .exchanges
                    .get(&sent)
                    .copied()
                    .unwrap_or(Exchange::Other);
            }
            cause = self.trace.entry(id).and_then(|entry| entry.cause);
        }
        Exchange::Other
    }

    /// Whether the request that `sent` speaks of comes from whoever gets this answer.
    fn is_for(&self, sent: EntryId, answer: &Entry) -> bool {
        let asker = self.trace.entry(sent).map(|entry| entry.party);
        if let What::Sent { to, .. } = answer.what {
            asker == Some(to)
        } else {
            false
        }
    }

    /// Whether a message has no step of its own: what a server asks its store, and what a resource server asks about a
    /// token.
    fn is_folded(&self, sent: EntryId) -> bool {
        match self.trace.payload(sent) {
            Some(Payload::StoreRequest(_) | Payload::StoreReply(_)) => !self.with_stores,
            Some(Payload::Request(_) | Payload::Response(_)) => {
                self.exchanges.get(&sent) == Some(&Exchange::Introspection)
                    && self.is_of_resource_server(sent)
            }
            Some(Payload::Failure(_)) | None => false,
        }
    }

    fn is_of_resource_server(&self, sent: EntryId) -> bool {
        let Some(entry) = self.trace.entry(sent) else {
            return false;
        };
        let receiver = if let What::Sent { to, .. } = entry.what {
            self.trace.role(to)
        } else {
            None
        };
        [self.trace.role(entry.party), receiver].contains(&Some(Role::ResourceServer))
    }

    /// Makes a step of every entry that is one.
    fn lead(&mut self) {
        for (id, entry) in (0..).zip(self.trace.entries()) {
            let Some(kind) = self.begins(id, entry) else {
                continue;
            };
            let place = match kind {
                CutKind::Decision => self.before_its_messages(id),
                CutKind::Request | CutKind::Response | CutKind::Store | CutKind::Fault => {
                    self.steps.len()
                }
            };
            let cut = Cut {
                kind,
                lead: id,
                entries: vec![id],
            };
            self.steps.insert(place, cut);
        }
    }

    fn begins(&self, id: EntryId, entry: &Entry) -> Option<CutKind> {
        match &entry.what {
            What::Sent { .. } if self.is_folded(id) => None,
            What::Sent { payload, .. } => Some(match payload {
                Payload::Request(_) => CutKind::Request,
                Payload::Response(_) | Payload::Failure(_) => CutKind::Response,
                Payload::StoreRequest(_) | Payload::StoreReply(_) => CutKind::Store,
            }),
            What::Arrived { sent } => self.comes_late(id, *sent).then_some(CutKind::Fault),
            What::Noted(event) => is_decision(event, self.with_stores).then_some(CutKind::Decision),
            What::Acted(_) | What::Intended { .. } | What::Learned { .. } => None,
            What::Lost { .. }
            | What::Duplicated { .. }
            | What::Delayed { .. }
            | What::TimePassed(_)
            | What::DeadlineCame
            | What::Crashed
            | What::Restarted
            | What::WireDiffers { .. }
            | What::NobodyThere { .. }
            | What::BoundReached(_) => Some(CutKind::Fault),
        }
    }

    /// Whether a message that was doubled, or was late, arrives only now.
    fn comes_late(&self, id: EntryId, sent: EntryId) -> bool {
        let before = (0..id).zip(self.trace.entries());
        !self.is_folded(sent)
            && before
                .skip(usize::try_from(sent).unwrap_or(0))
                .any(|(_, entry)| {
                    matches!(
                        entry.what,
                        What::Delayed { sent: other, .. } | What::Arrived { sent: other } if other == sent
                    )
                })
    }

    /// A decision is told before the messages that come of it, even where it is noted after them.
    fn before_its_messages(&self, id: EntryId) -> usize {
        let group = self.group(id);
        let mut place = self.steps.len();
        for (index, step) in self.steps.iter().enumerate().rev() {
            let is_message = matches!(
                step.kind,
                CutKind::Request | CutKind::Response | CutKind::Store
            );
            if !is_message || self.group(step.lead) != group {
                break;
            }
            if step.kind == CutKind::Response {
                place = index;
            }
        }
        place
    }

    /// Gives every other entry to the step that it belongs to.
    fn follow(&mut self) {
        for (id, entry) in (0..).zip(self.trace.entries()) {
            if self.steps.iter().any(|step| step.lead == id) {
                continue;
            }
            let place = self.home(id, entry);
            if let Some(step) = self.steps.get_mut(place) {
                step.entries.push(id);
            }
        }
        for step in &mut self.steps {
            step.entries.sort_unstable();
        }
    }

    fn home(&self, id: EntryId, entry: &Entry) -> usize {
        if let What::Arrived { sent } = entry.what
            && let Some(place) = self.led_by(sent)
        {
            return place;
        }
        let group = self.group(id);
        let receipt = if let What::Noted(event) = &entry.what {
            is_receipt(event)
        } else {
            matches!(entry.what, What::Learned { .. })
        };
        if receipt && let Some(place) = self.arrival(group).or_else(|| self.led_by(group)) {
            return place;
        }
        let steps = (0..).zip(&self.steps);
        let of_group: Vec<(usize, &Cut)> = steps
            .filter(|(_, step)| self.group(step.lead) == group)
            .collect();
        let after = of_group.iter().find(|(_, step)| step.lead > id);
        after
            .or_else(|| of_group.last())
            .map(|(place, _)| *place)
            .or_else(|| self.arrival(group))
            .unwrap_or_else(|| self.next(id, entry))
    }

    /// The step that brought what a group of entries comes of.
    fn arrival(&self, group: EntryId) -> Option<usize> {
        if let What::Arrived { sent } = self.trace.entry(group)?.what {
            self.led_by(group).or_else(|| self.led_by(sent))
        } else {
            None
        }
    }

    /// The next step of the same party, or else the last before.
    fn next(&self, id: EntryId, entry: &Entry) -> usize {
        let party = |step: &Cut| self.trace.entry(step.lead).map(|entry| entry.party);
        self.steps
            .iter()
            .position(|step| step.lead > id && party(step) == Some(entry.party))
            .unwrap_or_else(|| {
                self.steps
                    .iter()
                    .filter(|step| step.lead < id)
                    .count()
                    .saturating_sub(1)
            })
    }

    fn led_by(&self, id: EntryId) -> Option<usize> {
        self.steps.iter().position(|step| step.lead == id)
    }

    /// What a thing comes of: the arrival, the move or the deadline that a party answers to. What is folded has none
    /// of its own.
    fn group(&self, id: EntryId) -> EntryId {
        let mut group = id;
        let mut cause = self.trace.entry(id).and_then(|entry| entry.cause);
        while let Some(above) = cause {
            let Some(entry) = self.trace.entry(above) else {
                break;
            };
            group = above;
            let goes_on = match &entry.what {
                What::Arrived { sent } => self.is_folded(*sent),
                What::Sent { .. } => self.is_folded(above),
                What::Noted(_) | What::Intended { .. } | What::Learned { .. } => true,
                What::Acted(_)
                | What::Lost { .. }
                | What::Duplicated { .. }
                | What::Delayed { .. }
                | What::TimePassed(_)
                | What::DeadlineCame
                | What::Crashed
                | What::Restarted
                | What::WireDiffers { .. }
                | What::NobodyThere { .. }
                | What::BoundReached(_) => false,
            };
            if !goes_on {
                break;
            }
            cause = entry.cause;
        }
        group
    }
}

/// Whether a fact is a decision that a lesson stops at.
const fn is_decision(event: &Event, with_stores: bool) -> bool {
    if let Event::AuthorizationRequested {
        redirect_registered,
        ..
    } = event
    {
        return !*redirect_registered;
    }
    let of_store = matches!(
        event,
        Event::Consumed { .. } | Event::AlreadyConsumed { .. }
    );
    (of_store && with_stores)
        || matches!(
            event,
            Event::CallbackAccepted { .. }
                | Event::CallbackRefused { .. }
                | Event::LoginFailed { .. }
                | Event::RefreshFailed { .. }
                | Event::OpenRedirected { .. }
                | Event::ResourceUnread { .. }
                | Event::LateAnswerIgnored { .. }
                | Event::AuthorizationRefused { .. }
                | Event::PasswordRefused { .. }
                | Event::ConsentDenied { .. }
                | Event::ConsentSkipped { .. }
                | Event::FormRefused { .. }
                | Event::CodeRedeemed { .. }
                | Event::RefreshTokenUsed { .. }
                | Event::TokenRefused { .. }
                | Event::FamilyRevoked { .. }
                | Event::TokenRevoked { .. }
                | Event::RequestRefused { .. }
                | Event::ResourceRefused { .. }
                | Event::CookieRefused { .. }
                | Event::CookieWithheld { .. }
                | Event::NavigationStopped { .. }
                | Event::MessagePosted { .. }
        )
}

/// Whether a fact says what came of a message at once, so that it belongs to that message.
const fn is_receipt(event: &Event) -> bool {
    matches!(
        event,
        Event::TokensReceived { .. }
            | Event::ResourceRead { .. }
            | Event::CookieKept { .. }
            | Event::PageShown { .. }
    )
}

/// The request of a sent entry.
pub(super) fn request(trace: &Trace, sent: EntryId) -> Option<&Request> {
    match trace.payload(sent)? {
        Payload::Request(request) => Some(request),
        Payload::Response(_)
        | Payload::Failure(_)
        | Payload::StoreRequest(_)
        | Payload::StoreReply(_) => None,
    }
}
