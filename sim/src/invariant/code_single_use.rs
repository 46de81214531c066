//! One code, one redemption.

use grantlab_core::event::Event;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::What;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "code-single-use",
    property: "CODE1",
    section: "RFC 6749 §4.1.2, §10.5",
    about: "a code is redeemed once at the most, whoever races with whom and whatever crashes",
    level: Level::Error,
    judge,
    woken_by: wakes!(CodeRedeemed),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    let mut redeemed = Vec::new();
    for (id, _, event) in reading.events() {
        if let Event::CodeRedeemed { code, .. } = event {
            findings.exercise();
            match redeemed.iter().find(|(earlier, _)| *earlier == code) {
                Some((_, first)) => findings.violate([*first, id], "one code was redeemed twice"),
                None => redeemed.push((code, id)),
            }
        }
    }
    findings.judgement()
}
