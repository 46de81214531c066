//! What is taken at once in event granularity, because nothing is lost by it.
//!
//! A delivery may go first, alone, when whatever else happens before it, now or later, commutes with it and it
//! teaches the attacker nothing that others need to know first: every run without it going first is the same as one
//! with it, in another order. Three reasons are enough, and each follows from what parties keep:
//!
//! 1. **The receiver remembers exchanges apart.** A reply of the store touches the one request that waits for it; so
//!    does an answer to a resource server; a back-channel request becomes a request that waits, unless proofs of
//!    possession are kept, which are one list.
//! 2. **Nobody else is about.** It is the only thing on its way; or it goes to a browser, and all that goes on besides
//!    are back-channel requests of the attacker himself: they concern the authorization server's waiting requests, its
//!    store and him.
//! 3. **Operations on other grants.** The store keeps grants apart, so an operation on one commutes with operations
//!    on others. What one copy of a store tells another concerns only that other.
//!
//! Before an operation of a store others can still ask for something without a browser: that stays beside it.
//! Two messages of one exchange (a request that was duplicated, two answers) never go first: the first of them counts.
//! Faults of a delivery that goes first remain beside it. `sim/tests/hunt/races.rs` compares all this with searches
//! that take nothing at once.

use grantlab_core::authorization_server::policy::TokenBinding;
use grantlab_core::message::store::{GrantId, StoreRequest};

use crate::party::{PartyId, Role};
use crate::trace::Payload;
use crate::walk::asked;
use crate::world::{Flight, MessageKind, Party, World};

/// The delivery that goes first, if there is one.
#[must_use]
pub(super) fn at_once(world: &World) -> Option<&Flight> {
    let waiting: Vec<&Flight> = world.deliverable().collect();
    let ample = waiting.iter().copied().filter(|flight| {
        let mut others = waiting.iter().filter(|other| other.id != flight.id);
        let has_twin = others.any(|other| other.is_twin_of(flight));
        let is_up = world
            .nodes()
            .get(usize::from(flight.to.0))
            .is_some_and(|node| node.up);
        is_up && !has_twin && goes_first(world, flight, &waiting)
    });
    ample.min_by_key(|flight| flight.id)
}

fn goes_first(world: &World, flight: &Flight, waiting: &[&Flight]) -> bool {
    let others = || {
        waiting
            .iter()
            .copied()
            .filter(|other| other.id != flight.id)
    };
    if flight.is_replication() {
        return false;
    }
    receiver_keeps_exchanges_apart(world, flight)
        || (!is_somebody_asked(world)
            && (others().all(|other| are_apart(flight, other))
                || (is_for_browser(world, flight) && others().all(|other| is_back(world, other)))))
}

fn role(world: &World, party: PartyId) -> Option<Role> {
    world
        .nodes()
        .get(usize::from(party.0))
        .map(|node| node.party.role())
}

fn receiver_keeps_exchanges_apart(world: &World, flight: &Flight) -> bool {
    match (&flight.payload, role(world, flight.to)) {
        (Payload::StoreReply(_), Some(Role::AuthorizationServer)) => true,
        (Payload::Response(_) | Payload::Failure(_), Some(Role::ResourceServer)) => true,
        (Payload::Request(_), Some(Role::AuthorizationServer)) => {
            is_back_channel(flight.kind) && !keeps_proofs(world, flight.to)
        }
        _ => false,
    }
}

const fn is_back_channel(kind: MessageKind) -> bool {
    matches!(
        kind,
        MessageKind::Token | MessageKind::Revocation | MessageKind::Introspection
    )
}

fn keeps_proofs(world: &World, party: PartyId) -> bool {
    let node = world.nodes().get(usize::from(party.0));
    let group = node.and_then(|node| match &node.party {
        Party::AuthorizationServer { group, .. } => Some(*group),
        Party::UserAgent(_)
        | Party::Client(_)
        | Party::GrantStore(_)
        | Party::ResourceServer(_)
        | Party::Attacker(_)
        | Party::Tester => None,
    });
    let server = group.and_then(|group| world.setup().servers.get(group));
    server.is_none_or(|server| server.configuration.policy.token_bind != TokenBinding::None)
}

fn is_for_browser(world: &World, flight: &Flight) -> bool {
    role(world, flight.to) == Some(Role::UserAgent)
}

/// Whether it is part of what the attacker asks an authorization server without a browser, or a write on its way to
/// another copy of a store.
fn is_back(world: &World, flight: &Flight) -> bool {
    let own = world.trace().provenance().flow_name(flight.flow) == ATTACKERS_FLOW;
    let parties = [role(world, flight.from), role(world, flight.to)];
    let backstage = |role: &Option<Role>| {
        matches!(
            role,
            Some(Role::AuthorizationServer | Role::GrantStore | Role::Attacker)
        )
    };
    flight.is_replication() || (own && parties.iter().all(backstage))
}

/// The flow of what the attacker sends by himself.
const ATTACKERS_FLOW: &str = "attacker";

/// Whether a user sees a page that asks him something: his answer may come at any moment.
fn is_somebody_asked(world: &World) -> bool {
    let browsers = (0..world.users().len()).filter_map(|user| world.browser_of(user));
    browsers.into_iter().any(|machine| {
        let mut tabs = machine.tabs().filter(|tab| !machine.is_waiting(tab));
        tabs.any(|tab| machine.page(tab).and_then(asked).is_some())
    })
}

/// Whether both are operations of stores that have nothing to do with each other.
fn are_apart(one: &Flight, other: &Flight) -> bool {
    match (&one.payload, &other.payload) {
        (Payload::StoreRequest(here), Payload::StoreRequest(there)) => {
            (one.to != other.to && other.is_replication())
                || matches!((grant(here), grant(there)), (Some(here), Some(there)) if here != there)
        }
        _ => false,
    }
}

/// The grant that an operation concerns, as far as the operation says so.
fn grant(request: &StoreRequest) -> Option<GrantId> {
    match request {
        StoreRequest::SaveCode(code) => Some(code.grant),
        StoreRequest::SaveTokens { access, .. } => Some(access.1.grant),
        StoreRequest::RevokeFamily(grant) => Some(*grant),
        StoreRequest::LoadCode(digest)
        | StoreRequest::ConsumeCode(digest)
        | StoreRequest::MarkCodeRedeemed(digest)
        | StoreRequest::InvalidateCode(digest) => Some(GrantId(*digest)),
        StoreRequest::LoadToken(_)
        | StoreRequest::ConsumeRefresh(_)
        | StoreRequest::MarkRefreshRotated(_)
        | StoreRequest::RevokeToken(_)
        | StoreRequest::SavePushed(..)
        | StoreRequest::LoadPushed(_)
        | StoreRequest::TakePushed(_) => None,
    }
}
