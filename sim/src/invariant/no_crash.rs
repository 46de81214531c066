//! Every input has a defined answer.

use grantlab_core::event::{Event, Part};
use grantlab_core::refusal::Rule;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level};
use crate::trace::What;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "no-crash",
    property: "NO-CRASH",
    section: "grantlab",
    about: "no party meets a case that its own rules exclude, what is written is read as the same, and no run goes on for ever",
    level: Level::Error,
    judge,
    woken_by: |what| match what {
        What::WireDiffers { .. } | What::BoundReached(_) => true,
        What::Noted(event) => meets_the_impossible(event),
        What::Acted(_)
        | What::Sent { .. }
        | What::Arrived { .. }
        | What::Lost { .. }
        | What::Duplicated { .. }
        | What::Delayed { .. }
        | What::TimePassed(_)
        | What::DeadlineCame
        | What::Crashed
        | What::Restarted
        | What::NobodyThere { .. }
        | What::Intended { .. }
        | What::Learned { .. } => false,
    },
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    for (id, entry) in reading.new_entries() {
        findings.exercise();
        match &entry.what {
            What::WireDiffers { .. } => findings.violate(
                [id],
                "a message was read as something else than was written",
            ),
            What::BoundReached(bound) => {
                findings.violate([id], format!("a bound was reached: {bound}"))
            }
            What::Noted(event) if meets_the_impossible(event) => {
                findings.violate([id], "a party met a case that its own rules exclude");
            }
            What::Acted(_)
            | What::Sent { .. }
            | What::Arrived { .. }
            | What::Lost { .. }
            | What::Duplicated { .. }
            | What::Delayed { .. }
            | What::Noted(_)
            | What::TimePassed(_)
            | What::DeadlineCame
            | What::Crashed
            | What::Restarted
            | What::NobodyThere { .. }
            | What::Intended { .. }
            | What::Learned { .. } => {}
        }
    }
    findings.judgement()
}

fn meets_the_impossible(event: &Event) -> bool {
    let mut found = false;
    event.visit(&mut |_, part| {
        if let Part::Refused(refusal) = part {
            found |= refusal.rule == Rule::Unreachable;
        }
    });
    found
}
