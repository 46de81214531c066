//! What harms somebody, and what warns of it: each invariant holds when honest people log in, and is violated when
//! one thing of that story is changed.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use grantlab_core::event::Event;
use grantlab_core::http::Body;
use grantlab_core::http::{Response, Status};
use grantlab_core::refusal::Rule;
use grantlab_core::text::Text;
use grantlab_core::value::{Issuer, Subject};
use grantlab_sim::invariant::{self, Invariant, Judgement, Violation};
use grantlab_sim::party::PartyId;
use grantlab_sim::trace::{EntryId, Leak, Trace, What};

use crate::story::{
    ALICE, CLIENT, EVIL, ISSUER, MALLORY, RESOURCE, SERVER, STORE, Story, Tale, get, refusal,
};

/// The first violation of an invariant; panics when it holds.
pub(crate) fn violation(trace: &Trace, id: &str) -> Violation {
    match Invariant::read(id).expect("an invariant").judge(trace) {
        Judgement::Violated(violations) => violations.into_iter().next().expect("a violation"),
        other @ (Judgement::Holds | Judgement::NotExercised) => panic!("{id}: {other:?}"),
    }
}

/// A story that violates `id`, with a witness of two or three entries in order.
pub(crate) fn violates(story: &Story, id: &str) -> Violation {
    told_violates(Tale::of(story), id)
}

pub(crate) fn told_violates(tale: Tale, id: &str) -> Violation {
    let violation = violation(&tale.trace, id);
    assert!((2..=3).contains(&violation.witness.len()), "{violation:?}");
    assert!(violation.witness.is_sorted(), "{violation:?}");
    violation
}

pub(crate) fn holds(tale: &Tale, id: &str) {
    let judgement = Invariant::read(id)
        .expect("an invariant")
        .judge(&tale.trace);
    assert!(
        !matches!(judgement, Judgement::Violated(_)),
        "{id}: {judgement:?}"
    );
}

pub(crate) fn honest() -> Tale {
    Tale::of(&Story::HONEST)
}

#[test]
fn honest_people_violate_nothing() {
    let mut tale = honest();
    tale.serves(RESOURCE, CLIENT);
    for invariant in invariant::ALL {
        holds(&tale, invariant.id);
    }
}

#[test]
fn a_token_is_not_the_attackers() {
    for (kind, leak, violated) in [
        ("access_token", Leak::Received, true),
        ("access_token", Leak::Token, false),
        ("state", Leak::Received, false),
    ] {
        let mut tale = honest();
        let value = tale.access_token.text().clone();
        tale.leaks(CLIENT, kind, &value, leak);
        match violated {
            true => assert_eq!(
                told_violates(tale, "authorization").witness.len(),
                2,
                "{kind}"
            ),
            false => holds(&tale, "authorization"),
        }
    }
    let mut served = honest();
    served.serves(RESOURCE, EVIL);
    told_violates(served, "authorization");
}

#[test]
fn what_an_owner_gave_the_attackers_client_is_his() {
    let mut tale = Tale::of(&Story {
        client_id: "evil-client",
        shown: "evil-client",
        redeems_as: ("evil-client", true),
        redeemer: EVIL,
        ..Story::HONEST
    });
    let value = tale.access_token.text().clone();
    tale.leaks(SERVER, "access_token", &value, Leak::Received);
    tale.serves(RESOURCE, EVIL);
    holds(&tale, "authorization");
    holds(&tale, "consent-integrity");
}

#[test]
fn a_bound_token_is_of_use_to_whoever_asked_for_it() {
    let bound_to = Some("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
    let honest = Story {
        bound_to,
        ..Story::HONEST
    };
    let mut tale = Tale::of(&honest);
    let value = tale.access_token.text().clone();
    tale.leaks(CLIENT, "access_token", &value, Leak::Received);
    holds(&tale, "authorization");
    let mut stolen = Tale::of(&Story {
        redeemer: EVIL,
        ..honest
    });
    let value = stolen.access_token.text().clone();
    stolen.leaks(SERVER, "access_token", &value, Leak::Received);
    told_violates(stolen, "authorization");
}

#[test]
fn a_token_of_a_grant_that_has_ended_is_of_no_use() {
    let mut tale = honest();
    let grant = tale.grant();
    let acts = tale.acts(STORE);
    tale.notes(STORE, acts, Event::GrantEnded { grant });
    let value = tale.access_token.text().clone();
    tale.leaks(CLIENT, "access_token", &value, Leak::Received);
    holds(&tale, "authorization");
}

#[test]
fn an_account_is_its_owners_alone() {
    let injected = Story {
        completes: MALLORY,
        ..Story::HONEST
    };
    violates(&injected, "authentication");
    violates(&injected, "browser-agreement");
    holds(&Tale::of(&injected), "own-identity");
    let his_own = Story {
        asks: MALLORY,
        subject: "mallory",
        completes: MALLORY,
        ..Story::HONEST
    };
    holds(&Tale::of(&his_own), "authentication");
}

#[test]
fn a_resource_is_shown_to_its_owner_alone() {
    for (owner, violated) in [("alice", None), ("mallory", Some("own-identity"))] {
        let mut tale = honest();
        reads(&mut tale, RESOURCE, owner);
        match violated {
            Some(id) => drop(told_violates(tale, id)),
            None => holds(&tale, "own-identity"),
        }
        let mut told_by_anybody = honest();
        reads(&mut told_by_anybody, EVIL, owner);
        holds(&told_by_anybody, "own-identity");
    }
}

/// The client reads a resource of `owner` for its session.
fn reads(tale: &mut Tale, from: PartyId, owner: &str) {
    let acts = tale.acts(CLIENT);
    let asked = tale.asks(CLIENT, from, acts, get("https://rs.example", &[]));
    let answered = tale.answers(from, CLIENT, asked, Response::new(Status::OK, Body::Empty));
    let read = Event::ResourceRead {
        session: tale.session.clone(),
        owner: Subject::new(owner).unwrap(),
    };
    tale.notes(CLIENT, answered, read);
}

#[test]
fn a_password_is_not_the_attackers() {
    let mut tale = honest();
    tale.leaks(ALICE, "password", &Text::new("secret"), Leak::Received);
    told_violates(tale, "password-secrecy");
    let mut his_own = honest();
    his_own.leaks(MALLORY, "password", &Text::new("secret"), Leak::Received);
    holds(&his_own, "password-secrecy");
}

#[test]
fn nobody_becomes_somebody_else() {
    let story = Story {
        asks: MALLORY,
        subject: "mallory",
        completes: ALICE,
        ..Story::HONEST
    };
    violates(&story, "own-identity");
}

#[test]
fn nobody_is_logged_in_unasked() {
    for wants in [None, Some("as2")] {
        violates(
            &Story {
                wants,
                ..Story::HONEST
            },
            "intended-login",
        );
    }
    let mut tale = honest();
    let again = Story::HONEST;
    let second = Tale::of(&again);
    assert_eq!(tale.session, second.session);
    // A second code on the one start that there was.
    let acts = tale.acts(ALICE);
    let session = tale.session.clone();
    let code = grantlab_core::value::AuthorizationCode::new("another-code").unwrap();
    let issuer = Issuer::new(ISSUER).unwrap();
    let accepted = Event::CallbackAccepted {
        session: session.clone(),
        issuer: issuer.clone(),
        state: None,
        code: code.clone(),
        asked_here: true,
    };
    tale.notes(CLIENT, acts, accepted);
    let completed = Event::LoginCompleted {
        session,
        issuer,
        subject: None,
        account: Text::new("x"),
        code,
    };
    tale.notes(CLIENT, acts, completed);
    told_violates(tale, "intended-login");
}

#[test]
fn consent_is_the_owners_own_press() {
    let pressed = [
        Story {
            by_user: false,
            ..Story::HONEST
        },
        Story {
            framed_by: Some("https://evil.example"),
            ..Story::HONEST
        },
        Story {
            page: "https://evil.example",
            ..Story::HONEST
        },
        Story {
            shown: "evil-client",
            ..Story::HONEST
        },
        Story {
            scopes: ("read", "read write"),
            ..Story::HONEST
        },
        Story {
            skipped: Some((false, true)),
            ..Story::HONEST
        },
        Story {
            skipped: Some((true, false)),
            ..Story::HONEST
        },
        Story {
            skipped: Some((true, true)),
            ..Story::HONEST
        },
    ];
    for story in pressed {
        violates(&story, "consent-integrity");
    }
    let his_own = Story {
        asks: MALLORY,
        subject: "mallory",
        by_user: false,
        ..Story::HONEST
    };
    holds(&Tale::of(&his_own), "consent-integrity");
}

#[test]
fn the_attacker_spoils_no_login() {
    for (spoils, disturbs, violated) in [
        (true, false, true),
        (false, false, false),
        (true, true, false),
    ] {
        let mut tale = honest();
        if spoils {
            tale.acts(EVIL);
        }
        if disturbs {
            tale.push(STORE, None, What::Crashed);
        }
        let cause = tale
            .trace
            .entry(tale.first("tokens_received"))
            .and_then(|entry| entry.cause);
        let failed = Event::LoginFailed {
            session: tale.session.clone(),
            refusal: refusal(Rule::CodeKnown),
        };
        tale.notes(CLIENT, cause.expect("a cause"), failed);
        match violated {
            true => assert_eq!(told_violates(tale, "honest-completion").witness.len(), 3),
            false => holds(&tale, "honest-completion"),
        }
    }
}

#[test]
fn what_ties_a_login_together_is_not_the_attackers() {
    let tale = honest();
    let values = [
        ("code", tale.code.text().clone()),
        ("access_token", tale.access_token.text().clone()),
        ("refresh_token", tale.refresh_token.text().clone()),
        ("state", tale.state.text().clone()),
        ("session", tale.session.text().clone()),
    ];
    for (kind, value) in values {
        let mut tale = honest();
        tale.leaks(CLIENT, kind, &value, Leak::Referer);
        let violation = told_violates(tale, "no-leak");
        assert!(violation.words.contains("referer"), "{violation:?}");
    }
    let mut his_own = Tale::of(&Story {
        asks: MALLORY,
        subject: "mallory",
        completes: MALLORY,
        ..Story::HONEST
    });
    let code = his_own.code.text().clone();
    his_own.leaks(MALLORY, "code", &code, Leak::Received);
    holds(&his_own, "no-leak");
}

#[test]
fn a_token_is_in_no_url_that_honest_people_make() {
    for (already_known, violated) in [(false, true), (true, false)] {
        let mut tale = honest();
        let value = tale.access_token.text().clone();
        if already_known {
            tale.leaks(CLIENT, "access_token", &value, Leak::Received);
        }
        let acts = tale.acts(ALICE);
        tale.asks(
            ALICE,
            CLIENT,
            acts,
            get("https://client.example", &[("t", value.as_str())]),
        );
        match violated {
            true => drop(told_violates(tale, "no-secret-in-url")),
            false => holds(&tale, "no-secret-in-url"),
        }
    }
}

#[test]
fn bounds_and_codecs_are_watched() {
    let mut tale = honest();
    tale.push(STORE, None, What::BoundReached(Text::new("steps of a run")));
    told_violates(tale, "no-crash");
    let mut differs = honest();
    let sent: EntryId = differs.acts(ALICE);
    differs.push(CLIENT, Some(sent), What::WireDiffers { sent });
    told_violates(differs, "no-crash");
}

#[test]
fn the_most_telling_property_is_named_first_and_old_entries_count_no_more() {
    let all: Vec<&Invariant> = invariant::ALL.iter().collect();
    let tale = Tale::of(&Story {
        completes: MALLORY,
        ..Story::HONEST
    });
    let (named, violation) = invariant::judge_all(&tale.trace, &all).expect("a violation");
    assert_eq!(named.id, "authentication");
    let end = tale.trace.next_id();
    assert!(invariant::judge_since(&tale.trace, end, &all).is_none());
    let last = *violation.witness.last().expect("a witness");
    let (named, _) = invariant::judge_since(&tale.trace, last, &all).expect("a violation");
    assert_eq!(named.id, "authentication");
    let only: Vec<&Invariant> = Invariant::read("state-integrity").into_iter().collect();
    let (named, _) = invariant::judge_all(&tale.trace, &only).expect("a violation");
    assert_eq!(named.id, "state-integrity");
}
