//! A stranger cannot take an owner's tokens away.

use grantlab_core::event::Event;
use grantlab_core::message::store::GrantId;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::{EntryId, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "revocation-safety",
    property: "REVOKE-SAFE",
    section: "OAuth 2.1 §7.5.2",
    about: "a replay revokes a grant only if the request passed every other rule",
    level: Level::Error,
    judge,
    woken_by: wakes!(ReplayDetected | FamilyRevoked),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    let mut replays = Vec::new();
    for (id, _, event) in reading.events() {
        if let Event::ReplayDetected {
            grant,
            otherwise_valid,
        } = event
        {
            findings.exercise();
            replays.push((grant, *otherwise_valid, id));
        }
        if let Event::FamilyRevoked {
            grant,
            by_replay: true,
        } = event
            && let Some(replay) = invalid_reason(&replays, grant)
        {
            findings.violate(
                [replay, id],
                "a request that was invalid anyway took the tokens of a grant away",
            );
        }
    }
    findings.judgement()
}

/// The request that took the tokens away, if no valid one had seen the replay: of several that race, each revokes.
fn invalid_reason(replays: &[(&GrantId, bool, EntryId)], grant: &GrantId) -> Option<EntryId> {
    let mut seen = replays.iter().filter(|(earlier, _, _)| *earlier == grant);
    if seen.clone().any(|(_, valid, _)| *valid) {
        return None;
    }
    seen.next().map(|(_, _, id)| *id)
}
