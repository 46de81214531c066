//! Signatures of JSON Web Tokens, against a JSON Web Key Set (RFC 7515 §5.2, RFC 7518 §3, RFC 8037 §3.1).
//!
//! Our own server signs with Ed25519; other people's mostly with RSA. The algorithms are those of the TLS library,
//! which is in here anyway.

use grantlab_core::json::Json;
use grantlab_core::wire::base64url;
use grantlab_core::wire::json::parse;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents,
    UnparsedPublicKey, VerificationAlgorithm,
};

use super::words::Signature;

/// What is asked of a key, by the `alg` of a token.
enum Wanted {
    Rsa(&'static RsaParameters),
    /// The curve as a key names it.
    Curve(&'static str, &'static dyn VerificationAlgorithm),
}

impl Wanted {
    fn of(alg: &str) -> Option<Self> {
        Some(match alg {
            "RS256" => Self::Rsa(&RSA_PKCS1_2048_8192_SHA256),
            "RS384" => Self::Rsa(&RSA_PKCS1_2048_8192_SHA384),
            "RS512" => Self::Rsa(&RSA_PKCS1_2048_8192_SHA512),
            "PS256" => Self::Rsa(&RSA_PSS_2048_8192_SHA256),
            "PS384" => Self::Rsa(&RSA_PSS_2048_8192_SHA384),
            "PS512" => Self::Rsa(&RSA_PSS_2048_8192_SHA512),
            "ES256" => Self::Curve("P-256", &ECDSA_P256_SHA256_FIXED),
            "ES384" => Self::Curve("P-384", &ECDSA_P384_SHA384_FIXED),
            "EdDSA" | "Ed25519" => Self::Curve("Ed25519", &ED25519),
            _ => return None,
        })
    }

    /// Whether the key is one of this kind, and if so, whether it made the signature.
    fn verifies(&self, key: &Json, signed: &[u8], signature: &[u8]) -> Option<bool> {
        let octets = |name| base64url::decode(text(key, name)?);
        match self {
            Self::Rsa(parameters) => {
                let public = RsaPublicKeyComponents {
                    n: octets("n")?,
                    e: octets("e")?,
                };
                Some(public.verify(parameters, signed, signature).is_ok())
            }
            Self::Curve(curve, algorithm) => {
                if text(key, "crv")? != *curve {
                    return None;
                }
                let mut point = octets("x")?;
                if let Some(y) = octets("y") {
                    // SEC 1 §2.3.3: a point that is written out.
                    point.insert(0, 4);
                    point.extend(y);
                }
                let public = UnparsedPublicKey::new(*algorithm, point);
                Some(public.verify(signed, signature).is_ok())
            }
        }
    }
}

/// What the signature of `token` is worth, by the keys of a JSON Web Key Set.
pub(super) fn judged(token: &str, keys: &Json) -> Signature {
    let Some((signed, signature)) = token.rsplit_once('.') else {
        return Signature::None;
    };
    let header = signed.split('.').next().and_then(base64url::decode);
    let header = header.and_then(|octets| parse(&octets).ok());
    let Some((header, signature)) = header.zip(base64url::decode(signature)) else {
        return Signature::None;
    };
    let alg = text(&header, "alg").unwrap_or("none");
    if alg.eq_ignore_ascii_case("none") || signature.is_empty() {
        return Signature::None;
    }
    let Some(wanted) = Wanted::of(alg) else {
        return Signature::OtherAlgorithm;
    };
    let kid = text(&header, "kid");
    let keys = match keys.member("keys") {
        Some(Json::Array(keys)) => keys.as_slice(),
        Some(Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_))
        | None => &[],
    };
    let meant = keys
        .iter()
        .filter(|key| kid.is_none() || text(key, "kid") == kid);
    let tried: Vec<bool> = meant
        .filter_map(|key| wanted.verifies(key, signed.as_bytes(), &signature))
        .collect();
    match tried.as_slice() {
        [] => Signature::NoKey,
        tried if tried.contains(&true) => Signature::Good,
        _ => Signature::Wrong,
    }
}

fn text<'a>(object: &'a Json, name: &str) -> Option<&'a str> {
    let text = object.member(name).and_then(Json::as_text)?;
    Some(text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(key: &str) -> Json {
        parse(format!("{{\"keys\":[{{\"kty\":\"XYZ\"}},{key}]}}").as_bytes()).unwrap()
    }

    // RFC 7515 Appendix A.2 (RS256), A.3 (ES256), RFC 8037 Appendix A.4 (EdDSA).
    const RS256: (&str, &str) = (
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
         cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQ\
         jbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsq\
         tFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
        "{\"kty\":\"RSA\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yR\
         T-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xs\
         mtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\",\"e\":\"AQAB\"}",
    );
    const ES256: (&str, &str) = (
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
         DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}",
    );
    const EDDSA: (&str, &str) = (
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
         hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
    );

    #[test]
    fn the_examples_of_the_standards_are_good() {
        for (token, key) in [RS256, ES256, EDDSA] {
            assert_eq!(judged(token, &keys(key)), Signature::Good, "{token}");
            let forged = token.replacen('.', ".e", 1);
            assert_eq!(judged(&forged, &keys(key)), Signature::Wrong, "{token}");
        }
    }

    #[test]
    fn what_cannot_be_verified_is_said_to_be_so() {
        assert_eq!(judged(RS256.0, &keys(ES256.1)), Signature::NoKey);
        assert_eq!(judged(RS256.0, &Json::Null), Signature::NoKey);
        for (token, worth) in [
            ("", Signature::None),
            ("eyJhbGciOiJub25lIn0.e30.", Signature::None),
            ("eyJhbGciOiJub25lIn0.e30.AAAA", Signature::None),
            ("eyJhbGciOiJIUzI1NiJ9.e30.AAAA", Signature::OtherAlgorithm),
            ("x.y.z", Signature::None),
        ] {
            assert_eq!(judged(token, &keys(RS256.1)), worth, "{token}");
        }
    }
}
