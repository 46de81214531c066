//! Redirects, forms, links, sub-resources and history.

use crate::browser::*;
use grantlab_core::canonical::{Canonical, Encoder};
use grantlab_core::event::Event;
use grantlab_core::http::{
    Body, Fields, Header, Method, Page, Press, ReferrerPolicy, Resource, ResourceKind, Response,
    Status,
};
use grantlab_core::json::Json;
use grantlab_core::limits::{REDIRECTS_MAX, SCRIPTED_NAVIGATIONS_MAX, TABS_MAX};
use grantlab_core::machine::Failure;
use grantlab_core::user_agent::policy::{FragmentReattach, Http302Post, UserAgentPolicy};
use grantlab_core::user_agent::{Command, UserAgent};

fn octets(agent: &UserAgent) -> Vec<u8> {
    let mut out = Encoder::default();
    agent.encode(&mut out);
    out.into_octets()
}

#[test]
fn an_address_is_asked_for_and_shown() {
    let mut browser = Browser::secure();
    browser.open("t", "https://a.example/x?y=1#z");
    assert!(browser.agent.is_waiting(&text("t")));
    assert_eq!(browser.title("t"), None);
    let request = browser.answer(ok(page("A")));
    assert_eq!(line(&request), "GET https://a.example/x?y=1");
    assert!(request.headers.0.is_empty());
    assert!(!browser.agent.is_waiting(&text("t")));
    assert_eq!(browser.title("t"), Some("A"));
    assert_eq!(
        browser.url("t").as_deref(),
        Some("https://a.example/x?y=1#z")
    );
    let expected = [
        Event::Navigated {
            tab: text("t"),
            method: text("GET"),
            url: text("https://a.example/x"),
            referer: None,
            redirected: false,
        },
        Event::PageShown {
            tab: text("t"),
            title: text("A"),
        },
    ];
    assert_eq!(browser.events, expected);
}

/// A search takes two browsers for one when their octets are the same.
#[test]
fn browsers_that_show_different_things_have_different_octets() {
    let shown = |tab: &str, url: &str, title: &str| {
        let mut browser = Browser::secure();
        browser.open(tab, url);
        let waiting = octets(&browser.agent);
        browser.answer(ok(page(title)));
        [waiting, octets(&browser.agent)]
    };
    let mut all: Vec<Vec<u8>> = [
        shown("t", "https://a.example/", "A"),
        shown("u", "https://a.example/", "A"),
        shown("t", "https://b.example/", "A"),
    ]
    .concat();
    all.extend(shown("t", "https://a.example/", "B").into_iter().skip(1));
    all.push(octets(&Browser::secure().agent));
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count);
}

#[test]
fn a_login_is_typed_sent_and_redirected_to_the_client() {
    let mut browser = Browser::secure();
    browser.open("t", "https://as.example/login");
    browser.answer(set(
        ok(Page {
            forms: vec![post_form("/login?txn=1", "token")],
            ..page("Login")
        }),
        "sid=1; Secure; HttpOnly; SameSite=Lax",
    ));
    browser.obey(Command::Fill {
        tab: text("t"),
        name: text("name"),
        value: text("alice"),
    });
    let typed = browser.agent.fields(&text("t"));
    assert_eq!(typed, Some(&Fields::EMPTY.with("name", "alice")));
    browser.press("t");
    let request = browser.answer(redirect(Status::SEE_OTHER, "https://c.example/cb?code=1"));
    let expected = "POST https://as.example/login?txn=1 name=alice&token=v&do=go";
    assert_eq!(line(&request), expected);
    assert_eq!(request.headers.origin(), Some(&text("https://as.example")));
    assert_eq!(referer(&request), Some("https://as.example/login"));
    assert_eq!(cookies(&request), ["sid"]);
    let request = browser.answer(ok(page("Welcome")));
    assert_eq!(line(&request), "GET https://c.example/cb?code=1");
    assert_eq!(request.headers.origin(), None);
    assert_eq!(referer(&request), Some("https://as.example/"));
    assert_eq!(browser.agent.fields(&text("t")), Some(&Fields::EMPTY));
}

/// RFC 9700 §4.12: what becomes of a password when the answer is 307.
#[test]
fn credentials_travel_on_a_307_and_on_a_302_that_is_kept() {
    let table = [
        (Status::SEE_OTHER, Http302Post::Keep, Method::Get),
        (Status::FOUND, Http302Post::Rewrite, Method::Get),
        (Status::FOUND, Http302Post::Keep, Method::Post),
        (
            Status::TEMPORARY_REDIRECT,
            Http302Post::Rewrite,
            Method::Post,
        ),
    ];
    for (status, http302_post, method) in table {
        let mut browser = Browser::new(UserAgentPolicy {
            http302_post,
            ..UserAgentPolicy::secure()
        });
        browser.open("t", "https://as.example/");
        browser.answer(ok(Page {
            forms: vec![post_form("/login", "token")],
            ..page("Login")
        }));
        browser.press("t");
        browser.answer(redirect(status, "https://m.example/cb"));
        let (_, request) = browser.take();
        assert_eq!(request.method, method, "{status:?}");
        assert_eq!(request.body != Body::Empty, method == Method::Post);
    }
}

/// RFC 9110 §10.2.2
#[test]
fn fragments_survive_redirects() {
    for (fragment_reattach, expected) in [
        (FragmentReattach::On, "https://b.example/#code=1"),
        (FragmentReattach::Off, "https://b.example/"),
    ] {
        let mut browser = Browser::new(UserAgentPolicy {
            fragment_reattach,
            ..UserAgentPolicy::secure()
        });
        browser.open("t", "https://a.example/");
        browser.answer(redirect(Status::FOUND, "/go#code=1"));
        let request = browser.answer(redirect(Status::FOUND, "https://b.example/"));
        assert_eq!(line(&request), "GET https://a.example/go");
        browser.answer(ok(page("B")));
        assert_eq!(browser.url("t").as_deref(), Some(expected));
    }
}

#[test]
fn redirects_are_bounded() {
    let mut browser = Browser::secure();
    browser.open("t", "https://a.example/");
    for _ in 0..=REDIRECTS_MAX {
        browser.answer(redirect(Status::FOUND, "/"));
    }
    assert!(browser.sent.is_empty());
    assert_eq!(browser.stopped(), Some("more than 20 redirects"));
    assert_eq!(
        (browser.title("t"), browser.agent.is_waiting(&text("t"))),
        (None, false)
    );
}

#[test]
fn other_programs_and_broken_urls_stop_a_navigation() {
    let table = [
        (
            "com.example.app:/cb?code=1",
            "com.example.app: is for another program",
        ),
        ("javascript:alert(1)", "javascript: is for another program"),
        ("https://", "not a URL: host: expected one after //"),
    ];
    for (to, reason) in table {
        let mut browser = Browser::secure();
        browser.open("t", "https://a.example/");
        browser.answer(redirect(Status::FOUND, to));
        assert_eq!(browser.stopped(), Some(reason));
        assert!(browser.sent.is_empty());
        browser.open("t", to);
        assert_eq!(browser.stopped(), Some(reason));
    }
}

#[test]
fn links_tell_where_they_are_as_the_page_allows() {
    let table = [
        (None, Some("https://c.example/")),
        (Some(ReferrerPolicy::NoReferrer), None),
        (
            Some(ReferrerPolicy::UnsafeUrl),
            Some("https://c.example/cb?code=1"),
        ),
    ];
    for (policy, expected) in table {
        let mut browser = Browser::secure();
        browser.open("t", "https://c.example/cb?code=1#f");
        let mut response = ok(Page {
            links: vec![text("/home"), text("https://evil.example/")],
            resources: vec![Resource {
                url: text("https://evil.example/pixel"),
                kind: ResourceKind::Content,
            }],
            ..page("Welcome")
        });
        if let Some(policy) = policy {
            response = response.with(Header::ReferrerPolicy(policy));
        }
        browser.answer(response);
        let picture = browser.answer(ok(page("not shown")));
        assert_eq!(
            (line(&picture).as_str(), referer(&picture)),
            ("GET https://evil.example/pixel", expected)
        );
        browser.follow("t", 1);
        let request = browser.answer(ok(page("Evil")));
        assert_eq!(referer(&request), expected);
        browser.follow("t", 2);
        assert_eq!(browser.stopped(), Some("there is no such link"));
    }
}

#[test]
fn a_page_loads_what_it_refers_to_and_shows_none_of_it() {
    let mut browser = Browser::secure();
    browser.open("t", "https://evil.example/");
    browser.answer(ok(Page {
        resources: ["https://c.example/login", "nonsense://", "data:x"]
            .map(|url| Resource {
                url: text(url),
                kind: ResourceKind::Content,
            })
            .to_vec(),
        ..page("Evil")
    }));
    let login = redirect(Status::FOUND, "https://as.example/authorize");
    let login = set(login, "lax=1");
    let login = set(login, "none=1; SameSite=None; Secure");
    browser.answer(login);
    let request = browser.answer(ok(page("Consent")));
    assert_eq!(line(&request), "GET https://as.example/authorize");
    assert_eq!(browser.title("t"), Some("Evil"));
    assert!(browser.sent.is_empty());
    let mut kept = Vec::new();
    for event in &browser.events {
        if let Event::CookieKept { name, .. } = event {
            kept.push((name.as_str(), true));
        } else if let Event::CookieRefused { name, .. } = event {
            kept.push((name.as_str(), false));
        }
    }
    assert_eq!(kept, [("lax", false), ("none", true)]);
}

/// RFC 6749 §10.12: what `SameSite` does for a client's session.
#[test]
fn another_sites_form_gets_no_lax_cookie_and_its_link_does() {
    let mut browser = Browser::secure();
    browser.open("t", "https://c.example/");
    browser.answer(set(ok(page("C")), "sid=1"));
    browser.open("t", "https://evil.example/");
    browser.answer(ok(Page {
        forms: vec![post_form("https://c.example/login", "x")],
        links: vec![text("https://c.example/cb?code=stolen")],
        ..page("Evil")
    }));
    browser.follow("t", 0);
    let (_, request) = browser.take();
    assert_eq!(cookies(&request), ["sid"]);
    browser.press("t");
    let (_, request) = browser.take();
    assert!(cookies(&request).is_empty());
    assert_eq!(
        request.headers.origin(),
        Some(&text("https://evil.example"))
    );
    let withheld = Event::CookieWithheld {
        name: text("sid"),
        host: text("c.example"),
    };
    assert_eq!(browser.events.last(), Some(&withheld));
}

#[test]
fn a_form_that_sends_itself_replaces_its_page() {
    let mut browser = Browser::secure();
    browser.open("t", "https://as.example/authorize");
    let mut form = post_form("https://c.example/cb", "code");
    form.press = Press::OnLoad;
    browser.answer(ok(Page {
        forms: vec![form],
        ..page("Sending")
    }));
    let request = browser.answer(ok(page("Welcome")));
    assert_eq!(line(&request), "POST https://c.example/cb name=v&code=v");
    browser.obey(Command::Back { tab: text("t") });
    assert_eq!(browser.stopped(), Some("there is no page before this one"));
}

#[test]
fn pages_do_not_go_on_by_themselves_for_ever() {
    let mut browser = Browser::secure();
    browser.open("t", "https://a.example/");
    let mut form = post_form("/", "x");
    form.press = Press::OnLoad;
    let again = ok(Page {
        forms: vec![form],
        ..page("Again")
    });
    let mut answered = 0;
    while !browser.sent.is_empty() {
        browser.answer(again.clone());
        answered += 1;
    }
    assert_eq!(answered, u32::from(SCRIPTED_NAVIGATIONS_MAX) + 1);
    assert_eq!(
        browser.stopped(),
        Some("more than 64 navigations without the user")
    );
}

#[test]
fn the_history_asks_again_from_where_it_came() {
    let mut browser = Browser::secure();
    browser.open("t", "https://a.example/");
    browser.answer(ok(Page {
        links: vec![text("/one")],
        forms: vec![post_form("/post", "x")],
        ..page("A")
    }));
    browser.press("t");
    browser.answer(ok(Page {
        links: vec![text("/two")],
        ..page("Posted")
    }));
    browser.obey(Command::Reload { tab: text("t") });
    let request = browser.answer(ok(Page {
        links: vec![text("/two")],
        ..page("Posted again")
    }));
    assert_eq!(
        line(&request),
        "POST https://a.example/post name=v&x=v&do=go"
    );
    browser.follow("t", 0);
    browser.answer(ok(page("Two")));
    browser.obey(Command::Back { tab: text("t") });
    let request = browser.answer(ok(page("Before")));
    assert_eq!(line(&request), "GET https://a.example/post");
    assert_eq!(referer(&request), Some("https://a.example/"));
    browser.obey(Command::Back { tab: text("t") });
    let request = browser.answer(ok(page("First")));
    assert_eq!(
        (line(&request).as_str(), referer(&request)),
        ("GET https://a.example/", None)
    );
}

#[test]
fn what_is_no_page_is_shown_as_one_without_a_title() {
    let bodies = [
        Body::Empty,
        Body::Json(Json::Null),
        Body::Octets {
            content_type: text("image/png"),
            octets: vec![0],
        },
    ];
    for body in bodies {
        let mut browser = Browser::secure();
        browser.open("t", "https://a.example/");
        browser.answer(Response::new(Status::OK, body));
        assert_eq!(browser.title("t"), Some(""));
    }
}

#[test]
fn without_content_the_page_stays_and_without_a_response_it_goes() {
    let mut browser = Browser::secure();
    browser.open("t", "https://a.example/");
    browser.answer(ok(page("A")));
    browser.open("t", "https://a.example/nothing");
    browser.answer(Response::new(Status(204), Body::Empty));
    assert_eq!(browser.title("t"), Some("A"));
    browser.open("t", "https://b.example/x");
    browser.fail(Failure::ConnectionLost);
    assert_eq!(
        (browser.title("t"), browser.stopped()),
        (None, Some("the connection broke"))
    );
    browser.obey(Command::Reload { tab: text("t") });
    let request = browser.answer(ok(page("B")));
    assert_eq!(line(&request), "GET https://b.example/x");
}

#[test]
fn an_answer_that_nobody_waits_for_changes_nothing() {
    let mut browser = Browser::secure();
    browser.open("t", "https://a.example/");
    browser.obey(Command::Close { tab: text("t") });
    browser.open("u", "https://a.example/");
    browser.open("u", "https://b.example/");
    let before = octets(&browser.agent);
    let events = browser.events.len();
    browser.answer(set(ok(page("A")), "s=1"));
    browser.answer(set(ok(page("A")), "s=1"));
    assert_eq!(
        (octets(&browser.agent), browser.events.len()),
        (before, events)
    );
    browser.answer(ok(page("B")));
    assert_eq!(browser.title("u"), Some("B"));
    assert_eq!(browser.agent.tabs().count(), 1);
}

#[test]
fn commands_that_cannot_be_obeyed_say_so() {
    let mut browser = Browser::secure();
    let tab = || text("t");
    let commands = [
        Command::Follow {
            tab: tab(),
            link: 0,
        },
        Command::Press {
            tab: tab(),
            button: None,
        },
        Command::Back { tab: tab() },
        Command::Reload { tab: tab() },
        Command::Fill {
            tab: tab(),
            name: text("x"),
            value: text("y"),
        },
        Command::OpenFromPage {
            opener: tab(),
            tab: text("p"),
            url: text("/"),
        },
    ];
    for command in commands {
        browser.events.clear();
        browser.obey(command.clone());
        assert!(browser.stopped().is_some(), "{command:?}");
    }
    assert!(browser.sent.is_empty());
    for number in 0..=TABS_MAX {
        browser.open(&format!("t{number}"), "https://a.example/");
    }
    assert_eq!(browser.stopped(), Some("more than 32 tabs"));
    assert_eq!(browser.sent.len(), TABS_MAX);
}
