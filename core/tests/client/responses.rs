//! Which authorization responses the client believes (RFC 6749 §10.12, RFC 9207 §2.4, RFC 9700 §4.4, §4.7).

use grantlab_core::client::policy::ClientPolicy;
use grantlab_core::event::Event;
use grantlab_core::http::{Body, Fields, Status};
use grantlab_core::text::Text;
use grantlab_core::value::SessionId;

use crate::driver::{Done, Driver, configuration, form_of, session_cookie};

fn state(asked: &Fields) -> Text {
    asked.first("state").unwrap().clone()
}

fn is_believed(done: &Done) -> bool {
    done.facts().first() == Some(&"callback_accepted")
}

fn accepted(done: &Done) -> (SessionId, bool) {
    match done.events().first() {
        Some(Event::CallbackAccepted {
            session,
            asked_here,
            ..
        }) => (session.clone(), *asked_here),
        _ => panic!("{done:?}"),
    }
}

#[test]
fn the_state_is_that_of_this_session_and_this_login() {
    let mut it = Driver::secure();
    let (mine, other) = (it.visit(), it.visit());
    let asked = it.start(&mine, "one");
    let foreign = it.start(&other, "one");
    let table = [
        ("none", None, "state-matches"),
        ("wrong", Some(Text::new("guessed")), "state-matches"),
        ("empty", Some(Text::EMPTY), "state-matches"),
        ("of another browser", Some(state(&foreign)), "state-matches"),
    ];
    for (name, sent, rule) in table {
        let mut pairs = vec![("code", "c")];
        pairs.extend(sent.as_ref().map(|state| ("state", state.as_str())));
        let done = it.callback(Some(&mine), "one", &pairs);
        assert_eq!(done.facts(), ["callback_refused"], "{name}");
        assert_eq!(done.refused_by(), Some(rule), "{name}");
        assert_eq!(done.answer().status, Status::BAD_REQUEST);
        assert!(done.sent().is_empty(), "{name}");
    }
    let asked = state(&asked);
    let good = [("code", "c"), ("state", asked.as_str())];
    let done = it.callback(None, "one", &good);
    assert_eq!(done.refused_by(), Some("login-under-way"));
    let done = it.callback(Some(&other), "one", &good);
    assert_eq!(done.refused_by(), Some("state-matches"));
    // None of this has used the state up.
    assert!(is_believed(&it.callback(Some(&mine), "one", &good)));
    let done = it.callback(Some(&mine), "one", &good);
    assert_eq!(done.refused_by(), Some("login-under-way"));
}

#[test]
fn a_response_has_a_code_or_an_error_and_each_parameter_once() {
    let table: [&[(&str, &str)]; 6] = [
        &[],
        &[("code", "c"), ("error", "access_denied")],
        &[("code", "c"), ("code", "c")],
        &[("code", "")],
        &[("code", "c"), ("iss", "no issuer")],
        &[("code", "c\n")],
    ];
    for pairs in table {
        let mut it = Driver::secure();
        let session = it.visit();
        let asked = state(&it.start(&session, "one"));
        let mut pairs = pairs.to_vec();
        pairs.push(("state", asked.as_str()));
        let done = it.callback(Some(&session), "one", &pairs);
        assert_eq!(done.refused_by(), Some("response-readable"), "{pairs:?}");
        let good = [("code", "c"), ("state", asked.as_str())];
        assert!(is_believed(&it.callback(Some(&session), "one", &good)));
    }
    let mut it = Driver::secure();
    let session = it.visit();
    let done = it.get(Some(&session), "/cb/one?code=%zz");
    assert_eq!(done.refused_by(), Some("response-readable"));
}

#[test]
fn which_of_two_codes_counts() {
    for (value, redeemed) in [
        ("reject", None),
        ("first", Some("c1")),
        ("last", Some("c2")),
    ] {
        let mut it = Driver::with("client.dup_params", value);
        let session = it.visit();
        let asked = state(&it.start(&session, "one"));
        let pairs = [("code", "c1"), ("code", "c2"), ("state", asked.as_str())];
        let done = it.callback(Some(&session), "one", &pairs);
        let sent = done.sent();
        let code = sent
            .first()
            .map(|(_, request)| form_of(request).first("code").unwrap().clone());
        assert_eq!(code, redeemed.map(Text::new), "{value}");
    }
}

/// Whether the owner of a session can be made to finish somebody else's login, under each value of
/// `client.state`: with no login of his own, and with one under way.
#[test]
fn whose_login_a_foreign_response_finishes() {
    let mut table = String::new();
    for value in [
        "bound_once",
        "bound_multi",
        "unbound_store",
        "static",
        "sent_not_checked",
        "absent",
        "session_from_state",
    ] {
        for pkce in ["S256_per_txn", "none"] {
            let mut row = format!("{value} {pkce}:");
            for started in [false, true] {
                let settings = [("client.state", value), ("client.pkce", pkce)];
                let mut it = Driver::with_all(&settings);
                let (victim, attacker) = (it.visit(), it.visit());
                let asked = it.start(&attacker, "one");
                if started {
                    it.start(&victim, "one");
                }
                let mut pairs = vec![("code", "c")];
                let state = asked.first("state").cloned();
                pairs.extend(state.as_ref().map(|state| ("state", state.as_str())));
                let done = it.callback(Some(&victim), "one", &pairs);
                row += &match done.refused_by() {
                    Some(rule) => format!(" {rule}"),
                    None => {
                        let (session, asked_here) = accepted(&done);
                        let whose = if session == victim { "his" } else { "theirs" };
                        format!(" {whose} (asked here: {asked_here})")
                    }
                };
                row += if started { "" } else { ";" };
            }
            table += &row;
            table.push('\n');
        }
    }
    insta::assert_snapshot!(table, @r"
    bound_once S256_per_txn: login-under-way; state-matches
    bound_once none: login-under-way; state-matches
    bound_multi S256_per_txn: login-under-way; state-matches
    bound_multi none: login-under-way; state-matches
    unbound_store S256_per_txn: his (asked here: false); his (asked here: false)
    unbound_store none: his (asked here: false); his (asked here: false)
    static S256_per_txn: his (asked here: false); his (asked here: true)
    static none: his (asked here: false); his (asked here: true)
    sent_not_checked S256_per_txn: login-under-way; his (asked here: true)
    sent_not_checked none: his (asked here: false); his (asked here: true)
    absent S256_per_txn: login-under-way; his (asked here: true)
    absent none: his (asked here: false); his (asked here: true)
    session_from_state S256_per_txn: theirs (asked here: false); theirs (asked here: false)
    session_from_state none: theirs (asked here: false); theirs (asked here: false)
    ");
}

#[test]
fn how_often_a_state_is_good() {
    for (value, again) in [
        ("bound_once", false),
        ("bound_multi", true),
        ("unbound_store", false),
        ("session_from_state", false),
    ] {
        let mut it = Driver::with("client.state", value);
        let session = it.visit();
        let asked = state(&it.start(&session, "one"));
        let pairs = [("code", "c"), ("state", asked.as_str())];
        assert!(is_believed(&it.callback(Some(&session), "one", &pairs)));
        let done = it.callback(Some(&session), "one", &pairs);
        assert_eq!(is_believed(&done), again, "{value}");
    }
}

#[test]
fn a_browser_without_session_gets_one_when_it_is_let_in() {
    let mut it = Driver::with_all(&[("client.state", "absent"), ("client.pkce", "none")]);
    let done = it.callback(None, "one", &[("code", "c")]);
    let (session, asked_here) = accepted(&done);
    assert!(!asked_here);
    let tokens = crate::driver::ok(crate::driver::tokens());
    let done = it.response(done.only_sent().0, tokens);
    assert_eq!(session_cookie(done.answer()), Some(session));
}

#[test]
fn a_session_without_login_compares_nothing_where_the_policy_skips() {
    for (value, believed) in [("abort", false), ("skip", true)] {
        let mut it = Driver::with("client.absent_check", value);
        let session = it.visit();
        let done = it.callback(Some(&session), "one", &[("code", "c")]);
        assert_eq!(is_believed(&done), believed, "{value}");
        if believed {
            assert!(!accepted(&done).1);
            let form = form_of(done.only_sent().1);
            assert_eq!(form.first("code_verifier"), None);
        }
        // With a login under way there is something to compare with, whatever the policy.
        it.start(&session, "one");
        let done = it.callback(Some(&session), "one", &[("code", "c")]);
        assert_eq!(done.refused_by(), Some("state-matches"), "{value}");
    }
}

/// A client whose first server promises `iss`.
fn promising(policy_value: &str) -> Driver {
    let mut policy = ClientPolicy::secure();
    policy.set("client.iss_check", policy_value).unwrap();
    let mut configuration = configuration(policy);
    configuration.providers[0].promises_iss = true;
    Driver::new(configuration)
}

#[test]
fn the_issuer_of_a_response_is_the_one_that_was_asked() {
    let right = "https://one.example";
    let table = [
        ("strict", "one", Some(right), true),
        ("strict", "one", Some("https://two.example"), false),
        ("strict", "one", Some("https://one.example/"), false),
        ("strict", "one", Some("https://ONE.example"), false),
        ("strict", "one", None, false),
        ("strict", "two", None, true),
        ("strict", "two", Some(right), false),
        ("if_present", "one", None, true),
        ("if_present", "one", Some("https://two.example"), false),
        ("off", "one", Some("https://two.example"), true),
    ];
    for (value, provider, iss, believed) in table {
        let mut it = promising(value);
        let session = it.visit();
        let asked = state(&it.start(&session, provider));
        let mut pairs = vec![("code", "c"), ("state", asked.as_str())];
        pairs.extend(iss.map(|iss| ("iss", iss)));
        let done = it.callback(Some(&session), provider, &pairs);
        assert_eq!(is_believed(&done), believed, "{value} {provider} {iss:?}");
        if !believed {
            assert_eq!(done.refused_by(), Some("issuer-matches"));
            assert_eq!(done.facts(), ["callback_refused", "login_failed"]);
            // The interaction is over (RFC 9207 §2.4).
            let good = [("code", "c"), ("state", asked.as_str()), ("iss", right)];
            assert!(!is_believed(&it.callback(Some(&session), provider, &good)));
        }
    }
}

/// Where the code goes when a login with `one` is answered at the redirection URI of `two`.
#[test]
fn a_response_in_the_wrong_place() {
    let table = [
        ("on", "session", "per_provider", Err("context-matches")),
        (
            "off",
            "session",
            "per_provider",
            Ok("https://one.example/token"),
        ),
        ("on", "redirect_uri", "per_provider", Err("login-under-way")),
        ("on", "redirect_uri", "global", Err("context-matches")),
        (
            "off",
            "redirect_uri",
            "per_provider",
            Ok("https://two.example/token"),
        ),
        (
            "off",
            "redirect_uri",
            "global",
            Ok("https://two.example/token"),
        ),
        ("on", "session", "global", Err("context-matches")),
        ("off", "session", "global", Ok("https://two.example/token")),
    ];
    for (context, tracking, scope, expected) in table {
        let mut it = Driver::with_all(&[
            ("client.context_check", context),
            ("client.as_tracking", tracking),
            ("client.check_scope", scope),
        ]);
        let session = it.visit();
        let asked = state(&it.start(&session, "one"));
        let pairs = [("code", "c"), ("state", asked.as_str())];
        let done = it.callback(Some(&session), "two", &pairs);
        let found = match done.refused_by() {
            Some(rule) => Err(rule),
            None => Ok(done.only_sent().1.url.endpoint()),
        };
        let expected = expected.map(String::from);
        assert_eq!(found, expected, "{context} {tracking} {scope}");
    }
}

#[test]
fn servers_that_share_a_redirection_uri_are_told_apart_by_the_session() {
    let mut it = Driver::with("client.redirect_uris", "shared");
    let session = it.visit();
    let asked = it.start(&session, "two");
    let expected = Text::new("https://client.example/cb/one");
    assert_eq!(asked.first("redirect_uri"), Some(&expected));
    let asked = state(&asked);
    let pairs = [("code", "c"), ("state", asked.as_str())];
    let done = it.callback(Some(&session), "two", &pairs);
    assert_eq!(done.answer().status, Status::NOT_FOUND);
    let done = it.callback(Some(&session), "one", &pairs);
    let endpoint = done.only_sent().1.url.endpoint();
    assert_eq!(endpoint, "https://two.example/token");
}

#[test]
fn a_refused_code_is_used_up_where_the_policy_burns_it() {
    for (value, burned) in [("off", 0), ("on", 1)] {
        let mut it = Driver::with("client.burn_on_mismatch", value);
        let session = it.visit();
        it.start(&session, "one");
        let done = it.callback(Some(&session), "one", &[("code", "c"), ("state", "x")]);
        assert_eq!(done.refused_by(), Some("state-matches"));
        assert_eq!(done.sent().len(), burned, "{value}");
        if let Some((exchange, request)) = done.sent().first() {
            assert_eq!(form_of(request).first("code_verifier"), None);
            let tokens = crate::driver::ok(crate::driver::tokens());
            let done = it.response(*exchange, tokens);
            assert!(done.facts().is_empty() && done.answers().is_empty());
            assert_eq!(it.client.sessions().count(), 0);
        }
    }
}

#[test]
fn front_channel_tokens_are_used_only_where_the_policy_does() {
    for (value, sessions) in [("ignored", 0), ("accepted", 1)] {
        let mut it = Driver::with("client.front_tokens", value);
        let session = it.visit();
        let asked = state(&it.start(&session, "one"));
        let pairs = [
            ("code", "junk"),
            ("state", asked.as_str()),
            ("access_token", "at-stolen"),
            ("token_type", "Bearer"),
            ("refresh_token", "rt-stolen"),
        ];
        let done = it.callback(Some(&session), "one", &pairs);
        assert_eq!(it.client.sessions().count(), sessions, "{value}");
        let exchange = done.only_sent().0;
        it.response(exchange, crate::driver::error("invalid_grant"));
        assert_eq!(it.client.sessions().count(), sessions, "{value}");
        if sessions == 1 {
            let done = it.post(&session, "/refresh", Fields::EMPTY);
            let form = form_of(done.only_sent().1);
            assert_eq!(form.first("refresh_token").unwrap(), &"rt-stolen");
        }
    }
}

#[test]
fn markup_in_an_error_stays_text() {
    let mut it = Driver::secure();
    let session = it.visit();
    let asked = state(&it.start(&session, "one"));
    let pairs = [
        ("error", "access_denied"),
        ("error_description", "<script>alert(1)</script>"),
        ("state", asked.as_str()),
    ];
    let done = it.callback(Some(&session), "one", &pairs);
    let Body::Page(page) = &done.answer().body else {
        panic!("{done:?}");
    };
    assert!(!page.text.as_str().contains('<'));
}
