//! What is done to an ID Token: its claims, its header, and who signs it.

use ed25519_dalek::{Signer as _, SigningKey};
use grantlab_core::json::Json;
use grantlab_core::message::SigningKey as CoreKey;
use grantlab_core::text::Text;
use grantlab_core::wire::{base64url, json};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::super::translation::Draft;
use super::answer::set;
use super::callback::altered;
use super::placeholder::Known;
use super::{IdTokenChange, Sign};

/// The keys of an issuer.
pub(in super::super) struct Forge {
    /// The one that is published.
    own: SigningKey,
    own_jwk: Json,
    /// One that is not.
    another: SigningKey,
    another_jwk: Json,
}

impl Forge {
    /// Keys of these octets; the first is published as `kid`.
    pub(in super::super) fn new(kid: &str, own: [u8; 32], another: [u8; 32]) -> Self {
        let jwk = |kid, seed| CoreKey::from_seed(kid, seed).verifying_key().jwk();
        Self {
            own: SigningKey::from_bytes(&own),
            own_jwk: jwk(kid, own),
            another: SigningKey::from_bytes(&another),
            another_jwk: jwk("another-key", another),
        }
    }

    /// The public half of the key that is not published.
    pub(in super::super) const fn another_jwk(&self) -> &Json {
        &self.another_jwk
    }

    fn signature(&self, sign: Sign, signed: &str, secret: Option<&str>) -> Text {
        let hmac = |key: &[u8]| {
            let mac = Hmac::<Sha256>::new_from_slice(key);
            mac.map_or(Text::EMPTY, |mac| {
                base64url::encode(&mac.chain_update(signed).finalize().into_bytes())
            })
        };
        let own = || base64url::encode(&self.own.sign(signed.as_bytes()).to_bytes());
        match sign {
            Sign::Own => own(),
            Sign::Another => base64url::encode(&self.another.sign(signed.as_bytes()).to_bytes()),
            Sign::Broken => {
                let whole = own();
                let (first, rest) = whole.as_str().split_at_checked(1).unwrap_or_default();
                Text::from(format!("{}{rest}", altered(first)))
            }
            Sign::HmacSecret => hmac(secret.unwrap_or_default().as_bytes()),
            Sign::HmacPublicKey => hmac(self.own.verifying_key().as_bytes()),
            Sign::HmacPublicJwk => {
                let mut text = String::new();
                json::write(&self.own_jwk, &mut text);
                hmac(text.as_bytes())
            }
            Sign::Nothing => Text::EMPTY,
        }
    }
}

/// Changes the ID Token of a token response, if there is one. `secret` is that of the client.
pub(in super::super) fn change_id_token(
    change: &IdTokenChange,
    draft: &mut Draft,
    known: &Known,
    forge: &Forge,
    secret: Option<&str>,
) {
    let Ok(Json::Object(mut members)) = json::parse(&draft.content) else {
        return;
    };
    let place = members.iter_mut().find(|(name, _)| *name == *"id_token");
    let Some((_, Json::String(token))) = place else {
        return;
    };
    if let Some(forged) = forged(change, token.as_str(), known, forge, secret) {
        *token = Text::from(forged);
    }
    let mut text = String::new();
    json::write(&Json::Object(members), &mut text);
    draft.content = text.into_bytes();
}

fn forged(
    change: &IdTokenChange,
    token: &str,
    known: &Known,
    forge: &Forge,
    secret: Option<&str>,
) -> Option<String> {
    let mut parts = token.split('.');
    let (mut header, mut claims) = (object(parts.next()?)?, object(parts.next()?)?);
    claims.retain(|(name, _)| !change.remove.iter().any(|gone| *name == *gone.as_str()));
    for (name, value) in &change.set {
        set(&mut claims, name, known.value(value));
    }
    for (name, value) in &change.repeat {
        claims.push((Text::from(name), known.value(value)));
    }
    header.retain(|(name, _)| {
        !change
            .remove_header
            .iter()
            .any(|gone| *name == *gone.as_str())
    });
    for (name, value) in &change.header {
        set(&mut header, name, known.value(value));
    }
    let signed = format!("{}.{}", segment(header), segment(claims));
    let signature = forge.signature(change.sign, &signed, secret);
    Some(format!("{signed}.{signature}"))
}

fn object(segment: &str) -> Option<Vec<(Text, Json)>> {
    match json::parse(&base64url::decode(segment)?).ok()? {
        Json::Object(members) => Some(members),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => None,
    }
}

fn segment(members: Vec<(Text, Json)>) -> Text {
    let mut text = String::new();
    json::write(&Json::Object(members), &mut text);
    base64url::encode(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::super::placeholder::tests::known;
    use super::*;
    use grantlab_core::message::{IdToken, IdTokenFault, SignedIdToken};
    use grantlab_core::time::Timestamp;
    use grantlab_core::value::{ClientId, Issuer, Subject};

    fn read(change: &str) -> Result<IdToken, IdTokenFault> {
        let change: IdTokenChange = serde_json::from_str(change).unwrap();
        let key = CoreKey::from_seed("k", [1; 32]);
        let token = key.sign(&IdToken {
            iss: Issuer::new("http://127.0.0.1:1/x").unwrap(),
            sub: Subject::new("alice").unwrap(),
            aud: ClientId::new("web").unwrap(),
            exp: Timestamp::from_seconds(2_000),
            iat: Timestamp::from_seconds(1_000),
            auth_time: None,
            nonce: None,
            c_hash: None,
            at_hash: None,
            email: None,
        });
        let forge = Forge::new("k", [1; 32], [2; 32]);
        let mut draft = Draft {
            status: 200,
            headers: Vec::new(),
            content: format!(r#"{{"id_token":"{}"}}"#, token.0).into_bytes(),
        };
        change_id_token(&change, &mut draft, &known(), &forge, Some("secret"));
        let body = json::parse(&draft.content).unwrap();
        let text = body
            .member("id_token")
            .and_then(Json::as_text)
            .unwrap()
            .clone();
        SignedIdToken(text).read(&[key.verifying_key()])
    }

    #[test]
    fn our_own_reader_sees_what_was_done() {
        assert!(read("{}").is_ok());
        let read_iss = read(r#"{"set": {"iss": "{origin}"}}"#).unwrap().iss;
        assert_eq!(read_iss.as_str(), "http://127.0.0.1:1");
        assert_eq!(
            read(r#"{"set": {"exp": "{now-5}"}}"#)
                .unwrap()
                .exp
                .seconds(),
            995
        );
        for (change, fault) in [
            (r#"{"remove": ["sub"]}"#, IdTokenFault::Claims),
            (r#"{"repeat": {"sub": "bob"}}"#, IdTokenFault::Malformed),
            (r#"{"sign": "another"}"#, IdTokenFault::Signature),
            (r#"{"sign": "broken"}"#, IdTokenFault::Signature),
            (
                r#"{"header": {"alg": "none"}, "sign": "nothing"}"#,
                IdTokenFault::Algorithm,
            ),
            (
                r#"{"header": {"alg": "HS256"}, "sign": "hmac_public_key"}"#,
                IdTokenFault::Algorithm,
            ),
            (r#"{"header": {"kid": "x"}}"#, IdTokenFault::UnknownKey),
        ] {
            assert_eq!(read(change), Err(fault), "{change}");
        }
    }
}
