//! HTTP/1.1 messages by example: what they look like, and what is refused where.

use grantlab_core::http::{
    Body, Encoded, Fields, Header, Location, Method, Origin, Page, Request, Response, Scheme,
    SetCookie, Status, Url,
};
use grantlab_core::limits::{BODY_OCTETS_MAX, HEADER_OCTETS_MAX, HEADERS_MAX, TARGET_OCTETS_MAX};
use grantlab_core::text::Text;
use grantlab_core::wire::http::{
    HttpError, HttpProblem, read_request, read_response, write_request, write_response,
};
use grantlab_core::wire::{basic, form};

fn token_request() -> Request {
    let url = Url::new(&Origin::https("server.example.com"), "/token");
    let fields = Fields::EMPTY
        .with("grant_type", "authorization_code")
        .with("code", "SplxlOBeZQQYbYS6WxSbIA")
        .with("redirect_uri", "https://client.example.com/cb");
    let mut request = Request::post(url, Body::Form(Encoded::Fields(fields)));
    request.headers.push(Header::Authorization(basic::write(
        "s6BhdRkqt3",
        "gX1fBat3bV",
    )));
    request
}

/// RFC 6749 §4.1.3, with the header fields in our order.
#[test]
fn an_access_token_request() {
    let octets = "POST /token HTTP/1.1\r\n\
        Host: server.example.com\r\n\
        Authorization: Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW\r\n\
        Content-Type: application/x-www-form-urlencoded\r\n\
        Content-Length: 113\r\n\
        \r\n\
        grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA\
        &redirect_uri=https%3A%2F%2Fclient.example.com%2Fcb";
    let written = String::from_utf8(write_request(&token_request())).unwrap();
    let octets = octets.replace(
        "Content-Length: 113",
        &format!(
            "Content-Length: {}",
            octets.len() - octets.find("grant_type").unwrap()
        ),
    );
    assert_eq!(written, octets);
    assert_eq!(
        read_request(&Scheme::Https, octets.as_bytes()),
        Ok(token_request())
    );
}

/// RFC 6749 §4.1.2.
#[test]
fn an_authorization_response() {
    let octets = "HTTP/1.1 302 Found\r\n\
        Location: https://client.example.com/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=xyz\r\n\
        Set-Cookie: sid=1; Path=/; Secure; HttpOnly\r\n\
        Content-Length: 0\r\n\
        \r\n";
    let cookie = SetCookie {
        name: "sid".into(),
        value: "1".into(),
        domain: None,
        path: Some("/".into()),
        max_age: None,
        secure: true,
        http_only: true,
        same_site: grantlab_core::http::SameSite::Unset,
    };
    let location = Location {
        query: Fields::EMPTY
            .with("code", "SplxlOBeZQQYbYS6WxSbIA")
            .with("state", "xyz"),
        ..Location::to("https://client.example.com/cb")
    };
    let response = Response::redirect(Status::FOUND, location).with(Header::SetCookie(cookie));
    assert_eq!(write_response(&response), octets.as_bytes());
    assert_eq!(read_response(octets.as_bytes()), Ok(response));
}

#[test]
fn other_spellings_of_a_request() {
    let read = |text: &str| read_request(&Scheme::Https, text.as_bytes()).unwrap();
    let request = read(
        "PUT /a?b?c HTTP/1.0\r\nhOST:\t A.Example:443 \r\nX-Y:\r\ncontent-LENGTH: 2\r\n\
         CONTENT-type: Application/JSON ; charset=utf-8\r\n\r\n{}",
    );
    assert_eq!(request.method, Method::Other("PUT".into()));
    assert_eq!(request.url.origin, Origin::https("a.example"));
    assert_eq!(request.url.query, Some(Encoded::Octets("b?c".into())));
    let other = Header::Other {
        name: "x-y".into(),
        value: Text::EMPTY,
    };
    assert_eq!(request.headers.0, [other]);
    assert_eq!(
        request.body,
        Body::Json(grantlab_core::json::Json::Object(vec![]))
    );

    let hosts = [
        ("a:8443", "a", Some(8443)),
        ("a:", "a", None),
        ("[2001:DB8::1]:443", "[2001:db8::1]", None),
        ("", "", None),
    ];
    for (field, host, port) in hosts {
        let origin = read(&format!("GET / HTTP/1.1\r\nHost: {field}\r\n\r\n"))
            .url
            .origin;
        assert_eq!((origin.host.as_str(), origin.port), (host, port), "{field}");
    }
}

#[test]
fn unreadable_values_of_known_fields_are_kept_as_others() {
    for (name, value) in [
        ("set-cookie", "nameless"),
        ("referrer-policy", "origin"),
        ("x-frame-options", "SAMEORIGIN"),
    ] {
        let octets = format!("HTTP/1.1 200\r\n{name}: {value}\r\n\r\n");
        let other = Header::Other {
            name: name.into(),
            value: value.into(),
        };
        assert_eq!(
            read_response(octets.as_bytes()),
            Ok(Response::new(Status::OK, Body::Empty).with(other))
        );
    }
}

#[test]
fn content_without_a_length_ends_with_the_response() {
    let response =
        read_response(b"HTTP/1.1 400 \r\nContent-Type: text/plain\r\n\r\nno\xff").unwrap();
    assert_eq!(
        response.body,
        Body::Octets {
            content_type: "text/plain".into(),
            octets: b"no\xff".to_vec()
        }
    );
}

#[test]
fn each_mistake_of_a_request_has_its_octet() {
    use HttpProblem as P;
    let table: [(&[u8], usize, HttpProblem); 35] = [
        (b"", 0, P::LineEnd),
        (b"GET / HTTP/1.1\nHost: a\n\n", 14, P::LineEnd),
        (b"GET / HTTP/1.1\rHost: a\r\n\r\n", 14, P::LineEnd),
        (b"GET / HTTP/1.1\r\nHost: a\r\n", 25, P::LineEnd),
        (b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 0, P::Method),
        (b"G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 0, P::Method),
        (b" / HTTP/1.1\r\nHost: a\r\n\r\n", 0, P::Method),
        (b"GET\r\n\r\n", 0, P::Method),
        (b"GET /\r\n\r\n", 5, P::Target),
        (b"GET a HTTP/1.1\r\nHost: a\r\n\r\n", 4, P::Target),
        (b"GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 4, P::Target),
        (b"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 6, P::Target),
        (b"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", 5, P::Target),
        (b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n", 5, P::Utf8),
        (b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 7, P::Version),
        (b"GET / HTTP/2\r\nHost: a\r\n\r\n", 6, P::Version),
        (b"GET / http/1.1\r\nHost: a\r\n\r\n", 6, P::Version),
        (b"GET / HTTP/1.1\r\n\r\n", 18, P::Host),
        (b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 22, P::Host),
        (b"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 22, P::Host),
        (b"GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 22, P::Host),
        (b"GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", 22, P::Host),
        (b"GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n", 22, P::Host),
        (b"GET / HTTP/1.1\r\nHost: [a\r\n\r\n", 22, P::Host),
        (b"GET / HTTP/1.1\r\nHost: [a]b\r\n\r\n", 22, P::Host),
        (b"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 22, P::Host),
        (
            b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
            25,
            P::RepeatedHeader,
        ),
        (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 20, P::HeaderName),
        (
            b"GET / HTTP/1.1\r\nHost: a\r\n b: c\r\n\r\n",
            25,
            P::HeaderName,
        ),
        (b"GET / HTTP/1.1\r\nHost\r\n\r\n", 20, P::HeaderName),
        (
            b"GET / HTTP/1.1\r\nHost: a\r\nA: b\nc\r\n\r\n",
            29,
            P::LineEnd,
        ),
        (
            b"GET / HTTP/1.1\r\nHost: a\r\nA: b\0\r\n\r\n",
            29,
            P::Control,
        ),
        (
            b"GET / HTTP/1.1\r\nHost: a\r\nA: b\x7f\r\n\r\n",
            29,
            P::Control,
        ),
        (b"GET / HTTP/1.1\r\nHost: a\r\nA: \xff\r\n\r\n", 28, P::Utf8),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\nx", 27, P::End),
    ];
    for (octets, position, problem) in table {
        let error = HttpError { position, problem };
        let shown = octets.escape_ascii();
        assert_eq!(read_request(&Scheme::Https, octets), Err(error), "{shown}");
    }
}

/// RFC 9112 §6.3, §11.2.
#[test]
fn the_border_between_two_messages_is_never_guessed() {
    use HttpProblem as P;
    let table: [(&str, usize, HttpProblem); 10] = [
        (
            "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            17,
            P::TransferEncoding,
        ),
        (
            "Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
            36,
            P::RepeatedHeader,
        ),
        (
            "Content-Length: 1\r\ncontent-length: 2\r\n\r\nab",
            36,
            P::RepeatedHeader,
        ),
        ("Content-Length: +1\r\n\r\na", 33, P::ContentLength),
        ("Content-Length: 1, 1\r\n\r\na", 33, P::ContentLength),
        ("Content-Length: 0x1\r\n\r\na", 33, P::ContentLength),
        ("Content-Length: \r\n\r\na", 33, P::ContentLength),
        ("Content-Length: 2\r\n\r\na", 39, P::BodyIncomplete),
        ("Content-Length: 1\r\n\r\nab", 39, P::End),
        (
            "Content-Length: 18446744073709551615\r\n\r\n",
            57,
            P::BodyTooLong,
        ),
    ];
    for (rest, position, problem) in table {
        let octets = format!("HTTP/1.1 200 OK\r\n{rest}");
        let error = HttpError { position, problem };
        assert_eq!(read_response(octets.as_bytes()), Err(error), "{rest:?}");
    }
    for status in ["", "20", "2000", "-20", "+20", "099", "abc"] {
        let octets = format!("HTTP/1.1 {status} x\r\n\r\n");
        let error = HttpError {
            position: 9,
            problem: P::Status,
        };
        assert_eq!(read_response(octets.as_bytes()), Err(error), "{status:?}");
    }
}

#[test]
fn every_bound_is_exact() {
    let request = |target: usize, headers: usize, value: usize| {
        let octets = format!(
            "GET /{} HTTP/1.1\r\nHost: a\r\n{}{}\r\n",
            "t".repeat(target - 1),
            "A: b\r\n".repeat(headers - 1), // with X, and without Host, which the target has
            format_args!("X:{}\r\n", "v".repeat(value)),
        );
        read_request(&Scheme::Https, octets.as_bytes())
            .map(|_| ())
            .map_err(|error| error.problem)
    };
    let (target, headers, value) = (TARGET_OCTETS_MAX, HEADERS_MAX, HEADER_OCTETS_MAX);
    assert_eq!(request(target, headers, value), Ok(()));
    assert_eq!(
        request(target + 1, headers, value),
        Err(HttpProblem::TargetTooLong)
    );
    assert_eq!(
        request(target, headers + 1, value),
        Err(HttpProblem::TooManyHeaders)
    );
    assert_eq!(
        request(target, headers, value + 1),
        Err(HttpProblem::HeaderTooLong)
    );

    let body = |length: usize| {
        let octets = vec![b'x'; length];
        read_response(&[b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), &octets].concat())
            .map(|_| ())
            .map_err(|error| error.problem)
    };
    assert_eq!(body(BODY_OCTETS_MAX), Ok(()));
    assert_eq!(body(BODY_OCTETS_MAX + 1), Err(HttpProblem::BodyTooLong));
}

#[test]
fn fields_that_follow_from_the_rest_are_written_once() {
    let mut request = token_request();
    let plain = write_request(&request);
    for name in [
        "Host",
        "content-length",
        "Transfer-Encoding",
        "CONTENT-TYPE",
        "",
        "a b",
        "a:",
    ] {
        request.headers.push(Header::Other {
            name: name.into(),
            value: "chunked".into(),
        });
    }
    assert_eq!(write_request(&request), plain);
}

#[test]
fn what_cannot_be_said_is_made_harmless() {
    let origin = Origin {
        scheme: Scheme::Https,
        host: "a b@c".into(),
        port: Some(1),
    };
    let query = Encoded::Octets("q=é#\r\n".into());
    let mut request = Request::get(Url::new(&origin, "x?y#z w").with_query(query));
    request.method = Method::Other("A\r\nB".into());
    let written = String::from_utf8(write_request(&request)).unwrap();
    assert_eq!(
        written,
        "- /x%3Fy%23z%20w?q=%C3%A9%23%0D%0A HTTP/1.1\r\n\
         Host: a%20b%40c:1\r\nContent-Length: 0\r\n\r\n"
    );
    for status in [0, 99, 1000, u16::MAX] {
        let response = Response::new(Status(status), Body::Empty);
        let read = read_response(&write_response(&response)).unwrap();
        assert_eq!(read.status, Status::INTERNAL_SERVER_ERROR);
    }
}

/// RFC 9110 §8.6: no length where no content can be.
#[test]
fn an_empty_body_says_its_length_where_it_may() {
    let said = |octets: Vec<u8>| {
        String::from_utf8(octets)
            .unwrap()
            .contains("Content-Length: 0")
    };
    let url = Url::new(&Origin::https("a"), "/");
    assert!(!said(write_request(&Request::get(url.clone()))));
    assert!(said(write_request(&Request::post(url, Body::Empty))));
    assert!(said(write_response(&Response::new(
        Status::OK,
        Body::Empty
    ))));
    assert!(!said(write_response(&Response::new(
        Status(204),
        Body::Empty
    ))));
}

#[test]
fn a_page_travels_as_html_and_a_foreign_page_as_octets() {
    let page = Page {
        title: "Sign in".into(),
        ..Page::default()
    };
    let response = Response::new(Status::OK, Body::Page(page));
    let octets = write_response(&response);
    assert_eq!(read_response(&octets), Ok(response));

    let text = String::from_utf8(octets).unwrap();
    let foreign = text.replace("Sign in", "Sign <i>");
    assert!(matches!(
        read_response(&foreign.into_bytes()).map(|response| response.body),
        Err(HttpError {
            problem: HttpProblem::End,
            ..
        })
    ));
    let foreign = text.replace("Sign in", "<i>in</");
    assert!(matches!(
        read_response(foreign.as_bytes()).map(|response| response.body),
        Ok(Body::Octets { .. })
    ));
}

#[test]
fn a_form_is_read_to_the_pairs_that_were_written() {
    let read = read_request(&Scheme::Https, &write_request(&token_request())).unwrap();
    let Body::Form(encoded) = read.body else {
        panic!("a form is read as a form");
    };
    let fields = form::pairs(&encoded).unwrap();
    assert_eq!(
        fields.first("redirect_uri").map(Text::as_str),
        Some("https://client.example.com/cb")
    );
}

/// People read these: each says where, no two say the same, and a bound is named by its number.
#[test]
fn an_error_says_where_and_what_was_expected() {
    use HttpProblem as P;
    let bounds = [
        (P::TargetTooLong, TARGET_OCTETS_MAX),
        (P::HeaderTooLong, HEADER_OCTETS_MAX),
        (P::TooManyHeaders, HEADERS_MAX),
        (P::BodyTooLong, BODY_OCTETS_MAX),
    ];
    let others = [
        P::Utf8,
        P::LineEnd,
        P::Method,
        P::Target,
        P::Version,
        P::Status,
        P::HeaderName,
        P::Control,
        P::RepeatedHeader,
        P::Host,
        P::ContentLength,
        P::TransferEncoding,
        P::BodyIncomplete,
        P::End,
    ];
    let said = |problem| {
        let error = HttpError {
            position: 7,
            problem,
        };
        let said = error.to_string();
        let expected = said.strip_prefix("octet 7: expected ").unwrap().to_owned();
        assert!(!expected.is_empty(), "{problem:?}");
        expected
    };
    let mut seen: Vec<String> = others.into_iter().map(said).collect();
    for (problem, bound) in bounds {
        let expected = said(problem);
        assert!(expected.contains(&bound.to_string()), "{expected}");
        seen.push(expected);
    }
    let all = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), all);
}
