//! A family of refresh tokens is a line, not a tree.

use grantlab_core::event::Event;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::What;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "refresh-linearity",
    property: "RT",
    section: "RFC 9700 §4.14.2",
    about: "a refresh token that anybody could use is used once, and a grant has one live refresh token at the most",
    level: Level::Error,
    judge,
    woken_by: wakes!(RefreshTokenUsed | RefreshTokenIssued),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    let mut used = Vec::new();
    let mut live = Vec::new();
    let mut bound = Vec::new();
    for (id, entry, event) in reading.events() {
        if reading.trace.is_hostile(entry.party) {
            continue;
        }
        if let Event::RefreshTokenUsed { refresh_token, .. } = event {
            findings.exercise();
            live.retain(|(token, _, _)| *token != refresh_token);
            match used.iter().find(|(earlier, _)| *earlier == refresh_token) {
                // Whoever has the key may use it again: the two defences are alternatives.
                Some(_) if bound.contains(&refresh_token) => {}
                Some((_, first)) => {
                    findings.violate([*first, id], "one refresh token was used twice")
                }
                None => used.push((refresh_token, id)),
            }
        }
        if let Event::RefreshTokenIssued {
            refresh_token,
            grant,
            bound_to,
            ..
        } = event
        {
            if bound_to.is_some() {
                bound.push(refresh_token);
            }
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
