//! Who brings a code twice ends what came of it.

use grantlab_core::event::Event;
use grantlab_core::message::store::GrantId;
use grantlab_core::refusal::Rule;
use grantlab_core::value::AccessToken;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::{EntryId, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "replayed-code-tokens",
    property: "CODE1",
    section: "RFC 6749 §4.1.2 (SHOULD), §10.5",
    about: "once a code was refused because it had been used, the tokens that came of it open nothing",
    level: Level::Warning,
    judge,
    woken_by: wakes!(TokenRefused | ResourceServed),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    let mut refused: Vec<(&GrantId, EntryId)> = Vec::new();
    for (id, _, event) in reading.events() {
        if let Some(grant) = replayed(reading, id, event) {
            findings.exercise();
            refused.push((grant, id));
        }
        if let Event::ResourceServed { access_token, .. } = event
            && let Some(grant) = grant_of(reading, access_token)
            && let Some((asked, _)) = reading.request_behind(id)
            && let Some((_, refusal)) = refused
                .iter()
                .find(|(ended, refusal)| *ended == grant && *refusal < asked)
        {
            findings.violate(
                [*refusal, id],
                "a token of a code that had been brought twice still opened a resource",
            );
        }
    }
    findings.judgement()
}

/// The grant of a code that is refused for having been used, by a request that was good otherwise.
fn replayed<'a>(reading: &Reading<'a>, id: EntryId, event: &Event) -> Option<&'a GrantId> {
    let Event::TokenRefused {
        code: Some(brought),
        refusal,
        ..
    } = event
    else {
        return None;
    };
    if refusal.rule != Rule::CodeSingleUse {
        return None;
    }
    let grant = reading.events().find_map(|(_, _, event)| {
        let Event::CodeIssued { code, grant, .. } = event else {
            return None;
        };
        (code == brought).then_some(grant)
    })?;
    let mut earlier = reading.events().take_while(|(seen, _, _)| *seen < id);
    earlier
        .any(|(_, _, event)| {
            matches!(event, Event::ReplayDetected { grant: of, otherwise_valid: true } if of == grant)
        })
        .then_some(grant)
}

fn grant_of<'a>(reading: &Reading<'a>, token: &AccessToken) -> Option<&'a GrantId> {
    reading.events().find_map(|(_, _, event)| {
        let Event::AccessTokenIssued {
            access_token,
            grant,
            ..
        } = event
        else {
            return None;
        };
        (access_token == token).then_some(grant)
    })
}
