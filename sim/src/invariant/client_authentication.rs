//! A client that has a secret uses it, and nobody else does.

use grantlab_core::event::Event;
use grantlab_core::value::ClientId;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::{EntryId, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "client-authentication",
    property: "CLIENT-AUTH",
    section: "RFC 6749 §3.2.1, §4.1.3, §6",
    about: "no tokens are issued in the name of a confidential client that did not prove itself, or to somebody else than that client",
    level: Level::Error,
    judge,
    woken_by: wakes!(CodeRedeemed | RefreshTokenUsed),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    let mut confidential = Vec::new();
    for (id, entry, event) in reading.events() {
        if reading.trace.is_hostile(entry.party) {
            continue;
        }
        if let Event::CodeRedeemed {
            client_id,
            client_confidential: true,
            client_authenticated,
            ..
        } = event
        {
            findings.exercise();
            confidential.push((client_id, id));
            if !client_authenticated {
                findings.violate(
                    [id],
                    "a confidential client redeemed a code without proving itself",
                );
            } else if is_stolen(reading, id, client_id) {
                findings.violate([id], "the attacker redeemed a code in a client's name");
            }
        }
        if let Event::RefreshTokenUsed { client_id, .. } = event
            && let Some((_, known)) = confidential.iter().find(|(known, _)| *known == client_id)
            && is_stolen(reading, id, client_id)
        {
            findings.violate(
                [*known, id],
                "the attacker used a refresh token in a confidential client's name",
            );
        }
    }
    findings.judgement()
}

/// Whether the attacker asks in the name of an honest client.
fn is_stolen(reading: &Reading<'_>, id: EntryId, client_id: &ClientId) -> bool {
    let by_attacker = reading
        .asker(id)
        .is_some_and(|asker| reading.trace.is_hostile(asker));
    by_attacker && reading.is_honest_name(client_id.as_str())
}
