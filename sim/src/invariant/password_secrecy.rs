//! An owner's password goes to his server and to nobody else.

use grantlab_core::event::Event;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::party::Role;
use crate::trace::{EntryId, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "password-secrecy",
    property: "CRED",
    section: "RFC 9700 §4.12; RFC 6749 §10.11",
    about: "the attacker never learns what an honest owner types at an honest server",
    level: Level::Error,
    judge,
    woken_by: |what| matches!(what, What::Learned { .. }) || wakes!(OwnerAuthenticated)(what),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    for (id, entry, event) in reading.events() {
        if let Event::OwnerAuthenticated {
            by_password: true, ..
        } = event
            && !reading.trace.is_hostile(entry.party)
            && reading
                .asker(id)
                .is_some_and(|browser| !reading.trace.is_hostile(browser))
        {
            findings.exercise();
        }
    }
    for learned in reading.learned() {
        if learned.kind == "password"
            && let Some(sent) = typed_by_owner(reading, learned.id)
        {
            findings.violate(
                [sent, learned.id],
                "a password that an honest owner typed reached the attacker",
            );
        }
    }
    findings.judgement()
}

/// Where an honest browser first sent what reached the attacker: a redirect may have sent it on.
fn typed_by_owner(reading: &Reading<'_>, learned: EntryId) -> Option<EntryId> {
    let sent = reading.causes(learned).filter(|(_, entry)| {
        matches!(entry.what, What::Sent { .. })
            && reading.trace.role(entry.party) == Some(Role::UserAgent)
            && !reading.trace.is_hostile(entry.party)
    });
    sent.last().map(|(id, _)| id)
}
