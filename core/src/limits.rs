//! Every bound in the core, each with its unit and its reason.
//! A bound that is reached has a defined answer: a refusal, or an event that says so.

/// Parameters in one query, form or JSON object. The longest honest authorization request has 14.
pub const PARAMETERS_MAX: usize = 64;

/// Octets of one parameter name.
pub const PARAMETER_NAME_OCTETS_MAX: usize = 128;

/// Octets of one parameter value. RFC 6749 sets none; browsers carry URLs of at least 2,048 octets.
pub const PARAMETER_VALUE_OCTETS_MAX: usize = 8_192;

/// Octets of one request target, as most HTTP implementations limit it (RFC 9110 §4.1 asks for 8,000 at least).
pub const TARGET_OCTETS_MAX: usize = 16_384;

/// Octets of one message body.
pub const BODY_OCTETS_MAX: usize = 262_144;

/// Header fields in one message.
pub const HEADERS_MAX: usize = 64;

/// Octets of one header field value.
pub const HEADER_OCTETS_MAX: usize = 16_384;

/// Levels of nesting in a JSON body.
pub const JSON_DEPTH_MAX: usize = 16;

/// Values in one JSON body.
pub const JSON_VALUES_MAX: usize = 1_024;

/// Authorization requests that one authorization server keeps while their owner decides.
pub const PENDING_TRANSACTIONS_MAX: usize = 256;

/// Clients that one authorization server lets register themselves (RFC 7591 §5).
pub const REGISTERED_CLIENTS_MAX: usize = 64;

/// Redirection URIs of one client that registers itself.
pub const REGISTERED_URIS_MAX: usize = 16;

/// Login sessions that one authorization server keeps.
pub const SESSIONS_MAX: usize = 1_024;

/// Requests that one party waits on at the same time.
pub const WAITING_MAX: usize = 256;

/// Grants, access tokens and refresh tokens that a store keeps, each.
pub const STORE_RECORDS_MAX: usize = 20_000_000;

/// Logins that a client keeps.
pub const LOGINS_MAX: usize = 256;

/// Redirects that a user-agent follows for one navigation (Fetch standard, §4.4: 20).
pub const REDIRECTS_MAX: usize = 20;

/// Tabs of one user-agent.
pub const TABS_MAX: usize = 32;

/// Cookies of one user-agent (RFC 6265 §6.1 asks for 3,000 at least; a run needs few).
pub const COOKIES_MAX: usize = 256;

/// Octets of one cookie's name and value together (RFC 6265bis §5.6).
pub const COOKIE_OCTETS_MAX: usize = 4_096;

/// Navigations that pages start by themselves between two acts of the user: frames, and forms that scripts send.
pub const SCRIPTED_NAVIGATIONS_MAX: u8 = 64;

/// Pages that one tab remembers.
pub const HISTORY_MAX: usize = 32;

/// How old a DPoP proof may be, and how far in the future, in milliseconds: clocks differ, and RFC 9449 §11.1 leaves
/// it at seconds or minutes.
pub const PROOF_AGE_MAX_MS: u64 = 60_000;

/// DPoP proofs that one party remembers as used (RFC 9449 §11.1).
pub const PROOFS_SEEN_MAX: usize = 1_024;

/// How long a party waits for the answer to a back-channel request, in milliseconds.
pub const EXCHANGE_TIMEOUT_MS: u64 = 30_000;

/// How long an ID Token is good for where access tokens are good for ever, in milliseconds: one hour, as in the
/// examples of OpenID Connect Core §3.1.3.3.
pub const ID_TOKEN_LIFETIME_MS: u64 = 3_600_000;
