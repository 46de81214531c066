//! What has ended stays ended.

use grantlab_core::event::Event;
use grantlab_core::message::store::GrantId;
use grantlab_core::refusal::Rule;
use grantlab_core::value::RefreshToken;

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::trace::{EntryId, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "refresh-after-end",
    property: "RT",
    section: "RFC 9700 §4.14.2; RFC 6749 §10.4",
    about: "no token is issued of a grant that was revoked, whose old refresh token was used again, whose owner took his consent back, or whose owner was disabled",
    level: Level::Error,
    judge,
    woken_by: wakes!(TokensKept | TokenRefused | AccessTokenIssued),
};

/// Why a grant is over.
struct End<'a> {
    grant: &'a GrantId,
    id: EntryId,
    words: &'static str,
}

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    let mut ends: Vec<End<'_>> = Vec::new();
    for (id, _, event) in reading.events() {
        // What counts is the order of the store: its replies may overtake each other on their way.
        if let Event::GrantEnded { grant } = event {
            ends.push(End {
                grant,
                id,
                words: "a revoked grant got another token",
            });
        }
        if let Some((replay, grant)) = replayed(reading, id, event)
            && !ends.iter().any(|end| end.grant == grant)
        {
            findings.violate(
                [replay, id],
                "an old refresh token came back, and its family lives on",
            );
        }
        if let Event::TokensKept { grant } = event {
            findings.exercise();
            if let Some(end) = ends.iter().find(|end| end.grant == grant) {
                findings.violate([end.id, id], end.words);
            }
        }
        if let Event::AccessTokenIssued { grant, .. } = event
            && let Some((asked, _)) = reading.request_behind(id)
            && let Some(gone) = owner_gone(reading, grant, asked)
        {
            findings.violate(
                [gone, id],
                "a token was issued for an owner who was gone, or had taken his consent back",
            );
        }
    }
    findings.judgement()
}

/// Where a server saw that a refresh token had been used, in a request that was good otherwise, and its grant; told
/// when the server refuses, since by then the family is gone (RFC 9700 §4.14.2).
fn replayed<'a>(
    reading: &Reading<'a>,
    id: EntryId,
    event: &Event,
) -> Option<(EntryId, &'a GrantId)> {
    let Event::TokenRefused {
        refresh_token: Some(brought),
        refusal,
        ..
    } = event
    else {
        return None;
    };
    let grant = (refusal.rule == Rule::RefreshNewest)
        .then(|| grant_of(reading, brought))
        .flatten()?;
    let mut earlier = reading.events().take_while(|(seen, _, _)| *seen < id);
    earlier.find_map(|(id, _, event)| {
        matches!(event, Event::ReplayDetected { grant: of, otherwise_valid: true } if of == grant)
            .then_some((id, grant))
    })
}

fn grant_of<'a>(reading: &Reading<'a>, token: &RefreshToken) -> Option<&'a GrantId> {
    reading.events().find_map(|(_, _, event)| {
        let Event::RefreshTokenIssued {
            refresh_token,
            grant,
            ..
        } = event
        else {
            return None;
        };
        (refresh_token == token).then_some(grant)
    })
}

/// What had ended the grant's right to tokens when they were asked for: its owner was disabled, or took back what
/// he had granted this client.
fn owner_gone(reading: &Reading<'_>, grant: &GrantId, asked: EntryId) -> Option<EntryId> {
    let (issue, whose, client) = reading.events().find_map(|(id, _, event)| {
        let Event::CodeIssued {
            grant: begun,
            subject,
            client_id,
            ..
        } = event
        else {
            return None;
        };
        (begun == grant).then_some((id, subject, client_id))
    })?;
    let mut earlier = reading.events().take_while(|(id, _, _)| *id < asked);
    earlier.find_map(|(id, _, event)| {
        let gone = if let Event::OwnerDisabled { subject } = event {
            subject == whose
        } else if let Event::ConsentWithdrawn { subject, client_id } = event {
            subject == whose && client_id == client && id > issue
        } else {
            false
        };
        gone.then_some(id)
    })
}
