//! Which rule refuses what, in which order, and where the error goes.

use grantlab_core::http::{Body, Encoded, Fields, Header, Method, Origin, Request, Status, Url};
use grantlab_core::json::Json;
use grantlab_core::refusal::Rule;
use grantlab_core::text::Text;

use crate::driver::{Browser, CALLBACK, CHALLENGE, Rig, asked, page, parameter, redirected, web};

type Change = fn(&mut Fields);

/// Refused on a page: the redirection URI is not, or not yet, good.
const PAGES: &[(&str, Change, Rule)] = &[
    (
        "AE-12",
        |fields| fields.remove("client_id"),
        Rule::AuthorizationParameters,
    ),
    (
        "AE-06",
        |fields| fields.set("client_id", ""),
        Rule::AuthorizationParameters,
    ),
    (
        "AE-05",
        |fields| fields.push("client_id", "web"),
        Rule::AuthorizationParameters,
    ),
    (
        "AE-13",
        |fields| fields.set("client_id", "nobody"),
        Rule::ClientKnown,
    ),
    (
        "RU-01",
        |fields| fields.set("redirect_uri", "https://evil.example/cb"),
        Rule::RedirectRegistered,
    ),
    (
        "RU-15",
        |fields| fields.set("redirect_uri", "https://client.example/cb#x"),
        Rule::AuthorizationParameters,
    ),
    (
        "RU-30 good first",
        |fields| fields.push("redirect_uri", "https://evil.example/"),
        Rule::AuthorizationParameters,
    ),
    (
        "RU-30 bad first",
        |fields| {
            fields.0.insert(
                0,
                (
                    Text::new("redirect_uri"),
                    Text::new("https://evil.example/"),
                ),
            )
        },
        Rule::AuthorizationParameters,
    ),
    (
        "RU-38",
        |fields| fields.set("redirect_uri", "/cb"),
        Rule::AuthorizationParameters,
    ),
    (
        "RU-39",
        |fields| fields.set("redirect_uri", "https://app.example/cb"),
        Rule::RedirectRegistered,
    ),
    (
        "RU-40",
        |fields| {
            fields.set("redirect_uri", "https://evil.example/cb");
            fields.set("scope", "nonsense");
        },
        Rule::RedirectRegistered,
    ),
    (
        "RU-51",
        |fields| fields.set("client_id", "none"),
        Rule::RedirectRegistered,
    ),
    (
        "RU-34",
        |fields| {
            fields.set("client_id", "two");
            fields.remove("redirect_uri");
        },
        Rule::RedirectPresent,
    ),
    (
        "RU-35",
        |fields| {
            fields.set("scope", "openid read");
            fields.remove("redirect_uri");
        },
        Rule::RedirectPresent,
    ),
    (
        "RU-07",
        |fields| fields.set("redirect_uri", "https://client.example/CB"),
        Rule::RedirectRegistered,
    ),
    (
        "request_uri without PAR",
        |fields| fields.push("request_uri", "urn:x"),
        Rule::RequestUriGood,
    ),
    (
        "two request_uri",
        |fields| {
            fields.push("request_uri", "urn:x");
            fields.push("request_uri", "urn:y");
        },
        Rule::AuthorizationParameters,
    ),
    (
        "ER-09 client before everything",
        |fields| {
            fields.set("client_id", "nobody");
            fields.set("redirect_uri", "https://evil.example/");
            fields.set("response_type", "nonsense");
        },
        Rule::ClientKnown,
    ),
];

/// Refused by redirect, with this error.
const REDIRECTS: &[(&str, Change, Rule, &str)] = &[
    (
        "AE-07",
        |fields| fields.remove("response_type"),
        Rule::AuthorizationWellFormed,
        "invalid_request",
    ),
    (
        "AE-08",
        |fields| fields.set("response_type", "nonsense"),
        Rule::ResponseTypeKnown,
        "unsupported_response_type",
    ),
    (
        "AE-11 token",
        |fields| fields.set("response_type", "token"),
        Rule::ResponseTypeKnown,
        "unsupported_response_type",
    ),
    (
        "AE-11 id_token",
        |fields| fields.set("response_type", "id_token token"),
        Rule::ResponseTypeKnown,
        "unsupported_response_type",
    ),
    (
        "AE-09",
        |fields| fields.set("response_type", "code token"),
        Rule::ResponseTypeRegistered,
        "unauthorized_client",
    ),
    (
        "AE-05 response_type",
        |fields| fields.push("response_type", "code"),
        Rule::AuthorizationWellFormed,
        "invalid_request",
    ),
    (
        "AE-05 scope",
        |fields| fields.push("scope", "read"),
        Rule::AuthorizationWellFormed,
        "invalid_request",
    ),
    (
        "AE-05 state",
        |fields| fields.push("state", "again"),
        Rule::AuthorizationWellFormed,
        "invalid_request",
    ),
    (
        "AE-05 challenge",
        |fields| fields.push("code_challenge", CHALLENGE),
        Rule::AuthorizationWellFormed,
        "invalid_request",
    ),
    (
        "AE-05 method",
        |fields| fields.push("code_challenge_method", "S256"),
        Rule::AuthorizationWellFormed,
        "invalid_request",
    ),
    (
        "AE-15",
        |fields| fields.set("scope", "read admin"),
        Rule::ScopeKnown,
        "invalid_scope",
    ),
    (
        "AE-16",
        |fields| fields.set("scope", "re\"ad"),
        Rule::ScopeKnown,
        "invalid_scope",
    ),
    (
        "AE-20 not printable",
        |fields| fields.set("state", "é"),
        Rule::AuthorizationWellFormed,
        "invalid_request",
    ),
    (
        "AE-28",
        |fields| {
            fields.set("response_type", "code id_token");
            fields.push("response_mode", "query");
        },
        Rule::ResponseModeSupported,
        "invalid_request",
    ),
    (
        "AE-29",
        |fields| fields.push("response_mode", "telepathy"),
        Rule::ResponseModeSupported,
        "invalid_request",
    ),
    (
        "mode not registered",
        |fields| fields.push("response_mode", "fragment"),
        Rule::ResponseModeSupported,
        "invalid_request",
    ),
    (
        "AE-31 with consent missing",
        |fields| fields.push("prompt", "none"),
        Rule::ConsentAtHand,
        "consent_required",
    ),
    (
        "AE-32",
        |fields| fields.push("prompt", "none login"),
        Rule::AuthorizationWellFormed,
        "invalid_request",
    ),
    (
        "AE-34",
        |fields| fields.set("response_type", "code id_token"),
        Rule::NoncePresent,
        "invalid_request",
    ),
    (
        "no challenge",
        |fields| {
            fields.remove("code_challenge");
            fields.remove("code_challenge_method");
        },
        Rule::ChallengePresent,
        "invalid_request",
    ),
    (
        "plain",
        |fields| fields.set("code_challenge_method", "plain"),
        Rule::ChallengeMethodSupported,
        "invalid_request",
    ),
    (
        "plain by default",
        |fields| fields.remove("code_challenge_method"),
        Rule::ChallengeMethodSupported,
        "invalid_request",
    ),
    (
        "unknown method",
        |fields| fields.set("code_challenge_method", "S512"),
        Rule::ChallengeMethodSupported,
        "invalid_request",
    ),
    (
        "short challenge",
        |fields| fields.set("code_challenge", "short"),
        Rule::ChallengeWellFormed,
        "invalid_request",
    ),
    (
        "ER-09 response type before scope",
        |fields| {
            fields.set("response_type", "code token");
            fields.set("scope", "admin");
        },
        Rule::ResponseTypeRegistered,
        "unauthorized_client",
    ),
];

/// A browser whose owner is logged in.
fn known_browser(rig: &mut Rig) -> Browser {
    let mut browser = Browser::default();
    let first = browser.authorize(rig, &web());
    browser.submit(
        rig,
        &page(&first),
        &[("username", "alice"), ("password", "alice-password")],
        ("decision", "deny"),
    );
    let first = browser.authorize(rig, &web());
    let answer = browser.log_in(rig, &page(&first), "alice");
    assert!(parameter(&answer, "code").is_some());
    // The earlier yes is for another scope than these tests ask for.
    rig.command(
        grantlab_core::authorization_server::Command::RevokeConsent {
            subject: grantlab_core::value::Subject::new("sub-alice").unwrap(),
            client_id: grantlab_core::value::ClientId::new("web").unwrap(),
        },
    );
    rig.events.clear();
    browser
}

#[test]
fn what_cannot_be_trusted_is_refused_on_a_page() {
    for (name, change, rule) in PAGES {
        let mut rig = Rig::new();
        let mut browser = known_browser(&mut rig);
        let mut fields = web();
        change(&mut fields);
        let before = rig.state();
        let response = browser.authorize(&mut rig, &fields);
        assert_eq!(
            rig.state(),
            before,
            "{name}: a refused request changes nothing"
        );
        assert_eq!(rig.rule(), Some(*rule), "{name}");
        let shown = page(&response);
        assert_eq!(shown.title, "Refused", "{name}");
        assert_eq!(response.status, Status::BAD_REQUEST, "{name}");
        assert!(response.headers.location().is_none(), "{name}");
        assert_eq!(rig.happened(), ["authorization_refused"], "{name}");
    }
}

#[test]
fn what_comes_after_is_refused_by_redirect() {
    for (name, change, rule, error) in REDIRECTS {
        let mut rig = Rig::new();
        let mut browser = known_browser(&mut rig);
        let mut fields = web();
        change(&mut fields);
        let before = rig.state();
        let response = browser.authorize(&mut rig, &fields);
        assert_eq!(
            rig.state(),
            before,
            "{name}: a refused request changes nothing"
        );
        assert_eq!(rig.rule(), Some(*rule), "{name}");
        assert_eq!(redirected(&response).0, CALLBACK, "{name}");
        assert_eq!(response.status, Status::FOUND, "{name}");
        assert_eq!(
            parameter(&response, "error").as_deref(),
            Some(*error),
            "{name}"
        );
        assert_eq!(
            parameter(&response, "iss").as_deref(),
            Some("https://as.example"),
            "{name}"
        );
        assert_eq!(parameter(&response, "code"), None, "{name}");
        let state = parameter(&response, "state");
        let readable = !name.contains("state") && !name.contains("AE-20");
        assert_eq!(state.is_some(), readable, "{name}");
        assert_eq!(
            rig.happened(),
            ["authorization_refused", "error_redirected"],
            "{name}"
        );
    }
}

/// ER-06, Multiple Response Types §5.
#[test]
fn errors_travel_like_the_response_would() {
    let mut rig = Rig::new();
    let mut browser = known_browser(&mut rig);
    let mut fields = web();
    fields.set("response_type", "id_token code");
    let response = browser.authorize(&mut rig, &fields);
    let location = response.headers.location().unwrap();
    assert!(location.query.0.is_empty());
    assert_eq!(
        location.fragment.first("error").unwrap(),
        &"invalid_request"
    );

    let mut fields = web();
    fields.set("scope", "admin");
    fields.push("response_mode", "form_post");
    let form = page(&browser.authorize(&mut rig, &fields)).forms.remove(0);
    assert_eq!(form.action, CALLBACK);
    assert!(
        form.fields
            .iter()
            .any(|field| field.name == "error" && field.value == "invalid_scope")
    );
}

/// AE-02, AE-03, and what RFC 9110 asks of other methods.
#[test]
fn a_form_is_as_good_as_a_query_and_nothing_else_is() {
    let mut rig = Rig::new();
    let mut browser = Browser::default();
    let login = page(&browser.post(&mut rig, "/authorize", web()));
    assert_eq!(login.title, "Log in");
    let url = || Url::new(&Origin::https("as.example"), "/authorize");

    let json = Body::Json(Json::Object(Vec::new()));
    let response = rig.send(Request::post(url(), json));
    assert_eq!(
        (rig.rule(), response.status),
        (Some(Rule::ContentReadable), Status::BAD_REQUEST)
    );

    let delete = Request {
        method: Method::Other(Text::new("DELETE")),
        ..Request::get(url())
    };
    let response = rig.send(delete.clone());
    assert_eq!(
        (rig.rule(), response.status),
        (Some(Rule::MethodAllowed), Status::METHOD_NOT_ALLOWED)
    );
    assert!(
        response
            .headers
            .0
            .contains(&Header::Allow(Text::new("GET, POST")))
    );

    let mut rig = Rig::with(|configuration| configuration.options.authorization_by_post = false);
    let response = browser.post(&mut rig, "/authorize", web());
    assert_eq!(response.status, Status::OK, "OpenID Connect Core §3.1.2.1");

    let mut rig = Rig::with(|configuration| {
        configuration.options.authorization_by_post = false;
        configuration.signing_key = None;
    });
    let response = browser.post(&mut rig, "/authorize", web());
    assert_eq!(response.status, Status::METHOD_NOT_ALLOWED);
    assert!(
        response
            .headers
            .0
            .contains(&Header::Allow(Text::new("GET")))
    );
}

#[test]
fn octets_that_are_no_form_are_refused() {
    let mut rig = Rig::new();
    for (octets, rule) in [
        ("client_id=%zz".to_owned(), Rule::ContentReadable),
        ("client_id=%ff".to_owned(), Rule::ContentReadable),
        ("a=1&".repeat(65), Rule::WithinLimits),
        (format!("state={}", "x".repeat(8_193)), Rule::WithinLimits),
    ] {
        let url = Url::new(&Origin::https("as.example"), "/authorize");
        rig.send(Request::get(
            url.with_query(Encoded::Octets(Text::new(&octets))),
        ));
        assert_eq!(rig.rule(), Some(rule));
    }
    let mut many = Fields::EMPTY;
    for _ in 0..65 {
        many.push("a", "1");
    }
    Browser::default().authorize(&mut rig, &many);
    assert_eq!(rig.rule(), Some(Rule::WithinLimits));
}

/// AE-04, AE-14, AE-18, AE-19, AE-25.
#[test]
fn what_means_nothing_changes_nothing() {
    let variants: &[(&str, Change)] = &[
        ("unknown parameter", |fields| fields.push("extra", "foobar")),
        ("unknown parameter twice", |fields| {
            fields.push("extra", "1");
            fields.push("extra", "2");
        }),
        ("other order", |fields| fields.0.reverse()),
        ("scope in another order", |fields| {
            fields.set("scope", "write read")
        }),
        ("no state", |fields| fields.remove("state")),
        ("empty state", |fields| fields.set("state", "")),
        ("no scope", |fields| fields.remove("scope")),
        ("no redirect_uri", |fields| fields.remove("redirect_uri")),
        ("long state", |fields| {
            fields.set("state", "s".repeat(4_000))
        }),
        ("reserved state", |fields| {
            fields.set("state", "a&b=c%20+#?/\"\\ ~")
        }),
    ];
    for (name, change) in variants {
        let mut rig = Rig::new();
        let mut fields = web();
        change(&mut fields);
        let answer = Browser::default().grant(&mut rig, &fields, "alice");
        assert_eq!(redirected(&answer).0, CALLBACK, "{name}");
        assert!(parameter(&answer, "code").is_some(), "{name}");
        let sent = fields
            .first("state")
            .map(Text::as_str)
            .filter(|state| !state.is_empty());
        assert_eq!(parameter(&answer, "state").as_deref(), sent, "{name}");
    }
}

/// RU-14, RU-45: the octets of the registered URI come back as they are.
#[test]
fn a_registered_query_is_kept() {
    let mut rig = Rig::new();
    let answer = Browser::default().grant(
        &mut rig,
        &asked("two", "https://two.example/b?x=1"),
        "alice",
    );
    let location = grantlab_core::wire::location::join(answer.headers.location().unwrap());
    assert!(
        location.starts_with("https://two.example/b?x=1&code="),
        "{location}"
    );
}

#[test]
fn unknown_paths_are_not_found() {
    let mut rig = Rig::new();
    let response = rig.send(Request::get(Url::new(
        &Origin::https("as.example"),
        "/nowhere",
    )));
    assert_eq!(response.status, Status(404));
    assert_eq!(rig.rule(), Some(Rule::EndpointExists));
}
