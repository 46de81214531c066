//! ID Tokens, key sets and half hashes next to those of other people's code.
//!
//! The fixtures were made with PyJWT 2.15.1 and cryptography 50.0.2:
//!
//! ```text
//! pip install pyjwt cryptography && python3 - <<'END'
//! import base64, hashlib, jwt
//! from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
//! half = lambda text: base64.urlsafe_b64encode(hashlib.sha512(text.encode()).digest()[:32]).rstrip(b"=").decode()
//! key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
//! claims = {"iss": "https://as.example", "sub": "alice", "aud": "s6BhdRkqt3", "exp": 1311281970,
//!           "iat": 1311280970, "nonce": "n-0S6_WzA2Mj", "c_hash": half("SplxlOBeZQQYbYS6WxSbIA"),
//!           "at_hash": half("2YotnFZFEjr1zCsicMWpAA"), "email": "alice@example.org"}
//! print(jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": "2011-04-29"}))
//! print(jwt.algorithms.OKPAlgorithm.to_jwk(key.public_key()))
//! END
//! ```

use grantlab_core::json::Json;
use grantlab_core::message::{
    IdToken, IdTokenFault, SignedIdToken, SigningKey, VerifyingKey, half_hash, jwks, read_jwks,
};
use grantlab_core::text::Text;
use grantlab_core::time::Timestamp;
use grantlab_core::value::{ClientId, Issuer, Nonce, Subject};
use grantlab_core::wire::{base64url, json};

/// What `jwt.encode` printed.
const SIGNED: &str = "eyJhbGciOiJFZERTQSIsImtpZCI6IjIwMTEtMDQtMjkiLCJ0eXAiOiJKV1QifQ.\
    eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJzdWIiOiJhbGljZSIsImF1ZCI6InM2QmhkUmtxdDMiLCJleHAiOjEz\
    MTEyODE5NzAsImlhdCI6MTMxMTI4MDk3MCwibm9uY2UiOiJuLTBTNl9XekEyTWoiLCJjX2hhc2giOiJwaHA5Q0hhNFZN\
    a1lWTHkyOUV1ZFRNbjJxUjB6ZmtkTkMyNHRJUDNWUDhZIiwiYXRfaGFzaCI6ImtHX1NEX2N2UVVjbEF4OGV2R0Z6WmFU\
    empqR3hPVnF2WkE0SHdLbVl1ZU0iLCJlbWFpbCI6ImFsaWNlQGV4YW1wbGUub3JnIn0.\
    o8IdNX9AKyUCUmG1TsPjA0ndnBJBrMYHVHp-DHMvelfPUfcRscJkWNJxuy0C_2ROvarcsVfIK88adXy0WY62Ag";

/// What `to_jwk` printed.
const JWK: &str =
    r#"{"x": "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg", "kty": "OKP", "crv": "Ed25519"}"#;

/// 0, 1, 2, … 31
fn seed() -> [u8; 32] {
    std::array::from_fn(|index| u8::try_from(index).unwrap())
}

fn key() -> SigningKey {
    SigningKey::from_seed("2011-04-29", seed())
}

fn token() -> IdToken {
    IdToken {
        iss: Issuer::new("https://as.example").unwrap(),
        sub: Subject::new("alice").unwrap(),
        aud: ClientId::new("s6BhdRkqt3").unwrap(),
        exp: Timestamp::from_seconds(1_311_281_970),
        iat: Timestamp::from_seconds(1_311_280_970),
        auth_time: None,
        nonce: Some(Nonce::new("n-0S6_WzA2Mj").unwrap()),
        c_hash: Some(half_hash("SplxlOBeZQQYbYS6WxSbIA")),
        at_hash: Some(half_hash("2YotnFZFEjr1zCsicMWpAA")),
        email: Some(Text::new("alice@example.org")),
    }
}

fn parsed(text: &str) -> Json {
    json::parse(text.as_bytes()).unwrap()
}

#[test]
fn our_token_has_the_octets_of_pyjwt() {
    assert_eq!(key().sign(&token()).0, SIGNED);
    let keys = [key().verifying_key()];
    assert_eq!(SignedIdToken::new(SIGNED).unwrap().read(&keys), Ok(token()));
}

#[test]
fn our_key_is_that_of_cryptography() {
    let theirs = VerifyingKey::from_jwk(&parsed(JWK)).unwrap();
    let ours = key().verifying_key();
    assert_eq!(theirs.kid, "");
    assert_eq!(theirs.jwk().member("x"), ours.jwk().member("x"));
    assert_eq!(VerifyingKey::from_jwk(&ours.jwk()), Some(ours.clone()));
    assert_eq!(
        read_jwks(&jwks(std::slice::from_ref(&ours))),
        Some(vec![ours])
    );
}

/// RFC 8037 A.1, A.2, A.4.
#[test]
fn the_key_of_rfc_8037() {
    let seed = base64url::decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
    let key = SigningKey::from_seed("", seed.try_into().unwrap()).verifying_key();
    assert_eq!(
        key.jwk().member("x"),
        Some(&Json::from("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"))
    );
    // The signed text of the example is no JSON object, so it is no ID Token.
    let example = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
        hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let example = SignedIdToken::new(example).unwrap();
    assert_eq!(example.read(&[key]), Err(IdTokenFault::Malformed));
}

/// Signs any header and claims, as an attacker with a key of his own could, or a sloppy server.
fn signed(header: &str, claims: &str) -> SignedIdToken {
    use ed25519_dalek::Signer as _;
    let text = format!(
        "{}.{}",
        base64url::encode(header.as_bytes()),
        base64url::encode(claims.as_bytes())
    );
    let signature = ed25519_dalek::SigningKey::from_bytes(&seed()).sign(text.as_bytes());
    let signature = base64url::encode(&signature.to_bytes());
    SignedIdToken::new(format!("{text}.{signature}")).unwrap()
}

const HEADER: &str = r#"{"alg":"EdDSA","kid":"2011-04-29"}"#;
const CLAIMS: &str = r#"{"iss":"https://as.example","sub":"alice","aud":"c","exp":2,"iat":1}"#;

#[test]
fn headers_that_are_believed_and_those_that_are_not() {
    use IdTokenFault::{Algorithm, Malformed, UnknownKey};
    let table = [
        (HEADER, None),
        (r#"{"alg":"EdDSA"}"#, None),
        (r#"{"alg":"EdDSA","typ":"jwt"}"#, None),
        (
            r#"{"alg":"EdDSA","jwk":{"kty":"OKP"},"jku":"https://evil.example"}"#,
            None,
        ),
        (r#"{"alg":"none"}"#, Some(Algorithm)),
        (r#"{"alg":"nONe"}"#, Some(Algorithm)),
        (r#"{"alg":"HS256","kid":"2011-04-29"}"#, Some(Algorithm)),
        (r#"{"alg":"eddsa"}"#, Some(Algorithm)),
        (r#"{"kid":"2011-04-29"}"#, Some(Algorithm)),
        (r#"{"alg":"EdDSA","typ":"at+jwt"}"#, Some(Algorithm)),
        (r#"{"alg":"EdDSA","crit":["exp"]}"#, Some(Algorithm)),
        (r#"{"alg":"EdDSA","kid":"other"}"#, Some(UnknownKey)),
        (r#"{"alg":"EdDSA","kid":["2011-04-29"]}"#, Some(Malformed)),
        (r#"{"alg":"none","alg":"EdDSA"}"#, Some(Malformed)),
        (r#"["EdDSA"]"#, Some(Malformed)),
        ("", Some(Malformed)),
    ];
    for (header, fault) in table {
        let read = signed(header, CLAIMS).read(&[key().verifying_key()]);
        assert_eq!(read.err(), fault, "{header}");
    }
}

#[test]
fn without_a_name_there_must_be_one_key() {
    let other = SigningKey::from_seed("other", [9; 32]).verifying_key();
    let token = signed(r#"{"alg":"EdDSA"}"#, CLAIMS);
    let both = [key().verifying_key(), other.clone()];
    assert_eq!(token.read(&both), Err(IdTokenFault::UnknownKey));
    assert_eq!(token.read(&[]), Err(IdTokenFault::UnknownKey));
    assert_eq!(token.read(&[other]), Err(IdTokenFault::Signature));
}

#[test]
fn claims_that_are_read_and_those_that_are_not() {
    use IdTokenFault::{Claims, Malformed};
    let with = |old: &str, new: &str| {
        assert!(CLAIMS.contains(old));
        CLAIMS.replacen(old, new, 1)
    };
    let table = [
        (
            with(
                r#""aud":"c""#,
                r#""aud":["c"],"azp":"c","more":{"a":[null]}"#,
            ),
            None,
        ),
        (with(r#""aud":"c""#, r#""aud":["c","d"]"#), Some(Claims)),
        (with(r#""aud":"c""#, r#""aud":[]"#), Some(Claims)),
        (with(r#""aud":"c""#, r#""aud":[1]"#), Some(Claims)),
        (with(r#""aud":"c","#, ""), Some(Claims)),
        (with(r#""sub":"alice""#, r#""sub":["alice"]"#), Some(Claims)),
        (with(r#""sub":"alice""#, r#""sub":"""#), Some(Claims)),
        (with(r#""sub":"alice","#, ""), Some(Claims)),
        (with(r#""sub""#, r#""sub":"bob","sub""#), Some(Malformed)),
        (with(r#""iss":"https://as.example","#, ""), Some(Claims)),
        (with(r#""exp":2"#, r#""exp":"2""#), Some(Claims)),
        (with(r#""exp":2"#, r#""exp":-2"#), Some(Claims)),
        (with(r#""exp":2,"#, ""), Some(Claims)),
        (with(r#","iat":1"#, ""), Some(Claims)),
        (with(r#""iat":1"#, r#""iat":1,"nonce":1"#), Some(Claims)),
        (
            with(r#""iat":1"#, r#""iat":1,"at_hash":null"#),
            Some(Claims),
        ),
    ];
    for (claims, fault) in table {
        let read = signed(HEADER, &claims).read(&[key().verifying_key()]);
        assert_eq!(read.err(), fault, "{claims}");
    }
}

#[test]
fn segments_are_three_and_the_signature_is_of_this_key() {
    let good = signed(HEADER, CLAIMS);
    let good = good.0.as_str();
    let (rest, signature) = good.rsplit_once('.').unwrap();
    let half = signature.get(..40).unwrap();
    let (header, claims) = rest.split_once('.').unwrap();
    let table = [
        (good.to_owned(), None),
        (rest.to_owned(), Some(IdTokenFault::Malformed)),
        (format!("{good}."), Some(IdTokenFault::Malformed)),
        (
            format!("{header}..{claims}.{signature}"),
            Some(IdTokenFault::Malformed),
        ),
        (
            format!("{rest}.{signature}="),
            Some(IdTokenFault::Malformed),
        ),
        (format!("{rest}."), Some(IdTokenFault::Signature)),
        (format!("{rest}.{half}"), Some(IdTokenFault::Signature)),
        (
            format!("{rest}.{half}{half}"),
            Some(IdTokenFault::Signature),
        ),
    ];
    for (text, fault) in table {
        let read = SignedIdToken::new(text.as_str())
            .unwrap()
            .read(&[key().verifying_key()]);
        assert_eq!(read.err(), fault, "{text}");
    }
    let other = SigningKey::from_seed("2011-04-29", [9; 32]);
    assert_eq!(
        SignedIdToken::new(good)
            .unwrap()
            .read(&[other.verifying_key()]),
        Err(IdTokenFault::Signature)
    );
}

#[test]
fn keys_that_are_not_taken() {
    assert!(VerifyingKey::from_jwk(&parsed(JWK)).is_some());
    for (old, new) in [
        ("OKP", "EC"),
        ("Ed25519", "Ed448"),
        (r#""kty""#, r#""use": "enc", "kty""#),
        (r#""kty""#, r#""alg": "ES256", "kty""#),
        (r#""kty""#, r#""kty": "OKP", "kty""#),
        (r#""kty""#, r#""kid": 1, "kty""#),
        ("A6EHv", "A6EH"),
        // The neutral point, and one of order 4: anybody can sign for these.
        (
            "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg",
            "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ),
        (
            "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ),
        (r#""x""#, r#""y""#),
    ] {
        assert!(JWK.contains(old));
        let jwk = parsed(&JWK.replacen(old, new, 1));
        assert_eq!(VerifyingKey::from_jwk(&jwk), None, "{old} → {new}");
    }
    // A set may hold keys for others (RFC 7517 §5).
    let set = parsed(&format!(r#"{{"keys": [{{"kty": "RSA"}}, {JWK}, 1]}}"#));
    assert_eq!(read_jwks(&set).map(|keys| keys.len()), Some(1));
    assert_eq!(read_jwks(&parsed(JWK)), None);
}
