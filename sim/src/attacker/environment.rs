//! What the world around the parties lets the attacker do: switches of the network and the name system.

use grantlab_core::{policy, switch};

switch! {
    /// Whether the request that starts a login at the client travels with TLS.
    "net.first_request", demanded by "RFC 9700 §3 (A2)", secure Tls,
    pub enum FirstRequest {
        /// It does.
        Tls = "tls",
        /// It does not: whoever controls the network chooses the authorization server.
        Plain = "plain",
    }
}
switch! {
    /// Whether the URLs of authorization responses leak.
    "net.a3", demanded by "RFC 9700 §3 (A3)", secure Off,
    pub enum ResponsesLeak {
        /// They do not.
        Off = "off",
        /// They do: from a history, a log or a proxy.
        On = "on",
        /// They do, and do not reach the client.
        OnLost = "on+lost",
    }
}
switch! {
    /// Whether the URLs of authorization requests leak.
    "net.a4", demanded by "RFC 9700 §3 (A4)", secure Off,
    pub enum RequestsLeak {
        /// They do not.
        Off = "off",
        /// They do.
        On = "on",
    }
}
switch! {
    /// Whether tokens leak that an honest client received.
    "net.a5", demanded by "RFC 9700 §3 (A5)", secure Off,
    pub enum TokensLeak {
        /// They do not.
        Off = "off",
        /// They do.
        On = "on",
    }
}
switch! {
    /// Whether the attacker owns a name below the client's.
    "world.attacker_subdomain", demanded by "RFC 9700 §4.1.1", secure Off,
    pub enum AttackerSubdomain {
        /// No.
        Off = "off",
        /// One that was abandoned, and that he took over.
        On = "on",
    }
}

policy! {
    /// What the world around the parties is like.
    pub struct Environment {
        /// See [`FirstRequest`].
        pub first_request: FirstRequest,
        /// See [`ResponsesLeak`].
        pub a3: ResponsesLeak,
        /// See [`RequestsLeak`].
        pub a4: RequestsLeak,
        /// See [`TokensLeak`].
        pub a5: TokensLeak,
        /// See [`AttackerSubdomain`].
        pub attacker_subdomain: AttackerSubdomain,
    }
}
