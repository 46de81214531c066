//! Whatever servers answer and users do, in any order: bounds hold, requests are well formed, and messages as
//! octets lead to the same browser as messages as values.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::browser::*;
use grantlab_core::canonical::{Canonical, Encoder};
use grantlab_core::http::{
    Body, Field, Fields, Form, Header, Location, Page, PostMessage, Press, ReferrerPolicy, Request,
    Resource, ResourceKind, Response, SameSite, SetCookie, Status,
};
use grantlab_core::limits::TABS_MAX;
use grantlab_core::machine::Failure;
use grantlab_core::text::Text;
use grantlab_core::time::Span;
use grantlab_core::user_agent::policy::UserAgentPolicy;
use grantlab_core::user_agent::{Command, Input};
use grantlab_core::wire::http::{read_request, read_response, write_request, write_response};

const URLS: [&str; 12] = [
    "https://a.example/",
    "https://a.example/deep/er?q=1#f=1",
    "https://www.a.example/",
    "http://a.example/",
    "http://localhost:8080/cb",
    "https://b.example/x",
    "/relative",
    "?q",
    "#code=1&state=2",
    "com.example.app:/cb",
    "https://",
    "",
];

const TABS: [&str; 4] = ["t", "u", "t/frame0", "u/frame1"];

const STATUSES: [u16; 10] = [200, 204, 301, 302, 303, 307, 308, 401, 304, 500];

const NAMES: [&str; 6] = [
    "a",
    "b",
    "web_message",
    "url_fragment",
    "__Host-s",
    "message_source",
];

#[derive(Clone, Debug)]
enum Step {
    Obey(Command),
    Answer(usize, Response),
    Fail(usize),
}

fn url() -> impl Strategy<Value = Text> {
    select(URLS.to_vec()).prop_map(Text::new)
}

fn tab() -> impl Strategy<Value = Text> {
    select(TABS.to_vec()).prop_map(Text::new)
}

fn name() -> impl Strategy<Value = Text> {
    select(NAMES.to_vec()).prop_map(Text::new)
}

fn value(pattern: &'static str) -> impl Strategy<Value = Text> {
    pattern.prop_map(Text::from)
}

fn fields(pattern: &'static str) -> impl Strategy<Value = Fields> {
    vec((name(), value(pattern)), 0..3).prop_map(Fields)
}

fn cookie(pattern: &'static str) -> impl Strategy<Value = SetCookie> {
    let domain = select(vec!["a.example", "www.a.example", "example", "b.example"]);
    let path = select(vec!["/", "/deep", "/cb"]);
    let same_site = select(vec![
        SameSite::Strict,
        SameSite::Lax,
        SameSite::None,
        SameSite::Unset,
    ]);
    (
        (name(), value(pattern)),
        proptest::option::of(domain),
        proptest::option::of(path),
        proptest::option::of(0_u64..3_000),
        any::<(bool, bool)>(),
        same_site,
    )
        .prop_map(
            |((name, value), domain, path, age, (secure, http_only), same_site)| SetCookie {
                name,
                value,
                domain: domain.map(Text::new),
                path: path.map(Text::new),
                max_age: age.map(Span),
                secure,
                http_only,
                same_site,
            },
        )
}

fn form(pattern: &'static str) -> impl Strategy<Value = Form> {
    let field = (name(), value(pattern), any::<bool>()).prop_map(|(name, value, hidden)| Field {
        name,
        value,
        hidden,
    });
    let press = prop_oneof![4 => Just(Press::ByUser), 1 => Just(Press::OnLoad)];
    (
        url(),
        any::<bool>(),
        vec(field, 0..3),
        fields(pattern),
        press,
    )
        .prop_map(|(action, post, fields, buttons, press)| Form {
            action,
            post,
            fields,
            buttons,
            press,
        })
}

fn page(pattern: &'static str) -> impl Strategy<Value = Page> {
    let kind = select(vec![ResourceKind::Content, ResourceKind::Frame]);
    let resource = (url(), kind).prop_map(|(url, kind)| Resource { url, kind });
    let target = select(vec![
        "*",
        "/",
        "https://a.example",
        "https://b.example",
        "x",
    ]);
    let message = (target, fields(pattern)).prop_map(|(target, data)| PostMessage {
        target_origin: Text::new(target),
        data,
    });
    (
        value(pattern),
        vec(form(pattern), 0..3),
        vec(url(), 0..3),
        vec(resource, 0..3),
        vec(message, 0..2),
    )
        .prop_map(|(title, forms, links, resources, messages)| Page {
            title,
            text: Text::EMPTY,
            forms,
            links,
            resources,
            messages,
        })
}

fn header(pattern: &'static str) -> impl Strategy<Value = Header> {
    let policy = select(vec![
        ReferrerPolicy::NoReferrer,
        ReferrerPolicy::StrictOriginWhenCrossOrigin,
        ReferrerPolicy::NoReferrerWhenDowngrade,
        ReferrerPolicy::UnsafeUrl,
    ]);
    prop_oneof![
        3 => cookie(pattern).prop_map(Header::SetCookie),
        2 => (url(), fields(pattern), fields(pattern)).prop_map(|(uri, query, fragment)| {
            Header::Location(Location { uri, query, fragment })
        }),
        1 => policy.prop_map(Header::ReferrerPolicy),
        1 => Just(Header::FrameDeny),
    ]
}

fn response(pattern: &'static str) -> impl Strategy<Value = Response> {
    let status = select(STATUSES.to_vec());
    let body = prop_oneof![4 => page(pattern).prop_map(Body::Page), 1 => Just(Body::Empty)];
    (status, vec(header(pattern), 0..4), body).prop_map(|(status, headers, body)| {
        let empty = Response::new(Status(status), body);
        headers.into_iter().fold(empty, Response::with)
    })
}

fn command(pattern: &'static str) -> impl Strategy<Value = Command> {
    let button = proptest::option::of((name(), value(pattern)));
    prop_oneof![
        3 => (tab(), url()).prop_map(|(tab, url)| Command::Open { tab, url }),
        2 => (tab(), 0_u32..3).prop_map(|(tab, link)| Command::Follow { tab, link }),
        1 => (tab(), name(), value(pattern))
            .prop_map(|(tab, name, value)| Command::Fill { tab, name, value }),
        2 => (tab(), button).prop_map(|(tab, button)| Command::Press { tab, button }),
        1 => tab().prop_map(|tab| Command::Back { tab }),
        1 => tab().prop_map(|tab| Command::Reload { tab }),
        1 => tab().prop_map(|tab| Command::Close { tab }),
        2 => (tab(), tab(), url())
            .prop_map(|(opener, tab, url)| Command::OpenFromPage { opener, tab, url }),
    ]
}

fn steps(pattern: &'static str) -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        2 => command(pattern).prop_map(Step::Obey),
        4 => (any::<usize>(), response(pattern))
            .prop_map(|(place, response)| Step::Answer(place, response)),
        1 => any::<usize>().prop_map(Step::Fail),
    ];
    vec(step, 0..24)
}

/// Takes one step; `carry` is the network on the way back. The requests that were sent are returned.
fn take(browser: &mut Browser, step: Step, carry: impl Fn(Response) -> Response) -> Vec<Request> {
    let waiting = browser.sent.len();
    match step {
        Step::Obey(command) => browser.obey(command),
        Step::Answer(_, _) | Step::Fail(_) if waiting == 0 => return Vec::new(),
        Step::Answer(place, response) => {
            let (exchange, _) = browser.sent.remove(place % waiting);
            let response = carry(response);
            browser.input(Input::Response {
                exchange,
                response: response.into(),
            });
        }
        Step::Fail(place) => {
            let (exchange, _) = browser.sent.remove(place % waiting);
            let failure = Failure::Unreachable;
            browser.input(Input::Failed { exchange, failure });
        }
    }
    let sent = browser.sent.iter().skip(waiting.saturating_sub(1));
    sent.map(|(_, request)| request.clone()).collect()
}

fn octets(browser: &Browser) -> Vec<u8> {
    let mut out = Encoder::default();
    browser.agent.encode(&mut out);
    out.into_octets()
}

fn carried(response: Response) -> Response {
    read_response(&write_response(&response)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_that_servers_say_breaks_the_browser(steps in steps("\\PC{0,3}|[\\x00-\\x20;=]{0,3}")) {
        let mut browser = Browser::secure();
        for step in steps {
            take(&mut browser, step, |response| response);
            prop_assert!(browser.agent.tabs().count() <= TABS_MAX);
            prop_assert!(browser.agent.clone() == browser.agent);
        }
    }

}

proptest! {
    #[test]
    fn values_and_octets_lead_to_the_same_browser(steps in steps("[a-z]{0,3}")) {
        let mut by_value = Browser::new(UserAgentPolicy::secure());
        let mut by_octets = Browser::new(UserAgentPolicy::secure());
        for step in steps {
            let sent = take(&mut by_value, step.clone(), |response| response);
            take(&mut by_octets, step, carried);
            prop_assert_eq!(&by_value.events, &by_octets.events);
            prop_assert_eq!(&by_value.sent, &by_octets.sent);
            prop_assert_eq!(octets(&by_value), octets(&by_octets));
            for request in sent {
                let written = write_request(&request);
                let read = read_request(&request.url.origin.scheme, &written);
                prop_assert_eq!(read.as_ref(), Ok(&request));
            }
        }
    }
}
