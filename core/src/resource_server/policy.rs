//! The resource server's switches.

use crate::{policy, switch};

switch! {
    /// Whether a bound token is served to its owner alone.
    "rs.pop", demanded by "RFC 8705 §3; RFC 9449 §7", secure Checked,
    pub enum ProofOfPossession {
        /// To whoever proves to have the key or the certificate.
        Checked = "checked",
        /// To whoever has the token.
        Unchecked = "unchecked",
    }
}
switch! {
    /// Whether a proof can be used again.
    "rs.pop_replay", demanded by "RFC 9449 §11.1", secure Checked,
    pub enum ProofReplay {
        /// No.
        Checked = "checked",
        /// For as long as it is young enough.
        Off = "off",
    }
}

policy! {
    /// Everything about a resource server that can be done well or badly.
    pub struct ResourceServerPolicy {
        /// See [`ProofOfPossession`].
        pub pop: ProofOfPossession,
        /// See [`ProofReplay`].
        pub pop_replay: ProofReplay,
    }
}
