//! The client and the browser: they write requests, and read responses as far as they need them.
//! None of this is measured.

use std::fmt::Write as _;

/// Where the server listens.
pub(crate) const HOST: &str = "as.example";
/// The client.
pub(crate) const CLIENT_ID: &str = "s6BhdRkqt3";
/// Its secret.
pub(crate) const CLIENT_SECRET: &str = "7Fjfp0ZBr1KtDRbnfVdmIw7Fjfp0ZBr1KtDRbnfVdmI";
/// `CLIENT_ID:CLIENT_SECRET` in base64.
pub(crate) const BASIC: &str =
    "czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3N0ZqZnAwWkJyMUt0RFJibmZWZG1J";
/// Where its responses go.
pub(crate) const REDIRECT_URI: &str = "https://client.example/cb";
/// The same in a form.
pub(crate) const REDIRECT_URI_ENCODED: &str = "https%3A%2F%2Fclient.example%2Fcb";
/// The verifier of RFC 7636 Appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// And its challenge.
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// What the client wants back unchanged.
pub(crate) const STATE: &str = "af0ifjsldkjLRDGOEXwAdJu8dXQsJmBYHu3VpHUBAqs";
/// What it asks for.
pub(crate) const SCOPE: &str = "read";
/// The owner who is logged in.
pub(crate) const SUBJECT: &str = "248289761001";
/// Who issues.
pub(crate) const ISSUER: &str = "https://as.example";

/// RFC 6749 §4.1.1, RFC 7636 §4.3, from a browser whose owner is logged in.
pub(crate) fn authorization(session: &str) -> Vec<u8> {
    format!(
        "GET /authorize?response_type=code&client_id={CLIENT_ID}&redirect_uri={REDIRECT_URI_ENCODED}\
         &scope={SCOPE}&state={STATE}&code_challenge={CHALLENGE}&code_challenge_method=S256 HTTP/1.1\r\n\
         Host: {HOST}\r\nCookie: __Host-as_session={session}\r\n\r\n"
    )
    .into_bytes()
}

/// RFC 6749 §4.1.3, RFC 7636 §4.5.
pub(crate) fn redemption(code: &str, request: &mut String) {
    token_request(
        format_args!(
            "grant_type=authorization_code&code={code}&redirect_uri={REDIRECT_URI_ENCODED}&code_verifier={VERIFIER}"
        ),
        request,
    );
}

/// RFC 6749 §6.
pub(crate) fn refresh(refresh_token: &str, request: &mut String) {
    // Some make tokens of characters that mean something else in a form.
    let mut encoded = String::with_capacity(refresh_token.len());
    for character in refresh_token.chars() {
        match character {
            '+' => encoded.push_str("%2B"),
            '/' => encoded.push_str("%2F"),
            '=' => encoded.push_str("%3D"),
            plain => encoded.push(plain),
        }
    }
    token_request(
        format_args!("grant_type=refresh_token&refresh_token={encoded}"),
        request,
    );
}

fn token_request(body: std::fmt::Arguments<'_>, request: &mut String) {
    let body = body.to_string();
    request.clear();
    let _ = write!(
        request,
        "POST /token HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Basic {BASIC}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
}

/// The code in a redirect.
pub(crate) fn code(response: &[u8]) -> &str {
    between(response, "code=", &['&', '\r'])
}

/// The refresh token in a token response.
pub(crate) fn refresh_token(response: &[u8]) -> &str {
    between(response, "\"refresh_token\":\"", &['"'])
}

fn between<'a>(response: &'a [u8], start: &str, ends: &[char]) -> &'a str {
    let text = std::str::from_utf8(response).expect("responses are text");
    let Some((_, rest)) = text.split_once(start) else {
        panic!("no {start} in {text}");
    };
    rest.split(ends).next().unwrap_or_default()
}
