//! JSON text: what is written is read, and what is read keeps order, repeats and digits.

use grantlab_core::json::Json;
use grantlab_core::limits::{JSON_DEPTH_MAX, JSON_VALUES_MAX};
use grantlab_core::text::Text;
use grantlab_core::wire::json::{JsonError, JsonProblem, parse, write};
use proptest::prelude::*;

fn written(json: &Json) -> String {
    let mut out = String::new();
    write(json, &mut out);
    out
}

fn object(members: &[(&str, Json)]) -> Json {
    let members = members.iter();
    Json::Object(
        members
            .map(|(name, value)| (Text::new(name), value.clone()))
            .collect(),
    )
}

/// RFC 6749 §5.1, with a repeat and an odd number added.
#[test]
fn order_repeats_and_digits_are_kept() {
    let text = r#" { "access_token" : "2YotnFZFEjr1zCsicMWpAA", "expires_in":3600, "expires_in":3.60E+3,
        "nested": [ null, true, false, {}, [] , -0 ], "" : "" }
        "#;
    let expected = object(&[
        ("access_token", "2YotnFZFEjr1zCsicMWpAA".into()),
        ("expires_in", Json::Number("3600".into())),
        ("expires_in", Json::Number("3.60E+3".into())),
        (
            "nested",
            Json::Array(vec![
                Json::Null,
                Json::Bool(true),
                Json::Bool(false),
                object(&[]),
                Json::Array(vec![]),
                Json::Number("-0".into()),
            ]),
        ),
        ("", "".into()),
    ]);
    assert_eq!(parse(text.as_bytes()), Ok(expected.clone()));
    assert_eq!(
        written(&expected),
        "{\"access_token\":\"2YotnFZFEjr1zCsicMWpAA\",\"expires_in\":3600,\"expires_in\":3.60E+3,\
         \"nested\":[null,true,false,{},[],-0],\"\":\"\"}"
    );
}

#[test]
fn strings_are_unescaped() {
    let table = [
        (r#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
        (r#""\u0041\u00e9\u20AC""#, "Aé€"),
        (r#""\ud83d\ude00x""#, "😀x"),
        (r#""\uDBFF\uDFFF""#, "\u{10FFFF}"),
        ("\"\u{7f}\u{2028}é\"", "\u{7f}\u{2028}é"),
        (r#""a\u0000b""#, "a\u{0}b"),
    ];
    for (text, expected) in table {
        assert_eq!(parse(text.as_bytes()), Ok(expected.into()), "{text}");
    }
}

#[test]
fn each_mistake_has_its_octet() {
    let table: [(&[u8], usize, JsonProblem); 33] = [
        (b"", 0, JsonProblem::Value),
        (b" ", 1, JsonProblem::Value),
        (b"nul", 0, JsonProblem::Value),
        (b"True", 0, JsonProblem::Value),
        (b"NaN", 0, JsonProblem::Value),
        (b"'a'", 0, JsonProblem::Value),
        (b"// a\n1", 0, JsonProblem::Value),
        (b"\xef\xbb\xbf1", 0, JsonProblem::ByteOrderMark),
        (b"\"a\xff\"", 2, JsonProblem::Utf8),
        (b"[1", 2, JsonProblem::Comma),
        (b"[1 2]", 3, JsonProblem::Comma),
        (b"[1,]", 3, JsonProblem::Value),
        (b"[,1]", 1, JsonProblem::Value),
        (b"{\"a\":1,}", 7, JsonProblem::Name),
        (b"{a:1}", 1, JsonProblem::Name),
        (b"{\"a\" 1}", 5, JsonProblem::Colon),
        (b"{\"a\":}", 5, JsonProblem::Value),
        (b"{\"a\":1", 6, JsonProblem::Comma),
        (b"{} {}", 3, JsonProblem::End),
        (b"01", 1, JsonProblem::End),
        (b"-", 1, JsonProblem::Digit),
        (b"+1", 0, JsonProblem::Value),
        (b"1.", 2, JsonProblem::Digit),
        (b".5", 0, JsonProblem::Value),
        (b"1e+", 3, JsonProblem::Digit),
        (b"\"a", 2, JsonProblem::Quote),
        (b"\"a\nb\"", 2, JsonProblem::Control),
        (b"\"\\x\"", 1, JsonProblem::Escape),
        (b"\"\\u12g4\"", 1, JsonProblem::Escape),
        (b"\"\\u+123\"", 1, JsonProblem::Escape),
        (b"\"\\ud800\"", 1, JsonProblem::Surrogate),
        (b"\"\\ud800\\u0041\"", 1, JsonProblem::Surrogate),
        (b"\"\\udc00\\udc00\"", 1, JsonProblem::Surrogate),
    ];
    for (octets, position, problem) in table {
        let error = JsonError { position, problem };
        assert_eq!(parse(octets), Err(error), "{:?}", octets.escape_ascii());
    }
    let error = parse(b"[1,]").unwrap_err();
    assert_eq!(format!("{error}"), "octet 3: expected a value");
}

#[test]
fn every_bound_is_exact() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(parse(nested(JSON_DEPTH_MAX).as_bytes()).is_ok());
    for depth in [JSON_DEPTH_MAX + 1, 100_000] {
        assert_eq!(
            parse(nested(depth).as_bytes()),
            Err(JsonError {
                position: JSON_DEPTH_MAX,
                problem: JsonProblem::TooDeep
            })
        );
    }
    // The array itself is one of the values.
    let wide = |values: usize| format!("[0{}]", ",0".repeat(values - 1));
    assert!(parse(wide(JSON_VALUES_MAX - 1).as_bytes()).is_ok());
    assert_eq!(
        parse(wide(JSON_VALUES_MAX).as_bytes()),
        Err(JsonError {
            position: 2 * JSON_VALUES_MAX - 1,
            problem: JsonProblem::TooManyValues
        })
    );
}

#[test]
fn digits_that_are_no_number_become_a_string() {
    for digits in ["", "NaN", "1,\"a\":2", "01", "1 "] {
        let text = written(&Json::Number(digits.into()));
        assert_eq!(parse(text.as_bytes()), Ok(digits.into()));
    }
}

fn any_json() -> impl Strategy<Value = Json> {
    let number = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?",
    ];
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        number.prop_map(|digits| Json::Number(digits.into())),
        any::<String>().prop_map(|text| Json::String(text.into())),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        let member = ("[a-c\"\\\\\n]{0,2}".prop_map(Text::from), inner.clone());
        prop_oneof![
            proptest::collection::vec(inner, 0..6).prop_map(Json::Array),
            proptest::collection::vec(member, 0..6).prop_map(Json::Object),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(json in any_json()) {
        let text = written(&json);
        prop_assert_eq!(parse(text.as_bytes()), Ok(json));
    }

    #[test]
    fn serde_json_reads_what_is_written(json in any_json()) {
        let text = written(&json);
        // Numbers beyond an f64 are an error there and digits here.
        if let Err(error) = serde_json::from_str::<serde_json::Value>(&text) {
            prop_assert!(error.to_string().contains("number out of range"), "{error}: {text}");
        }
    }

    #[test]
    fn serde_json_agrees_on_what_json_is(text in "[\\[\\]{},:\"a0-9.eE+\\\\un \n-]{0,12}") {
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        match (parse(text.as_bytes()), theirs) {
            (Ok(_), Ok(_)) | (Err(_), Err(_)) => {}
            (ours, theirs) => {
                let range = theirs.as_ref().is_err_and(|error| {
                    error.to_string().contains("number out of range")
                });
                prop_assert!(range, "{text:?}: {ours:?} {theirs:?}");
            }
        }
    }

    #[test]
    fn any_octets_have_an_answer(octets in proptest::collection::vec(any::<u8>(), 0..60)) {
        if let Err(error) = parse(&octets) {
            prop_assert!(error.position <= octets.len());
        }
    }
}
