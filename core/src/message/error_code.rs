//! The error codes of every endpoint.

/// An `error` value. Variants in the order of the standards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// RFC 6749 §4.1.2.1, §5.2; RFC 6750 §3.1
    InvalidRequest,
    /// RFC 6749 §4.1.2.1, §5.2
    UnauthorizedClient,
    /// RFC 6749 §4.1.2.1
    AccessDenied,
    /// RFC 6749 §4.1.2.1
    UnsupportedResponseType,
    /// RFC 6749 §4.1.2.1, §5.2
    InvalidScope,
    /// RFC 6749 §4.1.2.1
    ServerError,
    /// RFC 6749 §4.1.2.1
    TemporarilyUnavailable,
    /// RFC 6749 §5.2
    InvalidClient,
    /// RFC 6749 §5.2
    InvalidGrant,
    /// RFC 6749 §5.2
    UnsupportedGrantType,
    /// RFC 6750 §3.1
    InvalidToken,
    /// RFC 6750 §3.1
    InsufficientScope,
    /// RFC 7009 §2.2.1
    UnsupportedTokenType,
    /// OpenID Connect Core §3.1.2.6
    LoginRequired,
    /// OpenID Connect Core §3.1.2.6
    ConsentRequired,
    /// OpenID Connect Core §3.1.2.6 (RFC 9101 §6.1)
    InvalidRequestUri,
    /// OpenID Connect Core §3.1.2.6, §6.1
    RequestNotSupported,
    /// OpenID Connect Core §3.1.2.6, §7.2.1
    RegistrationNotSupported,
    /// RFC 7591 §3.2.2
    InvalidRedirectUri,
    /// RFC 7591 §3.2.2
    InvalidClientMetadata,
    /// RFC 9449 §5, §7.1
    InvalidDpopProof,
}

crate::canonical_unit_enum!(ErrorCode {
    InvalidRequest = 0,
    UnauthorizedClient = 1,
    AccessDenied = 2,
    UnsupportedResponseType = 3,
    InvalidScope = 4,
    ServerError = 5,
    TemporarilyUnavailable = 6,
    InvalidClient = 7,
    InvalidGrant = 8,
    UnsupportedGrantType = 9,
    InvalidToken = 10,
    InsufficientScope = 11,
    UnsupportedTokenType = 12,
    LoginRequired = 13,
    ConsentRequired = 14,
    InvalidRequestUri = 15,
    InvalidRedirectUri = 16,
    InvalidClientMetadata = 17,
    InvalidDpopProof = 18,
    RequestNotSupported = 19,
    RegistrationNotSupported = 20,
});

impl ErrorCode {
    /// Every code.
    pub const ALL: [Self; 21] = [
        Self::InvalidRequest,
        Self::UnauthorizedClient,
        Self::AccessDenied,
        Self::UnsupportedResponseType,
        Self::InvalidScope,
        Self::ServerError,
        Self::TemporarilyUnavailable,
        Self::InvalidClient,
        Self::InvalidGrant,
        Self::UnsupportedGrantType,
        Self::InvalidToken,
        Self::InsufficientScope,
        Self::UnsupportedTokenType,
        Self::LoginRequired,
        Self::ConsentRequired,
        Self::InvalidRequestUri,
        Self::RequestNotSupported,
        Self::RegistrationNotSupported,
        Self::InvalidRedirectUri,
        Self::InvalidClientMetadata,
        Self::InvalidDpopProof,
    ];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::UnsupportedTokenType => "unsupported_token_type",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::RequestNotSupported => "request_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::InvalidDpopProof => "invalid_dpop_proof",
        }
    }

    /// Reads the word; `None` for one that nobody defined.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == word)
    }
}
