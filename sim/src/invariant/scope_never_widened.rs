//! Nobody gets more than the owner gave.

use grantlab_core::event::Event;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::What;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "scope-never-widened",
    property: "SCOPE",
    section: "RFC 6749 §3.3, §4.1.3, §6",
    about: "every token's scope is within what the owner consented to",
    level: Level::Error,
    judge,
    woken_by: wakes!(AccessTokenIssued | RefreshTokenIssued),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    let mut granted = Vec::new();
    for (id, _, event) in reading.events() {
        if let Event::CodeIssued { grant, scope, .. } = event {
            granted.push((grant, scope, id));
        }
        if let Event::AccessTokenIssued { grant, scope, .. }
        | Event::RefreshTokenIssued { grant, scope, .. } = event
            && let Some((_, given, issue)) =
                granted.iter().find(|(earlier, _, _)| *earlier == grant)
        {
            findings.exercise();
            if !scope.is_within(given) {
                findings.violate(
                    [*issue, id],
                    format!(
                        "a token for \"{}\" came of consent to \"{}\"",
                        scope.as_str(),
                        given.as_str()
                    ),
                );
            }
        }
    }
    findings.judgement()
}
