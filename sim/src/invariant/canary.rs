//! Must fail: keeps the rig honest.

use grantlab_core::event::Event;

use super::{Findings, Invariant, Judgement};
use crate::trace::Trace;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "canary",
    property: "none",
    section: "grantlab",
    about: "nobody ever logs in",
    judge,
};

fn judge(trace: &Trace) -> Judgement {
    let mut findings = Findings::default();
    for (id, _, event) in trace.events() {
        if let Event::LoginCompleted { .. } = event {
            findings.violate([id], "somebody logged in");
        }
    }
    findings.judgement()
}
