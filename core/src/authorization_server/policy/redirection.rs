//! Where responses may go, and how they travel.

use crate::switch;

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
    /// Which schemes a redirection URI may have, when it is registered and when it is used.
    "as.redirect_scheme", demanded by "RFC 9700 §2.6; RFC 8252 §7", secure HttpsOrLoopback,
    pub enum RedirectScheme {
        /// `https`; `http` on a loopback address; an app's own scheme, which has a dot in it (RFC 8252 §7.1).
        HttpsOrLoopback = "https_or_loopback",
        /// `http` anywhere, too.
        Http = "http",
        /// Any, `javascript` too.
        Any = "any",
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
