//! Proofs of the authorization server's rules: see [`crate::proof`].

pub(super) use crate::proof::proof;
