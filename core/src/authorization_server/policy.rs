//! The authorization server's switches.

use crate::message::Repeats;
use crate::{policy, switch};

switch! {
    /// Which redirection URIs count as registered.
    "as.redirect_match", demanded by "RFC 9700 §2.1, §4.1.3; RFC 3986 §6.2.1", secure Exact,
    pub enum RedirectMatch {
        /// The same octets as a registered one.
        Exact = "exact",
        /// The same octets; a loopback address may have any port (RFC 8252 §7.3).
        ExactLoopbackPort = "exact_loopback_port",
        /// Starts with a registered one.
        Prefix = "prefix",
        /// Has the scheme, host and port of a registered one.
        Origin = "origin",
        /// The host may have more labels in front; scheme, port and path are the same.
        WildcardSubdomain = "wildcard_subdomain",
        /// `*` in a registered one stands for any octets; one without `*` gets one at its end.
        GlobAny = "glob_any",
        /// The registered one is a regular expression in which a dot is any octet, searched anywhere.
        RegexUnescaped = "regex_unescaped",
        /// The same after percent-decoding, removal of dot segments and lower-casing of scheme and host.
        Normalised = "normalised",
        /// Exact, or any port and path on a host that merely starts like a loopback name.
        LoopbackAnyHost = "loopback_any_host",
        /// Every one.
        None = "none",
    }
}
switch! {
    /// Whether a redirection URI may already carry parameters of the response.
    "as.redirect_params", demanded by "no RFC yet (OAuth security topics, issue 72)", secure RejectReserved,
    pub enum RedirectParameters {
        /// `code`, `state`, `iss`, `error` or `response` in its query is refused.
        RejectReserved = "reject_reserved",
        /// They are kept, and the response has them twice.
        Allow = "allow",
    }
}
switch! {
    /// Whether the token request must repeat the redirection URI of the authorization request.
    "as.redirect_at_token", demanded by "RFC 6749 §4.1.3, §10.6", secure Identical,
    pub enum RedirectAtToken {
        /// The same octets, and required if it was there.
        Identical = "identical",
        /// Any URI that the client could have registered.
        RegPattern = "reg_pattern",
        /// Not looked at.
        Ignored = "ignored",
    }
}
switch! {
    /// How often a code can be redeemed.
    "as.code_use", demanded by "RFC 6749 §4.1.2, §10.5; RFC 9700 §4.2.4", secure AtomicOnce,
    pub enum CodeUse {
        /// Once: the store consumes it with a compare-and-set.
        AtomicOnce = "atomic_once",
        /// Once, if nobody else asks between looking and writing.
        CheckThenSet = "check_then_set",
        /// As often as wanted.
        Unlimited = "unlimited",
    }
}
switch! {
    /// When redeeming a code again revokes what it had issued.
    "as.code_replay_revoke", demanded by "RFC 6749 §4.1.2 (SHOULD); OAuth 2.1 §7.5.2", secure OnValidRequest,
    pub enum CodeReplayRevoke {
        /// When the second request passes every other rule.
        OnValidRequest = "on_valid_request",
        /// Whoever sends it.
        OnAnyRequest = "on_any_request",
        /// Never.
        Never = "never",
    }
}
switch! {
    /// What a refused redemption does to the code.
    "as.code_on_failed_redeem", demanded by "no RFC: a trade-off between theft and denial of service", secure Keep,
    pub enum CodeOnFailedRedeem {
        /// It stays good.
        Keep = "keep",
        /// It is used up.
        Invalidate = "invalidate",
    }
}
switch! {
    /// Whether a code is bound to the client it was issued to.
    "as.code_bind_client", demanded by "RFC 6749 §4.1.3, §10.5", secure On,
    pub enum CodeBindClient {
        /// Another client cannot redeem it.
        On = "on",
        /// Any client can.
        Off = "off",
    }
}
switch! {
    /// Whether authorization requests need a code challenge.
    "as.pkce", demanded by "RFC 9700 §2.1.1; OAuth 2.1 §4.1.1", secure Required,
    pub enum Pkce {
        /// All do.
        Required = "required",
        /// Those of public clients do.
        RequiredPublic = "required_public",
        /// None does; one that is sent is honoured.
        Optional = "optional",
        /// Challenges and verifiers are not looked at.
        Ignored = "ignored",
    }
}
switch! {
    /// When the verifier is compared with the challenge.
    "as.pkce_verify", demanded by "RFC 7636 §4.6; RFC 9700 §2.1.1", secure IffChallenge,
    pub enum PkceVerify {
        /// When there was a challenge.
        IffChallenge = "iff_challenge",
        /// When there was a challenge and a verifier is sent.
        OnlyIfVerifierPresent = "only_if_verifier_present",
        /// An empty verifier passes as if there had been no challenge.
        EmptyIsAbsent = "empty_is_absent",
        /// Never.
        Never = "never",
    }
}
switch! {
    /// What a verifier without a challenge means.
    "as.pkce_downgrade", demanded by "RFC 9700 §2.1.1, §4.8.2", secure RejectVerifierWithoutChallenge,
    pub enum PkceDowngrade {
        /// Somebody removed the challenge: refused.
        RejectVerifierWithoutChallenge = "reject_verifier_without_challenge",
        /// Nothing.
        Accept = "accept",
    }
}
switch! {
    /// Which challenge methods are taken.
    "as.pkce_methods", demanded by "RFC 9700 §2.1.1; RFC 7636 §7.2", secure S256,
    pub enum PkceMethods {
        /// `S256`
        S256 = "S256",
        /// `S256` and `plain`.
        S256AndPlain = "S256+plain",
    }
}
switch! {
    /// Whether challenge and verifier must obey their grammar.
    "as.pkce_abnf", demanded by "RFC 7636 §4.1, §4.2", secure Enforced,
    pub enum PkceAbnf {
        /// 43 to 128 unreserved characters.
        Enforced = "enforced",
        /// Any text.
        Off = "off",
    }
}
switch! {
    /// Whether a confidential client must prove itself.
    "as.client_auth", demanded by "RFC 6749 §3.2.1, §4.1.3, §6", secure RequiredIfConfidential,
    pub enum ClientAuth {
        /// Always.
        RequiredIfConfidential = "required_if_confidential",
        /// A request without any credentials passes with the `client_id` alone.
        SkipIfAbsent = "skip_if_absent",
        /// An empty secret passes.
        EmptyOk = "empty_ok",
    }
}
switch! {
    /// Whether the `client_id` in the body must name the authenticated client.
    "as.client_id_consistency", demanded by "RFC 6749 §3.2.1", secure Equal,
    pub enum ClientIdConsistency {
        /// It must.
        Equal = "equal",
        /// The one in the body wins.
        BodyWins = "body_wins",
    }
}
switch! {
    /// What a repeated parameter means.
    "as.dup_params", demanded by "RFC 6749 §3.1, §3.2", secure Reject,
    pub enum DuplicateParameters {
        /// The request is refused.
        Reject = "reject",
        /// The first counts.
        First = "first",
        /// The last counts.
        Last = "last",
    }
}

impl DuplicateParameters {
    /// The same, in the words of a message's reader.
    #[must_use]
    pub const fn repeats(self) -> Repeats {
        match self {
            Self::Reject => Repeats::Refuse,
            Self::First => Repeats::First,
            Self::Last => Repeats::Last,
        }
    }
}

switch! {
    /// Whether authorization responses name their issuer.
    "as.iss_param", demanded by "RFC 9207 §2; RFC 9700 §2.1", secure On,
    pub enum IssParameter {
        /// They do.
        On = "on",
        /// They do not.
        Off = "off",
    }
}
switch! {
    /// The status of redirects that answer a form.
    "as.redirect_status", demanded by "RFC 9700 §4.12 (SHOULD 303, MUST NOT 307)", secure SeeOther,
    pub enum RedirectStatus {
        /// 303: the next request is a `GET`.
        SeeOther = "303",
        /// 302: usually a `GET` too.
        Found = "302",
        /// 307: the form is sent again, password included.
        TemporaryRedirect = "307",
        /// 308: likewise.
        PermanentRedirect = "308",
    }
}
switch! {
    /// Whether password and decision travel in one form. Both are legal.
    "as.login", demanded by "environment (Fett, Küsters, Schmitz 2016 §3.1)", secure PostThenRedirect,
    pub enum LoginPages {
        /// One form takes both; its answer is the redirect to the client.
        PostThenRedirect = "post_then_redirect",
        /// The login form leads to a consent page of its own.
        SeparatePages = "separate_pages",
    }
}
switch! {
    /// Whereto and when an authorization error may redirect.
    "as.error_redirect", demanded by "RFC 6749 §4.1.2.1; RFC 9700 §4.11.2", secure OnlyRegisteredAfterAuth,
    pub enum ErrorRedirect {
        /// To a registered URI, once the owner has logged in.
        OnlyRegisteredAfterAuth = "only_registered_after_auth",
        /// To a registered URI, at once.
        RegisteredImmediate = "registered_immediate",
        /// To whatever the request names.
        Any = "any",
    }
}
switch! {
    /// When the owner is asked.
    "as.consent", demanded by "RFC 6749 §10.2; RFC 8252 §8.6", secure AlwaysUnlessAuthenticatedClient,
    pub enum Consent {
        /// Always, but an owner's earlier yes to a confidential client counts.
        AlwaysUnlessAuthenticatedClient = "always_unless_authenticated_client",
        /// Always.
        Always = "always",
        /// An earlier yes to any client counts.
        RememberedAll = "remembered_all",
        /// Never.
        None = "none",
    }
}
switch! {
    /// Whether `prompt=none` may answer without the owner.
    "as.prompt_none", demanded by "OpenID Connect Core §3.1.2.1; RFC 9700 §4.11.2", secure PerPolicy,
    pub enum PromptNone {
        /// If no page would have been shown.
        PerPolicy = "per_policy",
        /// Whenever the owner is logged in.
        Allowed = "allowed",
        /// Never.
        Forbidden = "forbidden",
    }
}
switch! {
    /// Whether login and consent forms are tied to the page that showed them.
    "as.authz_csrf", demanded by "RFC 6749 §10.12", secure Token,
    pub enum AuthorizationCsrf {
        /// By a token that only the page knows, and by the transaction's session.
        Token = "token",
        /// Not at all: a form that names client and scope is enough.
        None = "none",
    }
}
switch! {
    /// Whether other sites may frame the pages.
    "as.frame", demanded by "RFC 9700 §4.16; RFC 6749 §10.13", secure Deny,
    pub enum Framing {
        /// No.
        Deny = "deny",
        /// Yes.
        Any = "any",
    }
}
switch! {
    /// The `Referrer-Policy` of the pages.
    "as.referrer", demanded by "RFC 9700 §4.2.4", secure NoReferrer,
    pub enum Referrer {
        /// `no-referrer`
        NoReferrer = "no-referrer",
        /// None stated: the user-agent's default counts.
        Default = "default",
        /// `unsafe-url`
        UnsafeUrl = "unsafe-url",
    }
}
switch! {
    /// Whether the pages load content from elsewhere.
    "as.third_party_content", demanded by "RFC 9700 §4.2.4", secure None,
    pub enum ThirdPartyContent {
        /// No.
        None = "none",
        /// A picture from another site.
        Present = "present",
    }
}
switch! {
    /// Where the request waits while the owner decides.
    "as.txn", demanded by "RFC 6749 §4.1.2 (the code is bound to the request)", secure PerRequest,
    pub enum Transactions {
        /// Each on its own.
        PerRequest = "per_request",
        /// One place per browser session: the newest request replaces the older one under the same form.
        SessionSingleton = "session_singleton",
    }
}
switch! {
    /// Which response modes a client gets.
    "as.response_modes", demanded by "OAuth 2.0 Multiple Response Types §2.1", secure RegisteredOnly,
    pub enum ResponseModes {
        /// Those it registered.
        RegisteredOnly = "registered_only",
        /// Any.
        Any = "any",
    }
}
switch! {
    /// Which response types a client gets.
    "as.response_types", demanded by "RFC 6749 §3.1.1; RFC 7591 §2", secure RegisteredOnly,
    pub enum ResponseTypes {
        /// Those it registered.
        RegisteredOnly = "registered_only",
        /// Any.
        Any = "any",
    }
}
switch! {
    /// Who may read a response that is posted to a window.
    "as.postmessage_target", demanded by "RFC 9700 §2.1, §4.17", secure RegisteredOrigin,
    pub enum PostMessageTarget {
        /// The origin of the redirection URI.
        RegisteredOrigin = "registered_origin",
        /// Anybody.
        Any = "any",
        /// The origin that the request names in `web_message_uri`.
        FromRequest = "from_request",
    }
}
switch! {
    /// Whether a refresh token is bound to its client.
    "as.rt_bind_client", demanded by "RFC 6749 §6, §10.4", secure On,
    pub enum RefreshBindClient {
        /// Another client cannot use it.
        On = "on",
        /// Any client can.
        Off = "off",
    }
}
switch! {
    /// What using a refresh token does to it.
    "as.rt_rotation", demanded by "RFC 9700 §2.2.2, §4.14.2", secure RotateFamilyRevoke,
    pub enum RefreshRotation {
        /// It is replaced; using it again revokes the whole family.
        RotateFamilyRevoke = "rotate_family_revoke",
        /// It is replaced; using it again is refused and changes nothing.
        RotateOnly = "rotate_only",
        /// It stays.
        None = "none",
    }
}
switch! {
    /// How a refresh token is replaced.
    "as.rt_use", demanded by "RFC 9700 §4.14.2", secure Atomic,
    pub enum RefreshUse {
        /// With a compare-and-set.
        Atomic = "atomic",
        /// By looking, then writing.
        CheckThenSet = "check_then_set",
    }
}
switch! {
    /// Whether a refresh may ask for more than was granted.
    "as.rt_scope", demanded by "RFC 6749 §6", secure Subset,
    pub enum RefreshScope {
        /// No.
        Subset = "subset",
        /// Nobody looks.
        Unchecked = "unchecked",
    }
}
switch! {
    /// What is looked at again when a refresh token is used.
    "as.rt_recheck", demanded by "RFC 9700 §4.14.2 (MAY); RFC 7009", secure UserClientGrant,
    pub enum RefreshRecheck {
        /// That user, client and grant are still there.
        UserClientGrant = "user+client+grant",
        /// Nothing but the token.
        None = "none",
    }
}
switch! {
    /// Whether authorization requests can be pushed.
    "as.par", demanded by "environment (RFC 9126)", secure Off,
    pub enum PushedRequests {
        /// No.
        Off = "off",
        /// They can.
        Optional = "optional",
        /// They must.
        Required = "required",
    }
}
switch! {
    /// How often a pushed request can be used.
    "as.request_uri_once", demanded by "RFC 9126 §4 (SHOULD)", secure On,
    pub enum RequestUriOnce {
        /// Once.
        On = "on",
        /// Until it expires.
        Off = "off",
    }
}

policy! {
    /// Everything about an authorization server that can be done well or badly.
    pub struct AuthorizationServerPolicy {
        /// See [`RedirectMatch`].
        pub redirect_match: RedirectMatch,
        /// See [`RedirectParameters`].
        pub redirect_params: RedirectParameters,
        /// See [`RedirectAtToken`].
        pub redirect_at_token: RedirectAtToken,
        /// See [`CodeUse`].
        pub code_use: CodeUse,
        /// See [`CodeReplayRevoke`].
        pub code_replay_revoke: CodeReplayRevoke,
        /// See [`CodeOnFailedRedeem`].
        pub code_on_failed_redeem: CodeOnFailedRedeem,
        /// See [`CodeBindClient`].
        pub code_bind_client: CodeBindClient,
        /// See [`Pkce`].
        pub pkce: Pkce,
        /// See [`PkceVerify`].
        pub pkce_verify: PkceVerify,
        /// See [`PkceDowngrade`].
        pub pkce_downgrade: PkceDowngrade,
        /// See [`PkceMethods`].
        pub pkce_methods: PkceMethods,
        /// See [`PkceAbnf`].
        pub pkce_abnf: PkceAbnf,
        /// See [`ClientAuth`].
        pub client_auth: ClientAuth,
        /// See [`ClientIdConsistency`].
        pub client_id_consistency: ClientIdConsistency,
        /// See [`DuplicateParameters`].
        pub dup_params: DuplicateParameters,
        /// See [`IssParameter`].
        pub iss_param: IssParameter,
        /// See [`RedirectStatus`].
        pub redirect_status: RedirectStatus,
        /// See [`LoginPages`].
        pub login: LoginPages,
        /// See [`ErrorRedirect`].
        pub error_redirect: ErrorRedirect,
        /// See [`Consent`].
        pub consent: Consent,
        /// See [`PromptNone`].
        pub prompt_none: PromptNone,
        /// See [`AuthorizationCsrf`].
        pub authz_csrf: AuthorizationCsrf,
        /// See [`Framing`].
        pub frame: Framing,
        /// See [`Referrer`].
        pub referrer: Referrer,
        /// See [`ThirdPartyContent`].
        pub third_party_content: ThirdPartyContent,
        /// See [`Transactions`].
        pub txn: Transactions,
        /// See [`ResponseModes`].
        pub response_modes: ResponseModes,
        /// See [`ResponseTypes`].
        pub response_types: ResponseTypes,
        /// See [`PostMessageTarget`].
        pub postmessage_target: PostMessageTarget,
        /// See [`RefreshBindClient`].
        pub rt_bind_client: RefreshBindClient,
        /// See [`RefreshRotation`].
        pub rt_rotation: RefreshRotation,
        /// See [`RefreshUse`].
        pub rt_use: RefreshUse,
        /// See [`RefreshScope`].
        pub rt_scope: RefreshScope,
        /// See [`RefreshRecheck`].
        pub rt_recheck: RefreshRecheck,
        /// See [`PushedRequests`].
        pub par: PushedRequests,
        /// See [`RequestUriOnce`].
        pub request_uri_once: RequestUriOnce,
    }
}
