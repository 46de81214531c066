//! A client that has a secret uses it.

use grantlab_core::event::Event;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::What;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "client-authentication",
    property: "CLIENT-AUTH",
    section: "RFC 6749 §3.2.1, §4.1.3",
    about: "no code is redeemed in the name of a confidential client that did not prove itself",
    level: Level::Error,
    judge,
    woken_by: wakes!(CodeRedeemed),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    for (id, _, event) in reading.events() {
        if let Event::CodeRedeemed {
            client_confidential: true,
            client_authenticated,
            ..
        } = event
        {
            findings.exercise();
            if !client_authenticated {
                findings.violate(
                    [id],
                    "a confidential client redeemed a code without proving itself",
                );
            }
        }
    }
    findings.judgement()
}
