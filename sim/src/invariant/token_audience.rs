//! A resource server serves the tokens of its own authorization server.

use grantlab_core::event::Event;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::What;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "token-audience",
    property: "SCOPE",
    section: "RFC 9700 §2.3; RFC 9068 §4",
    about: "a resource is served for a token of the authorization server that its resource server belongs to, and of no other",
    level: Level::Error,
    judge,
    woken_by: wakes!(ResourceServed),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    for (id, entry, event) in reading.events() {
        let Event::ResourceServed {
            access_token: presented,
            ..
        } = event
        else {
            continue;
        };
        let issue = reading.events().find_map(|(issue, entry, event)| {
            let Event::AccessTokenIssued { access_token, .. } = event else {
                return None;
            };
            (access_token == presented).then_some((issue, entry.party))
        });
        if let Some((issue, server)) = issue
            && !reading.trace.is_hostile(entry.party)
        {
            findings.exercise();
            if !reading.belong_together(server, entry.party) {
                findings.violate(
                    [issue, id],
                    "a resource was served for a token of another authorization server",
                );
            }
        }
    }
    findings.judgement()
}
