//! Where what is granted is kept.

use crate::switch;

switch! {
    /// What the nodes of one server see of each other's writes. Whoever runs nodes and stores carries it out.
    "as.store", demanded by "RFC 6749 §4.1.2 (a code MUST NOT be used more than once), §10.5", secure Linearizable,
    pub enum StoreReads {
        /// Everything that was written before: there is one store.
        Linearizable = "linearizable",
        /// What has arrived: each node has a copy, and writes travel to the others.
        Lagging = "lagging",
    }
}
