//! Whose forms are believed.

use grantlab_core::http::{Body, Encoded, Fields, Header, Origin, Request, Response, Status, Url};
use grantlab_core::refusal::Rule;
use grantlab_core::text::Text;
use grantlab_core::time::Span;
use grantlab_core::wire::location;

use crate::driver::{Browser, Rig, filled, page, parameter, web};

/// The form of a fresh login page, filled in rightly.
fn login_form(rig: &mut Rig, browser: &mut Browser) -> Fields {
    let page = page(&browser.authorize(rig, &web()));
    let typed = [("username", "alice"), ("password", "alice-password")];
    filled(&page.forms[0], &typed, ("decision", "approve"))
}

fn refused(rig: &Rig, response: &Response, rule: Rule, status: Status) {
    assert_eq!(rig.rule(), Some(rule));
    assert_eq!(response.status, status);
    assert!(response.headers.location().is_none());
}

fn post_from(browser: &mut Browser, rig: &mut Rig, origin: &str, fields: Fields) -> Response {
    let url = Url::new(&Origin::https("as.example"), "/login");
    let mut request = Request::post(url, Body::Form(Encoded::Fields(fields)));
    request.headers.push(Header::Origin(Text::new(origin)));
    browser.send(rig, request)
}

/// AE-38.
#[test]
fn a_form_from_another_browser_is_refused() {
    let mut rig = Rig::new();
    let form = login_form(&mut rig, &mut Browser::default());
    let mut other = Browser::default();
    let response = other.post(&mut rig, "/login", form.clone());
    refused(&rig, &response, Rule::SameBrowser, Status::FORBIDDEN);
    // A browser that is known for something of its own is still another one.
    other.authorize(&mut rig, &web());
    let response = other.post(&mut rig, "/login", form);
    refused(&rig, &response, Rule::SameBrowser, Status::FORBIDDEN);
}

#[test]
fn a_form_without_its_token_is_refused() {
    for token in [None, Some(""), Some("guess")] {
        let mut rig = Rig::new();
        let mut browser = Browser::default();
        let mut form = login_form(&mut rig, &mut browser);
        form.remove("form_token");
        if let Some(token) = token {
            form.push("form_token", token);
        }
        let response = browser.post(&mut rig, "/login", form);
        refused(&rig, &response, Rule::FormTokenMatches, Status::FORBIDDEN);
    }
}

/// The consent form has a token of its own: knowing the owner does not make up for it.
#[test]
fn a_consent_form_without_its_token_is_refused() {
    for token in [None, Some(""), Some("guess")] {
        let mut rig = Rig::switched("as.login", "separate_pages");
        let mut browser = Browser::default();
        let login = page(&browser.authorize(&mut rig, &web()));
        let answer = browser.log_in(&mut rig, &login, "alice");
        let own = location::join(answer.headers.location().unwrap());
        let consent = page(&browser.send(&mut rig, Request::get(location::parse(&own).unwrap())));
        let mut form = filled(&consent.forms[0], &[], ("decision", "approve"));
        form.remove("form_token");
        if let Some(token) = token {
            form.push("form_token", token);
        }
        let response = browser.post(&mut rig, "/consent", form);
        refused(&rig, &response, Rule::FormTokenMatches, Status::FORBIDDEN);
    }
}

#[test]
fn a_form_from_another_site_is_refused() {
    for (origin, believed) in [
        ("https://as.example", true),
        ("null", true),
        ("https://evil.example", false),
        ("http://as.example", false),
        ("https://as.example.evil.example", false),
    ] {
        let mut rig = Rig::new();
        let mut browser = Browser::default();
        let form = login_form(&mut rig, &mut browser);
        let response = post_from(&mut browser, &mut rig, origin, form);
        assert_eq!(response.headers.location().is_some(), believed, "{origin}");
        if !believed {
            refused(&rig, &response, Rule::SameOrigin, Status::FORBIDDEN);
        }
    }
    // A page that may send its referrer has an origin.
    let mut rig = Rig::switched("as.referrer", "default");
    let mut browser = Browser::default();
    let form = login_form(&mut rig, &mut browser);
    let response = post_from(&mut browser, &mut rig, "null", form);
    refused(&rig, &response, Rule::SameOrigin, Status::FORBIDDEN);
}

#[test]
fn a_form_of_no_open_transaction_is_refused() {
    let mut rig = Rig::new();
    let mut browser = Browser::default();
    let form = login_form(&mut rig, &mut browser);
    for change in [
        (|form| form.remove("transaction")) as fn(&mut Fields),
        |form| form.set("transaction", "guess"),
    ] {
        let mut form = form.clone();
        change(&mut form);
        let response = browser.post(&mut rig, "/login", form);
        refused(&rig, &response, Rule::TransactionOpen, Status::BAD_REQUEST);
    }
    // Sent twice: the second time there is nothing left to answer.
    assert!(parameter(&browser.post(&mut rig, "/login", form.clone()), "code").is_some());
    let response = browser.post(&mut rig, "/login", form);
    refused(&rig, &response, Rule::TransactionOpen, Status::BAD_REQUEST);

    let form = login_form(&mut rig, &mut Browser::default());
    rig.advance(Span::from_seconds(1_800));
    let response = browser.post(&mut rig, "/login", form);
    refused(&rig, &response, Rule::TransactionOpen, Status::BAD_REQUEST);
}

#[test]
fn a_login_form_is_no_consent() {
    let mut rig = Rig::new();
    let mut browser = Browser::default();
    let form = login_form(&mut rig, &mut browser);
    let response = browser.post(&mut rig, "/consent", form);
    refused(&rig, &response, Rule::SameBrowser, Status::FORBIDDEN);
    assert!(!rig.happened().contains(&"code_issued"));
}

/// AE-39: another owner logged in meanwhile, in another tab of the same browser.
#[test]
fn the_owner_who_decides_is_the_one_who_was_asked() {
    let mut rig = Rig::switched("as.login", "separate_pages");
    let mut browser = Browser::default();
    let login = page(&browser.authorize(&mut rig, &web()));
    let answer = browser.log_in(&mut rig, &login, "alice");
    let own = location::join(answer.headers.location().unwrap());
    let consent = page(&browser.send(&mut rig, Request::get(location::parse(&own).unwrap())));

    let other_tab = page(&browser.authorize(&mut rig, &web().with("prompt", "login")));
    browser.log_in(&mut rig, &other_tab, "bob");
    let response = browser.submit(&mut rig, &consent, &[], ("decision", "approve"));
    refused(&rig, &response, Rule::SameBrowser, Status::FORBIDDEN);
}

/// Two tabs of one browser: the login in one does not lock out the other.
#[test]
fn tabs_of_one_browser_go_on_after_a_login() {
    let mut rig = Rig::new();
    let mut browser = Browser::default();
    let first = login_form(&mut rig, &mut browser);
    let second = login_form(&mut rig, &mut browser);
    for form in [first, second] {
        let answer = browser.post(&mut rig, "/login", form);
        assert!(parameter(&answer, "code").is_some());
    }
}

/// A name that somebody planted opens nothing once its owner has logged in.
#[test]
fn a_planted_cookie_is_worthless_after_the_login() {
    let mut rig = Rig::new();
    let mut attacker = Browser::default();
    attacker.authorize(&mut rig, &web());
    let mut victim = Browser {
        cookies: attacker.cookies.clone(),
    };
    let form = login_form(&mut rig, &mut victim);
    assert!(parameter(&victim.post(&mut rig, "/login", form), "code").is_some());
    let response = attacker.authorize(&mut rig, &web());
    assert_eq!(page(&response).title, "Log in");
}

#[test]
fn a_made_up_cookie_names_nobody() {
    let mut rig = Rig::new();
    let mut browser = Browser {
        cookies: Fields::EMPTY.with("__Host-as_session", "planted"),
    };
    browser.authorize(&mut rig, &web());
    assert_ne!(
        browser.cookies.first("__Host-as_session").unwrap(),
        &"planted"
    );
}

#[test]
fn forms_are_posted() {
    let mut rig = Rig::new();
    let url = |path| Url::new(&Origin::https("as.example"), path);
    assert_eq!(
        rig.send(Request::get(url("/login"))).status,
        Status::METHOD_NOT_ALLOWED
    );
    assert_eq!(rig.rule(), Some(Rule::MethodAllowed));
    assert_eq!(
        rig.send(Request::get(url("/consent"))).status,
        Status::BAD_REQUEST
    );
    assert_eq!(rig.rule(), Some(Rule::TransactionOpen));
}
