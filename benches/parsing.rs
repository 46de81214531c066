//! Reading octets: every parser of the wire and of messages, on honest inputs and on such as are made to be slow, beside
//! the crates that others use where one does the same. Throughput is in octets of input.
//!
//! Every parser is handed the same text, and what it makes of it is thrown away. Hostile inputs are as long as a
//! parser reads at all: most are refused, and what is measured is how long that takes.

#![expect(clippy::expect_used, reason = "the inputs are known")]

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use grantlab_core::http::{Fields, Form, Page, Press, Scheme};
use grantlab_core::message::{
    AccessTokenRequest, AccessTokenResponse, AuthorizationRequest, AuthorizationResponse, IdToken,
    IntrospectionRequest, IntrospectionResponse, Repeats, ResourceRequest, RevocationRequest,
    SignedIdToken, SigningKey, TokenError, jwks, read_jwks,
};
use grantlab_core::text::Text;
use grantlab_core::time::Timestamp;
use grantlab_core::value::{ClientId, Issuer, Subject};
use grantlab_core::wire;
use serde::Deserialize;

/// The authorization request of RFC 6749 §4.1.1, with a challenge.
const AUTHORIZATION_REQUEST: &str = "response_type=code&client_id=s6BhdRkqt3&state=xyz\
    &redirect_uri=https%3A%2F%2Fclient%2Eexample%2Ecom%2Fcb&scope=read+write\
    &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

/// The authorization response of RFC 6749 §4.1.2, with an issuer.
const AUTHORIZATION_RESPONSE: &str =
    "code=SplxlOBeZQQYbYS6WxSbIA&state=xyz&iss=https%3A%2F%2Fserver.example.com";

/// The token request of RFC 6749 §4.1.3, with a verifier.
const TOKEN_REQUEST: &str = "grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA\
    &redirect_uri=https%3A%2F%2Fclient%2Eexample%2Ecom%2Fcb&client_id=s6BhdRkqt3\
    &code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// A request about a token (RFC 7009 §2.1, RFC 7662 §2.1).
const TOKEN_QUESTION: &str = "token=45ghiukldjahdnhzdauz&token_type_hint=refresh_token&client_id=s6BhdRkqt3&client_secret=7Fjfp0ZBr1KtDRbnfVdmIw";

/// The token response of RFC 6749 §5.1.
const TOKEN_RESPONSE: &str = r#"{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"example","expires_in":3600,"refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA","example_parameter":"example_value"}"#;

/// The error response of RFC 6749 §5.2.
const ERROR_RESPONSE: &str = r#"{"error":"invalid_request","error_description":"no code"}"#;

/// The introspection response of RFC 7662 §2.2.
const INTROSPECTION_RESPONSE: &str = r#"{"active":true,"client_id":"l238j323ds-23ij4","username":"jdoe","scope":"read write dolphin","sub":"Z5O3upPC88QrAjx00dis","aud":"https://protected.example.net/resource","iss":"https://server.example.com/","exp":1419356238,"iat":1419350238,"extension_field":"twenty-seven"}"#;

/// The credentials of RFC 6749 §2.3.1.
const BASIC: &str = "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3";

/// A challenge of RFC 6750 §3.1.
const CHALLENGE: &str = r#"Bearer realm="example", error="invalid_token", error_description="The access token expired""#;

/// The authorization request as octets on a connection.
const HTTP_REQUEST: &str = "GET /authorize?response_type=code&client_id=s6BhdRkqt3&state=xyz\
    &redirect_uri=https%3A%2F%2Fclient%2Eexample%2Ecom%2Fcb HTTP/1.1\r\nHost: server.example.com\r\n\
    Cookie: session=0123456789abcdef\r\n\r\n";

/// The token response likewise.
fn http_response() -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n\
         Content-Length: {}\r\n\r\n{TOKEN_RESPONSE}",
        TOKEN_RESPONSE.len()
    )
}

/// What is read: by its name, and how much of it there is.
type Input<'a> = (&'a str, &'a str);

/// Who reads: by his name, and how.
type Reader<'a> = (&'a str, &'a dyn Fn(&str));

/// Every reader reads every input.
fn side_by_side(
    group: &mut BenchmarkGroup<'_, WallTime>,
    inputs: &[Input<'_>],
    readers: &[Reader<'_>],
) {
    for (name, input) in inputs {
        group.throughput(Throughput::Bytes(input.len() as u64));
        for (reader, read) in readers {
            group.bench_function(format!("{name}/{reader}"), |bencher| {
                bencher.iter(|| read(black_box(input)));
            });
        }
    }
}

/// Throws away what was read.
fn done<T>(read: T) {
    drop(black_box(read));
}

fn fields(form: &str) -> Option<Fields> {
    wire::form::parse(form.as_bytes()).ok()
}

fn form(criterion: &mut Criterion) {
    let escaped = format!("state={}", "%41".repeat(2_700));
    let broken = format!("state={}%4", "%zz".repeat(2_700));
    let many = "a=b&".repeat(4_000);
    let same = "state=xyz&".repeat(64);
    let inputs = [
        ("honest", TOKEN_REQUEST),
        ("all escaped", &escaped),
        ("broken escapes", &broken),
        ("many parameters", &many),
        ("one parameter again and again", &same),
    ];
    side_by_side(
        &mut criterion.benchmark_group("form"),
        &inputs,
        &[
            ("grantlab", &|input| {
                done(wire::form::parse(input.as_bytes()))
            }),
            ("form_urlencoded", &|input| {
                done(
                    url::form_urlencoded::parse(input.as_bytes())
                        .into_owned()
                        .collect::<Vec<_>>(),
                );
            }),
            ("serde_urlencoded", &|input| {
                done(serde_urlencoded::from_str::<Vec<(String, String)>>(input));
            }),
        ],
    );
}

fn json(criterion: &mut Criterion) {
    let nested = format!("[{}]", vec!["[[1]]"; 300].join(","));
    let deep = "[".repeat(100_000);
    let escaped = format!("\"{}\"", "\\u0041".repeat(2_000));
    let same = format!("{{{}}}", vec![r#""a":1"#; 1_000].join(","));
    let digits = format!("[{}]", "1".repeat(10_000));
    let inputs = [
        ("honest", TOKEN_RESPONSE),
        ("nested", &nested),
        ("deep", &deep),
        ("all escaped", &escaped),
        ("one member again and again", &same),
        ("long number", &digits),
    ];
    side_by_side(
        &mut criterion.benchmark_group("json"),
        &inputs,
        &[
            ("grantlab", &|input| {
                done(wire::json::parse(input.as_bytes()))
            }),
            ("serde_json", &|input| {
                done(serde_json::from_str::<serde_json::Value>(input))
            }),
        ],
    );
}

/// What header fields hold.
fn fields_of_headers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("basic");
    let long = format!("Basic {}", "QUFB".repeat(4_000));
    let escaped = wire::basic::write(&"é".repeat(500), &"é".repeat(500));
    let inputs = [
        ("honest", BASIC),
        ("escaped", escaped.as_str()),
        ("no colon", &long),
    ];
    side_by_side(
        &mut group,
        &inputs,
        &[("grantlab", &|input| done(wire::basic::read(input)))],
    );
    group.finish();

    let mut group = criterion.benchmark_group("bearer");
    let long = format!("Bearer {}é", "a".repeat(16_000));
    let inputs = [("honest", "Bearer mF_9.B5f-4.1JqM"), ("long", &long)];
    side_by_side(
        &mut group,
        &inputs,
        &[("grantlab", &|input| done(wire::bearer::read(input).ok()))],
    );
    group.finish();

    let mut group = criterion.benchmark_group("challenge");
    let many = format!("Bearer {}", "a=\"b\\\"\", ".repeat(1_500));
    let open = format!("Bearer a=\"{}", "\\\"".repeat(8_000));
    let inputs = [
        ("honest", CHALLENGE),
        ("many parameters", &many),
        ("never closed", &open),
    ];
    side_by_side(
        &mut group,
        &inputs,
        &[("grantlab", &|input| {
            done(wire::bearer::Challenge::read(input))
        })],
    );
    group.finish();

    let mut group = criterion.benchmark_group("cookie");
    let many = "a=b; ".repeat(3_000);
    let inputs = [
        ("honest", "__Host-as_session=0123456789abcdef; theme=dark"),
        ("many", &many),
    ];
    side_by_side(
        &mut group,
        &inputs,
        &[("grantlab", &|input| done(wire::cookie::read_cookie(input)))],
    );
    let long = format!("a=b; {}", "Path=/; ".repeat(2_000));
    let set = "__Host-as_session=0123456789abcdef; Secure; HttpOnly; Path=/; SameSite=Lax";
    let inputs = [("set, honest", set), ("set, many attributes", &long)];
    side_by_side(
        &mut group,
        &inputs,
        &[("grantlab", &|input| {
            done(wire::cookie::read_set_cookie(input))
        })],
    );
    group.finish();
}

fn location(criterion: &mut Criterion) {
    let dots = format!("https://client.example/{}", "../a/".repeat(3_000));
    let query = format!("https://client.example/cb?{}", "a=b&".repeat(3_000));
    let host = format!("https://{}.example/", "xn--a.".repeat(1_000));
    let inputs = [
        (
            "honest",
            "https://client.example.com/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=xyz",
        ),
        ("many dots", &dots),
        ("many parameters", &query),
        ("strange host", &host),
    ];
    side_by_side(
        &mut criterion.benchmark_group("location"),
        &inputs,
        &[
            ("grantlab", &|input| done(wire::location::parse(input))),
            ("url", &|input| {
                let read = url::Url::parse(input);
                done(read.map(|url| url.query_pairs().into_owned().collect::<Vec<_>>()));
            }),
        ],
    );
}

fn http(criterion: &mut Criterion) {
    let many = format!(
        "GET / HTTP/1.1\r\nHost: a\r\n{}\r\n",
        "X: y\r\n".repeat(5_000)
    );
    let long = format!(
        "GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n",
        "y".repeat(200_000)
    );
    let endless = format!("GET /{}", "a".repeat(200_000));
    let mut group = criterion.benchmark_group("http");
    let inputs = [
        ("request, honest", HTTP_REQUEST),
        ("request, many fields", &many),
        ("request, long field", &long),
        ("request, endless target", &endless),
    ];
    side_by_side(
        &mut group,
        &inputs,
        &[("grantlab", &|input| {
            done(wire::http::read_request(&Scheme::Https, input.as_bytes()));
        })],
    );
    let honest = http_response();
    let redirect = format!(
        "HTTP/1.1 302 Found\r\nLocation: https://client.example.com/cb?{AUTHORIZATION_RESPONSE}\r\n\r\n"
    );
    let inputs = [
        ("response, honest", honest.as_str()),
        ("response, redirect", &redirect),
    ];
    side_by_side(
        &mut group,
        &inputs,
        &[("grantlab", &|input| {
            done(wire::http::read_response(input.as_bytes()))
        })],
    );
    let request = wire::http::read_request(&Scheme::Https, HTTP_REQUEST.as_bytes());
    let request = request.expect("an honest request");
    group.throughput(Throughput::Bytes(HTTP_REQUEST.len() as u64));
    group.bench_function("request, written/grantlab", |bencher| {
        bencher.iter(|| wire::http::write_request(black_box(&request)));
    });
    group.finish();
}

/// What somebody else would read an authorization request into.
#[derive(Deserialize)]
#[expect(dead_code, reason = "what is read is thrown away")]
struct TheirAuthorizationRequest {
    response_type: String,
    client_id: String,
    redirect_uri: Option<String>,
    scope: Option<String>,
    state: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
}

/// Likewise a token request.
#[derive(Deserialize)]
#[expect(dead_code, reason = "what is read is thrown away")]
struct TheirTokenRequest {
    grant_type: String,
    code: Option<String>,
    redirect_uri: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    code_verifier: Option<String>,
    refresh_token: Option<String>,
}

/// Likewise a token response.
#[derive(Deserialize)]
#[expect(dead_code, reason = "what is read is thrown away")]
struct TheirTokenResponse {
    access_token: String,
    token_type: String,
    expires_in: Option<u64>,
    refresh_token: Option<String>,
    scope: Option<String>,
}

/// A form with as many parameters as are read, none of which is known, before an honest one.
fn crowded(honest: &str) -> String {
    format!("{}{honest}", "unknown=parameter&".repeat(50))
}

/// Messages that forms carry, from octets.
fn form_messages(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("message");
    let hostile = crowded(AUTHORIZATION_REQUEST);
    side_by_side(
        &mut group,
        &[
            ("authorization request, honest", AUTHORIZATION_REQUEST),
            ("authorization request, crowded", &hostile),
        ],
        &[
            ("grantlab", &|input| {
                done(
                    fields(input)
                        .map(|fields| AuthorizationRequest::parse(&fields, Repeats::Refuse)),
                );
            }),
            ("serde_urlencoded", &|input| {
                done(serde_urlencoded::from_str::<TheirAuthorizationRequest>(
                    input,
                ));
            }),
        ],
    );
    let hostile = crowded(AUTHORIZATION_RESPONSE);
    side_by_side(
        &mut group,
        &[
            ("authorization response, honest", AUTHORIZATION_RESPONSE),
            ("authorization response, crowded", &hostile),
        ],
        &[("grantlab", &|input| {
            done(
                fields(input).map(|fields| AuthorizationResponse::parse(&fields, Repeats::Refuse)),
            );
        })],
    );
    let hostile = crowded(TOKEN_REQUEST);
    side_by_side(
        &mut group,
        &[
            ("token request, honest", TOKEN_REQUEST),
            ("token request, crowded", &hostile),
        ],
        &[
            ("grantlab", &|input| {
                done(
                    fields(input)
                        .map(|fields| AccessTokenRequest::parse(None, &fields, Repeats::Refuse)),
                );
            }),
            ("serde_urlencoded", &|input| {
                done(serde_urlencoded::from_str::<TheirTokenRequest>(input))
            }),
        ],
    );
    group.finish();
}

/// Messages about a token, from octets.
fn messages_about_tokens(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("message about a token");
    let hostile = crowded(TOKEN_QUESTION);
    let inputs = [("honest", TOKEN_QUESTION), ("crowded", hostile.as_str())];
    for (name, input) in inputs {
        side_by_side(
            &mut group,
            &[(&format!("revocation request, {name}"), input)],
            &[("grantlab", &|input| {
                done(
                    fields(input)
                        .map(|fields| RevocationRequest::parse(None, &fields, Repeats::Refuse)),
                );
            })],
        );
        side_by_side(
            &mut group,
            &[(&format!("introspection request, {name}"), input)],
            &[("grantlab", &|input| {
                done(
                    fields(input)
                        .map(|fields| IntrospectionRequest::parse(None, &fields, Repeats::Refuse)),
                );
            })],
        );
    }
    side_by_side(
        &mut group,
        &[("resource request, honest", "Bearer mF_9.B5f-4.1JqM")],
        &[("grantlab", &|input| {
            let authorization = Text::new(input);
            done(ResourceRequest::parse(
                Some(&authorization),
                &Fields::EMPTY,
                &Fields::EMPTY,
            ));
        })],
    );
    group.finish();
}

/// An object with many members that nobody knows, before those of an honest one.
fn crowded_object(honest: &str) -> String {
    honest.replacen(
        '{',
        &format!("{{{}", r#""unknown":["member"],"#.repeat(400)),
        1,
    )
}

/// Messages that JSON carries, from octets.
fn json_messages(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("message");
    let hostile = crowded_object(TOKEN_RESPONSE);
    side_by_side(
        &mut group,
        &[
            ("token response, honest", TOKEN_RESPONSE),
            ("token response, crowded", &hostile),
        ],
        &[
            ("grantlab", &|input| {
                done(
                    wire::json::parse(input.as_bytes())
                        .map(|json| AccessTokenResponse::parse(&json)),
                );
            }),
            ("serde_json", &|input| {
                done(serde_json::from_str::<TheirTokenResponse>(input))
            }),
        ],
    );
    side_by_side(
        &mut group,
        &[("error response, honest", ERROR_RESPONSE)],
        &[("grantlab", &|input| {
            done(wire::json::parse(input.as_bytes()).map(|json| TokenError::parse(&json)));
        })],
    );
    let hostile = crowded_object(INTROSPECTION_RESPONSE);
    side_by_side(
        &mut group,
        &[
            ("introspection response, honest", INTROSPECTION_RESPONSE),
            ("introspection response, crowded", &hostile),
        ],
        &[("grantlab", &|input| {
            done(
                wire::json::parse(input.as_bytes()).map(|json| IntrospectionResponse::parse(&json)),
            );
        })],
    );
    group.finish();
}

/// What is signed, and what it is signed with.
fn identity(criterion: &mut Criterion) {
    let key = SigningKey::from_seed("1", [7; 32]);
    let keys = [key.verifying_key()];
    let token = IdToken {
        iss: Issuer::new("https://server.example.com").expect("an issuer"),
        sub: Subject::new("248289761001").expect("a subject"),
        aud: ClientId::new("s6BhdRkqt3").expect("an id"),
        exp: Timestamp(1_311_281_970_000),
        iat: Timestamp(1_311_280_970_000),
        nonce: None,
        auth_time: None,
        c_hash: None,
        at_hash: None,
        email: None,
    };
    let honest = key.sign(&token).0.as_str().to_owned();
    let forged = format!(
        "{}{}",
        honest.get(..honest.len() - 4).unwrap_or_default(),
        "AAAA"
    );
    let long = "a".repeat(100_000);
    side_by_side(
        &mut criterion.benchmark_group("id token"),
        &[
            ("honest", &honest),
            ("forged", &forged),
            ("no token", &long),
        ],
        &[("grantlab", &|input| {
            done(SignedIdToken::new(input).map(|token| token.read(&keys)))
        })],
    );
    let mut set = String::new();
    wire::json::write(&jwks(&keys), &mut set);
    let strange = format!("{{\"keys\":[{}]}}", vec![r#"{"kty":"RSA"}"#; 300].join(","));
    side_by_side(
        &mut criterion.benchmark_group("key set"),
        &[("honest", &set), ("keys that nobody understands", &strange)],
        &[("grantlab", &|input| {
            done(wire::json::parse(input.as_bytes()).map(|json| read_jwks(&json)));
        })],
    );
}

/// Our pages, as our browser reads them again.
fn page(criterion: &mut Criterion) {
    let page = Page {
        title: Text::new("May it?"),
        text: Text::new("The client wants to read."),
        forms: vec![Form {
            action: Text::new("/consent"),
            post: true,
            fields: Vec::new(),
            buttons: Fields::EMPTY
                .with("decision", "approve")
                .with("decision", "deny"),
            press: Press::ByUser,
        }],
        ..Page::default()
    };
    let honest = wire::page::write(&page);
    let strange = format!("{honest}{}", "<form><input name=\"a\">".repeat(3_000));
    side_by_side(
        &mut criterion.benchmark_group("page"),
        &[("honest", &honest), ("not ours", &strange)],
        &[("grantlab", &|input| done(wire::page::read(input)))],
    );
}

criterion_group!(
    benches,
    form,
    json,
    fields_of_headers,
    location,
    http,
    form_messages,
    messages_about_tokens,
    json_messages,
    identity,
    page
);
criterion_main!(benches);
