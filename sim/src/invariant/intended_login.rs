//! Nobody is logged in who did not ask for it.

use grantlab_core::event::Event;
use grantlab_core::value::{AuthorizationCode, Issuer, SessionId, State};

use super::reading::Reading;
use super::{Findings, Invariant, Judgement, Level, wakes};
use crate::party::PartyId;
use crate::trace::{EntryId, What};

pub(super) const INVARIANT: Invariant = Invariant {
    id: "intended-login",
    property: "SI-a",
    section: "RFC 6749 §10.12; RFC 9700 §4.7",
    about: "every login that completes in an honest browser goes back to a start of its own, at that client and with that server, which the user asked for himself at the client's own page",
    level: Level::Error,
    judge,
    woken_by: wakes!(LoginCompleted),
};

/// A login that completed in an honest browser.
struct Completion<'a> {
    client: PartyId,
    browser: PartyId,
    session: &'a SessionId,
    issuer: &'a Issuer,
    code: &'a AuthorizationCode,
}

fn judge(reading: &Reading<'_>) -> Judgement {
    let mut findings = Findings::default();
    // Starts that a code has answered already.
    let mut answered: Vec<(EntryId, &AuthorizationCode)> = Vec::new();
    for (id, completion) in completions(reading) {
        findings.exercise();
        let name = reading.trace.name(completion.browser);
        let accepted = reading.accepted(completion.client, completion.session, completion.code);
        let Some((accepted, state)) = accepted else {
            continue;
        };
        let free = |start: EntryId| {
            let mut others = answered.iter();
            !others.any(|(used, code)| *used == start && *code != completion.code)
        };
        let Some(start) = start_of(reading, &completion, state, accepted, free) else {
            findings.violate(
                [accepted, id],
                format!("{name} was logged in without having started a login"),
            );
            continue;
        };
        answered.push((start, completion.code));
        match intention(reading, &completion, start) {
            Wish::ThisOne => {}
            Wish::Another(intended) => findings.violate(
                [intended, id],
                format!("{name} was logged in with another server than he wanted"),
            ),
            Wish::None => findings.violate(
                [start, id],
                format!("{name} was logged in though he had not asked for it"),
            ),
        }
    }
    findings.judgement()
}

fn completions<'a>(reading: &Reading<'a>) -> impl Iterator<Item = (EntryId, Completion<'a>)> {
    reading.events().filter_map(|(id, entry, event)| {
        let Event::LoginCompleted {
            session,
            issuer,
            code,
            ..
        } = event
        else {
            return None;
        };
        let browser = reading.holder(session)?;
        let honest = !reading.trace.is_hostile(browser) && !reading.trace.is_hostile(entry.party);
        honest.then_some((
            id,
            Completion {
                client: entry.party,
                browser,
                session,
                issuer,
                code,
            },
        ))
    })
}

/// The newest start in this browser that the client may have taken the response to answer.
fn start_of(
    reading: &Reading<'_>,
    completion: &Completion<'_>,
    state: Option<&State>,
    before: EntryId,
    free: impl Fn(EntryId) -> bool,
) -> Option<EntryId> {
    let mut earlier = reading
        .events()
        .rev()
        .skip_while(|(id, _, _)| *id >= before);
    earlier.find_map(|(id, entry, event)| {
        let Event::LoginStarted {
            session,
            state: sent,
            ..
        } = event
        else {
            return None;
        };
        let fits = entry.party == completion.client
            && (state.is_none() || sent.as_ref() == state)
            && (session == completion.session
                || reading.holder(session) == Some(completion.browser));
        (fits && free(id)).then_some(id)
    })
}

/// What the user wanted.
enum Wish {
    /// This login.
    ThisOne,
    /// A login with another server: he said so there.
    Another(EntryId),
    /// Nothing.
    None,
}

fn intention(reading: &Reading<'_>, completion: &Completion<'_>, start: EntryId) -> Wish {
    let intended = reading.causes(start).find_map(|(id, entry)| {
        let What::Intended { client, server } = &entry.what else {
            return None;
        };
        let his =
            entry.party == completion.browser && *client == reading.trace.name(completion.client);
        his.then_some((id, server))
    });
    let Some((id, server)) = intended else {
        return Wish::None;
    };
    let any_server_will_do = !reading.is_honest_name(completion.issuer.as_str());
    if any_server_will_do || reading.is_called(server.as_str(), completion.issuer) {
        Wish::ThisOne
    } else {
        Wish::Another(id)
    }
}
