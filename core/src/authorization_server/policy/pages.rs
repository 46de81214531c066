//! What owners are shown, and what ties it to them.

use crate::switch;

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
