//! Nobody gets more than the owner gave.

use grantlab_core::event::Event;
use grantlab_core::value::Scope;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::{EntryId, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "scope-never-widened",
    property: "SCOPE",
    section: "RFC 6749 §3.3, §4.1.3, §6",
    about: "the scope of every code and token is within what the owner consented to",
    level: Level::Error,
    judge,
    woken_by: wakes!(CodeIssued | AccessTokenIssued | RefreshTokenIssued),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    let mut consented = Vec::new();
    let mut granted = Vec::new();
    for (id, entry, event) in reading.events() {
        if reading.trace.is_hostile(entry.party) {
            continue;
        }
        if let Event::ConsentGiven {
            transaction, scope, ..
        } = event
        {
            consented.push((transaction, scope, id));
        }
        if let Event::CodeIssued {
            transaction,
            grant,
            scope,
            ..
        } = event
        {
            granted.push((grant, scope, id));
            let mut given = consented.iter().rev();
            if let Some((_, given, consent)) = given.find(|(of, _, _)| *of == transaction) {
                findings.exercise();
                findings.compare((*consent, given), (id, scope), "a code");
            }
        }
        if let Event::AccessTokenIssued { grant, scope, .. }
        | Event::RefreshTokenIssued { grant, scope, .. } = event
            && let Some((_, given, issue)) = granted.iter().find(|(of, _, _)| *of == grant)
        {
            findings.exercise();
            findings.compare((*issue, given), (id, scope), "a token");
        }
    }
    findings.judgement()
}

impl Findings {
    fn compare(&mut self, given: (EntryId, &Scope), taken: (EntryId, &Scope), what: &str) {
        if !taken.1.is_within(given.1) {
            let (given_scope, taken_scope) = (given.1.as_str(), taken.1.as_str());
            self.violate(
                [given.0, taken.0],
                format!("{what} for \"{taken_scope}\" came of consent to \"{given_scope}\""),
            );
        }
    }
}
