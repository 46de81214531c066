//! Who may ask, and how requests are read.

use crate::message::Repeats;
use crate::switch;

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
switch! {
    /// Whether clients can register themselves.
    "as.dcr", demanded by "RFC 7591 §5; RFC 9700 §4.11.2", secure Closed,
    pub enum Registering {
        /// No.
        Closed = "closed",
        /// Anybody can, with any redirection URI.
        Open = "open",
        /// Those who are known can, with redirection URIs on origins that are known to be theirs.
        OwnershipChecked = "ownership_checked",
    }
}
