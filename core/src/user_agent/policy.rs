//! The user-agent's switches: what browsers differ in, or once did.

use crate::{policy, switch};

switch! {
    /// What a page without a `Referrer-Policy` tells others.
    "ua.referrer_default", demanded by "W3C Referrer Policy §3", secure StrictOriginWhenCrossOrigin,
    pub enum ReferrerDefault {
        /// Its origin.
        StrictOriginWhenCrossOrigin = "strict-origin-when-cross-origin",
        /// Its whole URL, as browsers did until 2020.
        Legacy = "legacy",
    }
}
switch! {
    /// What a cookie without `SameSite` means.
    "ua.samesite_default", demanded by "RFC 6265bis §5.6.7.1", secure Lax,
    pub enum SameSiteDefault {
        /// `Lax`
        Lax = "lax",
        /// `None`, as browsers did until 2020.
        None = "none",
    }
}
switch! {
    /// Whether a redirect without fragment keeps the old one.
    "ua.fragment_reattach", demanded by "RFC 9110 §10.2.2", secure On,
    pub enum FragmentReattach {
        /// It does: that is the standard.
        On = "on",
        /// It does not.
        Off = "off",
    }
}
switch! {
    /// What becomes of a `POST` that is answered by 302.
    "ua.http302_post", demanded by "RFC 9110 §15.4.3 (MAY)", secure Rewrite,
    pub enum Http302Post {
        /// The next request is a `GET`.
        Rewrite = "rewrite",
        /// It stays a `POST` with its body.
        Keep = "keep",
    }
}

switch! {
    /// What becomes of a URL whose scheme is an app's own.
    "ua.native_scheme", demanded by "RFC 8252 §7.2, §8.1", secure ClaimedHttps,
    pub enum NativeScheme {
        /// Nothing: apps claim `https` URLs, which nobody else can.
        ClaimedHttps = "claimed_https",
        /// It goes to an app that claimed the scheme, whoever made that app.
        CustomSchemeShared = "custom_scheme_shared",
    }
}

policy! {
    /// Everything in which one browser differs from another.
    pub struct UserAgentPolicy {
        /// See [`ReferrerDefault`].
        pub referrer_default: ReferrerDefault,
        /// See [`SameSiteDefault`].
        pub samesite_default: SameSiteDefault,
        /// See [`FragmentReattach`].
        pub fragment_reattach: FragmentReattach,
        /// See [`Http302Post`].
        pub http302_post: Http302Post,
        /// See [`NativeScheme`].
        pub native_scheme: NativeScheme,
    }
}
