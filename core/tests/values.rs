//! What values are to those who print them, hash them and take them apart.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};

use grantlab_core::canonical::{Canonical, Encoder};
use grantlab_core::entropy::Fresh;
use grantlab_core::http::{Body, Fields, Header, Response, Status};
use grantlab_core::json::Json;
use grantlab_core::message::store::StoreReply;
use grantlab_core::refusal::Rule;
use grantlab_core::text::Text;
use grantlab_core::value::{
    CodeChallenge, CodeVerifier, Confirmation, Issuer, RedirectionUri, Scope, SecretDigest,
    Thumbprint,
};
use grantlab_core::wire::http::write_response;

/// RFC 7636 Appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// What is public is shown whole, and of a digest only as much as tells two apart.
#[test]
fn values_say_what_they_are() {
    let thumbprint = Thumbprint::of(b"x");
    let shown = [
        format!("{:?}", Issuer::new("https://as.example").unwrap()),
        format!("{:?}", RedirectionUri::new("https://c/cb").unwrap()),
        format!("{:?}", Scope::new("read write").unwrap()),
        format!("{thumbprint:?}"),
    ];
    let expected = [
        "Issuer(https://as.example)".to_owned(),
        "RedirectionUri(https://c/cb)".to_owned(),
        "Scope(read write)".to_owned(),
        format!("Thumbprint({})", thumbprint.as_str()),
    ];
    assert_eq!(shown, expected);

    let [one, other] = ["one", "other"].map(|text| format!("{:?}", SecretDigest::of(text)));
    assert_ne!(one, other);
    assert!(
        one.starts_with("SecretDigest(") && one.ends_with("…)"),
        "{one}"
    );
    assert!(one.chars().count() < 30, "{one}");
}

#[test]
fn values_can_be_taken_apart() {
    let verifier = CodeVerifier::new(VERIFIER).unwrap();
    let challenge = CodeChallenge::new(VERIFIER).unwrap();
    let issuer = Issuer::new("https://as.example").unwrap();
    assert_eq!(Text::from(verifier), VERIFIER);
    assert_eq!(Text::from(challenge), VERIFIER);
    assert_eq!(Text::from(issuer), "https://as.example");
    assert_eq!(Text::from(&VERIFIER.to_owned()), VERIFIER);
}

/// A hasher that keeps what it is given.
#[derive(Default)]
struct Given(Vec<u8>);

impl Hasher for Given {
    fn write(&mut self, octets: &[u8]) {
        self.0.extend_from_slice(octets);
    }

    fn finish(&self) -> u64 {
        0
    }
}

fn hashed(value: &(impl Hash + ?Sized)) -> Vec<u8> {
    let mut given = Given::default();
    value.hash(&mut given);
    given.0
}

/// A map with texts for keys is asked with a `str`: both must be the same to it.
#[test]
fn a_text_is_hashed_and_compared_like_its_str() {
    for text in ["", "short", VERIFIER] {
        let owned = Text::new(text);
        let borrowed: &str = owned.borrow();
        assert_eq!(borrowed, text);
        assert_eq!(hashed(&owned), hashed(text));
    }
    assert_ne!(hashed(&Text::new("a")), hashed(&Text::new("b")));
}

/// A token that is bound to a key is another than one that is bound to a certificate.
#[test]
fn what_a_token_is_bound_to_is_in_its_octets() {
    let octets = |confirmation: Confirmation| {
        let mut encoder = Encoder::default();
        confirmation.encode(&mut encoder);
        encoder.into_octets()
    };
    let key = octets(Confirmation::Key(Thumbprint::of(b"x")));
    assert_ne!(key, octets(Confirmation::Key(Thumbprint::of(b"y"))));
    assert_ne!(key, octets(Confirmation::Certificate(Thumbprint::of(b"x"))));
}

/// RFC 9110 §15: the words beside the numbers, for people who read a trace.
#[test]
fn every_status_that_is_sent_has_its_words() {
    let line = |status: u16| {
        let octets = write_response(&Response::new(Status(status), Body::Empty));
        let text = String::from_utf8(octets).unwrap();
        text.split_once("\r\n").unwrap().0.to_owned()
    };
    for (status, words) in [
        (200, "OK"),
        (201, "Created"),
        (204, "No Content"),
        (301, "Moved Permanently"),
        (302, "Found"),
        (303, "See Other"),
        (307, "Temporary Redirect"),
        (308, "Permanent Redirect"),
        (400, "Bad Request"),
        (401, "Unauthorized"),
        (403, "Forbidden"),
        (404, "Not Found"),
        (405, "Method Not Allowed"),
        (413, "Content Too Large"),
        (500, "Internal Server Error"),
        (502, "Bad Gateway"),
        (503, "Service Unavailable"),
    ] {
        assert_eq!(line(status), format!("HTTP/1.1 {status} {words}"));
    }
    assert_eq!(line(599).trim_end(), "HTTP/1.1 599");
}

fn octets(value: &(impl Canonical + ?Sized)) -> Vec<u8> {
    let mut encoder = Encoder::default();
    value.encode(&mut encoder);
    encoder.into_octets()
}

/// Two values have the same octets only if they are the same.
fn all_differ<T: Canonical>(values: &[T]) {
    let mut all: Vec<Vec<u8>> = values.iter().map(octets).collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), values.len());
}

#[test]
fn different_values_have_different_octets() {
    all_differ(&[
        Json::Null,
        Json::Bool(false),
        Json::Bool(true),
        Json::from("a"),
        Json::from("b"),
        Json::Array(vec![]),
        Json::Array(vec![Json::Null]),
        Json::Object(vec![]),
        Json::Object(vec![(Text::new("a"), Json::Null)]),
        Json::Object(vec![(Text::new("b"), Json::Null)]),
    ]);
    all_differ(&[
        Header::Authorization("a".into()),
        Header::Authorization("b".into()),
        Header::Origin("a".into()),
        Header::Cookie(Fields::EMPTY),
        Header::Cookie(Fields::EMPTY.with("a", "b")),
    ]);
    all_differ(&[Rule::ClientKnown, Rule::MethodAllowed]);
    all_differ(&[StoreReply::Done, StoreReply::Full, StoreReply::Unknown]);
    assert_ne!(octets("a"), octets("b"));
}

/// Things of which nobody can tell the order have one order, and none of them is lost.
#[test]
fn what_is_sorted_is_all_there() {
    let sorted = |things: &[Text]| {
        let mut encoder = Encoder::default();
        encoder.sorted(things, |one, other| one.as_str().cmp(other.as_str()));
        encoder.into_octets()
    };
    let [a, b] = ["a", "b"].map(Text::new);
    assert_eq!(
        sorted(&[b.clone(), a.clone()]),
        octets(&vec![a.clone(), b.clone()])
    );
    assert_ne!(sorted(&[a.clone(), a.clone()]), sorted(&[a, b]));
}

/// The names that a choice of fresh values is known by in a trace.
#[test]
fn every_kind_of_fresh_value_has_its_name() {
    let mut names: Vec<&str> = Fresh::ALL.iter().map(|kind| kind.name()).collect();
    assert!(names.contains(&"code"), "{names:?}");
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}
