//! Protocol values: what is accepted obeys its grammar, said here a second time in other words.

use grantlab_core::text::Text;
use grantlab_core::value::{
    CodeChallenge, CodeChallengeMethod, CodeVerifier, RedirectionUri, Scope,
};
use grantlab_core::wire::{base64url, location};

/// A redirection URI (RFC 6749 §3.1.2) is an error at an octet of the input, or keeps its octets. Then it has a scheme,
/// which is the one that a user-agent sees, and no fragment for a user-agent either.
pub fn redirection_uri(octets: &[u8]) {
    let Ok(text) = str::from_utf8(octets) else {
        return;
    };
    let uri = match RedirectionUri::new(text) {
        Ok(uri) => uri,
        Err(error) => return assert!(error.position <= text.len(), "{error:?}"),
    };
    assert_eq!(uri.as_str(), text);
    let scheme = text.split(':').next().unwrap_or_default();
    assert!(scheme.starts_with(|first: char| first.is_ascii_alphabetic()));
    if let Ok(url) = location::parse(text) {
        let seen = url.origin.scheme.as_str();
        assert!(seen.eq_ignore_ascii_case(scheme), "{seen}");
        assert_eq!(url.fragment, None);
    }
}

/// A scope (RFC 6749 §3.3) is an error at an octet of the input, or a set: order and repeats mean nothing, each part of
/// it is within it, and what it shares with itself is itself.
pub fn scope(octets: &[u8]) {
    let Ok(text) = str::from_utf8(octets) else {
        return;
    };
    let scope = match Scope::new(text) {
        Ok(scope) => scope,
        Err(error) => return assert!(error.position <= text.len(), "{error:?}"),
    };
    assert_eq!(scope.as_str(), text);
    let tokens: Vec<&str> = scope.tokens().collect();
    assert!(!tokens.is_empty() && tokens.iter().all(|token| !token.is_empty()));
    let turned: Vec<&str> = tokens.iter().rev().chain(&tokens).copied().collect();
    assert_eq!(Scope::new(turned.join(" ")), Ok(scope.clone()));
    assert_eq!(scope.intersection(&scope).as_str(), text);
    for token in tokens {
        assert!(scope.contains(token));
        assert_eq!(
            Scope::new(token).map(|one| one.is_within(&scope)),
            Ok(true),
            "{token}"
        );
    }
}

/// PKCE (RFC 7636 §4): a verifier is well-formed if it has 43 to 128 unreserved characters, and so is a challenge. `S256`
/// always makes a well-formed challenge, of 32 octets, and another one of another verifier; `plain` makes the verifier
/// itself. Nothing shows a whole secret.
///
/// The input is a verifier, and behind a line feed the word of a method.
pub fn pkce(octets: &[u8]) {
    let Ok(text) = str::from_utf8(octets) else {
        return;
    };
    let (text, word) = text.split_once('\n').unwrap_or((text, "S256"));
    if let Some(method) = CodeChallengeMethod::read(word) {
        assert_eq!(method.as_str(), word);
    }
    let unreserved = |octet: u8| matches!(octet, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~');
    let well_formed = (43..=128).contains(&text.len()) && text.bytes().all(unreserved);
    let (verifier, sent) = match (CodeVerifier::new(text), CodeChallenge::new(text)) {
        (Ok(verifier), Ok(challenge)) => (verifier, challenge),
        (Err(one), Err(other)) => return assert!(one == other && one.position <= text.len()),
        (one, other) => return assert_eq!(one.is_ok(), other.is_ok(), "one grammar for both"),
    };
    assert_eq!(verifier.is_well_formed(), well_formed);
    assert_eq!(sent.is_well_formed(), well_formed);

    let plain = verifier.challenge(CodeChallengeMethod::Plain);
    assert_eq!(plain.as_str(), text);
    let hashed = verifier.challenge(CodeChallengeMethod::S256);
    assert!(hashed.is_well_formed());
    assert_eq!(
        base64url::decode(hashed.as_str()).map(|hash| hash.len()),
        Some(32)
    );
    let other = CodeVerifier::new(format!("{text}~"))
        .map(|other| other.challenge(CodeChallengeMethod::S256));
    assert_ne!(other, Ok(hashed));
    let shown = format!("{verifier:?} {sent:?}");
    assert!(text.len() < 16 || !shown.contains(text), "{shown}");
    assert_eq!(Text::from(verifier).as_str(), text);
}
