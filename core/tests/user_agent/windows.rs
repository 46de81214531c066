//! Frames, popups and messages between windows.

use crate::browser::*;
use grantlab_core::event::Event;
use grantlab_core::http::{
    Encoded, Fields, Form, Header, Page, PostMessage, Resource, ResourceKind, Response,
};
use grantlab_core::user_agent::Command;
use grantlab_core::wire::form;

fn framing(urls: &[&str]) -> Response {
    let frame = |url: &&str| Resource {
        url: text(url),
        kind: ResourceKind::Frame,
    };
    ok(Page {
        resources: urls.iter().map(frame).collect(),
        ..page("Outer")
    })
}

fn posting(target_origin: &str, data: Fields) -> Response {
    ok(Page {
        messages: vec![PostMessage {
            target_origin: text(target_origin),
            data,
        }],
        ..page("Posting")
    })
}

fn listening() -> Response {
    ok(Page {
        forms: vec![post_form("/cb", Form::MESSAGE_LISTENER)],
        ..page("Listening")
    })
}

fn open_popup(browser: &mut Browser, url: &str) {
    browser.obey(Command::OpenFromPage {
        opener: text("t"),
        tab: text("p"),
        url: text(url),
    });
}

fn posted(browser: &Browser) -> Vec<(&str, bool)> {
    let mut posted = Vec::new();
    for event in &browser.events {
        if let Event::MessagePosted {
            source, delivered, ..
        } = event
        {
            posted.push((source.as_str(), *delivered));
        }
    }
    posted
}

#[test]
fn a_frame_is_a_tab_inside_a_page() {
    let mut browser = Browser::secure();
    browser.open("t", "https://as.example/");
    browser.answer(set(ok(page("AS")), "sid=1; SameSite=None; Secure"));
    browser.open("t", "https://as.example/");
    browser.answer(set(ok(page("AS")), "lax=1"));
    browser.open("t", "https://evil.example/");
    browser.answer(framing(&["https://as.example/authorize"]));
    let request = browser.answer(ok(Page {
        forms: vec![post_form("/consent", "token")],
        ..page("Consent")
    }));
    assert_eq!(cookies(&request), ["sid"]);
    assert_eq!(browser.title("t/frame0"), Some("Consent"));
    browser.press("t/frame0");
    let (_, request) = browser.take();
    assert_eq!(cookies(&request), ["sid"], "framed by another site");
    assert_eq!(request.headers.origin(), Some(&text("https://as.example")));
    browser.open("t", "https://evil.example/2");
    browser.answer(ok(page("Gone")));
    let tabs: Vec<_> = browser.agent.tabs().map(|tab| tab.as_str()).collect();
    assert_eq!(tabs, ["t"]);
}

#[test]
fn a_page_that_does_not_want_to_be_framed_is_not() {
    let mut browser = Browser::secure();
    browser.open("t", "https://evil.example/");
    browser.answer(framing(&["https://as.example/"]));
    browser.answer(ok(page("Consent")).with(Header::FrameDeny));
    assert_eq!(browser.title("t/frame0"), None);
    assert_eq!(
        browser.stopped(),
        Some("the page does not want to be framed")
    );
    browser.open("t", "https://as.example/");
    browser.answer(ok(page("Consent")).with(Header::FrameDeny));
    assert_eq!(browser.title("t"), Some("Consent"));
}

#[test]
fn frames_in_frames_come_to_an_end() {
    let mut browser = Browser::secure();
    browser.open("t", "https://evil.example/");
    for _ in 0..1_000 {
        if browser.sent.is_empty() {
            break;
        }
        browser.answer(framing(&["/", "/"]));
    }
    assert!(browser.sent.is_empty());
    assert_eq!(browser.agent.tabs().count(), 32);
}

/// RFC 9700 §4.17.1.1: who reads a response that a popup posts.
#[test]
fn a_message_reaches_the_origin_that_it_is_for() {
    let table = [
        ("https://c.example", true),
        ("https://c.example/path", true),
        ("*", true),
        ("https://other.example", false),
        ("http://c.example", false),
        ("/", false),
        ("nonsense", false),
    ];
    for (target_origin, delivered) in table {
        let mut browser = Browser::secure();
        browser.open("t", "https://c.example/");
        browser.answer(listening());
        open_popup(&mut browser, "https://as.example/authorize");
        let data = Fields::EMPTY
            .with("code", "1")
            .with("message_source", "https://forged.example");
        let request = browser.answer(posting(target_origin, data));
        assert_eq!(referer(&request), Some("https://c.example/"));
        assert_eq!(posted(&browser), [("https://as.example", delivered)]);
        assert_eq!(
            browser.sent.len(),
            usize::from(delivered),
            "{target_origin}"
        );
        if delivered {
            let (_, request) = browser.take();
            let expected = Fields::EMPTY
                .with("name", "v")
                .with("web_message", "v")
                .with("code", "1")
                .with("message_source", "https://as.example");
            assert_eq!(form_body(&request), expected);
            assert_eq!(request.url.endpoint(), "https://c.example/cb");
        }
    }
}

#[test]
fn a_message_without_a_listener_or_a_reader_does_nothing() {
    let mut browser = Browser::secure();
    browser.open("t", "https://c.example/");
    browser.answer(ok(page("Deaf")));
    open_popup(&mut browser, "https://as.example/");
    browser.answer(posting("*", Fields::EMPTY));
    browser.obey(Command::Close { tab: text("t") });
    browser.obey(Command::Reload { tab: text("p") });
    browser.answer(posting("*", Fields::EMPTY));
    assert!(browser.sent.is_empty());
    let expected = [("https://as.example", true), ("https://as.example", false)];
    assert_eq!(posted(&browser), expected);
}

/// RFC 9700 §4.17.1.3: a window that somebody else opened listens to him as well.
#[test]
fn an_opener_posts_to_the_window_that_it_opened() {
    let mut browser = Browser::secure();
    browser.open("t", "https://evil.example/");
    browser.answer(posting("*", Fields::EMPTY.with("code", "stolen")));
    open_popup(&mut browser, "https://c.example/");
    browser.answer(listening());
    let expected = [
        ("https://evil.example", false),
        ("https://evil.example", true),
    ];
    assert_eq!(posted(&browser), expected);
    let (_, request) = browser.take();
    let source = form_body(&request).first("message_source").cloned();
    assert_eq!(source, Some(text("https://evil.example")));
}

#[test]
fn a_page_reads_the_fragment_of_its_url() {
    let mut browser = Browser::secure();
    let reading = || {
        ok(Page {
            forms: vec![post_form("/cb", Form::FRAGMENT_READER)],
            ..page("Reading")
        })
    };
    browser.open("t", "https://c.example/cb");
    browser.answer(reading());
    assert!(browser.sent.is_empty());
    browser.open("t", "https://c.example/cb#code=a%20b&state=1");
    browser.answer(reading());
    let (_, request) = browser.take();
    let sent = form::octets(&Encoded::Fields(form_body(&request))).into_owned();
    assert_eq!(sent, "name=v&url_fragment=v&code=a+b&state=1");
}
