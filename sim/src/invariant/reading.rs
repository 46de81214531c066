//! A trace, read once for all invariants that judge it: the facts that matter to them, and how to go back from a
//! fact to whoever brought it about.

use grantlab_core::event::Event;
use grantlab_core::http::{Body, Fields, Request};
use grantlab_core::text::Text;
use grantlab_core::value::{AuthorizationCode, Issuer, SessionId, State, TransactionId};
use grantlab_core::wire::form;

use crate::party::{PartyId, Role};
use crate::trace::{Entry, EntryId, Leak, Payload, Trace, What};

/// What the invariants read of a trace.
pub(super) struct Reading<'a> {
    /// The trace itself.
    pub(super) trace: &'a Trace,
    /// The first entry that was not judged before.
    pub(super) from: EntryId,
    entries: Vec<&'a Entry>,
    facts: Vec<Fact<'a>>,
    learned: Vec<Learned<'a>>,
}

/// A noted fact with its place in the trace.
type Fact<'a> = (EntryId, &'a Entry, &'a Event);

/// What the attacker learned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Learned<'a> {
    pub(super) id: EntryId,
    pub(super) kind: &'static str,
    pub(super) value: &'a Text,
    pub(super) leak: Leak,
}

/// A code with the fact that an honest server issued it.
#[derive(Clone, Copy)]
pub(super) struct Issue<'a> {
    pub(super) id: EntryId,
    pub(super) server: PartyId,
    pub(super) client_id: &'a str,
    pub(super) subject: &'a str,
    pub(super) transaction: &'a TransactionId,
    pub(super) session: &'a SessionId,
}

/// A form that was sent on the way to a fact.
#[derive(Clone, Copy)]
pub(super) struct Press<'a> {
    /// The browser's word for it.
    pub(super) id: EntryId,
    pub(super) browser: PartyId,
    pub(super) tab: &'a Text,
    pub(super) by_user: bool,
    pub(super) framed_by: Option<&'a Text>,
    /// What was sent.
    pub(super) request: &'a Request,
}

impl<'a> Reading<'a> {
    /// Reads a trace whose entries before `from` were judged before.
    pub(super) fn new(trace: &'a Trace, from: EntryId) -> Self {
        let mut reading = Self {
            trace,
            from,
            entries: Vec::with_capacity(trace.entries().len()),
            facts: Vec::new(),
            learned: Vec::new(),
        };
        for (id, entry) in (0..).zip(trace.entries()) {
            reading.take(id, entry);
        }
        reading
    }

    fn take(&mut self, id: EntryId, entry: &'a Entry) {
        self.entries.push(entry);
        if let What::Noted(event) = &entry.what
            && !is_by_the_way(event)
        {
            self.facts.push((id, entry, event));
        }
        if let What::Learned { kind, value, leak } = &entry.what {
            self.learned.push(Learned {
                id,
                kind,
                value,
                leak: *leak,
            });
        }
    }

    /// The entry called `id`.
    pub(super) fn entry(&self, id: EntryId) -> Option<&'a Entry> {
        self.entries.get(usize::try_from(id).ok()?).copied()
    }

    /// The entries that were not judged before, in order.
    pub(super) fn new_entries(&self) -> impl Iterator<Item = (EntryId, &'a Entry)> {
        let judged = usize::try_from(self.from).unwrap_or(usize::MAX);
        (self.from..).zip(self.entries.iter().skip(judged).copied())
    }

    /// The facts that matter, in order.
    pub(super) fn events(&self) -> impl DoubleEndedIterator<Item = Fact<'a>> {
        self.facts.iter().copied()
    }

    /// What the attacker learned, in order.
    pub(super) fn learned(&self) -> &[Learned<'a>] {
        &self.learned
    }

    /// Why an entry is there: its cause, the cause of that, and so on.
    pub(super) fn causes(
        &self,
        id: EntryId,
    ) -> impl Iterator<Item = (EntryId, &'a Entry)> + use<'_, 'a> {
        let cause = |id: EntryId| self.entry(id).and_then(|entry| entry.cause);
        std::iter::successors(cause(id), move |id| cause(*id))
            .filter_map(|id| self.entry(id).map(|entry| (id, entry)))
    }

    /// Whose request an entry answers: the nearest browser, client, attacker or tester behind it, other than the
    /// party itself. Servers and stores only pass things on.
    pub(super) fn asker(&self, id: EntryId) -> Option<PartyId> {
        let own = self.entry(id)?.party;
        let mut behind = self.causes(id);
        behind.find_map(|(_, entry)| {
            let asks = match self.trace.role(entry.party)? {
                Role::UserAgent | Role::Client | Role::Attacker | Role::Tester => true,
                Role::AuthorizationServer | Role::GrantStore | Role::ResourceServer => false,
            };
            let speaks = matches!(entry.what, What::Acted(_) | What::Sent { .. });
            (asks && speaks && entry.party != own).then_some(entry.party)
        })
    }

    /// To whom a session cookie was first given: a browser, or one of the attacker's machines.
    pub(super) fn holder(&self, session: &SessionId) -> Option<PartyId> {
        let minted = self.trace.provenance().find(session.as_str())?;
        let asker = self.asker(minted.entry)?;
        let may_hold =
            self.trace.role(asker) == Some(Role::UserAgent) || self.trace.is_hostile(asker);
        may_hold.then_some(asker)
    }

    /// Whether the attacker, and nobody honest, goes by this name.
    pub(super) fn is_honest_name(&self, name: &str) -> bool {
        !self.trace.is_hostile_identity(name)
    }

    /// Whether this is what somebody calls an honest owner.
    pub(super) fn is_honest_owner(&self, name: &str) -> bool {
        self.trace.cast().iter().any(|cast| {
            cast.role == Role::UserAgent
                && !cast.hostile
                && cast.identities.iter().any(|own| own == name)
        })
    }

    /// Whether a party goes by this name.
    pub(super) fn answers_to(&self, party: PartyId, name: &str) -> bool {
        self.trace
            .cast()
            .get(usize::from(party.0))
            .is_some_and(|cast| cast.identities.iter().any(|own| own == name))
    }

    /// Whether the client's word for a server, on its button, means the one with this issuer.
    pub(super) fn is_called(&self, server: &str, issuer: &Issuer) -> bool {
        self.trace.cast().iter().any(|cast| {
            let node = cast.name.as_str().strip_prefix(server);
            cast.role == Role::AuthorizationServer
                && node.is_some_and(|node| node.is_empty() || node.starts_with('/'))
                && cast.identities.iter().any(|own| own == issuer.as_str())
        })
    }

    /// Whether two parties are nodes of one authorization server, or a server and what serves behind it.
    pub(super) fn belong_together(&self, one: PartyId, other: PartyId) -> bool {
        let cast = self.trace.cast();
        let names = cast.get(usize::from(one.0)).map(|cast| &cast.identities);
        one == other
            || (self.trace.is_hostile(one) == self.trace.is_hostile(other)
                && names.is_some_and(|names| {
                    names
                        .iter()
                        .any(|name| self.answers_to(other, name.as_str()))
                }))
    }

    /// Where an honest server issued this code.
    pub(super) fn issue_of(&self, code: &AuthorizationCode) -> Option<Issue<'a>> {
        self.events().find_map(|(id, entry, event)| {
            let Event::CodeIssued {
                code: issued,
                client_id,
                subject,
                transaction,
                session,
                ..
            } = event
            else {
                return None;
            };
            (issued == code && !self.trace.is_hostile(entry.party)).then(|| Issue {
                id,
                server: entry.party,
                client_id: client_id.as_str(),
                subject: subject.as_str(),
                transaction,
                session,
            })
        })
    }

    /// The authorization request that a transaction last took on before entry `before`.
    pub(super) fn request_of(
        &self,
        transaction: &TransactionId,
        before: EntryId,
    ) -> Option<Fact<'a>> {
        self.events()
            .rev()
            .skip_while(|(id, _, _)| *id >= before)
            .find(|(_, _, event)| {
                matches!(event, Event::AuthorizationRequested { transaction: taken, .. } if taken == transaction)
            })
    }

    /// The response that a client believed before it asked for a code's tokens: with which state.
    pub(super) fn accepted(
        &self,
        client: PartyId,
        session: &SessionId,
        code: &AuthorizationCode,
    ) -> Option<(EntryId, Option<&'a State>)> {
        self.events().find_map(|(id, entry, event)| {
            let Event::CallbackAccepted {
                session: of,
                code: believed,
                state,
                ..
            } = event
            else {
                return None;
            };
            let same = entry.party == client && of == session && believed == code;
            same.then_some((id, state.as_ref()))
        })
    }

    /// The last form that a browser sent on the way to an entry.
    pub(super) fn press(&self, id: EntryId) -> Option<Press<'a>> {
        self.causes(id).find_map(|(sent, _)| self.form_of(sent))
    }

    /// The form that a browser sent with a request.
    pub(super) fn form_of(&self, sent: EntryId) -> Option<Press<'a>> {
        let by = self.entry(sent)?;
        let What::Sent {
            payload: Payload::Request(request),
            ..
        } = &by.what
        else {
            return None;
        };
        let mut before = self.events().rev().skip_while(|(id, _, _)| *id > sent);
        before.find_map(|(id, entry, event)| {
            let Event::FormSent {
                tab,
                by_user,
                framed_by,
            } = event
            else {
                return None;
            };
            (entry.party == by.party && entry.cause == by.cause).then_some(Press {
                id,
                browser: entry.party,
                tab,
                by_user: *by_user,
                framed_by: framed_by.as_ref(),
                request,
            })
        })
    }

    /// What `party` sent in the course of the same input as entry `id`.
    pub(super) fn sent_with(
        &self,
        id: EntryId,
    ) -> impl Iterator<Item = (EntryId, PartyId, &'a Payload)> {
        let noted = self.entry(id);
        let same = move |entry: &&Entry| {
            noted.is_some_and(|noted| entry.party == noted.party && entry.cause == noted.cause)
        };
        let place = usize::try_from(id).unwrap_or(usize::MAX);
        let (before, after) = self.entries.split_at(place.min(self.entries.len()));
        let before = (0..id).rev().zip(before.iter().rev().copied());
        let after = (id..).zip(after.iter().copied());
        before
            .take_while(move |(_, entry)| same(entry))
            .chain(after.take_while(move |(_, entry)| same(entry)))
            .filter_map(|(id, entry)| {
                let What::Sent { to, payload } = &entry.what else {
                    return None;
                };
                Some((id, *to, payload))
            })
    }

    /// What `sent`'s sender noted in the course of the same input.
    pub(super) fn noted_with(&self, sent: EntryId) -> impl Iterator<Item = (EntryId, &'a Event)> {
        let by = self.entry(sent);
        self.events()
            .rev()
            .filter(move |(_, entry, _)| {
                by.is_some_and(|by| entry.party == by.party && entry.cause == by.cause)
            })
            .map(|(id, _, event)| (id, event))
    }

    /// Who sent the message that made a party note this.
    pub(super) fn answerer(&self, id: EntryId) -> Option<PartyId> {
        self.causes(id).find_map(|(_, entry)| {
            let What::Arrived { sent } = entry.what else {
                return None;
            };
            self.entry(sent).map(|entry| entry.party)
        })
    }

    /// What an entry of a message sent.
    fn payload(&self, id: EntryId) -> Option<&'a Payload> {
        let sent = if let What::Arrived { sent } = self.entry(id)?.what {
            sent
        } else {
            id
        };
        if let What::Sent { payload, .. } = &self.entry(sent)?.what {
            Some(payload)
        } else {
            None
        }
    }

    /// The request that a server was answering when it noted an entry, as it first came, and where it arrived.
    pub(super) fn request_behind(&self, id: EntryId) -> Option<(EntryId, &'a Request)> {
        let own = self.entry(id)?.party;
        self.causes(id).find_map(|(id, entry)| {
            let arrived = matches!(entry.what, What::Arrived { .. }) && entry.party == own;
            match self.payload(id)? {
                Payload::Request(request) if arrived => Some((id, &**request)),
                Payload::Request(_)
                | Payload::Response(_)
                | Payload::Failure(_)
                | Payload::StoreRequest(_)
                | Payload::StoreReply(_) => None,
            }
        })
    }

    /// The parameters of the authorization request behind an entry: all that came with it, in its URL and body.
    pub(super) fn parameters_behind(&self, id: EntryId) -> Option<Fields> {
        let (_, request) = self.request_behind(id)?;
        let mut fields = Fields::EMPTY;
        let in_body = match &request.body {
            Body::Form(form) => Some(form),
            Body::Empty | Body::Json(_) | Body::Page(_) | Body::Octets { .. } => None,
        };
        for encoded in request.url.query.iter().chain(in_body) {
            fields.0.extend(form::pairs(encoded).ok()?.into_owned().0);
        }
        Some(fields)
    }
}

/// What browsers note of their own affairs; no invariant asks for it.
const fn is_by_the_way(event: &Event) -> bool {
    matches!(
        event,
        Event::CookieKept { .. }
            | Event::CookieRefused { .. }
            | Event::CookieWithheld { .. }
            | Event::NavigationStopped { .. }
            | Event::MessagePosted { .. }
    )
}
