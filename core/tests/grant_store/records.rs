//! Records of every shape, each made of its number alone and of the time.

use std::sync::Arc;

use grantlab_core::http::Fields;
use grantlab_core::message::store::{
    CodeRecord, CodeStage, GrantId, PushedRecord, TokenKind, TokenRecord, TokenStage,
};
use grantlab_core::time::Timestamp;
use grantlab_core::value::{
    ClientId, CodeChallenge, CodeChallengeMethod, CodeVerifier, Confirmation, Nonce,
    RedirectionUri, Scope, SecretDigest, Subject, Thumbprint,
};

/// What the digests of a store have in common. Those of a live store are random; the others are how an index fares
/// worst.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Digests {
    Random,
    /// Their first 18 bits: whatever is split, they stay together.
    OfOneBucket,
    /// Their first 64 bits.
    OfOneHash,
}

impl Digests {
    /// The digest of one secret.
    pub(crate) fn of(self, kind: &str, number: u16) -> SecretDigest {
        let SecretDigest(mut octets) = SecretDigest::of(&format!("{kind} {number}"));
        match self {
            Self::Random => {}
            Self::OfOneBucket => {
                octets[..2].fill(0x55);
                octets[2] &= 0x3f;
            }
            Self::OfOneHash => octets[..8].fill(0x55),
        }
        SecretDigest(octets)
    }
}

/// One of `values`, as a number says.
fn one<T: Clone>(number: u16, values: &[T]) -> T {
    values[usize::from(number) % values.len()].clone()
}

/// For ever, or so many milliseconds from `now`. None is over at once.
fn end(number: u16, now: Timestamp) -> Option<Timestamp> {
    one(number, &[Some(20), Some(100), Some(1_000), None, Some(60)])
        .map(|ms| Timestamp(now.0.saturating_add(ms)))
}

/// Times of issue: now, or so late that few octets do not hold them.
fn begin(number: u16, now: Timestamp) -> Timestamp {
    match number % 13 {
        0 => Timestamp(u64::MAX - 5),
        _ => now,
    }
}

fn challenge(number: u16) -> Option<(CodeChallenge, CodeChallengeMethod)> {
    let verifier = CodeVerifier::from_fresh([number.to_le_bytes()[0]; 32]);
    let s256 = verifier.challenge(CodeChallengeMethod::S256);
    // Forty-three characters whose last one says more than 32 octets do.
    let odd = format!("{}{}", "a".repeat(42), one(number, &['B', 'C', 'D']));
    one(
        number,
        &[
            Some((s256, CodeChallengeMethod::S256)),
            None,
            Some((
                CodeChallenge::new(verifier.as_str()).unwrap(),
                CodeChallengeMethod::Plain,
            )),
            Some((
                CodeChallenge::new("x".repeat(60)).unwrap(),
                CodeChallengeMethod::Plain,
            )),
            Some((CodeChallenge::new(odd).unwrap(), CodeChallengeMethod::S256)),
        ],
    )
}

/// None, one of 32 octets, or another text.
fn nonce(number: u16) -> Option<Nonce> {
    let octets = [number.to_le_bytes()[0]; 32];
    one(
        number,
        &[
            None,
            Some(Nonce::from_fresh(octets)),
            Some(Nonce::new("n-0S6_WzA2Mj").unwrap()),
        ],
    )
}

fn client(number: u16) -> ClientId {
    ClientId::new(one(
        number,
        &["web", "native", "a-client-with-a-very-long-name-indeed"],
    ))
    .unwrap()
}

fn subject(number: u16) -> Subject {
    Subject::new(one(
        number,
        &["alice", "bob", "an-owner-whose-name-fills-more-than-a-line"],
    ))
    .unwrap()
}

fn scope(number: u16) -> Scope {
    Scope::new(one(
        number,
        &[
            "read",
            "read write",
            "openid email offline_access read write",
        ],
    ))
    .unwrap()
}

/// A code that was just issued.
pub(crate) fn code(digest: SecretDigest, number: u16, now: Timestamp) -> CodeRecord {
    let uri = "https://client.example/cb?kept=by-the-store";
    CodeRecord {
        grant: GrantId(digest),
        client_id: client(number),
        subject: subject(number / 2),
        scope: scope(number / 3),
        scope_asked: one(number / 5, &[None, Some(scope(number))]),
        redirect_uri: one(number / 7, &[Some(RedirectionUri::new(uri).unwrap()), None]),
        challenge: challenge(number),
        nonce: nonce(number / 4),
        auth_time: one(number / 9, &[None, Some(now)]),
        issued_at: begin(number, now),
        expires_at: end(number, now),
        stage: CodeStage::Issued,
    }
}

/// A token of a grant that was just issued.
pub(crate) fn token(
    kind: TokenKind,
    grant: SecretDigest,
    number: u16,
    now: Timestamp,
) -> TokenRecord {
    let thumbprint = Thumbprint::of(&[1]);
    TokenRecord {
        kind,
        grant: GrantId(grant),
        client_id: client(number),
        // Often the owner of the code, sometimes not.
        subject: subject(number / 2),
        scope: scope(number / 3),
        bound_to: one(
            number,
            &[
                None,
                Some(Confirmation::Key(thumbprint.clone())),
                Some(Confirmation::Certificate(thumbprint)),
            ],
        ),
        issued_at: begin(number / 3, now),
        expires_at: end(number / 2, now),
        stage: TokenStage::Live,
    }
}

/// A pushed request.
pub(crate) fn pushed(number: u16, now: Timestamp) -> Arc<PushedRecord> {
    Arc::new(PushedRecord {
        client_id: client(number),
        parameters: Fields::EMPTY.with("scope", "read"),
        expires_at: end(number, now).unwrap_or(now),
    })
}
