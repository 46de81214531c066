//! The wire layer: whatever is read is written and read again to the same value.

use grantlab_core::http::{Location, Scheme};
use grantlab_core::text::Text;
use grantlab_core::wire::bearer::Challenge;
use grantlab_core::wire::http::{read_request, read_response, write_request, write_response};
use grantlab_core::wire::{self, basic as basic_credentials};

/// Form content is an error at an octet of the input, or fields that are read as they are written.
pub fn form(octets: &[u8]) {
    match wire::form::parse(octets) {
        Ok(fields) => {
            let mut written = String::new();
            wire::form::write(&fields, &mut written);
            assert_eq!(wire::form::parse(written.as_bytes()), Ok(fields));
        }
        Err(error) => assert!(error.position <= octets.len(), "{error}"),
    }
}

/// JSON is an error at an octet of the input, or a value that is read as it is written.
pub fn json(octets: &[u8]) {
    match wire::json::parse(octets) {
        Ok(json) => {
            let mut written = String::new();
            wire::json::write(&json, &mut written);
            assert_eq!(wire::json::parse(written.as_bytes()), Ok(json));
        }
        Err(error) => assert!(error.position <= octets.len(), "{error}"),
    }
}

/// Basic credentials are read as they are written, with and without the encoding of RFC 6749 §2.3.1.
pub fn basic(octets: &[u8]) {
    let Ok(field) = str::from_utf8(octets) else {
        return;
    };
    if let Ok(found) = basic_credentials::read(field) {
        let written =
            basic_credentials::write(found.client_id.as_str(), found.client_secret.as_str());
        assert_eq!(basic_credentials::read(written.as_str()), Ok(found));
    }
    if let Ok(found) = basic_credentials::read_raw(field) {
        let written =
            basic_credentials::write_raw(found.client_id.as_str(), found.client_secret.as_str());
        assert_eq!(basic_credentials::read_raw(written.as_str()), Ok(found));
    }
}

/// A bearer token is read as it is written, and holds nothing that could end a line.
pub fn bearer(octets: &[u8]) {
    let Ok(field) = str::from_utf8(octets) else {
        return;
    };
    if let Ok(token) = wire::bearer::read(field) {
        assert!(token.bytes().all(|octet| octet.is_ascii_graphic()));
        assert_eq!(
            wire::bearer::read(wire::bearer::write(token).as_str()),
            Ok(token)
        );
    }
}

/// A challenge is an error at an octet of the input, or is read as it is written.
pub fn challenge(octets: &[u8]) {
    let Ok(field) = str::from_utf8(octets) else {
        return;
    };
    match Challenge::read(field) {
        Ok(challenge) => {
            let written = challenge.write();
            let shape = |read: &Challenge| (read.scheme.clone(), read.parameters.len());
            let again = Challenge::read(written.as_str());
            assert_eq!(again.as_ref().map(shape), Ok(shape(&challenge)));
            assert_eq!(again.map(|again| again.write()), Ok(written));
        }
        Err(error) => assert!(error.position <= octets.len(), "{error}"),
    }
}

/// Cookies of both directions are read as they are written, and what is written holds no control character.
pub fn cookie(octets: &[u8]) {
    let Ok(field) = str::from_utf8(octets) else {
        return;
    };
    if let Some(cookie) = wire::cookie::read_set_cookie(field) {
        let written = wire::cookie::write_set_cookie(&cookie);
        assert!(!written.contains(['\r', '\n', '\0']));
        assert_eq!(wire::cookie::read_set_cookie(&written), Some(cookie));
    }
    // A control character ends a value, so that the first round may shorten it; from then on it stays.
    let written = wire::cookie::write_cookie(&wire::cookie::read_cookie(field));
    assert!(!written.contains(['\r', '\n', '\0']));
    let cookies = wire::cookie::read_cookie(&written);
    let again = wire::cookie::write_cookie(&cookies);
    assert_eq!(wire::cookie::read_cookie(&again), cookies);
}

/// A request is an error at an octet of the input, or is read as it is written.
pub fn http_request(octets: &[u8]) {
    match read_request(&Scheme::Https, octets) {
        Ok(request) => {
            let written = write_request(&request);
            assert_eq!(read_request(&Scheme::Https, &written), Ok(request));
        }
        Err(error) => assert!(error.position <= octets.len(), "{error}"),
    }
}

/// A response is an error at an octet of the input, or is read as it is written.
pub fn http_response(octets: &[u8]) {
    match read_response(octets) {
        Ok(response) => assert_eq!(read_response(&write_response(&response)), Ok(response)),
        Err(error) => assert!(error.position <= octets.len(), "{error}"),
    }
}

/// A page is ours only if we would write it so, octet for octet.
pub fn page(octets: &[u8]) {
    let Ok(html) = str::from_utf8(octets) else {
        return;
    };
    if let Some(page) = wire::page::read(html) {
        assert_eq!(wire::page::write(&page), html);
    }
}

/// A URL that a user-agent can read is read as it is written.
pub fn url(octets: &[u8]) {
    let Ok(text) = str::from_utf8(octets) else {
        return;
    };
    if let Ok(url) = wire::location::parse(text) {
        let written = wire::location::text(&url);
        assert_eq!(wire::location::parse(&written), Ok(url));
    }
}

/// Joining parameters to a URI changes none of its octets, and the parameters are found at the end of its query.
///
/// The input is the URI, a line feed, and the parameters as form content.
pub fn location(octets: &[u8]) {
    let Ok(text) = str::from_utf8(octets) else {
        return;
    };
    let (uri, parameters) = text.split_once('\n').unwrap_or((text, ""));
    let Ok(query) = wire::form::parse(parameters.as_bytes()) else {
        return;
    };
    let joined = wire::location::join(&Location {
        query: query.clone(),
        ..Location::to(Text::new(uri))
    });
    let (before, fragment) = uri.split_once('#').unwrap_or((uri, ""));
    assert!(joined.starts_with(before), "{joined}");
    assert!(joined.ends_with(fragment), "{joined}");

    let mut written = String::new();
    wire::form::write(&query, &mut written);
    let without_fragment = joined.split('#').next().unwrap_or_default();
    assert!(without_fragment.ends_with(&written), "{joined}");
}
