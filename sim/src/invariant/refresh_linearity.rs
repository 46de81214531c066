//! A family of refresh tokens is a line, not a tree.

use grantlab_core::event::Event;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::What;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "refresh-linearity",
    property: "RT",
    section: "RFC 9700 §4.14.2",
    about: "a refresh token that has a successor is not used, and a grant has one live refresh token at the most",
    level: Level::Error,
    judge,
    woken_by: wakes!(RefreshTokenUsed | RefreshTokenIssued),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    let mut succeeded = Vec::new();
    let mut last_used = Vec::new();
    let mut live = Vec::new();
    for (id, entry, event) in reading.events() {
        if reading.trace.is_hostile(entry.party) {
            continue;
        }
        if let Event::RefreshTokenUsed {
            refresh_token,
            grant,
            ..
        } = event
        {
            findings.exercise();
            live.retain(|(token, _, _)| *token != refresh_token);
            if let Some((_, successor)) = succeeded.iter().find(|(old, _)| *old == refresh_token) {
                findings.violate(
                    [*successor, id],
                    "a refresh token was used after its successor",
                );
            }
            last_used.push((grant, refresh_token));
        }
        if let Event::RefreshTokenIssued {
            refresh_token,
            grant,
            ..
        } = event
        {
            let old = last_used.iter().rev().find(|(of, _)| *of == grant);
            succeeded.extend(old.map(|(_, old)| (*old, id)));
            if let Some((_, _, first)) = live.iter().find(|(_, of, _)| *of == grant) {
                findings.violate([*first, id], "a grant has two refresh tokens that are good");
            }
            live.push((refresh_token, grant, id));
        }
        if let Event::GrantEnded { grant } = event {
            live.retain(|(_, of, _)| *of != grant);
        }
    }
    findings.judgement()
}
