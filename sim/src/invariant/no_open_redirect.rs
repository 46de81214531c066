//! Nobody is sent where a stranger wants him.

use grantlab_core::event::Event;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::What;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "no-open-redirect",
    property: "OPEN-REDIR",
    section: "RFC 6749 §4.1.2.1, §10.15; RFC 9700 §4.11",
    about: "errors are redirected to registered URIs alone, and clients redirect nowhere that a parameter says",
    level: Level::Error,
    judge,
    woken_by: wakes!(ErrorRedirected | OpenRedirected),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    for (id, _, event) in reading.events() {
        if let Event::ErrorRedirected {
            redirect_uri,
            redirect_registered,
            ..
        } = event
        {
            findings.exercise();
            if !redirect_registered {
                findings.violate(
                    [id],
                    format!("an error was redirected to {redirect_uri}, which is not registered"),
                );
            }
        }
        if let Event::OpenRedirected { target } = event {
            findings.violate(
                [id],
                format!("the client redirected to {target} because a parameter said so"),
            );
        }
    }
    findings.judgement()
}
