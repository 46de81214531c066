//! Fields and octets, both ways.

use super::*;
use alloc::format;
use proptest::prelude::*;

fn fields(pairs: &[(&str, &str)]) -> Fields {
    let pairs = pairs.iter();
    Fields(
        pairs
            .map(|(name, value)| (Text::new(name), Text::new(value)))
            .collect(),
    )
}

fn written(fields: &Fields) -> String {
    let mut out = String::new();
    write(fields, &mut out);
    out
}

#[test]
fn the_example_of_rfc_6749_appendix_b() {
    let value = fields(&[("v", " %&+£€")]);
    assert_eq!(written(&value), "v=+%25%26%2B%C2%A3%E2%82%AC");
    assert_eq!(parse(b"v=+%25%26%2B%C2%A3%E2%82%AC"), Ok(value));
}

#[test]
fn order_repeats_and_oddities_are_kept() {
    let table: [(&str, &[(&str, &str)]); 9] = [
        ("", &[]),
        ("&&", &[]),
        ("a", &[("a", "")]),
        ("=", &[("", "")]),
        ("=a", &[("", "a")]),
        ("a=b=c", &[("a", "b=c")]),
        ("b=1&a=2&b=1", &[("b", "1"), ("a", "2"), ("b", "1")]),
        ("%61=%62&c+d=%e2%82%AC", &[("a", "b"), ("c d", "€")]),
        ("a=%00;b=é", &[("a", "\u{0};b=é")]),
    ];
    for (octets, expected) in table {
        assert_eq!(parse(octets.as_bytes()), Ok(fields(expected)), "{octets:?}");
    }
}

#[test]
fn each_mistake_has_its_octet() {
    let table: [(&[u8], usize, FormProblem); 8] = [
        (b"a=%", 2, FormProblem::PercentEncoding),
        (b"a=b&c=x%4", 7, FormProblem::PercentEncoding),
        (b"a=b&%zz=", 4, FormProblem::PercentEncoding),
        (b"a=%+1", 2, FormProblem::PercentEncoding),
        (b"a=\xff", 2, FormProblem::Utf8),
        (b"&a=%41+%C3(", 7, FormProblem::Utf8),
        (b"a=%ED%A0%80", 2, FormProblem::Utf8),
        (b"%41%ff=x", 3, FormProblem::Utf8),
    ];
    for (octets, position, problem) in table {
        let error = FormError { position, problem };
        assert_eq!(parse(octets), Err(error), "{octets:?}");
    }
    let error = parse(b"a=%4").unwrap_err();
    assert_eq!(
        format!("{error}"),
        "octet 2: expected two hexadecimal digits after %"
    );
}

#[test]
fn every_bound_is_exact() {
    let repeated = |count: usize| "a&".repeat(count);
    assert!(parse(repeated(PARAMETERS_MAX).as_bytes()).is_ok());
    assert_eq!(
        parse(repeated(PARAMETERS_MAX + 1).as_bytes()),
        Err(FormError {
            position: 2 * PARAMETERS_MAX,
            problem: FormProblem::TooManyParameters
        })
    );
    let long = |name: usize, value: usize| {
        parse(format!("{}={}", "n".repeat(name), "%41".repeat(value)).as_bytes())
    };
    assert!(long(PARAMETER_NAME_OCTETS_MAX, PARAMETER_VALUE_OCTETS_MAX).is_ok());
    assert_eq!(
        long(PARAMETER_NAME_OCTETS_MAX + 1, 0),
        Err(FormError {
            position: 0,
            problem: FormProblem::NameTooLong
        })
    );
    assert_eq!(
        long(1, PARAMETER_VALUE_OCTETS_MAX + 1),
        Err(FormError {
            position: 2,
            problem: FormProblem::ValueTooLong
        })
    );
}

#[test]
fn equal_means_the_same_octets() {
    let pairs = Encoded::Fields(fields(&[("a", "b c")]));
    let same = Encoded::Octets("a=b+c".into());
    let other = Encoded::Octets("a=b%20c".into());
    assert_eq!(pairs, same);
    assert_ne!(pairs, other);
    assert_eq!(super::pairs(&other), super::pairs(&pairs));
    let canonical = |encoded: &Encoded| {
        let mut encoder = Encoder::default();
        Canonical::encode(encoded, &mut encoder);
        encoder.into_octets()
    };
    assert_eq!(canonical(&pairs), canonical(&same));
    assert_ne!(canonical(&pairs), canonical(&other));
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        pairs in proptest::collection::vec((".{0,30}", any::<String>()), 0..6)
    ) {
        let pairs = pairs.iter().map(|(name, value)| (Text::new(name), Text::new(value)));
        let fields = Fields(pairs.collect());
        let text = written(&fields);
        prop_assert!(text.is_ascii());
        prop_assert_eq!(parse(text.as_bytes()), Ok(fields));
    }

    #[test]
    fn the_url_crate_writes_and_reads_the_same(
        pairs in proptest::collection::vec((any::<String>(), any::<String>()), 0..6)
    ) {
        let pairs = pairs.iter().map(|(name, value)| (Text::new(name), Text::new(value)));
        let fields = Fields(pairs.collect());
        let theirs = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields.0.iter().map(|(name, value)| (name.as_str(), value.as_str())))
            .finish();
        prop_assert_eq!(written(&fields), theirs);
    }

    #[test]
    fn any_octets_have_an_answer(octets in proptest::collection::vec(any::<u8>(), 0..60)) {
        match parse(&octets) {
            Ok(fields) => prop_assert_eq!(parse(written(&fields).as_bytes()), Ok(fields)),
            Err(error) => prop_assert!(error.position < octets.len()),
        }
    }

    #[test]
    fn what_is_read_is_what_the_url_crate_reads(octets in "[a-c=&+%0-9A-F]{0,30}") {
        if let Ok(fields) = parse(octets.as_bytes()) {
            let theirs = url::form_urlencoded::parse(octets.as_bytes())
                .map(|(name, value)| (Text::new(&name), Text::new(&value)))
                .collect();
            prop_assert_eq!(fields, Fields(theirs));
        }
    }
}
