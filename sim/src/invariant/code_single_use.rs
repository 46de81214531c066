//! One code, one redemption.

use grantlab_core::event::Event;

use super::{Findings, Invariant, Judgement};
use crate::trace::Trace;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "code-single-use",
    property: "CODE1",
    section: "RFC 6749 §4.1.2, §10.5",
    about: "a code is redeemed once at the most, whoever races with whom and whatever crashes",
    judge,
};

fn judge(trace: &Trace) -> Judgement {
    let mut findings = Findings::default();
    let mut redeemed = Vec::new();
    for (id, _, event) in trace.events() {
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
