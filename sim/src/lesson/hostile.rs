//! Words for what the attacker's machines send and get, and for what the scenario itself sends: the usual words would
//! call them clients and servers.

use grantlab_core::http::{Body, Request, Response};

use super::places::{self, Exchange};
use super::run::Told;
use crate::party::{PartyId, Role};
use crate::trace::{Trace, What};

/// Who is at an end of a message. The attacker's browser and its user do what every user does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The attacker's machines sent it.
    Sent,
    /// The attacker's machines get it.
    Gets,
    /// The scenario itself sent it.
    Tester,
}

/// The attacker's machines and his browser, which are one party to a learner unless they talk to each other.
pub(super) fn one_party(trace: &Trace) -> Option<(PartyId, PartyId)> {
    let acts = |party: PartyId| trace.entries().iter().any(|entry| entry.party == party);
    let hostile = |role: Role| {
        (0..)
            .zip(trace.cast())
            .map(|(place, cast)| (PartyId(place), cast))
            .find(|(party, cast)| cast.hostile && cast.role == role && acts(*party))
            .map(|(party, _)| party)
    };
    let machines = hostile(Role::Attacker)?;
    let browser = hostile(Role::UserAgent)?;
    let talks = |from: PartyId, to: PartyId| {
        trace.entries().iter().any(|entry| {
            entry.party == from && matches!(entry.what, What::Sent { to: other, .. } if other == to)
        })
    };
    (!talks(machines, browser) && !talks(browser, machines)).then_some((machines, browser))
}

/// Which end of a message is the attacker's or the scenario's, if one is.
pub(super) fn side(told: &Told<'_>, from: PartyId, to: PartyId) -> Option<Side> {
    match (told.trace.role(from), told.trace.role(to)) {
        (Some(Role::Attacker), _) => Some(Side::Sent),
        (_, Some(Role::Attacker)) => Some(Side::Gets),
        (Some(Role::Tester), _) => Some(Side::Tester),
        (Some(_) | None, Some(_) | None) => None,
    }
}

/// The words for a request, where there are some of its own.
pub(super) fn request(side: Side, exchange: Exchange, request: &Request) -> String {
    let parameters = places::parameters(request);
    let has = |name: &str| parameters.iter().any(|fields| fields.first(name).is_some());
    let words = match (side, exchange) {
        (Side::Sent, Exchange::Token) => "step.forged.request.code",
        (Side::Sent, Exchange::Refresh) => "step.forged.request.refresh",
        (Side::Sent, Exchange::Resource) => "step.forged.request.resource",
        (Side::Sent, _) => "step.forged.request.other",
        (Side::Tester, Exchange::Token) => "step.tester.request.code",
        (Side::Tester, Exchange::Refresh) => "step.tester.request.refresh",
        (Side::Tester, Exchange::Resource) => "step.tester.request.resource",
        (Side::Tester, _) => "step.tester.request.other",
        (Side::Gets, _) if has("password") => "step.attacker.request.password",
        (Side::Gets, _) if has("grant_type") => "step.attacker.request.token",
        (Side::Gets, _) if has("response_type") => "step.attacker.request.authorization",
        (Side::Gets, _) if has("code") => "step.attacker.request.code",
        (Side::Gets, _) if request.url.path == LURE => "step.attacker.request.page",
        (Side::Gets, _) => "step.elsewhere.request",
    };
    words.to_owned()
}

/// The page of the attacker's site that makes a browser send something.
const LURE: &str = "/lure";

/// The words for a response, where there are some of its own.
pub(super) fn response(side: Side, exchange: Exchange, response: &Response) -> Option<String> {
    let good = (200..=299).contains(&response.status.0);
    let leads_on = matches!(&response.body, Body::Page(page)
        if !(page.links.is_empty() && page.forms.is_empty() && page.resources.is_empty()));
    let words = match (side, exchange) {
        (Side::Sent, _) if response.headers.location().is_some() => "step.attacker.response.moved",
        (Side::Sent, _) if leads_on => "step.attacker.response.page",
        (Side::Sent, _) => "step.elsewhere.response",
        (Side::Gets, Exchange::Token | Exchange::Refresh) if good => {
            "step.token.response.to_attacker"
        }
        (Side::Gets | Side::Tester, _) => return None,
    };
    Some(words.to_owned())
}
