//! Pages and HTTP messages: what one party writes, the other reads to the same value.

use grantlab_core::http::{
    Body, Encoded, Field, Fields, Form, Header, Headers, Location, Method, Origin, Page,
    PostMessage, Press, ReferrerPolicy, Request, Resource, ResourceKind, Response, SameSite,
    Scheme, SetCookie, Status, Url,
};
use grantlab_core::json::Json;
use grantlab_core::text::Text;
use grantlab_core::time::Span;
use grantlab_core::wire::http::{read_request, read_response, write_request, write_response};
use grantlab_core::wire::page;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

proptest! {
    #[test]
    fn a_page_is_read_as_it_was_written(page in any_page()) {
        prop_assert_eq!(page::read(&page::write(&page)), Some(page));
    }

    #[test]
    fn a_changed_page_is_ours_only_if_we_would_write_it(
        page in any_page(),
        place in any::<prop::sample::Index>(),
        change in prop_oneof!["", "[<>&\"; /a]", "&#0?[0-9]{1,2};", "&[a-z]{2,4};"],
        drop in 0..2_usize,
    ) {
        let mut characters: Vec<char> = page::write(&page).chars().collect();
        let place = place.index(characters.len());
        characters.splice(place..place + drop, change.chars());
        let changed: String = characters.into_iter().collect();
        if let Some(read) = page::read(&changed) {
            prop_assert_eq!(page::write(&read), changed);
        }
    }

    #[test]
    fn no_text_of_a_page_adds_an_element(value in text()) {
        let written = page::write(&page_of(&value));
        let harmless = page::write(&page_of(&Text::new("x")));
        prop_assert_eq!(written.matches('<').count(), harmless.matches('<').count());
    }

    #[test]
    fn a_request_is_read_as_it_was_written(request in request()) {
        let octets = write_request(&request);
        prop_assert_eq!(read_request(&request.url.origin.scheme, &octets), Ok(request));
    }

    #[test]
    fn a_response_is_read_as_it_was_written(response in response()) {
        prop_assert_eq!(read_response(&write_response(&response)), Ok(response));
    }

    #[test]
    fn any_octets_have_an_answer(octets in vec(any::<u8>(), 0..200)) {
        let _ = read_request(&Scheme::Https, &octets);
        let _ = read_response(&octets);
    }

    #[test]
    fn a_broken_message_has_an_answer_that_stays(
        request in request(),
        place in any::<prop::sample::Index>(),
        octet in any::<u8>(),
    ) {
        let mut octets = write_request(&request);
        let place = place.index(octets.len());
        octets[place] = octet;
        match read_request(&Scheme::Https, &octets) {
            Ok(read) => {
                let again = read_request(&Scheme::Https, &write_request(&read));
                prop_assert_eq!(again, Ok(read));
            }
            Err(error) => prop_assert!(error.position <= octets.len(), "{error}"),
        }
    }

    #[test]
    fn no_value_adds_a_line(value in any::<String>()) {
        let value = Text::from(value + "\r\nX: y\n\rz");
        let mut response = Response::redirect(Status::FOUND, Location::to(value.clone()))
            .with(Header::Authorization(value.clone()))
            .with(Header::Other { name: value.clone(), value: value.clone() })
            .with(Header::Cookie(Fields::EMPTY.with("a", value.clone())));
        response.body = Body::Octets { content_type: value.clone(), octets: vec![] };
        let octets = write_response(&response);
        // Status line, three fields, Content-Type, Content-Length, the empty line.
        prop_assert_eq!(octets.iter().filter(|octet| **octet == b'\n').count(), 7);
        prop_assert_eq!(octets.iter().filter(|octet| **octet == b'\r').count(), 7);

        let origin = Origin { scheme: Scheme::Https, host: value.clone(), port: None };
        let request = Request {
            method: Method::Other(value.clone()),
            ..Request::get(Url::new(&origin, value.as_str()).with_query(Encoded::Octets(value)))
        };
        let octets = write_request(&request);
        // Request line, Host, Content-Length, the empty line.
        prop_assert_eq!(octets.iter().filter(|octet| **octet == b'\n').count(), 4);
        prop_assert_eq!(octets.iter().filter(|octet| **octet == b' ').count(), 4);
    }
}

/// A page with `value` wherever a text can stand.
fn page_of(value: &Text) -> Page {
    Page {
        title: value.clone(),
        text: value.clone(),
        forms: vec![Form {
            action: value.clone(),
            post: true,
            fields: [true, false]
                .map(|hidden| Field {
                    name: value.clone(),
                    value: value.clone(),
                    hidden,
                })
                .to_vec(),
            buttons: Fields(vec![(value.clone(), value.clone())]),
            press: Press::ByUser,
        }],
        links: vec![value.clone()],
        resources: [ResourceKind::Content, ResourceKind::Frame]
            .map(|kind| Resource {
                url: value.clone(),
                kind,
            })
            .to_vec(),
        messages: vec![PostMessage {
            target_origin: value.clone(),
            data: Fields(vec![(value.clone(), value.clone())]),
        }],
    }
}

fn text() -> impl Strategy<Value = Text> {
    prop_oneof![
        "[a-z]{0,8}",
        "[ -~]{0,60}",
        any::<String>(),
        "[&<>\"';#x0-9\n\r\t\u{0}]{0,12}",
        Just("</script><script>&lt;&#0;".to_owned()),
    ]
    .prop_map(Text::from)
}

fn fields() -> impl Strategy<Value = Fields> {
    vec((text(), text()), 0..4).prop_map(Fields)
}

fn field() -> impl Strategy<Value = Field> {
    let name = prop_oneof![text(), Just(Text::new("password"))];
    (name, text(), any::<bool>()).prop_map(|(name, value, hidden)| Field {
        name,
        value,
        hidden,
    })
}

fn form() -> impl Strategy<Value = Form> {
    let press = prop_oneof![Just(Press::ByUser), Just(Press::OnLoad)];
    (text(), any::<bool>(), vec(field(), 0..4), fields(), press).prop_map(
        |(action, post, fields, buttons, press)| Form {
            action,
            post,
            fields,
            buttons,
            press,
        },
    )
}

fn resource() -> impl Strategy<Value = Resource> {
    let kind = prop_oneof![Just(ResourceKind::Content), Just(ResourceKind::Frame)];
    (text(), kind).prop_map(|(url, kind)| Resource { url, kind })
}

fn message() -> impl Strategy<Value = PostMessage> {
    (text(), fields()).prop_map(|(target_origin, data)| PostMessage {
        target_origin,
        data,
    })
}

fn any_page() -> impl Strategy<Value = Page> {
    (
        text(),
        text(),
        vec(form(), 0..3),
        vec(text(), 0..3),
        vec(resource(), 0..3),
        vec(message(), 0..3),
    )
        .prop_map(|(title, text, forms, links, resources, messages)| Page {
            title,
            text,
            forms,
            links,
            resources,
            messages,
        })
}

/// A value without spaces at its ends and without control characters.
fn header_text() -> impl Strategy<Value = Text> {
    option::of("[!-~é]([ -~é]{0,60}[!-~é])?").prop_map(|text| text.unwrap_or_default().into())
}

fn set_cookie() -> impl Strategy<Value = SetCookie> {
    ("[a-zA-Z_-]{1,12}", "[a-zA-Z0-9=]{0,50}", any::<bool>()).prop_map(|(name, value, flag)| {
        SetCookie {
            name: name.into(),
            value: value.into(),
            domain: flag.then(|| "example.com".into()),
            path: Some("/".into()),
            max_age: flag.then_some(Span(5_000)),
            secure: flag,
            http_only: !flag,
            same_site: if flag { SameSite::Lax } else { SameSite::Unset },
        }
    })
}

fn cookies() -> impl Strategy<Value = Fields> {
    vec(("[a-z]{1,5}", "[a-zA-Z0-9=]{0,20}"), 0..3).prop_map(|pairs| {
        let pairs = pairs.into_iter();
        Fields(
            pairs
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    })
}

fn location() -> impl Strategy<Value = Location> {
    let uri = "https://[a-z.]{1,10}/[a-z?=&]{0,10}(#[a-z]{0,3})?";
    (uri, fields(), fields()).prop_map(|(uri, query, fragment)| Location {
        uri: uri.into(),
        query,
        fragment,
    })
}

fn header() -> impl Strategy<Value = Header> {
    prop_oneof![
        header_text().prop_map(Header::Authorization),
        cookies().prop_map(Header::Cookie),
        header_text().prop_map(Header::Origin),
        header_text().prop_map(Header::Referer),
        header_text().prop_map(Header::Accept),
        location().prop_map(Header::Location),
        set_cookie().prop_map(Header::SetCookie),
        header_text().prop_map(Header::CacheControl),
        header_text().prop_map(Header::Pragma),
        header_text().prop_map(Header::WwwAuthenticate),
        Just(Header::ReferrerPolicy(ReferrerPolicy::NoReferrer)),
        Just(Header::ReferrerPolicy(ReferrerPolicy::UnsafeUrl)),
        Just(Header::FrameDeny),
        header_text().prop_map(Header::Allow),
        ("x-[a-z0-9!_]{1,20}", header_text()).prop_map(|(name, value)| Header::Other {
            name: name.into(),
            value
        }),
    ]
}

fn headers() -> impl Strategy<Value = Headers> {
    vec(header(), 0..6).prop_map(Headers)
}

fn json() -> impl Strategy<Value = Json> {
    vec((text(), text()), 0..4).prop_map(|members| {
        let members = members.into_iter();
        Json::Object(
            members
                .map(|(name, value)| (name, Json::String(value)))
                .collect(),
        )
    })
}

fn body() -> impl Strategy<Value = Body> {
    let octets = |content_type: &'static str| {
        vec(any::<u8>(), 1..50).prop_map(move |octets| Body::Octets {
            content_type: content_type.into(),
            octets,
        })
    };
    prop_oneof![
        Just(Body::Empty),
        fields().prop_map(|fields| Body::Form(Encoded::Fields(fields))),
        text().prop_map(|octets| Body::Form(Encoded::Octets(octets))),
        json().prop_map(Body::Json),
        any_page().prop_map(Body::Page),
        octets(""),
        octets("image/png"),
        Just(Body::Octets {
            content_type: "application/json; charset=utf-8".into(),
            octets: b"{".to_vec()
        }),
        Just(Body::Octets {
            content_type: "text/html".into(),
            octets: b"<p>foreign".to_vec()
        }),
        Just(Body::Octets {
            content_type: "application/x-www-form-urlencoded".into(),
            octets: b"a=\xff".to_vec()
        }),
    ]
}

fn origin() -> impl Strategy<Value = Origin> {
    let scheme = prop_oneof![Just(Scheme::Http), Just(Scheme::Https)];
    let host = prop_oneof![
        "[a-z]{1,8}(\\.[a-z]{2,8}){0,3}",
        Just("127.0.0.1".to_owned()),
        Just("[::1]".to_owned())
    ];
    (scheme, host, option::of(1_u16..)).prop_map(|(scheme, host, port)| Origin {
        port: port.filter(|port| Some(*port) != scheme.default_port()),
        scheme,
        host: host.into(),
    })
}

fn request() -> impl Strategy<Value = Request> {
    let method = prop_oneof![
        Just(Method::Get),
        Just(Method::Post),
        "[A-Z]{1,8}".prop_filter_map("the two known methods have their own name", |word| {
            (word != "GET" && word != "POST").then(|| Method::Other(word.into()))
        }),
    ];
    let query = prop_oneof![
        fields().prop_map(Encoded::Fields),
        "[!-\"$-~]{0,60}".prop_map(|octets| Encoded::Octets(octets.into())),
    ];
    let path = "/[!-\"$->@-~]{0,60}";
    (method, origin(), path, option::of(query), headers(), body()).prop_map(
        |(method, origin, path, query, headers, body)| Request {
            method,
            url: Url {
                origin,
                path: path.into(),
                query,
                fragment: None,
            },
            headers,
            body,
        },
    )
}

fn response() -> impl Strategy<Value = Response> {
    (100_u16..=999, headers(), body()).prop_map(|(status, headers, body)| Response {
        status: Status(status),
        headers,
        body,
    })
}
