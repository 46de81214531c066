//! Must fail: keeps the rig honest.

use grantlab_core::event::Event;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::What;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "canary",
    property: "none",
    section: "grantlab",
    about: "nobody ever logs in",
    level: Level::Error,
    judge,
    woken_by: wakes!(LoginCompleted),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    for (id, _, event) in reading.events() {
        if let Event::LoginCompleted { .. } = event {
            findings.violate([id], "somebody logged in");
        }
    }
    findings.judgement()
}
