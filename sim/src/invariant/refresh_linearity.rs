//! A family of refresh tokens is a line, not a tree.

use grantlab_core::event::Event;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::What;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "refresh-linearity",
    property: "RT",
    section: "RFC 9700 §4.14.2",
    about: "a refresh token is used once; after it was used again, or its grant revoked, its family gets no more tokens",
    level: Level::Error,
    judge,
    woken_by: wakes!(RefreshTokenUsed | TokensKept),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    let mut used = Vec::new();
    let mut ended = Vec::new();
    for (id, _, event) in reading.events() {
        if let Event::RefreshTokenUsed { refresh_token, .. } = event {
            findings.exercise();
            match used.iter().find(|(earlier, _)| *earlier == refresh_token) {
                Some((_, first)) => {
                    findings.violate([*first, id], "one refresh token was used twice")
                }
                None => used.push((refresh_token, id)),
            }
        }
        // What counts is the order of the store: its replies may overtake each other on their way.
        if let Event::GrantEnded { grant } = event {
            ended.push((grant, id));
        }
        if let Event::TokensKept { grant } = event
            && let Some((_, end)) = ended.iter().find(|(earlier, _)| *earlier == grant)
        {
            findings.violate([*end, id], "a revoked grant got another token");
        }
    }
    findings.judgement()
}
