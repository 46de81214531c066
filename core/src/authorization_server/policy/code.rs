//! The code, and the proof key that goes with it.

use crate::switch;

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
    /// How hard a code is to guess.
    "as.code_entropy", demanded by "RFC 6749 §10.10 (MUST be at most 2^-128)", secure Random,
    pub enum CodeEntropy {
        /// 256 random bits.
        Random = "random_128_bit",
        /// One of sixteen.
        Low = "low",
        /// It follows from who it is for.
        Forgeable = "forgeable",
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
