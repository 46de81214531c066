//! Why somebody says no: the rule, its section, what was compared, and where the answer may go.
//!
//! [`Refusal::answer`] is the only place that chooses error code, HTTP status and destination.

use core::fmt;

use crate::canonical::{Canonical, Encoder};
use crate::http::Status;
use crate::message::ErrorCode;
use crate::text::Text;

/// How strongly the text demands it (RFC 2119).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Required.
    Must,
    /// Recommended.
    Should,
    /// Good practice that no text demands.
    Hardening,
}

/// Where an error may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A page that the authorization server shows: the redirection URI cannot be trusted (RFC 6749 §4.1.2.1).
    Page,
    /// The redirection URI.
    Redirect,
    /// The body of the response, as JSON (RFC 6749 §5.2).
    Body,
    /// The `WWW-Authenticate` header (RFC 6750 §3).
    Challenge,
    /// A page that the client shows: nothing goes over the wire.
    ClientPage,
}

/// How a refusal is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status; of a redirect, the policy chooses it.
    pub status: Status,
    /// The `error`.
    pub error: ErrorCode,
    /// Where it goes.
    pub destination: Destination,
}

/// What is said about a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleText {
    /// Its name on the command line and in traces.
    pub id: &'static str,
    /// Who demands it.
    pub section: &'static str,
    /// How strongly.
    pub level: Level,
    /// What it demands, in one sentence.
    pub demand: &'static str,
}

macro_rules! rules {
    ($( $variant:ident = $id:literal, $section:literal, $level:ident, $error:ident at $destination:ident $status:ident, $demand:literal; )+) => {
        /// Every rule that can refuse something. Variants follow the way of a request through the flow.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule { $(#[doc = concat!($section, ": ", $demand)] $variant,)+ }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Name, section, level and demand.
            #[must_use]
            pub const fn text(self) -> RuleText {
                match self {
                    $(Self::$variant => RuleText {
                        id: $id, section: $section, level: Level::$level, demand: $demand,
                    },)+
                }
            }

            const fn answer(self) -> Answer {
                match self {
                    $(Self::$variant => Answer {
                        status: Status::$status,
                        error: ErrorCode::$error,
                        destination: Destination::$destination,
                    },)+
                }
            }
        }
    };
}

rules! {
    // The HTTP around every endpoint.
    MethodAllowed = "method-allowed", "RFC 6749 §3.1, §3.2", Must, InvalidRequest at Body METHOD_NOT_ALLOWED,
        "the token endpoint takes POST alone; the authorization endpoint GET, and POST if it likes";
    ContentReadable = "content-readable", "RFC 6749 §3.1, §4.1.3, Appendix B", Must, InvalidRequest at Body BAD_REQUEST,
        "the body is a form in UTF-8, or JSON where a profile takes it, and can be read";
    WithinLimits = "within-limits", "RFC 9110 §15.5.14", Hardening, InvalidRequest at Body CONTENT_TOO_LARGE,
        "a message stays within the bounds that its receiver sets";
    EndpointExists = "endpoint-exists", "RFC 9110 §15.5.5", Must, InvalidRequest at Page NOT_FOUND,
        "only what is published is answered";

    // The authorization endpoint (RFC 6749 §3.1, §4.1.1).
    AuthorizationParameters = "authorization-parameters", "RFC 6749 §3.1", Must, InvalidRequest at Page BAD_REQUEST,
        "client_id and redirect_uri are there at most once and well-formed, before anything may be redirected";
    ClientKnown = "client-known", "RFC 6749 §4.1.2.1", Must, InvalidRequest at Page BAD_REQUEST,
        "the client_id names a registered client";
    RedirectRegistered = "redirect-registered", "RFC 6749 §3.1.2.3; RFC 9700 §2.1", Must, InvalidRequest at Page BAD_REQUEST,
        "the redirect_uri is one that the client registered, octet for octet";
    RedirectPresent = "redirect-present", "RFC 6749 §3.1.2.3", Must, InvalidRequest at Page BAD_REQUEST,
        "a client with several redirection URIs, or none, names the one it means";
    RedirectUnreserved = "redirect-unreserved", "RFC 9207 §2; OAuth security topics, issue 72", Hardening, InvalidRequest at Page BAD_REQUEST,
        "the redirect_uri does not carry parameters of the response itself";
    RedirectSchemeSafe = "redirect-scheme-safe", "RFC 9700 §2.6; RFC 8252 §7", Must, InvalidRequest at Page BAD_REQUEST,
        "a redirect_uri is https, on a loopback address, or of a scheme that is an app's own domain reversed";
    RequestPushed = "request-pushed", "RFC 9126 §5", Must, InvalidRequest at Page BAD_REQUEST,
        "where requests must be pushed, one that was not is refused";
    RequestUriGood = "request-uri-good", "RFC 9126 §4", Must, InvalidRequestUri at Page BAD_REQUEST,
        "a request_uri is one that this client pushed, still good and not used";
    AuthorizationWellFormed = "authorization-well-formed", "RFC 6749 §4.1.2.1, Appendix A", Must, InvalidRequest at Redirect FOUND,
        "every parameter is there at most once and obeys its grammar";
    RequestObjectAbsent = "request-object-absent", "OpenID Connect Core §6.1", Must, RequestNotSupported at Redirect FOUND,
        "a server that reads no request objects says so, and does not act as if none had been there";
    RegistrationAbsent = "registration-absent", "OpenID Connect Core §7.2.1", Must, RegistrationNotSupported at Redirect FOUND,
        "a server that takes no client metadata with a request says so, and does not act as if none had been there";
    ResponseTypeKnown = "response-type-known", "RFC 6749 §3.1.1", Must, UnsupportedResponseType at Redirect FOUND,
        "the response_type is one that the server supports";
    ResponseTypeRegistered = "response-type-registered", "RFC 6749 §4.1.2.1; RFC 7591 §2", Must, UnauthorizedClient at Redirect FOUND,
        "the response_type is one that the client may use";
    ResponseModeSupported = "response-mode-supported", "Multiple Response Types §2.1, §5", Must, InvalidRequest at Redirect FOUND,
        "the response_mode is known, registered, and never puts tokens into a query";
    ScopeKnown = "scope-known", "RFC 6749 §3.3, §4.1.2.1", Must, InvalidScope at Redirect FOUND,
        "every scope token is one that the client may ask for";
    ChallengePresent = "challenge-present", "RFC 7636 §4.4.1; RFC 9700 §2.1.1", Must, InvalidRequest at Redirect FOUND,
        "a code challenge is there where one is required";
    ChallengeMethodSupported = "challenge-method-supported", "RFC 7636 §4.3, §4.4.1; RFC 9700 §2.1.1", Must, InvalidRequest at Redirect FOUND,
        "the challenge method is one that the server takes, and there is a challenge for it";
    ChallengeWellFormed = "challenge-well-formed", "RFC 7636 §4.2", Must, InvalidRequest at Redirect FOUND,
        "the challenge has 43 to 128 unreserved characters";
    NoncePresent = "nonce-present", "OpenID Connect Core §3.3.2.11", Must, InvalidRequest at Redirect FOUND,
        "a request for an ID Token in the front channel has a nonce";
    HintOurs = "hint-ours", "OpenID Connect Core §3.1.2.1", Must, InvalidRequest at Redirect FOUND,
        "an id_token_hint is an ID Token that this server signed";
    HintedOwner = "hinted-owner", "OpenID Connect Core §3.1.2.1", Must, LoginRequired at Redirect FOUND,
        "who logs in is the owner that the id_token_hint names";
    PromptSatisfiable = "prompt-satisfiable", "OpenID Connect Core §3.1.2.6", Must, LoginRequired at Redirect FOUND,
        "prompt=none is answered only if no page had to be shown";
    ConsentAtHand = "consent-at-hand", "OpenID Connect Core §3.1.2.6", Must, ConsentRequired at Redirect FOUND,
        "prompt=none is answered only if the owner's consent is at hand";
    TransactionsBounded = "transactions-bounded", "RFC 6749 §4.1.2.1", Hardening, TemporarilyUnavailable at Redirect FOUND,
        "no more requests wait for their owners than the server can keep";
    OwnerConsents = "owner-consents", "RFC 6749 §4.1.2.1", Must, AccessDenied at Redirect FOUND,
        "the resource owner says yes";

    // Login and consent pages (RFC 6749 §3.1, §10.12).
    TransactionOpen = "transaction-open", "RFC 6749 §4.1", Hardening, InvalidRequest at Page BAD_REQUEST,
        "a form belongs to an authorization request that is waiting";
    SameBrowser = "same-browser", "RFC 6749 §10.12", Must, InvalidRequest at Page FORBIDDEN,
        "a form comes from the browser that the page was shown to";
    FormTokenMatches = "form-token-matches", "RFC 6749 §10.12", Must, InvalidRequest at Page FORBIDDEN,
        "a form carries the token of the page that showed it";
    SameOrigin = "same-origin", "RFC 6749 §10.12; RFC 6454 §7", Must, InvalidRequest at Page FORBIDDEN,
        "a form comes from a page of the same site";

    // The token endpoint (RFC 6749 §3.2, §4.1.3, §5.2, §6).
    TokenParameters = "token-parameters", "RFC 6749 §3.2, §5.2", Must, InvalidRequest at Body BAD_REQUEST,
        "required parameters are there, none is repeated, all obey their grammar, none is in the URL";
    OneAuthenticationMethod = "one-authentication-method", "RFC 6749 §2.3", Must, InvalidRequest at Body BAD_REQUEST,
        "a client proves itself in one way per request";
    ClientAuthenticated = "client-authenticated", "RFC 6749 §2.3.1, §3.2.1, §5.2", Must, InvalidClient at Body UNAUTHORIZED,
        "a confidential client proves itself with its secret";
    AuthenticationMethodRegistered = "authentication-method-registered", "RFC 7591 §2; RFC 6749 §2.3", Should, InvalidClient at Body UNAUTHORIZED,
        "a client proves itself in the way that it registered";
    ClientIdConsistent = "client-id-consistent", "RFC 6749 §3.2.1", Must, InvalidRequest at Body BAD_REQUEST,
        "a client_id in the body is the one that was authenticated";
    GrantTypeKnown = "grant-type-known", "RFC 6749 §5.2", Must, UnsupportedGrantType at Body BAD_REQUEST,
        "the grant_type is one that the server supports";
    GrantTypeAllowed = "grant-type-allowed", "RFC 6749 §5.2; RFC 7591 §2", Must, UnauthorizedClient at Body BAD_REQUEST,
        "the grant_type is one that the client may use";
    ProofGood = "proof-good", "RFC 9449 §4.3, §5, §11.1", Must, InvalidDpopProof at Body BAD_REQUEST,
        "where tokens are bound to keys, a token request has a proof that was made for it and not used before";
    CertificatePresent = "certificate-present", "RFC 8705 §3", Must, InvalidRequest at Body BAD_REQUEST,
        "where tokens are bound to certificates, a token request comes over a connection that has one";
    CodeKnown = "code-known", "RFC 6749 §5.2", Must, InvalidGrant at Body BAD_REQUEST,
        "the code is one that this server issued";
    CodeBoundToClient = "code-bound-to-client", "RFC 6749 §4.1.3, §10.5", Must, InvalidGrant at Body BAD_REQUEST,
        "the code was issued to the client that redeems it";
    CodeRedirectMatches = "code-redirect-matches", "RFC 6749 §4.1.3, §10.6", Must, InvalidGrant at Body BAD_REQUEST,
        "the redirect_uri is that of the authorization request, and there if it was there";
    VerifierWellFormed = "verifier-well-formed", "RFC 7636 §4.1", Must, InvalidRequest at Body BAD_REQUEST,
        "the verifier has 43 to 128 unreserved characters";
    VerifierMatches = "verifier-matches", "RFC 7636 §4.6", Must, InvalidGrant at Body BAD_REQUEST,
        "the verifier makes the challenge of the authorization request";
    VerifierExpected = "verifier-expected", "RFC 9700 §2.1.1, §4.8.2", Must, InvalidGrant at Body BAD_REQUEST,
        "there is a verifier only if there was a challenge";
    CodeFresh = "code-fresh", "RFC 6749 §4.1.2, §10.5", Must, InvalidGrant at Body BAD_REQUEST,
        "the code is not expired";
    CodeSingleUse = "code-single-use", "RFC 6749 §4.1.2, §10.5; RFC 9700 §4.2.4", Must, InvalidGrant at Body BAD_REQUEST,
        "the code was not redeemed before";
    GrantLive = "grant-live", "RFC 6749 §10.5; RFC 7009 §2.1", Must, InvalidGrant at Body BAD_REQUEST,
        "the grant was not revoked meanwhile";
    RefreshTokenKnown = "refresh-token-known", "RFC 6749 §5.2, §6", Must, InvalidGrant at Body BAD_REQUEST,
        "the refresh token is one that this server issued";
    RefreshBoundToClient = "refresh-bound-to-client", "RFC 6749 §6, §10.4", Must, InvalidGrant at Body BAD_REQUEST,
        "the refresh token was issued to the client that uses it";
    RefreshBoundToSender = "refresh-bound-to-sender", "RFC 9449 §5; RFC 8705 §4", Must, InvalidGrant at Body BAD_REQUEST,
        "a refresh token that is bound to a key or certificate is used with it";
    RefreshFresh = "refresh-fresh", "RFC 6749 §5.2", Must, InvalidGrant at Body BAD_REQUEST,
        "the refresh token is not expired";
    RefreshNewest = "refresh-newest", "RFC 9700 §4.14.2", Must, InvalidGrant at Body BAD_REQUEST,
        "the refresh token is the newest of its family";
    RefreshScopeWithin = "refresh-scope-within", "RFC 6749 §6", Must, InvalidScope at Body BAD_REQUEST,
        "a refresh asks for no more than was granted";
    OwnerStillThere = "owner-still-there", "RFC 9700 §4.14.2 (MAY)", Hardening, InvalidGrant at Body BAD_REQUEST,
        "user and client are still there and still allowed";
    StoreHasRoom = "store-has-room", "RFC 6749 §4.1.2.1", Hardening, ServerError at Body SERVICE_UNAVAILABLE,
        "the store can keep what is to be issued";

    // Dynamic client registration (RFC 7591).
    RegistrationAuthorized = "registration-authorized", "RFC 7591 §3, §5", Must, InvalidToken at Challenge UNAUTHORIZED,
        "where ownership is checked, whoever registers a client shows its initial access token";
    RegistrationWellFormed = "registration-well-formed", "RFC 7591 §2, §3.2.2", Must, InvalidClientMetadata at Body BAD_REQUEST,
        "client metadata is a JSON object whose members are of their types";
    RegistrationRedirects = "registration-redirects", "RFC 7591 §3.2.2, §5; RFC 9700 §2.6, §4.11.2", Must, InvalidRedirectUri at Body BAD_REQUEST,
        "redirection URIs have safe schemes, and are on origins that the registrant owns where that is checked";
    ClientsBounded = "clients-bounded", "RFC 7591 §5", Hardening, TemporarilyUnavailable at Body SERVICE_UNAVAILABLE,
        "no more clients register themselves than the server can keep";

    // Revocation and introspection (RFC 7009, RFC 7662).
    RevokesItsOwn = "revokes-its-own", "RFC 7009 §2.1", Must, InvalidClient at Body BAD_REQUEST,
        "a client revokes the tokens that were issued to it";
    IntrospectionAuthorized = "introspection-authorized", "RFC 7662 §2.1", Must, InvalidClient at Body UNAUTHORIZED,
        "whoever asks about tokens proves itself";

    // The resource server (RFC 6749 §7, RFC 6750).
    TokenPresent = "token-present", "RFC 6750 §3", Must, InvalidRequest at Challenge UNAUTHORIZED,
        "a request for the resource carries an access token";
    OneTokenPlace = "one-token-place", "RFC 6750 §2, §3.1", Must, InvalidRequest at Challenge BAD_REQUEST,
        "an access token is in one place, and not in the URL";
    TokenGood = "token-good", "RFC 6750 §3.1", Must, InvalidToken at Challenge UNAUTHORIZED,
        "the access token is known, live and not expired";
    TokenScopeCovers = "token-scope-covers", "RFC 6750 §3.1", Must, InsufficientScope at Challenge FORBIDDEN,
        "the access token's scope covers what is asked";
    SenderProved = "sender-proved", "RFC 9449 §4.3, §7.1", Must, InvalidDpopProof at Challenge UNAUTHORIZED,
        "a token that is bound to a key comes with a proof by that key for this request";
    ProofUnused = "proof-unused", "RFC 9449 §11.1", Should, InvalidDpopProof at Challenge UNAUTHORIZED,
        "a proof is used once";
    CertificateMatches = "certificate-matches", "RFC 8705 §3", Must, InvalidToken at Challenge UNAUTHORIZED,
        "a token that is bound to a certificate comes over a connection that has it";
    VerdictReachable = "verdict-reachable", "RFC 7662 §2", Hardening, TemporarilyUnavailable at Challenge SERVICE_UNAVAILABLE,
        "without an answer about the token nothing is served";

    // The client (RFC 6749 §4.1.2, §10.12; RFC 9207 §2.4; OpenID Connect Core §3.1.3.7).
    LoginStartedHere = "login-started-here", "OpenID Connect Core §4", Hardening, InvalidRequest at ClientPage FORBIDDEN,
        "a login starts from a form of the client's own pages";
    ResponseReadable = "response-readable", "RFC 6749 §4.1.2", Must, InvalidRequest at ClientPage BAD_REQUEST,
        "the response has its parameters once each, well-formed, and either a code or an error";
    LoginUnderWay = "login-under-way", "RFC 9700 §4.7.1", Must, InvalidRequest at ClientPage BAD_REQUEST,
        "a response answers a login that this browser session has under way";
    StateMatches = "state-matches", "RFC 6749 §10.12; RFC 9700 §4.7.1", Must, InvalidRequest at ClientPage BAD_REQUEST,
        "the state is the one that this login sent, and comes back once";
    IssuerMatches = "issuer-matches", "RFC 9207 §2.4; RFC 9700 §4.4.2.1", Must, InvalidRequest at ClientPage BAD_REQUEST,
        "the response comes from the server that was asked";
    ContextMatches = "context-matches", "RFC 9700 §4.4.2.2", Must, InvalidRequest at ClientPage BAD_REQUEST,
        "the response arrives at the redirection URI of its login";
    IssuerTrusted = "issuer-trusted", "RFC 8414 §3.3; RFC 9207 §4", Must, InvalidRequest at ClientPage BAD_REQUEST,
        "a server's issuer is its own, and its endpoints are on its origin";
    MessageSourceMatches = "message-source-matches", "RFC 9700 §4.17", Must, InvalidRequest at ClientPage BAD_REQUEST,
        "a posted message comes from the server that was asked";
    ResponseGranted = "response-granted", "RFC 6749 §4.1.2.1", Must, AccessDenied at ClientPage FORBIDDEN,
        "the authorization endpoint granted the request";
    TokenResponseReadable = "token-response-readable", "RFC 6749 §5.1, §5.2", Must, InvalidRequest at ClientPage BAD_GATEWAY,
        "the token endpoint's answer has a token and its type";
    TokenResponseGranted = "token-response-granted", "RFC 6749 §5.2", Must, InvalidGrant at ClientPage BAD_GATEWAY,
        "the token endpoint granted the request";
    TokenTypeUnderstood = "token-type-understood", "RFC 6749 §7.1", Must, InvalidRequest at ClientPage BAD_GATEWAY,
        "a client does not use a token of a type that it does not understand";
    IdTokenValid = "id-token-valid", "OpenID Connect Core §3.1.3.7, §3.3.2.12", Must, InvalidToken at ClientPage BAD_GATEWAY,
        "an ID Token is signed by its issuer, for this client, and not expired";
    IdTokenExpected = "id-token-expected", "OpenID Connect Core §3.1.3.3", Must, InvalidToken at ClientPage BAD_GATEWAY,
        "an ID Token is there when openid was asked for";
    NonceMatches = "nonce-matches", "OpenID Connect Core §3.1.3.7; RFC 9700 §4.5.3.2", Must, InvalidToken at ClientPage BAD_GATEWAY,
        "the ID Token's nonce is the one that this login sent";
    PushAnswered = "push-answered", "RFC 9126 §2.2", Must, InvalidRequest at ClientPage BAD_GATEWAY,
        "the server keeps a pushed request and names it";
    ResourceGranted = "resource-granted", "RFC 6750 §3", Must, InvalidToken at ClientPage BAD_GATEWAY,
        "the resource server serves the resource and says whose it is";
    AnswerInTime = "answer-in-time", "RFC 9110 §15.6.5", Hardening, TemporarilyUnavailable at ClientPage BAD_GATEWAY,
        "an answer comes before the client stops waiting";
    LoginsBounded = "logins-bounded", "RFC 6749 §10.12", Hardening, TemporarilyUnavailable at ClientPage SERVICE_UNAVAILABLE,
        "no more logins are under way than the client can keep";

    // Cases that cannot happen.
    Unreachable = "unreachable", "grantlab", Hardening, ServerError at Body INTERNAL_SERVER_ERROR,
        "a party is never in a position that its own rules exclude";
}

impl Canonical for Rule {
    fn encode(&self, out: &mut Encoder) {
        self.text().id.encode(out);
    }
}

impl Rule {
    /// The rule called `id`.
    #[must_use]
    pub fn read(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.text().id == id)
    }
}

/// A value that took part in a comparison.
#[derive(Clone, PartialEq, Eq)]
pub enum Compared {
    /// There was nothing.
    Absent,
    /// A value that anybody may see.
    Shown(Text),
    /// A secret: kept, so that it can be traced to who minted it, and never shown whole.
    Secret(Text),
}

impl Canonical for Compared {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Absent => out.tag(0),
            Self::Shown(text) => {
                out.tag(1);
                text.encode(out);
            }
            Self::Secret(text) => {
                out.tag(2);
                text.encode(out);
            }
        }
    }
}

impl Compared {
    /// A value that anybody may see.
    #[must_use]
    #[cold]
    pub fn shown(text: &str) -> Self {
        Self::Shown(Text::new(text))
    }

    /// A secret.
    #[must_use]
    #[cold]
    pub fn secret(text: &str) -> Self {
        Self::Secret(Text::new(text))
    }
}

impl fmt::Debug for Compared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => formatter.write_str("absent"),
            Self::Shown(text) => write!(formatter, "{text:?}"),
            Self::Secret(text) => write!(
                formatter,
                "{}…",
                crate::value::first_characters(text.as_str())
            ),
        }
    }
}

impl fmt::Display for Compared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, formatter)
    }
}

/// Somebody says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which rule.
    pub rule: Rule,
    /// What would have been right.
    pub expected: Compared,
    /// What was there.
    pub found: Compared,
}

crate::canonical_struct!(Refusal {
    rule,
    expected,
    found
});

impl Refusal {
    /// A refusal with both sides of its comparison.
    #[must_use]
    #[cold]
    pub const fn new(rule: Rule, expected: Compared, found: Compared) -> Self {
        Self {
            rule,
            expected,
            found,
        }
    }

    /// A case that the code's own rules exclude; an invariant says that it is in no trace.
    #[must_use]
    #[cold]
    pub fn unreachable(why: &'static str) -> Self {
        Self {
            rule: Rule::Unreachable,
            expected: Compared::Absent,
            found: Compared::shown(why),
        }
    }

    /// Error code, status and destination. Nobody else chooses these.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        self.rule.answer()
    }

    /// One sentence for the developer (`error_description`), without any secret.
    #[must_use]
    pub fn description(&self) -> Text {
        Text::new(self.rule.text().demand)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.rule.text();
        write!(
            formatter,
            "{} ({}): expected {}, found {}",
            text.id, text.section, self.expected, self.found
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;
    use alloc::format;

    #[test]
    fn rules_have_names_of_their_own() {
        let names: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.text().id).collect();
        assert_eq!(names.len(), Rule::ALL.len());
        for rule in Rule::ALL {
            assert_eq!(Rule::read(rule.text().id), Some(*rule));
        }
    }

    /// RFC 6749 §4.1.2.1, §5.2 and RFC 6750 §3: which codes may appear where.
    #[test]
    fn demands_can_be_error_descriptions() {
        for rule in Rule::ALL {
            let demand = rule.text().demand;
            assert!(
                demand
                    .bytes()
                    .all(|octet| matches!(octet, 0x20 | 0x21 | 0x23..=0x5b | 0x5d..=0x7e)),
                "{demand}"
            );
        }
    }

    #[test]
    fn only_client_authentication_answers_401_in_a_body() {
        for rule in Rule::ALL {
            let answer = rule.answer();
            if answer.destination == Destination::Body && answer.status == Status::UNAUTHORIZED {
                assert_eq!(answer.error, ErrorCode::InvalidClient, "{rule:?}");
            }
        }
    }

    #[test]
    fn a_secret_in_a_comparison_is_not_shown() {
        let refusal = Refusal::new(
            Rule::StateMatches,
            Compared::secret("open-sesame"),
            Compared::Absent,
        );
        assert!(!format!("{refusal} {refusal:?}").contains("sesame"));
    }
}
