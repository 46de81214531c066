//! A code goes to a registered redirection URI, and is redeemed with the same.

use grantlab_core::event::Event;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::What;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "redirect-binding",
    property: "CODE-REDIR",
    section: "RFC 6749 §3.1.2.3, §4.1.3, §10.6; RFC 9700 §4.1.3",
    about: "a code is sent to a URI that its client registered, octet for octet, and a redirect_uri that comes with it to the token endpoint is that one",
    level: Level::Error,
    judge,
    woken_by: wakes!(CodeIssued | CodeRedeemed),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    let mut codes = Vec::new();
    for (id, _, event) in reading.events() {
        if let Event::CodeIssued {
            code,
            redirect_uri,
            redirect_registered,
            ..
        } = event
        {
            findings.exercise();
            codes.push((code, redirect_uri, id));
            if !redirect_registered {
                findings.violate(
                    [id],
                    format!(
                        "a code was sent to {}, which is not registered",
                        redirect_uri.as_str()
                    ),
                );
            }
        }
        if let Event::CodeRedeemed {
            code,
            redirect_uri: Some(redeemed_with),
            ..
        } = event
            && let Some((_, issued_to, issue)) =
                codes.iter().find(|(earlier, _, _)| *earlier == code)
            && *issued_to != redeemed_with
        {
            findings.violate(
                [*issue, id],
                "a code was redeemed with another redirection URI than it was sent to",
            );
        }
    }
    findings.judgement()
}
