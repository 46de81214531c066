//! Whole flows, from the request to the response.

use grantlab_core::event::Event;
use grantlab_core::http::{Body, Fields, Header, Press, ReferrerPolicy, Request, SameSite, Status};
use grantlab_core::message::{IdTokenFault, SignedIdToken, SigningKey, half_hash};
use grantlab_core::text::Text;
use grantlab_core::time::Span;
use grantlab_core::value::{AuthorizationCode, Scope};
use grantlab_core::wire::location;

use crate::driver::{
    Browser, CALLBACK, CHALLENGE, Rig, asked, cookie, page, parameter, query, redirected, web,
};

#[test]
fn one_form_takes_password_and_decision() {
    let mut rig = Rig::new();
    let mut browser = Browser::default();
    let first = browser.authorize(&mut rig, &web());
    assert_eq!(first.status, Status::OK);
    let login = page(&first);
    assert_eq!(login.title, "Log in");
    assert_eq!(login.text, "web asks for: read write");
    assert_eq!(login.forms[0].action, "/login");
    assert_eq!(
        query(&login.forms[0].buttons),
        "decision=approve&decision=deny"
    );

    let answer = browser.log_in(&mut rig, &login, "alice");
    assert_eq!(answer.status, Status::SEE_OTHER);
    let (uri, fields) = redirected(&answer);
    assert_eq!(uri, CALLBACK);
    let names: Vec<&str> = fields.0.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["code", "state", "iss"]);
    assert_eq!(parameter(&answer, "state").unwrap(), "af0ifjsldkj");
    assert_eq!(
        rig.happened(),
        [
            "authorization_requested",
            "login_page_shown",
            "consent_page_shown",
            "owner_authenticated",
            "consent_given",
            "code_issued"
        ]
    );
}

#[test]
fn separate_pages_come_one_after_the_other() {
    let mut rig = Rig::switched("as.login", "separate_pages");
    let mut browser = Browser::default();
    let login = page(&browser.authorize(&mut rig, &web()));
    assert_eq!(query(&login.forms[0].buttons), "action=login");
    let answer = browser.log_in(&mut rig, &login, "alice");
    assert_eq!(answer.status, Status::SEE_OTHER);
    let own = location::join(answer.headers.location().unwrap());
    assert!(
        own.starts_with("https://as.example/consent?transaction="),
        "{own}"
    );

    let consent = page(&browser.send(&mut rig, Request::get(location::parse(&own).unwrap())));
    assert_eq!(consent.title, "Allow access?");
    assert_eq!(consent.text, "web asks for: read write");
    assert_eq!(consent.forms[0].action, "/consent");
    let answer = browser.submit(&mut rig, &consent, &[], ("decision", "approve"));
    assert_eq!(answer.status, Status::SEE_OTHER);
    assert!(parameter(&answer, "code").is_some());
    assert_eq!(
        rig.happened(),
        [
            "authorization_requested",
            "login_page_shown",
            "owner_authenticated",
            "consent_page_shown",
            "consent_given",
            "code_issued"
        ]
    );
}

/// AE-36: the same request goes on after any number of wrong passwords, and no code comes before the right one.
#[test]
fn a_password_may_be_wrong_any_number_of_times() {
    for login in ["post_then_redirect", "separate_pages"] {
        let mut rig = Rig::switched("as.login", login);
        let mut browser = Browser::default();
        let mut shown = page(&browser.authorize(&mut rig, &web()));
        let first = shown.clone();
        for (name, password) in [
            ("alice", "wrong"),
            ("alice", ""),
            ("nobody", "x"),
            ("", ""),
            ("bob", "alice-password"),
        ] {
            let button = first.forms[0].buttons.0[0].clone();
            let typed = [("username", name), ("password", password)];
            let response = browser.submit(
                &mut rig,
                &shown,
                &typed,
                (button.0.as_str(), button.1.as_str()),
            );
            assert_eq!(response.status, Status::OK);
            shown = page(&response);
            assert_eq!(shown, first);
        }
        assert!(!rig.happened().contains(&"owner_authenticated"));
        let answer = browser.grant(&mut rig, &web(), "alice");
        assert_eq!(parameter(&answer, "state").unwrap(), "af0ifjsldkj");
        assert!(parameter(&answer, "code").is_some());
    }
}

/// AE-22.
#[test]
fn the_owner_may_say_no_with_or_without_a_login() {
    let mut rig = Rig::new();
    let mut browser = Browser::default();
    let login = page(&browser.authorize(&mut rig, &web()));
    let answer = browser.submit(&mut rig, &login, &[], ("decision", "deny"));
    assert_eq!(
        parameter(&answer, "error").as_deref(),
        Some("access_denied")
    );
    assert_eq!(parameter(&answer, "state").as_deref(), Some("af0ifjsldkj"));
    assert_eq!(rig.happened()[3..], ["consent_denied", "error_redirected"]);

    let mut rig = Rig::switched("as.login", "separate_pages");
    let login = page(&browser.authorize(&mut rig, &web()));
    let answer = browser.log_in(&mut rig, &login, "alice");
    let own = location::join(answer.headers.location().unwrap());
    let consent = page(&browser.send(&mut rig, Request::get(location::parse(&own).unwrap())));
    let answer = browser.submit(&mut rig, &consent, &[], ("decision", "deny"));
    assert_eq!(
        parameter(&answer, "error").as_deref(),
        Some("access_denied")
    );
    let last = rig.events.last().unwrap();
    assert!(
        matches!(
            last,
            Event::ErrorRedirected {
                owner_authenticated: true,
                ..
            }
        ),
        "{last:?}"
    );
}

/// AE-17: what the owner leaves is granted, and never more than was asked for.
#[test]
fn the_owner_may_grant_less() {
    let granted = |values: &[&str]| {
        let mut rig = Rig::new();
        let mut browser = Browser::default();
        let login = page(&browser.authorize(&mut rig, &web()));
        let mut values = values.iter();
        let mut fields = Fields::EMPTY;
        for field in &login.forms[0].fields {
            let value = match field.name.as_str() {
                "scope" => values.next().copied().unwrap_or_default(),
                "username" => "alice",
                "password" => "alice-password",
                _ => field.value.as_str(),
            };
            fields.push(field.name.as_str(), value);
        }
        browser.post(&mut rig, "/login", fields.with("decision", "approve"));
        let scope = rig.events.iter().find_map(|event| {
            if let Event::CodeIssued { scope, .. } = event {
                Some(scope.as_str().to_owned())
            } else {
                None
            }
        });
        scope.ok_or_else(|| rig.happened().last().copied())
    };
    assert_eq!(granted(&["read", "write"]).as_deref(), Ok("read write"));
    assert_eq!(granted(&["read", ""]).as_deref(), Ok("read"));
    assert_eq!(granted(&["read admin openid"]).as_deref(), Ok("read"));
    assert_eq!(granted(&["write read", ""]).as_deref(), Ok("read write"));
    assert_eq!(granted(&["", ""]), Err(Some("error_redirected")));
}

/// Once logged in, only the consent page is shown; a remembered yes of a confidential client needs none.
#[test]
fn a_session_and_an_earlier_yes_are_remembered() {
    let mut rig = Rig::new();
    let mut browser = Browser::default();
    browser.grant(&mut rig, &web(), "alice");
    rig.happened();
    let answer = browser.authorize(&mut rig, &web());
    assert_eq!(answer.status, Status::FOUND);
    assert!(parameter(&answer, "code").is_some());
    assert_eq!(
        rig.happened(),
        [
            "authorization_requested",
            "owner_authenticated",
            "consent_skipped",
            "code_issued"
        ]
    );

    // More than was granted is asked about, and so is every public client (AE-37).
    let mut more = web();
    more.set("scope", "read openid");
    for fields in [more, asked("app", "https://app.example/cb")] {
        for _ in 0..2 {
            let consent = page(&browser.authorize(&mut rig, &fields));
            assert_eq!(consent.title, "Allow access?");
            if fields.first("client_id").is_some_and(|id| id == "app") {
                browser.submit(&mut rig, &consent, &[], ("decision", "approve"));
            }
        }
    }
}

/// RFC 6749 §10.2: yeses to one client add up, and one to another client or of another owner is no yes to this one.
#[test]
fn what_was_granted_to_a_client_adds_up() {
    let reading = |client: &str, uri: &str, scope: &str| {
        let mut fields = asked(client, uri);
        fields.set("scope", scope);
        fields
    };
    let mut rig = Rig::switched("as.consent", "remembered_all");
    let mut browser = Browser::default();
    let app = |scope| reading("app", "https://app.example/cb", scope);
    let web = |scope| reading("web", CALLBACK, scope);
    Browser::default().grant(&mut rig, &web("read write openid"), "bob");
    for fields in [web("read"), app("openid"), web("write"), app("read")] {
        rig.happened();
        let answer = browser.grant(&mut rig, &fields, "alice");
        assert!(parameter(&answer, "code").is_some());
        assert!(rig.happened().contains(&"consent_given"), "{fields:?}");
    }
    for (fields, remembered) in [
        (web("read write"), true),
        (app("openid read"), true),
        (web("openid"), false),
        (app("write"), false),
    ] {
        rig.happened();
        browser.authorize(&mut rig, &fields);
        let skipped = rig.happened().contains(&"consent_skipped");
        assert_eq!(skipped, remembered, "{fields:?}");
    }
}

#[test]
fn prompt_asks_again() {
    let mut rig = Rig::new();
    let mut browser = Browser::default();
    browser.grant(&mut rig, &web(), "alice");
    let consent = page(&browser.authorize(&mut rig, &web().with("prompt", "consent")));
    assert_eq!(consent.title, "Allow access?");
    let login = page(&browser.authorize(&mut rig, &web().with("prompt", "login")));
    assert_eq!(login.title, "Log in");
    let silent = browser.authorize(&mut rig, &web().with("prompt", "none"));
    assert!(parameter(&silent, "code").is_some());
}

#[test]
fn sessions_end() {
    let rigs = |end: fn(&mut Rig)| {
        let mut rig = Rig::new();
        let mut browser = Browser::default();
        browser.grant(&mut rig, &web(), "alice");
        end(&mut rig);
        let response = browser.authorize(&mut rig, &web());
        page(&response).title.as_str().to_owned()
    };
    let alice = || grantlab_core::value::Subject::new("sub-alice").unwrap();
    assert_eq!(
        rigs(|rig| assert_eq!(rig.advance(Span::from_seconds(3_600)), None)),
        "Log in"
    );
    assert_eq!(rigs(|rig| rig.server.restart()), "Log in");
    assert_eq!(
        rigs(
            |rig| rig.command(grantlab_core::authorization_server::Command::EndSessions(
                grantlab_core::value::Subject::new("sub-alice").unwrap()
            ))
        ),
        "Log in"
    );

    let mut rig = Rig::new();
    let mut browser = Browser::default();
    browser.grant(&mut rig, &web(), "alice");
    rig.command(grantlab_core::authorization_server::Command::DisableOwner(
        alice(),
    ));
    let login = page(&browser.authorize(&mut rig, &web()));
    rig.happened();
    browser.log_in(&mut rig, &login, "alice");
    assert_eq!(rig.happened()[0], "password_refused");
}

#[test]
fn the_code_record_says_what_the_token_request_is_compared_with() {
    let mut rig = Rig::new();
    Browser::default().grant(&mut rig, &web(), "alice");
    let issued = rig.events.last().unwrap();
    let Event::CodeIssued {
        client_id,
        subject,
        redirect_uri,
        redirect_registered,
        code_challenge,
        expires_at,
        ..
    } = issued
    else {
        panic!("{issued:?}");
    };
    assert_eq!(client_id.as_str(), "web");
    assert_eq!(subject.as_str(), "sub-alice");
    assert_eq!(redirect_uri.as_str(), CALLBACK);
    assert!(redirect_registered);
    assert_eq!(code_challenge.as_ref().unwrap().as_str(), CHALLENGE);
    assert_eq!(*expires_at, Some(rig.now.after(Span::from_seconds(600))));
}

/// AE-10, OpenID Connect Core §3.3.2.11: the words may be swapped, and the ID Token names its code.
#[test]
fn a_hybrid_response_is_a_fragment_with_a_signed_id_token() {
    let mut rig = Rig::new();
    let mut fields = web().with("nonce", "n-0S6");
    fields.set("response_type", "id_token code");
    fields.set("scope", "openid");
    let answer = Browser::default().grant(&mut rig, &fields, "alice");
    let location = answer.headers.location().unwrap();
    assert!(location.query.0.is_empty());
    let code = AuthorizationCode::new(location.fragment.first("code").unwrap().clone()).unwrap();
    let token = SignedIdToken::new(location.fragment.first("id_token").unwrap().clone()).unwrap();
    let keys = [SigningKey::from_seed("k", [7; 32]).verifying_key()];
    let claims = token.read(&keys).unwrap();
    assert_eq!(claims.sub.as_str(), "sub-alice");
    assert_eq!(claims.aud.as_str(), "web");
    assert_eq!(claims.nonce.unwrap().as_str(), "n-0S6");
    assert_eq!(claims.c_hash, Some(half_hash(code.as_str())));
    assert_eq!(claims.at_hash, None);
    let others = [SigningKey::from_seed("k", [8; 32]).verifying_key()];
    assert_eq!(token.read(&others).unwrap_err(), IdTokenFault::Signature);
}

/// Without a key there is no ID Token to ask for.
#[test]
fn a_server_without_a_key_has_no_hybrid_flow() {
    let mut rig = Rig::with(|configuration| {
        configuration.signing_key = None;
        crate::driver::set(configuration, &["as.error_redirect=registered_immediate"]);
    });
    let mut fields = web().with("nonce", "n");
    fields.set("response_type", "code id_token");
    let answer = Browser::default().authorize(&mut rig, &fields);
    assert_eq!(
        parameter(&answer, "error").as_deref(),
        Some("unsupported_response_type")
    );
}

#[test]
fn an_access_token_in_the_fragment_is_kept_by_the_store() {
    let mut rig = Rig::switched("as.response_types", "any");
    let mut fields = web();
    fields.set("response_type", "code token");
    let answer = Browser::default().grant(&mut rig, &fields, "alice");
    let location = answer.headers.location().unwrap();
    assert!(location.query.0.is_empty());
    assert!(location.fragment.first("access_token").is_some());
    assert_eq!(location.fragment.first("token_type").unwrap(), &"Bearer");
    let happened = rig.happened();
    assert_eq!(
        happened[happened.len() - 2..],
        ["code_issued", "access_token_issued"]
    );
}

/// AE-30: the form sends itself, and its values are whatever they are.
#[test]
fn form_post_is_a_form_that_sends_itself() {
    let mut rig = Rig::new();
    let mut fields = web().with("response_mode", "form_post");
    fields.set("state", "\"><script>");
    let answer = Browser::default().grant(&mut rig, &fields, "alice");
    assert_eq!(answer.status, Status::OK);
    let form = page(&answer).forms.remove(0);
    assert_eq!(
        (form.action.as_str(), form.post, form.press),
        (CALLBACK, true, Press::OnLoad)
    );
    assert!(form.fields.iter().all(|field| field.hidden));
    let state = form
        .fields
        .iter()
        .find(|field| field.name == "state")
        .unwrap();
    assert_eq!(state.value, "\"><script>");
    let html = grantlab_core::wire::page::write(&page(&answer));
    assert!(!html.contains("<script>\""), "{html}");
}

/// HC-04 to HC-06, and the cookie of RFC 6265bis §4.1.3.
#[test]
fn answers_say_how_they_want_to_be_treated() {
    let mut rig = Rig::new();
    let mut browser = Browser::default();
    let first = browser.authorize(&mut rig, &web());
    let no_store = Header::CacheControl(Text::new("no-store"));
    assert!(first.headers.0.contains(&no_store));
    assert!(first.headers.0.contains(&Header::FrameDeny));
    assert_eq!(
        first.headers.referrer_policy(),
        Some(ReferrerPolicy::NoReferrer)
    );
    let first_cookie = cookie(&first).unwrap();
    assert_eq!(first_cookie.name, "__Host-as_session");
    assert!(first_cookie.secure && first_cookie.http_only && first_cookie.domain.is_none());
    assert_eq!(first_cookie.path, Some(Text::new("/")));
    assert_eq!(first_cookie.same_site, SameSite::Lax);

    // Whoever knew the browser's name before the login does not know it afterwards.
    let answer = browser.log_in(&mut rig, &page(&first), "alice");
    assert!(answer.headers.0.contains(&no_store));
    assert_eq!(
        answer.headers.referrer_policy(),
        Some(ReferrerPolicy::NoReferrer)
    );
    assert_ne!(cookie(&answer).unwrap().value, first_cookie.value);
    assert_eq!(answer.body, Body::Empty);

    let again = browser.authorize(&mut rig, &web());
    assert!(cookie(&again).is_none());
}

#[test]
fn an_error_page_repeats_nothing() {
    let mut rig = Rig::new();
    let shown =
        page(&Browser::default().authorize(&mut rig, &asked("<script>", "https://e.example/<b>")));
    assert!(!shown.text.as_str().contains('<'), "{shown:?}");
    assert!(
        shown.text.as_str().starts_with("invalid_request: "),
        "{shown:?}"
    );
}

#[test]
fn the_response_may_repeat_the_scope() {
    let mut rig = Rig::with(|configuration| configuration.options.scope_in_redirect = true);
    let answer = Browser::default().grant(&mut rig, &web(), "alice");
    let scope = parameter(&answer, "scope").unwrap();
    assert_eq!(
        Scope::new(scope).unwrap(),
        Scope::new("read write").unwrap()
    );
}

#[test]
fn without_tls_the_cookie_makes_no_promise() {
    let mut rig = Rig::with(|configuration| {
        configuration.origin.scheme = grantlab_core::http::Scheme::Http;
    });
    let mut browser = Browser::default();
    browser.authorize(&mut rig, &web());
    assert!(browser.cookies.first("as_session").is_some());
}
