//! Each invariant holds when honest people log in, and is violated when one thing of that story is changed.

use grantlab_core::event::Event;
use grantlab_core::http::Body;
use grantlab_core::http::{Fields, Header, Response, Status};
use grantlab_core::refusal::Rule;
use grantlab_core::text::Text;
use grantlab_core::value::{ClientId, CodeChallengeMethod, Issuer, Subject};
use grantlab_sim::invariant::{self, Invariant, Judgement, Violation};
use grantlab_sim::party::PartyId;
use grantlab_sim::trace::{EntryId, Leak, Trace, What};

use crate::story::{
    ALICE, CLIENT, EVIL, ISSUER, MALLORY, OTHER_RESOURCE, OTHER_SERVER, RESOURCE, SERVER, STORE,
    Story, Tale, error_redirected, get, post, refusal,
};

/// The first violation of an invariant; panics when it holds.
fn violation(trace: &Trace, id: &str) -> Violation {
    match Invariant::read(id).expect("an invariant").judge(trace) {
        Judgement::Violated(violations) => violations.into_iter().next().expect("a violation"),
        other => panic!("{id}: {other:?}"),
    }
}

/// A story that violates `id`, with a witness of two or three entries in order.
fn violates(story: &Story, id: &str) -> Violation {
    told_violates(Tale::of(story), id)
}

fn told_violates(tale: Tale, id: &str) -> Violation {
    let violation = violation(&tale.trace, id);
    assert!((2..=3).contains(&violation.witness.len()), "{violation:?}");
    assert!(violation.witness.is_sorted(), "{violation:?}");
    violation
}

fn holds(tale: &Tale, id: &str) {
    let judgement = Invariant::read(id)
        .expect("an invariant")
        .judge(&tale.trace);
    assert!(
        !matches!(judgement, Judgement::Violated(_)),
        "{id}: {judgement:?}"
    );
}

fn honest() -> Tale {
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
fn a_code_goes_to_the_server_that_issued_it() {
    for token_endpoint in [EVIL, OTHER_SERVER] {
        violates(
            &Story {
                token_endpoint,
                ..Story::HONEST
            },
            "issuer-agreement",
        );
    }
}

#[test]
fn a_token_goes_to_its_own_servers() {
    for (to, violated) in [(RESOURCE, false), (OTHER_RESOURCE, true), (EVIL, true)] {
        let mut tale = honest();
        let acts = tale.acts(CLIENT);
        let mut request = get("https://rs.example", &[]);
        let bearer = Text::from(format!("Bearer {}", tale.access_token.as_str()));
        request.headers.push(Header::Authorization(bearer));
        tale.asks(CLIENT, to, acts, request);
        match violated {
            true => drop(told_violates(tale, "token-destination")),
            false => holds(&tale, "token-destination"),
        }
    }
    let mut tale = honest();
    let acts = tale.acts(CLIENT);
    let form = Fields::EMPTY.with("refresh_token", tale.refresh_token.text().clone());
    tale.asks(CLIENT, EVIL, acts, post("https://evil.example", form));
    told_violates(tale, "token-destination");
}

#[test]
fn a_code_is_good_once() {
    let mut tale = honest();
    let acts = tale.acts(CLIENT);
    let arrived = tale.asks(CLIENT, SERVER, acts, post(ISSUER, Fields::EMPTY));
    tale.redeem(&Story::HONEST, arrived, None);
    let trace = tale.trace.clone();
    told_violates(tale, "code-single-use");
    violation(&trace, "refresh-linearity");
}

#[test]
fn a_replayed_code_ends_its_tokens() {
    let mut tale = honest();
    tale.replays(false, true);
    tale.serves(RESOURCE, CLIENT);
    told_violates(tale, "replayed-code-tokens");
    let mut invalid = honest();
    invalid.replays(false, false);
    invalid.serves(RESOURCE, CLIENT);
    holds(&invalid, "replayed-code-tokens");
}

#[test]
fn a_code_is_redeemed_by_its_client() {
    let other = Story {
        redeems_as: ("evil-client", true),
        ..Story::HONEST
    };
    violates(&other, "client-binding");
    let unproved = Story {
        redeems_as: ("client", false),
        ..Story::HONEST
    };
    violates(&unproved, "client-authentication");
    let stolen = Story {
        redeemer: EVIL,
        ..Story::HONEST
    };
    violates(&stolen, "client-authentication");
    let mut refreshed = honest();
    refreshed.refreshes(EVIL, "client");
    told_violates(refreshed, "client-authentication");
}

#[test]
fn a_code_goes_where_it_was_asked_to_go() {
    let unregistered = Story {
        registered: false,
        ..Story::HONEST
    };
    violates(&unregistered, "redirect-binding");
    let elsewhere = Story {
        location: "https://evil.example/cb",
        ..Story::HONEST
    };
    violates(&elsewhere, "redirect-binding");
    let another = Story {
        repeats: Some("https://client.example/other"),
        ..Story::HONEST
    };
    violates(&another, "redirect-binding");
    let dropped = Story {
        repeats: None,
        ..Story::HONEST
    };
    holds(&Tale::of(&dropped), "redirect-uri-repeated");
    let without_challenge = Story {
        method: None,
        verifier: None,
        ..dropped
    };
    violates(&without_challenge, "redirect-uri-repeated");
}

#[test]
fn a_challenge_is_kept() {
    let plain = Some(CodeChallengeMethod::Plain);
    violates(
        &Story {
            verifier: None,
            ..Story::HONEST
        },
        "pkce-binding",
    );
    violates(
        &Story {
            verifier: Some(8),
            ..Story::HONEST
        },
        "pkce-binding",
    );
    violates(
        &Story {
            method: plain,
            ..Story::HONEST
        },
        "pkce-method",
    );
    holds(
        &Tale::of(&Story {
            method: plain,
            ..Story::HONEST
        }),
        "pkce-binding",
    );
}

#[test]
fn a_server_that_demands_challenges_demands_them_of_every_code() {
    let story = Story {
        method: None,
        verifier: None,
        ..Story::HONEST
    };
    let mut tale = Tale::of(&story);
    holds(&tale, "pkce-binding");
    let refused = Event::AuthorizationRefused {
        client_id: Some(ClientId::new("client").unwrap()),
        refusal: refusal(Rule::ChallengePresent),
    };
    let acts = tale.acts(SERVER);
    tale.notes(SERVER, acts, refused);
    let code = tale.code.clone();
    let arrived = tale.asks(CLIENT, SERVER, acts, post(ISSUER, Fields::EMPTY));
    tale.redeem(&story, arrived, None);
    assert_eq!(tale.code, code);
    told_violates(tale, "pkce-binding");
}

#[test]
fn a_state_is_for_one_login() {
    violates(
        &Story {
            returns_state: false,
            ..Story::HONEST
        },
        "state-integrity",
    );
    violates(
        &Story {
            completes: MALLORY,
            ..Story::HONEST
        },
        "state-integrity",
    );
}

#[test]
fn nobody_redirects_for_strangers() {
    for (registered, authenticated, violated) in [
        (true, true, None),
        (false, true, Some("no-open-redirect")),
        (true, false, Some("login-before-redirect")),
    ] {
        let mut tale = honest();
        let acts = tale.acts(ALICE);
        let arrived = tale.asks(ALICE, SERVER, acts, get(ISSUER, &[("scope", "bad")]));
        tale.notes(SERVER, arrived, error_redirected(registered, authenticated));
        match violated {
            Some(id) => drop(told_violates(tale, id)),
            None => {
                holds(&tale, "no-open-redirect");
                holds(&tale, "login-before-redirect");
            }
        }
    }
    let mut silent = honest();
    let acts = silent.acts(ALICE);
    let arrived = silent.asks(ALICE, SERVER, acts, get(ISSUER, &[("prompt", "none")]));
    silent.notes(SERVER, arrived, error_redirected(true, false));
    holds(&silent, "login-before-redirect");
}

#[test]
fn a_family_is_a_line() {
    let mut tale = honest();
    tale.refreshes(CLIENT, "client");
    tale.refreshes(CLIENT, "client");
    told_violates(tale, "refresh-linearity");
    let mut other = honest();
    other.refreshes(CLIENT, "evil-client");
    told_violates(other, "client-binding");
}

#[test]
fn what_has_ended_stays_ended() {
    let mut alive = honest();
    alive.replays(true, true);
    told_violates(alive, "refresh-after-end");
    let mut stranger = honest();
    stranger.replays(true, false);
    holds(&stranger, "refresh-after-end");

    let subject = || Subject::new("alice").unwrap();
    let client_id = || ClientId::new("client").unwrap();
    let ends = [
        Event::OwnerDisabled { subject: subject() },
        Event::ConsentWithdrawn {
            subject: subject(),
            client_id: client_id(),
        },
    ];
    for end in ends {
        let mut tale = honest();
        let acts = tale.acts(SERVER);
        tale.notes(SERVER, acts, end);
        let arrived = tale.refreshes(CLIENT, "client");
        tale.issue(arrived, "client", "alice", "read");
        told_violates(tale, "refresh-after-end");
    }
    let mut revoked = honest();
    let grant = revoked.grant();
    let acts = revoked.acts(STORE);
    revoked.notes(STORE, acts, Event::GrantEnded { grant });
    revoked.notes(STORE, acts, Event::TokensKept { grant });
    told_violates(revoked, "refresh-after-end");
}

#[test]
fn nobody_gets_more_than_was_given() {
    violates(
        &Story {
            scopes: ("read", "read write"),
            ..Story::HONEST
        },
        "scope-never-widened",
    );
    let mut tale = honest();
    let arrived = tale.refreshes(CLIENT, "client");
    tale.issue(arrived, "client", "alice", "read write");
    told_violates(tale, "scope-never-widened");
    let mut elsewhere = honest();
    elsewhere.serves(OTHER_RESOURCE, CLIENT);
    told_violates(elsewhere, "token-audience");
}

#[test]
fn a_stranger_takes_no_tokens_away() {
    for (valid, violated) in [(true, false), (false, true)] {
        let mut tale = honest();
        tale.replays(false, valid);
        let acts = tale.acts(SERVER);
        let revoked = Event::FamilyRevoked {
            grant: tale.grant(),
            by_replay: true,
        };
        tale.notes(SERVER, acts, revoked);
        match violated {
            true => drop(told_violates(tale, "revocation-safety")),
            false => holds(&tale, "revocation-safety"),
        }
    }
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
