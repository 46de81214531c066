//! The rules that stand before harm: codes, challenges, states, redirects, refresh tokens, scopes. Each is kept by
//! honest people, and broken when one thing of their story is changed.

use grantlab_core::event::Event;
use grantlab_core::http::{Fields, Header};
use grantlab_core::refusal::Rule;
use grantlab_core::text::Text;
use grantlab_core::value::{ClientId, CodeChallengeMethod, Subject};

use crate::minimal::{holds, honest, told_violates, violates, violation};
use crate::story::{
    ALICE, CLIENT, EVIL, ISSUER, MALLORY, OTHER_RESOURCE, OTHER_SERVER, RESOURCE, SERVER, STORE,
    Story, Tale, error_redirected, get, post, refusal,
};

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
