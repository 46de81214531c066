//! Time, crashes and administrators.

use grantlab_core::authorization_server;
use grantlab_core::client;
use grantlab_core::text::Text;
use grantlab_core::time::{Span, Timestamp};

use super::World;
use super::network::Origination;
use super::node::Told;
use crate::party::{PartyId, Role};
use crate::provenance::Path;
use crate::trace::What;

impl World {
    /// When the next thing happens by itself: a deadline of a party, or a delayed message.
    #[must_use]
    pub fn next_moment(&self) -> Option<Timestamp> {
        let deadlines = self
            .nodes
            .iter()
            .filter(|node| node.up)
            .filter_map(|node| node.next_deadline());
        let delayed = self
            .flights()
            .iter()
            .map(|flight| flight.due)
            .filter(|due| *due > self.now);
        deadlines
            .chain(delayed)
            .filter(|moment| *moment > self.now)
            .min()
    }

    /// Lets time pass. On the way every deadline comes in its moment, and what it causes settles.
    pub fn advance(&mut self, span: Span) {
        let target = self.now.after(span);
        let tester = self.tester();
        self.record(tester, 0, None, What::TimePassed(span));
        self.settle();
        while let Some(moment) = self.next_moment().filter(|moment| *moment <= target) {
            self.now = moment;
            self.ring();
            self.settle();
        }
        self.now = target;
        self.ring();
        self.settle();
    }

    /// Lets time pass without anything happening in it: deadlines that it passes come with what happens next.
    pub(crate) fn take_time(&mut self, span: Span) {
        let tester = self.tester();
        self.record(tester, 0, None, What::TimePassed(span));
        self.now = self.now.after(span);
    }

    /// Lets time pass until just the next thing happens by itself, and lets it happen without settling.
    pub fn advance_to_next_moment(&mut self) {
        let Some(moment) = self.next_moment() else {
            return;
        };
        let tester = self.tester();
        self.record(tester, 0, None, What::TimePassed(moment.since(self.now)));
        self.now = moment;
        self.ring();
    }

    /// Tells every party whose deadline has come.
    fn ring(&mut self) {
        for place in 0..u16::try_from(self.nodes.len()).unwrap_or(u16::MAX) {
            let party = PartyId(place);
            let due = self
                .nodes
                .get(usize::from(place))
                .filter(|node| node.up)
                .and_then(|node| node.next_deadline());
            if due.is_some_and(|due| due <= self.now) {
                let flow = self.trace.provenance_mut().flow("time");
                let cause = self.record(party, flow, None, What::DeadlineCame);
                let path = Path(u128::from(self.now.0)).child(party, 0);
                self.tell(party, Told::Deadline, Origination { cause, path, flow });
            }
        }
    }

    /// Stops a party. What was not durable is gone, connections to it break.
    pub fn crash(&mut self, party: PartyId) {
        let Some(node) = self
            .nodes
            .get_mut(usize::from(party.0))
            .filter(|node| node.up)
        else {
            return;
        };
        node.node_mut().crash();
        let cause = self.record(party, 0, None, What::Crashed);
        self.disconnect(party, cause);
    }

    /// Starts a stopped party again.
    pub fn restart(&mut self, party: PartyId) {
        let Some(node) = self
            .nodes
            .get_mut(usize::from(party.0))
            .filter(|node| !node.up)
        else {
            return;
        };
        node.node_mut().up = true;
        self.record(party, 0, None, What::Restarted);
    }

    /// Lets an administrator act at an authorization server: at every node of it.
    pub fn administer(
        &mut self,
        server: &str,
        command: &authorization_server::Command,
        words: &str,
    ) {
        let prefix = format!("{server}/");
        let nodes: Vec<u16> = (0_u16..)
            .zip(&self.nodes)
            .filter(|(_, node)| node.party.role() == Role::AuthorizationServer)
            .filter(|(_, node)| node.name == server || node.name.as_str().starts_with(&prefix))
            .map(|(place, _)| place)
            .collect();
        for place in nodes {
            self.initiate(
                PartyId(place),
                Told::Administer(command.clone()),
                "administrator",
                words,
            );
        }
    }

    /// Lets a client act on its own, without a browser.
    pub fn operate(&mut self, client: PartyId, command: client::Command, words: &str) {
        self.initiate(client, Told::Operate(command), "operator", words);
    }

    fn initiate(&mut self, party: PartyId, told: Told, flow: &str, words: &str) {
        let flow = self.trace.provenance_mut().flow(flow);
        let nth = self.steps;
        self.steps = self.steps.saturating_add(1);
        let cause = self.record(party, flow, None, What::Acted(Text::new(words)));
        let path = Path::root(&Text::new(words)).child(party, nth);
        self.tell(party, told, Origination { cause, path, flow });
    }
}
