//! The rules of RFC 6749 §4.1.3: which request breaks which.

use grantlab_core::authorization_server::Command;
use grantlab_core::authorization_server::registration::Configuration;
use grantlab_core::event::Event;
use grantlab_core::http::{Body, Encoded, Fields, Request, Status};
use grantlab_core::message::store::{CodeRecord, CodeStage};
use grantlab_core::refusal::Rule;
use grantlab_core::time::Timestamp;
use grantlab_core::value::{ClientId, CodeChallenge, CodeChallengeMethod, RedirectionUri, Subject};

use crate::driver::{
    CALLBACK, CHALLENGE, CLIENT, CODE, Rig, SECRET, VERIFIER, as_client, code, get, post, redeem,
    redemption, tokens,
};

/// The same fields with one set to something else, or taken out.
fn but(mut fields: Fields, name: &str, value: Option<&str>) -> Fields {
    match value {
        Some(value) => fields.set(name, value),
        None => fields.remove(name),
    }
    fields
}

fn form_of(name: &str, value: Option<&str>) -> Request {
    as_client(but(redemption(), name, value))
}

/// A server with switches set, and one code.
fn rig_with(settings: &[&str], code: CodeRecord) -> Rig {
    let set = |configuration: &mut Configuration| {
        for setting in settings {
            let (key, value) = setting.split_once('=').unwrap();
            configuration.policy.set(key, value).unwrap();
        }
    };
    let mut rig = Rig::empty(set, 10);
    rig.save(code);
    rig
}

/// Requests that are no form of the token endpoint.
fn unreadable() -> Vec<(&'static str, Request)> {
    let mut in_url = redeem();
    let query = Encoded::Fields(Fields::EMPTY.with("code", CODE));
    in_url.url = in_url.url.with_query(query);
    let with_body = |body: Body| Request { body, ..redeem() };
    let text = Body::Octets {
        content_type: "text/plain".into(),
        octets: b"code=x".to_vec(),
    };
    let octets = Body::Form(Encoded::Octets("code=%zz".into()));
    vec![
        ("GET", get("/token")),
        ("in the URL", in_url),
        ("not a form", with_body(text)),
        ("bad percent-encoding", with_body(octets)),
        ("no content", with_body(Body::Empty)),
        ("too long", form_of("code", Some(&"a".repeat(8_193)))),
    ]
}

/// Requests whose parameters are not what they should be.
fn ill_formed() -> Vec<(&'static str, Request)> {
    let twice = |name: &str, value: &str| as_client(redemption().with(name, value));
    vec![
        ("no grant_type", form_of("grant_type", None)),
        (
            "unknown grant_type",
            form_of("grant_type", Some("password")),
        ),
        ("no code", form_of("code", None)),
        ("empty code", form_of("code", Some(""))),
        ("code twice", twice("code", CODE)),
        ("grant_type twice", twice("grant_type", "refresh_token")),
        ("unprintable code", form_of("code", Some("a\nb"))),
        (
            "redirect_uri with a fragment",
            form_of("redirect_uri", Some("https://client.example.com/cb#x")),
        ),
        ("unknown parameter", twice("resource", "x")),
        ("scope", twice("scope", "read write admin")),
    ]
}

/// Requests that are well-formed and ask for what is not theirs.
fn unentitled() -> Vec<(&'static str, Request)> {
    let verifier = |text: &str| form_of("code_verifier", Some(text));
    vec![
        ("unknown code", form_of("code", Some("guess"))),
        ("longer code", form_of("code", Some(&format!("{CODE}A")))),
        ("no redirect_uri", form_of("redirect_uri", None)),
        (
            "another redirect_uri",
            form_of("redirect_uri", Some("https://client.example.com/other")),
        ),
        ("no verifier", form_of("code_verifier", None)),
        ("empty verifier", verifier("")),
        ("short verifier", verifier("short")),
        ("long verifier", verifier(&"a".repeat(129))),
        ("wrong verifier", verifier(&VERIFIER.to_lowercase())),
        ("the challenge as verifier", verifier(CHALLENGE)),
        ("another client", by_another_client()),
        (
            "a client without the grant",
            post("/token", redemption(), Some(("rs", "rs-secret"))),
        ),
    ]
}

/// The same by a client that proves itself and has nothing to do with the code.
fn by_another_client() -> Request {
    let fields = redemption()
        .with("client_id", "form")
        .with("client_secret", "form-secret");
    post("/token", fields, None)
}

/// What a secure server says to requests that are right but for one thing.
#[test]
fn one_thing_wrong_breaks_one_rule() {
    let right = vec![("all right", redeem())];
    let mut table = String::new();
    for (name, request) in [right, unreadable(), ill_formed(), unentitled()].concat() {
        let outcome = Rig::new().outcome(request);
        table += &format!("{name}: {outcome}\n");
    }
    insta::assert_snapshot!(table, @"
    all right: 200
    GET: 405 invalid_request (method-allowed)
    in the URL: 400 invalid_request (token-parameters)
    not a form: 400 invalid_request (content-readable)
    bad percent-encoding: 400 invalid_request (content-readable)
    no content: 400 invalid_request (token-parameters)
    too long: 413 invalid_request (within-limits)
    no grant_type: 400 invalid_request (token-parameters)
    unknown grant_type: 400 unsupported_grant_type (grant-type-known)
    no code: 400 invalid_request (token-parameters)
    empty code: 400 invalid_request (token-parameters)
    code twice: 400 invalid_request (token-parameters)
    grant_type twice: 400 invalid_request (token-parameters)
    unprintable code: 400 invalid_request (token-parameters)
    redirect_uri with a fragment: 400 invalid_request (token-parameters)
    unknown parameter: 200
    scope: 200
    unknown code: 400 invalid_grant (code-known)
    longer code: 400 invalid_grant (code-known)
    no redirect_uri: 400 invalid_grant (code-redirect-matches)
    another redirect_uri: 400 invalid_grant (code-redirect-matches)
    no verifier: 400 invalid_grant (verifier-matches)
    empty verifier: 400 invalid_grant (verifier-matches)
    short verifier: 400 invalid_request (verifier-well-formed)
    long verifier: 400 invalid_request (verifier-well-formed)
    wrong verifier: 400 invalid_grant (verifier-matches)
    the challenge as verifier: 400 invalid_grant (verifier-matches)
    another client: 400 invalid_grant (code-bound-to-client)
    a client without the grant: 400 unauthorized_client (grant-type-allowed)
    ");
}

/// What each value of each switch changes, compared with the secure one.
#[test]
fn every_weak_value_lets_something_through() {
    let bound_elsewhere = || CodeRecord {
        client_id: ClientId::new("form").unwrap(),
        ..code()
    };
    let without_challenge = || CodeRecord {
        challenge: None,
        ..code()
    };
    const SHORT: &str = "short";
    let short_challenge = || CodeRecord {
        challenge: Some((
            CodeChallenge::new(SHORT).unwrap(),
            CodeChallengeMethod::Plain,
        )),
        ..code()
    };
    let other = "https://client.example.com/other";
    type Case = (&'static str, fn() -> CodeRecord, Request);
    let cases: Vec<Case> = vec![
        (
            "as.redirect_at_token=reg_pattern",
            code,
            form_of("redirect_uri", Some(other)),
        ),
        (
            "as.redirect_at_token=ignored",
            code,
            form_of("redirect_uri", None),
        ),
        ("as.code_bind_client=off", bound_elsewhere, redeem()),
        ("as.pkce=ignored", code, form_of("code_verifier", Some("x"))),
        (
            "as.pkce_verify=only_if_verifier_present",
            code,
            form_of("code_verifier", None),
        ),
        (
            "as.pkce_verify=empty_is_absent",
            code,
            form_of("code_verifier", Some("")),
        ),
        (
            "as.pkce_verify=never",
            code,
            form_of("code_verifier", Some(CHALLENGE)),
        ),
        ("as.pkce_downgrade=accept", without_challenge, redeem()),
        (
            "as.pkce_abnf=off",
            short_challenge,
            form_of("code_verifier", Some(SHORT)),
        ),
        (
            "as.dup_params=first",
            code,
            as_client(redemption().with("code", "x")),
        ),
        (
            "as.dup_params=last",
            code,
            as_client(but(redemption(), "code", Some("x")).with("code", CODE)),
        ),
    ];
    for (setting, code, request) in cases {
        let run = |settings: &[&str]| rig_with(settings, code()).outcome(request.clone());
        assert_ne!(run(&[]), "200", "{setting}");
        assert_eq!(run(&[setting]), "200", "{setting}");
    }
}

/// RFC 6749 §4.1.3: `redirect_uri` in the authorization request against `redirect_uri` here.
#[test]
fn the_redirection_uri_is_that_of_the_authorization_request() {
    let other = "https://client.example.com/other";
    let mut table = String::new();
    for asked in [Some(CALLBACK), Some(other), None] {
        for sent in [
            Some(CALLBACK),
            Some(other),
            Some("https://evil.example/"),
            None,
        ] {
            for value in ["identical", "reg_pattern", "ignored"] {
                let code = CodeRecord {
                    redirect_uri: asked.map(|uri| RedirectionUri::new(uri).unwrap()),
                    ..code()
                };
                let setting = format!("as.redirect_at_token={value}");
                let outcome = rig_with(&[&setting], code).outcome(form_of("redirect_uri", sent));
                let name = |uri: Option<&str>| match uri {
                    Some(CALLBACK) => "first",
                    Some(uri) if uri == other => "second",
                    Some(_) => "foreign",
                    None => "none",
                };
                let verdict = if outcome == "200" { "yes" } else { "no" };
                table += &format!("{} -> {}, {value}: {verdict}\n", name(asked), name(sent));
            }
        }
    }
    insta::assert_snapshot!(table, @"
    first -> first, identical: yes
    first -> first, reg_pattern: yes
    first -> first, ignored: yes
    first -> second, identical: no
    first -> second, reg_pattern: yes
    first -> second, ignored: yes
    first -> foreign, identical: no
    first -> foreign, reg_pattern: no
    first -> foreign, ignored: yes
    first -> none, identical: no
    first -> none, reg_pattern: no
    first -> none, ignored: yes
    second -> first, identical: no
    second -> first, reg_pattern: yes
    second -> first, ignored: yes
    second -> second, identical: yes
    second -> second, reg_pattern: yes
    second -> second, ignored: yes
    second -> foreign, identical: no
    second -> foreign, reg_pattern: no
    second -> foreign, ignored: yes
    second -> none, identical: no
    second -> none, reg_pattern: no
    second -> none, ignored: yes
    none -> first, identical: yes
    none -> first, reg_pattern: yes
    none -> first, ignored: yes
    none -> second, identical: no
    none -> second, reg_pattern: yes
    none -> second, ignored: yes
    none -> foreign, identical: no
    none -> foreign, reg_pattern: no
    none -> foreign, ignored: yes
    none -> none, identical: yes
    none -> none, reg_pattern: yes
    none -> none, ignored: yes
    ");
}

/// RFC 6749 §4.1.2: the last good millisecond and the first bad one.
#[test]
fn a_code_expires_at_its_moment() {
    for (now, good) in [(600_999, true), (601_000, false), (601_001, false)] {
        let mut rig = Rig::new();
        rig.now = Timestamp(now);
        let outcome = rig.outcome(redeem());
        let expected = if good {
            "200"
        } else {
            "400 invalid_grant (code-fresh)"
        };
        assert_eq!(outcome, expected, "{now}");
    }
    let mut rig = rig_with(
        &[],
        CodeRecord {
            expires_at: None,
            ..code()
        },
    );
    rig.now = Timestamp(u64::MAX / 2);
    assert_eq!(rig.outcome(redeem()), "200");
}

/// Time that passes between the steps does not help: the rules were kept when they were judged.
#[test]
fn a_redemption_names_the_moment_of_its_judgement() {
    let mut rig = Rig::new();
    rig.now = Timestamp(600_999);
    let exchange = rig.start(redeem());
    rig.step();
    rig.now = Timestamp(601_500);
    rig.finish();
    assert_eq!(rig.response(exchange).unwrap().status, Status::OK);
    let at = rig.events.iter().find_map(|event| {
        if let Event::CodeRedeemed { redeemed_at, .. } = event {
            return Some(*redeemed_at);
        }
        None
    });
    assert_eq!(at, Some(Timestamp(600_999)));
}

/// CU-07 and its remedy: who can take tokens away by sending a code again.
#[test]
fn a_replay_takes_tokens_away_if_the_policy_says_so() {
    let requests: [(&str, Request); 5] = [
        ("the same again", redeem()),
        ("without verifier", form_of("code_verifier", None)),
        ("by another client", by_another_client()),
        (
            "with a wrong secret",
            post("/token", redemption(), Some((CLIENT, "guess"))),
        ),
        ("by nobody", post("/token", redemption(), None)),
    ];
    let mut table = String::new();
    for policy in ["on_valid_request", "on_any_request", "never"] {
        for (name, request) in &requests {
            let mut rig = Rig::set(&[&format!("as.code_replay_revoke={policy}")]);
            let (access, _) = tokens(&rig.send(redeem()));
            let outcome = rig.outcome(request.clone());
            let detected = rig.events.iter().find_map(|event| {
                if let Event::ReplayDetected {
                    otherwise_valid, ..
                } = event
                {
                    return Some(if *otherwise_valid { "valid" } else { "invalid" });
                }
                None
            });
            let alive = if rig.is_active(&access) {
                "alive"
            } else {
                "dead"
            };
            let detected = detected.unwrap_or("unseen");
            table += &format!("{policy}, {name}: {outcome}, {detected}, {alive}\n");
        }
    }
    insta::assert_snapshot!(table, @"
    on_valid_request, the same again: 400 invalid_grant (code-single-use), valid, dead
    on_valid_request, without verifier: 400 invalid_grant (verifier-matches), invalid, alive
    on_valid_request, by another client: 400 invalid_grant (code-bound-to-client), invalid, alive
    on_valid_request, with a wrong secret: 401 invalid_client (client-authenticated), unseen, alive
    on_valid_request, by nobody: 401 invalid_client (client-authenticated), unseen, alive
    on_any_request, the same again: 400 invalid_grant (code-single-use), valid, dead
    on_any_request, without verifier: 400 invalid_grant (verifier-matches), invalid, dead
    on_any_request, by another client: 400 invalid_grant (code-bound-to-client), invalid, dead
    on_any_request, with a wrong secret: 401 invalid_client (client-authenticated), invalid, dead
    on_any_request, by nobody: 401 invalid_client (client-authenticated), invalid, dead
    never, the same again: 400 invalid_grant (code-single-use), valid, alive
    never, without verifier: 400 invalid_grant (verifier-matches), invalid, alive
    never, by another client: 400 invalid_grant (code-bound-to-client), invalid, alive
    never, with a wrong secret: 401 invalid_client (client-authenticated), unseen, alive
    never, by nobody: 401 invalid_client (client-authenticated), unseen, alive
    ");
}

/// CU-08: what a refused redemption does to the code.
#[test]
fn a_refused_redemption_burns_the_code_if_the_policy_says_so() {
    for (setting, stage) in [
        ("as.code_on_failed_redeem=keep", CodeStage::Issued),
        ("as.code_on_failed_redeem=invalidate", CodeStage::Revoked),
    ] {
        for request in [
            form_of("code_verifier", None),
            form_of("redirect_uri", None),
            post("/token", redemption(), Some((CLIENT, "guess"))),
        ] {
            let mut rig = Rig::set(&[setting]);
            assert_ne!(rig.outcome(request), "200");
            assert_eq!(rig.code_stage(CODE), stage, "{setting}");
            let good = rig.outcome(redeem()) == "200";
            assert_eq!(good, stage == CodeStage::Issued, "{setting}");
        }
    }
}

#[test]
fn a_burnt_code_is_not_a_replayed_one() {
    let mut rig = Rig::set(&["as.code_on_failed_redeem=invalidate"]);
    rig.send(form_of("code_verifier", None));
    assert_eq!(rig.outcome(redeem()), "400 invalid_grant (grant-live)");
    let replay = |event: &Event| matches!(event, Event::ReplayDetected { .. });
    assert!(!rig.events.iter().any(replay));
}

#[test]
fn nothing_is_issued_for_an_owner_who_is_gone() {
    let subject = Subject::new("sub-alice").unwrap();
    let client_id = ClientId::new(CLIENT).unwrap();
    for command in [
        Command::DisableOwner(subject.clone()),
        Command::RevokeConsent { subject, client_id },
    ] {
        let mut rig = Rig::new();
        rig.command(command);
        let outcome = rig.outcome(redeem());
        assert_eq!(outcome, "400 invalid_grant (owner-still-there)");
    }
}

/// TE-28: what is wrong with a grant is nobody's business.
#[test]
fn every_bad_grant_is_answered_alike() {
    let mut used = Rig::new();
    used.send(redeem());
    let mut expired = Rig::new();
    expired.now = Timestamp(601_000);
    let mut bodies = vec![used.send(redeem()), expired.send(redeem())];
    for request in [
        form_of("code", Some("guess")),
        form_of("code_verifier", None),
        form_of("redirect_uri", None),
    ] {
        bodies.push(Rig::new().send(request));
    }
    assert!(bodies.iter().all(|one| Some(one) == bodies.first()));
}

/// RFC 6749 §10: secrets show in no error, no refusal and no trace of one.
#[test]
fn refusals_do_not_show_secrets() {
    let mut rig = Rig::new();
    for request in [
        form_of("code_verifier", Some(&VERIFIER.to_lowercase())),
        post("/token", redemption(), Some((CLIENT, "a-wrong-secret"))),
        form_of("code", Some("a-wrong-code")),
    ] {
        let response = rig.send(request);
        let refusal = rig.refusal().unwrap();
        let shown = format!("{response:?} {refusal} {refusal:?} {:?}", rig.events);
        for secret in [
            CODE,
            SECRET,
            CHALLENGE,
            VERIFIER,
            "a-wrong-secret",
            "a-wrong-code",
            &VERIFIER.to_lowercase(),
        ] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
    assert_eq!(rig.rule(), Some(Rule::CodeKnown));
}
