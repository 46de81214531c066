//! A code is good until its time has come, and not a millisecond longer.

use grantlab_core::event::Event;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::What;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "code-expiry",
    property: "CODE1",
    section: "RFC 6749 §4.1.2, §10.5",
    about: "no code is redeemed at or after the moment in which it expires, by the clock of the node that redeems",
    level: Level::Error,
    judge,
    woken_by: wakes!(CodeRedeemed),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    let mut issued = Vec::new();
    for (id, _, event) in reading.events() {
        if let Event::CodeIssued {
            code, expires_at, ..
        } = event
        {
            issued.push((code, *expires_at, id));
        }
        if let Event::CodeRedeemed {
            code, redeemed_at, ..
        } = event
            && let Some((_, expires_at, issue)) =
                issued.iter().find(|(earlier, _, _)| *earlier == code)
        {
            findings.exercise();
            match expires_at {
                Some(end) if redeemed_at >= end => {
                    findings.violate([*issue, id], "an expired code was redeemed")
                }
                Some(_) => {}
                None => findings.violate([*issue, id], "a code that never expires was redeemed"),
            }
        }
    }
    findings.judgement()
}
