//! Where fresh values come from.
//!
//! A party never draws random numbers: it asks for a fresh value of a kind.
//! The simulator answers from the seed and from *why* the value is wanted (its provenance), so that
//! deleting one event of a run changes no other value; a live run answers from the operating system.

/// What a fresh value is for; the simulator names the value after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fresh {
    /// An authorization code (RFC 6749 §1.3.1).
    Code,
    /// An access token (RFC 6749 §1.4).
    AccessToken,
    /// A refresh token (RFC 6749 §1.5).
    RefreshToken,
    /// The `state` of an authorization request (RFC 6749 §4.1.1).
    State,
    /// A `code_verifier` (RFC 7636 §4.1).
    CodeVerifier,
    /// The `nonce` of an authentication request (OpenID Connect Core §3.1.2.1).
    Nonce,
    /// A session cookie.
    Session,
    /// The handle of a transaction at the authorization server.
    Transaction,
    /// A value that ties a form to the page that showed it (RFC 6749 §10.12).
    FormToken,
    /// A `request_uri` (RFC 9126 §2.2).
    RequestUri,
    /// The identifier of a client that registers itself (RFC 7591 §3.2.1).
    ClientId,
    /// Its secret.
    ClientSecret,
    /// The `jti` of a DPoP proof (RFC 9449 §4.2).
    ProofId,
}

impl Fresh {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::Code,
        Self::AccessToken,
        Self::RefreshToken,
        Self::State,
        Self::CodeVerifier,
        Self::Nonce,
        Self::Session,
        Self::Transaction,
        Self::FormToken,
        Self::RequestUri,
        Self::ClientId,
        Self::ClientSecret,
        Self::ProofId,
    ];

    /// The word that traces use for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::AccessToken => "access_token",
            Self::RefreshToken => "refresh_token",
            Self::State => "state",
            Self::CodeVerifier => "code_verifier",
            Self::Nonce => "nonce",
            Self::Session => "session",
            Self::Transaction => "transaction",
            Self::FormToken => "form_token",
            Self::RequestUri => "request_uri",
            Self::ClientId => "client_id",
            Self::ClientSecret => "client_secret",
            Self::ProofId => "proof_id",
        }
    }
}

/// Octets of entropy in a fresh value: 256 bits, above the 160 that RFC 6749 §10.10 asks for.
pub const FRESH_OCTETS: usize = 32;

/// The source of fresh values. Nothing else in the core is unpredictable.
pub trait Entropy {
    /// 32 fresh octets for a value of `kind`.
    fn fresh(&mut self, kind: Fresh) -> [u8; FRESH_OCTETS];

    /// A number that names an exchange or a store request; unique, but no secret.
    fn ticket(&mut self) -> u64;
}
