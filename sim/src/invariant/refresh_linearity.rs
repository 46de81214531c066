//! A family of refresh tokens is a line, not a tree.

use grantlab_core::event::Event;
use grantlab_core::message::store::GrantId;
use grantlab_core::value::RefreshToken;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::{EntryId, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "refresh-linearity",
    property: "RT",
    section: "RFC 9700 §4.14.2",
    about: "a refresh token is used once; after it was used again, or its grant revoked, its family gets no more tokens",
    level: Level::Error,
    judge,
    woken_by: wakes!(RefreshTokenUsed | TokenRefused | TokensKept),
};

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    let mut line = Line::default();
    for (id, _, event) in reading.events() {
        if let Event::RefreshTokenUsed {
            refresh_token,
            grant,
            client_id,
        } = event
        {
            findings.exercise();
            match line
                .used
                .iter()
                .find(|(earlier, _, _)| *earlier == refresh_token)
            {
                Some((_, _, first)) => {
                    findings.violate([*first, id], "one refresh token was used twice");
                }
                None => line.used.push((refresh_token, grant, id)),
            }
            if let Some(withdrawn) = withdrawn_before(reading, id, grant, client_id.as_str()) {
                findings.violate(
                    [withdrawn, id],
                    "a refresh token was good after its owner was gone",
                );
            }
        }
        line.reuse(id, event, &mut findings);
        // What counts is the order of the store: its replies may overtake each other on their way.
        if let Event::GrantEnded { grant } = event {
            line.ended.push((grant, id));
        }
        if let Event::TokensKept { grant } = event
            && let Some((_, end)) = line.ended.iter().find(|(earlier, _)| *earlier == grant)
        {
            findings.violate([*end, id], "a revoked grant got another token");
        }
    }
    findings.judgement()
}

/// What is known of the families so far.
#[derive(Default)]
struct Line<'a> {
    used: Vec<(&'a RefreshToken, &'a GrantId, EntryId)>,
    ended: Vec<(&'a GrantId, EntryId)>,
}

impl<'a> Line<'a> {
    /// RFC 9700 §4.14.2: a server that sees a used token again takes back the family before it answers.
    fn reuse(&self, id: EntryId, event: &'a Event, findings: &mut Findings) {
        let Event::TokenRefused {
            refresh_token: Some(token),
            ..
        } = event
        else {
            return;
        };
        let Some((_, grant, first)) = self.used.iter().find(|(used, _, _)| *used == token) else {
            return;
        };
        let ended = self.ended.iter().any(|(ended, _)| ended == grant);
        if !ended {
            findings.violate(
                [*first, id],
                "a used refresh token came back, and its family lives on",
            );
        }
    }
}

/// When the owner of a grant took it back, or was disabled, after he had given it.
fn withdrawn_before(
    reading: &Reading<'_>,
    before: EntryId,
    grant: &GrantId,
    client: &str,
) -> Option<EntryId> {
    let issued = reading.events().find_map(|(id, _, event)| {
        if let Event::CodeIssued {
            grant: begun,
            subject,
            ..
        } = event
            && begun == grant
        {
            return Some((id, subject));
        }
        None
    });
    let (since, owner) = issued?;
    reading.events().find_map(|(id, _, event)| {
        let gone = if let Event::ConsentWithdrawn { subject, client_id } = event {
            subject == owner && client_id.as_str() == client
        } else if let Event::OwnerDisabled { subject } = event {
            subject == owner
        } else {
            false
        };
        (gone && id > since && id < before).then_some(id)
    })
}
