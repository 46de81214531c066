//! Every value of every switch of the front half changes something that can be seen.

use grantlab_core::event::Event;
use grantlab_core::http::{Fields, Header, ReferrerPolicy, ResourceKind, SameSite, Status};
use grantlab_core::refusal::Rule;
use grantlab_core::time::Span;
use grantlab_core::wire::location;

use crate::driver::{
    Browser, CALLBACK, Rig, asked, cookie, filled, page, parameter, redirected, web,
};

fn code_goes_to(rig: &mut Rig, fields: &Fields) -> Option<String> {
    let answer = Browser::default().grant(rig, fields, "alice");
    answer.headers.location()?;
    parameter(&answer, "code")?;
    Some(redirected(&answer).0)
}

#[test]
fn redirect_match() {
    for (policy, asked_uri) in [
        ("exact", CALLBACK),
        ("prefix", "https://client.example/cb/../go"),
        ("origin", "https://client.example/go"),
        ("wildcard_subdomain", "https://taken.client.example/cb"),
        ("glob_any", "https://client.example/cb-evil"),
        (
            "regex_unescaped",
            "https://evil.example/?https://client.example/cb",
        ),
        ("normalised", "https://client.example/x/..%2Fcb"),
        ("loopback_any_host", "https://localhost.evil.example/"),
        ("none", "https://evil.example/"),
    ] {
        let fields = asked("web", asked_uri);
        let mut rig = Rig::switched("as.redirect_match", policy);
        assert_eq!(
            code_goes_to(&mut rig, &fields).as_deref(),
            Some(asked_uri),
            "{policy}"
        );
        let issued = rig.events.last().unwrap();
        let registered = asked_uri == CALLBACK;
        assert!(
            matches!(issued, Event::CodeIssued { redirect_registered, .. } if *redirect_registered == registered),
            "{issued:?}"
        );
        assert_eq!(code_goes_to(&mut Rig::new(), &fields).is_some(), registered);
    }
    let native = |policy| {
        let mut rig = Rig::with(|configuration| {
            configuration.clients[1].redirect_uris =
                vec![grantlab_core::value::RedirectionUri::new("http://127.0.0.1/cb").unwrap()];
            crate::driver::set(configuration, &[policy]);
        });
        code_goes_to(&mut rig, &asked("app", "http://127.0.0.1:51004/cb"))
    };
    assert!(native("as.redirect_match=exact_loopback_port").is_some());
    assert!(native("as.redirect_match=exact").is_none());
}

#[test]
fn redirect_params() {
    let fields = asked("web", "https://client.example/cb?code=junk");
    let run = |settings: &[&str]| {
        let mut rig = Rig::set(settings);
        let answer = Browser::default().grant(&mut rig, &fields, "alice");
        (rig.rule(), answer.headers.location().map(location::join))
    };
    let (rule, uri) = run(&["as.redirect_match=prefix"]);
    assert_eq!((rule, uri), (Some(Rule::RedirectUnreserved), None));
    let (_, uri) = run(&["as.redirect_match=prefix", "as.redirect_params=allow"]);
    let uri = uri.unwrap();
    assert!(
        uri.starts_with("https://client.example/cb?code=junk&code="),
        "{uri}"
    );
}

#[test]
fn pkce() {
    let mut bare = web();
    bare.remove("code_challenge");
    bare.remove("code_challenge_method");
    let bare_app = {
        let mut fields = asked("app", "https://app.example/cb");
        fields.remove("code_challenge");
        fields.remove("code_challenge_method");
        fields
    };
    let issued = |policy: &str, fields: &Fields| {
        let mut rig = Rig::switched("as.pkce", policy);
        Browser::default().grant(&mut rig, fields, "alice");
        rig.events.iter().find_map(|event| {
            if let Event::CodeIssued { code_challenge, .. } = event {
                Some(code_challenge.is_some())
            } else {
                None
            }
        })
    };
    for (policy, full, bare_web, bare_public) in [
        ("required", Some(true), None, None),
        ("required_public", Some(true), Some(false), None),
        ("optional", Some(true), Some(false), Some(false)),
        ("ignored", Some(false), Some(false), Some(false)),
    ] {
        assert_eq!(issued(policy, &web()), full, "{policy}");
        assert_eq!(issued(policy, &bare), bare_web, "{policy}");
        assert_eq!(issued(policy, &bare_app), bare_public, "{policy}");
    }
    // A challenge that nobody looks at may be anything, twice.
    let mut odd = web().with("code_challenge", "x");
    odd.set("code_challenge_method", "S512");
    assert_eq!(issued("ignored", &odd), Some(false));
}

#[test]
fn pkce_methods_and_grammar() {
    let mut plain = web();
    plain.remove("code_challenge_method");
    assert!(code_goes_to(&mut Rig::new(), &plain).is_none());
    assert!(code_goes_to(&mut Rig::switched("as.pkce_methods", "S256+plain"), &plain).is_some());
    let mut short = web();
    short.set("code_challenge", "short");
    assert!(code_goes_to(&mut Rig::new(), &short).is_none());
    assert!(code_goes_to(&mut Rig::switched("as.pkce_abnf", "off"), &short).is_some());
}

#[test]
fn dup_params() {
    let fields = web()
        .with("redirect_uri", "https://app.example/cb")
        .with("state", "second");
    let run = |policy| {
        let mut rig = Rig::switched("as.dup_params", policy);
        let answer = Browser::default().grant(&mut rig, &fields, "alice");
        (
            rig.rule(),
            answer
                .headers
                .location()
                .is_some()
                .then(|| parameter(&answer, "state"))
                .flatten(),
        )
    };
    assert_eq!(run("reject"), (Some(Rule::AuthorizationParameters), None));
    assert_eq!(run("first"), (None, Some("af0ifjsldkj".to_owned())));
    assert_eq!(run("last"), (Some(Rule::RedirectRegistered), None));
}

#[test]
fn iss_param() {
    for (policy, present) in [("on", true), ("off", false)] {
        let mut rig = Rig::switched("as.iss_param", policy);
        let answer = Browser::default().grant(&mut rig, &web(), "alice");
        assert_eq!(parameter(&answer, "iss").is_some(), present);
    }
}

/// RU-48: the status answers a form; a request without one is answered by 302 whatever the policy says.
#[test]
fn redirect_status() {
    for (policy, status) in [("303", 303), ("302", 302), ("307", 307), ("308", 308)] {
        for login in ["as.login=post_then_redirect", "as.login=separate_pages"] {
            let mut rig = Rig::set(&[&format!("as.redirect_status={policy}"), login]);
            let mut browser = Browser::default();
            let shown = page(&browser.authorize(&mut rig, &web()));
            let answer = browser.log_in(&mut rig, &shown, "alice");
            assert_eq!(answer.status, Status(status));
            let leads_home = redirected(&answer)
                .0
                .starts_with("https://as.example/consent");
            assert_eq!(leads_home, login.ends_with("separate_pages"));
        }
        let mut rig = Rig::switched("as.redirect_status", policy);
        let mut browser = Browser::default();
        browser.grant(&mut rig, &web(), "alice");
        assert_eq!(browser.authorize(&mut rig, &web()).status, Status::FOUND);
    }
}

/// A password that a 307 sends on to the consent page stays at home, and the page asks.
#[test]
fn a_login_form_that_was_sent_on_shows_the_consent_page() {
    let mut rig = Rig::set(&["as.redirect_status=307", "as.login=separate_pages"]);
    let mut browser = Browser::default();
    let shown = page(&browser.authorize(&mut rig, &web()));
    let typed = [("username", "alice"), ("password", "alice-password")];
    let form = filled(&shown.forms[0], &typed, ("action", "login"));
    browser.post(&mut rig, "/login", form.clone());
    let consent = page(&browser.post(&mut rig, "/consent", form));
    assert_eq!(consent.title, "Allow access?");
}

#[test]
fn consent() {
    let app = asked("app", "https://app.example/cb");
    let asks_twice = |policy: &str, fields: &Fields| {
        let mut rig = Rig::switched("as.consent", policy);
        let mut browser = Browser::default();
        let first = page(&browser.authorize(&mut rig, fields));
        let asks_first = first.forms[0].buttons.first("decision").is_some();
        browser.grant(&mut rig, fields, "alice");
        let asks_again = browser
            .authorize(&mut rig, fields)
            .headers
            .location()
            .is_none();
        let skipped = rig.events.iter().rev().find_map(|event| {
            if let Event::ConsentSkipped { remembered, .. } = event {
                Some(*remembered)
            } else {
                None
            }
        });
        (asks_first, asks_again, skipped)
    };
    for (policy, for_web, for_app) in [
        (
            "always_unless_authenticated_client",
            (true, false, Some(true)),
            (true, true, None),
        ),
        ("always", (true, true, None), (true, true, None)),
        (
            "remembered_all",
            (true, false, Some(true)),
            (true, false, Some(true)),
        ),
        (
            "none",
            (false, false, Some(false)),
            (false, false, Some(false)),
        ),
    ] {
        assert_eq!(asks_twice(policy, &web()), for_web, "{policy}");
        assert_eq!(asks_twice(policy, &app), for_app, "{policy}");
    }
}

#[test]
fn prompt_none() {
    let silent = |policy: &str, client: &str, uri: &str| {
        let mut rig = Rig::switched("as.prompt_none", policy);
        let mut browser = Browser::default();
        let fields = asked(client, uri);
        browser.grant(&mut rig, &fields, "alice");
        let answer = browser.authorize(&mut rig, &fields.with("prompt", "none"));
        parameter(&answer, "error")
    };
    let (app, callback) = ("app", "https://app.example/cb");
    assert_eq!(silent("per_policy", "web", CALLBACK), None);
    assert_eq!(
        silent("per_policy", app, callback).as_deref(),
        Some("consent_required")
    );
    assert_eq!(silent("allowed", app, callback), None);
    assert_eq!(
        silent("forbidden", "web", CALLBACK).as_deref(),
        Some("login_required")
    );
}

/// RFC 6749 §10.12: without protection, a form that any site can make is a consent.
#[test]
fn authz_csrf() {
    for (policy, issued) in [("token", false), ("none", true)] {
        let mut rig = Rig::switched("as.authz_csrf", policy);
        let mut browser = Browser::default();
        browser.grant(&mut rig, &web(), "alice");
        rig.events.clear();
        let forged = asked("app", "https://app.example/cb").with("decision", "approve");
        let answer = browser.post(&mut rig, "/consent", forged.clone());
        assert_eq!(answer.headers.location().is_some(), issued);
        assert_eq!(rig.happened().contains(&"consent_given"), issued);

        // Without a session there is nobody to forge a consent of.
        let answer = Browser::default().post(&mut rig, "/consent", forged);
        assert!(answer.headers.location().is_none());
    }
    // Neither token nor browser ties the form to its page.
    let mut rig = Rig::switched("as.authz_csrf", "none");
    let shown = page(&Browser::default().authorize(&mut rig, &web()));
    assert!(
        shown.forms[0]
            .fields
            .iter()
            .all(|field| field.name != "form_token")
    );
    let answer = Browser::default().log_in(&mut rig, &shown, "alice");
    assert!(parameter(&answer, "code").is_some());
}

#[test]
fn cookies_follow_what_the_pages_are_for() {
    for (settings, same_site) in [
        (&[][..], SameSite::Lax),
        (&["as.authz_csrf=none"][..], SameSite::Unset),
        (&["as.frame=any"][..], SameSite::None),
    ] {
        let mut rig = Rig::set(settings);
        let first = Browser::default().authorize(&mut rig, &web());
        assert_eq!(
            cookie(&first).map(|cookie| cookie.same_site),
            Some(same_site)
        );
    }
}

#[test]
fn frame_referrer_and_third_party_content() {
    let first = |key, value| Browser::default().authorize(&mut Rig::switched(key, value), &web());
    assert!(
        first("as.frame", "deny")
            .headers
            .0
            .contains(&Header::FrameDeny)
    );
    assert!(
        !first("as.frame", "any")
            .headers
            .0
            .contains(&Header::FrameDeny)
    );
    for (value, policy) in [
        ("no-referrer", Some(ReferrerPolicy::NoReferrer)),
        ("default", None),
        ("unsafe-url", Some(ReferrerPolicy::UnsafeUrl)),
    ] {
        assert_eq!(
            first("as.referrer", value).headers.referrer_policy(),
            policy
        );
    }
    assert!(
        page(&first("as.third_party_content", "none"))
            .resources
            .is_empty()
    );
    let resources = page(&first("as.third_party_content", "present")).resources;
    assert_eq!(resources[0].kind, ResourceKind::Content);
    assert!(
        resources[0]
            .url
            .as_str()
            .starts_with("https://third.example/")
    );
}

/// PortSwigger 2021: the page shown for one request approves another.
#[test]
fn txn() {
    for (policy, approved) in [("per_request", "web"), ("session_singleton", "two")] {
        let mut rig = Rig::switched("as.txn", policy);
        let mut browser = Browser::default();
        browser.grant(&mut rig, &asked("app", "https://app.example/cb"), "alice");
        let shown = page(&browser.authorize(&mut rig, &web()));
        browser.authorize(&mut rig, &asked("two", "https://two.example/a"));
        browser.submit(&mut rig, &shown, &[], ("decision", "approve"));
        let issued = rig.events.last().unwrap();
        assert!(
            matches!(issued, Event::CodeIssued { client_id, .. } if client_id.as_str() == approved),
            "{policy}: {issued:?}"
        );
    }
}

#[test]
fn response_modes_and_types() {
    let fragment = web().with("response_mode", "fragment");
    let mut token = web();
    token.set("response_type", "code token");
    let run = |settings: &[&str], fields: &Fields| {
        let mut rig = Rig::set(settings);
        let answer = Browser::default().grant(&mut rig, fields, "alice");
        let location = answer.headers.location();
        location.is_some_and(|location| location.fragment.first("code").is_some())
    };
    assert!(!run(&[], &fragment));
    assert!(run(&["as.response_modes=any"], &fragment));
    assert!(!run(&[], &token));
    assert!(run(&["as.response_types=any"], &token));
    // No policy puts a token into a query.
    let settings = ["as.response_modes=any", "as.response_types=any"];
    assert!(!run(&settings, &token.with("response_mode", "query")));
}

#[test]
fn postmessage_target() {
    let fields = web()
        .with("response_mode", "web_message")
        .with("web_message_uri", "https://evil.example/x");
    for (policy, target) in [
        ("registered_origin", "https://client.example"),
        ("any", "*"),
        ("from_request", "https://evil.example"),
    ] {
        let mut rig = Rig::set(&[
            "as.response_modes=any",
            &format!("as.postmessage_target={policy}"),
        ]);
        let answer = Browser::default().grant(&mut rig, &fields, "alice");
        let message = page(&answer).messages.remove(0);
        assert_eq!(message.target_origin, target);
        assert!(message.data.first("code").is_some());
    }
}

/// RFC 9126 §5.
#[test]
fn par_required() {
    let mut rig = Rig::switched("as.par", "required");
    let response = Browser::default().authorize(&mut rig, &web());
    assert_eq!(rig.rule(), Some(Rule::RequestPushed));
    assert_eq!(page(&response).title, "Refused");
    for policy in ["optional", "required"] {
        let mut rig = Rig::switched("as.par", policy);
        let fields = Fields::EMPTY
            .with("client_id", "web")
            .with("request_uri", "urn:guess");
        Browser::default().authorize(&mut rig, &fields);
        assert_eq!(rig.rule(), Some(Rule::RequestUriGood));
    }
    let mut rig = Rig::switched("as.par", "optional");
    assert!(code_goes_to(&mut rig, &web()).is_some());
}

/// RFC 9126 §4: pushed by this client, not expired, and good once where the policy says so.
#[test]
fn request_uri_once() {
    let by_reference = |client: &str| {
        Fields::EMPTY
            .with("client_id", client)
            .with("request_uri", "urn:pushed")
            .with("scope", "admin")
    };
    for (policy, again) in [("on", false), ("off", true)] {
        let mut rig = Rig::set(&["as.par=required", &format!("as.request_uri_once={policy}")]);
        rig.push("web", "urn:pushed", web());
        let answer = Browser::default().grant(&mut rig, &by_reference("web"), "alice");
        assert_eq!(parameter(&answer, "state").as_deref(), Some("af0ifjsldkj"));
        assert!(parameter(&answer, "code").is_some());
        assert_eq!(
            code_goes_to(&mut rig, &by_reference("web")).is_some(),
            again
        );
    }
    for (client, seconds) in [("app", 0), ("web", 60)] {
        let mut rig = Rig::switched("as.par", "optional");
        rig.push("web", "urn:pushed", web());
        rig.advance(Span::from_seconds(seconds));
        assert!(code_goes_to(&mut rig, &by_reference(client)).is_none());
        assert_eq!(rig.rule(), Some(Rule::RequestUriGood), "{client}");
    }
}
