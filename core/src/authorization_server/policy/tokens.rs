//! Access tokens and refresh tokens.

use crate::switch;

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
    /// Who can use an access token.
    "as.token_bind", demanded by "RFC 9700 §2.2.1 (SHOULD sender-constrain)", secure None,
    pub enum TokenBinding {
        /// Whoever has it.
        None = "none",
        /// Whoever has the key of the proof that came with the token request (RFC 9449).
        Dpop = "dpop",
        /// Whoever has the certificate of the connection that the token request came over (RFC 8705).
        Mtls = "mtls",
    }
}
