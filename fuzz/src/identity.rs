//! ID Tokens and the keys that they are verified with.

use std::sync::LazyLock;

use grantlab_core::message::{IdToken, SignedIdToken, SigningKey, VerifyingKey, jwks, read_jwks};
use grantlab_core::wire::{base64url, json};

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_seed("1", [7; 32]));

/// An ID Token as it travels (OpenID Connect Core §2, RFC 7515 §7.1) is refused, or was signed by the key: signing what it
/// says gives a token that says the same. A token that says what the input says, but unsigned, is never believed.
///
/// The input is a token, or the JSON of its claims, which is wrapped as `alg` `EdDSA` with a signature of zeros, and as
/// `alg` `none`.
pub fn id_token(octets: &[u8]) {
    let Ok(text) = str::from_utf8(octets) else {
        return;
    };
    let keys = [KEY.verifying_key()];
    let read = |text: &str| {
        let signed = SignedIdToken::new(text).ok()?;
        signed.read(&keys).ok()
    };
    if let Some(token) = read(text) {
        signs_the_same(&token, &keys);
    }
    let claims = base64url::encode(octets);
    let zeros = base64url::encode(&[0; 64]);
    for (header, signature) in [
        (r#"{"alg":"EdDSA"}"#, zeros.as_str()),
        (r#"{"alg":"none"}"#, ""),
    ] {
        let header = base64url::encode(header.as_bytes());
        assert_eq!(read(&format!("{header}.{claims}.{signature}")), None);
    }
}

fn signs_the_same(token: &IdToken, keys: &[VerifyingKey]) {
    let signed = KEY.sign(token);
    assert_eq!(signed.read(keys).as_ref(), Ok(token));
    let shown = format!("{signed:?}");
    assert!(!shown.contains(signed.0.as_str()), "{shown}");
    // Base64url has one spelling, so that every other character is another signature, or none.
    let mut other = signed.0.as_str().to_owned();
    let last = other.pop();
    other.push(if last == Some('A') { 'Q' } else { 'A' });
    let other = SignedIdToken(other.into()).read(keys);
    assert!(other.is_err(), "a changed token is believed");
}

/// A JSON Web Key Set (RFC 7517 §5) is none, or the keys that are understood are read as they are written, under the same
/// thumbprints, and none of them believes what another key signed.
pub fn key_set(octets: &[u8]) {
    let Ok(set) = json::parse(octets) else { return };
    let Some(keys) = read_jwks(&set) else { return };
    assert_eq!(read_jwks(&jwks(&keys)).as_ref(), Some(&keys));
    for key in &keys {
        let again = VerifyingKey::from_jwk(&key.jwk());
        assert_eq!(
            again.map(|again| again.thumbprint()),
            Some(key.thumbprint())
        );
    }
}
