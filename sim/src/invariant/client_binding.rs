//! A code belongs to the client for which it was issued.

use grantlab_core::event::Event;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::What;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "client-binding",
    property: "CODE-CLIENT",
    section: "RFC 6749 §4.1.3, §6, §10.4, §10.5",
    about: "codes and refresh tokens are used by the client for which they were issued, and by no other",
    level: Level::Error,
    judge,
    woken_by: wakes!(CodeRedeemed | RefreshTokenUsed),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    let mut codes = Vec::new();
    let mut tokens = Vec::new();
    for (id, _, event) in reading.events() {
        if let Event::CodeIssued {
            code, client_id, ..
        } = event
        {
            codes.push((code, client_id, id));
        }
        if let Event::RefreshTokenIssued {
            refresh_token,
            client_id,
            ..
        } = event
        {
            tokens.push((refresh_token, client_id, id));
        }
        if let Event::CodeRedeemed {
            code, client_id, ..
        } = event
            && let Some((_, owner, issue)) = codes.iter().find(|(earlier, _, _)| *earlier == code)
        {
            findings.exercise();
            if *owner != client_id {
                findings.violate([*issue, id], "a client redeemed the code of another");
            }
        }
        if let Event::RefreshTokenUsed {
            refresh_token,
            client_id,
            ..
        } = event
            && let Some((_, owner, issue)) = tokens
                .iter()
                .find(|(earlier, _, _)| *earlier == refresh_token)
        {
            findings.exercise();
            if *owner != client_id {
                findings.violate([*issue, id], "a client used the refresh token of another");
            }
        }
    }
    findings.judgement()
}
